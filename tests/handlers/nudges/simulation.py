"""Sixty days of one task in minutes of machine time: the real desk, rule and ledger, without a database."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from handlers.nudges import ledger, rules
from handlers.nudges.ledger import Line
from handlers.nudges.planning import Desk
from handlers.workdays import Calendar
from storage import people
from storage.checklist import LOOK_NOW, State, Task
from storage.meetings import Meeting, MeetingState
from storage.nudges import Record, Rung
from storage.people import Leave, Person
from storage.rooms import Room
from storage.workspace import Workspace

TICK = timedelta(seconds=20)
Change = Callable[[Task, datetime], None]


@dataclass(frozen=True)
class Sent:
    room: int
    rung: Rung
    due_at: datetime
    day: date
    at: datetime


@dataclass
class Simulation:
    """One task, its owner's and the team's room. ``down``: when the bot does not run. ``changes``: what people do."""

    task: Task
    rooms: Sequence[Room]
    people: Sequence[Person]
    leaves: Sequence[Leave]
    calendar: Calendar
    down: Sequence[tuple[datetime, datetime]]
    changes: Sequence[tuple[datetime, Change]]
    place: Workspace
    rows: list[Record] = field(default_factory=list)
    sent: list[Sent] = field(default_factory=list)
    looks: int = 0

    def desk(self, now: datetime) -> Desk:
        direct: dict[int, list[Room]] = {}
        for room in self.rooms:
            if room.person_id:
                direct.setdefault(room.person_id, []).append(room)
        leaves: dict[int, list[Leave]] = {}
        for leave in self.leaves:
            if leave.last >= now.date() - timedelta(days=1):
                leaves.setdefault(leave.person_id, []).append(leave)
        said: dict[tuple[int, date], int] = {}
        for one in self.sent:
            said[one.room, one.day] = said.get((one.room, one.day), 0) + 1
        nowhere: Any = None  # no database is asked
        return Desk(
            nowhere,
            self.place,
            now,
            self.calendar,
            {1: Meeting(id=1, number=1, state=MeetingState.CLOSING)},
            {1: [self.people[0].id]},
            {1: [person.id for person in self.people[2:3]]},
            {person.id: person for person in self.people},
            leaves,
            {1: [room for room in self.rooms if not room.person_id]},
            direct,
            {1: sorted(self.rows, key=lambda row: row.at)},
            said,
            people.nobody(self.place.id),
        )

    def tick(self, now: datetime) -> None:
        """What a sweep does to one task."""
        if self.task.next_nudge_at is None or self.task.next_nudge_at > now:
            return
        self.looks += 1
        desk = self.desk(now)
        for room, turn in desk.turns(self.task, rules.since(self.task.next_nudge_at, now)):
            if turn.at <= now:
                day = desk.hours(room).day(now)
                ledger.sent(desk, [Line(self.task, turn.rung)], room, f"nudge:{room.id}:{day}")
                self.sent.append(Sent(room.id, turn.rung, self.task.due_at, day, now))
            elif turn.slot <= now:
                ledger.put_off(desk, self.task, room, turn)
        self.rows += desk.fresh
        self.task.next_nudge_at = self.desk(now).look(self.task)
        assert self.task.next_nudge_at is None or self.task.next_nudge_at > now, "it would look for ever"

    def up(self, moment: datetime) -> bool:
        return not any(start <= moment < end for start, end in self.down)

    def live(self, start: datetime, end: datetime, *, watch: Callable[[datetime], None] | None = None) -> None:
        """Tick whenever something is to be looked at and the bot is up; ``watch`` is called at least every hour."""
        changes = [change for change in sorted(self.changes, key=lambda pair: pair[0]) if self.up(change[0])]
        now = start
        self.task.next_nudge_at = LOOK_NOW
        while now < end:
            while changes and changes[0][0] <= now:
                changes.pop(0)[1](self.task, now)
                self.task.next_nudge_at = LOOK_NOW
            if self.up(now):
                self.tick(now)
            if watch:
                watch(now)
            now = min(self._next(now, end, changes), now + timedelta(hours=1 if watch else 24))

    def _next(self, now: datetime, end: datetime, changes: Sequence[tuple[datetime, Change]]) -> datetime:
        """The next tick at which anything can happen."""
        moments = [end, *(moment for moment, _ in changes[:1])]
        if self.task.next_nudge_at is not None:
            moments.append(self.task.next_nudge_at)
        moments += [stop for _, stop in self.down if stop > now]
        return max(now + TICK, min(moments))


def task(due_at: datetime) -> Task:
    return Task(id=1, meeting_id=1, number=1, phase=1, state=State.OPEN, due_at=due_at, title_en="Task")


def climbed(sim: Simulation, room: int) -> list[Rung]:
    return [one.rung for one in sim.sent if one.room == room and one.due_at == sim.task.due_at]


def highest(sim: Simulation, zone: ZoneInfo, day: date) -> Rung | None:
    """The highest rung below WEEKLY that applies on a day, reckoned anew."""
    due_day = sim.task.due_at.astimezone(zone).date()
    days = {
        Rung.HEADS_UP: sim.calendar.shift(due_day, -1),
        Rung.DUE: due_day,
        Rung.LATE: sim.calendar.shift(due_day, 1),
        Rung.LATER: sim.calendar.shift(due_day, 3),
    }
    return max((rung for rung, first in days.items() if first <= day), key=list(Rung).index, default=None)
