"""Slack from a terminal: the manifest, the key, and what the doctor says of it."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.finding import Finding
from bot.platforms.slack import check
from bot.platforms.slack.tokens import Tokens
from storage.base import Database
from tests.bot.platforms.slack.several import NEW, OLD, PUBLIC, install, several
from tests.bot.terminal import Shell
from tests.fakes.slack import FakeSlack
from tests.fakes.slack_state import APP_TOKEN, CLIENT, CLIENT_SECRET, HOME


@pytest.fixture
def slack() -> Iterator[FakeSlack]:
    with FakeSlack() as found:
        yield found


@pytest.fixture
def one(huihou: Shell, slack: FakeSlack) -> Shell:
    """One workspace over Socket Mode."""
    huihou.env |= setting(bot_token=f"xoxb-{HOME}", app_token=APP_TOKEN, api_url=slack.url)
    return huihou


@pytest.fixture
def many(huihou: Shell, slack: FakeSlack) -> Shell:
    """As many as install the app."""
    huihou.env |= setting(
        client_id=CLIENT, client_secret=CLIENT_SECRET, token_key=OLD, public_url=PUBLIC, app_token=APP_TOKEN
    )
    huihou.env |= setting(api_url=slack.url)
    return huihou


def setting(**given: str) -> dict[str, str]:
    return {f"HUIHOU_SLACK__{name.upper()}": value for name, value in given.items()}


def found(huihou: Shell, *, code: int | None = None) -> dict[str, tuple[str, str]]:
    """What the doctor says of Slack: level and sentence, by finding."""
    said = huihou.json("doctor", code=code)
    return {one["check"]: (one["level"], one["text"]) for one in said if one["check"].startswith("slack")}


# --- the manifest


def test_the_manifest_is_printed_as_yaml_and_as_json(huihou: Shell) -> None:
    printed = huihou("slack", "manifest", "--locale", "zh").stdout
    made = yaml.safe_load(printed)
    assert made["settings"]["socket_mode_enabled"]
    assert made["display_information"]["name"] == "会后"
    assert json.loads(huihou("slack", "manifest", "--locale", "zh", "--format", "json").stdout) == made
    assert not huihou.folder.exists()


def test_it_speaks_the_terminals_language_unless_told_otherwise(huihou: Shell) -> None:
    for words, name in ((["--lang", "zh"], "会后"), (["--lang", "en"], "Huihou"), (["--locale", "zh"], "会后")):
        made = yaml.safe_load(huihou("slack", "manifest", *words).stdout)
        assert made["display_information"]["name"] == name


@pytest.mark.parametrize("url", ["", "http://bot.example.org", "bot.example.org"])
def test_over_http_slack_must_be_told_where_the_bot_is(huihou: Shell, url: str) -> None:
    refused = huihou("slack", "manifest", "--transport", "http", "--url", url, code=2)
    assert "--url https://bot.example.org" in refused.stderr
    assert not refused.stdout


def test_the_address_may_stand_in_the_settings(huihou: Shell) -> None:
    huihou.env |= setting(public_url="https://hui.example.org/")
    made = yaml.safe_load(huihou("slack", "manifest", "--transport", "http", "--basic", "--token-rotation").stdout)
    assert made["settings"]["interactivity"]["request_url"] == "https://hui.example.org/slack/events"
    assert made["settings"]["token_rotation_enabled"]
    assert "functions" not in made


# --- settings that cannot work together


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"bot_token": "xoxb-1"}, "HUIHOU_SLACK__TRANSPORT is “socket” and needs HUIHOU_SLACK__APP_TOKEN as well."),
        ({"bot_token": "xoxb-1", "transport": "http"}, "is “http” and needs HUIHOU_SLACK__SIGNING_SECRET as well."),
        ({"bot_token": "xapp-1"}, "HUIHOU_SLACK__BOT_TOKEN must be a token that begins with xoxb-."),
        ({"app_token": "xoxb-1"}, "HUIHOU_SLACK__APP_TOKEN must be a token that begins with xapp-."),
        ({"token_key": f"{OLD},short"}, "HUIHOU_SLACK__TOKEN_KEY must be keys as “openssl rand -base64 32"),
        ({"public_url": "http://bot.example.org"}, "HUIHOU_SLACK__PUBLIC_URL must be an address such as https://"),
        ({"transport": "telex"}, "HUIHOU_SLACK__TRANSPORT is “telex”; it must be one of socket and http."),
        (
            {"client_id": "1.2", "app_token": "xapp-1", "token_key": OLD},
            "HUIHOU_SLACK__CLIENT_ID needs HUIHOU_SLACK__CLIENT_SECRET and HUIHOU_SLACK__PUBLIC_URL as well.",
        ),
        (
            {"client_id": "1.2", "bot_token": "xoxb-1"},
            "HUIHOU_SLACK__CLIENT_ID is for several workspaces, HUIHOU_SLACK__BOT_TOKEN for one",
        ),
    ],
)
def test_each_impossible_combination_has_a_sentence(huihou: Shell, given: dict[str, str], told: str) -> None:
    huihou.env |= setting(**given)
    refused = huihou("doctor", code=1)
    assert told in refused.stderr
    secrets = [value for name, value in given.items() if name.endswith(("token", "key"))]
    assert not [secret for secret in secrets if secret in refused.output]


def test_slack_is_off_where_nothing_is_set(huihou: Shell) -> None:
    assert found(huihou)["slack_off"][0] == "ok"


# --- the key


def test_the_key_is_rotated(slack: FakeSlack, many: Shell, tmp_path: Path) -> None:
    install(slack, several(slack, many.folder), HOME)
    many.env |= setting(token_key=f"{NEW},{OLD}")
    assert found(many)["slack_rotate"][0] == "warn"
    assert "of 1 workspace are encrypted with the first key" in many("slack", "rotate-key").stdout
    assert "slack_rotate" not in found(many)
    many.env |= setting(token_key=NEW)
    assert found(many)["slack"] == ("ok", "Slack: Association gives every scope that is needed.")


def test_a_lost_key_is_named(slack: FakeSlack, many: Shell) -> None:
    install(slack, several(slack, many.folder), HOME)
    many.env |= setting(token_key=NEW)
    refused = many("slack", "rotate-key", code=1)
    assert "None of the keys opens the tokens of Association" in refused.stderr
    assert found(many, code=1)["slack_key"][0] == "fail"


def test_there_may_be_nothing_to_rotate(one: Shell, slack: FakeSlack) -> None:
    assert "nothing to encrypt" in one("slack", "rotate-key", code=1).stderr


def test_nobody_has_installed_the_app_yet(many: Shell) -> None:
    assert "there was nothing to encrypt" in many("slack", "rotate-key").stdout
    assert "Open https://bot.example.org/slack/install" in found(many)["slack_nobody"][1]


# --- a workspace that has left


@pytest.fixture
def left(many: Shell, slack: FakeSlack) -> Shell:
    """Ann has begun a meeting there; then the app was removed."""
    where = several(slack, many.folder)
    install(slack, where, HOME)
    many("say", "meeting new Forum end: yesterday 17:00", "--as", "Ann", "--workspace", f"slack:{HOME}")
    return many


def kept(huihou: Shell) -> bool:
    return "Forum" in huihou("say", "meeting list", "--as", "Ann", "--workspace", f"slack:{HOME}", code=None).stdout


def test_what_a_workspace_leaves_behind_is_deleted_when_an_admin_says_so(left: Shell, slack: FakeSlack) -> None:
    several(slack, left.folder).forget(HOME)
    assert kept(left)
    asked = left("slack", "delete", HOME, given="n\n", code=1)
    assert f"Everything that is kept of slack:{HOME} will be deleted: 1 meeting, 0 files." in asked.stdout
    assert kept(left)
    assert "is kept any more" in left("slack", "delete", HOME, given="y\n").stdout
    assert "Nothing is kept of a Slack workspace T0001" in left("slack", "delete", HOME, code=1).stderr


def test_it_is_not_deleted_while_the_app_is_installed(left: Shell) -> None:
    assert "still installed" in left("slack", "delete", HOME, "--yes", code=1).stderr
    assert kept(left)


# --- the doctor


def test_one_workspace_that_is_well(one: Shell) -> None:
    assert {name: level for name, (level, _) in found(one).items()} == {"slack": "ok", "slack_socket": "ok"}


def test_missing_scopes_are_named(one: Shell, slack: FakeSlack) -> None:
    slack.teams[HOME].scopes -= {"chat:write", "users:read"}
    level, words = found(one, code=1)["slack_scopes"]
    assert level == "fail"
    assert "Association does not give chat:write and users:read" in words


def test_missing_scopes_of_one_workspace_of_several(many: Shell, slack: FakeSlack) -> None:
    where = several(slack, many.folder)
    slack.teams[HOME].scopes -= {"reactions:read"}
    for team in (HOME, "T0002"):
        install(slack, where, team)
    level, words = found(many, code=0)["slack_scopes"]
    assert (level, "Association does not give reactions:read" in words) == ("warn", True)


@pytest.mark.parametrize("locale", ["en", "zh_CN"])
@pytest.mark.parametrize(
    ("name", "token"), [("slack_token", {"bot_token": "xoxb-gone"}), ("slack_app_token", {"app_token": "xapp-gone"})]
)
def test_a_token_that_is_not_accepted(one: Shell, locale: str, name: str, token: dict[str, str]) -> None:
    one.env |= {**setting(**token), "HUIHOU_LOCALE": locale}
    level, words = found(one, code=1)[name]
    assert level == "fail"
    assert "invalid_auth" in words
    assert not set(token.values()) & {words}


@pytest.mark.parametrize("trouble", [{"drop": True}, {"status": 503}, {"retry_after": 30}])
def test_without_a_network_the_doctor_says_so_and_goes_on(
    one: Shell, slack: FakeSlack, trouble: dict[str, Any]
) -> None:
    slack.will("*", times=4, **trouble)
    assert found(one, code=0)["slack_away"][0] == "warn"


def test_over_http_it_names_the_address(one: Shell) -> None:
    one.env |= setting(transport="http", signing_secret="s3cret", public_url=PUBLIC)
    assert found(one)["slack_http"] == (
        "ok",
        "Slack: reaches the bot over HTTP, at https://bot.example.org/slack/events.",
    )


def examined(where: Tokens, database: Database | None, *, off: timedelta) -> list[Finding]:
    """With a clock that differs from that of the fake's host by so much."""
    now = datetime.fromtimestamp(time.time(), UTC) + off  # noqa: TID251  its answers carry the real date
    return list(check.examine(where.settings, database, now))


