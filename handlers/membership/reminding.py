"""Whoever has a case is told of it when its next step is due, and then less and less often, until it is taken."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from handlers import slots
from handlers.context import Context, voice
from handlers.hours import Hours
from handlers.membership import rules
from handlers.membership.showing import PAGE, entries
from handlers.router import Router
from handlers.workdays import Calendar
from messages import Message, Offer
from storage import meetings, membership, nudges, people, rooms, workspace
from storage.journal import Change
from storage.meetings import PLAN_NOW, Meeting, MeetingState
from storage.membership import Case
from storage.rooms import Room
from storage.workspace import Workspace

if TYPE_CHECKING:
    from storage.base import Session

router = Router("membership")

DAY = timedelta(days=1)


@dataclass(frozen=True)
class Round:
    """One look at the cases of one workspace."""

    db: Session
    place: Workspace
    calendar: Calendar
    now: datetime
    pace: Mapping[str, int]

    def hours(self, room: Room) -> Hours:
        zone = people.get(self.db, room.person_id).zone if room.person_id else ""
        zone = zone or room.zone or self.place.zone
        return Hours(ZoneInfo(zone), room.morning, room.afternoon, room.quiet_from, room.quiet_to)


def due(db: Session, now: datetime) -> Sequence[int]:
    """Workspaces with a case that is to be looked at."""
    return membership.workspaces_due(db, now)


def remind(db: Session, workspace_id: int, now: datetime, pace: Mapping[str, int]) -> None:
    """Tell the owners whom it is time to tell, and plan the next look at each case."""
    place = nudges.lock(db, workspace_id)
    if place is None:
        return
    one = Round(db, place, Calendar(place.country, workspace.day_rules(db, place.id)), now, pace)
    for case in membership.to_look_at(db, workspace_id, now):
        planned = case.next_nudge_at or PLAN_NOW
        membership.plan(db, case.id, _look(one, case, planned))


def _look(one: Round, case: Case, planned: datetime) -> datetime | None:
    """When to look again; None while nothing is to be said of it."""
    meeting = meetings.get(one.db, case.meeting_id) if case.meeting_id else None
    if case.due is None or case.stage in rules.ENDED or meeting is None or meeting.state == MeetingState.CLOSED:
        return None
    room, away = _reader(one.db, one.now.astimezone(ZoneInfo(one.place.zone)).date(), case)
    if room is None:
        return one.now + DAY
    hours = one.hours(room)
    today = hours.day(one.now)
    if planned <= PLAN_NOW or case.due > today:  # whoever reads it may have moved to where its day begins later
        return _slot(one, hours, away, rules.next_day(case.due, None, one.calendar), one.now)
    if not slots.clear(one.now, hours, away=away, calendar=one.calendar):
        return _slot(one, hours, away, today, one.now)
    if _full(one, room, today):
        return _slot(one, hours, away, today + DAY, one.now)
    _say(one, room, today)
    return _slot(one, hours, away, rules.next_day(case.due, today, one.calendar), one.now)


def _slot(one: Round, hours: Hours, away: slots.Away, day: date, since: datetime) -> datetime | None:
    return slots.slot(day, hours, away=away, calendar=one.calendar, since=since)


def _full(one: Round, room: Room, today: date) -> bool:
    """Whether somebody has had enough reminders of any kind today; a team's room never has."""
    had = nudges.messages_since(one.db, [room.id], today) if room.person_id else {}
    return had.get((room.id, today), 0) >= one.place.nudges_a_day


def _reader(db: Session, today: date, case: Case) -> tuple[Room | None, slots.Away]:
    """Who hears of the case in private, the owner or who covers for them; else the meeting's room. And when not."""
    leaves = nudges.leaves(db, [case.owner_id], today).get(case.owner_id, []) if case.owner_id else []
    now = next((leave for leave in leaves if leave.first <= today <= leave.last), None)
    reader = (now.cover_id if now else None) or case.owner_id
    private = nudges.direct(db, [reader])[reader] if reader else []
    if private:
        return private[0], [(leave.first, leave.last) for leave in leaves if not leave.cover_id]
    team = nudges.watching(db, [case.meeting_id])[case.meeting_id] if case.meeting_id else []
    return (team[0] if team else None), []


def _say(one: Round, room: Room, today: date) -> None:
    """All that waits for whoever reads there, in one message a day."""
    ctx = voice(one.db, one.place, room, one.now, one.pace)
    ctx.promise(f"cases:{room.id}:{today}", room, _worded(ctx, today), recheck="cases")


def _waiting(ctx: Context, today: date) -> list[Case]:
    """Whose next step is due, and whose owner reads in this room; the most overdue first."""
    place = ctx.now.astimezone(ZoneInfo(ctx.workspace.zone)).date()
    rows = [one for one in membership.running(ctx.db, ctx.workspace.id) if one.stage not in rules.ENDED]
    late = [one for one in rows if one.due and one.due <= today]
    mine = [one for one in late if (room := _reader(ctx.db, place, one)[0]) and room.id == ctx.room.id]
    return sorted(mine, key=lambda one: (one.due or today, one.number))


def _worded(ctx: Context, today: date) -> Message:
    waiting = _waiting(ctx, today)
    ctx.subject = meetings.get(ctx.db, waiting[0].meeting_id or 0)
    return ctx.words(
        "membership/reminder",
        count=len(waiting),
        first=waiting[0],
        own=ctx.room.person_id is not None,
        more=max(0, len(waiting) - PAGE),
        rows=entries(ctx, waiting[:PAGE]),
        buttons=[Offer("cases", f"cases M{ctx.meeting.number}")],
    )


@router.recheck("cases")
def still_waiting(ctx: Context, key: str, message: Message) -> Message | None:  # noqa: ARG001  it is said anew
    """Just before sending: what moved on meanwhile is left out; if nothing is left, or the day is over, nothing."""
    _, room_id, day = key.split(":")
    room, today = rooms.get(ctx.db, int(room_id)), date.fromisoformat(day)
    if room.id != ctx.room.id or ctx.now.astimezone(ctx.zone).date() != today:
        return None
    return _worded(ctx, today) if _waiting(ctx, today) else None


@router.after_undo
def look_again(ctx: Context, changes: Sequence[Change]) -> None:
    """A case is again where it was before; or its meeting, that was closed or reopened, is."""
    for change in changes:
        if change.table == Case.__tablename__:
            membership.plan(ctx.db, change.id)
        elif change.table == Meeting.__tablename__ and "state" in (change.before or {}):
            membership.look_again(ctx.db, change.id)
