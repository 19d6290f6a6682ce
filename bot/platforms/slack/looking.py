"""What has arrived at Slack: the pages of a message, known again by the key that each of them carries."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.platforms import Outgoing
from bot.platforms.slack import troubles

SKEW = timedelta(minutes=5)
"""How far Slack's clock and ours may be apart."""
MOST_PAGES, A_PAGE = 10, 100


@dataclass
class Said:
    """What has been said of a message: the timestamps by page, whether its files are there; and all of its pages."""

    pages: dict[int, str] = field(default_factory=dict)
    files: bool = False
    drawn: list[dict[str, Any]] = field(default_factory=list)


def sought(client: WebClient, channel: str, outgoing: Outgoing) -> Said:
    """In its thread; beside that where it is gone, as it is said there then. Raises ``SlackApiError``."""
    try:
        return _sought(client, channel, outgoing)
    except SlackApiError as error:
        if not outgoing.thread or troubles.name_of(error) != troubles.NO_THREAD:
            raise
    return _sought(client, channel, replace(outgoing, thread=""))


def _sought(client: WebClient, channel: str, outgoing: Outgoing) -> Said:
    found = Said()
    for message in _since(client, channel, outgoing.thread, outgoing.tried):
        key, page = _mark(message)
        if key == outgoing.key:
            found.pages[page] = str(message["ts"])
    if outgoing.message.files and found.pages:
        thread = outgoing.thread or found.pages[min(found.pages)]
        found.files = _has_files(client, channel, thread, {one.name for one in outgoing.message.files})
    return found


def _since(client: WebClient, channel: str, thread: str, tried: datetime | None) -> Iterator[dict[str, Any]]:
    what: dict[str, Any] = {"channel": channel, "include_all_metadata": True, "limit": A_PAGE}
    if tried is not None:
        what["oldest"] = f"{(tried - SKEW).timestamp():.6f}"
    cursor = ""
    for _ in range(MOST_PAGES):
        more: dict[str, Any] = {"cursor": cursor} if cursor else {}
        found = (
            client.conversations_replies(ts=thread, **what, **more)
            if thread
            else client.conversations_history(**what, **more)
        )
        yield from found["messages"]
        cursor = str((found.get("response_metadata") or {}).get("next_cursor") or "")
        if not cursor:
            return


def _mark(message: dict[str, Any]) -> tuple[str, int]:
    """The key and the page that a message of ours carries."""
    told = (message.get("metadata") or {}).get("event_payload") or {}
    return str(told.get("key", "")), int(told.get("page") or 1)


def _has_files(client: WebClient, channel: str, thread: str, names: set[str]) -> bool:
    found = client.conversations_replies(channel=channel, ts=thread, limit=A_PAGE)
    given = {str(file.get("name")) for message in found["messages"] for file in message.get("files") or ()}
    return names <= given
