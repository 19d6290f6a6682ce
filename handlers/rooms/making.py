"""A group for a meeting: made with the right people in it, and who joins or leaves later.

Nothing is asked of a platform here. The room and its people stand in the database, something is promised to the room,
and the platform makes it so when it says that.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence

from handlers import reach
from handlers.context import Context
from handlers.grammar import MeetingNumber
from handlers.permissions import allow, run_meeting
from handlers.refused import Refused
from handlers.rooms import rules, speaking
from handlers.rooms.words import NewName
from handlers.router import Router
from handlers.where import MOST_OFFERED, RoomNamed
from handlers.who import Names
from messages import Message, Offer, Question, Questions
from storage import checklist, meetings, people, rooms
from storage.meetings import Meeting
from storage.people import Person, Role
from storage.rooms import Room, RoomMember

router = Router("rooms")

BYTES = 16


@router.command("room new", zh="群 新建", also=("新建群", "建群", "新建群聊", "拉群", "群聊 新建", "new room"))
def new(ctx: Context, meeting: MeetingNumber = 0, name: NewName = "", who: Names = ()) -> Message:
    """A group for the meeting, with those you name or all who have to do with it: room new Forum team @li @wang"""
    found = ctx.meeting_number(meeting or None)
    allow(ctx, run_meeting, found)
    ctx.must_run()
    platform, address = _maker(ctx, found)
    if not name:
        form = Questions(f"room new M{found.number}", [Question("name", required=True)])
        return ctx.words("rooms/form", meeting=found, form=form, private=True)
    called = rules.named(name, [room.name for room in rooms.of_teams(ctx.db, ctx.workspace.id)])
    members, unmet = _chosen(ctx, found, who, platform)
    deaf = not ctx.reach[platform].hears
    room = rooms.made(
        ctx.db, ctx.workspace.id, platform, f"{address}{secrets.token_hex(BYTES)}", name=called, deaf=deaf
    )
    room.meeting_id = found.id
    _join(ctx, room, members)
    checklist.look_again(ctx.db, found.id)
    speaking.greet(ctx, room, found)
    offers = [Offer("undo", "undo"), Offer("add", f"room add #{room.id}"), Offer("rooms", "room list")]
    names = [person.name for person in members]
    facts = {"room": room, "meeting": found, "members": names, "unmet": unmet, "deaf": room.deaf}
    return ctx.words("rooms/made", platforms=[platform], **facts, buttons=offers, tone="good")


def _maker(ctx: Context, meeting: Meeting) -> tuple[str, str]:
    maker = reach.maker(ctx)
    if maker is None:
        offers = [Offer("rooms", "room list")]
        raise Refused("rooms/by_hand", number=meeting.number, meeting=meeting, buttons=offers)
    return maker


def _chosen(ctx: Context, meeting: Meeting, who: Sequence[Person], platform: str) -> tuple[list[Person], list[str]]:
    """The lead, who asks, and those named, else all who have a role or a task; and who cannot be reached there yet."""
    accounts = _accounts(ctx, platform)
    rules.reached(who, accounts, platform=platform)
    leads = [row.person_id for row in people.holders_of(ctx.db, meeting.id, Role.LEAD)]
    ids = [*leads, ctx.person.id, *([person.id for person in who] or _concerned(ctx, meeting))]
    known = people.some(ctx.db, ids)
    everybody = list({known[one].id: known[one] for one in ids}.values())
    members = [person for person in everybody if person.id in accounts]
    rules.enough(members)
    return members, [person.name for person in everybody if person.id not in accounts]


def _accounts(ctx: Context, platform: str) -> set[int]:
    """Who has an account there."""
    found = people.accounts(ctx.db, ctx.workspace.id)
    return {person_id for person_id, rows in found.items() if any(row.platform == platform for row in rows)}


def _concerned(ctx: Context, meeting: Meeting) -> list[int]:
    owners = ctx.owners(checklist.tasks(ctx.db, meeting.id))
    holders = [row.person_id for row in people.holders(ctx.db, meeting.id)]
    return [*holders, *(person.id for row in owners.values() for person in row)]


def _join(ctx: Context, room: Room, members: Sequence[Person]) -> None:
    ctx.db.add_all(RoomMember(room_id=room.id, person_id=person.id) for person in members)
    ctx.db.flush()


# --- who is in it


@router.command("room add", zh="群 加人", also=("加群", "拉人进群", "群聊 加人", "群 添加", "add to room"))
def add(ctx: Context, room: RoomNamed = None, who: Names = ()) -> Message:
    """Have somebody join a group that I made: room add @li @wang · room add #12 @li"""
    found = _own(ctx, room, "room add", who)
    if not who:
        return _ask(ctx, found, "add", ctx.people_choices())
    rules.reached(who, _accounts(ctx, found.platform), platform=found.platform)
    joined = rules.joining(who, rooms.members(ctx.db, found.id))
    _join(ctx, found, joined)
    return _told(ctx, found, joined=joined)


