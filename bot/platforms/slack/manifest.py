"""The app's manifest: what Slack is told of the app before it is installed, made from the names that it listens for."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import yaml

from bot.platforms.slack import names
from messages.catalog import render
from messages.markdown import plain

ADDRESS = "/slack/events"
"""Where Slack sends everything over HTTP; Bolt tells commands, presses and events apart."""

SCOPES: Mapping[str, str] = {
    "app_mentions:read": "app_mention",
    "channels:history": "message.channels",
    "channels:read": "member_joined_channel",
    "chat:write": "chat.postMessage, chat.update, chat.postEphemeral",
    "commands": "/huihou, /hh, shortcuts",
    "files:read": "file_shared, files.info, url_private",
    "files:write": "files.getUploadURLExternal, files.completeUploadExternal",
    "groups:history": "message.groups",
    "groups:read": "member_joined_channel",
    "im:history": "message.im",
    "im:write": "conversations.open",
    "reactions:read": "reaction_added",
    "users:read": "users.info, user_change",
}
"""The fewest that serve, each with what would not work without it.

``…:history`` is for hearing what is said. Of what was said before only our own messages are looked up, after a failure.
"""

AGENT = "assistant:write"
"""Goes with the agent's view, which shows Huihou among the agents; nothing else depends on it."""

VERSION: Mapping[str, int] = {"major_version": 2, "minor_version": 1}
"""Of the form of manifests: the first knows no view for agents, and is what Slack takes one for that does not say."""

PROMPTS = ("today", "mine", "status", "help")
INPUT_TYPES = {
    "title": "string",
    "end": "slack#/types/date",
    "channel": "slack#/types/channel_id",
    "lead": "slack#/types/user_id",
}
OUTPUT_TYPES = {"meeting": "string", "task_count": "integer"}
"""Of the step for Workflow Builder; all of them are required."""


@dataclass(frozen=True)
class Manifest:
    """``url`` is the bot's public address: needed over HTTP, and wherever several workspaces install the app.

    ``basic`` leaves out what Slack's free plan does not have: the agent's view and the step for Workflow Builder.
    """

    transport: str = "socket"
    locale: str = "zh_CN"
    url: str = ""
    rotation: bool = False
    basic: bool = False

    def made(self) -> dict[str, Any]:
        shared = {
            "_metadata": dict(VERSION),
            "display_information": {
                "name": self._words("name"),
                "description": self._words("description"),
                "background_color": "#1f6f6b",
            },
            "features": self._features(),
            "oauth_config": self._oauth(),
            "settings": self._settings(),
        }
        return shared if self.basic else {**shared, "functions": {names.FUNCTION: self._function()}}

    def written(self, form: str) -> str:
        """As ``yaml`` or ``json``."""
        if form == "json":
            return json.dumps(self.made(), ensure_ascii=False, indent=2) + "\n"
        return yaml.safe_dump(self.made(), allow_unicode=True, sort_keys=False, width=110)

    # --- its parts

    def _features(self) -> dict[str, Any]:
        return {
            "app_home": {
                "home_tab_enabled": True,
                "messages_tab_enabled": True,
                "messages_tab_read_only_enabled": False,
            },
            "bot_user": {"display_name": "Huihou", "always_online": True},
            "shortcuts": [self._shortcut(name) for name in names.SHORTCUTS],
            "slash_commands": [self._command(name) for name in names.COMMANDS],
            **({} if self.basic else {"agent_view": self._agent()}),
        }

    def _shortcut(self, name: str) -> dict[str, Any]:
        return {
            "name": self._words(f"shortcut_{name}"),
            "type": "message" if name in names.MESSAGE_SHORTCUTS else "global",
            "callback_id": name,
            "description": self._words(f"shortcut_{name}_about"),
        }

    def _command(self, name: str) -> dict[str, Any]:
        return {
            "command": name,
            **self._at("url"),
            "description": self._words("command"),
            "usage_hint": self._words("usage"),
            "should_escape": True,
        }

    def _agent(self) -> dict[str, Any]:
        prompts = [{"title": self._words(f"prompt_{name}"), "message": self._words(f"say_{name}")} for name in PROMPTS]
        return {"agent_description": self._words("agent"), "suggested_prompts": prompts}

    def _oauth(self) -> dict[str, Any]:
        back = {"redirect_urls": [f"{self.url}/slack/oauth_redirect"]} if self.url else {}
        return {**back, "scopes": {"bot": sorted([*SCOPES, *([] if self.basic else [AGENT])])}}

    def _settings(self) -> dict[str, Any]:
        return {
            "event_subscriptions": {**self._at("request_url"), "bot_events": list(self._events())},
            "interactivity": {
                "is_enabled": True,
                **self._at("request_url"),
                **self._at("message_menu_options_url"),
            },
            "org_deploy_enabled": not self.basic,
            "socket_mode_enabled": self.transport == "socket",
            "token_rotation_enabled": self.rotation,
            **({} if self.basic else {"function_runtime": "remote"}),
        }

    def _events(self) -> tuple[str, ...]:
        return tuple(name for name in names.EVENTS if not (self.basic and name == "function_executed"))

    def _function(self) -> dict[str, Any]:
        return {
            "title": self._words("step"),
            "description": self._words("step_about"),
            "input_parameters": self._parameters(names.INPUTS, INPUT_TYPES),
            "output_parameters": self._parameters(names.OUTPUTS, OUTPUT_TYPES),
        }

    def _parameters(self, given: Sequence[str], types: Mapping[str, str]) -> dict[str, Any]:
        return {"properties": {name: self._parameter(name, types[name]) for name in given}, "required": list(given)}

    def _parameter(self, name: str, kind: str) -> dict[str, Any]:
        title, about = self._words(f"parameter_{name}"), self._words(f"parameter_{name}_about")
        return {"type": kind, "title": title, "description": about}

    def _at(self, key: str) -> dict[str, str]:
        """Socket Mode has no addresses."""
        return {} if self.transport == "socket" else {key: f"{self.url}{ADDRESS}"}

    @property
    def _words(self) -> Any:
        return partial(worded, self.locale)


def worded(locale: str, block: str) -> str:
    return plain(render("slack/manifest.md.j2", block, {"locale": locale})).strip()
