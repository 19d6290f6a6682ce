"""How many registered, came and watched; what belongs to nobody; and the whole as a file for those who may have it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from handlers.attendance.proving import finishing
from handlers.context import Context
from handlers.grammar import MeetingNumber, Text
from handlers.permissions import allow, keeps_lists, may
from handlers.refused import Refused
from handlers.router import Router
from handlers.sheets import Grid
from handlers.stored import handed_out
from messages import Columns, Entry, Message, Offer
from messages.markdown import plain
from storage import attendance, files
from storage.attendance import Attendee, Roll, Tally
from storage.materials import Material

router = Router("attendance")

MOST_LISTS, MOST_ASKED = 10, 2
MARK = "✓"


@router.command("attendance", zh="参会", also=("参会情况", "到会情况", "attendance show"))
def show(ctx: Context, meeting: MeetingNumber = 0, more: Text = "") -> Message:
    """Who registered, came, stayed away or watched, in numbers: attendance"""
    if more and ctx.router:
        return ctx.router.in_words(ctx, ctx.line)
    ctx.meeting_number(meeting or None)
    rolls = attendance.rolls(ctx.db, ctx.meeting.id)
    if not rolls:
        return ctx.words(
            "attendance/none", meeting=ctx.meeting, upload=f"attendance import M{ctx.meeting.number}", private=True
        )
    known = files.some(ctx.db, [roll.file_id for roll in rolls])
    lost = attendance.remarks(ctx.db, ctx.meeting.id)
    keeps = may(ctx, keeps_lists, ctx.meeting)
    rows = [
        Entry(
            {"roll": roll, "file": known[roll.file_id]},
            [Offer("drop", f"attendance drop {_ref(ctx, roll)}")] if keeps else [],
        )
        for roll in rolls[:MOST_LISTS]
    ]
    return ctx.words(
        "attendance/show",
        meeting=ctx.meeting,
        tally=attendance.tally(ctx.db, ctx.meeting.id),
        lost=lost,
        unmatched=sum(lost.values()),
        left_out=max(0, len(rolls) - MOST_LISTS),
        rows=rows,
        buttons=[*finishing(ctx), *_files(ctx), *_asked(ctx, rolls, lost)] if keeps else finishing(ctx),
    )


def _ref(ctx: Context, roll: Roll) -> str:
    return f"M{ctx.meeting.number} {roll.ref}"


def _files(ctx: Context) -> list[Offer]:
    number = ctx.meeting.number
    return [Offer("report", f"attendance report M{number}"), Offer("noshow", f"attendance noshow M{number}")]


def _asked(ctx: Context, rolls: Sequence[Roll], lost: Mapping[str, int]) -> list[Offer]:
    """Whether a name alone will do, where that would tell whose a row is."""
    if "name_only" not in lost:
        return []
    wanting = {row.roll_id for row in attendance.rows(ctx.db, ctx.meeting.id) if row.remark == "name_only"}
    asked = [roll for roll in rolls if roll.id in wanting and not roll.by_name][:MOST_ASKED]
    return [Offer("names", f"attendance names {_ref(ctx, roll)}", facts={"roll": roll}) for roll in asked]


@router.command("attendance report", zh="参会 核对表", also=("参会核对表", "attendance file"))
def report(ctx: Context, meeting: MeetingNumber = 0) -> Message:
    """The reconciled list as a spreadsheet, to you alone: attendance report"""
    _may(ctx, meeting)
    people = attendance.people(ctx.db, ctx.meeting.id)
    rows = attendance.rows(ctx.db, ctx.meeting.id)
    tally = attendance.tally(ctx.db, ctx.meeting.id)
    grids = [_summary(ctx, tally), _people(ctx, people), _unmatched(ctx, rows)]
    file = handed_out(ctx, ctx.words("attendance/report_name").body, grids, material=Material.ATTENDANCE, personal=True)
    return ctx.words("attendance/report", tally=tally, files=[file], private=True)


@router.command("attendance noshow", zh="参会 未到", also=("attendance no-show", "no-shows", "谁没来", "未到人员"))
def noshow(ctx: Context, meeting: MeetingNumber = 0) -> Message:
    """How many registered and did not come, and who, as a file to you alone: attendance noshow"""
    _may(ctx, meeting)
    people = attendance.people(ctx.db, ctx.meeting.id)
    missing = [one for one in people if one.registered and not (one.attended or one.online)]
    tally = attendance.tally(ctx.db, ctx.meeting.id)
    name = ctx.words("attendance/noshow_name").body
    given = [handed_out(ctx, name, [_people(ctx, missing)], personal=True)] if missing else []
    return ctx.words("attendance/noshow", tally=tally, files=given, private=True)


def _may(ctx: Context, meeting: int) -> None:
    """Raises ``Refused`` for who may not see people's telephones, and where there is no list yet."""
    ctx.meeting_number(meeting or None)
    allow(ctx, keeps_lists, ctx.meeting)
    if not attendance.rolls(ctx.db, ctx.meeting.id):
        raise Refused("attendance/no_lists", upload=f"attendance import M{ctx.meeting.number}")


