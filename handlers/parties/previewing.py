"""A list of people as it is understood: who is new, what changes, what is doubted, and the ways on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from handlers.cleaning.masking import masked
from handlers.cleaning.phones import dialled
from handlers.context import Context
from handlers.parties.book import Book, Subject
from handlers.parties.columns import UNITS, doubted_title
from handlers.parties.drafts import Way
from handlers.parties.naming import APART, NAMES, PLURALS, TYPED, spoken, told_as
from handlers.parties.reading import Reading
from handlers.sheets.layouts import IGNORE
from handlers.sheets.mapping import MOST_SHOWN
from messages import Entry, Message, Offer
from storage import intakes
from storage.files import File
from storage.parties import Capacity, PartyKind

ROWS_SHOWN, CHANGES_SHOWN, FAULTS_SHOWN = 5, 6, 8


def preview(ctx: Context, found: Reading, *, stale: bool) -> Message:
    """What the list would change, and the ways on. ``stale``: it was confirmed, but something has changed since."""
    added, changed, faults = found.plan.added, found.plan.changed, found.faults
    return ctx.words(
        "parties/preview",
        file=found.file,
        capacity=found.capacity,
        said=spoken(found.capacity, ctx.locale),
        other=spoken(Capacity.SPEAKER if found.capacity == Capacity.VOLUNTEER else Capacity.VOLUNTEER, ctx.locale),
        column=found.columns.first_unknown,
        sheet=found.columns.sheet.grid.name,
        others=found.columns.sheet.others,
        count=len(found.drafts.lines) + found.left_out,
        added=len(added),
        units=sum(one.kind == PartyKind.UNIT for one in added) if found.capacity in UNITS else 0,
        changed=len(changed),
        same=found.plan.same,
        left_out=found.left_out,
        columns=found.columns.sheet.headings,
        titles=list(found.drafts.titles.items())[:MOST_SHOWN],
        as_typed=found.names.typed,
        dates=found.order,
        ignored=found.columns.ignored[:MOST_SHOWN],
        unknown=found.columns.unknown[:MOST_SHOWN],
        doubted=bool(doubted_title(found.columns, found.capacity)),
        faults=faults[:FAULTS_SHOWN],
        more=max(0, len(faults) - FAULTS_SHOWN),
        more_changed=max(0, len(changed) - CHANGES_SHOWN),
        stale=stale,
        rows=[
            *(_shown(one, found.book) for one in added[:ROWS_SHOWN]),
            *(_difference(one, found.book) for one in changed[:CHANGES_SHOWN]),
        ],
        buttons=list(_ways_on(ctx, found)),
        tone="ask",
    )


def _ways_on(ctx: Context, found: Reading) -> Iterator[Offer]:
    line, columns = line_of(ctx, "people import", found.file, found.capacity), found.line
    confirm = f"{line} confirm {found.digest} {columns}"
    moves = bool(found.plan.added or found.plan.changed)
    if at := doubted_title(found.columns, found.capacity):
        yield Offer("posts", f"{line} {columns} position={at} {IGNORE}=all", primary=True)
        yield Offer("talks", f"{line} {columns} position={IGNORE} {IGNORE}=all")
    elif found.columns.unknown:
        yield Offer("ignore", f"{line} {columns} {IGNORE}=all", primary=not moves)
        if moves:
            yield Offer("confirm_without", confirm, primary=True)
    elif moves:
        yield Offer("confirm", confirm, primary=True)
    if found.drafts.titles and not found.columns.unknown:
        names = f"{line} {found.columns.sheet.line} {NAMES}"
        told = found.order.line
        if found.names.typed:
            yield Offer("apart", f"{names}={APART} {told}".strip())
        else:
            yield Offer("as_typed", f"{names}={TYPED} {told}".strip())
    if found.order.cell and not found.columns.unknown:
        turned = " ".join(filter(None, (line, found.columns.sheet.line, found.names.line, found.order.turned)))
        yield Offer("turned", turned, facts={"dates": found.order})
    if found.faults:
        yield Offer("faults", f"{line_of(ctx, 'people import problems', found.file, found.capacity)} {columns}")


def _shown(one: Subject, book: Book) -> Entry:
    if one.listed:
        row = one.listed.cells
        cells = [row[name] for name in ("member_no", "unit", "name", "position") if name in row]
        return Entry({"cells": [*cells, *map(_masked, one.ways)]})
    told = [str(one.values[name]) for name in ("name", "latin", "title", "position") if one.values.get(name)]
    told += [unit] if (unit := _unit_named(one.values, book)) else []
    part = [str(one.part[name]) for name in ("tier", "role", "service") if one.part.get(name)]
    return Entry({"cells": [*told, *part, *map(_masked, one.ways)]})


def _masked(way: Way) -> str:
    kind, value = way
    return masked(kind, dialled(value))


def _unit_named(values: Mapping[str, Any], book: Book) -> str:
    """A person's unit as it is typed, or the name of the party that it is."""
    known = book.records.get(values.get("unit_id") or 0)
    return known.values["name"] if known else str(values.get("unit") or "")


def _difference(one: Subject, book: Book) -> Entry:
    shown = [name for name in one.values if name in intakes.VALUES and name != "unit"]
    units = _other_unit(one, book)
    facts = {
        "ref": one.record.ref if one.record else "",
        "name": one.name,
        "values": [*((name, told_as(one.before[name]), told_as(one.values[name])) for name in shown), *units],
        "part": [(name, one.part_before[name], value) for name, value in one.part.items()],
        "ways": [_masked(way) for way in one.ways],
        "takes": bool(one.takes or one.part_new),
        "listed": _relisted(one),
    }
    return Entry(facts, block="changed")


def _other_unit(one: Subject, book: Book) -> list[tuple[str, str, str]]:
    """That the person is of another unit, whether either is a party of the address book or not."""
    if one.record is None or not {"unit", "unit_id"} & one.values.keys():
        return []
    stands = {"unit": one.record.values["unit"], "unit_id": one.record.unit_id}
    was, now = _unit_named(stands, book), _unit_named({**stands, **one.values}, book)
    return [("unit", was, now)] if was != now else []


def _relisted(one: Subject) -> list[tuple[str, str, str]]:
    """Cells of the register that the list says anew: the field, what stood there, and what will."""
    if one.listed is None or one.listed.id is None:
        return []
    old, new = one.listed.before["cells"], one.listed.cells
    fields = [(name, old.get(name, ""), cell) for name, cell in new.items() if old.get(name, "") != cell]
    was, now = one.listed.before["rest"], one.listed.rest
    rest = [(heading, was.get(heading, ""), cell) for heading, cell in now.items() if was.get(heading, "") != cell]
    shown = [(name, *map(_hidden, [name] * 2, both)) for name, *both in fields]
    return [(name, before, after) for name, before, after in [*shown, *rest]]


def _hidden(name: str, cell: str) -> str:
    """A telephone or an address, as it may stand in a room."""
    kind = {"email": "email", "email2": "email", "phone": "phone", "office": "phone"}.get(name)
    return masked(kind, cell) if kind and cell else cell


def line_of(ctx: Context, verb: str, file: File, capacity: Capacity | None) -> str:
    """``verb`` begins with ``people``; of members one says ``members`` instead, and no more of who they are."""
    here = f"{verb} M{ctx.meeting.number} {file.ref}"
    return f"{here} as {PLURALS[capacity]}" if capacity else here.replace("people", "members", 1)
