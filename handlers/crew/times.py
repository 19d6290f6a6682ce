"""A shift as people write it: ``3/8 9:00-12:30 registration desk``, ``6月8日 4小时 签到台``. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, time

from handlers.crew.rules import in_minutes
from handlers.dates.printed import PARTS, clocks_in
from handlers.grammar import fold
from handlers.refused import Refused

_PART = "|".join(part for part in PARTS if not part.isascii())
_TIME = (
    rf"(?:{_PART})?\s*\d{{1,2}}\s*"
    r"(?::\s*\d{2}(?::00)?(?:\s*[ap]m\b)?|[点时]\s*(?:\d{1,2}\s*分?|半)?|[ap]m\b)"
)
_NEXT_DAY = "次日|第二天"
_SPAN = re.compile(rf"(?<!\d){_TIME}\s*(?:-|–|—|~|至|到|to\b|until\b)\s*(?:{_NEXT_DAY})?\s*{_TIME}", re.IGNORECASE)
_UNIT = r"(?:小时|个小时|钟头|个钟头|hours?(?![a-z])|hrs?(?![a-z])|h(?![a-z]))"
_MINUTE = r"(?:分钟|分|minutes?(?![a-z])|mins?(?![a-z])|m(?![a-z]))"
_LENGTH = re.compile(
    rf"(?P<halves>\d{{1,4}})\s*个半(?:小时|钟头)|(?P<half>半个?小时)|(?P<minutes>\d{{1,5}})\s*{_MINUTE}"
    rf"|(?P<hours>\d{{1,4}}(?:\.\d{{1,2}})?)\s*{_UNIT}\s*(?:(?P<more>\d{{1,2}})\s*{_MINUTE}?(?!\d))?",
    re.IGNORECASE,
)
_BARE_HOUR = re.compile(r"(\d{1,2})\s*([ap]m)\b", re.IGNORECASE)
_MIDNIGHT = re.compile(r"(?<!\d)24(?=\s*[:点时])")
_EDGES = " ,，、;；:：·。.-"
MOST_WORDS = 12

DayIn = Callable[[str], date | None]


@dataclass(frozen=True)
class Told:
    """What a shift's words say. ``clocks``: from and to, None where only the length is told, in ``minutes``."""

    day: date | None
    clocks: tuple[time, time] | None
    minutes: int
    text: str
    before: str
    """What stands before the times: the day, if it is one that can be told so."""


def read(line: str, day_in: DayIn) -> Told:
    """Day, times or length, and what it was for. Raises ``Refused`` without times and length."""
    folded = fold(line)
    span = _SPAN.search(folded)
    found = span or _LENGTH.search(folded)
    if found is None:
        raise Refused("crew/no_times", text=line)
    before, behind = line[: found.start()].strip(_EDGES), line[found.end() :].strip(_EDGES)
    day, words = _apart(before, day_in)
    text = " ".join(part for part in (words, behind) if part)
    clocks = times(found[0]) if span else None
    return Told(day, clocks, 0 if span else length(found[0]) or 0, text, before)


def times(text: str) -> tuple[time, time]:
    """From and to. Raises ``Refused`` for what no clock shows."""
    plain = _MIDNIGHT.sub("0", _BARE_HOUR.sub(r"\1:00\2", fold(text)))
    try:
        begins, ends = (at for one in re.split(_NEXT_DAY, plain) for at in clocks_in(one))
    except ValueError:
        raise Refused("crew/no_times", text=text) from None
    return begins, ends


def moment(text: str) -> time:
    """One time of day, the first that stands there. Raises ``Refused`` for what no clock shows."""
    try:
        return clocks_in(_MIDNIGHT.sub("0", _BARE_HOUR.sub(r"\1:00\2", fold(text))))[0]
    except (IndexError, ValueError):
        raise Refused("crew/no_times", text=text) from None


def length(text: str) -> int | None:
    """In minutes: ``4.5小时``, ``3h30``, ``90 min``, ``2个半小时``; None for what says no length."""
    found = _LENGTH.search(fold(text))
    if found is None:
        return None
    if found["half"]:
        return 30
    if found["halves"]:
        return int(found["halves"]) * 60 + 30
    if found["minutes"]:
        return int(found["minutes"])
    return (in_minutes(found["hours"]) or 0) + int(found["more"] or 0)


def _apart(before: str, day_in: DayIn) -> tuple[date | None, str]:
    """The day, and the words around it that are not of it."""
    words = before.split()[:MOST_WORDS]
    day = day_in(before)
    if day is None:
        return None, ""
    first = max(at for at in range(len(words)) if day_in(" ".join(words[at:])) == day)
    last = min(at for at in range(first + 1, len(words) + 1) if day_in(" ".join(words[first:at])) == day)
    return day, _joined([*words[:first], *words[last:]])


def _joined(words: Sequence[str]) -> str:
    return " ".join(words).strip(_EDGES)
