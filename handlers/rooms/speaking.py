"""What is said in a room about the room itself; with it, a platform makes the group what it is to be."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from itertools import count
from typing import TYPE_CHECKING

from handlers.context import Context
from handlers.router import Router
from messages import Message, Offer
from storage import outbox, people, rooms, unkept
from storage.outbox import Promise

if TYPE_CHECKING:
    from storage.journal import Change
    from storage.meetings import Meeting
    from storage.people import Person
    from storage.rooms import Room

router = Router("rooms")


def greet(ctx: Context, room: Room, meeting: Meeting, *, waits: bool = False) -> None:
    """Promise the room what it is for; with ``waits``, after its quiet hours."""
    voice = ctx.voice(room)
    number = f"M{meeting.number}"
    offers = [Offer("list", f"list {number}"), Offer("mine", "list mine"), Offer("help", "help")]
    said = voice.words("rooms/greeting", meeting=meeting, deaf=room.deaf, buttons=offers)
    _promise(voice, f"{meeting.id}", said, recheck="rooms", not_before=voice.quiet_until if waits else None)


def say_who(ctx: Context, room: Room, *, joined: Sequence[Person] = (), gone: Sequence[Person] = ()) -> None:
    """Promise the room who has joined or left it; of neither, who is in it now."""
    voice = ctx.voice(room)
    known = people.some(ctx.db, ids := rooms.members(ctx.db, room.id))
    names = {"joined": [one.name for one in joined], "gone": [one.name for one in gone]}
    said = voice.words("rooms/members", **names, members=[known[one].name for one in ids])
    _promise(voice, "who", said)


@router.recheck("rooms")
def still_wanted(ctx: Context, key: str, message: Message) -> Message | None:
    """A greeting is for a room that still follows the meeting: it may have been taken back."""
    return message if key.split(":")[2] == str(ctx.room.meeting_id) else None


@router.after_undo
def tell_the_group(ctx: Context, changes: Sequence[Change]) -> None:
    """Who is in a group is another matter again; one that was made by mistake stays behind, and says so."""
    touched = {(row.after or row.before or {})["room_id"] for row in changes if row.table == "room_member"}
    for room_id in sorted(touched):
        room = rooms.get(ctx.db, room_id)
        if rooms.members(ctx.db, room_id):
            say_who(ctx, room)
        elif _was_greeted(ctx, room, changes):
            voice = ctx.voice(room)
            _promise(voice, "over", voice.words("rooms/over"))


def _was_greeted(ctx: Context, room: Room, changes: Sequence[Change]) -> bool:
    """Whether the group is there already: what was promised to it when it was made has been said."""
    meeting = next((row.after.get("meeting_id") for row in changes if row.table == "room" and row.after), None)
    known = outbox.promised(ctx.db, f"rooms:{room.id}:{meeting}:1")
    return known is not None and known[1] in {Promise.SENDING, Promise.SENT}


def _promise(voice: Context, what: str, said: Message, recheck: str = "", not_before: datetime | None = None) -> None:
    """Under the first number that is free. Whatever kept the room from being reached may be over now: it goes on."""
    keys = (f"rooms:{voice.room.id}:{what}:{n}" for n in count(1))
    next(key for key in keys if voice.promise(key, voice.room, said, recheck=recheck, not_before=not_before))
    unkept.resume(voice.db, outbox.lane_of(voice.room.id), now_ms=int(voice.now.timestamp() * 1000))
