"""The task of cleaning the final list gets the list as its proof, and offers to be finished once nothing is asked."""

from __future__ import annotations

from handlers import proven
from handlers.context import Context
from messages import Offer
from storage import intakes, parties
from storage.files import File
from storage.parties import Capacity

TASK = "attendee-clean"
"""The key of the item in the template."""


def prove(ctx: Context, file: File, capacity: Capacity) -> None:
    task = proven.open_task(ctx, TASK)
    if task is not None and capacity == Capacity.ATTENDEE:
        proven.keep(ctx, task, file)


def finishing(ctx: Context) -> list[Offer]:
    """A button that finishes the task with how many are in the list, where nobody is asked who is one."""
    task = proven.open_task(ctx, TASK)
    if task is None or not proven.is_proven(ctx, task) or intakes.open_questions(ctx.db, ctx.workspace.id):
        return []
    count = len(parties.of_meeting(ctx.db, ctx.meeting.id, Capacity.ATTENDEE))
    line = f"done {ctx.refs([task])[0]} {_note(ctx, count)}"
    return [Offer("finish", line, facts={"task": task, "count": count})]


def _note(ctx: Context, count: int) -> str:
    return ctx.words("parties/note", count=count).body
