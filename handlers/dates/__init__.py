"""A phrase that a person types, and the moment or the days it names; Chinese, English and mixtures of both."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta

from handlers.dates import clock, days, holidays, lately, relative, spans, words
from handlers.dates.asking import offering
from handlers.dates.clock import CLOSE, Clock
from handlers.dates.days import Scene
from handlers.dates.relative import resolve
from handlers.dates.zones import zone
from handlers.refused import Refused
from handlers.workdays import Calendar

__all__ = ["CLOSE", "Due", "later", "occasion", "offering", "read", "resolve", "span", "zone"]

MORNING = time(9)
GRACE = timedelta(days=1)  # a moment that passed so lately may still be meant
HORIZON = 10  # years; a date beyond is a slip of the finger


@dataclass(frozen=True)
class Due:
    """When something is due.

    ``rule`` is the canonical rule ("E+3wd 18:00") if the phrase hangs on the end of the conference, "" for a date of
    its own. ``guessed`` names what is worth echoing: "time" (none was named, or only a part of the day), "afternoon"
    (3点 was taken for 15:00), "day" (only a time was named).
    """

    at: datetime
    rule: str
    guessed: tuple[str, ...] = ()


def read(text: str, *, now: datetime, end: datetime | None, calendar: Calendar, month_first: bool = False) -> Due:
    """The moment ``text`` names, in the zone of ``now``; 18:00 unless it names a time, 23:59 for today after 18:00.

    ``end`` is the aware end of the conference; ``month_first`` reads 6/7 as June 7, as a Chinese phrase always does.
    Raises Refused: "dates/unclear" if not sure, "dates/either" if it can be two days, "dates/no_end" if it needs an
    ``end`` and there is none, "dates/past" for a moment more than a day ago, or for a day that passed and was not named
    with its year.
    """
    with _about(text, now):
        said, phrase = clock.take(words.fold(text))
        tokens = words.tokens(phrase)
        scene = _scene(text, now, calendar, said.at if said else CLOSE, month_first=month_first)
        rule = relative.rule_of(tokens, scene.clock)
        if rule is None:
            due = _absolute(phrase, tokens, said, scene)
        elif end is None:
            raise Refused("dates/no_end")
        else:
            due = Due(_resolved(rule, end.astimezone(now.tzinfo), calendar), rule, _guessed(said))
        return replace(due, at=_within(due.at, now - GRACE, now))


def later(text: str, *, now: datetime, calendar: Calendar, month_first: bool = False) -> datetime:
    """The moment to come that ``text`` names for a snooze: "3 days", "明天", "until Fri"; 09:00 unless it names one.

    Raises Refused: "dates/unclear", "dates/either" or "dates/past".
    """
    with _about(text, now):
        said, phrase = clock.take(words.fold(text))
        scene = _scene(text, now, calendar, said.at if said else MORNING, month_first=month_first, bare=True)
        return _within(_absolute(phrase, words.tokens(phrase), said, scene).at, now, now)


def occasion(text: str, *, now: datetime, calendar: Calendar, at: time = CLOSE, month_first: bool = False) -> Due:
    """When something that has a date of its own took or takes place, in the zone of ``now``; ``at`` unless it says.

    Raises Refused: "dates/which_year" for a day and month that are far off in every year, else "dates/either" or
    "dates/unclear".
    """
    with _about(text, now):
        said, phrase = clock.take(words.fold(text))
        scene = _scene(text, now, calendar, said.at if said else at, month_first=month_first)
        day = lately.day(words.tokens(phrase), scene)
        if abs(day.year - now.year) > HORIZON:
            raise Refused("dates/unclear")
        return Due(clock.moment(day, scene.clock, now.tzinfo), "", _guessed(said))


def span(text: str, *, now: datetime, month_first: bool = False) -> tuple[date, date]:
    """The first and last day ``text`` names: "11-20..11-27", "明天到周五", "next week", or a single day.

    The first may lie behind, the last may not. Raises Refused: "dates/unclear", "dates/past", or "dates/reversed" where
    the ``last`` was named before the ``first``.
    """
    with _about(text, now):
        return spans.read(text, _scene(text, now, Calendar(""), clock.LAST, month_first=month_first))


def _scene(
    text: str, now: datetime, calendar: Calendar, at: time, *, month_first: bool = False, bare: bool = False
) -> Scene:
    return Scene(now, calendar, at, bare=bare, month_first=month_first or bool(re.search("[一-鿿]", text)))


def _absolute(phrase: str, tokens: str, said: Clock | None, scene: Scene) -> Due:
    now = scene.now
    if said is None and (wait := relative.wait_of(tokens, bare=scene.bare)):
        return Due((now.astimezone(UTC) + wait).astimezone(now.tzinfo).replace(second=0, microsecond=0), "")
    if said and not tokens and (scene.bare or said.guessed != "time"):
        day = scene.today if scene.ahead(scene.today) else scene.today + days.ONE
        return Due(clock.moment(day, said.at, now.tzinfo), "", (*_guessed(said), "day"))
    day = _day(phrase, tokens, scene)
    if said is None and day == scene.today and not (scene.ahead(day) or scene.bare):
        scene = replace(scene, clock=clock.LAST)  # "today", said in the evening
    return Due(clock.moment(day, scene.clock, now.tzinfo), "", _guessed(said))


def _day(phrase: str, tokens: str, scene: Scene) -> date:
    """The day to come; of one that is surely behind us the refusal says which it was."""
    try:
        return holidays.beside(phrase, scene) or days.find(tokens, scene)
    except Refused as refused:
        gone = lately.gone(tokens, scene) if refused.name == "dates/unclear" else None
        if gone is None or gone >= scene.today:
            raise
        raise Refused("dates/past", day=gone) from None


def _guessed(said: Clock | None) -> tuple[str, ...]:
    return tuple(filter(None, [said.guessed if said else "time"]))


def _resolved(rule: str, end: datetime, calendar: Calendar) -> datetime:
    try:
        return resolve(rule, end=end, calendar=calendar)
    except ValueError:
        raise Refused("dates/unclear") from None


def _within(moment: datetime, earliest: datetime, now: datetime) -> datetime:
    if moment < earliest:
        raise Refused("dates/past", day=moment.date())
    if moment.year > now.year + HORIZON:
        raise Refused("dates/unclear")
    return moment


@contextmanager
def _about(text: str, now: datetime) -> Iterator[None]:
    """Every refusal quotes what was typed; one that could not tell two days apart has both of them."""
    try:
        yield
    except Refused as refused:
        refused.facts.setdefault("text", text)
        if refused.name == "dates/either":
            _spell_out(refused, text, now.date())
        raise
    except OverflowError:
        raise Refused("dates/unclear", text=text) from None


def _spell_out(refused: Refused, text: str, today: date) -> None:
    """Its ``readings``: each day to come that may be meant, and ``text`` with that day beyond doubt."""
    either, phrase = refused.facts.pop("either"), refused.facts.pop("phrase")
    readings = []
    for written in either:
        with suppress(Refused):
            day = written.next(today)
            readings.append((day, words.fold(text).replace(phrase, day.isoformat(), 1)))
    refused.facts["readings"] = [one for one in readings if one[0] >= today]
