"""The task that asks for these lists gets them as its proof, and offers to be finished with the number."""

from __future__ import annotations

from handlers.context import Context
from messages import Offer
from storage import attendance, checklist
from storage.attendance import RollKind, Tally
from storage.checklist import Proof, Task
from storage.files import File

TASK = "checkin-data"
"""The key of the item in the template."""


def prove(ctx: Context, file: File, kind: RollKind) -> None:
    """A list of who came is what the task asks for; a list of who wanted to come is not."""
    task = _task(ctx)
    if task is None or kind == RollKind.REGISTRATION:
        return
    if any(proof.file_id == file.id for proof in checklist.proofs(ctx.db, task.id, task.round)):
        return
    ctx.db.add(
        Proof(
            task_id=task.id,
            round=task.round,
            kind="file",
            value=file.name,
            file_id=file.id,
            person_id=ctx.person.id,
            at=ctx.now,
        )
    )
    ctx.db.flush()


def finishing(ctx: Context) -> list[Offer]:
    """A button that finishes the task with what the lists come to, once one of them says who came."""
    task = _task(ctx)
    tally = attendance.tally(ctx.db, ctx.meeting.id)
    if task is None or not tally.came or not checklist.proofs(ctx.db, task.id, task.round):
        return []
    line = f"done {ctx.refs([task])[0]} {_note(ctx, tally)}"
    return [Offer("finish", line, facts={"task": task, "tally": tally})]


def _note(ctx: Context, tally: Tally) -> str:
    return ctx.words("attendance/note", tally=tally).body


def _task(ctx: Context) -> Task | None:
    """None where the meeting has no such task, or it is finished."""
    found = (task for task in checklist.tasks(ctx.db, ctx.meeting.id) if task.key == TASK and not task.finished)
    return next(found, None)
