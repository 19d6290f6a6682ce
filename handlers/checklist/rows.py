"""What one line of a list says of a task, and what one would do next."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from handlers.checklist import rules
from handlers.context import Context
from messages import Entry, Offer
from storage.checklist import Task
from storage.people import Person


def row_facts(ctx: Context, task: Task, owners: Sequence[Person]) -> dict[str, Any]:
    """``days`` are counted by the reader's calendar, from the due day to today: above 0 it is late."""
    return {"task": task, "owners": owners, "late": rules.overdue(task, ctx.now), "days": days_since(ctx, task)}


def days_since(ctx: Context, task: Task) -> int:
    """Calendar days since the due day, in the reader's zone; below 0 while it is still ahead."""
    return (ctx.now.astimezone(ctx.zone).date() - task.due_at.astimezone(ctx.zone).date()).days


def day_off(ctx: Context, task: Task) -> str:
    """The holiday's name or "weekend" where the due day is not worked, else ""."""
    day = task.due_at.astimezone(ctx.meeting_zone).date()
    return "" if ctx.calendar.worked(day) else (ctx.calendar.name(day, ctx.locale) or "weekend")


def entries(ctx: Context, tasks: Sequence[Task], owners: dict[int, list[Person]]) -> list[Entry]:
    """A row per task, with what one would do next as its button."""
    return [
        Entry(row_facts(ctx, task, owners[task.id]), _next_step(task, ref))
        for task, ref in zip(tasks, ctx.refs(tasks), strict=True)
    ]


def _next_step(task: Task, ref: str) -> list[Offer]:
    if task.finished:
        return [Offer("show", f"show {ref}")]
    return [Offer("done", f"done {ref}", primary=True), Offer("show", f"show {ref}")]
