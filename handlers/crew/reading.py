"""A list of shifts as it is understood, and what it would change in those that are there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import sha256

from handlers import expected, stored
from handlers.context import Context
from handlers.crew.columns import DATES, DAY_FIRST, SHIFTS, WHEN
from handlers.crew.planning import Noted, Plan, plan
from handlers.crew.roster import Member, members
from handlers.crew.rows import Days, Fault, Reader, in_order
from handlers.crew.rules import AROUND, Worked
from handlers.crew.times import DayIn
from handlers.crew.whose import Known, whose
from handlers.dates.printed import day_in, days_first, either_way
from handlers.refused import Refused
from handlers.sheets.layouts import Layout, confirmed, layout_of, with_own
from handlers.sheets.mapping import MOST_SHOWN
from storage import contacts, intakes, parties
from storage.files import File
from storage.parties import ReachKind

MOST = 5000
YEAR = 366


@dataclass(frozen=True)
class Order:
    """Whether days stand before months in cells such as 6/11; ``said`` by somebody, or read from the column.

    ``cell`` is the first that may be two days, "" where none may be, and ``day`` what it is read as.
    """

    day_first: bool
    said: bool = False
    cell: str = ""
    day: date | None = None


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
        told = f"{DATES}={'day' if self.order.day_first else 'month'}" if self.order.said else ""
        return f"{self.layout.sheet.line} {told}".strip()

    @property
    def left_out(self) -> int:
        return len({one.number for one in self.faults if one.left_out})


def understood(ctx: Context, file: File, joining: str, said: Mapping[str, str], *, shown: bool = False) -> Reading:
    """Raises ``Refused`` for what is no such list. What was ``shown`` is read as it was shown."""
    named = dict(said)
    if unread := named.pop("", ""):
        raise Refused("crew/which_column", text=unread, file=file)
    told = named.pop(DATES, "")
    layout = _layout(ctx, file, named, shown=shown)
    if not WHEN & layout.sheet.found.fields.keys():
        raise Refused("crew/no_when", headings=_headings(layout))
    order = _order(ctx, layout, told, file)
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


def _layout(ctx: Context, file: File, named: Mapping[str, str], *, shown: bool) -> Layout:
    own = {name: row.field for name, row in intakes.headings(ctx.db, ctx.workspace.id, parties.SHIFTS).items()}
    grids = stored.grids(ctx, file)
    return confirmed(grids, with_own(SHIFTS, own), named) if shown else layout_of(grids, SHIFTS, own, named)


def _headings(layout: Layout) -> list[str]:
    return [cell for cell in layout.sheet.grid.rows[layout.sheet.found.at] if cell][:MOST_SHOWN]


def _order(ctx: Context, layout: Layout, told: str, file: File) -> Order:
    """As somebody says, else as the column's other cells tell, else as brings them nearer to the meeting.

    Where both do, the month stands first. Raises ``Refused`` for what says neither.
    """
    if told and told.casefold() not in DAY_FIRST:
        raise Refused("crew/which_column", text=f"{DATES}={told}", file=file)
    sheet = layout.sheet
    cells = [row.values.get("day", "") for row in sheet.found.rows(sheet.grid.rows)]
    doubtful = [cell for cell in cells if either_way(cell)]
    day_first = DAY_FIRST[told.casefold()] if told else days_first(cells)
    if day_first is None:
        day_first = _far(ctx, doubtful, day_first=True) < _far(ctx, doubtful, day_first=False)
    cell = doubtful[0] if doubtful else ""
    return Order(day_first, bool(told), cell, _named(ctx, day_first=day_first)(cell) if cell else None)


def _far(ctx: Context, cells: Sequence[str], *, day_first: bool) -> int:
    """How many days they all are from the meeting's first; of what is no day, a year."""
    named, first = _named(ctx, day_first=day_first), expected.days(ctx.meeting)[0]
    return sum(abs((day - first).days) if (day := named(cell)) else YEAR for cell in cells)


def _named(ctx: Context, *, day_first: bool) -> DayIn:
    days = expected.days(ctx.meeting)
    return lambda text: day_in(text, days[0], days[-1], alone=True, day_first=day_first)


def _days(ctx: Context, order: Order) -> Days:
    days = expected.days(ctx.meeting)
    within = (days[0] - AROUND, days[-1] + AROUND)
    only = days[0] if len(days) == 1 else None
    return Days(_named(ctx, day_first=order.day_first), within, only)


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
