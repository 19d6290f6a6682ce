"""What a newer version of the template does to a checklist that is being worked off. Pure.

Three versions meet in every field: the old template's, the new one's and the task's own. Only where the task still
has what the old template said does it get what the new one says; what somebody changed by hand stays. What is
finished keeps the rules under which it was finished, and nothing is ever taken away.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from handlers.plan import task_of
from handlers.workdays import Calendar
from storage.checklist import Task
from storage.templates import Content, Item, Phase

NAMES = ("title_zh", "title_en")
RULES = ("priority", "owner_role", "optional", "evidence", "repeats")


@dataclass(frozen=True)
class Edit:
    """One task and the columns that change; ``moved_to`` is the phase it goes to, where that is another one."""

    task: Task
    values: Mapping[str, Any]
    moved_to: Phase | None = None

    @property
    def seen(self) -> bool:
        """False when only the phase's number changes, because phases were put before it."""
        return self.moved_to is not None or set(self.values) != {"phase"}


@dataclass(frozen=True)
class Plan:
    """``added`` are tasks not yet stored; ``kept`` are those whose item the new version no longer has."""

    version: int
    added: tuple[Task, ...]
    edits: tuple[Edit, ...]
    kept: tuple[Task, ...]

    @property
    def changed(self) -> list[Edit]:
        return [edit for edit in self.edits if edit.seen]

    @property
    def digest(self) -> str:
        """Another plan, another digest: who confirms one has seen exactly this one."""
        told = [
            self.version,
            [[task.number, task.key, task.phase, _plain(task.due_at)] for task in self.added],
            [[edit.task.number, {name: _plain(value) for name, value in edit.values.items()}] for edit in self.edits],
            [task.number for task in self.kept],
        ]
        return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()[:12]


def _plain(value: Any) -> Any:
    return value.astimezone(UTC).isoformat() if isinstance(value, datetime) else value


def upgrade_plan(
    tasks: Sequence[Task],
    old: Content,
    new: Content,
    *,
    meeting_id: int,
    number: int,
    ends_at: datetime,
    calendar: Calendar,
) -> Plan:
    """What bringing ``tasks`` from ``old`` to ``new`` would do.

    New tasks are counted from T``number``. An item that the old version had but the checklist has not is left out
    on purpose and is not added again. ``ends_at`` is the aware end of the conference in the meeting's zone.
    """
    made = _Maker(meeting_id, ends_at, calendar)
    before = {item.key: (phase, item) for phase, item in old.items()}
    after = {item.key: (phase, item) for phase, item in new.items()}
    known = {task.key for task in tasks} | before.keys()
    fresh = [(phase, item) for phase, item in new.items() if item.key not in known]
    return Plan(
        version=new.version,
        added=tuple(made.task(item, phase, number + n) for n, (phase, item) in enumerate(fresh)),
        edits=tuple(_edits(tasks, old, new, made)),
        kept=tuple(task for task in tasks if task.key in before and task.key not in after),
    )


def apply(plan: Plan) -> None:
    """Change the tasks as planned; storing ``plan.added`` is the caller's."""
    for edit in plan.edits:
        for name, value in edit.values.items():
            setattr(edit.task, name, value)


@dataclass(frozen=True)
class _Maker:
    meeting_id: int
    ends_at: datetime
    calendar: Calendar

    def task(self, item: Item, phase: int, number: int) -> Task:
        return task_of(item, phase, number, self.meeting_id, ends_at=self.ends_at, calendar=self.calendar)


def _edits(tasks: Sequence[Task], old: Content, new: Content, made: _Maker) -> Iterator[Edit]:
    before = {item.key: (phase, item) for phase, item in old.items()}
    after = {item.key: (phase, item) for phase, item in new.items()}
    carried = _carried(old, new)
    for task in tasks:
        phase = carried.get(task.phase, min(task.phase, len(new.phases)))
        values: dict[str, Any] = {}
        if task.key in before and task.key in after:
            (old_phase, old_item), (new_phase, new_item) = before[task.key], after[task.key]
            phase = new_phase if task.phase == old_phase else phase
            values = _values(task, made.task(old_item, old_phase, task.number), made.task(new_item, phase, task.number))
        if phase != task.phase:
            values["phase"] = phase
        if values:
            moved = phase != task.phase and carried.get(task.phase) != phase
            yield Edit(task, values, new.phases[phase - 1] if moved else None)


def _carried(old: Content, new: Content) -> dict[int, int]:
    """The new number of every phase that both versions have."""
    numbers = {phase.key: number for number, phase in enumerate(new.phases, 1)}
    return {n: numbers[phase.key] for n, phase in enumerate(old.phases, 1) if phase.key in numbers}


def _values(task: Task, before: Task, after: Task) -> dict[str, Any]:
    names = NAMES if task.finished else (*NAMES, *RULES)
    values = {name: getattr(after, name) for name in names if _follows(task, before, after, name)}
    # A task that has come again has a date of its own by now.
    if not task.finished and task.round == 1 and _follows(task, before, after, "due_rule"):
        values |= {"due_rule": after.due_rule, "due_at": after.due_at}
    return values


def _follows(task: Task, before: Task, after: Task, name: str) -> bool:
    """True where the template changed something that nobody changed by hand."""
    said: Any = getattr(before, name)
    return bool(said != getattr(after, name) and getattr(task, name) == said)
