"""The fields that letters may print, by audience, with what people call them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from messages.letters.texts import read


class Shape(StrEnum):
    """TEXT is printed as it is; LIST and RECORDS are gone through; RECORD and each of RECORDS have parts."""

    TEXT = "text"
    LIST = "list"
    RECORD = "record"
    RECORDS = "records"


@dataclass(frozen=True)
class Field:
    """``name`` as templates write it: ``meeting.name``, and ``sessions.hall`` for a part of each of the sessions.

    ``needed``: the built-in letter to the audience is not written without it.
    """

    name: str
    words: Mapping[str, str]
    shape: Shape = Shape.TEXT
    needed: bool = False

    @property
    def typed(self) -> str:
        """With brackets behind what is gone through."""
        return f"{self.name}[]" if self.shape in {Shape.LIST, Shape.RECORDS} else self.name

    @property
    def said(self) -> bool:
        """Whether it says anything itself; a record does so by its parts only."""
        return self.shape != Shape.RECORD


def _fields(rows: Mapping[str, Mapping[str, str]]) -> dict[str, Field]:
    parted = {name.split(".")[0] for name in rows if "." in name}
    return {name.removesuffix("[]"): _field(name, row, parted) for name, row in rows.items()}


def _field(name: str, row: Mapping[str, str], parted: set[str]) -> Field:
    bare = name.removesuffix("[]")
    many, parts = bare != name, bare in parted
    shape = (Shape.RECORDS if parts else Shape.LIST) if many else Shape.RECORD if parts else Shape.TEXT
    return Field(bare, {"zh_CN": row["zh_CN"], "en": row["en"]}, shape, bool(row.get("needed")))


_READ = read("fields")
FIELDS: Mapping[str, Mapping[str, Field]] = {
    audience: _fields(_READ["common"] | rows)
    for audience, rows in _READ.items()
    if audience not in {"common", "document"}
}
"""By audience, then by name, in the order in which people look for them."""
OF_DOCUMENT: Mapping[str, Field] = _fields(_READ["document"])
"""What only a Word document has besides: lines that it takes from the finished letter."""
_ALL = {name: field for fields in FIELDS.values() for name, field in fields.items()} | dict(OF_DOCUMENT)


FLAGS = frozenset({"addressee.is_unit", "proven", "came"})
"""They choose between words, and are nothing that anybody fills in."""


def label(name: str, locale: str, audience: str = "") -> str:
    """What people call a field of letters to the audience, else of any; its name where there is no such field."""
    found = FIELDS.get(audience, {}).get(name) or _ALL.get(name)
    return found.words[locale] if found else name


def sampled(audience: str, *, unit: bool, full: bool) -> dict[str, Any]:
    """Made-up facts to try words with: of every field, or of those only that the built-in letter needs."""
    found: dict[str, Any] = {}
    for field in FIELDS[audience].values():
        if full or field.needed:
            _put(found, field, unit=unit)
    return found


def _put(found: dict[str, Any], field: Field, *, unit: bool) -> None:
    """One field: its name, an address for a link; a list has two entries."""
    whole, _, part = field.name.partition(".")
    value: Any = f"https://example.org/{field.name}" if whole.endswith("link") else f"〔{field.name}〕"
    value = {"addressee.is_unit": unit, "date": "2026-06-15", "benefits.state": "partly"}.get(field.name, value)
    if part:
        for entry in found[whole] if isinstance(found.get(whole), list) else [found.setdefault(whole, {})]:
            entry[part] = value
    elif field.shape == Shape.RECORDS:
        found[whole] = [{}, {}]
    elif field.shape != Shape.RECORD:
        found[whole] = [f"{value}1", f"{value}2"] if field.shape == Shape.LIST else value
