"""Which tasks a file proves: one file is one thing, whatever it is kept with."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from handlers.context import Context
from handlers.custody import may_file
from handlers.files.picking import needed, picked
from handlers.filing import PERSONAL, TASKS
from handlers.grammar import Files, OneOf, Tasks
from handlers.permissions import allow, work_on
from handlers.refused import Refused
from handlers.router import Router
from messages import Message, Offer
from storage import checklist
from storage.checklist import Proof, State, Task
from storage.files import File

router = Router("files")

MOST_TASKS = 8
Nowhere = Annotated[str, OneOf({"none": ("无", "不归任务", "没有任务", "nothing")})]


@router.command("file move", zh="文件 移动", also=("move file", "移动文件", "文件 归到"))
def move(ctx: Context, stored: Files = (), tasks: Tasks = (), nowhere: Nowhere = "") -> Message:
    """Let a file prove another task, or none: file move F7 T12 · file move F7 none"""
    needed(ctx, stored, "file move F7 T12")
    found = picked(ctx, stored)
    if ctx.subject is None and tasks:
        ctx.tasks(tasks)
    ctx.must_run()
    may_file(ctx, found)
    if not tasks and not nowhere:
        return _ask(ctx, found)
    chosen = ctx.tasks(tasks)
    if len(chosen) > 1:
        raise Refused("files/one_task", file=found[0])
    if any(task.meeting_id != ctx.meeting.id for task in chosen):
        raise Refused("files/two_meetings")
    proven = [task for file in found for task in checklist.proven_by(ctx.db, file.id)]
    if chosen or proven:
        allow(ctx, work_on, ctx.meeting, chosen or proven)
    return _moved(ctx, found, chosen[0] if chosen else None)


def _moved(ctx: Context, found: Sequence[File], task: Task | None) -> Message:
    """What was finished with it stays finished, and is named."""
    left: dict[int, Task] = {}
    for file in found:
        file.meeting_id = ctx.meeting.id
        if file.material is None and task is not None:
            file.material = TASKS.get(task.key)
            file.personal = file.personal or file.material in PERSONAL
        left |= {one.id: one for one in _detached(ctx, file, task)}
        if task is not None and task not in checklist.proven_by(ctx.db, file.id):
            ctx.db.add(_proof(ctx, task, file))
    ctx.db.flush()
    done = [one for one in left.values() if one.finished]
    again = [
        Offer("reopen", f"reopen {ref}", facts={"task": one}) for one, ref in zip(done, ctx.refs(done), strict=True)
    ]
    return ctx.words(
        "files/moved",
        found=found,
        task=task,
        left=list(left.values()),
        done=done,
        buttons=[*([Offer("show", f"show {ctx.refs([task])[0]}")] if task else []), *again, Offer("undo", "undo")],
        about=ctx.refs([task] if task else []),
        tone="good",
    )


def _detached(ctx: Context, file: File, task: Task | None) -> list[Task]:
    """The tasks with which it is kept no longer."""
    gone = [one for one in checklist.proven_by(ctx.db, file.id) if task is None or one.id != task.id]
    for row in checklist.proofs_of_file(ctx.db, file.id):
        if row.task_id in {one.id for one in gone}:
            ctx.db.delete(row)
    return gone


def _proof(ctx: Context, task: Task, file: File) -> Proof:
    given = {"person_id": ctx.person.id, "at": ctx.now, "file_id": file.id}
    return Proof(task_id=task.id, round=task.round, kind="file", value=file.name, **given)


def _ask(ctx: Context, found: Sequence[File]) -> Message:
    """The person's own tasks first."""
    numbers = " ".join(file.ref for file in found)
    kept = {task.id for file in found for task in checklist.proven_by(ctx.db, file.id)}
    open_ = [
        task
        for task in checklist.tasks(ctx.db, ctx.meeting.id)
        if not task.finished and task.id not in kept and task.rule().kind == "file"
    ]
    owners = ctx.owners(open_)
    chosen = sorted(
        open_, key=lambda task: (ctx.person not in owners[task.id], task.state == State.WAITING, task.due_at)
    )[:MOST_TASKS]
    offers = [
        Offer("to", f"file move {numbers} {ref}", facts={"task": task})
        for task, ref in zip(chosen, ctx.refs(chosen), strict=True)
    ]
    nowhere = [Offer("nowhere", f"file move {numbers} none")] if kept else []
    return ctx.words("files/where", found=found, numbers=numbers, buttons=[*offers, *nowhere], tone="ask", private=True)
