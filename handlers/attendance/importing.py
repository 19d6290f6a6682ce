"""A list is shown as it is understood; once somebody has confirmed that, it is one of the meeting's lists."""

from __future__ import annotations

from dataclasses import dataclass

from handlers import expected, stored
from handlers.attendance.cells import as_read
from handlers.attendance.columns import LISTS, kind_of
from handlers.attendance.counting import recount
from handlers.attendance.naming import ColumnNames, Confirm, Kind, RollNumber
from handlers.attendance.proving import finishing, prove
from handlers.attendance.reading import Read, Scene, read_rows
from handlers.cleaning.masking import masked
from handlers.context import Context
from handlers.custody import to_read
from handlers.dates.column import DATES, stands_first
from handlers.grammar import Files, MeetingNumber
from handlers.permissions import allow, keeps_lists
from handlers.refused import Refused
from handlers.router import Router
from handlers.sheets import Sheet, exactly, sheet_of
from handlers.sheets.mapping import MOST_SHOWN
from messages import Entry, Message, Offer
from storage import attendance, files
from storage.attendance import Roll, RollKind
from storage.files import File
from storage.materials import Material, Scope

router = Router("attendance")

ROWS_SHOWN, PROBLEMS_SHOWN = 5, 8
SHOWN = ("name", "unit", "position", "email", "phone", "ticket", "external", "status")


@dataclass(frozen=True)
class _List:
    """A file as it is understood."""

    file: File
    sheet: Sheet
    kind: RollKind
    read: Read


@router.command(
    "attendance import",
    zh="参会 导入",
    also=("import attendance", "导入参会名单", "导入名单", "签到 导入", "导入签到表"),
)
def import_(
    ctx: Context,
    meeting: MeetingNumber = 0,
    *,
    said: Kind | None = None,
    refs: Files = (),
    kind: Kind | None = None,
    confirm: Confirm = "",
    columns: ColumnNames | None = None,
) -> Message:
    """Bring in a list of who registered, signed in or watched: attendance import F7 as checkin"""
    ctx.meeting_number(meeting or None)
    allow(ctx, keeps_lists, ctx.meeting)
    ctx.must_run()
    named = dict(columns or {})
    file = _file(ctx, refs)
    if unread := named.pop("", ""):
        raise Refused("attendance/which_kind", text=unread, buttons=_kinds(ctx, file, tuple(RollKind)))
    dates = stands_first(named.pop(DATES, ""))
    sure = bool(confirm and named and (kind or said))
    found = _understood(ctx, file, kind or said, named, dates, sure=sure)
    before = _before(ctx, file)
    if before and not dates and (before.kind, before.columns) == (found.kind, found.sheet.headings):
        return ctx.words("attendance/same", roll=before, file=file, buttons=[Offer("attendance", "attendance")])
    return _imported(ctx, found, before) if sure else _preview(ctx, found, before)


def _file(ctx: Context, refs: tuple[int, ...]) -> File:
    found = to_read(ctx, refs) if refs else list(ctx.files)
    if len(found) != 1:
        raise Refused("attendance/one_file", count=len(found), upload=f"attendance import M{ctx.meeting.number}")
    return found[0]


def _understood(
    ctx: Context,
    file: File,
    kind: RollKind | None,
    named: dict[str, str],
    dates: str,
    *,
    sure: bool = False,
) -> _List:
    """Raises ``Refused`` for what is no list of people. What was confirmed is read as it was shown."""
    grids = stored.grids(ctx, file)
    sheet = exactly(grids, LISTS, named) if sure else sheet_of(grids, LISTS, named)
    kind = kind or kind_of(file.name, sheet)
    days = expected.days(ctx.meeting)
    read = read_rows(sheet, kind, Scene((days[0], days[-1]), ctx.meeting_zone, dates))
    if not read.rows:
        raise Refused("attendance/no_rows", file=file, headings=list(sheet.headings.values())[:MOST_SHOWN])
    return _List(file, sheet, kind, read)


def _before(ctx: Context, file: File) -> Roll | None:
    """The list that was made of the same bytes."""
    rolls = attendance.rolls(ctx.db, ctx.meeting.id)
    known = files.some(ctx.db, [roll.file_id for roll in rolls])
    return next((roll for roll in rolls if known[roll.file_id].digest == file.digest), None)


def _kinds(ctx: Context, file: File, kinds: tuple[RollKind, ...], columns: str = "") -> list[Offer]:
    line = f"attendance import M{ctx.meeting.number} {file.ref}"
    return [Offer("kind", f"{line} as {kind} {columns}".strip(), facts={"kind": kind}) for kind in kinds]


