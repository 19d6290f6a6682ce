"""Days before and after a holiday: 国庆前, 春节后, before Christmas."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta

from handlers.dates.days import Scene
from handlers.refused import Refused

AHEAD = 400  # days in which every yearly holiday comes round
ONE = timedelta(days=1)

# What people call a holiday, and what the English tables of the countries call it.
_NAMES = {
    r"元旦|new year'?s?(?: day)?": r"^new year's day|first day of january",
    r"春节|过年|(?:chinese|lunar) new year|spring festival": r"(?:chinese|lunar) new year",
    r"清明|qingming|tomb[- ]sweeping(?: day)?": r"tomb-sweeping|ching ming",
    r"五一|劳动|labou?r day|may day": r"labou?r day|may day",
    r"端午|dragon boat": r"dragon boat|tuen ng",
    r"中秋|mid-?autumn": r"mid-autumn",
    r"国庆|national day": r"national day",
    r"圣诞|christmas|xmas": r"christmas",
    r"easter": r"easter|good friday",
    r"thanksgiving": r"thanksgiving",
}
_NAME = "|".join(f"(?P<h{n}>{name})" for n, name in enumerate(_NAMES))
_FEAST = r"(?:festival|holidays?|break)"
_NUMBER = r"(?P<n>[0-9]{1,2})"
_TITLE = dict(zip((f"h{n}" for n in range(len(_NAMES))), _NAMES.values(), strict=True))
_SHAPES = [
    re.compile(shape, re.ASCII)
    for shape in (
        rf"(?:最[迟晚]|[在于])?(?:{_NAME})节?(?:假期|长假|小长假)?[之以]?(?P<side>前|后)(?:第?{_NUMBER}个?工作[日天])?内?",
        rf"(?:{_NUMBER}(?:st|nd|rd|th)? (?:working|business) days? )?(?P<side>before|after) (?:{_NAME})(?: {_FEAST})?",
    )
]


def beside(phrase: str, scene: Scene) -> date | None:
    """The n-th working day before or after a holiday and the days off around it; None if the folded phrase names none.

    Raises Refused if the scene's calendar has no such holiday.
    """
    found = next((found for shape in _SHAPES if (found := shape.fullmatch(phrase))), None)
    if found is None:
        return None
    title = next(_TITLE[name] for name, value in found.groupdict().items() if name in _TITLE and value)
    n = int(found.groupdict().get("n") or 1)
    after = found["side"] in ("后", "after")
    for first, last in _breaks(title, scene):
        day = scene.calendar.shift(last, n) if after else scene.calendar.shift(first, -n)
        if day >= scene.today:
            return day
    raise Refused("dates/unclear")


def _breaks(title: str, scene: Scene) -> Iterator[tuple[date, date]]:
    """First and last day of every run of days off that holds the holiday, the present run among them."""
    calendar = scene.calendar
    day = scene.today if calendar.worked(scene.today) else calendar.shift(scene.today, -1) + ONE
    while day < scene.today + timedelta(AHEAD):
        if re.search(title, calendar.name(day, "en").lower()):
            last = calendar.shift(day, 1) - ONE
            yield calendar.shift(day, -1) + ONE, last
            day = last
        day += ONE
