"""Tasks that lists and papers prove: the one that asks for them, and the file that is kept with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from storage import checklist
from storage.checklist import Proof

if TYPE_CHECKING:
    from handlers.context import Context
    from storage.checklist import Task
    from storage.files import File


def open_task(ctx: Context, key: str) -> Task | None:
    """The meeting's unfinished task of that item of its template; None where it has none."""
    tasks = checklist.tasks(ctx.db, ctx.meeting.id)
    return next((task for task in tasks if task.key == key and not task.finished), None)


def is_proven(ctx: Context, task: Task) -> bool:
    """Whether anything is kept with its present round."""
    return bool(checklist.proofs(ctx.db, task.id, task.round))


def keep(ctx: Context, task: Task, file: File) -> None:
    """The file as a proof of the task's present round; kept once, however often it is said."""
    if any(proof.file_id == file.id for proof in checklist.proofs(ctx.db, task.id, task.round)):
        return
    given = {"value": file.name, "file_id": file.id, "person_id": ctx.person.id, "at": ctx.now}
    ctx.db.add(Proof(task_id=task.id, round=task.round, kind="file", **given))
    ctx.db.flush()
