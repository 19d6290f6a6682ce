"""Who hears of which tasks: everything that bears on it, loaded in a fixed number of questions."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from handlers.hours import Hours
from handlers.nudges import rules
from handlers.nudges.rules import UPPER, Past, Seat, Turn
from handlers.workdays import Calendar
from storage import checklist, nudges, people, workspace
from storage.meetings import Meeting, MeetingState
from storage.nudges import Fresh, Nudged, Record
from storage.people import Leave, Person, Role
from storage.rooms import Room
from storage.workspace import Workspace

if TYPE_CHECKING:
    from storage.base import Session

ZONES_APART = timedelta(days=1)
"""No two places are further from each other's date."""
NOTHING_YET = Past()
Case = tuple[datetime, Seat, Past, datetime | None, datetime, int]
"""All that a turn depends on in a sweep: see ``rules.turn``; the workspace stands for its calendar."""
Alike = tuple[Any, ...]
"""All that the turns of a task's rooms depend on: whose it is, its moments, and what its ledger says."""


@dataclass(frozen=True)
class Desk:
    """Some tasks of a workspace with their people, rooms and ledger.

    ``owners`` (by task) and ``leads`` (by meeting) are ids of people; ``nobody`` is who speaks to rooms; ``fresh`` are
    new rows of the ledger, not yet stored. Tasks of the same people that are due alike have the same turns, and so have
    rooms with the same hours: ``clocks`` (by room), ``seating`` (by meeting and owners), ``alike`` and ``reckoned``
    keep what was found out once.
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
    ledger: dict[int, list[Record]]
    said: dict[tuple[int, date], int]
    nobody: Person
    fresh: list[Fresh] = field(default_factory=list)
    clocks: dict[int, Hours] = field(default_factory=dict)
    seating: dict[tuple[int, ...], list[tuple[Room, Seat]]] = field(default_factory=dict)
    alike: dict[Alike, list[tuple[Room, Past, Turn]]] = field(default_factory=dict)
    reckoned: dict[Case, Turn | None] = field(default_factory=dict)

    def zone(self, room: Room) -> ZoneInfo:
        """The person's zone in a direct conversation, else the room's, else the workspace's."""
        person = self.people.get(room.person_id or 0)
        return ZoneInfo((person and person.zone) or room.zone or self.place.zone)

    def hours(self, room: Room) -> Hours:
        known = self.clocks.get(room.id)
        if known is None:
            known = Hours(self.zone(room), room.morning, room.afternoon, room.quiet_from, room.quiet_to)
            self.clocks[room.id] = known
        return known

    def absence(self, person_id: int, day: date) -> Leave | None:
        return next((one for one in self.leaves.get(person_id, ()) if one.first <= day <= one.last), None)

    def running(self, task: Nudged) -> bool:
        """Whether anybody is to hear of the task at all."""
        return not task.finished and self.meetings[task.meeting_id].state == MeetingState.CLOSING

    def past(self, task: Nudged, room: Room) -> Past:
        rows = self.ledger[task.id]
        return rules.past((row for row in rows if row.room_id == room.id), task.due_at) if rows else NOTHING_YET

    def look(self, task: Nudged) -> datetime | None:
        """When the task is to be looked at next; for what is on record as put off, not before that ends."""
        planned = self._planned(task, self.now)
        return min((turn.at if past.put_off == turn.at else turn.slot for _, past, turn in planned), default=None)

    def turns(self, task: Nudged, since: datetime) -> list[tuple[Room, Turn]]:
        """The next turn of every room that hears of the task; slots count from ``since``."""
        return [(room, turn) for room, _, turn in self._planned(task, since)]

    def _planned(self, task: Nudged, since: datetime) -> list[tuple[Room, Past, Turn]]:
        """The same, each with what the room has heard so far."""
        if not self.running(task):
            return []
        told = tuple(
            [(row.room_id, row.rung, row.local_date, row.state, row.due_at, row.until) for row in self.ledger[task.id]]
        )
        alike = (task.meeting_id, *self.owners[task.id], task.due_at, task.snoozed_until, since, told)
        if alike not in self.alike:
            self.alike[alike] = self._reckon(task, since)
        return self.alike[alike]

    def _reckon(self, task: Nudged, since: datetime) -> list[tuple[Room, Past, Turn]]:
        found: dict[int, tuple[Room, Past, Turn]] = {}
        for room, seat in self.seats(task):
            past = self.past(task, room)
            turn = self._turn(task, seat, past, since, snoozed=task.snoozed_until)
            if turn is not None and (room.id not in found or turn.at < found[room.id][2].at):
                found[room.id] = room, past, turn
        return list(found.values())

    def unsnoozed(self, task: Nudged) -> datetime | None:
        """When anybody next hears of the task if it is not snoozed; None where nobody does."""
        since = rules.since(task.next_nudge_at, self.now)
        seats = self.seats(task) if self.running(task) else ()
        turns = (self._turn(task, seat, self.past(task, room), since, snoozed=None) for room, seat in seats)
        return min((turn.at for turn in turns if turn), default=None)

    def _turn(self, task: Nudged, seat: Seat, past: Past, since: datetime, *, snoozed: datetime | None) -> Turn | None:
        case = (task.due_at, seat, past, snoozed, since, self.place.id)
        if case not in self.reckoned:
            self.reckoned[case] = rules.turn(
                task.due_at, seat, past, snoozed=snoozed, calendar=self.calendar, since=since, now=self.now
            )
        return self.reckoned[case]

    def seats(self, task: Nudged) -> list[tuple[Room, Seat]]:
        """The team's rooms, the owners' and their covers', from LATER on the lead's; a room may have several seats."""
        owners = self.owners[task.id]
        who = (task.meeting_id, *owners)
        if who not in self.seating:
            found = [(room, Seat(self.hours(room))) for room in self.team[task.meeting_id]]
            for person_id in owners:
                found += self._seats_of(person_id, rules.ALL)
            for person_id in self.leads[task.meeting_id]:
                found += self._seats_of(person_id, UPPER)
            self.seating[who] = found
        return self.seating[who]

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


