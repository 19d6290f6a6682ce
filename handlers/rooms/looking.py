"""The rooms of a workspace: what each follows, and whether one can answer there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from handlers import reach
from handlers.context import Context
from handlers.grammar import PageNumber
from handlers.router import Router
from messages import Entry, Message, Offer
from storage import meetings, people, rooms

if TYPE_CHECKING:
    from storage.meetings import Meeting
    from storage.rooms import Room

router = Router("rooms")

PAGE = 10


@router.command("room list", zh="群 列表", also=("rooms", "list rooms", "群", "群聊 列表", "所有群", "查看群"))
def listing(ctx: Context, page: PageNumber = 1) -> Message:
    """The rooms, which meeting each follows, and where one can answer: room list"""
    meeting = ctx.meeting_if_clear()
    found = rooms.of_teams(ctx.db, ctx.workspace.id)
    pages = max(1, -(-len(found) // PAGE))
    page = min(page, pages)
    more = [Offer("more", f"room list page {page + 1}")] if page < pages else []
    makes = reach.maker(ctx) is not None
    new = [Offer("room_new", f"room new M{meeting.number}", primary=True)] if makes and meeting else []
    return ctx.words(
        "rooms/list",
        count=len(found),
        page=page,
        pages=pages,
        makes=makes,
        rows=[_entry(ctx, room, meeting) for room in found[(page - 1) * PAGE : page * PAGE]],
        buttons=[*more, *new],
    )


def _entry(ctx: Context, room: Room, meeting: Meeting | None) -> Entry:
    follows = meetings.get(ctx.db, room.meeting_id) if room.meeting_id else None
    known = people.some(ctx.db, ids := rooms.members(ctx.db, room.id))
    facts = {
        "room": room,
        "platforms": [room.platform],
        "follows": follows,
        "here": room.id == ctx.room.id,
        "deaf": room.deaf,
        "members": [known[one].name for one in ids],
    }
    follow = (
        [Offer("follow", f"room use #{room.id} M{meeting.number}", facts={"number": meeting.number})]
        if (meeting and follows is not meeting)
        else []
    )
    end = [Offer("unfollow", f"room use #{room.id} none")] if follows else []
    add = [Offer("add", f"room add #{room.id}")] if reach.is_made(ctx, room) and follows else []
    hours = [Offer("hours", f"settings morning #{room.id}")] if room.deaf else []
    return Entry(facts, [*follow, *add, *hours, *end])
