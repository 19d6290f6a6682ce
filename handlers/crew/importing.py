"""A list of shifts is shown as it is understood, with what it would change; once somebody confirms, it is done."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Annotated, Any

from handlers import stored
from handlers.context import Context
from handlers.crew import applying
from handlers.crew.columns import DATED, SHIFTS, ColumnNames
from handlers.crew.permits import allow_keeping
from handlers.crew.planning import Step
from handlers.crew.reading import Reading, understood
from handlers.crew.rows import Fault
from handlers.crew.whose import Known, Whose
from handlers.custody import to_read
from handlers.grammar import Files, MeetingNumber, OneOf
from handlers.refused import Refused
from handlers.router import Router
from handlers.sheets import Grid
from handlers.sheets.layouts import IGNORE, headings_of, how_of, to_remember
from handlers.sheets.mapping import MOST_SHOWN
from handlers.sheets.naming import Shown
from messages import Columns, Entry, Message, Offer
from messages.markdown import plain
from storage import intakes, parties
from storage.files import File
from storage.materials import Material, Scope
from storage.parties import Capacity

router = Router("crew")

ROWS_SHOWN, FAULTS_SHOWN, NAMED = 8, 8, 12
_CALLED = re.compile(r"班次|排班|值班表|工时|(?<![a-z])(?:shifts?|roster|rota|timesheet)(?![a-z])", re.IGNORECASE)
Joining = Annotated[str, OneOf({"with newcomers": ("连同新志愿者", "并加入新志愿者", "and newcomers")})]


@router.command("shifts import", zh="班次 导入", also=("import shifts", "导入班次", "导入排班表", "导入工时"))
def import_(  # noqa: PLR0917  the words of a line stand in an order
    ctx: Context,
    meeting: MeetingNumber = 0,
    refs: Files = (),
    joining: Joining = "",
    digest: Shown = "",
    columns: ColumnNames | None = None,
) -> Message:
    """Bring in a list of who worked when, with a preview: shifts import F7"""
    allow_keeping(ctx, meeting)
    found = understood(ctx, _file(ctx, refs), joining, columns or {}, shown=bool(digest))
    if not digest or digest != found.digest or not found.plan.changes:
        return _preview(ctx, found, stale=bool(digest) and digest != found.digest)
    return _imported(ctx, found)


@router.arrival
def arrived(ctx: Context) -> Message | None:
    """A spreadsheet that is called one of shifts is previewed; one that is none after all is like any other."""
    return stored.previewed(ctx, _CALLED.search, lambda file, _: import_(ctx, refs=(file.number,)))


@router.command("shifts import problems", zh="班次 导入问题", also=("班次导入问题",))
def problems(
    ctx: Context,
    meeting: MeetingNumber = 0,
    refs: Files = (),
    joining: Joining = "",
    columns: ColumnNames | None = None,
) -> Message:
    """Every row of a list of shifts that needs a look, as a spreadsheet, to you alone: shifts import problems F7"""
    allow_keeping(ctx, meeting)
    found = understood(ctx, _file(ctx, refs), joining, columns or {})
    grid = found.layout.sheet.grid
    told = [[str(one.number), _row(grid, one.number), plain(_words(ctx, one))] for one in found.faults]
    head = ctx.words("crew/sheet_problems", table=Columns(("row", "content", "problem"), [["", "", ""]]))
    names = list(head.table.columns) if head.table else []
    name = ctx.words("crew/problems_name").body
    files = [stored.handed_out(ctx, name, [Grid(head.title, [names, *told])], personal=True)] if told else []
    back = Offer("preview", f"{_line(ctx, found.file, joining)} {found.line}")
    return ctx.words("crew/problems", count=len(told), file=found.file, files=files, buttons=[back], private=True)


def _row(grid: Grid, number: int) -> str:
    """As it stands in the list, so that it is found again."""
    return " · ".join(cell for cell in grid.rows[number - 1] if cell)


def _words(ctx: Context, fault: Fault) -> str:
    return ctx.words("crew/fault", one=fault).body


def _file(ctx: Context, refs: tuple[int, ...]) -> File:
    found = to_read(ctx, refs) if refs else list(ctx.files)
    if len(found) != 1:
        raise Refused("crew/one_file", count=len(found), upload=f"shifts import M{ctx.meeting.number}")
    return found[0]


# --- said


def _line(ctx: Context, file: File, joining: str, verb: str = "shifts import") -> str:
    return " ".join(filter(None, (verb, f"M{ctx.meeting.number} {file.ref}", joining)))


def _preview(ctx: Context, found: Reading, *, stale: bool) -> Message:
    moving = [one for one in found.plan.steps if one.kind != "unchanged"]
    return ctx.words(
        "crew/preview",
        **_counts(found),
        file=found.file,
        stale=stale,
        count=found.count,
        columns=found.layout.sheet.headings,
        ignored=found.layout.ignored[:MOST_SHOWN],
        unknown=found.layout.unknown[:MOST_SHOWN],
        sheet=found.layout.sheet.grid.name,
        others=found.layout.sheet.others,
        filled=found.filled,
        dates=found.order,
        faults=found.faults[:FAULTS_SHOWN],
        more=max(0, len(found.faults) - FAULTS_SHOWN),
        more_moving=max(0, len(moving) - ROWS_SHOWN),
        rows=[_entry(ctx, step) for step in moving[:ROWS_SHOWN]],
        buttons=list(_ways_on(ctx, found)),
        tone="ask",
        private=True,
    )


def _counts(found: Reading) -> dict[str, Any]:
    outside = found.plan.outside
    return {
        "added": len(found.plan.of("added")),
        "changed": len(found.plan.of("changed")),
        "same": len(found.plan.of("unchanged")),
        "minutes": sum(one.told.worked.minutes for one in found.plan.of("added")),
        "left_out": found.left_out,
        "joining": found.joining,
        "outside": list(map(_name, outside))[:NAMED],
        "outsiders": len(outside),
        "outside_rows": sum(map(len, outside.values())),
    }


def _name(one: Whose) -> str:
    return one.told if isinstance(one, Known) else one.name


def _entry(ctx: Context, step: Step) -> Entry:
    facts = {
        "who": _name(step.whose),
        "shift": step.told.worked.on(ctx.meeting_zone),
        "told": step.told,
        "before": step.noted.worked.on(ctx.meeting_zone) if step.noted else None,
        "place": step.noted.place if step.noted else "",
        "note": step.noted.note if step.noted else "",
    }
    return Entry(facts)


def _ways_on(ctx: Context, found: Reading) -> Iterator[Offer]:
    columns = found.line
    line = _line(ctx, found.file, found.joining)
    if found.layout.unknown:
        yield Offer("ignore", f"{line} {columns} {IGNORE}=all", primary=True)
    elif found.plan.changes:
        yield Offer("confirm", f"{line} confirm {found.digest} {columns}", primary=True)
    if found.plan.outside and not found.joining and not found.layout.unknown:
        more = _line(ctx, found.file, "with newcomers")
        yield Offer("with_newcomers", f"{more} {columns}", facts={"count": len(found.plan.outside)})
    if found.order.cell:
        turned = f"{line} {found.layout.sheet.line} {found.order.turned}"
        yield Offer("turned", turned, facts={"dates": found.order})
    if found.faults:
        yield Offer("faults", f"{_line(ctx, found.file, found.joining, 'shifts import problems')} {columns}")


# --- done


def _imported(ctx: Context, found: Reading) -> Message:
    intake = intakes.begin(ctx.db, _values(ctx, found))
    applying.apply(ctx.db, intake, found.plan)
    how = how_of(found.layout, DATED, found.order.how)
    said = to_remember(found.layout, SHIFTS, how=how)
    intakes.remember(ctx.db, ctx.workspace.id, headings_of(found.layout), said, how=how, about=parties.SHIFTS)
    _label(found.file, ctx.meeting.id)
    ctx.db.flush()
    return ctx.words(
        "crew/imported",
        **_counts(found),
        intake=intake,
        file=found.file,
        buttons=[
            Offer("gaps", f"volunteers M{ctx.meeting.number} gaps", primary=True),
            Offer("volunteers", f"volunteers M{ctx.meeting.number}"),
            Offer("take_back", f"people import undo {intake.ref}"),
        ],
        tone="good",
        private=True,
    )


def _values(ctx: Context, found: Reading) -> dict[str, Any]:
    return {
        "workspace_id": ctx.workspace.id,
        "number": intakes.next_number(ctx.db, ctx.workspace.id),
        "meeting_id": ctx.meeting.id,
        "about": parties.SHIFTS,
        "capacity": Capacity.VOLUNTEER,
        "file_id": found.file.id,
        "columns": found.layout.sheet.headings,
        "layout": [],
        "added": len(found.plan.of("added")),
        "changed": len(found.plan.of("changed")),
        "same": len(found.plan.of("unchanged")),
        "person_id": ctx.person.id,
        "at": ctx.now,
    }


def _label(file: File, meeting_id: int) -> None:
    """What the file is to the meeting; what somebody has said of it stays."""
    file.meeting_id, file.material = file.meeting_id or meeting_id, file.material or Material.OTHER
    file.scope, file.personal = file.scope or Scope.INTERNAL, True
