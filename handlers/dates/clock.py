"""The time of day in a phrase: 17:00, 5pm, 下午三点半, half past five, noon, 今晚."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, tzinfo

from handlers.refused import Refused

CLOSE = time(18)  # the end of a working day: when a due date falls that names no time
LAST = time(23, 59)
NOON = 12
EARLY = range(1, 7)  # nobody sets a due time at three in the morning: 3点 alone is 15:00


@dataclass(frozen=True)
class Clock:
    """A time of day; ``guessed`` is "time" if only a part of the day was named, "afternoon" if 3点 became 15:00."""

    at: time
    guessed: str = ""


@dataclass(frozen=True)
class Part:
    """A part of the day: the hours it can mean, and the one it means without a number."""

    first: int
    last: int
    usual: time | None = None


_PARTS = {
    r"\bam\b": Part(0, 11),
    r"\bpm\b": Part(12, 23),
    r"凌晨": Part(0, 6),
    r"清晨|早[上晨]|(?<![尽最不])早(?![于点些])|(?:in )?\bmorning\b": Part(4, 12, time(9)),
    r"上午": Part(4, 12, time(10)),
    r"[中正]午": Part(11, 14, time(12)),
    r"下午|(?<!端)午后|(?:in )?\bafternoon\b": Part(12, 23, time(15)),
    r"傍晚": Part(16, 20, time(18)),
    r"晚[上间]|夜里|(?<![最不])晚(?![于点些])|(?:in )?\b(?:evening|night)\b": Part(17, 24, time(20)),
}
_PART = re.compile("|".join(f"(?P<p{n}>{pattern})" for n, pattern in enumerate(_PARTS)), re.ASCII)
_PART_OF = dict(zip((f"p{n}" for n in range(len(_PARTS))), _PARTS.values(), strict=True))

_DIGITAL = r"(?<![0-9:.])(?P<h>[0-9]{1,2}):(?P<m>[0-9]{2})(?::00)?(?![0-9:])"
_POINT = r"(?<![0-9:.])(?P<ph>[0-9]{1,2})(?:\.(?P<pm>[0-9]{2}))?(?= ?[ap]m\b)"
_MINUTES = r"(?P<half>半)|(?P<quarters>[13])刻|(?P<sm>[0-9]{1,2})分?"
_SPOKEN = rf"(?<![0-9])(?P<sh>[0-9]{{1,2}})(?:点|时(?!间))[钟整]?(?:{_MINUTES})?"
_PAST = r"\b(?:(?P<past>half|(?:1 )?quarter) past|(?:1 )?(?P<to>quarter) to) (?P<eh>[0-9]{1,2})\b"
_HOUR = r"\b(?P<oh>[0-9]{1,2}) ?o'?clock\b|\bat (?P<ah>[0-9]{1,2})\b(?![:./-])"
_TIME = re.compile(f"{_DIGITAL}|{_POINT}|{_SPOKEN}|{_PAST}|{_HOUR}", re.ASCII)

_ENDS = r"today|tomorrow|mon|tue|wed|thu|fri|sat|sun"
_NAMED = {
    r"\b(?:12 )?(?:noon|midday)\b": time(12),
    r"\b(?:12 )?midnight\b|[半午]夜": LAST,
    rf"\b(?:eod|cob|(?:end|close) (?:(?:business |work(?:ing)? )?day|business|play|(?=(?:{_ENDS})\b)))\b|下班": CLOSE,
}


def take(phrase: str) -> tuple[Clock | None, str]:
    """The time that a folded phrase names, and the rest of it. Raises Refused for two times or an impossible one."""
    for pattern, named in _NAMED.items():
        if found := re.search(pattern, phrase, re.ASCII):
            rest = _without(phrase, found)
            if _TIME.search(rest) or _PART.search(rest):
                raise Refused("dates/unclear")
            return Clock(named), rest
    hours = list(_TIME.finditer(phrase))
    rest = _without(phrase, *hours)
    parts = list(_PART.finditer(rest))
    if len(hours) > 1 or len(parts) > 1:
        raise Refused("dates/unclear")
    part = _PART_OF[parts[0].lastgroup or ""] if parts else None
    return _clock(hours[0] if hours else None, part), _without(rest, *parts)


def moment(day: date, at: time, zone: tzinfo | None) -> datetime:
    """``day`` at ``at`` in ``zone``; a time that summer time skips moves forward, of one that comes twice the first."""
    return datetime.combine(day, at, zone).astimezone(UTC).astimezone(zone)


def _without(phrase: str, *found: re.Match[str]) -> str:
    for piece in reversed(found):
        phrase = f"{phrase[: piece.start()]} {phrase[piece.end() :]}"
    return " ".join(phrase.split())


def _clock(found: re.Match[str] | None, part: Part | None) -> Clock | None:
    if found is None and part is None:
        return None
    if found is None:
        if part is None or part.usual is None:
            raise Refused("dates/unclear")
        return Clock(part.usual, "time")
    hour, minute, exact = _numbers(found)
    if part:
        hour = next((h for h in (hour, hour + 12, hour + 24) if part.first <= h <= part.last), -1)
    guessed = "" if part or exact or hour not in EARLY else "afternoon"
    return Clock(_at(hour + 12 if guessed else hour, minute), guessed)


def _numbers(found: re.Match[str]) -> tuple[int, int, bool]:
    """Hour, minute, and whether 05:30 can only be the morning's."""
    said = found.groupdict()
    hour = next(int(said[name]) for name in ("h", "ph", "sh", "eh", "oh", "ah") if said[name])
    minute = int(said["m"] or said["pm"] or said["sm"] or 0) + 15 * int(said["quarters"] or 0)
    if said["half"] or said["past"] == "half":
        minute = 30
    elif said["past"]:
        minute = 15
    elif said["to"]:
        hour, minute = hour - 1 or NOON, 45
    return hour, minute, (said["h"] or "").startswith("0")


def _at(hour: int, minute: int) -> time:
    if (hour, minute) == (24, 0):
        return LAST
    try:
        return time(hour, minute)
    except ValueError:
        raise Refused("dates/unclear") from None