@pytest.mark.parametrize(
    ("minutes", "level", "ahead"), [(2, "warn", True), (-2, "warn", False), (6, "fail", True), (-600, "fail", False)]
)
def test_a_clock_that_is_off_is_noticed(
    slack: FakeSlack, tmp_path: Path, minutes: int, level: str, *, ahead: bool
) -> None:
    where = several(slack, tmp_path)
    install(slack, where, HOME)
    [clock] = [
        one for one in examined(where, where.vault.database, off=timedelta(minutes=minutes)) if "clock" in one.name
    ]
    assert (clock.level, clock.facts["ahead"]) == (level, ahead)
    assert abs(clock.facts["seconds"] - abs(minutes) * 60) < 30


def test_a_token_that_has_ended_is_named(slack: FakeSlack, tmp_path: Path) -> None:
    slack.rotating = True
    where = several(slack, tmp_path)
    install(slack, where, HOME)
    names = [one.name for one in check.examine(where.settings, where.vault.database, where.now() + timedelta(hours=13))]
    assert "slack_ended" in names


def test_a_database_that_does_not_answer_is_left_alone(slack: FakeSlack, tmp_path: Path) -> None:
    assert [one.name for one in examined(several(slack, tmp_path), None, off=timedelta())] == ["slack_socket"]
