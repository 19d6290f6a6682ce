"""YAML text → a template's content, or every fault in it at once, each with its line.

Values are read as they were typed: ``no`` is a word and 12 the two characters "12" until a field asks for a
truth or a number.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from difflib import get_close_matches
from itertools import islice
from typing import Any, NamedTuple

import yaml
from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails
from yaml.events import (
    AliasEvent,
    CollectionEndEvent,
    CollectionStartEvent,
    DocumentStartEvent,
    Event,
    MappingStartEvent,
    NodeEvent,
    ScalarEvent,
)

from handlers.refused import Refused
from handlers.templates.rules import Finding, Path, findings
from storage.templates import Content, Evidence, Item, NameList, Phase, Repeats, Words

LARGEST = 1_000_000  # bytes
DEEPEST = 12  # a template needs seven
MOST_FAULTS = 500  # nobody reads on, and somebody may have sent the wrong file

_LOADER: Any = getattr(yaml, "CBaseLoader", yaml.BaseLoader)  # neither knows any type but text, list and fields
_UNPRINTABLE = yaml.reader.Reader.NON_PRINTABLE
_PLAIN_TAGS = {None, "!", *(f"tag:yaml.org,2002:{name}" for name in ("str", "seq", "map"))}
_NOTHING = {"", "~", "null", "Null", "NULL"}
_MODELS: dict[str, type[BaseModel]] = {
    "": Content,
    "phases": Phase,
    "items": Item,
    "evidence": Evidence,
    "repeats": Repeats,
    "words": NameList,
    **dict.fromkeys(("title", "how", "because", "window", "unit"), Words),
}
_NAMES = {
    "missing": "missing",
    "string_type": "not_text",
    "tuple_type": "not_list",
    "model_type": "not_fields",
    "int": "not_number",
    "bool": "not_yes_no",
}


class Fault(NamedTuple):
    """One fault as it is told: the line from 1, and the name and facts of its sentence."""

    line: int
    name: str
    facts: dict[str, Any]


def decode(data: bytes) -> str:
    """The text of a file. Raises ``Refused`` when it is too large or not text in UTF-8 (or UTF-16 with its mark)."""
    if len(data) > LARGEST:
        raise _faulty(Fault(1, "too_large", {"most": LARGEST // 1000}))
    encoding = "utf-16" if data[:2] in {b"\xff\xfe", b"\xfe\xff"} else "utf-8-sig"
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        raise _faulty(Fault(data.count(b"\n", 0, error.start) + 1, "not_utf8", {})) from None


def read(text: str) -> Content:
    """The template that ``text`` describes. Raises ``Refused("templates/faulty", faults=[Fault, …])``, by line."""
    sheet = _sheet(text)
    found = [*sheet.faults, *map(sheet.locate, islice(_findings(sheet.data), MOST_FAULTS))]
    if found:
        raise _faulty(*found)
    return Content.model_validate(sheet.data)


def renumbered(text: str, version: int) -> str:
    """A template that was read, with another number under ``version``; comments and all else stay as they are."""
    root: Any = yaml.compose(text, _LOADER)
    value = next(value for field, value in root.value if field.value == "version")
    start, end = value.start_mark.index, value.end_mark.index
    blank = text[start:end][len(text[start:end].rstrip()) :]  # a block scalar ends with the line
    return f"{text[:start]}{version}{blank}{text[end:]}"


def _faulty(*faults: Fault) -> Refused:
    return Refused("templates/faulty", faults=sorted(faults, key=lambda fault: (fault.line, fault.name)))


def _findings(data: Any) -> Iterator[Finding]:
    if data is None:
        yield Finding((), "empty", {})
        return
    yield from findings(data)
    try:
        Content.model_validate(data)
    except ValidationError as error:
        yield from map(_finding, error.errors(include_url=False))


def _finding(error: ErrorDetails) -> Finding:
    """A complaint of pydantic's in our words."""
    path, kind = tuple(error["loc"]), error["type"]
    field = next((step for step in reversed(path) if isinstance(step, str)), "")
    if kind == "missing" and field in Words.model_fields:
        return Finding(path, "no_language", {"field": _parent(path), "language": field})
    if kind == "model_type" and _MODELS.get(field) is Words:
        return Finding(path, "both_languages", {"field": field})
    if kind == "extra_forbidden":
        known = list(_MODELS[_parent(path)].model_fields)
        close = get_close_matches(field[:80], known, n=1)
        return Finding(path, "unknown_field", {"field": field[:80], "close": close, "known": known})
    if kind in {"enum", "literal_error"}:
        options = re.findall(r"'([^']*)'", error["ctx"]["expected"])
        facts = {"field": field, "value": str(error["input"])[:80], "options": options}
        return Finding(path, "bad_role" if field == "owner" else "bad_choice", facts)
    return Finding(path, _NAMES.get(kind) or _NAMES[kind.split("_")[0]], {"field": field})


