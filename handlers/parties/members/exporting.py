"""The register is given back as its own system takes it: the association's columns, in its order and with its names."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from handlers import proven
from handlers.context import Context
from handlers.grammar import MeetingNumber, OneOf
from handlers.parties.importing import must_keep
from handlers.parties.members.gathering import difference, layout
from handlers.permissions import may, run_meeting
from handlers.refused import Refused
from handlers.router import Router
from handlers.sheets import Grid, comma_separated, written
from handlers.stored import CSV, XLSX, attached, made
from messages import Message, Offer
from storage import members
from storage.members import Member

router = Router("members")

TASK = "member-db-update"
"""The key of the item in the template."""
Which = Annotated[str, OneOf({"changes": ("变更", "变动", "仅变更", "changed"), "all": ("全部", "全量", "full")})]


@router.command("members export", zh="会员 导出", also=("export members", "会员导出", "导出会员", "导出会员库"))
def export(ctx: Context, meeting: MeetingNumber = 0, which: Which = "") -> Message:
    """The register for the member system, as xlsx and csv; whole, or what has changed: members export changes"""
    must_keep(ctx, meeting)
    ctx.must_run()
    rows = members.everyone(ctx.db, ctx.workspace.id)
    touched = [one for one in rows if one.update_id is not None]
    chosen = touched if which == "changes" else rows
    here = f"M{ctx.meeting.number}"
    if not chosen:
        name = "members/unchanged" if rows else "members/empty"
        raise Refused(name, upload=f"members import {here}", buttons=[Offer("compare", f"members compare {here}")])
    name = ctx.words("members/export_name", changes=which == "changes").body
    grid = Grid(name, [_headings(ctx), *(_cells(ctx, one) for one in chosen)])
    book = made(ctx, name, "xlsx", [written([grid])], XLSX, personal=True)
    text = made(ctx, name, "csv", [comma_separated(grid)], CSV, personal=True)
    task = proven.open_task(ctx, TASK)
    if task is not None:
        proven.keep(ctx, task, book)
    left = len(difference(ctx).news)
    other = "all" if which == "changes" else "changes"
    return ctx.words(
        "members/exported",
        count=len(chosen),
        changes=which == "changes",
        task=task,
        left=left,
        files=[attached(book), attached(text)],
        buttons=[
            *([Offer("compare", f"members compare {here}", primary=True)] if left else _finishing(ctx, touched)),
            *([Offer(other, f"members export {here} {other}")] if touched else []),
        ],
        private=True,
    )


def _headings(ctx: Context) -> list[str]:
    """The association's own; where no list ever came in, what such columns are usually called."""
    return [heading or ctx.words("members/heading", field=name).body for heading, name in layout(ctx)]


def _cells(ctx: Context, one: Member) -> list[str]:
    return [one.cells.get(name, "") if name else one.rest.get(heading, "") for heading, name in layout(ctx)]


def _finishing(ctx: Context, touched: Sequence[Member]) -> list[Offer]:
    """A button that finishes the task, once what was approved is in the register and nothing is left."""
    task = proven.open_task(ctx, TASK)
    if task is None:
        return []
    verb = "approve" if may(ctx, run_meeting, ctx.meeting) else "done"
    line = f"{verb} {ctx.refs([task])[0]} {_note(ctx, touched)}"
    return [Offer("finish", line, primary=True, facts={"task": task})]


def _note(ctx: Context, touched: Sequence[Member]) -> str:
    update = next(iter(members.updates(ctx.db, ctx.workspace.id)), None)
    return ctx.words("members/note", count=len(touched), update=update).body
