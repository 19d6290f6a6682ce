"""The task that asks for these lists gets them as its proof, and offers to be finished with the number."""

from __future__ import annotations

from handlers import proven
from handlers.context import Context
from messages import Offer
from storage import attendance
from storage.attendance import RollKind, Tally
from storage.files import File

TASK = "checkin-data"
"""The key of the item in the template."""


def prove(ctx: Context, file: File, kind: RollKind) -> None:
    """A list of who came is what the task asks for; a list of who wanted to come is not."""
    task = proven.open_task(ctx, TASK)
    if task is not None and kind != RollKind.REGISTRATION:
        proven.keep(ctx, task, file)


def finishing(ctx: Context) -> list[Offer]:
    """A button that finishes the task with what the lists come to, once one of them says who came."""
    task = proven.open_task(ctx, TASK)
    tally = attendance.tally(ctx.db, ctx.meeting.id)
    if task is None or not tally.came or not proven.is_proven(ctx, task):
        return []
    line = f"done {ctx.refs([task])[0]} {_note(ctx, tally)}"
    return [Offer("finish", line, facts={"task": task, "tally": tally})]


def _note(ctx: Context, tally: Tally) -> str:
    return ctx.words("attendance/note", tally=tally).body
