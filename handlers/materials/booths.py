"""The stands of sponsors and exhibitors: one photo of each is asked for."""

from __future__ import annotations

import re
from collections.abc import Sequence

from handlers.context import Context
from handlers.grammar import Files, MeetingNumber, Text
from handlers.materials import applying
from handlers.materials.importing import one_file
from handlers.materials.permits import allow_tending
from handlers.names import plain
from handlers.refused import Refused
from handlers.router import Router
from handlers.sheets import find
from handlers.stored import grids
from messages import Message, Offer
from storage import meetings, programme
from storage.programme import Booth

router = Router("materials")

LONGEST = 200
MOST = 1000
_HEADINGS = {
    "name": [
        *"展商 展商名称 参展商 参展单位 赞助商 赞助单位 企业名称 企业".split(),
        *"单位名称 单位 公司 公司名称 名称 展位名称 展位".split(),
        *("exhibitor", "sponsor", "booth", "stand", "company", "organisation", "organization", "name"),
    ]
}


@router.command("booths", zh="展位", also=("booth list", "stands", "展位 列表", "展位列表", "展商"))
def listing(ctx: Context, meeting: MeetingNumber = 0) -> Message:
    """The stands of a meeting: booths"""
    ctx.meeting_number(meeting or None)
    found = programme.booths(ctx.db, ctx.meeting.id)
    offers = [Offer("materials", f"materials M{ctx.meeting.number}")] if found else []
    return ctx.words("materials/booths", meeting=ctx.meeting, names=[one.name for one in found], buttons=offers)


@router.command("booth add", zh="展位 添加", also=("add booth", "stand add", "添加展位", "新增展位"))
def add(ctx: Context, meeting: MeetingNumber = 0, names: Text = "") -> Message:
    """Note a stand, or several: booth add Huawei, ZTE"""
    ctx.meeting_number(meeting or None)
    allow_tending(ctx)
    ctx.must_run()
    said = [part.strip() for part in re.split(r"[,，、;；]", names)]
    if not any(said):
        raise Refused("materials/which_booth", verb=ctx.spoken("booth add"))
    return _added(ctx, [name for name in said if name])


@router.command("booths import", zh="展位 导入", also=("import booths", "booth import", "导入展位", "导入展商"))
def import_(ctx: Context, meeting: MeetingNumber = 0, refs: Files = ()) -> Message:
    """Note every stand of a spreadsheet: booths import, with the file attached"""
    ctx.meeting_number(meeting or None)
    allow_tending(ctx)
    ctx.must_run()
    file = one_file(ctx, refs, line="booths import")
    names: list[str] = []
    for grid in grids(ctx, file):
        found = find(grid.rows, _HEADINGS)
        names += [row.values["name"] for row in found.rows(grid.rows)] if found else []
    if not names:
        raise Refused("materials/no_booths_in", file=file)
    return _added(ctx, names)


@router.command("booth drop", zh="展位 删除", also=("drop booth", "stand drop", "删除展位"))
def drop(ctx: Context, meeting: MeetingNumber = 0, name: Text = "") -> Message:
    """Take a stand off the list: booth drop Huawei"""
    ctx.meeting_number(meeting or None)
    allow_tending(ctx)
    ctx.must_run()
    known = programme.booths(ctx.db, ctx.meeting.id)
    found = next((one for one in known if plain(one.name) == plain(name.strip())), None)
    if found is None:
        raise Refused("materials/no_booth", text=name, known=[one.name for one in known[:8]])
    applying.drop_booth(ctx, found)
    return ctx.words("materials/booth_dropped", name=found.name, buttons=[Offer("undo", "undo")], tone="good")


def _added(ctx: Context, names: Sequence[str]) -> Message:
    """Those that are new; a second time nothing is."""
    known = {plain(one.name) for one in programme.booths(ctx.db, ctx.meeting.id)}
    wanted = {plain(name): name for name in (said[:LONGEST] for said in names)}
    fresh = [name for key, name in wanted.items() if key not in known][: MOST - len(known)]
    ctx.db.add_all(Booth(meeting_id=ctx.meeting.id, name=name) for name in fresh)
    ctx.db.flush()
    meetings.plan_materials(ctx.db, ctx.meeting.id)
    offers = [Offer("materials", f"materials M{ctx.meeting.number}", primary=True)]
    return ctx.words(
        "materials/booths_added",
        names=fresh,
        same=len(wanted) - len(fresh),
        buttons=[*offers, *([Offer("undo", "undo")] if fresh else [])],
        tone="good",
    )
