"""How task ids are written: one or many, in a row or as a range, with T, #, 任务 or only the number. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass

from handlers.refused import Refused

LONGEST_RANGE = 60

_MARK = r"(?:M(?P<meeting>\d{1,5})-?(?=[T#]|(?<=-)\d))?(?P<mark>[T#]|任务\s?|tasks?\s|第(?=\s?\d+\s?[项条]))?\s?"
_TO = r"(?:-|~|–|—|\.\.|至|到)"
# Behind T12 anything may follow that does not make another number or word of it; a bare number must stand alone:
# "17:00", "3pm" and "6月" are no tasks.
_MARKED = r"(?![a-z0-9_]|[.:-]\d)"
# Nor is one that counts something: "8 个任务", "8 boxes".
_COUNTS = r"(?!\s*(?:[个份张箱位名盒袋]|(?:boxes|copies|pieces|people|persons|photos|vouchers|letters|tasks)\b))"
_ALONE = rf"(?=[.:。!]*(?:[\s、,;/]|$)|[和与及跟]){_COUNTS}"
_FLAGS = re.IGNORECASE | re.ASCII
_RANGE = re.compile(
    rf"{_MARK}(?P<first>\d{{1,5}})(?:\s*{_TO}\s*T(?P<to>\d{{1,5}}){_MARKED}|{_TO}(?P<last>\d{{1,5}}){_ALONE})", _FLAGS
)
_ONE = re.compile(rf"{_MARK}(?P<first>\d{{1,5}})(?:(?(mark){_MARKED}|{_ALONE}))(?:(?<=\d)\s?[项条])?", _FLAGS)
_JOINT = re.compile(r"[\s、,;/]*(?:(?:and(?![a-z])|&|和|与|及|跟)[\s、,;]*)?", _FLAGS)
_FIRM = re.compile(r"\s*、\s*|[,;/]|\s*[&和与及跟]\s*")
_TAIL = re.compile(r"[.:。!]*(?=\s|$)|:")
_WORDS = re.compile(r"[\s、,;]*(?!https?://)(?!\w+:)[^\W\d_]")


@dataclass(frozen=True)
class TaskRef:
    """``T12``, or ``M2-T12`` where the meeting must be beyond doubt (every button says so)."""

    number: int
    meeting: int | None = None

    def __str__(self) -> str:
        return f"M{self.meeting}-T{self.number}" if self.meeting else f"T{self.number}"


def read(text: str, start: int) -> tuple[list[TaskRef], int]:
    """The ids that stand at ``start`` of a folded line, and where what follows them begins.

    Never more than was surely named: after ``T3`` a bare number needs a comma or an "and", and in
    ``3 5 boxes came`` and ``T10, 45 vouchers`` only the first is an id. Raises ``Refused`` for a range that runs
    backwards or too far.
    """
    found: list[TaskRef] = []
    end, marked = start, True
    sure: tuple[int, int] | None = None
    while (match := _next(text, end, first=not found)) is not None:
        joint, bare = text[end : match.start()], not match["mark"]
        if found and bare:
            if marked and joint.isspace():
                break
            firm = _FIRM.fullmatch(joint) and not (marked and "," in joint)
            sure = sure or (None if firm else (len(found), end))
        found += _numbers(match)
        end, marked = match.end(), not bare
    if sure and _WORDS.match(text, end):
        found, end = found[: sure[0]], sure[1]
    tail = _TAIL.match(text, end) if found else None
    return found, tail.end() if tail else end


def _next(text: str, at: int, *, first: bool) -> re.Match[str] | None:
    joint = None if first else _JOINT.match(text, at)
    begin = joint.end() if joint else at
    return _RANGE.match(text, begin) or _ONE.match(text, begin)


def _numbers(match: re.Match[str]) -> list[TaskRef]:
    parts = match.groupdict()
    first, last = int(parts["first"]), int(parts.get("to") or parts.get("last") or parts["first"])
    if not first <= last < first + LONGEST_RANGE:
        raise Refused("grammar/range", text=match.group().strip(), most=LONGEST_RANGE)
    meeting = int(parts["meeting"]) if parts["meeting"] else None
    return [TaskRef(number, meeting) for number in range(first, last + 1)]
