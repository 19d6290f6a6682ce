"""What a tick does: whoever leads a meeting is offered, in private, to remove its personal data once that is due."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from handlers.archive import purging
from handlers.context import voice
from storage import archive, nudges, people, rooms
from storage.people import Role

if TYPE_CHECKING:
    from storage.base import Session
    from storage.meetings import Meeting
    from storage.workspace import Workspace

AGAIN = timedelta(days=14)
"""How long after an offer that nobody took the next one comes."""


def due(db: Session, now: datetime) -> Sequence[int]:
    """Workspaces with a meeting whose personal data is to be looked at."""
    return archive.purges_due(db, now)


def offer(db: Session, workspace_id: int, now: datetime, pace: Mapping[str, int]) -> None:
    """Say it where it is due and something is left; write when to look again."""
    place = nudges.lock(db, workspace_id)
    if place is None:
        return
    for meeting, row in archive.to_purge(db, workspace_id, now):
        at = archive.purge_due(place, meeting)
        if at > now:
            row.next_at = at
            continue
        row.next_at = now + AGAIN
        if archive.personal(db, meeting.id).any:
            _say(db, place, meeting, now, pace)


def _say(db: Session, place: Workspace, meeting: Meeting, now: datetime, pace: Mapping[str, int]) -> None:
    """In private to who leads, else to the secretary general, else to the admins."""
    holders = people.holders(db, meeting.id)
    wanted = [row.person_id for role in (Role.LEAD, Role.SECRETARY) for row in holders if row.role == role]
    for room in rooms.direct(db, wanted[:1] or [person.id for person in people.admins(db, place.id)]):
        ctx = voice(db, place, room, now, pace)
        ctx.subject = meeting
        message = purging.preview(ctx, meeting, archive.personal(db, meeting.id))
        ctx.promise(f"purge:{meeting.id}:{room.id}:{now:%Y-%m-%d}", room, message, not_before=ctx.quiet_until)
