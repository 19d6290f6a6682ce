"""From one day to another: 11-20..11-27, 明天到周五, 20 Nov to 27 Nov, next week."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import date, datetime, time, timedelta

from handlers.dates import clock, words
from handlers.dates.days import ONE, WEEK, Scene, find, month_later
from handlers.dates.written import JUST_PASSED, Written, day_of, written
from handlers.refused import Refused

LONGEST = timedelta(days=200)  # a longer absence is a slip of the finger

_FROM = re.compile(r"(?:from\b|between\b|从|自)\s*", re.ASCII)
_TO = re.compile(r"\s*(?:~|到|至|\b(?:to|through|thru|until|till|and)\b|(?<= )-(?= ))\s*", re.ASCII)
_WHOLE = re.compile(r"(this|next|nextnext) (week|month)")
_WEEKS = {"this": 0, "next": 1, "nextnext": 2}
_MONTH_FIRST = re.compile(r"(?<![0-9])(?:0?[1-9]|1[0-2])[-/](?:1[3-9]|2[0-9]|3[01])(?![0-9])")
_SHORT = re.compile(r"(?<![0-9/.-])([0-9]{1,2})-([0-9]{1,2})(?![0-9/.-])")
_BOTH_SHORT = re.compile(rf"{_SHORT.pattern}{_TO.pattern}{_SHORT.pattern}", re.ASCII)
_NUMBER = re.compile(r"([0-9]{1,2})(?:th)?", re.ASCII)


def read(text: str, scene: Scene) -> tuple[date, date]:
    """First and last day, both included. Raises Refused: "dates/unclear", "dates/past" or "dates/reversed"."""
    folded = words.fold(text)
    folded = folded[found.end() :] if (found := _FROM.match(folded)) else folded
    if whole := _whole(_tokens(folded), scene):
        return whole
    if _MONTH_FIRST.search(folded) or (scene.month_first and _BOTH_SHORT.fullmatch(folded)):
        # 12/28-1/5: what one side shows holds for the other; 12-1..12-5, by a reader who puts the month first
        scene, folded = replace(scene, month_first=True), _SHORT.sub(r"\1/\2", folded)
    refusals = []
    for left, right in _cuts(folded):
        try:
            return _checked(*_ends(_tokens(left), _tokens(right), scene), scene)
        except Refused as refused:
            refusals.append(refused)
    told = (refused for refused in refusals if refused.name == "dates/past")
    raise _reversed(folded, scene) or next(told, None) or Refused("dates/unclear")


def _reversed(folded: str, scene: Scene) -> Refused | None:
    """What to say of two days whose last one comes first; None where that is not so."""
    for left, right in _cuts(folded):
        if left != right:
            with suppress(Refused):
                first, last = _checked(*_ends(_tokens(right), _tokens(left), scene), scene)
                return Refused("dates/reversed", first=first, last=last)
    return None


def _tokens(folded: str) -> str:
    said, phrase = clock.take(folded)
    if said:
        raise Refused("dates/unclear")
    return words.tokens(phrase)


def _cuts(folded: str) -> Iterator[tuple[str, str]]:
    """Where the phrase may be cut in two; a single day is a span too, and a hyphen may stand inside a date."""
    cuts = list(_TO.finditer(folded))
    if len(cuts) != 1:
        yield folded, folded
        cuts = list(re.finditer("-", folded))
    for cut in cuts:
        yield folded[: cut.start()], folded[cut.end() :]


def _whole(tokens: str, scene: Scene) -> tuple[date, date] | None:
    found = _WHOLE.fullmatch(tokens)
    if found is None:
        return None
    ahead = _WEEKS[found[1]]
    if found[2] == "month":
        return month_later(scene.today, ahead), month_later(scene.today, ahead + 1) - ONE
    monday = scene.today + timedelta(WEEK * ahead - scene.today.weekday())
    return monday, monday + timedelta(WEEK - 1)


def _ends(left: str, right: str, scene: Scene) -> tuple[date, date]:
    begun = replace(scene, started=True)
    if (number := _NUMBER.fullmatch(right)) and _written(left, scene):  # 11/20-27
        first = _day(left, begun)
        month = first if int(number[1]) >= first.day else month_later(first, 1)
        return first, day_of(month.year, month.month, int(number[1]))
    last = _day(right, scene)
    dated = number or _written(right, scene)
    first = (_latest(left, last, scene) if dated else None) or _day(left, begun)
    if first > last and (dated or right in words.DAYS):
        last = _day(right, replace(scene, now=datetime.combine(first, time.min, scene.now.tzinfo)))
    return first, last


def _day(tokens: str, scene: Scene) -> date:
    day = _written(tokens, scene)
    if day is None:
        return find(tokens, scene)
    return day.next(scene.today - JUST_PASSED if scene.started else scene.today)


def _latest(tokens: str, until: date, scene: Scene) -> date | None:
    """The last day that is not after ``until``, if it is named by its number: the 20 of 20-27 Nov."""
    if day := _written(tokens, scene):
        return day.last(until)
    number = _NUMBER.fullmatch(tokens)
    if number is None:
        return None
    month = until if int(number[1]) <= until.day else month_later(until, -1)
    return day_of(month.year, month.month, int(number[1]))


def _written(tokens: str, scene: Scene) -> Written | None:
    return written(tokens, today=scene.today, month_first=scene.month_first)


def _checked(first: date, last: date, scene: Scene) -> tuple[date, date]:
    if last < first or last - first > LONGEST:
        raise Refused("dates/unclear")
    if last < scene.today:
        raise Refused("dates/past", day=last)
    return first, last
