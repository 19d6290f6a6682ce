"""A list of people as it is understood, and what it would change in the address book."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256

from handlers import expected, stored
from handlers.context import Context
from handlers.dates.column import DATES, Order, order_of, stands_first
from handlers.parties import applying
from handlers.parties.book import Book, Plan
from handlers.parties.columns import columns_of, confirmed
from handlers.parties.drafts import Drafts, Fault, read, reasons
from handlers.parties.naming import HOW_NAMES, NAMES, TYPED
from handlers.parties.planning import plan
from handlers.refused import Refused
from handlers.sheets.layouts import Layout, how_kept, how_of
from handlers.sheets.mapping import IGNORED, MOST_SHOWN
from storage import intakes
from storage.files import File
from storage.parties import Capacity

DATED = ("joined", "paid")
"""Columns of a register that have dates."""
NAMED = ("name", "first", "last")


@dataclass(frozen=True)
class Names:
    """Whether names stay with the titles typed beside them; ``said`` of this list, else ``kept`` from one before."""

    said: str = ""
    kept: str = ""

    @property
    def typed(self) -> bool:
        return (self.said or self.kept) == TYPED

    @property
    def line(self) -> str:
        """As a command says it."""
        return f"{NAMES}={self.said}" if self.said else ""

    @property
    def how(self) -> str:
        """What is to be remembered of it: names are parted from titles where nobody says otherwise."""
        return TYPED if self.typed else ""


@dataclass(frozen=True)
class Reading:
    """A file as it is understood, and what it would change."""

    file: File
    capacity: Capacity | None
    columns: Layout
    drafts: Drafts
    book: Book
    plan: Plan
    digest: str
    names: Names = field(default_factory=Names)
    order: Order = field(default_factory=Order)

    @property
    def faults(self) -> list[Fault]:
        return list(reasons([*self.drafts.faults, *self.plan.faults]))

    @property
    def line(self) -> str:
        """Its columns, and how names and dates are read, as a command says it."""
        return " ".join(filter(None, (self.columns.sheet.line, self.names.line, self.order.line)))

    @property
    def how(self) -> dict[str, str]:
        """How columns are read as somebody has said, by their headings as they are compared."""
        return {**how_of(self.columns, NAMED, self.names.how), **how_of(self.columns, DATED, self.order.how)}

    @property
    def left_out(self) -> int:
        return len({one.number for one in self.drafts.faults if one.left_out})


def understood(
    ctx: Context, file: File, capacity: Capacity | None, named: Mapping[str, str], *, shown: bool = False
) -> Reading:
    """Raises ``Refused`` for what is no such list. What was ``shown`` is read as it was shown."""
    named = dict(named)
    dates, said = stands_first(named.pop(DATES, "")), _of_names(named)
    known = intakes.headings(ctx.db, ctx.workspace.id)
    own, kept = ({name: getattr(row, what) for name, row in known.items()} for what in ("field", "how"))
    columns = (confirmed if shown else columns_of)(stored.grids(ctx, file), capacity, own, named)
    names = Names(said, how_kept(columns, NAMED, kept))
    order = order_in(ctx, columns, kept, dates) if capacity is None else Order()
    region = ctx.workspace.country[:2]
    drafts = read(columns, capacity, region, as_typed=names.typed)
    if not drafts.lines and not drafts.faults:
        raise Refused("parties/no_rows", file=file, headings=list(columns.sheet.headings.values())[:MOST_SHOWN])
    book = applying.load(ctx.db, ctx.workspace.id, ctx.meeting.id, capacity)
    changes = plan(drafts.lines, capacity, book)
    kind = (capacity and capacity.value, region, names.typed, order.day_first)
    whole = (file.digest, *kind, ctx.meeting.id, columns.sheet.line, changes.digest)
    digest = sha256(repr(whole).encode()).hexdigest()[:12]
    return Reading(file, capacity, columns, drafts, book, changes, digest, names, order)


def _of_names(named: dict[str, str]) -> str:
    """What is said of names, taken out of what is said of columns: a list without titles has them in the names.

    Raises ``Refused``.
    """
    if told := named.pop(NAMES, ""):
        if told.casefold() not in HOW_NAMES:
            raise Refused("parties/which_names", text=f"{NAMES}={told}")
        return HOW_NAMES[told.casefold()]
    return TYPED if named.get("title", "").casefold() in IGNORED else ""


def order_in(ctx: Context, columns: Layout, kept: Mapping[str, str], said: str) -> Order:
    """How the dates of a register are read: none of them is still to come."""
    rows = columns.sheet.found.rows(columns.sheet.grid.rows)
    cells = [cell for row in rows for name in DATED if (cell := row.values.get(name, ""))]
    return order_of_past(ctx, cells, said=said, kept=how_kept(columns, DATED, kept))


def order_of_past(ctx: Context, cells: Sequence[str], *, said: str = "", kept: str = "") -> Order:
    """How dates are read none of which is still to come."""
    days, today = expected.days(ctx.meeting), ctx.local_now.date()
    return order_of(cells, (days[0], days[-1]), said=said, kept=kept, unlikely=lambda day: int(day > today))
