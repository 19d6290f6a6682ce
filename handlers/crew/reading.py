"""A list of shifts as it is understood, and what it would change in those that are there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256

from handlers import expected, stored
from handlers.context import Context
from handlers.crew.columns import DATED, SHIFTS, WHEN
from handlers.crew.planning import Noted, Plan, plan
from handlers.crew.roster import Member, members
from handlers.crew.rows import Days, Fault, Reader, in_order
from handlers.crew.rules import AROUND, Worked
from handlers.crew.whose import Known, whose
from handlers.dates.column import DATES, Order, order_of, stands_first
from handlers.dates.printed import day_in
from handlers.refused import Refused
from handlers.sheets.layouts import Layout, confirmed, how_kept, layout_of, with_own
from handlers.sheets.mapping import MOST_SHOWN
from storage import contacts, intakes, parties
from storage.files import File
from storage.parties import Heading, ReachKind

MOST = 5000


@dataclass(frozen=True)
class Reading:
    """A file as it is understood, and what it would change."""

    file: File
    layout: Layout
    count: int
    """Rows that say something, those that are left out among them."""
    filled: bool
    plan: Plan
    faults: list[Fault]
    joining: str
    digest: str
    order: Order

    @property
    def line(self) -> str:
        """Its columns, and what somebody has said of its dates, as a command says it."""
        return f"{self.layout.sheet.line} {self.order.line}".strip()

    @property
    def left_out(self) -> int:
        return len({one.number for one in self.faults if one.left_out})


def understood(ctx: Context, file: File, joining: str, said: Mapping[str, str], *, shown: bool = False) -> Reading:
    """Raises ``Refused`` for what is no such list. What was ``shown`` is read as it was shown."""
    named = dict(said)
    if unread := named.pop("", ""):
        raise Refused("crew/which_column", text=unread, file=file)
    told = stands_first(named.pop(DATES, ""))
    known = intakes.headings(ctx.db, ctx.workspace.id, parties.SHIFTS)
    layout = _layout(ctx, file, named, known, shown=shown)
    if not WHEN & layout.sheet.found.fields.keys():
        raise Refused("crew/no_when", headings=_headings(layout))
    sheet, days = layout.sheet, expected.days(ctx.meeting)
    cells = [row.values.get("day", "") for row in sheet.found.rows(sheet.grid.rows)]
    kept = how_kept(layout, DATED, {name: row.how for name, row in known.items()})
    order = order_of(cells, (days[0], days[-1]), said=told, kept=kept)
    reader = Reader(_days(ctx, order), ctx.meeting_zone, ctx.workspace.country[:2])
    rows = list(reader.rows(layout.sheet))
    if not rows and not reader.faults:
        raise Refused("crew/no_rows", file=file, headings=_headings(layout))
    if len(rows) > MOST:
        raise Refused("crew/many", most=MOST)
    everybody = members(ctx)
    found = whose(rows, _people(ctx, everybody))
    made = plan(rows, found.by_row, _noted(everybody), joining=bool(joining))
    whole = (file.digest, ctx.meeting.id, layout.sheet.line, joining, order.day_first, made.digest)
    digest = sha256(repr(whole).encode())
    faults = in_order([*reader.faults, *found.faults, *made.faults])
    count = len({row.number for row in rows} | {one.number for one in faults})
    return Reading(file, layout, count, reader.filled, made, faults, joining, digest.hexdigest()[:12], order)


def _layout(ctx: Context, file: File, named: Mapping[str, str], known: Mapping[str, Heading], *, shown: bool) -> Layout:
    own = {name: row.field for name, row in known.items()}
    grids = stored.grids(ctx, file)
    return confirmed(grids, with_own(SHIFTS, own), named) if shown else layout_of(grids, SHIFTS, own, named)


def _headings(layout: Layout) -> list[str]:
    return [cell for cell in layout.sheet.grid.rows[layout.sheet.found.at] if cell][:MOST_SHOWN]


def _days(ctx: Context, order: Order) -> Days:
    days = expected.days(ctx.meeting)
    within = (days[0] - AROUND, days[-1] + AROUND)
    only = days[0] if len(days) == 1 else None
    return Days(lambda text: day_in(text, days[0], days[-1], alone=True, day_first=order.day_first), within, only)


def _people(ctx: Context, everybody: Sequence[Member]) -> Iterator[Known]:
    """All people of the address book, those of the crew among them."""
    crew = {one.party.id for one in everybody}
    keys: dict[int, set[tuple[ReachKind, str]]] = {}
    for row in contacts.ways(ctx.db, ctx.workspace.id):
        if row.kind != ReachKind.PHONE:
            keys.setdefault(row.party_id, set()).add((ReachKind(row.kind), row.value))
    for row in contacts.named(ctx.db, ctx.workspace.id):
        names = tuple(filter(None, (row.name, row.latin)))
        yield Known(row.id, row.number, names, frozenset(keys.get(row.id, ())), row.id in crew)


def _noted(everybody: Sequence[Member]) -> dict[int, list[Noted]]:
    return {
        one.party.id: [Noted(row.id, Worked.of(row), row.place, row.note) for row in one.shifts] for one in everybody
    }
