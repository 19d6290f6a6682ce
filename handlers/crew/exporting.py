"""The hours of the crew as a spreadsheet, to who asked alone."""

from __future__ import annotations

from collections.abc import Sequence

from handlers.context import Context
from handlers.crew.permits import allow_looking
from handlers.crew.roster import Member, members
from handlers.crew.rules import Worked
from handlers.grammar import MeetingNumber
from handlers.refused import Refused
from handlers.router import Router
from handlers.sheets import Grid
from handlers.stored import handed_out
from messages import Columns, Message, Offer
from storage.crew import Shift
from storage.parties import Capacity

router = Router("crew")

WIDTH = 9
"""Columns of the sheet of shifts: one without rows has its headings all the same."""


@router.command("volunteers export", zh="志愿者 导出", also=("export volunteers", "导出志愿者", "志愿者工时表"))
def export(ctx: Context, meeting: MeetingNumber = 0) -> Message:
    """Shifts and hours of everybody as a spreadsheet, to you alone: volunteers export"""
    allow_looking(ctx, meeting)
    everybody = members(ctx)
    if not everybody:
        add = Offer("add", f"volunteer add M{ctx.meeting.number}", primary=True, facts={"party": None})
        raise Refused("crew/nobody", buttons=[add])
    name = ctx.words("crew/export_name").body
    file = handed_out(ctx, name, [_people(ctx, everybody), _shifts(ctx, everybody)], personal=True)
    minutes = sum(one.minutes for one in everybody)
    return ctx.words("crew/exported", count=len(everybody), minutes=minutes, files=[file], private=True)


def clock(minutes: int) -> str:
    """270 minutes as 4:30, which every spreadsheet can add up."""
    return f"{minutes // 60}:{minutes % 60:02}"


def _people(ctx: Context, everybody: Sequence[Member]) -> Grid:
    columns = Columns(
        ("number", "name", "unit", "capacity", "post", "shifts", "hours", "contribution", "commendation", "gift"),
        [_person(one) for one in everybody],
    )
    return _grid(ctx.words("crew/sheet_people", table=columns))


def _person(one: Member) -> list[object]:
    row = one.row
    return [
        one.party.ref,
        one.party.name,
        one.party.unit,
        Capacity.STAFF if one.staff else Capacity.VOLUNTEER,
        row.role if row else "",
        str(len(one.shifts)),
        clock(one.minutes),
        row.contribution if row else "",
        row.commendation if row and one.commended else "",
        row.gift if row else "",
    ]


def _shifts(ctx: Context, everybody: Sequence[Member]) -> Grid:
    rows = [_shift(ctx, one, shift) for one in everybody for shift in one.shifts]
    columns = Columns(("number", "name", "day", "from", "to", "hours", "post", "place", "note"), rows or [[""] * WIDTH])
    return _grid(ctx.words("crew/sheet_shifts", table=columns))


def _shift(ctx: Context, one: Member, shift: Shift) -> list[object]:
    told = Worked.of(shift).on(ctx.meeting_zone)
    return [
        one.party.ref,
        one.party.name,
        told.day.isoformat() if told.day else "",
        f"{told.begins:%H:%M}" if told.begins else "",
        f"{told.ends:%H:%M}" if told.ends else "",
        clock(told.minutes),
        told.text,
        shift.place,
        shift.note,
    ]


def _grid(page: Message) -> Grid:
    table = page.table
    return Grid(page.title, [list(table.columns), *map(list, table.rows)] if table else [[""]])
