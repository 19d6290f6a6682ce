"""The chat in the browser: rooms that live in our own database, drawn as pages by this folder's other modules."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from bot.platforms import Outgoing
from bot.platforms.web.bell import Bell
from storage import conversation
from storage.base import Database


@dataclass
class Web:
    """Sending is saying it in the room's stored conversation and ringing for the pages that are open."""

    database: Database
    now: Callable[[], datetime]
    name: str = "web"
    pace_ms: int = 0
    bell: Bell = field(default_factory=Bell)

    def send(self, outgoing: Outgoing) -> str:
        payload = outgoing.message.kept()
        room, key, edits = outgoing.room.id, outgoing.key, outgoing.edits
        with self.database.write() as db:
            said = conversation.deliver(db, room, key=key, at=self.now(), payload=payload, edits=edits)
        self.bell.ring()
        return said

    def find(self, outgoing: Outgoing) -> str | None:
        with self.database.read() as db:
            line = None if outgoing.edits else conversation.by_key(db, outgoing.key)
            return line.key if line else None
