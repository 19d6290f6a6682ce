"""How long somebody worked, which shifts cannot both be true, and who may decide on a commendation. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

from handlers.dates.clock import moment
from handlers.refused import Refused
from storage.crew import Shift, Volunteer

LONGEST = 16 * 60
"""Minutes of one shift with a beginning and an end: what is longer is a slip, or several."""
MOST = 300 * 60
"""Minutes of which only the length is told: a whole meeting's at most."""
AROUND = timedelta(days=31)
"""How far from the meeting a day without its year may be, which people may well read otherwise."""
_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True)
class Clocked:
    """A shift as a clock on the wall showed it; what is not known is None."""

    day: date | None
    begins: time | None
    ends: time | None
    minutes: int
    text: str


@dataclass(frozen=True)
class Worked:
    """One shift as it is kept: moments in UTC, ``ends_at`` None where only its length is known."""

    starts_at: datetime | None
    ends_at: datetime | None
    minutes: int
    text: str = ""

    @classmethod
    def of(cls, shift: Shift) -> Worked:
        return cls(shift.starts_at, shift.ends_at, shift.minutes, shift.text)

    def on(self, zone: tzinfo) -> Clocked:
        """On the clocks of the zone."""
        start, end = (at.astimezone(zone) if at else None for at in (self.starts_at, self.ends_at))
        begins = start.time() if start and end else None
        return Clocked(start.date() if start else None, begins, end.time() if end else None, self.minutes, self.text)

    @property
    def when(self) -> tuple[datetime | None, datetime | None, int]:
        """What makes it this shift and no other, whatever it was for."""
        return self.starts_at, self.ends_at, self.minutes


def between(day: date, begins: time, ends: time, zone: tzinfo, text: str = "") -> Worked:
    """What was worked on the clocks of the zone; what ends before it begins ends on the next day.

    Raises ``Refused`` where no time passes, and where it is longer than anybody's shift.
    """
    last = day if ends > begins else day + timedelta(days=1)
    start, end = (moment(one, at, zone).astimezone(UTC) for one, at in ((day, begins), (last, ends)))
    minutes = (end - start) // _MINUTE
    if begins == ends or minutes <= 0:
        raise Refused("crew/no_time")
    if minutes > LONGEST:
        raise Refused("crew/long_shift", minutes=minutes, most=LONGEST)
    return Worked(start, end, minutes, text)


def lasting(day: date | None, minutes: int, zone: tzinfo, text: str = "") -> Worked:
    """Of which only the length is told, and perhaps the day. Raises ``Refused`` for nothing, or too much."""
    if not 0 < minutes <= MOST:
        raise Refused("crew/length", most=MOST)
    start = moment(day, time(), zone).astimezone(UTC) if day else None
    return Worked(start, None, minutes, text)


def in_minutes(hours: str, each: int = 60) -> int | None:
    """``4.5`` hours as 270, to the nearest minute; ``each`` is how many minutes one is. None for what is no number."""
    try:
        found = Decimal(hours) * each
    except InvalidOperation:
        return None
    return int(found.to_integral_value(ROUND_HALF_UP)) if found.is_finite() and abs(found) < MOST * 10 else None


def total(shifts: Iterable[Shift]) -> int:
    """In minutes, so that nothing is lost by rounding."""
    return sum(shift.minutes for shift in shifts)


def overlapping(new: Worked, others: Iterable[Worked]) -> list[Worked]:
    """Those during which the new one was worked too. One may begin when another ends."""
    return [one for one in others if _meet(new, one)]


def _meet(one: Worked, other: Worked) -> bool:
    if not (one.starts_at and one.ends_at and other.starts_at and other.ends_at):
        return False
    return one.starts_at < other.ends_at and other.starts_at < one.ends_at


def gaps(row: Volunteer | None, shifts: Sequence[Shift], *, staff: bool) -> tuple[str, ...]:
    """What a letter of thanks would lack: "contribution", "hours". Who is employed is not thanked by the hour."""
    found = [] if row and row.contribution else ["contribution"]
    return tuple(found if shifts or staff else [*found, "hours"])


def decides(person: int, nominated_by: int | None, deciders: Collection[int]) -> bool:
    """Whether a commendation is theirs to decide: not their own proposal, unless nobody else could."""
    return person != nominated_by or not set(deciders) - {person}