def _parent(path: Path) -> str:
    """The field in which the last step of ``path`` stands."""
    return next((step for step in reversed(path[:-1]) if isinstance(step, str)), "")


class _Sheet:
    """The data of a file, the line of every value in it, and what was wrong before anybody asked for its meaning."""

    def __init__(self, text: str) -> None:
        self.data: Any = None
        self.lines: dict[Path, int] = {(): 1}
        self.faults: list[Fault] = []
        self.events: Iterator[Event] = yaml.parse(text, _LOADER)

    def locate(self, finding: Finding) -> Fault:
        """The line of what was found, or of what it is missing from."""
        path = finding.path
        while path not in self.lines:
            path = path[:-1]
        return Fault(self.lines[path], finding.name, finding.facts)

    def fault(self, event: Event, name: str, **facts: Any) -> None:
        self.faults.append(Fault(_line(event), name, facts))
        if len(self.faults) >= MOST_FAULTS:
            raise _faulty(*self.faults)

    def fill(self) -> None:
        """Read the events. Not ``yaml.compose``, which follows any depth until the process runs out of stack."""
        documents = 0
        for event in self.events:
            documents += isinstance(event, DocumentStartEvent)
            if isinstance(event, NodeEvent) and documents == 1:
                self.data = self.value(event, ())
            elif isinstance(event, DocumentStartEvent) and documents > 1:
                self.fault(event, "documents")
                return

    def value(self, event: Event, path: Path) -> Any:
        self.lines.setdefault(path, _line(event))
        if getattr(event, "anchor", None):
            self.fault(event, "anchor")
        if isinstance(event, AliasEvent):
            return None
        tag = getattr(event, "tag", None)
        if tag not in _PLAIN_TAGS:
            self.fault(event, "tag", value=str(tag)[:80])
        if isinstance(event, ScalarEvent):
            return None if event.implicit[0] and event.value in _NOTHING else event.value
        if len(path) >= DEEPEST:
            # Not a step further: the scanner's time grows with the square of the depth.
            self.fault(event, "too_deep")
            raise _faulty(*self.faults)
        return self.fields(path) if isinstance(event, MappingStartEvent) else self.entries(path)

    def entries(self, path: Path) -> list[Any]:
        found: list[Any] = []
        while not isinstance(event := next(self.events), CollectionEndEvent):
            found.append(self.value(event, (*path, len(found))))
        return found

    def fields(self, path: Path) -> dict[str, Any]:
        found: dict[str, Any] = {}
        while not isinstance(event := next(self.events), CollectionEndEvent):
            key = self.key(event, path)
            # What cannot be kept is read all the same: there may be faults in it.
            known = key is None or (*path, key) in self.lines
            place = (*path, "?", len(self.faults)) if known else (*path, str(key))
            if key is not None and known:
                self.fault(event, "duplicate_field", field=key[:80])
            self.lines[place] = _line(event)
            value = self.value(next(self.events), place)
            if value is not None and key is not None and not known:
                found[key] = value
        return found

    def key(self, event: Event, path: Path) -> str | None:
        if isinstance(event, ScalarEvent):
            return str(event.value)
        self.fault(event, "field_name")
        if isinstance(event, CollectionStartEvent):
            self.value(event, (*path, "?"))
        return None


def _line(event: Event) -> int:
    return event.start_mark.line + 1 if event.start_mark else 1


def _sheet(text: str) -> _Sheet:
    if len(text.encode("utf-8", "replace")) > LARGEST:
        raise _faulty(Fault(1, "too_large", {"most": LARGEST // 1000}))
    strange = [line for line, words in enumerate(text.split("\n"), 1) if _UNPRINTABLE.search(words)]
    if strange:
        raise _faulty(*(Fault(line, "unprintable", {}) for line in strange[:MOST_FAULTS]))
    sheet = _Sheet(text)
    try:
        sheet.fill()
    except yaml.MarkedYAMLError as error:
        raise _faulty(*sheet.faults, _not_yaml(error, text)) from None
    return sheet


def _not_yaml(error: yaml.MarkedYAMLError, text: str) -> Fault:
    mark = error.problem_mark or error.context_mark
    line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
    lines = text.splitlines()
    excerpt = lines[line - 1].strip()[:60] if line <= len(lines) else ""
    return Fault(line, "not_yaml", {"column": column, "excerpt": excerpt})
