"""The address book as a list of people meets it, and what the list changes there. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from handlers.parties.drafts import Fault, Way
from storage.parties import Capacity, PartyKind, ReachKind


@dataclass(frozen=True)
class Record:
    """A party as it stands in the address book; ``confirmed`` by whom and when, if it was."""

    id: int
    number: int
    kind: PartyKind
    values: Mapping[str, str]
    unit_id: int | None
    confirmed: tuple[Any, Any] | None
    reached: frozenset[tuple[ReachKind, str]]
    last: Mapping[ReachKind, int]
    """The last place of each kind of way."""

    @property
    def ref(self) -> str:
        return f"P{self.number}"


@dataclass
class Listed:
    """A row of the register of members, as it stands (``id`` None: not yet), and as the list says."""

    id: int | None
    contact_id: int | None = None
    before: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    cells: dict[str, str] = field(default_factory=dict)
    rest: dict[str, str] = field(default_factory=dict)
    contact: Subject | None = None
    """With whom one deals there, where that is new."""

    @property
    def after(self) -> dict[str, dict[str, str]]:
        """What of it is new."""
        now = {"cells": self.cells, "rest": self.rest}
        return {name: value for name, value in now.items() if self.id is None or value != self.before[name]}


@dataclass
class Book:
    """The address book of a workspace: ``records`` by id, and of who was ``merged`` whom they are now, name and unit.

    ``aliases`` gives units' ids by other names, ``taking`` who takes part in this capacity, ``parts`` what each was to
    this meeting: the row's id, and its columns.
    """

    records: Mapping[int, Record]
    merged: Sequence[tuple[int, str, str]] = ()
    aliases: Mapping[str, int] = field(default_factory=dict)
    taking: frozenset[int] = frozenset()
    contacts: frozenset[int] = frozenset()
    parts: Mapping[int, tuple[int, Mapping[str, Any]]] = field(default_factory=dict)
    hours: Mapping[int, tuple[int, int] | None] = field(default_factory=dict)
    """By volunteer's row: the shift that is a sum alone, its id and minutes; None where shifts have times."""
    members: Mapping[int, Listed] = field(default_factory=dict)
    """Rows of the register, by the member's party; of a member who has several, the first."""
    doubled: Mapping[int, frozenset[str]] = field(default_factory=dict)
    """The member numbers of their further rows."""
    bases: Mapping[int, Mapping[str, str]] = field(default_factory=dict)
    """What the register says of a member, or of whom one deals with there, by the party."""
    of_members: bool = False


@dataclass(slots=True, eq=False)
class Subject:
    """One party after the import: ``record`` is None for a new one. ``values``, ``ways``: what is new of it.

    ``unit`` is another subject of the same list, where that is the person's unit. ``part`` is what the list says of
    their part in the meeting (``part_new``: for the first time), ``contact`` with whom one deals there.
    """

    kind: PartyKind
    record: Record | None
    numbers: list[int]
    name: str
    values: Mapping[str, Any] = field(default_factory=dict)
    before: dict[str, Any] = field(default_factory=dict)
    ways: Mapping[Way, str] = field(default_factory=dict)
    takes: tuple[Capacity, ...] = ()
    unit: Subject | None = None
    part: dict[str, Any] = field(default_factory=dict)
    part_before: dict[str, Any] = field(default_factory=dict)
    part_id: int | None = None
    part_new: bool = False
    contact: Subject | None = None
    said: dict[str, Any] = field(default_factory=dict)
    """What the first row that says something of a part says, be it new or not."""
    listed: Listed | None = None
    """Its row in the register, in a list of members."""

    @property
    def changed(self) -> bool:
        told = self.values or self.ways or self.takes or self.part or self.part_new or self.contact or self.unit
        return bool(told or (self.listed and (self.listed.after or self.listed.contact)))


@dataclass
class Plan:
    """``subjects`` are units, then people; ``faults`` those of the rows and those found while putting them together."""

    subjects: list[Subject]
    faults: list[Fault]
    members: bool = False
    """Of a list of members these are what counts, not those with whom one deals there."""

    @property
    def added(self) -> list[Subject]:
        if self.members:
            return [one for one in self.subjects if one.listed and one.listed.id is None]
        return [one for one in self.subjects if one.record is None]

    @property
    def changed(self) -> list[Subject]:
        if self.members:
            new = self.added
            return [one for one in self.subjects if one.record is not None and one.changed and one not in new]
        return [one for one in self.subjects if one.record is not None and one.changed]

    @property
    def same(self) -> int:
        there = (one for one in self.subjects if one.record is not None and (one.listed or not self.members))
        return sum(not one.changed for one in there)

    @property
    def digest(self) -> str:
        """Of all that would change; a new party is told by its rows, which the file's own digest stands for."""
        told = [_told(one) for one in self.subjects]
        return sha256(repr(told).encode()).hexdigest()


def _told(one: Subject) -> tuple[Any, ...]:
    listed = (one.listed.id, one.listed.after, one.listed.contact is not None) if one.listed else None
    if one.record is None:
        return (*one.numbers, one.values.get("unit_id"), listed)
    part = (one.takes, one.part, one.part_before, one.part_new, one.contact is not None, one.unit is not None, listed)
    return (one.record.id, one.values, one.before, one.ways, *part)
