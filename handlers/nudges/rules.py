"""When a room hears of a task: a function of the due date, what was sent, the hours and the calendar. Pure.

Nothing else is remembered. A slot (a room's morning or afternoon) counts when it does not lie before ``since``: the
moment for which the look was planned, or, for a task that has just changed, the present. So a sweep that comes late
still serves every slot it slept through, and a task that changes at noon is not nudged for that morning.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from handlers.hours import DAY, Hours
from handlers.workdays import Calendar
from storage.checklist import LOOK_NOW, Task
from storage.nudges import NudgeState, Reason, Record, Rung
from storage.templates import Priority

GRACE = timedelta(minutes=2)
"""A tick comes a little after its slot: a change within this time of a slot does not lose the slot."""
WEEK = timedelta(days=7)
MOST_OBSTACLES = 50
CLIMB = tuple(Rung)
ALL = frozenset(CLIMB)
UPPER = frozenset({Rung.LATER, Rung.WEEKLY})
"""From here on the lead hears of it too."""


@dataclass(frozen=True)
class Seat:
    """Why and how a room hears of a task.

    ``rungs`` are those it hears; ``days`` (first, last) those on which it stands in for somebody. ``away``: when its
    person is on leave. ``full``: the day on which its person has had enough messages.
    """

    hours: Hours
    rungs: frozenset[Rung] = ALL
    days: tuple[date, date] | None = None
    away: tuple[tuple[date, date], ...] = ()
    full: date | None = None


@dataclass(frozen=True)
class Past:
    """What a room has heard of a task, for the present due date and ``ever``; ``put_off``: until when one waits."""

    sent: tuple[tuple[Rung, date], ...] = ()
    ever: frozenset[tuple[Rung, date]] = frozenset()
    put_off: datetime | None = None


@dataclass(frozen=True)
class Turn:
    """``rung`` comes at ``slot``; put off for ``reason`` it goes out ``at`` a later moment, as what then applies."""

    rung: Rung
    slot: datetime
    at: datetime
    then: Rung
    reason: Reason | None = None


def past(rows: Iterable[Record], due_at: datetime) -> Past:
    """Out of a room's ledger of one task, oldest first."""
    sent, ever, put_off = [], set(), None
    for row in rows:
        heard = row.state != NudgeState.DEFERRED
        if heard:
            ever.add((Rung(row.rung), row.local_date))
        if row.due_at == due_at:
            put_off = None if heard else row.until
            sent += [(Rung(row.rung), row.local_date)] if heard else []
    return Past(tuple(sent), frozenset(ever), put_off)


def since(planned: datetime | None, now: datetime) -> datetime:
    """From when on slots count: see the module."""
    if planned is None or planned <= LOOK_NOW:
        return now - GRACE
    return min(planned, now)


@dataclass(frozen=True)
class Ladder:
    """The rungs still to climb, each with its day; ``heard`` are those that were heard on a day already."""

    steps: tuple[tuple[date, Rung], ...]
    heard: frozenset[tuple[Rung, date]]

    @classmethod
    def of(cls, due_day: date, seat: Seat, past: Past, calendar: Calendar) -> Ladder:
        """HEADS_UP a working day before the due date, LATE and LATER the first and third after, WEEKLY every 7 days."""
        climbed = max((CLIMB.index(rung) for rung, _ in past.sent), default=-1)
        if climbed >= CLIMB.index(Rung.LATER):
            days = {Rung.WEEKLY: max(day for rung, day in past.sent if rung in UPPER) + WEEK}
        else:
            shifts = {Rung.HEADS_UP: -1, Rung.LATE: 1, Rung.LATER: 3}
            days = {rung: calendar.shift(due_day, n) for rung, n in shifts.items() if CLIMB.index(rung) > climbed}
            days |= {Rung.DUE: due_day} if CLIMB.index(Rung.DUE) > climbed else {}
        return cls(tuple(sorted((day, rung) for rung, day in days.items() if rung in seat.rungs)), past.ever)

    def at(self, day: date) -> Rung | None:
        """The highest rung that applies on a day; None before the first and where it was heard that day."""
        rung = next((rung for first, rung in reversed(self.steps) if first <= day), None)
        return None if rung is None or (rung, day) in self.heard else rung

    def starts(self, day: date) -> bool:
        return any(first == day for first, _ in self.steps)

    def next(self, day: date, calendar: Calendar) -> date:
        """The next day to try: a rung's own, or the next working day."""
        return min([calendar.shift(day, 1), *(first for first, _ in self.steps if first > day)])


