"""Whether what came has the shape of what Slack sends, as far as anybody here relies on it. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from bot import ask

_PLAIN = re.compile("[!-~]+")
_TEXTS = frozenset(
    "action_id api_app_id block_id bot_id callback_id channel_id channel_name channel_type command "
    "context_enterprise_id context_team_id enterprise_id event_id event_ts file_access file_id "
    "function_execution_id hash id item_user message_ts mode name private_metadata reaction response_url "
    "source_team subtype tab team_domain team_id thread_ts trigger_id ts type url_private url_private_download "
    "user_id user_name user_team username view_id".split()
)
_PARTS = frozenset("action container enterprise event item message profile tokens view".split())
_LISTS = frozenset({"actions", "authorizations", "files"})
_NAMED = frozenset({"channel", "team", "user"})
"""An id, or a part that has one."""
_WORDS = frozenset({"text", "value"})
"""What people typed, or a part that holds it."""
_VIEW, _CALLED = ("view", ("id", "type", "callback_id")), ("", ("callback_id", "trigger_id"))
_ASKED = {
    "view_submission": (_VIEW,),
    "view_closed": (_VIEW,),
    "shortcut": (_CALLED,),
    "message_action": (_CALLED,),
    "block_suggestion": (_VIEW,),
}
"""What Bolt itself reads of a payload: which part of it ("" for the whole) has which texts."""


_OF_EVENTS = {
    "app_home_opened": ("user",),
    "app_mention": ("channel", "ts"),
    "file_shared": ("channel_id", "file_id", "user_id"),
    "function_executed": ("function_execution_id",),
    "member_joined_channel": ("channel", "user"),
    "message": ("channel", "ts"),
    "reaction_added": ("user",),
    "user_change": ("user",),
}
"""What we ourselves read of events."""
_PRESSED = frozenset(
    {"block_actions", "block_suggestion", "message_action", "shortcut", "view_closed", "view_submission"}
)


def is_sound(body: object) -> bool:
    """``body`` is JSON, or a form's fields."""
    if not isinstance(body, dict) or not body or not _is_part(body):
        return False
    kind, actions, event = body.get("type"), body.get("actions"), body.get("event")
    if "command" in body:
        return _has(body, "channel_id", "user_id", "trigger_id")
    if kind == "event_callback":
        return _has(body, "event_id") and _has(event, "type") and _is_whole(event or {})
    if kind == "block_actions":
        return (
            _has(body, "trigger_id")
            and _has(body.get("user"), "id")
            and bool(actions)
            and all(_has(one, "type", "action_id") for one in actions or ())
        )
    asked = all(_has(body if not part else body.get(part), *names) for part, names in _ASKED.get(str(kind), ()))
    return asked and ("user" not in body or _has(body["user"], "id")) and (kind not in _PRESSED or "user" in body)


def _is_whole(event: Mapping[str, Any]) -> bool:
    """Whether it has what we read of an event of its type."""
    kind, item, token = event["type"], event.get("item"), str(event.get("bot_access_token", ""))
    if not all(event.get(name) for name in _OF_EVENTS.get(kind, ())) or any(
        event.get(key, "") is None for key in _NAMED
    ):
        return False
    if kind == "reaction_added" and item is not None and item.get("type") == "message":
        return _has(item, "channel", "ts")
    if kind == "function_executed":  # its token becomes a header
        return token.isascii() and token.isprintable() and isinstance(event.get("inputs") or {}, dict)
    return event.get("tokens", {}) is not None


def storable(part: Any) -> Any:
    """The same without what no database keeps, in keys too."""
    if isinstance(part, str):
        return ask.storable(part)
    if isinstance(part, list):
        return [storable(one) for one in part]
    return {storable(key): storable(one) for key, one in part.items()} if isinstance(part, dict) else part


def leads_home(body: Mapping[str, Any], api_url: str) -> bool:
    """Whether an answer to it would go to Slack, over nothing less than Slack's API is asked over."""
    url, home = str(body.get("response_url") or ""), urlsplit(api_url)
    try:
        there = urlsplit(url)
    except ValueError:
        return False
    near = there.scheme == home.scheme and there.netloc in {home.netloc, f"hooks.{home.netloc}"}
    return not url or (near and _PLAIN.fullmatch(url) is not None)


def _has(part: object, *names: str) -> bool:
    return isinstance(part, dict) and all(isinstance(part.get(name), str) for name in names)


def _is_part(part: Mapping[str, Any]) -> bool:
    return all(_fits(key, value) for key, value in part.items() if value is not None)


def _fits(key: str, value: object) -> bool:
    if key in _TEXTS:
        return isinstance(value, str)
    if key in _PARTS:
        return isinstance(value, dict) and _is_part(value)
    if key in _LISTS:
        return isinstance(value, list) and all(isinstance(one, dict) and _is_part(one) for one in value)
    if key in _NAMED:
        return isinstance(value, str) or (_has(value, "id") and isinstance(value, dict) and _is_part(value))
    return key not in _WORDS or isinstance(value, str | dict)
