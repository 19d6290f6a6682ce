"""What one line of a list says of a task."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from handlers.checklist import rules
from handlers.context import Context
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