# --- the sheets


def _summary(ctx: Context, tally: Tally) -> Grid:
    booked, came = tally.registered, tally.came
    counts = (
        ("registered", tally.registered, 0),
        ("attended", tally.attended, came),
        ("of_registered", tally.attended - tally.walk_in, booked),
        ("walk_in", tally.walk_in, tally.attended),
        ("no_show", tally.no_show, booked),
        ("online", tally.online, came),
        ("came", came, 0),
        ("questions", tally.questions, tally.people),
    )
    rows = [Entry({"name": name}) for name, _, _ in counts]
    page = ctx.words("attendance/sheet_summary", rows=rows, table=Columns(("what", "count", "share", "base"), [("",)]))
    told = [
        [plain(row.text), str(count), f"{count / base:.1%}" if base else "", str(base) if base else ""]
        for row, (_, count, base) in zip(page.rows, counts, strict=True)
    ]
    return Grid(page.title, [list(page.table.columns if page.table else ()), *told])


def _people(ctx: Context, people: Sequence[Attendee]) -> Grid:
    asked = _reasons(ctx, {one.question for one in people})
    columns = Columns(
        (
            "number",
            "name",
            "unit",
            "position",
            "phone",
            "email",
            "ticket",
            "external",
            "registered",
            "attended",
            "walk_in",
            "no_show",
            "online",
            "minutes",
            "question",
        ),
        [_cells(one, asked) for one in people],
    )
    return _grid(ctx.words("attendance/sheet_people", table=columns))


def _cells(one: Attendee, asked: Mapping[str, str]) -> list[object]:
    came = one.attended or one.online
    marks = (one.registered, one.attended, one.attended and not one.registered, one.registered and not came, one.online)
    return [
        str(one.number),
        one.name,
        one.unit,
        one.position,
        one.phone,
        one.email,
        one.ticket,
        one.external,
        *(MARK if mark else "" for mark in marks),
        "" if one.online_minutes is None else str(one.online_minutes),
        asked[one.question],
    ]


def _unmatched(ctx: Context, rows: Sequence[Any]) -> Grid:
    rolls = {roll.id: roll for roll in attendance.rolls(ctx.db, ctx.meeting.id)}
    known = files.some(ctx.db, [roll.file_id for roll in rolls.values()])
    why = _reasons(ctx, {row.remark for row in rows})
    told = [
        [
            rolls[row.roll_id].ref,
            known[rolls[row.roll_id].file_id].name,
            str(row.number),
            *(row.name, row.unit, row.phone, row.email, row.external, row.status),
            why[row.remark],
        ]
        for row in rows
        if row.remark
    ]
    keys = Columns(
        ("list", "file", "row", "name", "unit", "phone", "email", "external", "status", "reason"), told or [[""] * 10]
    )
    return _grid(ctx.words("attendance/sheet_unmatched", table=keys))


def _reasons(ctx: Context, remarks: Collection[str]) -> dict[str, str]:
    """Each in words; "" where there is none."""
    return {remark: plain(ctx.words("attendance/reason", remark=remark).body) if remark else "" for remark in remarks}


def _grid(page: Message) -> Grid:
    table = page.table
    return Grid(page.title, [list(table.columns), *map(list, table.rows)] if table else [[""]])
