"""Days and times of day as agendas write them: ``6月8日``, ``Day 2``, ``09:00-09:40``. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, time, timedelta
from itertools import count

from handlers.dates.words import MONTHS

_NUMERALS = "一二三四五六七八九"
_FULL = re.compile(r"(?<!\d)(20\d\d)\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})(?!\d)")
_LAST = re.compile(r"(?<![\d:.])(\d{1,2})\s*([-/.])\s*(\d{1,2})\s*\2\s*(20\d\d|\d\d)(?![\d:])")
_BEGINS = re.compile(r"(20\d\d)([-/.年])(\d{1,2})([-/.月])(\d{1,2})(日?)")
_CHINESE = re.compile(r"(?<!\d)(\d{1,2})\s*月\s*(\d{1,2})(?!\d)")
_SHORT = re.compile(r"(?<![\d:.])(\d{1,2})\s*[/.-]\s*(\d{1,2})(?![\d:])")
_ENGLISH = re.compile(
    rf"\b(?:(?P<d1>\d{{1,2}})(?:st|nd|rd|th)?[ -](?P<m1>{'|'.join(MONTHS)})[a-z]*|"
    rf"(?P<m2>{'|'.join(MONTHS)})[a-z]* (?P<d2>\d{{1,2}})(?:st|nd|rd|th)?)\b(?:[ ,-]{{1,2}}(?P<y>20\d\d)\b)?"
)
_NTH = re.compile(rf"(?:day\s*([1-9]))(?!\d)|第\s*([1-9{_NUMERALS}])\s*[天日]")
PARTS = {"凌晨": 0, "早上": 0, "上午": 0, "am": 0, "中午": 11, "下午": 12, "pm": 12, "傍晚": 16, "晚上": 17}
"""The parts of a day, and the hour from which on each is."""
_CLOCK = re.compile(
    rf"(?<![\d:])(?P<part>{'|'.join(PARTS)})?\s*(?P<h>\d{{1,2}})\s*(?::|点|时)\s*(?:(?P<m>\d{{2}})|(?P<half>半))?(?::\d{{2}})?(?!\d)\s*"
    r"(?P<after>[ap]m\b)?"
)
_SHORT_YEAR = 2
_NOON, _MIDNIGHT = 12, 24
_TWELVE_IS_NONE = frozenset({"am", "凌晨"})
_WIDE = str.maketrans("０１２３４５６７８９：．／－～", "0123456789:./-~")


def day_in(text: str, first: date, last: date, *, alone: bool = False, day_first: bool = False) -> date | None:
    """The day that is named; without a year it is in that of the meeting, from ``first`` to ``last``.

    ``alone``: nothing but a day can stand there, so that 6/8 and 6/8/2026 are one; 26/11 can only be in November.
    Where both may be a month, ``day_first`` says which is.
    """
    plain = text.translate(_WIDE).casefold()
    if full := _FULL.search(plain):
        return _date(int(full[1]), int(full[2]), int(full[3]))
    if nth := _NTH.search(plain):
        said = nth[1] or nth[2]
        return first + timedelta(int(said) if said.isdecimal() else _NUMERALS.index(said) + 1) - timedelta(1)
    if english := _ENGLISH.search(plain):
        month, day = MONTHS.index(english["m1"] or english["m2"]) + 1, int(english["d1"] or english["d2"])
        return _date(int(english["y"]), month, day) if english["y"] else _near(month, day, first, last)
    if chinese := _CHINESE.search(plain):
        return _near(*_in_order(int(chinese[1]), int(chinese[2]), day_first=False), first, last)
    return _bare(plain, first, last, day_first=day_first) if alone else None


def _bare(plain: str, first: date, last: date, *, day_first: bool) -> date | None:
    """Of numbers alone."""
    if whole := _LAST.search(plain):
        return _with_year(int(whole[1]), int(whole[3]), whole[4], first.year, day_first=day_first)
    if short := _SHORT.search(plain):
        return _near(*_in_order(int(short[1]), int(short[2]), day_first=day_first), first, last)
    return None


def _in_order(month: int, day: int, *, day_first: bool) -> tuple[int, int]:
    """Month and day of two numbers, the first of which is the month unless it cannot be, or ``day_first``."""
    return (day, month) if month > len(MONTHS) or (day_first and day <= len(MONTHS)) else (month, day)


def _with_year(one: int, two: int, year: str, now: int, *, day_first: bool) -> date | None:
    """8/6/2026 and 8.6.26; 26.6.8 where only its first number is a year near ``now``."""
    if len(year) == _SHORT_YEAR:
        if abs(2000 + one - now) <= 1 < abs(2000 + int(year) - now):
            return _date(2000 + one, two, int(year))
        year = f"20{year}"
    return _date(int(year), *_in_order(one, two, day_first=day_first))


def like(day: date, sample: str, *, day_first: bool = False) -> str:
    """A day written as a column writes its dates: 2026/6/8, 08/06/2026, 2026年6月8日; else 2026-06-08."""
    if shape := _BEGINS.fullmatch(sample):
        _, first, month, second, number, end = shape.groups()
        return f"{day:%Y}{first}{_padded(day.month, month, number)}{second}{_padded(day.day, month, number)}{end}"
    if shape := _LAST.fullmatch(sample):
        one, mark, two, year = shape.groups()
        month, number = _padded(day.month, one, two), _padded(day.day, one, two)
        whole = f"{day:%Y}" if len(year) > _SHORT_YEAR else f"{day:%y}"
        return mark.join([number, month, whole] if day_first else [month, number, whole])
    return day.isoformat()


def _padded(number: int, *samples: str) -> str:
    """With a zero before it, unless these show that the column writes none."""
    return f"{number:02}" if all(len(one) > 1 for one in samples) else str(number)


def either_way(cell: str) -> bool:
    """Whether two days may be meant, as by 6/11: what says its month or its year is one."""
    numbers = _numbers(cell)
    return numbers is not None and max(numbers) <= len(MONTHS) and numbers[0] != numbers[1]


def days_first(cells: Iterable[str]) -> bool | None:
    """Whether a column writes days before months, as 26/11 tells; None where no cell tells, or one says otherwise."""
    told = {one[0] > len(MONTHS) for cell in cells if (one := _numbers(cell)) and max(one) > len(MONTHS)}
    return told.pop() if len(told) == 1 else None


def _numbers(cell: str) -> tuple[int, int] | None:
    """The two of 6/11, where it is for the reader to know which is the month."""
    plain = cell.translate(_WIDE).casefold()
    if any(known.search(plain) for known in (_FULL, _NTH, _ENGLISH, _CHINESE)):
        return None
    short = _SHORT.search(plain)
    return (int(short[1]), int(short[2])) if short else None


def _near(month: int, day: int, first: date, last: date) -> date | None:
    found = [_date(year, month, day) for year in {first.year, last.year}]
    return min((one for one in found if one), key=lambda one: abs((one - first).days), default=None)


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def clocks_in(text: str) -> list[time]:
    """The times of day, one after the other. Raises ``ValueError`` for one that no clock shows.

    One behind a part of the day without its own is the next on a clock of twelve hours: 晚上10点-1点 ends at 1:00.
    """
    found, part, before = [], "", (0, 0)
    for match in _CLOCK.finditer(text.translate(_WIDE).casefold()):
        shown = time(int(match["h"]), 30 if match["half"] else int(match["m"] or 0))
        if said := match["part"] or match["after"]:
            part, before = said, (PARTS[said], 0)
        hour = _hour(shown, part, before)
        before = hour, shown.minute
        found.append(shown.replace(hour=hour % _MIDNIGHT))
    return found


def _hour(shown: time, part: str, before: tuple[int, int]) -> int:
    """What a clock of 24 hours shows, not before hour and minute of the one ``before``; 24 and more on the next day."""
    if not part or shown.hour > _NOON:
        return shown.hour
    first = 0 if shown.hour == _NOON and part in _TWELVE_IS_NONE else shown.hour
    return next(hour for hour in count(first, _NOON) if (hour, shown.minute) >= before)
