"""Dates that hang on the end of the conference (E+3wd), and waits that hang on now (2 hours)."""

from __future__ import annotations

import re
from datetime import datetime, time, timedelta

from handlers.dates.clock import CLOSE, moment
from handlers.dates.days import count
from handlers.workdays import Calendar

_CLOCK = r"(?P<clock>(?:[01][0-9]|2[0-3]):[0-5][0-9])"
_RULE = re.compile(rf"[ED](?:(?P<sign>[+-])(?P<n>[0-9]{{1,3}})(?P<unit>wd|w|m)?)?(?: {_CLOCK})?", re.ASCII)
_UNITS = {"day": "", "workday": "wd", "week": "w", "month": "m"}
_WORDS = {short: word for word, short in _UNITS.items()}

_COUNT = r"(?P<n>[0-9]{1,3})(?:th(?= workday))? ?(?P<unit>day|workday|week|month)"
_SHAPES = [
    re.compile(shape, re.ASCII)
    for shape in (
        rf"(?:afterend|beforeend) (?:in |within )?{_COUNT}(?: within| later)?",
        rf"(?:in |within )?{_COUNT}(?: later)? (?:afterend|beforeend)",
        rf"within {_COUNT} endday",
        rf"[edt] ?(?P<sign>[+-]) ?{_COUNT}",
        r"[edt] ?(?P<sign>[+-]) ?(?P<n>[0-9]{1,3})(?P<unit>w|m|d)?",
        r"(?:(?P<unit>day|workday) afterend|afterend next (?P<later>workday)|next (?P<next>workday) afterend)",
    )
]
_WAIT = [
    re.compile(shape, re.ASCII)
    for shape in (r"(?:in|within) ([0-9]{1,3}) ?(hour|minute)", r"([0-9]{1,3}) ?(hour|minute) (?:later|within)")
]
_BARE_WAIT = re.compile(r"([0-9]{1,3}) ?(hour|minute)", re.ASCII)


def resolve(rule: str, *, end: datetime, calendar: Calendar) -> datetime:
    """The moment that a rule names, in the zone of ``end``, the aware end of the conference.

    E or D is the local day of the end; E+7 and E-7 are days, E+3wd working days, E+2w weeks, E+1m months; " 09:30" sets
    the time, 18:00 unless said. A month later is the same day of the month or that month's last. Raises ValueError.
    """
    found = _RULE.fullmatch(rule)
    if found is None or end.tzinfo is None:
        raise ValueError(f"no rule, or an end without a zone: {rule!r}")
    day = end.date()
    try:
        if found["n"]:
            day = count(day, int(found["sign"] + found["n"]), _WORDS[found["unit"] or ""], calendar)
        return moment(day, time.fromisoformat(found["clock"]) if found["clock"] else CLOSE, end.tzinfo)
    except OverflowError:
        raise ValueError(f"beyond the calendar: {rule!r}") from None


def rule_of(tokens: str, clock: time) -> str | None:
    """The canonical rule for a phrase about the end of the conference; None if it is about something else."""
    tail = clock.strftime(" %H:%M")
    if tokens in ("e", "endday", "beforeend"):
        return f"E{tail}"
    found = next((found for shape in _SHAPES if (found := shape.fullmatch(tokens))), None)
    if found is None:
        return None
    said = found.groupdict()
    sign = said.get("sign") or ("-" if "beforeend" in tokens else "+")
    unit = said.get("unit") or said.get("later") or said.get("next") or ""
    return f"E{sign}{int(said.get('n') or 1)}{_UNITS.get(unit, unit.removesuffix('d'))}{tail}"


def wait_of(tokens: str, *, bare: bool = False) -> timedelta | None:
    """How long "in 2 hours" is; with ``bare`` "2 hours" is enough."""
    found = next((found for shape in _WAIT if (found := shape.fullmatch(tokens))), None)
    found = found or (_BARE_WAIT.fullmatch(tokens) if bare else None)
    return timedelta(**{f"{found[2]}s": int(found[1])}) if found and int(found[1]) else None
