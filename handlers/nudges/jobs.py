"""What a tick does: look at the tasks whose moment has come, and write when to look again."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

from handlers.nudges import ledger, planning, rules, speaking
from handlers.nudges.ledger import Line
from handlers.nudges.planning import Desk
from handlers.nudges.speaking import Edit
from handlers.nudges.summary import summaries_due, summarise
from storage import nudges, outbox
from storage.nudges import DueTask
from storage.rooms import Room

if TYPE_CHECKING:
    from storage.base import Session

__all__ = ["alone", "due", "summaries_due", "summarise", "sweep"]


@dataclass(frozen=True)
class Share:
    """Tasks of a workspace that are due, by id."""

    workspace_id: int
    tasks: tuple[int, ...] = field(repr=False)


Shares = tuple[Share, ...]
"""Of several workspaces, with no more due than one transaction looks at."""
Saying = dict[int, tuple[Desk, Room, list[Line[DueTask]]]]
"""What each room is to hear."""


def due(db: Session, now: datetime) -> Sequence[Shares]:
    """What is to be looked at; a workspace with more than a transaction's worth has several shares."""
    found: list[Shares] = []
    free = 0
    for workspace_id, ids in sorted(nudges.due(db, now).items()):
        for begin in range(0, len(ids), nudges.MOST_AT_ONCE):
            share = Share(workspace_id, tuple(ids[begin : begin + nudges.MOST_AT_ONCE]))
            if len(share.tasks) > free:
                found.append(())
                free = nudges.MOST_AT_ONCE
            found[-1] = (*found[-1], share)
            free -= len(share.tasks)
    return found


def alone(shares: Shares) -> Sequence[Shares]:
    """Each workspace for itself, where something is wrong with one of them."""
    return [(share,) for share in shares] if len(shares) > 1 else ()


def sweep(db: Session, shares: Shares, now: datetime, pace: Mapping[str, int]) -> None:
    """Look at the due tasks of some workspaces: say, put off or strike, and plan the next look."""
    places = {place.id: place for place in nudges.lock_all(db, [share.workspace_id for share in shares])}
    wanted = [task_id for share in shares if share.workspace_id in places for task_id in share.tasks]
    tasks = nudges.hold(db, wanted, now) if wanted else ()
    if not tasks:
        return
    desks = planning.load_all(db, [*places.values()], tasks, now)
    shared = _shared_out(desks, tasks)
    saying: Saying = {}
    edits: list[Edit] = []
    for desk, mine in shared:
        changed = ledger.settle(desk, mine)
        for task in mine:
            _turns(desk, task, saying)
        if changed:
            edits += _corrected(desk, changed, pace)
    _promise(saying, edits, pace)
    ledger.write(shared[0][0])
    nudges.plan(db, [(task.id, desk.look(task)) for desk, mine in shared for task in mine])


def _shared_out(desks: Mapping[int, Desk], tasks: Sequence[DueTask]) -> list[tuple[Desk, list[DueTask]]]:
    """Each desk with the tasks of its workspace."""
    found: dict[int, tuple[Desk, list[DueTask]]] = {place: (desk, []) for place, desk in desks.items()}
    meetings = next(iter(desks.values())).meetings
    for task in tasks:
        found[meetings[task.meeting_id].workspace_id][1].append(task)
    return list(found.values())


def _turns(desk: Desk, task: DueTask, saying: Saying) -> None:
    """What is to be said now joins its room's message; what is in the way of the rest is kept."""
    for room, turn in desk.turns(task, rules.since(task.next_nudge_at, desk.now)):
        if turn.at <= desk.now:
            saying.setdefault(room.id, (desk, room, []))[2].append(Line(task, turn.rung))
        elif turn.slot <= desk.now:
            ledger.put_off(desk, task, room, turn)


def _corrected(desk: Desk, changed: Sequence[str], pace: Mapping[str, int]) -> list[Edit]:
    """Messages that were sent as their tasks now are, those of other tasks in them too."""
    rows = nudges.of_messages(desk.db, changed)
    tasks = nudges.tasks(desk.db, [row.task_id for carried in rows.values() for row in carried])
    speech = speaking.load(desk.db, desk.place, list(tasks.values()), desk.now)
    return [speaking.edit(speech, key, carried, tasks, pace) for key, carried in rows.items()]


def _promise(saying: Saying, edits: Sequence[Edit], pace: Mapping[str, int]) -> None:
    """Lane by lane in the order of their keys, in which everybody locks several; edits come first."""
    steps: list[tuple[int, Callable[[], None]]] = [(edit.ctx.room.id, edit.promise) for edit in edits]
    steps += [(room_id, partial(speaking.say, *said, pace)) for room_id, said in saying.items()]
    for _, promise in sorted(steps, key=lambda step: outbox.lane_of(step[0])):
        promise()