def load(db: Session, place: Workspace, tasks: Sequence[Nudged], now: datetime, *, planned: bool = True) -> Desk:
    """The desk for these tasks; the number of questions does not depend on how many they are.

    What is not ``planned`` but only spoken of needs neither the rooms that are to hear of it nor the ledger.
    """
    return load_all(db, [place], tasks, now, planned=planned)[place.id]


def load_all(
    db: Session, places: Sequence[Workspace], tasks: Sequence[Nudged], now: datetime, *, planned: bool = True
) -> dict[int, Desk]:
    """A desk for each workspace, by id; nor does it depend on how many those are: all desks share what is on them."""
    meeting_ids = sorted({task.meeting_id for task in tasks})
    today = now.date() - ZONES_APART
    holding = people.holding(db, meeting_ids)
    owners = checklist.owners(db, tasks, holding)
    leads = {meeting_id: holding.get((meeting_id, Role.LEAD), []) for meeting_id in meeting_ids}
    concerned = _all(owners.values()) | _all(leads.values())
    leaves = nudges.leaves(db, concerned, today)
    covers = {leave.cover_id for rows in leaves.values() for leave in rows if leave.cover_id} - concerned
    leaves |= nudges.leaves(db, covers, today) if covers else {}
    direct = nudges.direct(db, concerned | covers) if planned else {}
    team = nudges.watching(db, meeting_ids) if planned else {}
    rooms = [room.id for rows in (*team.values(), *direct.values()) for room in rows]
    days = workspace.day_rules_of(db, [place.id for place in places])
    calendars = {place.id: Calendar(place.country, days[place.id]) for place in places}
    first = Desk(
        db,
        places[0],
        now,
        calendars[places[0].id],
        nudges.meetings(db, meeting_ids),
        owners,
        leads,
        people.some(db, concerned | covers),
        leaves,
        team,
        direct,
        nudges.of_tasks(db, [task.id for task in tasks]) if planned else {},
        nudges.messages_since(db, rooms, today) if rooms else {},
        people.nobody(places[0].id),
    )
    return {
        place.id: replace(first, place=place, calendar=calendars[place.id], nobody=people.nobody(place.id))
        for place in places
    }


def _all(ids: Iterable[Sequence[int]]) -> set[int]:
    return {one for row in ids for one in row}