def slots(ladder: Ladder, seat: Seat, *, due_at: datetime, since: datetime, calendar: Calendar) -> Iterator[datetime]:
    """The room's slots from ``since`` on at which a rung applies.

    The afternoon serves what missed its morning, DUE only before the due moment; a day off only a rung of its own day.
    """
    if not ladder.steps:
        return
    hours = seat.hours
    day = max(hours.day(since), ladder.steps[0][0], *(seat.days or ())[:1])
    while seat.days is None or day <= seat.days[1]:
        rung = ladder.at(day)
        if rung is not None and (calendar.worked(day) or ladder.starts(day)):
            morning = hours.dawn(day)
            if morning >= since:
                yield morning
            afternoon = hours.slot(day, hours.afternoon) if hours.afternoon else None
            if afternoon and afternoon >= since and (rung != Rung.DUE or afternoon < due_at):
                yield afternoon
        day = ladder.next(day, calendar)


def turn(
    due_at: datetime,
    seat: Seat,
    past: Past,
    *,
    snoozed: datetime | None,
    calendar: Calendar,
    since: datetime,
    now: datetime,
) -> Turn | None:
    """The room's next turn; None when it has none. To be said now if ``at`` is not after ``now``.

    Latest first: after a gap only the highest rung that applies is said, on its own day not before its morning.
    """
    ladder = Ladder.of(seat.hours.day(due_at), seat, past, calendar)
    slot = _slot(ladder, seat, past, due_at=due_at, since=since, calendar=calendar)
    if slot is None:
        return None
    if slot <= now:
        today = seat.hours.day(now)
        if ladder.at(today) is None:
            tomorrow = seat.hours.slot(today + DAY, time())
            return turn(due_at, seat, past, snoozed=snoozed, calendar=calendar, since=tomorrow, now=now)
        slot = seat.hours.opening(now) if ladder.starts(today) else now
    at, reason = clear(slot, seat, snoozed=snoozed, calendar=calendar)
    rung, then = ladder.at(seat.hours.day(slot)), ladder.at(seat.hours.day(at))
    if rung is None or then is None or (seat.days and seat.hours.day(at) > seat.days[1]):
        return None
    return Turn(rung, slot, at, then, reason)


def _slot(
    ladder: Ladder, seat: Seat, past: Past, *, due_at: datetime, since: datetime, calendar: Calendar
) -> datetime | None:
    """The first slot that counts; the end of a delay is one too."""
    regular = next(slots(ladder, seat, due_at=due_at, since=since, calendar=calendar), None)
    delayed = past.put_off
    if regular and delayed and delayed >= since and ladder.at(seat.hours.day(delayed)):
        return min(regular, delayed)
    return regular


def clear(at: datetime, seat: Seat, *, snoozed: datetime | None, calendar: Calendar) -> tuple[datetime, Reason | None]:
    """The first moment from ``at`` on at which nothing is in the way, and what was in the way first."""
    first = None
    for _ in range(MOST_OBSTACLES):
        obstacle = next(_obstacles(at, seat, snoozed, calendar), None)
        if obstacle is None:
            break
        first, at = first or obstacle[0], obstacle[1]
    return at, first


def _obstacles(
    at: datetime, seat: Seat, snoozed: datetime | None, calendar: Calendar
) -> Iterator[tuple[Reason, datetime]]:
    hours, day = seat.hours, seat.hours.day(at)
    if snoozed is not None and snoozed > at:
        yield Reason.SNOOZED, hours.opening(snoozed)
    for first, last in seat.away:
        if first <= day <= last:
            yield Reason.AWAY, hours.dawn(calendar.shift(last, 1))
    if not calendar.worked(day):
        yield Reason.DAY_OFF, hours.dawn(calendar.shift(day, 1))
    if quiet := hours.quiet_until(at):
        yield Reason.QUIET, hours.opening(quiet)
    if seat.full == day:
        yield Reason.CAP, hours.dawn(calendar.shift(day, 1))


AHEAD = {Priority.HIGH: 1, Priority.NORMAL: 3, Priority.LOW: 5}
"""How many working days ahead a task may be snoozed: the next one, three, or a week of them."""


def idle(task: Task, until: datetime, planned: datetime | None, now: datetime) -> bool:
    """Whether a snooze would change nothing: it ends before the next reminder, and takes no longer one back."""
    snoozed = task.snoozed_until is not None and task.snoozed_until > now
    return planned is not None and until <= planned and not snoozed


def furthest(task: Task, today: date, calendar: Calendar) -> date:
    """The last day to which the task may be put off from ``today``."""
    return calendar.shift(today, AHEAD[Priority(task.priority)])
