"""What a list changes in the address book: who is new, what is said anew of whom; nothing that is blank. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import chain
from typing import Any

from handlers.cleaning import units
from handlers.cleaning.masking import masked
from handlers.cleaning.names import compatible
from handlers.cleaning.phones import dialled
from handlers.parties.book import Book, Listed, Plan, Record, Subject
from handlers.parties.columns import UNITS
from handlers.parties.drafts import Draft, Fault, Line, Way
from handlers.parties.matching import Known, Match, entry_key, keys_of, match
from storage.intakes import PARTS
from storage.parties import Capacity, PartyKind

CHECKED = frozenset({"name", "title", "position"})
"""What somebody confirms of a party: once one of these is another, it is to be confirmed again."""
SHIFTS = object()
"""In the place of a sum of hours, where there are shifts that say when they were."""
_HAN_FROM = "㐀"


def plan(lines: Sequence[Line], capacity: Capacity | None, book: Book) -> Plan:
    """What these rows, in this capacity, change."""
    faults: list[Fault] = []
    people = [line.draft for line in lines if line.draft.kind == PartyKind.PERSON]
    people += [line.contact for line in lines if line.contact is not None]
    bodies = [line.draft for line in lines if line.draft.kind == PartyKind.UNIT]
    subjects: dict[int, Subject] = {}
    found: list[Subject] = []
    for kind, drafts in ((PartyKind.UNIT, bodies), (PartyKind.PERSON, people)):
        known = _known(kind, capacity, book)
        held = _held(kind, known, drafts)
        for one in match(kind, drafts, known):
            told = [drafts[at] for at in one.drafts]
            if held and one.party is not None:
                told = [_but_held(draft, one.party, held, book, faults) for draft in told]
            subject = _subject(kind, told, one, book, faults)
            found.append(subject)
            for at in one.drafts:
                subjects[id(drafts[at])] = subject
        for line in lines if kind == PartyKind.UNIT else ():
            if line.contact is not None:
                line.contact.unit = subjects[id(line.draft)].name
    for line in lines:
        if capacity is None:
            _list(line, subjects, book)
        else:
            _tie(line, subjects, capacity, book, faults)
    return Plan(found, faults, members=capacity is None)


def _known(kind: PartyKind, capacity: Capacity | None, book: Book) -> list[Known]:
    """The address book as it is recognised, and who was merged into another by the name that they had."""
    found = [_as_known(record, capacity, book) for record in book.records.values() if record.kind == kind]
    if kind == PartyKind.UNIT:
        by_id = {one.id: one for one in found}
        for name, unit_id in book.aliases.items():
            if one := by_id.get(unit_id):
                by_id[unit_id] = Known(one.id, one.number, one.names, one.keys | {f"u:{name}"})
        return list(by_id.values())
    gone = [
        Known(to, record.number, (name,), frozenset(), units.plain(unit), unreached=to in book.taking)
        for to, name, unit in book.merged
        if (record := book.records.get(to)) is not None
    ]
    return [*found, *gone]


def _held(kind: PartyKind, known: Sequence[Known], drafts: Sequence[Draft]) -> dict[str, list[Known]]:
    """Who in the address book is known by each of the keys of these people; units are known by their names."""
    if kind == PartyKind.UNIT or not known:
        return {}
    wanted = {key for draft in drafts for key in keys_of(kind, draft.values, draft.ways)}
    found: dict[str, list[Known]] = {}
    for one in known:
        for key in one.keys & wanted:
            found.setdefault(key, []).append(one)
    return found


def _but_held(draft: Draft, party: int, held: Mapping[str, Sequence[Known]], book: Book, faults: list[Fault]) -> Draft:
    """Without the addresses and numbers of another who is known and may be the same: they stay with that other.

    Taken from one of them and given to the other, they would make the next row, or the same list once more, mean
    somebody else.
    """
    ways, values = dict(draft.ways), dict(draft.values)
    for key in keys_of(draft.kind, values, ways):
        other = next((one for one in held.get(key, ()) if one.id != party and _may_be(one, book.records[party])), None)
        if other is None or any(one.id == party for one in held[key]):
            continue
        value = _dropped(key, ways, values)
        faults.append(Fault(draft.number, "held", value, f"P{other.number}"))
    return replace(draft, ways=ways, values=values)


def _may_be(one: Known, record: Record) -> bool:
    names = (record.values["name"], record.values["latin"])
    return any(compatible(mine, theirs) for mine in one.names for theirs in names if theirs)


def _dropped(key: str, ways: dict[Way, str], values: dict[str, str]) -> str:
    """The value of the key, which is taken out, as it may be shown."""
    for way in ways:
        if key in keys_of(PartyKind.PERSON, {}, [way]):
            del ways[way]
            how, value = way
            return masked(how, dialled(value))
    return values.pop("member_no")


def _as_known(record: Record, capacity: Capacity | None, book: Book) -> Known:
    values = record.values
    keys = keys_of(record.kind, values, record.reached)
    names = (values["name"], values["latin"]) if values["latin"] else (values["name"],)
    came = record.id in book.taking or (capacity in UNITS and record.unit_id is not None)
    unreached = record.kind == PartyKind.PERSON and not keys and came
    keys |= entry_key(record.number)
    return Known(
        record.id, record.number, names, keys, _unit_of(record, book) if unreached else "", unreached=unreached
    )


def _unit_of(record: Record, book: Book) -> str:
    """A person's unit as it is compared."""
    unit = book.records.get(record.unit_id) if record.unit_id else None
    return units.plain(unit.values["name"] if unit else record.values["unit"])


