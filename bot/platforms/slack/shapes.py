"""Whether what came has the shape of what Slack sends, as far as anybody here relies on it. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_TEXTS = frozenset(
    "action_id api_app_id block_id bot_id callback_id channel_id channel_type command enterprise_id event_id event_ts "
    "file_access file_id function_execution_id hash id item_user message_ts mode name private_metadata reaction "
    "response_url subtype tab team_id thread_ts trigger_id ts type url_private url_private_download user_id user_name "
    "username view_id".split()
)
_PARTS = frozenset("action container enterprise event item message profile tokens view".split())
_LISTS = frozenset({"actions", "files"})
_NAMED = frozenset({"channel", "team", "user"})
"""An id, or a part that has one."""
_WORDS = frozenset({"text", "value"})
"""What people typed, or a part that holds it."""
_VIEW, _CALLED = ("view", ("id", "type", "callback_id")), ("", ("callback_id",))
_ASKED = {"view_submission": (_VIEW,), "view_closed": (_VIEW,), "shortcut": (_CALLED,), "message_action": (_CALLED,)}
"""What Bolt itself reads of a payload: which part of it ("" for the whole) has which texts."""


def is_sound(body: object) -> bool:
    """``body`` is JSON, or a form's fields."""
    if not isinstance(body, dict) or not body or not _is_part(body):
        return False
    kind, actions = body.get("type"), body.get("actions")
    if kind == "event_callback":
        return _has(body.get("event"), "type") and not any(body["event"].get(key, "") is None for key in _NAMED)
    if kind == "block_actions":
        return bool(actions) and all(_has(one, "type", "action_id") for one in actions or ())
    asked = all(_has(body if not part else body.get(part), *names) for part, names in _ASKED.get(str(kind), ()))
    return asked and ("user" not in body or _has(body["user"], "id"))


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
