"""Items of a template become tasks of a meeting. Pure."""

from __future__ import annotations

from datetime import datetime

from handlers import dates
from handlers.workdays import Calendar
from storage.checklist import State, Task
from storage.templates import Content, Evidence, Item

BUILT_IN = "after-meeting"
"""The key of the template that comes with the program."""


def task_of(item: Item, phase: int, number: int, meeting_id: int, *, ends_at: datetime, calendar: Calendar) -> Task:
    """A new task, T``number`` of phase ``phase`` (from 1), not yet added to any database.

    ``ends_at`` is the aware end of the conference in the meeting's zone. Raises ValueError for a due rule that no
    imported template can have.
    """
    return Task(
        meeting_id=meeting_id,
        number=number,
        key=item.key,
        phase=phase,
        title_zh=item.title.zh,
        title_en=item.title.en,
        # Said here as well as in the table, so that rules can judge a task that is not stored yet.
        state=State.OPEN,
        round=1,
        due_at=dates.resolve(item.due, end=ends_at, calendar=calendar),
        due_rule=item.due,
        priority=item.priority,
        owner_role=item.owner,
        optional=item.optional,
        evidence=evidence_of(item),
        repeats=repeats_of(item),
    )


def tasks_of(content: Content, meeting_id: int, *, ends_at: datetime, calendar: Calendar) -> list[Task]:
    """A whole new checklist, T1 to Tn in the order of the template."""
    return [
        task_of(item, phase, number, meeting_id, ends_at=ends_at, calendar=calendar)
        for number, (phase, item) in enumerate(content.items(), 1)
    ]


def evidence_of(item: Item) -> str:
    """The item's evidence rule as a task keeps it; empty where nothing is asked for."""
    return "" if item.evidence == Evidence() else item.evidence.model_dump_json(exclude_defaults=True)


def repeats_of(item: Item) -> str:
    """How the item comes again, as a task keeps it; empty where it comes once."""
    return item.repeats.model_dump_json(exclude_defaults=True) if item.repeats else ""
