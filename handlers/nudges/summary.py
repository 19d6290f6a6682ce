"""The week in one message, for who leads: on the first working day of the week, in the morning."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from handlers.context import Context, voice
from handlers.hours import Hours
from handlers.nudges import planning
from handlers.nudges.planning import Desk
from handlers.nudges.rules import Seat, clear
from handlers.workdays import Calendar
from messages import Columns, Entry, Message, Offer
from storage import checklist, nudges, people, templates, workspace
from storage.checklist import Task
from storage.meetings import PLAN_NOW, Meeting, MeetingState
from storage.people import Role
from storage.rooms import Room
from storage.templates import Content
from storage.workspace import Workspace

if TYPE_CHECKING:
    from storage.base import Session

WEEK = timedelta(days=7)
MOST_ROWS = 7
MOST_PEOPLE = 3
USUAL = (time(9, 10), None, time(20), time(8, 30))
"""Where nobody who leads has a conversation with the bot: slots and quiet hours as a new room has them."""


def summaries_due(db: Session, now: datetime) -> Sequence[int]:
    """Workspaces in which a weekly summary comes due, or is to be planned for the first time."""
    return nudges.summaries_due(db, now)


@dataclass(frozen=True)
class Round:
    """One tick's work on the summaries of a workspace."""

    db: Session
    place: Workspace
    calendar: Calendar
    now: datetime
    pace: Mapping[str, int]


def summarise(db: Session, workspace_id: int, now: datetime, pace: Mapping[str, int]) -> None:
    """Say the summaries that are due, unless something is in the way, and plan the next."""
    place = nudges.lock(db, workspace_id)
    if place is None:
        return
    tick = Round(db, place, Calendar(place.country, workspace.day_rules(db, place.id)), now, pace)
    meetings = nudges.to_summarise(db, workspace_id, now)
    rooms = _rooms(tick, meetings)
    nudges.plan_summaries(db, [(meeting.id, _one(tick, meeting, rooms[meeting.id])) for meeting in meetings])


def _one(tick: Round, meeting: Meeting, rooms: Sequence[Room]) -> datetime | None:
    """Say one summary if it is time for it; when to look next."""
    if meeting.state != MeetingState.CLOSING:
        return None
    hours = _hours(tick, rooms)
    at, _ = clear(tick.now, Seat(hours), snoozed=None, calendar=tick.calendar)
    if rooms and meeting.next_summary_at != PLAN_NOW:
        if at > tick.now:
            return at
        _say(tick, meeting, rooms)
    return next_morning(hours, tick.calendar, tick.now)


def _say(tick: Round, meeting: Meeting, rooms: Sequence[Room]) -> None:
    week = _load(tick, meeting)
    for room in rooms:
        ctx = voice(tick.db, tick.place, room, tick.now, tick.pace)
        day = tick.now.astimezone(ctx.zone).date()
        ctx.promise(f"summary:{meeting.id}:{day}:{room.id}", room, _worded(week, ctx))


def next_morning(hours: Hours, calendar: Calendar, now: datetime) -> datetime:
    """The next morning slot on a first working day of a week."""
    today = hours.day(now)
    monday = today - timedelta(days=today.weekday())
    mornings = (hours.dawn(calendar.shift(monday + n * WEEK, 0)) for n in range(60))
    return next(morning for morning in mornings if morning > now)


def _rooms(tick: Round, meetings: Sequence[Meeting]) -> dict[int, list[Room]]:
    """By meeting, the direct conversations of its lead and its secretary general; of the cover of one who is away."""
    db, today = tick.db, tick.now.astimezone(ZoneInfo(tick.place.zone)).date()
    holding = people.holding(db, [meeting.id for meeting in meetings])
    ids = {
        meeting.id: [*holding.get((meeting.id, Role.LEAD), []), *holding.get((meeting.id, Role.SECRETARY), [])]
        for meeting in meetings
    }
    away = {
        person_id: leaves[0].cover_id
        for person_id, leaves in nudges.leaves(db, _each(ids.values()), today).items()
        if leaves[0].first <= today
    }
    readers = {
        meeting_id: dict.fromkeys(reader for one in row if (reader := away.get(one, one)))
        for meeting_id, row in ids.items()
    }
    direct = nudges.direct(db, _each(readers.values()))
    return {meeting_id: [room for reader in row for room in direct[reader]] for meeting_id, row in readers.items()}


