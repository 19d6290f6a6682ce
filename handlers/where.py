"""Which room is meant in a command: by its name, or as buttons do, ``#12``."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, NoReturn

from handlers.grammar import Cursor, stands
from handlers.names import plain
from handlers.refused import Refused
from messages import Offer
from storage import rooms
from storage.rooms import Room

if TYPE_CHECKING:
    from handlers.context import Context

MOST_OFFERED = 8
_NUMBER = re.compile(r"#(\d{1,9})(?!\w)")
_MEETING = re.compile(r"M\d+", re.IGNORECASE)


@dataclass(frozen=True)
class _Room:
    """A room of the workspace, not a direct conversation; the longest name that stands there.

    ``near``: a word that is in one room's name alone will do, and any other is refused. Raises ``Refused`` where
    several rooms may be meant, with a button for each.
    """

    near: bool = False

    def take(self, cursor: Cursor, ctx: Context) -> Room | None:
        word = cursor.peek()
        if word is None:
            return None
        known = rooms.of_teams(ctx.db, ctx.workspace.id)
        if numbered := _NUMBER.match(cursor.folded, word.start):
            cursor.skip_to(numbered.end())
            found = [room for room in known if room.id == int(numbered[1])]
            return found[0] if found else self._unknown(numbered[0])
        quoted = cursor.folded.startswith('"', word.start)
        begin = word.start + quoted
        ahead = plain(cursor.folded[begin:])
        full = [room for room in known if stands(plain(room.name), ahead)]
        longest = max((len(room.name) for room in full), default=0)
        found = [room for room in full if len(room.name) == longest]
        if not found and self.near:
            found = [room for room in known if plain(word.text) in plain(room.name)]
            longest = len(word.text)
        if not found:
            return self._unknown(word.text) if self.near and not _MEETING.fullmatch(word.text) else None
        end = begin + longest + quoted
        if len(found) > 1:
            _ask(ctx, found, word.text, (cursor.original[: word.start], cursor.original[end:]))
        cursor.skip_to(end)
        return found[0]

    @staticmethod
    def _unknown(word: str) -> NoReturn:
        raise Refused("rooms/unknown", text=word, buttons=[Offer("rooms", "room list")])

    def chinese(self, text: str) -> tuple[str, int] | None:
        """A number reads the same."""
        match = _NUMBER.match(text)
        return (match[0], match.end()) if match else None


def _ask(ctx: Context, found: Sequence[Room], word: str, around: tuple[str, str]) -> NoReturn:
    """Which one? Each button says the line with the room's number; ``around``: what the name stands between."""
    match = ctx.router.find(ctx.line) if ctx.router else None
    verb, (before, after) = match.command.name if match else "", around
    offers = [
        Offer("numbered", f"{verb} {before}#{room.id}{after}", facts={"room": room, "platforms": [room.platform]})
        for room in (found[:MOST_OFFERED] if match else ())
    ]
    raise Refused("rooms/several", text=word, numbers=[f"#{room.id} {room.name}" for room in found], buttons=offers)


RoomNamed = Annotated[Room | None, _Room()]
RoomNear = Annotated[Room | None, _Room(near=True)]
