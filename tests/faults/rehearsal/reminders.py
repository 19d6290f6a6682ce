"""Which room hears of which task on which day, told in plain Python: slot by slot, out of the model's rows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from tests.faults.rehearsal.association import Association
from tests.faults.rehearsal.books import ZONE, Row

SLOTS = (time(9, 10), time(15, 40))
CLIMB = ("heads_up", "due", "late", "later", "weekly")
UPPER = frozenset(CLIMB[3:])
WEEK = timedelta(days=7)
ONE = timedelta(days=1)
OFF = frozenset(map(date.fromisoformat, ("2026-04-06", "2026-05-01", "2026-05-04", "2026-05-05")))
WORKED = frozenset(map(date.fromisoformat, ("2026-02-28", "2026-05-09")))
"""What China's calendar of 2026 says of the end of February to May: Qingming, the first of May, make-up days."""

Heard = tuple[int, int, str, date, str]
"""Meeting, task, rung, local day, and the room's address."""


def worked(day: date) -> bool:
    return day in WORKED or (day.weekday() < 5 and day not in OFF)


def shift(day: date, number: int) -> date:
    """So many working days later, or before."""
    step = ONE if number > 0 else -ONE
    for _ in range(abs(number)):
        day += step
        while not worked(day):
            day += step
    return day


@dataclass
class Reminders:
    """``rooms``: people's own, by their numbers; ``team``: the meetings'. ``heard`` and ``weeks`` grow with time."""

    rooms: dict[int, str]
    team: dict[int, str]
    heard: set[Heard] = field(default_factory=set)
    weeks: set[tuple[int, date, str]] = field(default_factory=set)
    past: dict[tuple[int, int, str], list[tuple[str, date, datetime]]] = field(
        default_factory=lambda: defaultdict(list)
    )

    def live(self, here: Association, since: datetime, until: datetime) -> None:
        """Through every slot after ``since`` up to ``until``, with the rows as they stand."""
        zones = {str(ZONE), *(here.rows[key]["zone"] for key in here.below("person"))}
        moments = {(at, zone) for zone in zones for at in _slots(since, until, ZoneInfo(zone))}
        for at, zone in sorted(moments):
            self._slot(here, at, zone)
            if zone == str(ZONE) and at.astimezone(ZONE).time() == SLOTS[0]:
                self._summaries(here, at)

    def forget(self, meeting: int, number: int) -> None:
        """The task is no more."""
        self.heard = {one for one in self.heard if one[:2] != (meeting, number)}
        for key in [key for key in self.past if key[:2] == (meeting, number)]:
            del self.past[key]

    def _slot(self, here: Association, at: datetime, zone: str) -> None:
        day, morning = at.astimezone(ZoneInfo(zone)).date(), at.astimezone(ZoneInfo(zone)).time() == SLOTS[0]
        if not worked(day):
            return
        for kind, meeting, number in here.below("task"):
            row = here.rows[kind, meeting, number]
            if here.finished(row) or not here.running(meeting) or (row["snoozed"] and row["snoozed"] > at):
                continue
            for room, rungs in self._seats(here, meeting, number, zone, day).items():
                past = self.past[meeting, number, room]
                rung = _rung(row, past, rungs, day, ZoneInfo(zone))
                if rung and (rung != "due" or morning or at < row["due"]):
                    past.append((rung, day, row["due"]))
                    self.heard.add((meeting, number, rung, day, room))

    def _seats(self, here: Association, meeting: int, number: int, zone: str, day: date) -> dict[str, frozenset[str]]:
        """The rooms of that zone, and the rungs they hear of: the team's and the owners' all, the leads' the upper."""
        every, upper = frozenset(CLIMB), UPPER
        found = {self.team[meeting]: every} if zone == str(ZONE) else {}
        wanted = [(person, every) for person in here.owners(meeting, number)]
        wanted += [(person, upper) for person in here.holders(meeting, "lead")]
        for person, rungs in wanted:
            for reader in (person, *_covers(here, person, day)):
                theirs = here.rows.get(("person", reader), {}).get("zone", str(ZONE))
                if theirs == zone and not _is_away(here, reader, day):
                    found[self.rooms[reader]] = found.get(self.rooms[reader], frozenset()) | rungs
        return found

    def _summaries(self, here: Association, at: datetime) -> None:
        day = at.astimezone(ZONE).date()
        monday = day - timedelta(days=day.weekday())
        if day != (monday if worked(monday) else shift(monday, 1)):
            return
        for _, meeting in here.below("meeting"):
            if here.running(meeting):
                for reader in _readers(here, meeting, day):
                    self.weeks.add((meeting, day, self.rooms[reader]))


def _readers(here: Association, meeting: int, day: date) -> Iterator[int]:
    """Who leads, and the secretary general; of one who is away the cover."""
    for person in [*here.holders(meeting, "lead"), *here.holders(meeting, "secretary")]:
        leave = next(_leaves(here, person, day), None)
        if leave is None:
            yield person
        elif leave["cover"]:
            yield leave["cover"]


def _slots(since: datetime, until: datetime, zone: ZoneInfo) -> Iterator[datetime]:
    day = since.astimezone(zone).date()
    while day <= until.astimezone(zone).date():
        for at in SLOTS:
            moment = datetime.combine(day, at, zone).astimezone(UTC)
            if since < moment <= until:
                yield moment
        day += ONE


def _leaves(here: Association, person: int, day: date) -> Iterator[Row]:
    for key in here.below("leave"):
        row = here.rows[key]
        if row["who"] == person and row["first"] <= day <= row["last"]:
            yield row


def _is_away(here: Association, person: int, day: date) -> bool:
    return any(True for _ in _leaves(here, person, day))


def _covers(here: Association, person: int, day: date) -> list[int]:
    return [row["cover"] for row in _leaves(here, person, day) if row["cover"]]


def _rung(
    row: Row, past: list[tuple[str, date, datetime]], rungs: frozenset[str], day: date, zone: ZoneInfo
) -> str | None:
    """The highest rung that applies that day; None before the first, and where it was heard on that day."""
    due_day = row["due"].astimezone(zone).date()
    climbed = [(rung, on) for rung, on, due in past if due == row["due"]]
    highest = max((CLIMB.index(rung) for rung, _ in climbed), default=-1)
    if highest >= CLIMB.index("later"):
        steps = {"weekly": max(on for rung, on in climbed if rung in UPPER) + WEEK}
    else:
        days = {"heads_up": shift(due_day, -1), "due": due_day, "late": shift(due_day, 1), "later": shift(due_day, 3)}
        steps = {rung: on for rung, on in days.items() if CLIMB.index(rung) > highest}
    reached = [(on, rung) for rung, on in steps.items() if rung in rungs and on <= day]
    rung = max(reached)[1] if reached else None
    return None if rung is None or any((rung, day) == one[:2] for one in past) else rung
