"""A room that cannot be reached: who leads its meeting, or its person's, else the admins, are told once, in private."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

import structlog

from handlers.context import voice
from storage import checklist, meetings, people, rooms, unkept, workspace
from storage.base import Database, Session
from storage.people import Person, Role
from storage.rooms import Address

log = structlog.get_logger()

LONGEST = timedelta(days=14)
"""So long a message waits for a room that cannot be reached."""


def tell(
    database: Database, room: Address, reason: str, *, kind: str, now: datetime, pace: int, everywhere: bool = False
) -> None:
    """Promise it to everybody whom it concerns; the same reason in the same room is told once.

    ``reason`` is the platform's own word, ``kind`` what the platform's ``unreachable`` message makes of it.
    ``everywhere``: it holds for the whole platform, so that it is no use to tell anybody there.
    """
    log.warning("room cannot be reached", room=room.id, reason=reason)
    with database.write() as db:
        place = workspace.get(db, room.workspace_id)
        for person in _concerned(db, room):
            for own in rooms.direct(db, [person.id]):
                if own.id == room.id or (everywhere and own.platform == room.platform):
                    continue
                ctx = voice(db, place, own, now, {room.platform: pace})
                name, alone = f"{room.platform}/unreachable", room.person_id is not None
                said = ctx.words(name, room=_called(db, room), kind=kind, reason=reason, alone=alone, tone="warn")
                ctx.promise(f"{name}:{room.id}:{reason}:{own.id}", own, said)


def give_up(database: Database, *, now: datetime, pace: Mapping[str, int]) -> None:
    """What has waited too long for a room that cannot be reached is not said any more; whom it concerns is told."""
    with database.write() as db:
        before = int((now - LONGEST).timestamp() * 1000)
        for room_id, count in unkept.give_up(db, before_ms=before).items():
            room = rooms.get(db, room_id)
            place = workspace.get(db, room.workspace_id)
            for person in _concerned(db, room.address):
                for own in rooms.direct(db, [person.id]):
                    ctx = voice(db, place, own, now, pace)
                    said = ctx.words(
                        "common/given_up", room=_called(db, room.address), count=count, days=LONGEST.days, tone="warn"
                    )
                    ctx.promise(f"{unkept.NOTE}:{room.id}:{now:%Y-%m-%d}:{own.id}", own, said)


def _called(db: Session, room: Address) -> str:
    """Somebody's own room is called what they are called now."""
    return room.name if room.person_id is None else people.get(db, room.person_id).name


def _concerned(db: Session, room: Address) -> list[Person]:
    held = [holder for meeting in _of(db, room) for holder in people.holders_of(db, meeting, Role.LEAD)]
    leads = dict.fromkeys(one.person_id for one in held if one.person_id != room.person_id)
    return [people.get(db, one) for one in leads] or [
        one for one in people.admins(db, room.workspace_id) if one.id != room.person_id
    ]


def _of(db: Session, room: Address) -> list[int]:
    """The meeting that a room follows, or those for which the person whose room it is has something to do."""
    if room.person_id is None:
        return [room.meeting_id] if room.meeting_id else []
    roles = people.meetings_of(db, room.person_id)
    running = [meeting.id for meeting in meetings.running(db, room.workspace_id)]
    return [one for one in running if one in roles or _has_some(db, one, room.person_id)]


def _has_some(db: Session, meeting_id: int, person_id: int) -> bool:
    """Whether they have been given a task that is not finished."""
    left = [task.id for task in checklist.tasks(db, meeting_id) if not task.finished]
    return any(person_id in given for given in checklist.assignees(db, left).values())


def resume(database: Database, platform: str, *, now: datetime) -> None:
    """Try again wherever a room could not be reached: whatever was in the way may be gone by now."""
    with database.write() as db:
        unkept.resume_platform(db, platform, now_ms=int(now.timestamp() * 1000))
