"""Who hears of which tasks: everything that bears on it, loaded in a fixed number of questions."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from handlers.hours import Hours
from handlers.nudges import rules
from handlers.nudges.rules import UPPER, Past, Seat, Turn
from handlers.workdays import Calendar
from storage import checklist, nudges, people, workspace
from storage.checklist import Task
from storage.meetings import Meeting, MeetingState
from storage.nudges import Nudge
from storage.people import Leave, Person, Role
from storage.rooms import Room
from storage.workspace import Workspace

if TYPE_CHECKING:
    from storage.base import Session

ZONES_APART = timedelta(days=1)
"""No two places are further from each other's date."""


@dataclass(frozen=True)
class Desk:
    """Some tasks of a workspace with their people, rooms and ledger.

    ``owners`` (by task) and ``leads`` (by meeting) are ids of people; ``fresh`` are new rows of the ledger, not yet
    stored.
    """

    db: Session
    place: Workspace
    now: datetime
    calendar: Calendar
    meetings: dict[int, Meeting]
    owners: dict[int, list[int]]
    leads: dict[int, list[int]]
    people: dict[int, Person]
    leaves: dict[int, list[Leave]]
    team: dict[int, list[Room]]
    direct: dict[int, list[Room]]
    ledger: dict[int, list[Nudge]]
    said: dict[tuple[int, date], int]
    fresh: list[Nudge] = field(default_factory=list)

    def zone(self, room: Room) -> ZoneInfo:
        """The person's zone in a direct conversation, else the room's, else the workspace's."""
        person = self.people.get(room.person_id or 0)
        return ZoneInfo((person and person.zone) or room.zone or self.place.zone)

    def hours(self, room: Room) -> Hours:
        return Hours(self.zone(room), room.morning, room.afternoon, room.quiet_from, room.quiet_to)

    def absence(self, person_id: int, day: date) -> Leave | None:
        return next((one for one in self.leaves.get(person_id, ()) if one.first <= day <= one.last), None)

    def running(self, task: Task) -> bool:
        """Whether anybody is to hear of the task at all."""
        return not task.finished and self.meetings[task.meeting_id].state == MeetingState.CLOSING

    def past(self, task: Task, room: Room) -> Past:
        return rules.past((row for row in self.ledger[task.id] if row.room_id == room.id), task.due_at)

    def look(self, task: Task) -> datetime | None:
        """When the task is to be looked at next; for what is on record as put off, not before that ends."""
        moments = []
        for room, turn in self.turns(task, self.now):
            known = self.past(task, room).put_off == turn.at
            moments.append(turn.at if known else turn.slot)
        return min(moments, default=None)

    def turns(self, task: Task, since: datetime) -> list[tuple[Room, Turn]]:
        """The next turn of every room that hears of the task; slots count from ``since``."""
        found: dict[int, tuple[Room, Turn]] = {}
        for room, seat in self.seats(task) if self.running(task) else ():
            turn = self._turn(task, seat, self.past(task, room), since, snoozed=task.snoozed_until)
            if turn is not None and (room.id not in found or turn.at < found[room.id][1].at):
                found[room.id] = room, turn
        return list(found.values())

    def unsnoozed(self, task: Task) -> datetime | None:
        """When anybody next hears of the task if it is not snoozed; None where nobody does."""
        since = rules.since(task.next_nudge_at, self.now)
        seats = self.seats(task) if self.running(task) else ()
        turns = (self._turn(task, seat, self.past(task, room), since, snoozed=None) for room, seat in seats)
        return min((turn.at for turn in turns if turn), default=None)

    def _turn(self, task: Task, seat: Seat, past: Past, since: datetime, *, snoozed: datetime | None) -> Turn | None:
        return rules.turn(task.due_at, seat, past, snoozed=snoozed, calendar=self.calendar, since=since, now=self.now)

    def seats(self, task: Task) -> list[tuple[Room, Seat]]:
        """The team's rooms, the owners' and their covers', from LATER on the lead's; a room may have several seats."""
        found = [(room, Seat(self.hours(room))) for room in self.team[task.meeting_id]]
        for person_id in self.owners[task.id]:
            found += self._seats_of(person_id, rules.ALL)
        for person_id in self.leads[task.meeting_id]:
            found += self._seats_of(person_id, UPPER)
        return found

    def _seats_of(self, person_id: int, rungs: frozenset[nudges.Rung]) -> list[tuple[Room, Seat]]:
        own = [(room, self._seat(room, rungs)) for room in self.direct.get(person_id, ())]
        covers = [
            (room, self._seat(room, rungs, (leave.first, leave.last)))
            for leave in self.leaves.get(person_id, ())
            for room in self.direct.get(leave.cover_id or 0, ())
        ]
        return own + covers

    def _seat(self, room: Room, rungs: frozenset[nudges.Rung], days: tuple[date, date] | None = None) -> Seat:
        hours = self.hours(room)
        today = hours.day(self.now)
        away = tuple((leave.first, leave.last) for leave in self.leaves.get(room.person_id or 0, ()))
        full = today if self.said.get((room.id, today), 0) >= self.place.nudges_a_day else None
        return Seat(hours, rungs, days, away, full)


def load(db: Session, place: Workspace, tasks: Sequence[Task], now: datetime) -> Desk:
    """The desk for these tasks; the number of questions does not depend on how many they are."""
    meeting_ids = sorted({task.meeting_id for task in tasks})
    today = now.date() - ZONES_APART
    holding = people.holding(db, meeting_ids)
    owners = checklist.owners(db, tasks, holding)
    leads = {meeting_id: holding.get((meeting_id, Role.LEAD), []) for meeting_id in meeting_ids}
    concerned = _all(owners.values()) | _all(leads.values())
    leaves = nudges.leaves(db, concerned, today)
    covers = {leave.cover_id for rows in leaves.values() for leave in rows if leave.cover_id} - concerned
    leaves |= nudges.leaves(db, covers, today) if covers else {}
    direct = nudges.direct(db, concerned | covers)
    team = nudges.watching(db, meeting_ids)
    rooms = [room.id for rows in (*team.values(), *direct.values()) for room in rows]
    return Desk(
        db,
        place,
        now,
        Calendar(place.country, workspace.day_rules(db, place.id)),
        nudges.meetings(db, meeting_ids),
        owners,
        leads,
        people.some(db, concerned | covers),
        leaves,
        team,
        direct,
        nudges.of_tasks(db, [task.id for task in tasks]),
        nudges.messages_since(db, rooms, today),
    )


def _all(ids: Iterable[Sequence[int]]) -> set[int]:
    return {one for row in ids for one in row}
