"""The task of cleaning the final list gets the list as its proof, and offers to be finished once nothing is asked."""

from __future__ import annotations

from handlers.context import Context
from messages import Offer
from storage import checklist, intakes, parties
from storage.checklist import Proof, Task
from storage.files import File
from storage.parties import Capacity

TASK = "attendee-clean"
"""The key of the item in the template."""


def prove(ctx: Context, file: File, capacity: Capacity) -> None:
    task = _task(ctx)
    if task is None or capacity != Capacity.ATTENDEE:
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
    """A button that finishes the task with how many are in the list, where nobody is asked who is one."""
    task = _task(ctx)
    proven = task is not None and checklist.proofs(ctx.db, task.id, task.round)
    if task is None or not proven or intakes.open_questions(ctx.db, ctx.workspace.id):
        return []
    count = len(parties.of_meeting(ctx.db, ctx.meeting.id, Capacity.ATTENDEE))
    line = f"done {ctx.refs([task])[0]} {_note(ctx, count)}"
    return [Offer("finish", line, facts={"task": task, "count": count})]


def _note(ctx: Context, count: int) -> str:
    return ctx.words("parties/note", count=count).body


def _task(ctx: Context) -> Task | None:
    """None where the meeting has no such task, or it is finished."""
    found = (task for task in checklist.tasks(ctx.db, ctx.meeting.id) if task.key == TASK and not task.finished)
    return next(found, None)
