"""Dates that are written out: 2026-06-20, 20/6, 6月20日, June 20th 2026."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from handlers.dates.words import MONTHS
from handlers.refused import Refused

LAST_MONTH = 12
JUST_PASSED = timedelta(days=7)  # a day that passed so lately is a slip, not next year's

_YEAR = r"(?P<year>[0-9]{4}|this year|next year)"
_MONTH = rf"(?P<name>{'|'.join(MONTHS)})"
_DAY = r"(?P<day>[0-9]{1,2})(?:th)?"
_SHAPES = [
    re.compile(shape, re.ASCII)
    for shape in (
        rf"(?:{_YEAR} ?)?{_MONTH} ?{_DAY}",
        rf"{_MONTH} ?{_DAY} {_YEAR}",
        rf"{_DAY}[ -]?{_MONTH}(?:[ -]{_YEAR})?",
        r"(?P<year>[0-9]{4})(?P<sep>[-/.])(?P<month>[0-9]{1,2})(?P=sep)(?P<day>[0-9]{1,2})",
        r"(?P<year>20[0-9]{2})(?P<month>[0-9]{2})(?P<day>[0-9]{2})",
        r"(?P<a>[0-9]{1,2})(?P<sep>[-/.])(?P<b>[0-9]{1,2})(?P=sep)(?P<year>[0-9]{4})",
        r"(?P<a>[0-9]{1,2})(?P<sep>[-/.])(?P<b>[0-9]{1,2})",
    )
]


@dataclass(frozen=True)
class Written:
    """A day and a month, and the year if it was named."""

    year: int | None
    month: int
    day: int

    def next(self, today: date) -> date:
        """The day; without a year the next one. Raises Refused for February 30, or if it passed within a week."""
        if self.year is not None:
            return day_of(self.year, self.month, self.day)
        for day in self._near(today.year):
            if today - JUST_PASSED <= day < today:
                raise Refused("dates/past", day=day)
        return next((day for day in self._near(today.year) if day >= today), None) or day_of(0, 0, 0)

    def last(self, until: date) -> date:
        """The day itself, or without a year the last one that is not after ``until``."""
        if self.year is not None:
            return day_of(self.year, self.month, self.day)
        return next((day for day in reversed([*self._near(until.year)]) if day <= until), None) or day_of(0, 0, 0)

    def _near(self, year: int) -> Iterator[date]:
        for candidate in (year - 1, year, year + 1):
            try:
                yield date(candidate, self.month, self.day)
            except ValueError:
                continue


def written(phrase: str, *, today: date, month_first: bool = False) -> Written | None:
    """What ``phrase`` writes out; None if it is no date.

    6/7 is June 7 to some and 6 July to others, and 6.20 may be a number: raises Refused, unless it is known that the
    ``month_first`` order is meant, as it is in Chinese. 3-5 may always be "three to five". Where it can be two days the
    refusal is "dates/either", with both as ``either`` and the ``phrase``.
    """
    found = next((found for shape in _SHAPES if (found := shape.fullmatch(phrase))), None)
    if found is None:
        return None
    said = found.groupdict()
    year = year_of(said["year"], today) if said.get("year") else None
    if said.get("a"):
        chinese = month_first and year is None
        if said["sep"] == "." and year is None and not chinese:
            raise Refused("dates/unclear")
        known = chinese and said["sep"] != "-"
        return _ordered(year, int(said["a"]), int(said["b"]), month_first=known, phrase=found[0])
    month = MONTHS.index(said["name"]) + 1 if said.get("name") else int(said["month"])
    return Written(year, month, int(said["day"]))


def day_of(year: int, month: int, day: int) -> date:
    """The date. Raises Refused for a February 30."""
    try:
        return date(year, month, day)
    except ValueError:
        raise Refused("dates/unclear") from None


def year_of(said: str, today: date) -> int:
    return {"this year": today.year, "next year": today.year + 1}.get(said) or int(said)


def _ordered(year: int | None, a: int, b: int, *, month_first: bool, phrase: str) -> Written:
    if month_first or a == b or a <= LAST_MONTH < b:
        return Written(year, a, b)
    if b <= LAST_MONTH < a:
        return Written(year, b, a)
    if max(a, b) > LAST_MONTH or "-" in phrase:
        raise Refused("dates/unclear")
    raise Refused("dates/either", either=(Written(year, b, a), Written(year, a, b)), phrase=phrase)
