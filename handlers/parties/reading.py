"""A list of people as it is understood, and what it would change in the address book."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256

from handlers import stored
from handlers.context import Context
from handlers.parties import applying
from handlers.parties.book import Book, Plan
from handlers.parties.columns import columns_of, confirmed
from handlers.parties.drafts import Drafts, Fault, read, reasons
from handlers.parties.planning import plan
from handlers.refused import Refused
from handlers.sheets.layouts import Layout
from handlers.sheets.mapping import IGNORED, MOST_SHOWN
from storage import intakes
from storage.files import File
from storage.parties import Capacity

AS_TYPED = "title=ignore"
"""Where a command names columns: the list has no titles, those beside names are part of the names."""


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
    as_typed: bool = False
    """Names stay with the titles that were typed beside them."""

    @property
    def faults(self) -> list[Fault]:
        return list(reasons([*self.drafts.faults, *self.plan.faults]))

    @property
    def line(self) -> str:
        """Its columns, and how names are taken, as a command says it."""
        return f"{self.columns.sheet.line} {AS_TYPED}" if self.as_typed else self.columns.sheet.line

    @property
    def left_out(self) -> int:
        return len({one.number for one in self.drafts.faults if one.left_out})


def understood(
    ctx: Context, file: File, capacity: Capacity | None, named: Mapping[str, str], *, shown: bool = False
) -> Reading:
    """Raises ``Refused`` for what is no such list. What was ``shown`` is read as it was shown."""
    own = {name: row.field for name, row in intakes.headings(ctx.db, ctx.workspace.id).items()}
    columns = (confirmed if shown else columns_of)(stored.grids(ctx, file), capacity, own, named)
    region = ctx.workspace.country[:2]
    as_typed = named.get("title", "").casefold() in IGNORED
    drafts = read(columns, capacity, region, as_typed=as_typed)
    if not drafts.lines and not drafts.faults:
        raise Refused("parties/no_rows", file=file, headings=list(columns.sheet.headings.values())[:MOST_SHOWN])
    book = applying.load(ctx.db, ctx.workspace.id, ctx.meeting.id, capacity)
    changes = plan(drafts.lines, capacity, book)
    kind = (capacity and capacity.value, region, as_typed)
    whole = (file.digest, *kind, ctx.meeting.id, columns.sheet.line, changes.digest)
    digest = sha256(repr(whole).encode()).hexdigest()[:12]
    return Reading(file, capacity, columns, drafts, book, changes, digest, as_typed)
