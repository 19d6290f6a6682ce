"""Who may take back what: the permission that the change itself needs. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from handlers.permissions import Rule, admin, decide_own, free_task, run_meeting, work_on
from storage.journal import Change

UNDO_WITHIN = timedelta(minutes=15)

_PROGRESS = frozenset("state reason done_at done_by carried_to snoozed_until round due_at due_rule".split())
"""What starting, finishing, waiting and a recurring task's next round change."""
_DATE = frozenset({"due_at", "due_rule"})
_OF_WORKSPACE = frozenset({"workspace", "day_rule", "template"})
_OF_MEETING = frozenset({"meeting", "role_holder"})


@dataclass(frozen=True)
class Needed:
    """The rule that must hold, for these tasks, or for the meeting where there are none."""

    rule: Rule
    tasks: tuple[int, ...] = ()


def may_undo_until(at: datetime) -> datetime:
    return at + UNDO_WITHIN


def needed(changes: Iterable[Change]) -> list[Needed]:
    """What somebody must be allowed to do so as to take these changes back.

    Their own notes, proofs, leave and language need nothing. It is asked once the rows are as they were: whoever
    gave a task away may take it back, but not somebody who has lost a role meanwhile.
    """
    rows = list(changes)
    if any(change.table == "person" and "merged_into" in (change.after or {}) for change in rows):
        return []  # two people come apart again: what each had, each had before
    found: dict[str, Needed] = {}
    for change in rows:
        rule, task = _rule(change)
        if rule is not None:
            before = found.get(rule.name, Needed(rule))
            found[rule.name] = Needed(rule, tuple(dict.fromkeys((*before.tasks, *task))))
    return list(found.values())


def _rule(change: Change) -> tuple[Rule | None, tuple[int, ...]]:
    if change.table == "task":
        return _of_task(change), (change.id,) if change.before is not None else ()
    if change.table == "assignment" and change.task is not None:
        return decide_own | free_task, (change.task,)
    if change.table in _OF_WORKSPACE:
        return admin, ()
    if change.table == "room_member":
        return run_meeting, ()
    if change.table in _OF_MEETING and change.before is not None:
        return run_meeting, ()
    return None, ()


def _of_task(change: Change) -> Rule:
    if change.before is None or change.after is None:
        return run_meeting
    fields = set(change.after)
    return decide_own if fields <= _DATE or not fields <= _PROGRESS else work_on