# --- one party


def _subject(kind: PartyKind, drafts: Sequence[Draft], one: Match, book: Book, faults: list[Fault]) -> Subject:
    record = book.records[one.party] if one.party is not None else None
    numbers = [draft.number for draft in drafts]
    told, ways = drafts[0].values, drafts[0].ways
    if len(drafts) > 1:
        told = dict(_joined(drafts, faults))
        ways = _first_said(chain.from_iterable(draft.ways.items() for draft in drafts))
    if record is None:
        faults += [Fault(draft.number, "entry", f"P{draft.entry}") for draft in drafts if draft.entry is not None]
        return Subject(kind, None, numbers, told["name"], _of_new(told, book), ways=ways)
    subject = Subject(kind, record, numbers, record.values["name"])
    values: dict[str, Any] = dict(told)
    if "unit" in values:
        values |= _unit(values["unit"], record, book)
    stands, other = record.values["member_no"], told.get("member_no", "")
    if stands and other not in {"", stands}:
        faults.append(Fault(drafts[0].number, "number", other, stands))
    if book.of_members:
        values = _unsaid(record, values, book)
    subject.values, subject.before = _changes(record, values)
    subject.ways = {way: typed for way, typed in ways.items() if way not in record.reached}
    return subject


def _joined(drafts: Sequence[Draft], faults: list[Fault]) -> Iterator[tuple[str, str]]:
    """Rows of one party together: of each field what the first of them says that says anything."""
    found: dict[str, str] = {}
    for draft in drafts:
        for name, value in draft.values.items():
            if found.setdefault(name, value) != value and name != "name":
                faults.append(Fault(draft.number, "differs", value, found[name], name))
    names = [draft.values["name"] for draft in drafts]
    yield from _named(found, names)


def _named(found: Mapping[str, str], names: Sequence[str]) -> Iterator[tuple[str, str]]:
    """The name in its own characters where one of the rows has it; the Latin one beside it."""
    own = next((name for name in names if _has_han(name)), names[0])
    yield "name", own
    yield from ((name, value) for name, value in found.items() if name != "name")
    latin = next((name for name in names if not _has_han(name)), "")
    if own != latin and latin and "latin" not in found:
        yield "latin", latin


def _first_said(ways: Iterable[tuple[Way, str]]) -> dict[Way, str]:
    """Each once, where and as it was first said."""
    found: dict[Way, str] = {}
    for way, typed in ways:
        found.setdefault(way, typed)
    return found


def _has_han(name: str) -> bool:
    return any(letter >= _HAN_FROM for letter in name)


def _of_new(told: Mapping[str, str], book: Book) -> Mapping[str, Any]:
    """What is said of somebody new, nothing of it blank; a unit that is known as a party is named by it."""
    unit_id = book.aliases.get(units.plain(told["unit"])) if "unit" in told else None
    if unit_id is None:
        return told
    return {**{name: value for name, value in told.items() if name != "unit"}, "unit_id": unit_id}


def _unit(typed: str, record: Record, book: Book) -> dict[str, Any]:
    """A unit that is known as a party is named by it; one that the person has already is no news."""
    plain = units.plain(typed)
    if plain == _unit_of(record, book):
        return {"unit": record.values["unit"], "unit_id": record.unit_id}
    found = book.aliases.get(plain)
    return {"unit": "" if found else typed, "unit_id": found}


