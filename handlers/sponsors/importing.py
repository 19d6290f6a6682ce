"""A list of what sponsors were promised is shown as it is understood, and taken over once that is confirmed."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any

from handlers import stored
from handlers.cleaning import units
from handlers.context import Context
from handlers.custody import to_read
from handlers.grammar import Files, MeetingNumber, OneOf
from handlers.newcomers import are_alike
from handlers.permissions import may_change_contacts
from handlers.refused import Refused
from handlers.router import Router
from handlers.sheets import Sheet
from handlers.sheets.mapping import MOST_SHOWN
from handlers.sheets.naming import Shown
from handlers.sponsors.columns import ColumnNames, Read, read_rows, sheet_in
from handlers.sponsors.desk import accounts
from handlers.sponsors.planning import Known, Plan, Step, plan
from handlers.sponsors.promising import MOST
from handlers.sponsors.quantities import written
from messages import Entry, Message, Offer
from storage import parties, sponsors
from storage.files import File
from storage.materials import Material, Scope
from storage.parties import Capacity, Party, PartyKind
from storage.sponsors import Benefit, Sponsor

router = Router("sponsors")

ROWS_SHOWN, MOST_NAMED = 8, 12
_LIST = re.compile(r"权益|赞助.*(?:清单|明细|一览|回报)|(?<![a-z])(?:benefit|entitlement)", re.IGNORECASE)
Adding = Annotated[str, OneOf({"with sponsors": ("连同赞助商", "并新增赞助商", "and sponsors")})]


@dataclass(frozen=True)
class _List:
    """A file as it is understood, and what it changes."""

    file: File
    sheet: Sheet
    read: Read
    plan: Plan


@router.command("benefits import", zh="权益 导入", also=("import benefits", "导入权益", "权益 导入清单"))
def import_(  # noqa: PLR0917  the words of a line stand in an order
    ctx: Context,
    meeting: MeetingNumber = 0,
    refs: Files = (),
    adding: Adding = "",
    digest: Shown = "",
    columns: ColumnNames | None = None,
) -> Message:
    """Take over a list of what sponsors were promised, with a preview: benefits import F8"""
    ctx.meeting_number(meeting or None)
    may_change_contacts(ctx)
    named = dict(columns or {})
    if unread := named.pop("", ""):
        raise Refused("sponsors/which_column", text=unread)
    file = _file(ctx, refs)
    found = _understood(ctx, file, named, adding=bool(adding), sure=bool(digest and named))
    if not digest or digest != found.plan.digest:
        return _preview(ctx, found, adding=adding, stale=bool(digest))
    _apply(ctx, found.plan)
    file.meeting_id, file.material = file.meeting_id or ctx.meeting.id, file.material or Material.BENEFIT
    file.scope = file.scope or Scope.INTERNAL
    return _imported(ctx, found)


@router.arrival
def arrived(ctx: Context) -> Message | None:
    """A spreadsheet that is called a list of benefits is previewed; one that is none after all is like any other."""
    return stored.previewed(ctx, _LIST.search, lambda file, _: import_(ctx, refs=(file.number,)))


def _file(ctx: Context, refs: tuple[int, ...]) -> File:
    found = to_read(ctx, refs) if refs else list(ctx.files)
    if len(found) != 1:
        raise Refused("sponsors/one_file", count=len(found), upload=f"benefits import M{ctx.meeting.number}")
    return found[0]


def _understood(ctx: Context, file: File, named: Mapping[str, str], *, adding: bool, sure: bool) -> _List:
    """Raises ``Refused`` for what is no list of benefits."""
    sheet = sheet_in(stored.grids(ctx, file), named, sure=sure)
    read = read_rows(sheet)
    if not read.items:
        raise Refused("sponsors/no_rows", file=file, headings=list(sheet.headings.values())[:MOST_SHOWN])
    if len(read.items) > MOST:
        raise Refused("sponsors/many", most=MOST)
    whose = _whose(ctx, list(dict.fromkeys(item.sponsor for item in read.items)), adding=adding)
    return _List(file, sheet, read, plan(read.items, whose, read.problems))


def _whose(ctx: Context, names: Sequence[str], *, adding: bool) -> dict[str, Known]:
    """The sponsor by each name in the list: of that name, legal form left out, or by another name of its own.

    ``adding``: also who is to become one, unless it may be somebody whom the address book has otherwise; under the
    fullest of its names.
    """
    here = accounts(ctx)
    by_party = {one.party.id: Known(one.party.name, one.sponsor, one.benefits) for one in here}
    everybody = parties.units(ctx.db, ctx.workspace.id)
    fullest: dict[str, str] = {}
    for name in names:
        fullest[units.core(name)] = max(fullest.get(units.core(name), ""), name, key=len)
    found = {}
    for name in names:
        party = _called(ctx, name, [one.party for one in here]) or _called(ctx, name, everybody)
        if party is not None and party.id in by_party:
            found[name] = by_party[party.id]
        elif adding and (party is not None or not any(are_alike(one.name, name) for one in everybody)):
            found[name] = Known(party.name if party else fullest[units.core(name)])
    return found


def _called(ctx: Context, name: str, among: Sequence[Party]) -> Party | None:
    """The only one of that name; its legal form may be left out."""
    known = parties.by_alias(ctx.db, ctx.workspace.id, units.plain(name))
    found = [one for one in among if units.plain(name) in {units.plain(one.name), units.plain(one.latin)}]
    found = found or [one for one in among if known and one.id == known.id]
    found = found or [one for one in among if units.core(one.name) == units.core(name)]
    return found[0] if len(found) == 1 else None


def _preview(ctx: Context, found: _List, *, adding: str, stale: bool) -> Message:
    changes = found.plan
    moving = [*changes.of("added"), *changes.of("changed")]
    line = " ".join(filter(None, [f"benefits import M{ctx.meeting.number} {found.file.ref}", adding]))
    confirm = Offer("confirm", f"{line} confirm {changes.digest} {found.sheet.line}", primary=True)
    new = len({units.core(name) for name in changes.strangers})
    more = Offer("with_sponsors", f"{line} with sponsors {found.sheet.line}", facts={"count": new})
    return ctx.words(
        "sponsors/preview",
        **_counts(changes),
        file=found.file,
        stale=stale,
        columns=found.sheet.headings,
        unknown=list(found.sheet.found.unknown.values())[:MOST_SHOWN],
        others=found.sheet.others,
        newcomers=changes.newcomers[:MOST_NAMED],
        strangers=list(changes.strangers)[:MOST_NAMED],
        strange=sum(changes.strangers.values()),
        adding=bool(adding),
        problems=changes.problems[:ROWS_SHOWN],
        more=[max(0, len(some) - ROWS_SHOWN) for some in (changes.problems, moving)],
        rows=[_entry(step) for step in moving[:ROWS_SHOWN]],
        buttons=[*([confirm] if changes.changes else []), *([more] if changes.strangers and not adding else [])],
        tone="ask",
    )


def _counts(changes: Plan) -> dict[str, int]:
    return {
        "added": len(changes.of("added")),
        "changed": len(changes.of("changed")),
        "unchanged": len(changes.of("unchanged")),
        "tiers": len(changes.sponsors),
    }


def _entry(step: Step) -> Entry:
    """A row with what it brings: quantities in plain digits, everything else as the list has it."""
    told = {name: value for name, value in step.values.items() if name not in {"promised", "delivered", "state"}}
    numbers = {name: written(step.values.get(name)) for name in ("promised", "delivered")}
    return Entry({"step": step, "told": told, "state": step.values.get("state"), **numbers})


def _apply(ctx: Context, changes: Plan) -> None:
    """Newcomers become sponsors, then each row its benefit."""
    made = {name: _sponsor(ctx, name) for name in changes.newcomers}
    known = {step.known.name: step.known.sponsor or made[step.known.name] for step in changes.steps}
    for name, values in changes.sponsors.items():
        _set(known[name], values)
    number = sponsors.next_number(ctx.db, ctx.meeting.id)
    for step in changes.steps:
        row = step.benefit
        if row is None:
            given = {"sponsor_id": known[step.known.name].id, "number": number, "text": step.item.text}
            row = Benefit(meeting_id=ctx.meeting.id, **given)
            ctx.db.add(row)
            number += 1
        _set(row, step.values)
        if "state" in step.values or "delivered" in step.values:
            row.told_by, row.told_at = ctx.person.id, ctx.now
    ctx.db.flush()


def _set(row: Sponsor | Benefit, values: Mapping[str, Any]) -> None:
    for name, value in values.items():
        setattr(row, name, value)


def _sponsor(ctx: Context, name: str) -> Sponsor:
    """A unit that is known, or new, becomes a sponsor."""
    party = _called(ctx, name, parties.units(ctx.db, ctx.workspace.id))
    party = party or parties.add(ctx.db, ctx.workspace.id, PartyKind.UNIT, name)
    parties.takes(ctx.db, ctx.meeting.id, party.id, Capacity.SPONSOR)
    row = Sponsor(meeting_id=ctx.meeting.id, party_id=party.id)
    ctx.db.add(row)
    ctx.db.flush()
    return row


def _imported(ctx: Context, found: _List) -> Message:
    return ctx.words(
        "sponsors/imported",
        **_counts(found.plan),
        file=found.file,
        newcomers=found.plan.newcomers[:MOST_NAMED],
        strangers=list(found.plan.strangers)[:MOST_NAMED],
        strange=sum(found.plan.strangers.values()),
        buttons=[
            Offer("sponsors", f"sponsors M{ctx.meeting.number}", primary=True),
            Offer("gaps", f"benefits M{ctx.meeting.number}"),
            Offer("undo", "undo"),
        ],
        tone="good",
    )