@router.command("room remove", zh="群 移人", also=("移出群", "踢出群", "群聊 移人", "群 移除", "remove from room"))
def remove(ctx: Context, room: RoomNamed = None, who: Names = ()) -> Message:
    """Take somebody out of a group that I made: room remove @li · room remove #12 @li"""
    found = _own(ctx, room, "room remove", who)
    inside = rooms.members(ctx.db, found.id)
    if not who:
        known = people.some(ctx.db, inside)
        return _ask(ctx, found, "remove", [(f"@#{one}", known[one].name) for one in inside])
    rules.leaving(who, inside)
    for row in rooms.memberships(ctx.db, found.id, [person.id for person in who]):
        ctx.db.delete(row)
    ctx.db.flush()
    return _told(ctx, found, gone=who)


def _ask(ctx: Context, room: Room, what: str, choices: Sequence[tuple[str, str]]) -> Message:
    form = Questions(f"room {what} #{room.id}", [Question("who", "choice", required=True, choices=choices)])
    return ctx.words("rooms/who", room=room, joins=what == "add", form=form, private=True)


def _told(ctx: Context, room: Room, *, joined: Sequence[Person] = (), gone: Sequence[Person] = ()) -> Message:
    speaking.say_who(ctx, room, joined=joined, gone=gone)
    known = people.some(ctx.db, ids := rooms.members(ctx.db, room.id))
    return ctx.words(
        "rooms/changed",
        room=room,
        joined=[person.name for person in joined],
        gone=[person.name for person in gone],
        members=[known[one].name for one in ids],
        buttons=[Offer("undo", "undo"), Offer("rooms", "room list")],
        tone="good",
    )


def _own(ctx: Context, room: Room | None, line: str, who: Sequence[Person]) -> Room:
    """A group that the bot made, of a meeting that the person runs: the named one, this one, or the meeting's only."""
    found = room or _meant(ctx, line, who)
    if not reach.is_made(ctx, found):
        raise Refused("rooms/not_ours", room=found, buttons=[Offer("rooms", "room list")])
    ctx.subject = meetings.get(ctx.db, found.meeting_id) if found.meeting_id else None
    allow(ctx, run_meeting, ctx.subject)
    return found


def _meant(ctx: Context, line: str, who: Sequence[Person]) -> Room:
    if reach.is_made(ctx, ctx.room):
        return ctx.room
    meeting = ctx.meeting
    found = [room for room in rooms.watching(ctx.db, meeting.id) if reach.is_made(ctx, room)]
    if not found:
        raise Refused("rooms/none", meeting=meeting, buttons=[Offer("room_new", f"room new M{meeting.number}")])
    if len(found) > 1:
        named = "".join(f" @#{person.id}" for person in who)
        offers = [Offer("room", f"{line} #{one.id}{named}", facts={"room": one}) for one in found[:MOST_OFFERED]]
        raise Refused("rooms/which", meeting=meeting, buttons=offers)
    return found[0]
