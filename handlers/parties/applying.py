"""A plan is written at once, and what it did is noted row by row, so that it can be taken back."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from handlers.cleaning import units
from handlers.parties.book import Book, Listed, Plan, Record, Subject
from storage import intakes, members, parties
from storage.base import Base, Session
from storage.crew import Shift, Volunteer
from storage.members import Member
from storage.parties import Capacity, Party, PartyKind, Reach, ReachKind, Taking

_WAY = ("kind", "value", "typed", "place")


def load(db: Session, workspace_id: int, meeting_id: int, capacity: Capacity | None) -> Book:
    """The address book as a list of that kind meets it."""
    stock = intakes.stock(db, workspace_id, meeting_id, capacity)
    moved = {row.id: row.same_as for row in stock.parties if row.same_as is not None}
    reached: dict[int, list[Any]] = {}
    for row in stock.reaches:
        reached.setdefault(row.party_id, []).append(row)
    records = {row.id: _record(row, reached.get(row.id, ())) for row in stock.parties if row.same_as is None}
    gone = [row for row in stock.parties if row.same_as is not None]
    aliases = {units.plain(row.name): _now(row.id, moved) for row in gone if row.kind == PartyKind.UNIT}
    aliases |= {units.plain(one.values["name"]): one.id for one in records.values() if one.kind == PartyKind.UNIT}
    model = intakes.PARTS.get(capacity) if capacity else None
    names = intakes.PART_COLUMNS[model] if model else ()
    rows = [(row, _now(row.party_id, moved), row.contact_id and _now(row.contact_id, moved)) for row in stock.members]
    listed = frozenset(one for _, *both in rows for one in both if one is not None)
    return Book(
        records,
        [(_now(row.id, moved), row.name, row.unit) for row in gone],
        {**aliases, **{row.name: row.party_id for row in stock.aliases}},
        taking=frozenset(row.party_id for row in stock.takings if row.capacity == capacity) if capacity else listed,
        contacts=frozenset(row.party_id for row in stock.takings if row.capacity == Capacity.SPONSOR_CONTACT),
        parts={row.party_id: (row.id, {name: getattr(row, name) for name in names}) for row in stock.parts},
        hours=_hours(stock.shifts),
        members={party: _listed(row) for row, party, _ in reversed(rows)},
        doubled=_doubled([(party, row.cells.get("member_no", "")) for row, party, _ in rows]),
        bases={one: row.cells for row, *both in reversed(rows) for one in both if one is not None},
        of_members=capacity is None,
    )


def _listed(row: Any) -> Listed:
    return Listed(row.id, row.contact_id, cells=dict(row.cells), rest=dict(row.rest))


def _doubled(numbers: Iterable[tuple[int, str]]) -> dict[int, frozenset[str]]:
    """Of each party the member numbers but for that of its first row."""
    found: dict[int, list[str]] = {}
    for party, number in numbers:
        found.setdefault(party, []).append(number)
    return {party: frozenset(told[1:]) - {told[0], ""} for party, told in found.items() if len(told) > 1}


def _record(row: Any, ways: Sequence[Any]) -> Record:
    last: dict[ReachKind, int] = {}
    for way in ways:
        kind = ReachKind(way.kind)
        last[kind] = max(last.get(kind, 0), way.place)
    return Record(
        row.id,
        row.number,
        PartyKind(row.kind),
        {name: getattr(row, name) for name in intakes.VALUES},
        row.unit_id,
        None if row.confirmed_at is None else (row.confirmed_by, row.confirmed_at),
        frozenset((ReachKind(way.kind), way.value) for way in ways),
        last,
    )


def _now(party_id: int, moved: Mapping[int, int]) -> int:
    """Whom that party was found to be, and they in turn."""
    while party_id in moved:
        party_id = moved[party_id]
    return party_id


def _hours(shifts: Iterable[Any]) -> dict[int, tuple[int, int] | None]:
    found: dict[int, tuple[int, int] | None] = {}
    for row in shifts:
        alone = row.starts_at is None and row.volunteer_id not in found
        found[row.volunteer_id] = (row.id, row.minutes) if alone else None
    return found


# --- writing


def apply(db: Session, intake: parties.Intake, plan: Plan, book: Book, capacity: Capacity | None) -> None:
    """Everything that the plan says, for the meeting of the import."""
    writer = _Writer(db, intake, capacity, book)
    for kind in (PartyKind.UNIT, PartyKind.PERSON):
        writer.parties(kind, [one for one in plan.subjects if one.kind == kind])
    known = [one for one in plan.subjects if one.record is not None]
    writer.ways(known)
    writer.takings(known)
    writer.parts(plan.subjects)
    writer.members([one for one in plan.subjects if one.listed])
    intakes.note(db, intake.id, writer.notes)


@dataclass
class _Writer:
    db: Session
    intake: parties.Intake
    capacity: Capacity | None
    book: Book
    ids: dict[int, int] = field(default_factory=dict)
    """Parties' ids, by subject."""
    notes: list[intakes.Note] = field(default_factory=list)

    def id(self, one: Subject) -> int:
        return one.record.id if one.record else self.ids[id(one)]

    def note(self, one: Subject, model: type[Base], row_id: int, before: Any, after: Mapping[str, Any]) -> None:
        then = None if before is None else intakes.kept(before)
        self.notes.append(intakes.Note(one.numbers[0], model.__tablename__, row_id, then, intakes.kept(after)))

    def parties(self, kind: PartyKind, subjects: Sequence[Subject]) -> None:
        new = [one for one in subjects if one.record is None]
        workspace_id, first = self.intake.workspace_id, parties.next_number(self.db, self.intake.workspace_id)
        said = [one.values if one.unit is None else _filled({**one.values, **self._unit(one)}) for one in new]
        added = intakes.add_parties(self.db, workspace_id, kind, first, said)
        own, reached, took = {"workspace_id": workspace_id, "kind": kind.value}, [], []
        # All of one party together: what was just touched is near.
        for number, (one, values, party_id) in enumerate(zip(new, said, added, strict=True), first):
            self.ids[id(one)] = party_id
            reach, taking = _places(one), [str(capacity) for capacity in one.takes]
            reached += [(party_id, *way) for way in reach]
            took += [(self.intake.meeting_id, party_id, capacity) for capacity in taking]
            after = intakes.in_json({**values, **own, "number": number, "reach": reach, "taking": taking})
            self.notes.append(intakes.Note(one.numbers[0], Party.__tablename__, party_id, None, after))
        intakes.add_plain(self.db, Reach, ("party_id", *_WAY), reached)
        intakes.add_plain(self.db, Taking, ("meeting_id", "party_id", "capacity"), took)
        self._change([one for one in subjects if one.record is not None])

    def _unit(self, one: Subject) -> dict[str, Any]:
        return {"unit": "", "unit_id": self.id(one.unit)} if one.unit is not None else {}

    def _change(self, known: Sequence[Subject]) -> None:
        told: list[tuple[int, Mapping[str, Any]]] = []
        for one in known:
            assert one.record is not None  # noqa: S101  as the caller says
            unit = self._unit(one)
            after = {**one.values, **unit}
            before = {
                **one.before,
                **({"unit": one.record.values["unit"], "unit_id": one.record.unit_id} if unit else {}),
            }
            if after:
                told.append((one.record.id, after))
                self.note(one, Party, one.record.id, before, after)
        intakes.change(self.db, Party, told)

    def _takes(self, one: Subject) -> Iterator[dict[str, Any]]:
        for capacity in one.takes:
            yield {"meeting_id": self.intake.meeting_id, "capacity": capacity.value}

    def ways(self, known: Sequence[Subject]) -> None:
        found = [
            (one, {"party_id": self.id(one), **dict(zip(_WAY, way, strict=True))})
            for one in known
            for way in _places(one)
        ]
        self._found(Reach, found)

    def takings(self, known: Sequence[Subject]) -> None:
        found = [(one, {"party_id": self.id(one), **took}) for one in known for took in self._takes(one)]
        self._found(Taking, found)

    def _found(self, model: type[Base], told: Sequence[tuple[Subject, Mapping[str, Any]]]) -> None:
        ids = intakes.add_found(self.db, model, [row for _, row in told])
        for (one, row), row_id in zip(told, ids, strict=True):
            self.note(one, model, row_id, None, row)

    # --- what they were to the meeting

    def parts(self, subjects: Sequence[Subject]) -> None:
        model = intakes.PARTS.get(self.capacity) if self.capacity else None
        if model is not None:
            for one in subjects:
                if one.part_new or one.part or one.contact is not None:
                    self._part(model, one)

    def _part(self, model: type[Base], one: Subject) -> None:
        told = {name: value for name, value in one.part.items() if name != "hours"}
        if one.contact is not None:
            told["addressee_id"] = self.id(one.contact)
        part_id = one.part_id
        if part_id is None:
            row = {"meeting_id": self.intake.meeting_id, "party_id": self.id(one), **told}
            part_id = intakes.add_one(self.db, model, row)
            self.note(one, model, part_id, None, row)
        elif told:
            before = {"addressee_id": None, **one.part_before, **self._stands(one)}
            intakes.change(self.db, model, [(part_id, told)])
            self.note(one, model, part_id, {name: before[name] for name in told}, told)
        if model is Volunteer and "hours" in one.part:
            self._hours(one, part_id)

    def _stands(self, one: Subject) -> Mapping[str, Any]:
        return self.book.parts[one.record.id][1] if one.record and one.record.id in self.book.parts else {}

    def _hours(self, one: Subject, volunteer_id: int) -> None:
        stands, told = self.book.hours.get(volunteer_id), {"minutes": one.part["hours"]}
        if stands is None:
            row = {"volunteer_id": volunteer_id, "text": "", **told}
            self.note(one, Shift, intakes.add_one(self.db, Shift, row), None, row)
        else:
            intakes.change(self.db, Shift, [(stands[0], told)])
            self.note(one, Shift, stands[0], {"minutes": stands[1]}, told)

    # --- the register of members

    def members(self, subjects: Sequence[Subject]) -> None:
        new = [one for one in subjects if one.listed and one.listed.id is None]
        first = members.next_number(self.db, self.intake.workspace_id)
        rows = [{**self._row(one), "number": number} for number, one in enumerate(new, first)]
        for one, row, row_id in zip(new, rows, members.add_rows(self.db, rows), strict=True):
            self.note(one, Member, row_id, None, row)
        told: list[tuple[int, Mapping[str, Any]]] = []
        for one in subjects:
            listed = one.listed
            if listed is None or listed.id is None or not (listed.after or listed.contact):
                continue
            contact = {"contact_id": self.id(listed.contact)} if listed.contact else {}
            after = {"party_id": self.id(one), **listed.after, **contact}
            before = {"party_id": self.id(one), **listed.before, "contact_id": listed.contact_id}
            told.append((listed.id, after))
            self.note(one, Member, listed.id, {name: before[name] for name in after}, after)
        intakes.change(self.db, Member, told)

    def _row(self, one: Subject) -> dict[str, Any]:
        assert one.listed is not None  # noqa: S101  as the caller says
        contact = self.id(one.listed.contact) if one.listed.contact else None
        told = {"cells": one.listed.cells, "rest": one.listed.rest}
        return {"workspace_id": self.intake.workspace_id, "party_id": self.id(one), "contact_id": contact, **told}


def _filled(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value}


def _places(one: Subject) -> list[tuple[str, str, str, int]]:
    """New ways, as ``_WAY``; they stand behind those that are there: what is used first stays so."""
    last = dict(one.record.last) if one.record else {}
    found = []
    for (kind, value), typed in one.ways.items():
        last[kind] = place = last.get(kind, 0) + 1
        found.append((str(kind), value, typed, place))
    return found
