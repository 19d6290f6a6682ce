"""Files that no longer count, each for a reason; until the meeting is closed they can be brought back."""

from __future__ import annotations

from collections.abc import Sequence

from handlers.context import Context
from handlers.custody import may_settle
from handlers.files.picking import needed, picked
from handlers.grammar import Files, Text
from handlers.refused import Refused
from handlers.router import Router
from messages import Message, Offer, Question, Questions
from storage import checklist
from storage.checklist import Task
from storage.files import File

router = Router("files")

LONGEST_REASON = 300


@router.command("file drop", zh="文件 移除", also=("drop file", "移除文件", "删除文件", "文件 删除"))
def drop(ctx: Context, stored: Files = (), reason: Text = "") -> Message:
    """Let a file count no more, and why; it can be brought back: file drop F7 it is of another meeting"""
    needed(ctx, stored, "file drop F7")
    found = picked(ctx, stored)
    may_settle(ctx, found)
    ctx.must_run()
    if not reason:
        line = " ".join(["file drop", *(file.ref for file in found)])
        form = Questions(line, [Question("reason", "long", required=True)])
        return ctx.words("files/ask_reason", found=found, form=form, private=True)
    if len(reason) > LONGEST_REASON:
        raise Refused("files/long_reason", most=LONGEST_REASON)
    for file in found:
        file.dropped_at, file.drop_reason = ctx.now, reason
    ctx.db.flush()
    tasks = _proven(ctx, found)
    done = [task for task in tasks if task.finished]
    pairs = zip(done, ctx.refs(done), strict=True)
    again = [Offer("reopen", f"reopen {ref}", facts={"task": task}) for task, ref in pairs]
    buttons = [*again, Offer("undo", "undo")]
    return ctx.words(
        "files/drop", found=found, done=done, reason=reason, buttons=buttons, about=ctx.refs(tasks), tone="good"
    )


@router.command("file restore", zh="文件 恢复", also=("restore file", "恢复文件", "文件 找回"))
def restore(ctx: Context, stored: Files = ()) -> Message:
    """Let a file count again that was dropped: file restore F7"""
    needed(ctx, stored, "file restore F7")
    found = picked(ctx, stored, dropped=True)
    may_settle(ctx, found)
    ctx.must_run()
    if all(file.dropped_at is None for file in found):
        raise Refused("files/not_dropped", file=found[0], buttons=[Offer("details", f"file show {found[0].ref}")])
    for file in found:
        file.dropped_at, file.drop_reason = None, ""
    ctx.db.flush()
    tasks = _proven(ctx, found)
    buttons = [Offer("undo", "undo")]
    return ctx.words("files/restore", found=found, tasks=tasks, buttons=buttons, about=ctx.refs(tasks), tone="good")


def _proven(ctx: Context, found: Sequence[File]) -> list[Task]:
    """The tasks that these prove: what was finished stays finished, and can be opened again."""
    return list({task.id: task for file in found for task in checklist.proven_by(ctx.db, file.id)}.values())
