"""How every setting is asked for, shown and confirmed."""

from __future__ import annotations

from typing import Any

from handlers.context import Context
from messages import Message, Offer, Question, Questions
from storage import checklist
from storage.rooms import Room


def ask(ctx: Context, key: str, line: str, value: str = "") -> Message:
    """A form with one field, filled with what holds now."""
    if key.endswith("language"):
        field = Question("value", "choice", value=value, choices=[("中文", "中文"), ("English", "English")])
    else:
        field = Question("value", value=value)
    return ctx.words("settings/form", key=key, form=Questions(line, [field]), private=True)


def changed(ctx: Context, key: str, value: object, **facts: Any) -> Message:
    """What holds now, and the way back."""
    known = {"source": "", "own": False, "called": "", "moved": None, "unheard": [], "open_year": None, **facts}
    offers = [Offer("undo", "undo"), Offer("settings", "settings")]
    return ctx.words("settings/changed", key=key, value=value, buttons=offers, tone="good", **known)


def source_of(ctx: Context, field: str) -> str:
    """Where the language or the zone comes from: the person, the room or the workspace."""
    return "you" if getattr(ctx.person, field) else "room" if getattr(ctx.room, field) else "workspace"


def is_own(ctx: Context) -> bool:
    """In a direct conversation a room's settings are the person's own."""
    return ctx.room.person_id is not None and ctx.room.person_id == ctx.person.id


def look_again(ctx: Context, room: Room | None = None) -> None:
    """The next tick plans anew what the change bears on: the room's meeting, or every one that runs."""
    if room is None or room.person_id is not None:
        ctx.look_again()
    elif room.meeting_id is not None:
        checklist.look_again(ctx.db, room.meeting_id)
