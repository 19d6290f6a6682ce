"""Tokens: encrypted at rest, renewed once, forgotten when the app goes, and each for its own workspace alone."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.platforms import Closed, NotNow
from bot.platforms.slack import wire
from bot.platforms.slack.tokens import Tokens
from bot.platforms.slack.vault import Held
from storage import people, workspace
from storage import slack as rows
from tests.bot.platforms.slack.several import NEW, OLD, clock, install, settings, several
from tests.fakes.slack import FakeSlack
from tests.fakes.slack_state import HOME

HOUR = 3600
OTHER = "T0002"


@pytest.fixture
def slack() -> Iterator[FakeSlack]:
    with FakeSlack() as found:
        yield found


@pytest.fixture
def two(slack: FakeSlack, tmp_path: Path) -> Tokens:
    """The app, installed in two workspaces."""
    made = several(slack, tmp_path)
    for team in (HOME, OTHER):
        install(slack, made, team)
    return made


def spoken(made: Tokens, team: str) -> str:
    return str(made.client(f"slack:{team}").token)


def kept(folder: Path) -> bytes:
    """Everything that stands on the disk, what is not yet in the main file included."""
    return b"".join(file.read_bytes() for file in folder.rglob("*") if file.is_file())


# --- one workspace


@pytest.fixture
def one(slack: FakeSlack, tmp_path: Path) -> Tokens:
    return several(
        slack, tmp_path, client_id="", client_secret="", token_key="", public_url="", bot_token=f"xoxb-{HOME}"
    )


def test_the_one_workspace_is_main(slack: FakeSlack, one: Tokens) -> None:
    assert one.workspace_of(HOME) == "main"
    assert one.client("main").auth_test()["team_id"] == HOME
    with pytest.raises(Closed, match="no token"):
        one.client("slack:T0002")


def test_slack_is_asked_once_who_the_bot_is(slack: FakeSlack, one: Tokens) -> None:
    for _ in range(3):
        found = one.authorize(HOME)
        assert found is not None
        assert (found.bot_id, found.bot_user_id) == (f"BBOT{HOME}", f"UBOT{HOME}")
    assert len(slack.called("auth.test")) == 1


def test_a_request_from_another_workspace_is_none_of_ours(slack: FakeSlack, one: Tokens) -> None:
    assert one.authorize(OTHER) is None
    assert one.authorize(None, "E1") is None


def test_a_call_that_may_have_arrived_is_not_made_again(slack: FakeSlack, one: Tokens) -> None:
    slack.add_channel("C1")
    slack.will("chat.postMessage", drop_after=True)
    with pytest.raises(OSError, match="closed connection"):
        one.client("main").chat_postMessage(channel="C1", text="once")
    assert len(slack.posted("C1")) == 1


# --- each for its own


def test_each_workspace_has_its_own_token(slack: FakeSlack, two: Tokens) -> None:
    assert spoken(two, HOME) != spoken(two, OTHER)
    for team in (HOME, OTHER):
        assert two.workspace_of(team) == f"slack:{team}"
        assert two.client(f"slack:{team}").auth_test()["team_id"] == team
        found = two.authorize(team)
        assert found is not None
        assert (found.bot_token, found.bot_user_id) == (spoken(two, team), f"UBOT{team}")


def test_a_workspace_without_the_app_has_none(two: Tokens) -> None:
    for unknown in ("T0003", "", "main"):
        assert two.authorize(unknown) is None
        with pytest.raises(Closed, match="no token"):
            two.client(f"slack:{unknown}")
    with pytest.raises(Closed):
        two.client("main")


def test_a_request_costs_no_question_to_slack(slack: FakeSlack, two: Tokens) -> None:
    before = len(slack.calls)
    for _ in range(3):
        two.authorize(HOME)
    assert len(slack.calls) == before


def test_a_token_that_is_copied_to_another_workspaces_row_opens_nothing(two: Tokens) -> None:
    with two.vault.database.write() as db:
        stolen, own = rows.find(db, HOME), rows.find(db, OTHER)
        assert stolen is not None
        assert own is not None
        rows.seal_again(db, OTHER, held=own["token"], token=stolen["token"], refresh_token="")
    two.known.clear()
    with pytest.raises(Closed):
        two.client(f"slack:{OTHER}")
    assert two.authorize(OTHER) is None


def test_an_organisation_installs_the_app_for_all_its_teams(slack: FakeSlack, two: Tokens) -> None:
    token = slack.add_token(slack.add_team("T0005"), "xoxb-org")
    org = {"id": "E1", "name": "Umbrella"}
    two.installed({"access_token": token, "enterprise": org, "team": None, "is_enterprise_install": True})
    assert two.authorize("T0005") is None
    for team in ("T0005", "T0006"):
        found = two.authorize(team, "E1")
        assert found is not None
        assert (found.bot_token, found.team_id) == (token, team)
        assert spoken(two, team) == token
        assert two.client(f"slack:{team}").default_params == {"team_id": team}
    two.forget("T0005")
    assert two.authorize("T0006", "E1") is None
    assert two.authorize(HOME) is not None


class Emptied(dict[str, Held]):
    """What is known while another thread forgets all of it, over and over."""

    def __setitem__(self, team: str, held: Held) -> None:
        super().__setitem__(team, held)
        self.clear()


def test_a_request_has_its_token_whatever_is_forgotten_meanwhile(two: Tokens) -> None:
    two.known = Emptied()
    for team in (HOME, OTHER):
        assert two.client(f"slack:{team}").auth_test()["team_id"] == team


# --- at rest


def test_no_token_stands_on_the_disk(slack: FakeSlack, tmp_path: Path) -> None:
    slack.rotating = True
    made = several(slack, tmp_path)
    token = install(slack, made, HOME)
    [refresh] = slack.refresh_tokens
    found = kept(tmp_path)
    assert b"slack_installation" in found
    assert HOME.encode() in found
    for secret in (token, refresh):
        assert secret.encode() not in found
    assert token not in repr(made.known)


def test_keys_are_rotated(slack: FakeSlack, two: Tokens, tmp_path: Path) -> None:
    before = [spoken(two, team) for team in (HOME, OTHER)]
    assert several(slack, tmp_path, token_key=NEW).authorize(HOME) is None
    both = several(slack, tmp_path, token_key=f"{NEW}, {OLD}")
    assert both.vault.rotate() == (2, [])
    only = several(slack, tmp_path, token_key=NEW)
    assert [spoken(only, team) for team in (HOME, OTHER)] == before
    assert several(slack, tmp_path).authorize(HOME) is None


def test_a_refresh_token_is_rotated_too(slack: FakeSlack, tmp_path: Path) -> None:
    slack.rotating = True
    install(slack, several(slack, tmp_path), HOME)
    several(slack, tmp_path, token_key=f"{NEW},{OLD}").vault.rotate()
    slack.clock += 11 * HOUR
    assert several(slack, tmp_path, token_key=NEW).client(f"slack:{HOME}").auth_test()["team_id"] == HOME


def test_a_rotation_names_what_it_cannot_open_and_leaves_it(slack: FakeSlack, two: Tokens, tmp_path: Path) -> None:
    fresh = several(slack, tmp_path, token_key=NEW)
    install(slack, fresh, "T0003")
    assert fresh.vault.rotate() == (1, ["Association", OTHER])
    assert two.authorize(OTHER) is not None


# --- renewing


@pytest.fixture
def rotating(slack: FakeSlack, tmp_path: Path) -> Tokens:
    slack.rotating = True
    made = several(slack, tmp_path)
    install(slack, made, HOME)
    slack.calls.clear()
    return made


def refreshed(slack: FakeSlack) -> int:
    return sum(args.get("grant_type") == "refresh_token" for args in slack.called("oauth.v2.access"))


def test_a_token_is_renewed_when_less_than_two_hours_are_left(slack: FakeSlack, rotating: Tokens) -> None:
    first = spoken(rotating, HOME)
    slack.clock += 10 * HOUR - 1
    assert spoken(rotating, HOME) == first
    slack.clock += 2
    second = spoken(rotating, HOME)
    assert second != first
    assert rotating.client(f"slack:{HOME}").auth_test()["team_id"] == HOME
    assert refreshed(slack) == 1
    assert second.encode() not in kept(rotating.settings.data)


def test_it_goes_on_day_after_day_with_nobody_but_the_scheduler(slack: FakeSlack, rotating: Tokens) -> None:
    for _ in range(6):
        slack.clock += 11 * HOUR
        assert rotating.client(f"slack:{HOME}").auth_test()["team_id"] == HOME
    assert refreshed(slack) == 6


def test_after_a_long_silence_a_request_renews_what_has_ended(slack: FakeSlack, rotating: Tokens) -> None:
    slack.clock += 72 * HOUR
    found = rotating.authorize(HOME)
    assert found is not None
    assert wire.connect(rotating.settings, found.bot_token or "").auth_test()["team_id"] == HOME


def test_two_threads_renew_once(slack: FakeSlack, rotating: Tokens) -> None:
    slack.clock += 11 * HOUR
    slack.will("oauth.v2.access", slow=0.3)
    with ThreadPoolExecutor(8) as pool:
        found = set(pool.map(lambda _: spoken(rotating, HOME), range(8)))
    assert refreshed(slack) == 1
    assert len(found) == 1


def test_two_processes_renew_once_and_the_second_uses_what_it_has(
    slack: FakeSlack, rotating: Tokens, tmp_path: Path
) -> None:
    first = spoken(rotating, HOME)
    slack.clock += 11 * HOUR
    slack.will("oauth.v2.access", slow=0.3)
    processes = [rotating, several(slack, tmp_path)]
    with ThreadPoolExecutor(2) as pool:
        found = list(pool.map(lambda process: spoken(process, HOME), processes))
    assert refreshed(slack) == 1
    assert first in found
    assert len(set(found)) == 2
    slack.clock += 61
    assert len({spoken(process, HOME) for process in processes}) == 1
    assert refreshed(slack) == 1


def held(made: Tokens) -> Held:
    found = made.vault.read(HOME)
    assert found is not None
    return found


def claim(made: Tokens) -> None:
    """Another process begins to renew, and dies."""
    now = int(made.now().timestamp() * 1000)
    with made.vault.database.write() as db:
        assert rows.claim(db, HOME, held=held(made).sealed, now_ms=now, until_ms=now + 30_000)


def test_patience_where_another_process_renews_what_has_ended(slack: FakeSlack, rotating: Tokens) -> None:
    slack.clock += 13 * HOUR
    claim(rotating)
    with pytest.raises(NotNow):
        rotating.client(f"slack:{HOME}")
    slack.clock += 31
    assert rotating.client(f"slack:{HOME}").auth_test()["team_id"] == HOME


def test_a_token_is_used_to_its_end_while_slack_is_away(slack: FakeSlack, rotating: Tokens) -> None:
    first = spoken(rotating, HOME)
    slack.clock += 11 * HOUR
    slack.will("oauth.v2.access", status=503)
    assert spoken(rotating, HOME) == first
    slack.clock += 31
    assert spoken(rotating, HOME) != first


@pytest.mark.parametrize(
    ("trouble", "raised"),
    [
        ({"status": 503}, OSError),
        ({"error": "internal_error"}, OSError),
        ({"drop": True}, OSError),
        ({"retry_after": 7}, NotNow),
        ({"error": "invalid_refresh_token"}, Closed),
        ({"error": "bad_client_secret"}, Closed),
    ],
)
def test_what_becomes_of_a_token_that_has_ended(
    slack: FakeSlack, rotating: Tokens, trouble: dict[str, Any], raised: type[Exception]
) -> None:
    slack.clock += 13 * HOUR
    slack.will("oauth.v2.access", **trouble)
    with pytest.raises(raised):
        rotating.client(f"slack:{HOME}")


# --- forgetting


def test_a_removed_app_loses_its_tokens_and_nothing_else(slack: FakeSlack, two: Tokens) -> None:
    with two.vault.database.write() as db:
        place = workspace.by_key(db, f"slack:{HOME}")
        people.met(db, place.id, "slack", "U1", name="Ann")
    two.forget(HOME)
    assert two.authorize(HOME) is None
    with pytest.raises(Closed, match="no token"):
        two.client(f"slack:{HOME}")
    assert two.authorize(OTHER) is not None
    with two.vault.database.read() as db:
        assert [person.name for person in people.everyone(db, place.id)] == ["Ann"]
    install(slack, two, HOME)
    assert two.authorize(HOME) is not None


def test_an_old_farewell_does_not_undo_a_new_installation(slack: FakeSlack, two: Tokens) -> None:
    gone = clock(slack)()
    slack.clock += 60
    install(slack, two, HOME)
    two.forget(HOME, at=gone)
    assert two.authorize(HOME) is not None
    two.forget(HOME, at=gone + timedelta(minutes=2))
    assert two.authorize(HOME) is None


def test_another_process_notices_within_a_minute(slack: FakeSlack, two: Tokens, tmp_path: Path) -> None:
    other = several(slack, tmp_path)
    assert other.authorize(HOME) is not None
    two.forget(HOME)
    slack.clock += 61
    assert other.authorize(HOME) is None


def test_settings_keep_secrets_to_themselves(slack: FakeSlack, tmp_path: Path) -> None:
    assert OLD not in repr(settings(slack, tmp_path))
