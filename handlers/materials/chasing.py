"""Whoever is to see to missing materials is told: one message a person or room, until everything is there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import count
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from handlers import slots
from handlers.context import Context, voice
from handlers.hours import Hours
from handlers.materials import desk, timing
from handlers.materials.desk import Desk
from handlers.materials.rules import Owed
from handlers.materials.showing import entry
from handlers.router import Router
from handlers.workdays import Calendar
from messages import Message, Offer
from storage import chases, meetings, nudges, people, rooms, workspace
from storage.chases import Chase
from storage.journal import Change
from storage.meetings import PLAN_NOW, Meeting, MeetingState
from storage.people import Leave
from storage.rooms import Room
from storage.workspace import Workspace

if TYPE_CHECKING:
    from storage.base import Session

router = Router("materials")

MOST_ROWS = 10
GRACE = timedelta(minutes=2)
"""A tick comes a little after its slot."""
LATER = timedelta(days=1)
EXPECTING = frozenset({"programme_session", "booth", "excuse"})
"""Tables whose rows say what is expected."""


@dataclass(frozen=True)
class Round:
    """One look at one meeting. ``since``: slots before it do not count any more."""

    db: Session
    place: Workspace
    calendar: Calendar
    found: Desk
    now: datetime
    since: datetime

    @property
    def end(self) -> date:
        return self.found.meeting.ends_at.astimezone(ZoneInfo(self.found.meeting.zone)).date()

    def hours(self, room: Room) -> Hours:
        zone = people.get(self.db, room.person_id).zone if room.person_id else ""
        zone = zone or room.zone or self.place.zone
        return Hours(ZoneInfo(zone), room.morning, room.afternoon, room.quiet_from, room.quiet_to)


def due(db: Session, now: datetime) -> Sequence[int]:
    """Workspaces with a meeting whose materials are to be looked at."""
    return meetings.materials_due(db, now)


def chase(db: Session, workspace_id: int, now: datetime, pace: Mapping[str, int]) -> None:
    """Tell whom it is time to tell, and plan the next look."""
    place = nudges.lock(db, workspace_id)
    if place is None:
        return
    calendar = Calendar(place.country, workspace.day_rules(db, place.id))
    for meeting in meetings.to_look_at(db, workspace_id, now):
        planned = meeting.next_materials_at or PLAN_NOW
        since = now - GRACE if planned <= PLAN_NOW else min(planned, now)
        found = desk.of_meeting(db, place, meeting)
        meetings.plan_materials(db, meeting.id, _look(Round(db, place, calendar, found, now, since), pace))


def _look(one: Round, pace: Mapping[str, int]) -> datetime | None:
    """When to look next; None while there is nothing to look for: a change of the programme asks for a look."""
    found = one.found
    if found.meeting.state == MeetingState.CLOSED or not (found.lineup.sessions or found.lineup.booths):
        return None
    looks = [] if chases.archived(one.db, found.meeting.id) else _tell(one, pace)
    return min([*looks, one.now + LATER])


def _tell(one: Round, pace: Mapping[str, int]) -> list[datetime]:
    """Say what is due, and give the moments of what is not."""
    told, looks = chases.last_days(one.db, one.found.meeting.id), []
    for room, owed in recipients(one.db, one.found, one.now.astimezone(ZoneInfo(one.place.zone)).date()):
        hours, away = one.hours(room), _away(one, room)
        day = timing.next_day(one.end, told.get(room.id), one.calendar)
        at = slots.slot(day, hours, away=away, calendar=one.calendar, since=one.since)
        if at is not None and at <= one.now:
            day = _turn(one, room, owed, day, pace)
            at = slots.slot(day, hours, away=away, calendar=one.calendar, since=one.now)
        looks += [at] if at is not None else []
    return looks


def _turn(one: Round, room: Room, owed: Sequence[Owed], day: date, pace: Mapping[str, int]) -> date:
    """Say it, if this moment is one to say it; gives the day from which on it is to be said next."""
    hours = one.hours(room)
    today = hours.day(one.now)
    if not slots.clear(one.now, hours, away=_away(one, room), calendar=one.calendar):
        return day
    if _full(one, room, today):
        return today + LATER
    _say(one, room, owed, today, pace)
    return timing.next_day(one.end, today, one.calendar)


def _full(one: Round, room: Room, today: date) -> bool:
    """Whether somebody has had enough reminders of any kind today; a team's room never has."""
    had = nudges.messages_since(one.db, [room.id], today) if room.person_id else {}
    return had.get((room.id, today), 0) >= one.place.nudges_a_day


