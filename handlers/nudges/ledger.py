"""What is written down of nudges: sent, put off, struck; who reads it knows what comes next."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Generic, TypeVar

from handlers.nudges.rules import CLIMB, Turn
from storage import nudges
from storage.checklist import LOOK_NOW, Task
from storage.nudges import Fresh, Nudge, Nudged, NudgeState, Record, Rung
from storage.rooms import Room

if TYPE_CHECKING:
    from handlers.nudges.planning import Desk
    from storage.base import Session


T = TypeVar("T", bound=Nudged)


@dataclass(frozen=True)
class Line(Generic[T]):
    """A task in a message; ``settled`` ones are struck through."""

    task: T
    rung: Rung
    settled: bool = False


def in_order(lines: Iterable[Line[T]]) -> list[Line[T]]:
    """Most overdue first."""
    return sorted(lines, key=lambda line: (-CLIMB.index(line.rung), line.task.due_at, line.task.id))


def lines_of(rows: Iterable[Nudge], tasks: dict[int, Task]) -> list[Line[Task]]:
    return in_order(Line(tasks[row.task_id], Rung(row.rung), row.state == NudgeState.STRUCK) for row in rows)


def put_off(desk: Desk, task: Nudged, room: Room, turn: Turn) -> None:
    """Keep that the turn waits, and for what; what is on record already is left as it stands."""
    known = [row for row in desk.ledger[task.id] if (row.room_id, row.due_at) == (room.id, task.due_at)][-1:]
    waits = (NudgeState.DEFERRED, turn.rung, turn.at, turn.reason)
    if any((row.state, row.rung, row.until, row.reason) == waits for row in known):
        return
    day = desk.hours(room).day(desk.now)
    row = _kept(desk, Fresh(task.id, room.id, turn.rung, day, NudgeState.DEFERRED, task.due_at, desk.now))
    row.until, row.reason = turn.at, turn.reason or ""


def sent(desk: Desk, lines: Sequence[Line[T]], room: Room, key: str) -> None:
    """Keep that the room heard of these tasks in the message of that key."""
    day, room_id = desk.hours(room).day(desk.now), room.id
    for line in lines:
        row = Fresh(line.task.id, room_id, line.rung, day, NudgeState.SENT, line.task.due_at, desk.now)
        _kept(desk, row).message = key


def _kept(desk: Desk, row: Fresh) -> Record:
    """The row of (task, rung, day, room): that of an earlier delay, or this new one. It becomes the task's latest."""
    rows, mine = desk.ledger[row.task_id], (row.room_id, row.rung, row.local_date)
    known = next((one for one in rows if (one.room_id, one.rung, one.local_date) == mine), None)
    if known is None:
        desk.fresh.append(row)
        rows.append(row)
        return row
    known.state, known.due_at, known.at = row.state, row.due_at, row.at
    rows.remove(known)
    rows.append(known)
    return known


def write(desk: Desk) -> None:
    """Store what was kept on this desk and those that came with it; a second time there is nothing left to store."""
    desk.db.flush()
    nudges.add(desk.db, desk.fresh)
    desk.fresh.clear()


def settle(desk: Desk, tasks: Iterable[Nudged]) -> list[str]:
    """Strike the last nudge of what is finished or has another date, take back what is open again.

    Gives the keys of the messages that now read differently.
    """
    changed: dict[str, None] = {}
    for task in tasks:
        last = {row.room_id: row for row in desk.ledger[task.id] if row.message}
        for row in last.values():
            settled = task.finished or row.due_at != task.due_at
            state = NudgeState.STRUCK if settled else NudgeState.SENT
            if row.state != state:
                row.state = state
                changed[row.message or ""] = None
    return list(changed)


def withdraw(db: Session, rows: Sequence[Nudge], tasks: dict[int, Task]) -> None:
    """These nudges are not sent after all; what is unfinished is looked at again."""
    for row in rows:
        db.delete(row)
    db.flush()
    nudges.plan(db, [(row.task_id, LOOK_NOW) for row in rows if not tasks[row.task_id].finished])


def wanted(desk: Desk, task: Task, row: Nudge) -> bool:
    """Whether a nudge that is on its way is still true."""
    snoozed = task.snoozed_until is not None and task.snoozed_until > desk.now
    return desk.running(task) and row.due_at == task.due_at and not snoozed


def stale(desk: Desk, room: Room, day: date, now: datetime) -> bool:
    """Whether a message of that day comes too late to be sent now: another day, or the quiet hours have begun."""
    hours = desk.hours(room)
    return hours.day(now) != day or hours.quiet_until(now) is not None
