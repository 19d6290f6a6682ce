"""How the people of a list came to stand as they do: every change, what it was before, by which rule, and by whom."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from handlers import stored
from handlers.cleaning.names import titled
from handlers.parties.columns import confirmed
from handlers.parties.drafts import Draft, Drafts, read
from handlers.parties.matching import keys_of, match
from handlers.parties.naming import told_as
from handlers.refused import Refused
from storage import contacts, intakes, journal, parties
from storage.parties import Party, PartyKind, Reach

if TYPE_CHECKING:
    from handlers.context import Context
    from storage.files import File
    from storage.journal import Change, Entry
    from storage.parties import Capacity, Intake

_FIELDS = (*intakes.VALUES, "unit_id")
_CHINA = "+86"


@dataclass(frozen=True)
class Line:
    """One change. ``whose`` is a party's id, 0 where the list has nobody of that row; ``number`` the row of the list.

    ``rule``: "list" (the list says it so), "uniform" (a number or an address as it is dialled), "unit" (a known unit by
    another of its names), "title" (what was typed in the name stands beside it), "email", "mobile" or "number" (two
    rows of one person, by what they share), "merged", "apart", "hand". ``why`` says it closer: what made two look like
    one, the command by which it was done by hand.
    """

    at: datetime
    person: int | None
    rule: str
    whose: int
    name: str
    field: str = ""
    before: str = ""
    after: str = ""
    intake: Intake | None = None
    number: int = 0
    why: str = ""


@dataclass
class Ledger:
    """``lists`` with what can be read of each still (None where the file is gone), ``people`` as they stand now."""

    people: Sequence[Party]
    units: Mapping[int, str]
    """Full names of all units, by their ids."""
    lists: Mapping[Intake, Drafts | None]
    lines: list[Line] = field(default_factory=list)

    def count(self, *rules: str) -> int:
        return sum(one.rule in rules for one in self.lines)


def of_meeting(ctx: Context, capacity: Capacity, known: Mapping[int, File]) -> Ledger:
    """``known`` are the lists' files, by their ids."""
    everybody = [party for party, _ in parties.of_meeting(ctx.db, ctx.meeting.id, capacity)]
    lists = intakes.that_hold(ctx.db, ctx.meeting.id, capacity)
    units = {one.id: one.name for one in contacts.everyone(ctx.db, ctx.workspace.id, PartyKind.UNIT)}
    found = Ledger(everybody, units, {one: _reread(ctx, one, known[one.file_id]) for one in lists})
    names = {one.id: one.name for one in everybody}
    for intake, drafts in found.lists.items():
        found.lines += _of_list(ctx, intake, drafts, units, names)
    concerned = {one.id for one in everybody} | {one.whose for one in found.lines}
    found.lines += [*_put_together(ctx, concerned), *_told_apart(ctx, concerned)]
    if lists:
        found.lines += _by_hand(ctx, concerned, units, lists[0].at)
    found.lines.sort(key=lambda one: (one.at, one.number))
    return found


def _reread(ctx: Context, intake: Intake, file: File) -> Drafts | None:
    """The list once more, by the columns that were confirmed; None where its bytes are gone, or it reads otherwise."""
    own = {name: row.field for name, row in intakes.headings(ctx.db, ctx.workspace.id).items()}
    said = {name: heading for name, heading in intake.columns.items() if heading}
    try:
        columns = confirmed(stored.grids(ctx, file), intake.capacity, own, said)
    except Refused:
        return None
    return read(columns, intake.capacity, ctx.workspace.country[:2], as_typed=True)


# --- what lists brought


def _of_list(
    ctx: Context, intake: Intake, drafts: Drafts | None, units: Mapping[int, str], known: Mapping[int, str]
) -> Iterator[Line]:
    """``known`` are names of who is in the list now."""
    rows = intakes.deeds(ctx.db, intake.id, Party, Reach)
    typed = {(one.number, str(one.kind)): one.values for one in _drafts(drafts)}
    others = contacts.some(ctx.db, {_owner(row) for row in rows} - known.keys())
    names = {**known, **{one.id: one.name for one in others.values()}}
    first = {row.number: row.row_id for row in rows if row.table == "party" and row.before is None}
    for row in rows:
        whose = _owner(row)
        at: dict[str, Any] = {"at": intake.at, "person": intake.person_id, "whose": whose, "name": names.get(whose, "")}
        here = {"intake": intake, "number": row.number}
        cells = typed.get((row.number, row.after.get("kind", "")), {})
        for rule, name, before, after in _of_row(row, cells, units):
            yield Line(rule=rule, field=name, before=before, after=after, **at, **here)
    yield from _joined(intake, drafts, first)


def _owner(row: Any) -> int:
    return int(row.row_id if row.table == "party" else row.after["party_id"])


def _drafts(drafts: Drafts | None) -> Iterator[Draft]:
    """Everybody of the list, with whom one deals among them."""
    for line in drafts.lines if drafts else ():
        yield from (one for one in (line.draft, line.contact) if one is not None)