def _each(rows: Iterable[Iterable[int]]) -> list[int]:
    """Everybody once."""
    return list(dict.fromkeys(one for row in rows for one in row))


def _hours(tick: Round, rooms: Sequence[Room]) -> Hours:
    """Those of the first reader's conversation."""
    if not rooms:
        return Hours(ZoneInfo(tick.place.zone), *USUAL)
    room = rooms[0]
    zone = people.get(tick.db, room.person_id or 0).zone or room.zone or tick.place.zone
    return Hours(ZoneInfo(zone), room.morning, room.afternoon, room.quiet_from, room.quiet_to)


@dataclass(frozen=True)
class Week:
    """A meeting as it stands; the lists in the order of their dates."""

    desk: Desk
    meeting: Meeting
    content: Content
    tasks: Sequence[Task]
    late: list[Task]
    coming: list[Task]
    done: list[Task]


def _load(tick: Round, meeting: Meeting) -> Week:
    now = tick.now
    tasks = checklist.tasks(tick.db, meeting.id)
    by_date = sorted(tasks, key=lambda task: (task.due_at, task.number))
    unfinished = [task for task in by_date if not task.finished]
    return Week(
        desk=planning.load(tick.db, tick.place, tasks, now),
        meeting=meeting,
        content=templates.get(tick.db, meeting.template_id).read(),
        tasks=tasks,
        late=[task for task in unfinished if task.due_at < now],
        coming=[task for task in unfinished if now <= task.due_at <= now + WEEK],
        done=[task for task in by_date if task.finished and task.done_at and task.done_at > now - WEEK],
    )


def _worded(week: Week, ctx: Context) -> Message:
    shown = [
        *(("late", task) for task in week.late[:MOST_ROWS]),
        *(("coming", task) for task in week.coming[:MOST_ROWS]),
    ]
    busiest, free = _burden(week)
    line = f"list M{week.meeting.number}"
    return ctx.words(
        "nudges/summary",
        meeting=week.meeting,
        finished=sum(task.finished for task in week.tasks),
        total=len(week.tasks),
        done=len(week.done),
        late=len(week.late),
        coming=len(week.coming),
        hidden=len(week.late) + len(week.coming) - len(shown),
        busiest=busiest,
        free=free,
        table=Columns(("phase", "finished", "total", "late"), _phases(week, ctx), numbers=(1, 2, 3)),
        rows=[_entry(week, ctx, block, task) for block, task in shown],
        buttons=[Offer("overdue", f"{line} overdue"), Offer("week", f"{line} due this week")],
        about=[f"M{week.meeting.number}-{task.ref}" for _, task in shown],
    )


def _phases(week: Week, ctx: Context) -> list[tuple[object, ...]]:
    rows: list[tuple[object, ...]] = []
    for number, phase in enumerate(week.content.phases, 1):
        inside = [task for task in week.tasks if task.phase == number]
        late = sum(task.phase == number for task in week.late)
        title = f"{number} {phase.title.said(ctx.locale)}"
        rows.append((title, sum(task.finished for task in inside), len(inside), late))
    return rows


def _burden(week: Week) -> tuple[list[dict[str, Any]], int]:
    """Who has the most unfinished tasks, and how many nobody has."""
    unfinished = [week.desk.owners[task.id] for task in week.tasks if not task.finished]
    open_of = Counter(person_id for owners in unfinished for person_id in owners)
    busiest = [{"name": week.desk.people[one].name, "n": n} for one, n in open_of.most_common(MOST_PEOPLE)]
    return busiest, sum(not owners for owners in unfinished)


def _entry(week: Week, ctx: Context, block: str, task: Task) -> Entry:
    owners = [week.desk.people[person_id].name for person_id in week.desk.owners[task.id]]
    days = (ctx.now.astimezone(ctx.zone).date() - task.due_at.astimezone(ctx.zone).date()).days
    ref = f"M{week.meeting.number}-{task.ref}"
    offers = [Offer("show", f"show {ref}")] if owners else [Offer("assign", f"assign {ref}")]
    return Entry({"task": task, "owners": owners, "days": days, "role": task.owner_role}, offers, block=block)
