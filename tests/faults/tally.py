"""The command with which the suite is told from what people do: it writes a row and promises messages to rooms."""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy import select

from handlers import router
from handlers.context import Context
from handlers.grammar import OneWord
from messages import Message
from storage.rooms import Room
from storage.workspace import DayRule

FIRST_DAY = date(2000, 1, 1)


def spread(number: int, rooms: int, most: int) -> list[int]:
    """Which rooms, from 1, hear of a command: others each time."""
    return sorted({(number * 7 + step * 13) % rooms + 1 for step in range(most)})


def tally(ctx: Context, number: OneWord, rooms: int = 0, most: int = 0) -> Message:
    """Write a row and promise a message, to this room or to several: tally 7"""
    ctx.db.add(DayRule(workspace_id=ctx.workspace.id, day=FIRST_DAY + timedelta(days=int(number)), worked=True))
    if not rooms:
        said = Message(name="x", locale="en", body=f"tally {number}")
        ctx.promise(f"tally:{number}", ctx.room, said)
    names = [f"fault-{one}" for one in spread(int(number), rooms, most)] if rooms else []
    found = ctx.db.scalars(select(Room).where(Room.name.in_(names)))
    for room in sorted(found, key=lambda room: f"room:{room.id}"):  # whoever promises to several, in the lanes' order
        key = f"tally:{number}:{room.id}"
        ctx.promise(key, room, Message(name="x", locale="en", body=f"This is {key}"))
    return Message(name="x", locale="en", body=f"{number} is written down")


def learn() -> None:
    """Whoever calls this knows the command; nobody else does."""
    router.command("tally", zh="计数")(tally)