def _of_row(row: Any, typed: Mapping[str, str], units: Mapping[int, str]) -> Iterator[tuple[str, str, str, str]]:
    """Rule, field, before and after. ``typed`` is the row as the list has it, where it is of somebody new."""
    if row.table == "reach":
        yield "list", str(row.after["kind"]), "", str(row.after["value"])
        return
    for kind, value, cell, _ in row.after.get("reach", ()):
        if cell.strip() not in {value, value.removeprefix(_CHINA)}:
            yield "uniform", kind, cell, value
    unit = units.get(row.after.get("unit_id") or 0, "")
    if row.before is None:
        cell, name = typed.get("unit", ""), typed.get("name", "")
        if unit and cell and unit != cell:
            yield "unit", "unit", cell, unit
        if titled(name)[0] == row.after["name"] != name:
            yield "title", "name", name, row.after["name"]
        return
    for name in (name for name in _FIELDS if name in row.after):
        before, after = _said(name, row.before.get(name), units), _said(name, row.after[name], units)
        if before != after:
            yield "list", name.removesuffix("_id"), before, after


def _said(name: str, value: Any, units: Mapping[int, str]) -> str:
    if name == "unit_id":
        return units.get(value or 0, "")
    return "" if value is None else str(told_as(value))


def _joined(intake: Intake, drafts: Drafts | None, first: Mapping[int, int]) -> Iterator[Line]:
    """Rows of one person: the list itself tells it, by an address, a mobile or a member number that they share."""
    people = [line.draft for line in drafts.lines if line.draft.kind == PartyKind.PERSON] if drafts else []
    for group in match(PartyKind.PERSON, people, []):
        rows = [people[at] for at in group.drafts]
        for row in rows[1:]:
            shared = keys_of(row.kind, row.values, row.ways) & keys_of(row.kind, rows[0].values, rows[0].ways)
            kinds = {"e": "email", "m": "mobile", "n": "number"}
            yield Line(
                intake.at,
                None,
                next((kinds[key[0]] for key in sorted(shared)), "email"),
                first.get(rows[0].number, 0),
                rows[0].values["name"],
                before=row.values["name"],
                after=rows[0].values["name"],
                intake=intake,
                number=row.number,
            )


# --- what people decided


def _put_together(ctx: Context, concerned: AbstractSet[int]) -> Iterator[Line]:
    rows = [one for one in contacts.merges(ctx.db, ctx.workspace.id) if concerned & {one.kept_id, one.gone_id}]
    known = contacts.some(ctx.db, [one for row in rows for one in (row.kept_id, row.gone_id)])
    for row in rows:
        gone, kept = known[row.gone_id], known[row.kept_id]
        told = f"{kept.ref} {kept.name}"
        yield Line(row.at, row.person_id, "merged", gone.id, gone.name, before=gone.name, after=told, why=row.why)


def _told_apart(ctx: Context, concerned: AbstractSet[int]) -> Iterator[Line]:
    rows = [one for one in contacts.told_apart(ctx.db, ctx.workspace.id) if concerned & {one.party_id, one.other_id}]
    known = contacts.some(ctx.db, [one for row in rows for one in (row.party_id, row.other_id)])
    for row in rows:
        one, other = known[row.party_id], known[row.other_id]
        told = [f"{each.ref} {each.name}" for each in (one, other)]
        if row.at is not None:
            yield Line(row.at, row.person_id, "apart", one.id, one.name, before=told[0], after=told[1], why=row.why)


def _by_hand(ctx: Context, concerned: AbstractSet[int], units: Mapping[int, str], since: datetime) -> Iterator[Line]:
    """What somebody changed in the address book since the first list came."""
    found = journal.changing(ctx.db, ctx.workspace.id, ("party", "reach"), since)
    told = [(entry, change, whose) for entry, change in found if (whose := _changed(change)) in concerned]
    names = {one.id: one.name for one in contacts.some(ctx.db, [whose for _, _, whose in told]).values()}
    for entry, change, whose in told:
        for name, before, after in _of_change(change, units):
            yield Line(
                entry.at,
                entry.person_id,
                "hand",
                whose,
                names[whose],
                field=name,
                before=before,
                after=after,
                why=_verb(ctx, entry),
            )


def _changed(change: Change) -> int:
    if change.table == "party":
        return change.id
    return int((change.after or change.before or {}).get("party_id") or 0)


def _of_change(change: Change, units: Mapping[int, str]) -> Iterator[tuple[str, str, str]]:
    before, after = change.before or {}, change.after or {}
    if change.table == "reach":
        if change.before is None or change.after is None:
            kind = str((after or before)["kind"])
            yield kind, str(before.get("value", "")), str(after.get("value", ""))
        return
    for name in _FIELDS if change.before is not None and change.after is not None else ():
        if name in after:
            yield name.removesuffix("_id"), _said(name, before[name], units), _said(name, after[name], units)


def _verb(ctx: Context, entry: Entry) -> str:
    """The command as its reader would type it, without what followed."""
    found = ctx.router.find(entry.line) if ctx.router else None
    return found.command.verb(ctx.locale) if found else ""
