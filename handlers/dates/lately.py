"""The day of something that took place or will: last Friday, 6月8日, 3 days ago. It may lie behind or before us."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

from handlers.dates import days
from handlers.dates.days import ONE, WEEK, Scene, month_later
from handlers.dates.words import DAYS
from handlers.dates.written import Written, day_of, written
from handlers.refused import Refused

FAR = timedelta(days=120)  # a day without a year that lies further off, behind and before us, needs its year

Found = re.Match[str]
Reading = Callable[[Found, Scene], date]


def day(tokens: str, scene: Scene) -> date:
    """The day that ``tokens`` name, perhaps with its weekday beside it.

    Raises Refused: "dates/which_year" for a day and month that are far off in every year, "dates/unclear" for what is
    not sure, such as a weekday alone.
    """
    found = _day(tokens, scene) or _with_weekday(tokens.split(), scene)
    if found is None and tokens in DAYS:
        raise Refused("dates/unclear")
    return found or days.find(tokens, replace(scene, started=True))


def gone(tokens: str, scene: Scene) -> date | None:
    """The day behind us that ``tokens`` name, such as 上周五; None if they name none. Of two it is the later one."""
    for shape, reading in _READINGS:
        if found := shape.fullmatch(tokens):
            try:
                return reading(found, scene)
            except Refused:
                return _latest(found.groupdict().get("day"), scene)
    return None


def _latest(weekday: str | None, scene: Scene) -> date | None:
    return scene.today - timedelta((scene.today.weekday() - DAYS.index(weekday)) % WEEK) if weekday else None


def _day(tokens: str, scene: Scene) -> date | None:
    for shape, reading in _READINGS:
        if found := shape.fullmatch(tokens):
            return reading(found, scene)
    dated = written(tokens, today=scene.today, month_first=scene.month_first)
    return _nearest(dated, scene) if dated else None


def _with_weekday(words: list[str], scene: Scene) -> date | None:
    for name, rest in ((words[0], words[1:]), (words[-1], words[:-1])) if words else ():
        found = _day(" ".join(rest), scene) if name in DAYS else None
        if found and DAYS[found.weekday()] != name:
            raise Refused("dates/unclear")
        if found:
            return found
    return None


def _nearest(dated: Written, scene: Scene) -> date:
    found = dated.last(scene.today + FAR)
    if dated.year is None and scene.today - found > FAR:
        raise Refused("dates/which_year")
    return found


def _day_of_month(found: Found, scene: Scene) -> date:
    """The nearest 8th, be it last month's, this month's or the next's."""
    firsts = [month_later(scene.today, months) for months in (-1, 0, 1)]
    dates = [first + int(found["n"]) * ONE - ONE for first in firsts]
    possible = [one for one, first in zip(dates, firsts, strict=True) if one.month == first.month]
    return min(possible, key=lambda one: abs(one - scene.today), default=None) or day_of(0, 0, 0)


def _of_last_month(found: Found, scene: Scene) -> date:
    first = month_later(scene.today, -1)
    return day_of(first.year, first.month, int(found["n"]))


def _days_back(found: Found, scene: Scene) -> date:
    return scene.today - timedelta({"大前": 3}.get(found["near"], 2))


def _ago(found: Found, scene: Scene) -> date:
    return days.count(scene.today, -int(found["n"]), found["unit"], scene.calendar)


def _of_earlier_week(found: Found, scene: Scene) -> date:
    """上周五 is last week's Friday on every day of this week; 上上周五 that of the week before."""
    weeks = 2 if found["which"] == "上上" else 1
    return scene.today + timedelta(DAYS.index(found["day"]) - scene.today.weekday() - weeks * WEEK)


def _last(found: Found, scene: Scene) -> date:
    """Said on a Sunday, last Friday may be two days ago or nine: only where there is one reading is it sure."""
    back = scene.today.weekday() - DAYS.index(found["day"])
    if back > 0:
        raise Refused("dates/unclear")
    return scene.today - timedelta(WEEK + back)


_WEEKDAY = f"(?P<day>{'|'.join(DAYS)})"
_READINGS: list[tuple[re.Pattern[str], Reading]] = [
    (re.compile(shape, re.ASCII), reading)
    for shape, reading in (
        (r"(?P<near>大?前)[天日]|day before yesterday", _days_back),
        (r"(?P<n>[0-9]{1,3}) ?(?P<unit>day|week|month|workday) *(?:ago|[之以]?前)", _ago),
        (rf"(?P<which>上上?)1?个? *(?:week )?{_WEEKDAY}", _of_earlier_week),
        (rf"{_WEEKDAY} (?P<which>last) week", _of_earlier_week),
        (rf"(?P<which>last) week {_WEEKDAY}", _of_earlier_week),
        (rf"(?:last|past) {_WEEKDAY}", _last),
        (r"(?:上1?个?|last) month (?P<n>[0-9]{1,2})th", _of_last_month),
        (r"(?P<n>[0-9]{1,2})th last month", _of_last_month),
        (r"(?:month )?(?P<n>[0-9]{1,2})th", _day_of_month),
    )
]
