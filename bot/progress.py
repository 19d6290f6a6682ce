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


@dataclass
class Progress:
    """What the bot says in the room about a command that it runs for itself: one message, edited as it advances."""

    event_id: str
    shown: int = 0

    def show(self, ctx: Context, message: Message) -> None:
        """An edit that would come before what it edits is left out: the next one says more."""
        first = self._first(ctx)
        if self.shown == 0 or first is not None:
            self.shown += 1
            ctx.promise(self._key(str(self.shown)), ctx.room, message, edits=first)

    def answer(self, ctx: Context, message: Message) -> None:
        """In the place of what was shown, if that has arrived."""
        ctx.promise(self._key("answer"), ctx.room, message, edits=self._first(ctx))

    def _first(self, ctx: Context) -> str | None:
        """The key of the message to edit; None while it has not arrived."""
        key = self._key("1")
        return key if self.shown and outbox.provider_id(ctx.db, key) is not None else None

    def _key(self, what: str) -> str:
        """Its end tells what it is, however long the rest."""
        return f"{fitting(self.event_id, LONGEST_PROMISE - len(what) - 1)}:{what}"
