"""How far a long command has come, said in the room as one message that is edited until it is the answer."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from messages import Message
from storage import outbox

if TYPE_CHECKING:
    from handlers.context import Context

LONGEST_PROMISE = 120  # as its column is


def fitting(key: str, most: int) -> str:
    """The key, or what stands for it where it is too long for its column."""
    return key if len(key) <= most else hashlib.sha256(key.encode()).hexdigest()


@dataclass(frozen=True)
class Part:
    """Something said by a command: its answer, or (not ``last``) how far it has come. ``keep`` it for a repeat."""

    message: Message
    last: bool = True
    keep: bool = True


@dataclass
class Progress:
    """What the bot says in the room about a command that it runs for itself: one message, edited as it advances."""

    ctx: Context
    event_id: str
    shown: int = 0

    def show(self, message: Message) -> None:
        """An edit that would come before what it edits is left out: the next one says more."""
        if self.shown == 0 or self._first() is not None:
            self.shown += 1
            self.ctx.promise(self._key(self.shown), self.ctx.room, message, edits=self._first())

    def answer(self, message: Message) -> None:
        """In the place of what was shown, if that has arrived."""
        key = fitting(f"{self.event_id}:answer", LONGEST_PROMISE)
        self.ctx.promise(key, self.ctx.room, message, edits=self._first())

    def _first(self) -> str | None:
        """The key of the message to edit; None while it has not arrived."""
        key = self._key(1)
        return key if self.shown and outbox.provider_id(self.ctx.db, key) is not None else None

    def _key(self, number: int) -> str:
        return fitting(f"{self.event_id}:{number}", LONGEST_PROMISE)
