"""Days and times of day as agendas write them: ``6月8日``, ``Day 2``, ``09:00-09:40``. Pure."""

from __future__ import annotations

import re
from datetime import date, time, timedelta

MONTHS = 12
_NUMERALS = "一二三四五六七八九"
_FULL = re.compile(r"(?<!\d)(20\d\d)\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})(?!\d)")
_CHINESE = re.compile(r"(?<!\d)(\d{1,2})\s*月\s*(\d{1,2})(?!\d)")
_SHORT = re.compile(r"(?<![\d:.])(\d{1,2})\s*[/.-]\s*(\d{1,2})(?![\d:])")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_ENGLISH = re.compile(
    rf"\b(?:(?P<d1>\d{{1,2}})(?:st|nd|rd|th)? (?P<m1>{'|'.join(_MONTHS)})[a-z]*|"
    rf"(?P<m2>{'|'.join(_MONTHS)})[a-z]* (?P<d2>\d{{1,2}})(?:st|nd|rd|th)?)\b"
)
_NTH = re.compile(rf"(?:day\s*([1-9]))(?!\d)|第\s*([1-9{_NUMERALS}])\s*[天日]")
_CLOCK = re.compile(
    r"(?<![\d:])(?P<part>上午|下午|晚上|am|pm)?\s*(?P<h>\d{1,2})\s*(?::|点|时)\s*(?:(?P<m>\d{2})|(?P<half>半))?(?::\d{2})?(?!\d)\s*"
    r"(?P<after>[ap]m\b)?"
)
_LATER = frozenset({"下午", "晚上", "pm"})
_NOON = 12
_WIDE = str.maketrans("０１２３４５６７８９：．／－～", "0123456789:./-~")


def day_in(text: str, first: date, last: date, *, alone: bool = False) -> date | None:
    """The day that is named; without a year it is in that of the meeting, from ``first`` to ``last``.

    ``alone``: nothing but a day can stand there, so that 6/8 and 6-8 are one; 26/11 can only be in November.
    """
    plain = text.translate(_WIDE).casefold()
    if full := _FULL.search(plain):
        return _date(int(full[1]), int(full[2]), int(full[3]))
    if nth := _NTH.search(plain):
        said = nth[1] or nth[2]
        return first + timedelta(int(said) if said.isdecimal() else _NUMERALS.index(said) + 1) - timedelta(1)
    if english := _ENGLISH.search(plain):
        month = _MONTHS.index(english["m1"] or english["m2"]) + 1
        return _near(month, int(english["d1"] or english["d2"]), first, last)
    if short := _CHINESE.search(plain) or (_SHORT.search(plain) if alone else None):
        month, day = sorted(map(int, short.groups())) if int(short[1]) > MONTHS else map(int, short.groups())
        return _near(month, day, first, last)
    return None


def _near(month: int, day: int, first: date, last: date) -> date | None:
    found = [_date(year, month, day) for year in {first.year, last.year}]
    return min((one for one in found if one), key=lambda one: abs((one - first).days), default=None)


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def clocks_in(text: str) -> list[time]:
    """The times of day, one after the other. Raises ``ValueError`` for one that no clock shows."""
    plain, found, part = text.translate(_WIDE).casefold(), [], ""
    for match in _CLOCK.finditer(plain):
        part = match["part"] or match["after"] or part
        hour, minute = int(match["h"]), 30 if match["half"] else int(match["m"] or 0)
        found.append(time(hour + 12 if part in _LATER and hour < _NOON else hour, minute))
    return found