def _changes(record: Record, values: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """What differs, after and before.

    A name that stands is kept, but for one in Latin letters alone; so is a member number, by which one is known.
    """
    told = dict(values)
    if record.values["member_no"]:
        told.pop("member_no", None)
    name, stands = told.pop("name"), record.values["name"]
    if _has_han(name) and not _has_han(stands):
        told["name"] = name
        told.setdefault("latin", stands)
    elif not _has_han(name) and name != stands and not record.values["latin"] and record.kind == PartyKind.PERSON:
        told.setdefault("latin", name)
    has: Mapping[str, Any] = {**record.values, "unit_id": record.unit_id}
    after = {field: value for field, value in told.items() if has[field] != value}
    before = {field: has[field] for field in after}
    if record.confirmed and CHECKED & after.keys():
        after |= {"confirmed_by": None, "confirmed_at": None}
        before |= {"confirmed_by": record.confirmed[0], "confirmed_at": record.confirmed[1]}
    return after, before


def _unsaid(record: Record, values: Mapping[str, Any], book: Book) -> dict[str, Any]:
    """What the register says where nobody else has said anything: the address book is blank, or has it from there."""
    base = book.bases.get(record.id, {})
    has: Mapping[str, Any] = {**record.values, "unit_id": record.unit_id}
    told = {name: value for name, value in values.items() if not has[name] or has[name] == base.get(name)}
    if _unit_of(record, book) not in {"", units.plain(base.get("unit", ""))}:
        told = {name: value for name, value in told.items() if name not in {"unit", "unit_id"}}
    elif "unit" in values:
        told |= {"unit": values["unit"], "unit_id": values["unit_id"]}
    return {**told, "name": record.values["name"]}


# --- what they are to the association


def _list(line: Line, subjects: Mapping[int, Subject], book: Book) -> None:
    """Its row of the register: a blank takes nothing away, and of two rows of one member the first counts.

    A member may have two rows in the register, until somebody says which stays: the second is left as it is.
    """
    subject = subjects[id(line.draft)]
    if subject.record and line.cells.get("member_no") in book.doubled.get(subject.record.id, ()):
        return
    stands = book.members.get(subject.record.id) if subject.record else None
    if subject.listed is None:
        cells, rest = (dict(stands.cells), dict(stands.rest)) if stands else ({}, {})
        before = {"cells": dict(cells), "rest": dict(rest)}
        contact_id = stands.contact_id if stands else None
        subject.listed = Listed(stands.id if stands else None, contact_id, before, cells, rest)
    listed = subject.listed
    for kept, told, name in ((listed.cells, line.cells, "cells"), (listed.rest, line.rest, "rest")):
        for field_, cell in told.items():
            if subject.said.setdefault(f"{name} {field_}", cell) == cell:
                kept[field_] = cell
    if line.contact is None:
        return
    contact = subjects[id(line.contact)]
    if contact.record is None or _free(contact.record, subject, book):
        contact.unit = subject
    first = subject.said.setdefault("contact", contact)
    if first is contact and (contact.record is None or contact.record.id != listed.contact_id):
        listed.contact = contact


# --- what they were to the meeting


def _tie(line: Line, subjects: Mapping[int, Subject], capacity: Capacity, book: Book, faults: list[Fault]) -> None:
    subject = subjects[id(line.draft)]
    if subject.record is None or subject.record.id not in book.taking:
        subject.takes = (capacity,)
    stands = book.parts.get(subject.record.id) if subject.record else None
    subject.part_id = stands[0] if stands else None
    subject.part_new = stands is None and capacity in PARTS
    has = {} if stands is None else dict(stands[1])
    if "hours" in line.part and subject.part_id:
        has["hours"] = _hours(subject.part_id, book)
    if line.contact is not None:
        _deal(subjects[id(line.contact)], subject, has.get("addressee_id"), capacity, book)
    if line.part:
        faults += _part(subject, line, has)


def _deal(contact: Subject, unit: Subject, stands: int | None, capacity: Capacity, book: Book) -> None:
    """With whom one deals there is of that unit, unless of another, and a sponsor's contact where it is a sponsor."""
    if contact.record is None or _free(contact.record, unit, book):
        contact.unit = unit
    if capacity == Capacity.SPONSOR and (contact.record is None or contact.record.id not in book.contacts):
        contact.takes = (Capacity.SPONSOR_CONTACT,)
    first = unit.said.setdefault("contact", contact)
    if first is contact and (contact.record is None or contact.record.id != stands):
        unit.contact = contact


def _free(record: Record, unit: Subject, book: Book) -> bool:
    """Whether the person may be taken for one of that unit: their own is not known, or is called so."""
    return record.unit_id is None and _unit_of(record, book) in {"", units.plain(unit.name)}


def _part(subject: Subject, line: Line, has: Mapping[str, Any]) -> Iterator[Fault]:
    """The first row of a party that says something of its part is the one that counts."""
    for name, value in line.part.items():
        first = subject.said.setdefault(name, value)
        if first != value:
            yield Fault(line.draft.number, "differs", str(value), str(first), name)
        elif has.get(name, "") is SHIFTS:
            yield Fault(line.draft.number, "shifts", str(value))
        elif has.get(name) != value:
            subject.part[name] = value
            subject.part_before[name] = has.get(name)


def _hours(part_id: int, book: Book) -> Any:
    """A sum of hours counts where no shift says when they were."""
    stands = book.hours.get(part_id, (0, 0))
    return SHIFTS if stands is None else stands[1]
