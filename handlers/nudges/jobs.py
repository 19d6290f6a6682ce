"""What a tick does: look at the tasks whose moment has come, and write when to look again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from handlers.nudges import ledger, planning, rules, speaking
from handlers.nudges.ledger import Line
from handlers.nudges.planning import Desk
from handlers.nudges.summary import summaries_due, summarise
from storage import nudges
from storage.checklist import Task
from storage.rooms import Room

if TYPE_CHECKING:
    from storage.base import Session

__all__ = ["due", "summaries_due", "summarise", "sweep"]


def due(db: Session, now: datetime) -> Sequence[int]:
    """Workspaces in which a task is to be looked at."""
    return nudges.workspaces_due(db, now)


def sweep(db: Session, workspace_id: int, now: datetime, pace: Mapping[str, int]) -> None:
    """Look at the due tasks of a workspace: say, put off or strike, and plan the next look."""
    place = nudges.lock(db, workspace_id)
    tasks = nudges.due(db, workspace_id, now) if place else ()
    if place is None or not tasks:
        return
    desk = planning.load(db, place, tasks, now)
    changed = ledger.settle(desk, tasks)
    saying: dict[int, tuple[Room, list[Line]]] = {}
    for task in tasks:
        _turns(desk, task, saying)
    if changed:
        _correct(desk, changed, pace)
    if saying:
        _say(desk, saying, pace)
    ledger.write(desk)
    nudges.plan(db, [(task.id, desk.look(task)) for task in tasks])


def _turns(desk: Desk, task: Task, saying: dict[int, tuple[Room, list[Line]]]) -> None:
    """What is to be said now joins its room's message; what is in the way of the rest is kept."""
    for room, turn in desk.turns(task, rules.since(task.next_nudge_at, desk.now)):
        if turn.at <= desk.now:
            saying.setdefault(room.id, (room, []))[1].append(Line(task, turn.rung))
        elif turn.slot <= desk.now:
            ledger.put_off(desk, task, room, turn)


def _correct(desk: Desk, changed: Sequence[str], pace: Mapping[str, int]) -> None:
    """Messages that were sent read as their tasks now are, those of other tasks in them too."""
    rows = nudges.of_messages(desk.db, changed)
    tasks = nudges.tasks(desk.db, [row.task_id for carried in rows.values() for row in carried])
    speech = speaking.load(desk.db, desk.place, list(tasks.values()), desk.now)
    for key, carried in rows.items():
        speaking.edit(speech, key, carried, tasks, pace)


def _say(desk: Desk, saying: Mapping[int, tuple[Room, list[Line]]], pace: Mapping[str, int]) -> None:
    speech = speaking.about(desk, [line.task for _, lines in saying.values() for line in lines])
    for _, (room, lines) in sorted(saying.items()):
        speaking.say(speech, room, lines, pace)
