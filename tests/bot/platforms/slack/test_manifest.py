"""The manifest: what Slack takes, no more scopes than are used, and in step with what the app listens for."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from itertools import product
from pathlib import Path
from typing import Any

import pytest
import yaml
from slack_bolt import App

from bot.app import build
from bot.platforms.slack import manifest, names
from bot.platforms.slack.manifest import Manifest
from handlers import router
from messages import catalog
from tests.bot.platforms.slack.manifest_rules import EVENTS, faults
from tests.bot.platforms.slack.several import settings
from tests.fakes import slack_api
from tests.fakes.slack import FakeSlack
from tests.fakes.slack_methods import METHODS

URL = "https://bot.example.org"
KINDS = [
    Manifest(transport, locale, URL, rotation=flag, basic=flag)
    for transport, locale, flag in product(("socket", "http"), ("en", "zh_CN"), (False, True))
]
SOURCES = Path(manifest.__file__).parent


@pytest.mark.parametrize("kind", KINDS, ids=str)
def test_slack_takes_it(kind: Manifest) -> None:
    assert faults(kind.made()) == []


@pytest.mark.parametrize("kind", KINDS, ids=str)
def test_both_forms_say_the_same(kind: Manifest) -> None:
    assert json.loads(kind.written("json")) == yaml.safe_load(kind.written("yaml")) == kind.made()


def strings(part: Any) -> list[str]:
    if isinstance(part, dict):
        return [text for one in part.values() for text in strings(one)]
    if isinstance(part, list):
        return [text for one in part for text in strings(one)]
    return [part] if isinstance(part, str) else []


def test_each_language_is_all_its_own() -> None:
    english, chinese = (strings(Manifest("socket", locale).made()["features"]) for locale in ("en", "zh_CN"))
    assert not [text for text in english if re.search("[一-鿿]", text)]
    same = [text for text in english if text in chinese and " " in text]
    assert same == []


STEP = f"functions.{names.FUNCTION}"
PROMPT = {"title": "Today", "message": "today"}
WRONG: list[tuple[str, Any]] = [
    ("_metadata", {}),
    ("_metadata.major_version", 1),
    ("display_information", {"description": "no name"}),
    ("display_information.name", "x" * 36),
    ("display_information.description", "x" * 141),
    ("display_information.background_color", "#12345"),
    ("features.app_home.home_tab_enabled", "yes"),
    ("features.bot_user.display_name", "x" * 81),
    ("features.shortcuts", []),
    ("features.shortcuts.0.name", "x" * 25),
    ("features.shortcuts.0.type", "local"),
    ("features.slash_commands", [{"command": f"/h{number}", "description": "h"} for number in range(51)]),
    ("features.slash_commands.0", {"command": "/huihou"}),
    ("features.slash_commands.0.command", "huihou"),
    ("features.slash_commands.0.command", "/" + "x" * 32),
    ("features.slash_commands.0.url", "bot.example.org"),
    ("features.slash_commands.0.usage_hint", ""),
    ("features.agent_view.agent_description", "x" * 301),
    ("features.agent_view.suggested_prompts", [{**PROMPT, "title": str(number)} for number in range(5)]),
    ("features.agent_view.suggested_prompts.0", {"title": "Today"}),
    ("features.assistant_view", {"assistant_description": "the view before"}),
    ("oauth_config.redirect_urls", [URL, URL]),
    ("oauth_config.redirect_urls.0", "ftp://bot.example.org"),
    ("oauth_config.scopes.bot.0", "chat:shout"),
    ("settings.event_subscriptions.bot_events.0", "message.everything"),
    ("settings.event_subscriptions.bot_events", ["message.im", "message.im"]),
    ("settings.event_subscriptions.request_url", "wss://bot.example.org"),
    ("settings.interactivity", {"request_url": URL}),
    ("settings.socket_mode_enabled", 1),
    ("settings.unknown", True),
    (STEP, {"title": "no parameters", "description": "none"}),
    (f"{STEP}.input_parameters", {"title": {"type": "string"}}),
    (f"{STEP}.input_parameters.properties.title.type", "text"),
]


@pytest.mark.parametrize(("where", "what"), WRONG, ids=[f"{where} {what}"[:60] for where, what in WRONG])
def test_what_slack_would_refuse_is_refused(where: str, what: Any) -> None:
    made: Any = Manifest("http", "en", URL).made()
    assert faults(made) == []
    *path, last = (int(key) if key.isdecimal() else key for key in where.split("."))
    part = made
    for key in path:
        part = part[key]
    part[last] = what
    assert faults(made)


def test_nothing_is_worded_that_is_not_shown() -> None:
    shown = strings(Manifest("socket", "en").made())
    blocks = catalog.environment().get_template("slack/manifest.md.j2").blocks
    assert {block for block in blocks if manifest.worded("en", block) not in shown} == set()


# --- transports and plans


def test_socket_mode_needs_no_address() -> None:
    made = Manifest("socket").made()
    assert made["settings"]["socket_mode_enabled"]
    assert not [text for text in strings(made) if text.startswith("http")]


def test_over_http_everything_has_the_address() -> None:
    made = Manifest("http", url=URL).made()
    settings = made["settings"]
    assert not settings["socket_mode_enabled"]
    addresses = {
        settings["event_subscriptions"]["request_url"],
        settings["interactivity"]["request_url"],
        settings["interactivity"]["message_menu_options_url"],
        *(command["url"] for command in made["features"]["slash_commands"]),
    }
    assert addresses == {"https://bot.example.org/slack/events"}


def test_several_workspaces_come_back_to_the_same_page_over_either() -> None:
    for transport in ("socket", "http"):
        back = Manifest(transport, url=URL).made()["oauth_config"]["redirect_urls"]
        assert back == ["https://bot.example.org/slack/oauth_redirect"]


def test_the_free_plan_is_asked_for_nothing_that_it_lacks() -> None:
    made = Manifest(basic=True).made()
    assert "functions" not in made
    assert "agent_view" not in made["features"]
    assert "function_executed" not in made["settings"]["event_subscriptions"]["bot_events"]
    assert not made["settings"]["org_deploy_enabled"]
    assert manifest.AGENT not in made["oauth_config"]["scopes"]["bot"]


# --- the fewest scopes that serve


def scopes(kind: Manifest) -> set[str]:
    return set(kind.made()["oauth_config"]["scopes"]["bot"])


def called() -> set[str]:
    """The Web API's methods that the code calls, by Slack's names."""
    assert slack_api.PARTS
    known = {name.replace(".", "_").casefold(): name for name in METHODS}
    found = {
        call
        for file in SOURCES.glob("*.py")
        for call in re.findall(r"\.((?:[a-z]+_)[A-Za-z_]+)\(", file.read_text(encoding="utf-8"))
    }
    return {known[call.casefold()] for call in found if call.casefold() in known}


def needed() -> set[str]:
    methods = {METHODS[name][0] for name in called()} - {""}
    return {"commands"} | {scope for event in names.EVENTS for scope in EVENTS[event]} | methods


@pytest.mark.parametrize("basic", [False, True])
def test_every_scope_is_used_and_every_use_has_its_scope(basic: bool) -> None:  # noqa: FBT001
    extra = set() if basic else {manifest.AGENT}
    assert scopes(Manifest(basic=basic)) == set(manifest.SCOPES) | extra
    assert needed() <= set(manifest.SCOPES)
    unused = set(manifest.SCOPES) - needed()
    assert unused <= {"files:write"}  # slack_sdk uploads with three calls of its own


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_document_gives_a_reason_for_each_scope(language: str) -> None:
    page = (SOURCES.parents[2] / "docs" / "slack.md").read_text(encoding="utf-8")
    table = re.search(rf"<!-- scopes: {language} -->\n(.*?)<!-- end -->", page, re.DOTALL)
    assert table is not None
    rows = re.findall(r"^\| `([a-z_:]+)` \| (.+) \|$", table[1], re.MULTILINE)
    assert {scope for scope, _ in rows} == {*manifest.SCOPES, manifest.AGENT}
    assert all(reason.endswith((".", "。")) for _, reason in rows)


# --- in step with the rest


def test_the_names_are_those_that_the_code_listens_for() -> None:
    made = Manifest().made()
    features, settings = made["features"], made["settings"]
    assert tuple(one["command"] for one in features["slash_commands"]) == names.COMMANDS
    assert tuple(one["callback_id"] for one in features["shortcuts"]) == names.SHORTCUTS
    assert {one["callback_id"] for one in features["shortcuts"] if one["type"] == "message"} == {
        names.ATTACH,
        names.MAKE_TASK,
    }
    assert tuple(settings["event_subscriptions"]["bot_events"]) == names.EVENTS
    assert list(made["functions"]) == [names.FUNCTION]
    step = made["functions"][names.FUNCTION]
    for parameters, wanted in ((step["input_parameters"], names.INPUTS), (step["output_parameters"], names.OUTPUTS)):
        assert tuple(parameters["properties"]) == tuple(parameters["required"]) == wanted


@pytest.fixture
def registered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, set[str]]:
    """What the running app has registered by name with Bolt; catch-alls have none."""
    seen: dict[str, set[str]] = {kind: set() for kind in ("command", "event", "shortcut", "function", "message")}
    for kind, found in seen.items():
        monkeypatch.setattr(App, kind, noting(getattr(App, kind), found))
    with FakeSlack() as slack:
        build(settings(slack, tmp_path))
    return seen


def noting(register: Callable[..., Any], found: set[str]) -> Callable[..., Any]:
    def noted(bolt: App, constraint: Any, *more: Any, **named: Any) -> Any:
        if isinstance(constraint, str):
            found.add(constraint)
        return register(bolt, constraint, *more, **named)

    return noted


def test_what_the_app_listens_for_is_in_the_manifest_and_the_other_way_round(registered: dict[str, set[str]]) -> None:
    made = Manifest().made()
    features, events = made["features"], made["settings"]["event_subscriptions"]["bot_events"]
    assert registered["command"] == {one["command"] for one in features["slash_commands"]}
    assert registered["shortcut"] == {one["callback_id"] for one in features["shortcuts"]}
    assert registered["event"] == {name.partition(".")[0] for name in events}
    assert registered["function"] <= set(made["functions"])
    assert registered["message"] == set()


@pytest.mark.parametrize("locale", ["en", "zh_CN"])
def test_what_is_suggested_can_be_said(locale: str) -> None:
    prompts = Manifest("socket", locale).made()["features"]["agent_view"]["suggested_prompts"]
    for prompt in prompts:
        assert router.find(prompt["message"]), prompt