def _preview(ctx: Context, found: _List, before: Roll | None) -> Message:
    order, columns = found.read.order, f"{found.sheet.line} {found.read.order.line}".strip()
    here = f"attendance import M{ctx.meeting.number} {found.file.ref} as {found.kind}"
    turned = Offer("turned", f"{here} {found.sheet.line} {order.turned}", facts={"dates": order})
    others = tuple(kind for kind in RollKind if kind != found.kind)
    shown = [
        {name: masked(name, as_read(name, row[name])) for name in SHOWN if row[name]}
        for row in found.read.rows[:ROWS_SHOWN]
    ]
    problems = found.read.problems
    return ctx.words(
        "attendance/preview",
        file=found.file,
        kind=found.kind,
        sheet=found.sheet.grid.name,
        others=found.sheet.others,
        count=len(found.read.rows),
        came=sum(row["came"] for row in found.read.rows),
        columns=found.sheet.headings,
        unknown=list(found.sheet.found.unknown.values())[:MOST_SHOWN],
        problems=problems[:PROBLEMS_SHOWN],
        left_out=max(0, len(problems) - PROBLEMS_SHOWN),
        before=before,
        dates=order,
        rows=[Entry({"cells": list(row.values())}) for row in shown],
        buttons=[
            Offer("confirm", f"{here} confirm {columns}", primary=True),
            *([turned] if order.cell else []),
            *_kinds(ctx, found.file, others, columns),
        ],
        tone="ask",
    )


def _imported(ctx: Context, found: _List, before: Roll | None) -> Message:
    if before:
        before.dropped_at = ctx.now
    roll = Roll(
        meeting_id=ctx.meeting.id,
        number=attendance.next_number(ctx.db, ctx.meeting.id),
        kind=found.kind,
        file_id=found.file.id,
        columns=found.sheet.headings,
        count=len(found.read.rows),
        by_name=False,
        person_id=ctx.person.id,
        at=ctx.now,
    )
    ctx.db.add(roll)
    _label(ctx, found.file, found.kind)
    ctx.db.flush()
    attendance.add_rows(ctx.db, roll.id, found.read.rows)
    recount(ctx.db, ctx.meeting.id)
    prove(ctx, found.file, found.kind)
    return _told(ctx, roll, "attendance/imported", before=before, file=found.file)


def _label(ctx: Context, file: File, kind: RollKind) -> None:
    """What the file is to the meeting; what somebody has said of it stays."""
    file.meeting_id = file.meeting_id or ctx.meeting.id
    file.material = file.material or (Material.SIGN_IN if kind == RollKind.CHECKIN else Material.ATTENDANCE)
    file.scope = file.scope or Scope.INTERNAL
    file.personal = True


def _told(ctx: Context, roll: Roll, name: str, **facts: object) -> Message:
    lost = attendance.remarks(ctx.db, ctx.meeting.id)
    return ctx.words(
        name,
        roll=roll,
        tally=attendance.tally(ctx.db, ctx.meeting.id),
        unmatched=sum(lost.values()),
        **facts,
        buttons=[
            *finishing(ctx),
            Offer("attendance", f"attendance M{ctx.meeting.number}"),
            Offer("undo", "undo"),
        ],
        tone="good",
    )


@router.command("attendance drop", zh="参会 撤回", also=("drop attendance", "撤回参会名单", "撤回名单"))
def drop(ctx: Context, meeting: MeetingNumber = 0, number: RollNumber = 0) -> Message:
    """Take a list back, so that it counts no more: attendance drop R2"""
    roll = _roll(ctx, meeting, number)
    roll.dropped_at = ctx.now
    ctx.db.flush()
    recount(ctx.db, ctx.meeting.id)
    return _told(ctx, roll, "attendance/dropped")


@router.command("attendance names", zh="参会 按姓名", also=("按姓名核对",))
def by_name(ctx: Context, meeting: MeetingNumber = 0, number: RollNumber = 0) -> Message:
    """Let a name alone do in a list that has nothing else: attendance names R2"""
    roll = _roll(ctx, meeting, number)
    roll.by_name = True
    ctx.db.flush()
    recount(ctx.db, ctx.meeting.id)
    return _told(ctx, roll, "attendance/by_name")


def _roll(ctx: Context, meeting: int, number: int) -> Roll:
    """Raises ``Refused`` for who may not, and where there is no such list."""
    ctx.meeting_number(meeting or None)
    allow(ctx, keeps_lists, ctx.meeting)
    ctx.must_run()
    rolls = attendance.rolls(ctx.db, ctx.meeting.id)
    roll = attendance.by_number(ctx.db, ctx.meeting.id, number)
    if roll is None:
        show = Offer("attendance", f"attendance M{ctx.meeting.number}")
        raise Refused("attendance/no_list", number=number, known=[one.ref for one in rolls], buttons=[show])
    return roll
