"""Boxes to tick: Slack tells which of a group are ticked now, the database which were ticked before."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.progress import fitting
from storage import inbox
from storage.base import Database, Session
from storage.workspace import alone

LONGEST_KEY = 300
"""As its column is."""


@dataclass(frozen=True)
class Group:
    """A group of boxes of one message or window as one person has ticked it, by the press ``press``."""

    where: str
    ticked: tuple[str, ...]
    press: str


def group(body: Mapping[str, Any], lines: Sequence[str]) -> Group | None:
    """``lines`` are what the ticked boxes say; None where no box was meant."""
    action = body["actions"][0]
    if action["type"] != "checkboxes":
        return None
    place = body.get("container") or {}
    parts = (place.get("channel_id"), place.get("message_ts") or place.get("view_id"), action.get("block_id"))
    where = ":".join(map(str, (*parts, body["user"]["id"])))
    return Group(where, tuple(lines), str(body.get("trigger_id", "")))


def fresh(database: Database, workspace: str, given: Group, *, now: datetime) -> frozenset[str]:
    """What this press has ticked; the same again for another delivery of it."""
    key = fitting(f"ticked:{workspace}:{given.where}", LONGEST_KEY)
    with database.write() as db:
        alone(db, workspace)
        known = _known(db, key)
        if known.get("press") == given.press:
            return frozenset(known["fresh"])
        new = [line for line in given.ticked if line not in known.get("ticked", ())]
        told = {"ticked": given.ticked, "fresh": new, "press": given.press}
        inbox.replace(db, key, json.dumps(told, ensure_ascii=False), at_ms=int(now.timestamp() * 1000))
    return frozenset(new)


def _known(db: Session, key: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(inbox.answered(db, key) or "{}")
    return found
