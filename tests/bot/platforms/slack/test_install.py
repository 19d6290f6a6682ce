"""The pages with which a workspace installs the app: a state has one use, one browser and ten minutes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from bot.platforms.slack import install
from bot.platforms.slack.manifest import SCOPES
from bot.platforms.slack.tokens import Tokens
from bot.sealing import Sealing
from storage import lanes, outbox, rooms, unkept, workspace
from tests.bot.platforms.slack.several import NEW, OLD, PUBLIC, several
from tests.fakes.slack import FakeSlack
from tests.fakes.slack_state import CLIENT, HOME


@pytest.fixture
def slack() -> Iterator[FakeSlack]:
    with FakeSlack() as found:
        yield found


@pytest.fixture
def made(slack: FakeSlack, tmp_path: Path) -> Tokens:
    return several(slack, tmp_path)


@pytest.fixture
def app(made: Tokens) -> Starlette:
    return Starlette(routes=install.routes(made, made.vault.database))


@pytest.fixture
def browser(app: Starlette) -> TestClient:
    return somebody(app)


def somebody(app: Starlette, language: str = "en") -> TestClient:
    return TestClient(app, base_url=PUBLIC, headers={"accept-language": language})


def begun(browser: TestClient) -> dict[str, str]:
    """What the link to Slack carries."""
    page = browser.get("/slack/install")
    assert page.status_code == 200
    link = re.search(r'href="([^"]+/oauth/v2/authorize[^"]+)"', page.text)
    assert link is not None
    return {key: value[0] for key, value in parse_qs(urlsplit(link[1].replace("&amp;", "&")).query).items()}


def back(browser: TestClient, **given: str) -> tuple[int, str]:
    page = browser.get("/slack/oauth_redirect", params=given)
    heading = re.search("<h1>(.*?)</h1>", page.text)
    assert heading is not None
    return page.status_code, heading[1]


STALE = (400, "That page has had its day")


# --- the way there and back


def test_the_link_asks_for_what_the_manifest_names(slack: FakeSlack, browser: TestClient) -> None:
    asked = begun(browser)
    assert asked["client_id"] == CLIENT
    assert set(asked["scope"].split(",")) == set(SCOPES)
    assert asked["redirect_uri"] == "https://bot.example.org/slack/oauth_redirect"


def test_whoever_agrees_has_the_app(slack: FakeSlack, made: Tokens, browser: TestClient) -> None:
    state = begun(browser)["state"]
    assert back(browser, code=slack.code(HOME), state=state) == (200, "Huihou is in Association")
    assert made.client(f"slack:{HOME}").auth_test()["team_id"] == HOME
    [exchange] = slack.called("oauth.v2.access")
    assert exchange["redirect_uri"] == "https://bot.example.org/slack/oauth_redirect"
    with made.vault.database.read() as db:
        place = workspace.find(db, f"slack:{HOME}")
        assert place is not None
        assert (place.name, place.locale) == ("Association", "en")


def test_two_workspaces_do_not_mix(slack: FakeSlack, made: Tokens, app: Starlette) -> None:
    slack.add_team("T0002", "Society")
    for team in (HOME, "T0002"):
        guest = somebody(app)
        back(guest, code=slack.code(team), state=begun(guest)["state"])
    found = {team: made.client(f"slack:{team}").auth_test()["team_id"] for team in (HOME, "T0002")}
    assert found == {HOME: HOME, "T0002": "T0002"}


@pytest.mark.parametrize(
    ("language", "words", "lang"),
    [("zh-CN,zh;q=0.9", "把会后装进您的 Slack", "zh-CN"), ("de", "Add Huihou", "en")],
)
def test_the_pages_speak_the_readers_language(app: Starlette, language: str, words: str, lang: str) -> None:
    page = somebody(app, language).get("/slack/install")
    assert words in page.text
    assert f'<html lang="{lang}"' in page.text


def test_nothing_on_the_page_runs_or_is_kept(browser: TestClient) -> None:
    page = browser.get("/slack/install")
    nonce = re.search(r"style-src 'nonce-([^']+)'", page.headers["content-security-policy"])
    assert nonce is not None
    assert f'<style nonce="{nonce[1]}">' in page.text
    assert page.headers["cache-control"] == "no-store"
    cookie = page.headers["set-cookie"].casefold()
    assert all(part in cookie for part in ("secure", "httponly", "samesite=lax", "max-age=600", "path=/slack"))


def test_a_name_from_slack_is_only_text(slack: FakeSlack, browser: TestClient) -> None:
    slack.teams[HOME].name = "<script>alert(1)</script>"
    page = browser.get("/slack/oauth_redirect", params={"code": slack.code(HOME), "state": begun(browser)["state"]})
    assert page.status_code == 200
    assert "<script>" not in page.text


def test_one_workspace_has_no_such_pages(slack: FakeSlack, tmp_path: Path) -> None:
    own = {"client_id": "", "client_secret": "", "token_key": "", "bot_token": f"xoxb-{HOME}"}
    made = several(slack, tmp_path, **own)
    assert install.routes(made, made.vault.database) == []


# --- the state


def test_a_state_is_good_for_one_use(slack: FakeSlack, browser: TestClient) -> None:
    state = begun(browser)["state"]
    assert back(browser, code=slack.code(HOME), state=state)[0] == 200
    assert back(browser, code=slack.code(HOME), state=state) == STALE
    assert len(slack.called("oauth.v2.access")) == 1


def test_it_is_spent_also_where_the_answer_was_no(slack: FakeSlack, browser: TestClient) -> None:
    state = begun(browser)["state"]
    back(browser, error="access_denied", state=state)
    assert back(browser, code=slack.code(HOME), state=state) == STALE


def test_two_at_the_same_moment_are_one(slack: FakeSlack, browser: TestClient, app: Starlette) -> None:
    state = begun(browser)["state"]

    def returns(code: str) -> int:
        guest = somebody(app)
        guest.cookies.set(install.COOKIE, state)
        return back(guest, code=code, state=state)[0]

    with ThreadPoolExecutor(4) as pool:
        found = sorted(pool.map(returns, [slack.code(HOME) for _ in range(4)]))
    assert found == [200, 400, 400, 400]


@pytest.mark.parametrize(("seconds", "status"), [(600, 200), (601, 400)])
def test_it_lasts_ten_minutes(slack: FakeSlack, browser: TestClient, seconds: int, status: int) -> None:
    state = begun(browser)["state"]
    slack.clock += seconds
    assert back(browser, code=slack.code(HOME), state=state)[0] == status


def test_it_is_of_this_browser(slack: FakeSlack, browser: TestClient, app: Starlette) -> None:
    state, stranger = begun(browser)["state"], somebody(app)
    assert back(stranger, code=slack.code(HOME), state=state) == STALE
    begun(stranger)
    assert back(stranger, code=slack.code(HOME), state=state) == STALE
    assert not slack.called("oauth.v2.access")


def forged(made: Tokens) -> dict[str, str]:
    now = made.now()
    return {
        "nothing": "",
        "guessed": "x" * 40,
        "not ASCII": "会后",
        "of another key": Sealing([NEW]).seal("nonce", install.PURPOSE, at=now),
        "sealed for a team": Sealing([OLD]).seal("xoxb-1", HOME, at=now),
        "cut short": made.vault.seals.seal("nonce", install.PURPOSE, at=now)[:-4],
    }


@pytest.mark.parametrize("how", ["nothing", "guessed", "not ASCII", "of another key", "sealed for a team", "cut short"])
def test_a_forged_one_opens_nothing(slack: FakeSlack, made: Tokens, browser: TestClient, how: str) -> None:
    state = forged(made)[how]
    if state.isascii():
        browser.cookies.set(install.COOKIE, state)
    assert back(browser, code=slack.code(HOME), state=state) == STALE
    assert not slack.called("oauth.v2.access")
    assert made.authorize(HOME) is None


# --- when it does not work out


def test_whoever_says_no_is_told_how_to_begin_again(browser: TestClient) -> None:
    state = begun(browser)["state"]
    page = browser.get("/slack/oauth_redirect", params={"error": "access_denied", "state": state})
    assert (page.status_code, "did not agree" in page.text) == (400, True)
    assert 'href="https://bot.example.org/slack/install"' in page.text


AWAY, REFUSED = (502, "Slack does not answer"), (400, "Slack did not accept that")


@pytest.mark.parametrize("method", ["oauth.v2.access", "auth.test"])
@pytest.mark.parametrize(
    ("trouble", "told"),
    [({"status": 503}, AWAY), ({"drop": True}, AWAY), ({"retry_after": 3}, AWAY), ({"error": "bad_secret"}, REFUSED)],
)
def test_slacks_troubles_have_a_page(
    slack: FakeSlack, browser: TestClient, method: str, trouble: dict[str, Any], told: tuple[int, str]
) -> None:
    state = begun(browser)["state"]
    slack.will(method, **trouble)
    assert back(browser, code=slack.code(HOME), state=state) == told


def test_a_code_that_slack_does_not_know(made: Tokens, browser: TestClient) -> None:
    state = begun(browser)["state"]
    assert back(browser, code="nonsense", state=state) == REFUSED
    assert back(browser, state=begun(browser)["state"]) == REFUSED
    assert made.authorize(HOME) is None


# --- coming back


def test_what_stood_still_for_want_of_a_token_goes_on(slack: FakeSlack, made: Tokens, browser: TestClient) -> None:
    now = int(made.now().timestamp() * 1000)
    with made.vault.database.write() as db:
        place = workspace.by_key(db, f"slack:{HOME}")
        room = rooms.met(db, place.id, "slack", "C0001")
        lane: dict[str, Any] = {"lane_key": "room:1", "platform": "slack", "interval_ms": 1000, "room_id": room.id}
        outbox.promise(db, "one", payload="hello", now_ms=now, **lane)
    with made.vault.database.write() as db:
        [claimed] = lanes.claim(db, holder="me", now_ms=now, platforms=["slack"])
        lanes.finish(db, claimed, state=outbox.Promise.READY, now_ms=now, paused="no token")
        assert len(unkept.paused(db, place.id)) == 1
    back(browser, code=slack.code(HOME), state=begun(browser)["state"])
    with made.vault.database.write() as db:
        assert not unkept.paused(db, place.id)
        assert lanes.claim(db, holder="me", now_ms=now + 60_000, platforms=["slack"])
