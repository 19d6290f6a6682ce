"""Why the AI bot is silent: the administrators are told once, in private, wherever they can be."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.platforms.wecom.entries import Entry
from handlers.context import voice
from storage import people, rooms, workspace

if TYPE_CHECKING:
    from bot.dispatch import Dispatch


@dataclass
class Alarm:
    dispatch: Dispatch

    def __call__(self, entry: Entry, what: str) -> None:
        """``what`` is a reason of ``bot_keeper.Keeper.trouble``. In the bot's own conversations it waits."""
        now, pace = self.dispatch.now(), self.dispatch.pace
        with self.dispatch.database.write() as db:
            place = workspace.find(db, entry.workspace)
            admins = people.admins(db, place.id) if place else ()
            for room in rooms.direct(db, [one.id for one in admins]):
                assert place is not None  # noqa: S101  its people were found
                ctx = voice(db, place, room, now, pace)
                said = ctx.words("wecom/bot", what=what, name=entry.name, tone="warn")
                ctx.promise(f"wecom/bot:{entry.name}:{what}:{room.id}", room, said)
