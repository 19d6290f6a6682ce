"""What goes wrong at Slack, by Slack's own names → what delivery is to do about it. No network."""

from __future__ import annotations

from slack_sdk.errors import SlackApiError

from bot.platforms import Closed, Impossible, NotNow

SERVER_ERROR, TOO_MANY = 500, 429
USUAL_WAIT = 30.0
"""Seconds, where Slack does not say how long."""

OUTAGE = frozenset({"fatal_error", "internal_error", "request_timeout", "service_unavailable", "team_added_to_org"})
TOKEN = frozenset(
    {
        "account_inactive",
        "invalid_auth",
        "no token",
        "not_authed",
        "org_login_required",
        "token_expired",
        "token_revoked",
    }
)
SCOPE = frozenset({"missing_scope", "no_permission", "not_allowed_token_type"})
ABSENT = frozenset({"channel_not_found", "not_in_channel"})
ARCHIVED = frozenset({"is_archived"})
RESTRICTED = frozenset(
    {
        "access_denied",
        "ekm_access_denied",
        "messages_tab_disabled",
        "restricted_action",
        "restricted_action_non_threadable_channel",
        "restricted_action_read_only_channel",
        "restricted_action_thread_locked",
        "restricted_action_thread_only_channel",
        "team_access_not_granted",
    }
)
GONE = frozenset({"cannot_dm_bot", "user_disabled", "user_not_found", "user_not_visible"})
WHISPER = ABSENT | ARCHIVED | RESTRICTED | {"user_not_in_channel"}
"""Why one person cannot be told something in a room, but can in their own conversation."""
EVERYWHERE = frozenset({"token", "scope"})
"""Kinds of reasons that hold for all of Slack."""
NO_THREAD = "thread_not_found"
"""The message with which a thread begins is gone."""
UNASKED = (SlackApiError, OSError, Closed, NotNow)
"""Whatever keeps Slack from answering a question that can do without."""
_CLOSED = {
    "token": TOKEN,
    "scope": SCOPE,
    "absent": ABSENT,
    "archived": ARCHIVED,
    "restricted": RESTRICTED,
    "gone": GONE,
}


def name_of(error: SlackApiError) -> str:
    """Slack's name for it; empty where the answer had none."""
    try:
        return str(error.response.get("error") or "")
    except ValueError:  # an answer that is not JSON, as proxies give
        return ""


def kind_of(reason: str) -> str:
    """Of what kind the reason of a closed room is: token, scope, absent, archived, restricted, gone; else empty."""
    return next((kind for kind, names in _CLOSED.items() if reason in names), "")


def is_limit(error: SlackApiError) -> bool:
    return bool(error.response.status_code == TOO_MANY) or name_of(error) in {"ratelimited", "rate_limited"}


def patience(error: SlackApiError) -> float:
    """Seconds that Slack asks for."""
    told = str(error.response.headers.get("Retry-After") or error.response.headers.get("retry-after") or "")
    return float(told) if told.replace(".", "", 1).isdecimal() else USUAL_WAIT


def answer_to(error: SlackApiError) -> Exception:
    """What delivery is to be told: ``NotNow``, ``Closed``, an ``OSError`` for an outage, else ``Impossible``."""
    name = name_of(error)
    if is_limit(error):
        return NotNow(patience(error))
    if error.response.status_code >= SERVER_ERROR or name in OUTAGE:
        return ConnectionError(name or "no answer")
    return Closed(name) if kind_of(name) else Impossible(name or "not understood")
