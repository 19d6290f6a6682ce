"""A room that cannot be reached: whoever leads its meeting, else the admins, are told once, in private."""

from __future__ import annotations

from datetime import datetime

import structlog

from bot.platforms.slack.troubles import kind_of
from handlers.context import voice
from storage import people, rooms, unkept, workspace
from storage.base import Database, Session
from storage.people import Person, Role
from storage.rooms import Room

log = structlog.get_logger()

EVERYWHERE = frozenset({"token", "scope"})
"""Reasons that hold for all of Slack: it is no use to tell anybody there."""


def tell(database: Database, room: Room, reason: str, *, now: datetime, pace: int) -> None:
    """Promise it to everybody whom it concerns; the same reason in the same room is told once."""
    kind = kind_of(reason)
    log.warning("room cannot be reached", room=room.id, reason=reason)
    with database.write() as db:
        place = workspace.get(db, room.workspace_id)
        for person in _concerned(db, room):
            for own in rooms.direct(db, [person.id]):
                if own.id == room.id or (own.platform == "slack" and kind in EVERYWHERE):
                    continue
                ctx = voice(db, place, own, now, {"slack": pace})
                said = ctx.words("slack/unreachable", room=_called(room), kind=kind, reason=reason, tone="warn")
                ctx.promise(f"slack/unreachable:{room.id}:{reason}:{own.id}", own, said)


def _concerned(db: Session, room: Room) -> list[Person]:
    held = people.holders_of(db, room.meeting_id, Role.LEAD) if room.meeting_id else ()
    leads = [people.get(db, one.person_id) for one in held if one.person_id != room.person_id]
    return leads or [one for one in people.admins(db, room.workspace_id) if one.id != room.person_id]


def _called(room: Room) -> str:
    return room.name if room.person_id or room.name.startswith("#") else f"#{room.name}"


def resume(database: Database, *, now: datetime) -> None:
    """Try again wherever a room could not be reached: tokens, scopes and channels may be right by now."""
    with database.write() as db:
        unkept.resume_platform(db, "slack", now_ms=int(now.timestamp() * 1000))
