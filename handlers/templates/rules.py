"""What a template must keep to, beyond the shape of its fields. Pure, over data in which anything may be wrong."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from difflib import get_close_matches
from graphlib import CycleError, TopologicalSorter
from typing import Any, NamedTuple

from handlers import dates
from handlers.workdays import Calendar

MOST_PHASES = 9
MOST_ITEMS = 300
MOST_CIRCLES = 10
LONGEST = {"title": 200}  # characters, in each language
LONGEST_TEXT = 2000

_KEY = re.compile(r"[a-z0-9-]{1,60}")
_EVERY = re.compile(r"[1-9][0-9]{0,2}[dwm]", re.ASCII)
_SOME_END = datetime(2026, 1, 1, tzinfo=UTC)  # any end will do to see whether a rule is one
_WEEKENDS = Calendar("")

Path = tuple[str | int, ...]
Fields = Mapping[str, Any]
Entry = tuple[Path, Fields]


class Finding(NamedTuple):
    """One fault: where it is in the data, and its name and facts for the sentence that tells of it."""

    path: Path
    name: str
    facts: dict[str, Any]


def findings(data: Any) -> Iterator[Finding]:
    """Every fault that the fields' types alone do not show, in no particular order."""
    phases = list(_entries((), data, "phases"))
    items = [item for path, phase in phases for item in _entries(path, phase, "items")]
    yield from _counts(data, phases, items)
    yield from _keys([((), data)] if isinstance(data, Mapping) else [])
    yield from _keys(phases)
    yield from _keys(items)
    yield from _texts((), data)
    for path, item in items:
        yield from _dates(path, item)
        yield from _least(path, item)
    if len(items) <= MOST_ITEMS:
        yield from _order(items)


def _entries(path: Path, data: Any, name: str) -> Iterator[Entry]:
    """The elements of the list ``name`` that have fields."""
    values = data.get(name) if isinstance(data, Mapping) else None
    for n, value in enumerate(values if isinstance(values, list) else ()):
        if isinstance(value, Mapping):
            yield (*path, name, n), value


def _counts(data: Any, phases: list[Entry], items: list[Entry]) -> Iterator[Finding]:
    if len(phases) > MOST_PHASES:
        yield Finding(("phases",), "too_many_phases", {"count": len(phases), "most": MOST_PHASES})
    if len(items) > MOST_ITEMS:
        yield Finding(("phases",), "too_many_items", {"count": len(items), "most": MOST_ITEMS})
    if isinstance(data, Mapping) and data.get("phases") == []:
        yield Finding(("phases",), "no_phases", {})
    for path, phase in phases:
        if phase.get("items") == []:
            yield Finding((*path, "items"), "no_items", {})


def _keys(entries: list[Entry]) -> Iterator[Finding]:
    seen = set()
    for path, entry in entries:
        key = entry.get("key")
        if not isinstance(key, str):
            continue
        if not _KEY.fullmatch(key):
            yield Finding((*path, "key"), "bad_key", {"value": key[:80]})
        elif key in seen:
            yield Finding((*path, "key"), "duplicate_key", {"value": key})
        seen.add(key)


def _texts(path: Path, value: Any) -> Iterator[Finding]:
    """Texts in either language, wherever they stand: none is empty, none too long to be shown in a chat."""
    if isinstance(value, Mapping):
        for name, part in value.items():
            yield from _texts((*path, name), part)
    elif isinstance(value, list):
        for n, part in enumerate(value):
            yield from _texts((*path, n), part)
    elif isinstance(value, str) and path and path[-1] in {"zh", "en"}:
        yield from _text(path, value)


def _text(path: Path, value: str) -> Iterator[Finding]:
    field, language = path[-2] if len(path) > 1 else "", path[-1]
    most = LONGEST.get(str(field), LONGEST_TEXT)
    if not value.strip():
        yield Finding(path, "empty_text", {"field": field, "language": language})
    elif len(value) > most:
        yield Finding(path, "too_long", {"field": field, "count": len(value), "most": most})


def _dates(path: Path, item: Fields) -> Iterator[Finding]:
    due = item.get("due")
    if isinstance(due, str) and not _is_rule(due):
        yield Finding((*path, "due"), "bad_due", {"field": "due", "value": due[:80]})
    repeats = item.get("repeats")
    every, until = (repeats.get("every"), repeats.get("until")) if isinstance(repeats, Mapping) else (None, None)
    if isinstance(every, str) and not _EVERY.fullmatch(every):
        yield Finding((*path, "repeats", "every"), "bad_every", {"value": every[:80]})
    if isinstance(until, str) and until and not _is_rule(until):
        yield Finding((*path, "repeats", "until"), "bad_due", {"field": "until", "value": until[:80]})


def _is_rule(text: str) -> bool:
    try:
        dates.resolve(text, end=_SOME_END, calendar=_WEEKENDS)
    except ValueError:
        return False
    return True


def _least(path: Path, item: Fields) -> Iterator[Finding]:
    evidence = item.get("evidence")
    least = evidence.get("least") if isinstance(evidence, Mapping) else None
    if isinstance(least, str) and re.fullmatch(r"-[0-9]+|0+", least, re.ASCII):
        yield Finding((*path, "evidence", "least"), "bad_least", {"value": least[:80]})


def _order(items: list[Entry]) -> Iterator[Finding]:
    """``after`` names items of this template and makes no circle."""
    waits: dict[str, list[str]] = {item["key"]: [] for _, item in items if isinstance(item.get("key"), str)}
    places: dict[str, Path] = {}
    for path, item in items:
        key, after = item.get("key"), item.get("after")
        for n, other in enumerate(after if isinstance(after, list) else ()):
            if not isinstance(other, str):
                continue
            if other not in waits:
                close = get_close_matches(other[:80], waits, n=1)
                yield Finding((*path, "after", n), "unknown_after", {"value": other[:80], "close": close})
            elif isinstance(key, str):
                waits[key].append(other)
                places.setdefault(key, (*path, "after"))
    for circle in _circles(waits):
        yield Finding(places[circle[0]], "circle", {"keys": [*circle, circle[0]]})


def _circles(waits: dict[str, list[str]]) -> Iterator[list[str]]:
    """Circles that share no step, each in the order in which its items wait for one another."""
    for _ in range(MOST_CIRCLES):
        try:
            TopologicalSorter(waits).prepare()
        except CycleError as error:
            circle: list[str] = error.args[1][1:][::-1]  # graphlib lists the first also last, from cause to effect
            for one, other in zip(circle, [*circle[1:], circle[0]], strict=True):
                waits[one] = [name for name in waits[one] if name != other]
            yield circle
        else:
            return
