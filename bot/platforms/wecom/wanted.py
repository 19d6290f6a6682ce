"""Files that come alone: WeCom lets nobody send words with them, so they belong to what was asked for last."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime, timedelta

from messages import Message
from storage import asks, outbox
from storage.base import Database

WITHIN = timedelta(minutes=30)
"""So long somebody may look for a file; later nobody remembers what was asked."""
MOST = 8
"""Messages that are looked at."""
_REF = re.compile(r"M\d{1,5}-T\d{1,5}")


def line(database: Database, workspace: str, account: str, place: str, *, now: datetime) -> str:
    """The line that goes with them; empty where nothing was asked for, or something else was spoken of since."""
    since = int((now - WITHIN).timestamp() * 1000)
    with database.read() as db:
        known = asks.known(db, workspace, platform="wecom", account=account, room=place)
        last = outbox.last_said(db, known[2].id, since_ms=since, most=MOST) if known else ()
    return _wanted([Message.known(one) for one in last])


def _wanted(said: Sequence[Message]) -> str:
    spoken_of: set[str] = set()
    for message in said:
        refs = set(_REF.findall(message.upload.line)) if message.upload else set()
        if message.upload and spoken_of <= refs:
            return message.upload.line
        if not message.about or message.upload:
            return ""
        spoken_of |= set(message.about)
    return ""
