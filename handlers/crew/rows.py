"""The rows of a list of shifts → who worked when, where, at what; and what in a row should be looked at. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, time, tzinfo
from typing import Any

from handlers.cleaning.cells import blank, full_name, only_counts, two_names
from handlers.cleaning.mails import mails
from handlers.cleaning.phones import phones
from handlers.crew import rules, times
from handlers.crew.rules import Worked
from handlers.crew.times import DayIn
from handlers.refused import Refused
from handlers.sheets import Row, Sheet
from storage.parties import ReachKind

LENGTHS: Mapping[str, int] = {"name": 200, "unit": 200, "post": 100, "place": 100, "note": 300}
_NUMBER = re.compile(r"P\s*(\d{1,7})", re.IGNORECASE)
_HOUR = re.compile(r"([01]?\d|2[0-4])")
_PART_OF_DAY = re.compile(r"0?\.\d+")
_CLOCK = re.compile(r"(\d{1,3}):(\d{2})(?::\d{2})?")
_DECIMAL = re.compile(r"\d{1,4}(?:\.\d+)?")
_WHO = ("number", "name", "first", "last", "phone", "email", "unit")
_CLOCKS = ("from", "to", "span")
_TIMES = (*_CLOCKS, "hours")
_DAY = 24 * 60


@dataclass(frozen=True)
class Fault:
    """What should be looked at in a row. ``left_out``: the row is not taken.

    ``why``, left out: "nobody", "two_names", "no_times", "no_day", "no_end", "far_day", "no_time", "long_shift",
    "length", "hours", and who is meant: "no_number", "other_name", "several", "other_way", "perhaps", "two_of_name";
    and beside other shifts: "twice", "overlap", "shifts". Taken all the same: "phone", "phone_lost", "email", "long",
    "beyond" (more hours than from–to), "held" (another's number). ``better``: who, or what, is meant or there.
    """

    number: int
    why: str
    value: str = ""
    better: str = ""

    @property
    def left_out(self) -> bool:
        return self.why not in _TAKEN


_TAKEN = frozenset({"phone", "phone_lost", "email", "long", "beyond", "held"})


class _Unfit(Exception):  # noqa: N818  a fact about a row, which becomes one of its faults
    """Why the times of a row cannot be read: as ``Fault.why``."""


@dataclass(frozen=True)
class Human:
    """Who a row is about, as it says. ``ways``: addresses and numbers by kind and value, with the cell."""

    number: int | None
    name: str
    unit: str = ""
    ways: Mapping[tuple[ReachKind, str], str] = field(default_factory=dict)


@dataclass(frozen=True)
class Told:
    """One row: a shift of somebody."""

    number: int
    who: Human
    worked: Worked
    place: str = ""
    note: str = ""

    @property
    def columns(self) -> dict[str, Any]:
        return columns_of(self.worked, self.place, self.note)


def columns_of(worked: Worked, place: str, note: str) -> dict[str, Any]:
    """As the columns of a shift."""
    span = {"starts_at": worked.starts_at, "ends_at": worked.ends_at, "minutes": worked.minutes}
    return {**span, "text": worked.text, "place": place, "note": note}


@dataclass(frozen=True)
class Days:
    """By what a day in a cell is read: ``named`` in the meeting's year, ``within`` the first and last that count."""

    named: DayIn
    within: tuple[date, date]
    only: date | None
    """The meeting's day, where it has one."""


@dataclass
class Reader:
    """Reads one list; ``filled`` tells that a day or a name above stood for those below, as in merged cells."""

    days: Days
    zone: tzinfo
    region: str
    faults: list[Fault] = field(default_factory=list)
    filled: bool = False

    def rows(self, sheet: Sheet) -> Iterator[Told]:
        """Every row below the headings that can be used."""
        for row in self._whole(sheet):
            if (who := self._who(row)) and (told := self._told(row, who)):
                yield told

    def _whole(self, sheet: Sheet) -> Iterator[Row]:
        above: dict[str, str] = {}
        for row in sheet.found.rows(sheet.grid.rows):
            values = {name: cell for name, cell in row.values.items() if cell and not blank(cell)}
            if not values or only_counts(sheet.grid.rows[row.number - 1]):
                continue
            given = {name for name in _WHO if name in values} or ({"day"} if "day" in values else set())
            if not given & set(_WHO) and any(name in values for name in _TIMES):
                values = {**{name: above[name] for name in _WHO if name in above}, **values}
                self.filled = self.filled or bool(above)
            if "day" not in values and "day" in above and any(name in values for name in _CLOCKS):
                values["day"], self.filled = above["day"], True
            above = values
            yield Row(row.number, values)

    def _fault(self, row: Row, why: str, value: str = "", better: str = "") -> None:
        self.faults.append(Fault(row.number, why, value, better))

    # --- who

    def _who(self, row: Row) -> Human | None:
        get = row.values.get
        numbered = _NUMBER.fullmatch(unicodedata.normalize("NFKC", get("number", "")).strip())
        name = get("name", "") or full_name(get("first", ""), get("last", ""))
        if two_names(name):
            self._fault(row, "two_names", name)
            return None
        ways = dict(self._ways(row))
        if not name and not numbered:
            self._fault(row, "nobody", get("phone", "") or get("email", ""))
            return None
        number = int(numbered[1]) if numbered else None
        return Human(number, self._cut(row, "name", name), self._cut(row, "unit", get("unit", "")), ways)

    def _ways(self, row: Row) -> Iterator[tuple[tuple[ReachKind, str], str]]:
        mail, phone = row.values.get("email", ""), row.values.get("phone", "")
        found, called = mails(mail), phones(phone, self.region)
        yield from (((ReachKind.EMAIL, value), mail[:200]) for value in found.found)
        for one in called.found:
            yield (ReachKind.MOBILE if one.mobile else ReachKind.PHONE, one.value), phone[:200]
        for value in found.unread:
            self._fault(row, "email", value)
        if called.lost:
            self._fault(row, "phone_lost", phone)
        for value in called.unread:
            self._fault(row, "phone", value)

    def _cut(self, row: Row, name: str, value: str) -> str:
        value, most = " ".join(value.split()), LENGTHS[name]
        if len(value) > most:
            self._fault(row, "long", value[:40], name)
        return value[:most]

    # --- when

    def _told(self, row: Row, who: Human) -> Told | None:
        try:
            worked = self._worked(row)
        except (Refused, _Unfit) as unfit:
            why = unfit.name.partition("/")[2] if isinstance(unfit, Refused) else str(unfit)
            self._fault(row, why, " ".join(row.values[name] for name in ("day", *_TIMES) if name in row.values))
            return None
        post, place, note = (self._cut(row, name, row.values.get(name, "")) for name in ("post", "place", "note"))
        return Told(row.number, who, replace(worked, text=post), place, note)

    def _worked(self, row: Row) -> Worked:
        """Raises ``Refused`` or ``_Unfit`` for what says no times, or no day."""
        get = row.values.get
        span = times.read(get("span", ""), self.days.named) if get("span") else None
        clocks = span.clocks if span else _between(get("from", ""), get("to", ""))
        named = [get("day", ""), get("from", ""), span.before if span else ""]
        day = self._day(next(((text, found) for text in named if text and (found := self.days.named(text))), None))
        if get("day") and day is None:
            raise _Unfit("no_day")
        really = _hours(get("hours", "")) if get("hours") else span.minutes if span else 0
        if clocks is None:
            if not really:
                raise _Unfit("no_times")
            return rules.lasting(day if any(named) else None, really, self.zone)
        if (day := day or self.days.only) is None:
            raise _Unfit("no_day")
        worked = rules.between(day, *clocks, self.zone)
        return self._really(row, worked, really) if really else worked

    def _day(self, found: tuple[str, date] | None) -> date | None:
        """Raises ``_Unfit`` for one without its year that is far from the meeting."""
        if found is None:
            return None
        text, day = found
        if not re.search(r"20\d\d", text) and not self.days.within[0] <= day <= self.days.within[1]:
            raise _Unfit("far_day")
        return day

    def _really(self, row: Row, worked: Worked, minutes: int) -> Worked:
        """Who went for lunch worked less than from–to; who worked longer is asked about."""
        if minutes > rules.LONGEST:
            raise _Unfit("long_shift")
        if minutes > worked.minutes:
            self._fault(row, "beyond", row.values["hours"])
        return replace(worked, minutes=minutes)


def _between(begins: str, ends: str) -> tuple[time, time] | None:
    """None where neither is told. Raises ``_Unfit`` where one is, and the other is not."""
    if not begins and not ends:
        return None
    if not begins or not ends:
        raise _Unfit("no_end")
    return _clock(begins), _clock(ends)


def _clock(cell: str) -> time:
    """``9:00``, ``9``, ``下午2点``, ``2 pm``, ``2026-06-06 09:00``, and 0.375, which is a time without its format."""
    text = unicodedata.normalize("NFKC", cell).strip()
    if _PART_OF_DAY.fullmatch(text):
        hour, minute = divmod(round(float(text) * _DAY) % _DAY, 60)
        return time(hour, minute)
    if _HOUR.fullmatch(text):
        text = f"{text}:00"
    return times.moment(text)


def _hours(cell: str) -> int:
    """In minutes: ``3.5``, ``3:30``, ``3小时30分``, ``90 min``. Raises ``_Unfit`` for what is no length."""
    text = unicodedata.normalize("NFKC", cell).strip()
    if clock := _CLOCK.fullmatch(text):
        return int(clock[1]) * 60 + int(clock[2])
    found = rules.in_minutes(text) if _DECIMAL.fullmatch(text) else times.length(text)
    if not found:
        raise _Unfit("hours")
    return found


def in_order(faults: Sequence[Fault]) -> list[Fault]:
    """By row, those for which a row is left out first; of each row each once."""
    return sorted(dict.fromkeys(faults), key=lambda one: (one.number, not one.left_out))
