"""Imports of people: which there were, what in them needs a look, and taking one back whole."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from handlers.context import Context
from handlers.grammar import Files, MeetingNumber
from handlers.parties.importing import allow_for, called, intake_of, must_keep, one_file
from handlers.parties.likely import ask
from handlers.parties.naming import AsCapacity, ColumnNames, ImportNumber
from handlers.parties.previewing import line_of
from handlers.parties.reading import understood
from handlers.permissions import allow_in_any, keeps_contacts
from handlers.refused import Refused
from handlers.router import Router
from handlers.sheets import Grid
from handlers.stored import handed_out
from messages import Columns, Entry, Message, Offer
from messages.markdown import plain
from storage import contacts, files, intake_undo, intakes
from storage.files import File
from storage.journal import Change
from storage.parties import Capacity, Intake, Party

router = Router("parties")

MOST_LISTED, MOST_LEFT = 10, 8


@router.command("people imports", zh="人员 导入记录", also=("导入记录", "list imports"))
def imports(ctx: Context) -> Message:
    """Which lists of people came in, and how to take one back: people imports"""
    allow_in_any(ctx, keeps_contacts)
    found = intakes.all_of(ctx.db, ctx.workspace.id)
    known = files.some(ctx.db, [one.file_id for one in found])
    return ctx.words(
        "parties/imports",
        more=max(0, len(found) - MOST_LISTED),
        empty=not found,
        rows=[
            Entry(
                {"intake": one, "file": known[one.file_id]},
                [] if one.undone_at else [Offer("take_back", f"people import undo {one.ref}")],
            )
            for one in found[:MOST_LISTED]
        ],
    )


@router.command("people import undo", zh="人员 撤回导入", also=("撤回人员导入", "undo people import"))
def take_back(ctx: Context, number: ImportNumber = 0) -> Message:
    """Take a whole import back; what was changed since stays as it is: people import undo I3"""
    intake = intake_of(ctx, number)
    allow_for(ctx, intake)
    if intake.undone_at is not None:
        raise Refused("parties/undone_before", intake=intake, buttons=[Offer("imports", "people imports")])
    _refuse_merged(ctx, intake)
    left = intake_undo.take_back(ctx.db, intake.id)
    intake = intakes.get(ctx.db, intake.id)
    intake.undone_at = ctx.now
    ctx.db.flush()
    shown = [ctx.db.get_one(Party, party_id) for party_id in left[:MOST_LEFT]]
    return ctx.words(
        "parties/undone",
        intake=intake,
        left=shown,
        count=len(left),
        more=len(left) - len(shown),
        buttons=[Offer("imports", "people imports"), Offer("undo", "undo")],
        tone="good",
    )


def _refuse_merged(ctx: Context, intake: Intake) -> None:
    """Raises ``Refused`` while somebody of the import is merged with another, with a button to part each first."""
    rows = intake_undo.merged_since(ctx.db, intake.id)
    if not rows:
        return
    known = contacts.some(ctx.db, [one for row in rows for one in (row.gone_id, row.kept_id)])
    gone = [known[row.gone_id] for row in rows]
    raise Refused(
        "parties/merged_since",
        intake=intake,
        gone=gone[0],
        kept=known[rows[0].kept_id],
        count=len(gone),
        buttons=[
            *(Offer("part", f"contact part {one.ref}", facts={"party": one}) for one in gone[:MOST_LEFT]),
            Offer("imports", "people imports"),
        ],
    )


@router.after_undo
def put_back(ctx: Context, changes: Sequence[Change]) -> None:
    """An undo takes an import back, or lets one stand again: whole, or not at all. Raises ``Refused``."""
    for change in changes:
        intake = ctx.db.get(Intake, change.id) if change.table == Intake.__tablename__ else None
        if intake is None or "undone_at" not in (change.after or {}):
            continue
        if intake.undone_at is None:
            done = intake_undo.do_again(ctx.db, intake.id, intake.meeting_id)
            if done:
                ask(ctx.db, intake)
        else:
            _refuse_merged(ctx, intake)
            done = not intake_undo.take_back(ctx.db, intake.id)
        if not done:
            again = [Offer("take_back", f"people import undo {intake.ref}")] if intake.undone_at else []
            raise Refused("parties/changed_since", intake=intake, buttons=[*again, Offer("log", "log")])


@router.command("people import problems", zh="人员 导入问题", also=("导入问题",))
def problems(
    ctx: Context,
    meeting: MeetingNumber = 0,
    *,
    refs: Files = (),
    capacity: AsCapacity | None = None,
    columns: ColumnNames | None = None,
) -> Message:
    """Every row of a list that needs a look, as a spreadsheet, to you alone: people import problems F7 as speakers"""
    must_keep(ctx, meeting)
    file = one_file(ctx, refs)
    capacity = capacity or called(file.name)
    if capacity is None:
        raise Refused("parties/which_kind", text="", file=file, buttons=[])
    return all_problems(ctx, file, capacity, columns or {})


def all_problems(ctx: Context, file: File, capacity: Capacity | None, columns: Mapping[str, str]) -> Message:
    """As a spreadsheet."""
    found = understood(ctx, file, capacity, {name: one for name, one in columns.items() if name})
    told = [
        [str(one.number), _row(found.columns.sheet.grid, one.number), plain(_words(ctx, one))] for one in found.faults
    ]
    head = ctx.words("parties/sheet_problems", table=Columns(("row", "content", "problem"), [["", "", ""]]))
    names = list(head.table.columns) if head.table else []
    files_ = [
        handed_out(ctx, ctx.words("parties/problems_name").body, [Grid(head.title, [names, *told])], personal=True)
    ]
    return ctx.words(
        "parties/problems",
        count=len(told),
        file=file,
        files=files_ if told else [],
        buttons=[Offer("preview", line_of(ctx, "people import", file, capacity))],
        private=True,
    )


def _row(grid: Grid, number: int) -> str:
    """As it stands in the list, so that it is found again."""
    return " · ".join(cell for cell in grid.rows[number - 1] if cell)


def _words(ctx: Context, fault: object) -> str:
    return ctx.words("parties/fault", one=fault).body
