"""A room is given a meeting to follow, wherever that is said."""

from __future__ import annotations

from handlers.context import Context
from handlers.grammar import MeetingNumber
from handlers.permissions import allow, run_meeting
from handlers.rooms import speaking
from handlers.rooms.looking import listing
from handlers.rooms.words import NoMeeting, Sure
from handlers.router import Router
from handlers.where import RoomNear
from messages import Message, Offer
from storage import checklist, meetings, rooms
from storage.meetings import Meeting, MeetingState
from storage.rooms import Room

router = Router("rooms")


@router.command("room use", zh="群 使用", also=("群 关联", "群聊 使用", "群聊 关联", "use room"))
def use(
    ctx: Context, room: RoomNear = None, meeting: MeetingNumber = 0, sure: Sure = "", none: NoMeeting = ""
) -> Message:
    """Let a room follow a meeting, wherever you are: room use #12 M1 · room use #12 none"""
    if room is None:
        return listing(ctx)
    before = meetings.get(ctx.db, room.meeting_id) if room.meeting_id else None
    found = None if none else ctx.meeting_number(meeting or None)
    for one in dict.fromkeys((found, before)):
        if one is not None and (one is found or _runs(one)):
            allow(ctx, run_meeting, one)
    ctx.subject = found or before
    if found is None:
        return _end(ctx, room, before)
    if before is not None and before is not found and _runs(before) and not sure:
        return _preview(ctx, room, found, before)
    return _follow(ctx, room, found, before)


def _runs(meeting: Meeting) -> bool:
    return meeting.state != MeetingState.CLOSED


def _preview(ctx: Context, room: Room, found: Meeting, leaving: Meeting) -> Message:
    line = f"room use #{room.id} M{found.number} confirm"
    return ctx.words(
        "rooms/use",
        room=room,
        meeting=found,
        leaving=leaving,
        others=_others(ctx, room, leaving),
        buttons=[Offer("confirm", line, primary=True), Offer("rooms", "room list")],
        tone="ask",
    )


def _follow(ctx: Context, room: Room, found: Meeting, before: Meeting | None) -> Message:
    _set(ctx, room, found, before)
    if before is not found:
        speaking.greet(ctx, room, found, waits=True)
    back = [Offer("undo", "undo")] if before is not found else []
    facts = {"room": room, "meeting": found, "closed": not _runs(found)}
    return ctx.words("rooms/used", **facts, buttons=[*back, Offer("rooms", "room list")], tone="good")


def _end(ctx: Context, room: Room, before: Meeting | None) -> Message:
    _set(ctx, room, None, before)
    orphaned = before is not None and _runs(before) and not _others(ctx, room, before)
    back = [Offer("undo", "undo")] if before else []
    facts = {"room": room, "before": before, "orphaned": orphaned}
    return ctx.words("rooms/unused", **facts, buttons=[*back, Offer("rooms", "room list")])


def _set(ctx: Context, room: Room, found: Meeting | None, before: Meeting | None) -> None:
    """Nudges go by the rooms that follow a meeting, so they are planned anew."""
    room.meeting_id = found.id if found else None
    ctx.db.flush()
    for meeting in filter(None, dict.fromkeys((found, before))):
        checklist.look_again(ctx.db, meeting.id)


def _others(ctx: Context, room: Room, meeting: Meeting) -> list[str]:
    """The names of the other rooms that follow it."""
    return [one.name for one in rooms.watching(ctx.db, meeting.id) if one.id != room.id]
