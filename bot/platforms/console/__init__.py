"""The terminal: rooms that live in our own database; the shortest example of a platform to copy."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from bot.platforms import Outgoing
from storage import conversation
from storage.base import Database


@dataclass
class Console:
    """Sending is saying it in the room's stored conversation, which ``huihou chat`` reads on."""

    database: Database
    now: Callable[[], datetime]
    name: str = "console"
    pace_ms: int = 0

    def send(self, outgoing: Outgoing) -> str:
        payload = outgoing.message.kept()
        room, key, edits = outgoing.room.id, outgoing.key, outgoing.edits
        with self.database.write() as db:
            return conversation.deliver(db, room, key=key, at=self.now(), payload=payload, edits=edits)

    def find(self, outgoing: Outgoing) -> str | None:
        with self.database.read() as db:
            line = None if outgoing.edits else conversation.by_key(db, outgoing.key)
            return line.key if line else None