def _away(one: Round, room: Room) -> list[tuple[date, date]]:
    if room.person_id is None:
        return []
    leaves = nudges.leaves(one.db, [room.person_id], one.now.date() - LATER)
    return [(leave.first, leave.last) for leave in leaves.get(room.person_id, ())]


def recipients(db: Session, found: Desk, today: date) -> list[tuple[Room, list[Owed]]]:
    """Which room hears of what: contacts in private, or whoever covers for them; the rest in the meeting's rooms.

    Where no room follows the meeting, those who have the role hear of the rest in private.
    """
    contacts = {one.person_id for one in found.owed if one.person_id}
    leaves = nudges.leaves(db, contacts, today)
    readers = {person_id: _reader(leaves.get(person_id, ()), person_id, today) for person_id in contacts}
    direct = nudges.direct(db, set(readers.values()))
    team = nudges.watching(db, [found.meeting.id])[found.meeting.id]
    said: dict[int, tuple[Room, list[Owed]]] = {}
    for one in found.owed:
        private = direct.get(readers[one.person_id], []) if one.person_id else []
        for room in private or team or _of_holders(db, found, one):
            said.setdefault(room.id, (room, []))[1].append(one)
    return [said[room_id] for room_id in sorted(said)]


def _reader(leaves: Sequence[Leave], person_id: int, today: date) -> int:
    now = next((leave for leave in leaves if leave.first <= today <= leave.last), None)
    return (now.cover_id if now else None) or person_id


def _of_holders(db: Session, found: Desk, one: Owed) -> list[Room]:
    holders = found.responsible(one)
    direct = nudges.direct(db, holders)
    return [room for person_id in holders for room in direct[person_id]]


def _say(one: Round, room: Room, owed: Sequence[Owed], day: date, pace: Mapping[str, int]) -> None:
    ctx = voice(one.db, one.place, room, one.now, pace)
    message = _worded(ctx, one.found, owed)
    keys = (f"chase:{one.found.meeting.id}:{room.id}:{day}:{n}" for n in count(1))
    next(key for key in keys if ctx.promise(key, room, message, recheck="chase"))
    one.db.add(Chase(meeting_id=one.found.meeting.id, room_id=room.id, day=day))
    one.db.flush()


def _worded(ctx: Context, found: Desk, owed: Sequence[Owed]) -> Message:
    own = ctx.room.person_id is not None
    holders = [] if own else [person_id for one in owed for person_id in found.responsible(one)]
    line = f"materials missing M{found.meeting.number}"
    ctx.subject = found.meeting
    return ctx.words(
        "materials/chase",
        meeting=found.meeting,
        count=sum(len(one.cells) for one in owed),
        own=own,
        cover=own and all(one.person_id != ctx.room.person_id for one in owed if one.person_id),
        names=[one.name for one in people.some(ctx.db, holders).values()],
        more=max(0, len(owed) - MOST_ROWS),
        rows=[entry(ctx, found, one) for one in owed[:MOST_ROWS]],
        buttons=[Offer("missing", line)],
    )


@router.recheck("chase")
def still_missing(ctx: Context, key: str, message: Message) -> Message | None:  # noqa: ARG001  it is said anew
    """Just before sending: what came meanwhile is left out; if nothing is left, or the day is over, it is not said."""
    _, meeting_id, room_id, day, _ = key.split(":")
    meeting, room = ctx.db.get(Meeting, int(meeting_id)), rooms.get(ctx.db, int(room_id))
    if meeting is None or meeting.state == MeetingState.CLOSED:
        return None
    found = desk.of_meeting(ctx.db, ctx.workspace, meeting)
    today = ctx.now.astimezone(ctx.zone).date()
    owed = next((owed for one, owed in recipients(ctx.db, found, today) if one.id == room.id), [])
    if not owed or today != date.fromisoformat(day) or chases.archived(ctx.db, meeting.id):
        chases.forget(ctx.db, meeting.id, room.id, date.fromisoformat(day))
        meetings.plan_materials(ctx.db, meeting.id)
        return None
    return _worded(ctx, found, owed)


@router.after_undo
def look_again(ctx: Context, changes: Sequence[Change]) -> None:
    """What is expected came back, or is expected no more."""
    rows = [row for change in changes if change.table in EXPECTING for row in (change.before, change.after) if row]
    for meeting_id in sorted({row["meeting_id"] for row in rows if "meeting_id" in row}):
        meetings.plan_materials(ctx.db, meeting_id)
