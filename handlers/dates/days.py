"""The day that a phrase names: weekdays, counts of days, ends of weeks and months."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from handlers.dates.clock import moment
from handlers.dates.words import DAYS, MONTHS
from handlers.dates.written import JUST_PASSED, day_of, written, year_of
from handlers.refused import Refused
from handlers.workdays import Calendar

WEEK = 7
YEAR = 12  # months
ONE = timedelta(days=1)


@dataclass(frozen=True)
class Scene:
    """What a phrase is read against; ``clock`` decides whether today is still to come.

    ``bare`` lets "3 days" mean "in 3 days"; ``started`` lets a day lie behind; ``month_first`` reads 6/7 as June 7.
    """

    now: datetime
    calendar: Calendar
    clock: time
    bare: bool = False
    started: bool = False
    month_first: bool = False

    @property
    def today(self) -> date:
        return self.now.date()

    def ahead(self, day: date) -> bool:
        return moment(day, self.clock, self.now.tzinfo) > self.now

    def living(self, day: date) -> date:
        """``day``; raises Refused if it lies behind."""
        if day < self.today and not self.started:
            raise Refused("dates/past", day=day)
        return day


Found = re.Match[str]
Reading = Callable[[Found, Scene], date]
_READINGS: list[tuple[re.Pattern[str], Reading]] = []


def phrase(*shapes: str) -> Callable[[Reading], Reading]:
    """Registers how to read phrases of these shapes; earlier ones win."""

    def register(reading: Reading) -> Reading:
        _READINGS.extend((re.compile(shape, re.ASCII), reading) for shape in shapes)
        return reading

    return register


def find(text: str, scene: Scene) -> date:
    """The day that the tokens ``text`` name, perhaps with its weekday beside it. Raises Refused if that is not sure."""
    day = _find(text, scene) or _with_weekday(text.split(), scene)
    if day is None:
        raise Refused("dates/unclear")
    return day


def count(day: date, n: int, unit: str, calendar: Calendar) -> date:
    """``n`` days, weeks, months or working days after ``day``; before it for n < 0. Raises OverflowError."""
    match unit:
        case "workday":
            return calendar.shift(day, n)
        case "month":
            first = month_later(day, n)
            return first.replace(day=min(day.day, _length(first)))
        case "week":
            return day + timedelta(weeks=n)
        case _:
            return day + timedelta(days=n)


def _find(text: str, scene: Scene) -> date | None:
    for shape, reading in _READINGS:
        if found := shape.fullmatch(text):
            return reading(found, scene)
    day = written(text, today=scene.today, month_first=scene.month_first)
    return day.next(scene.today) if day else None


def _with_weekday(words: list[str], scene: Scene) -> date | None:
    for name, rest in ((words[0], words[1:]), (words[-1], words[:-1])) if words else ():
        day = _find(" ".join(rest), scene) if name in DAYS else None
        if day and DAYS[day.weekday()] == name:
            return day
    return None


def month_later(day: date, months: int) -> date:
    """The first of the month ``months`` after that of ``day``. Raises OverflowError."""
    year, month = divmod(day.year * YEAR + day.month - 1 + months, YEAR)
    if not date.min.year <= year <= date.max.year:
        raise OverflowError
    return date(year, month + 1, 1)


def _length(month: date) -> int:
    return monthrange(month.year, month.month)[1]


_WEEKDAY = f"(?P<day>{'|'.join(DAYS)})"
_WEEKS = {"this": 0, "next": 1, "nextnext": 2}
_WHICH = f"(?P<which>{'|'.join(_WEEKS)})"
_NEAR = {"yesterday": -1, "today": 0, "tomorrow": 1, "overmorrow": 2}
_COUNT = r"(?P<n>[0-9]{1,3}) ?(?P<unit>day|week|month|workday)"
_MONTH = (
    r"(?:(?:(?P<rel>this|next) )?month"
    rf"|(?:(?P<y>[0-9]{{4}}|this year|next year) ?)?(?P<name>{'|'.join(MONTHS)})(?: (?P<z>[0-9]{{4}}))?)"
)


@phrase(rf"(?P<near>{'|'.join(_NEAR)})")
def _near(found: Found, scene: Scene) -> date:
    return scene.living(scene.today + timedelta(_NEAR[found["near"]]))


@phrase(rf"{_WHICH} (?:week )?{_WEEKDAY}", rf"{_WEEKDAY} {_WHICH} week")
def _weekday_of_week(found: Found, scene: Scene) -> date:
    return scene.living(_monday(found, scene) + timedelta(DAYS.index(found["day"])))


@phrase(rf"(?:(?:this )?coming )?{_WEEKDAY}")
def _weekday(found: Found, scene: Scene) -> date:
    day = scene.today + timedelta((DAYS.index(found["day"]) - scene.today.weekday()) % WEEK)
    return day if scene.ahead(day) else day + timedelta(WEEK)


@phrase(rf"(?P<lead>in |within )?{_COUNT}(?P<trail> within| later)?")
def _counted(found: Found, scene: Scene) -> date:
    if int(found["n"]) == 0 or not (found["lead"] or found["trail"] or scene.bare):
        raise Refused("dates/unclear")
    return count(scene.today, int(found["n"]), found["unit"], scene.calendar)


@phrase("next workday")
def _next_workday(_: Found, scene: Scene) -> date:
    return scene.calendar.shift(scene.today, 1)


@phrase(rf"(?:(?:within|end) )(?:{_WHICH} )?week", rf"(?:{_WHICH} )?week within")
def _week_end(found: Found, scene: Scene) -> date:
    monday = _monday(found, scene)
    friday = scene.calendar.shift(monday + timedelta(WEEK), -1)
    if friday < monday:
        raise Refused("dates/unclear")  # a week without a working day
    return scene.living(friday)


@phrase(r"(?:month )?(?P<n>[0-9]{1,2})th")
def _day_of_month(found: Found, scene: Scene) -> date:
    n = int(found["n"])
    months = (month_later(scene.today, k) for k in range(YEAR))
    days = (month.replace(day=n) for month in months if 1 <= n <= _length(month))
    day = next((day for day in days if day > scene.today or (day == scene.today and scene.ahead(day))), None)
    return day or day_of(0, 0, 0)


@phrase(r"(?P<rel>this|next) month (?P<n>[0-9]{1,2})th", r"(?P<n>[0-9]{1,2})th (?P<rel>this|next) month")
def _day_of_that_month(found: Found, scene: Scene) -> date:
    month = month_later(scene.today, _WEEKS[found["rel"]])
    return scene.living(day_of(month.year, month.month, int(found["n"])))


@phrase(rf"(?:end|within) {_MONTH}", rf"{_MONTH} (?:end|within)")
def _month_end(found: Found, scene: Scene) -> date:
    month = _month(found, scene)
    return scene.living(month.replace(day=_length(month)))


@phrase(rf"last workday {_MONTH}", rf"{_MONTH} last workday")
def _last_workday(found: Found, scene: Scene) -> date:
    return scene.living(scene.calendar.shift(month_later(_month(found, scene), 1), -1))


@phrase(rf"(?P<n>[0-9]{{1,2}})th workday {_MONTH}", rf"{_MONTH} (?P<n>[0-9]{{1,2}})th workday")
def _workday_of_month(found: Found, scene: Scene) -> date:
    month = _month(found, scene)
    day = scene.calendar.shift(month - ONE, int(found["n"]))
    if not month <= day < month_later(month, 1):
        raise Refused("dates/unclear")
    return scene.living(day)


def _monday(found: Found, scene: Scene) -> date:
    """Weeks begin on Monday: 下周三 is next week's Wednesday on every day of this week."""
    return scene.today + timedelta(WEEK * _WEEKS[found["which"] or "this"] - scene.today.weekday())


def _month(found: Found, scene: Scene) -> date:
    """The first of the month that is meant: without a year the next one that is not over."""
    if not found["name"]:
        return month_later(scene.today, _WEEKS[found["rel"] or "this"])
    number, year = MONTHS.index(found["name"]) + 1, found["y"] or found["z"]
    if year:
        return day_of(year_of(year, scene.today), number, 1)
    lately = scene.today - JUST_PASSED  # a month that ended within a week is a slip, not next year's
    return day_of(scene.today.year + (number < scene.today.month and number != lately.month), number, 1)
