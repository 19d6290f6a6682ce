"""What there is of a meeting, loaded in a fixed number of questions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from handlers import expected
from handlers.expected import Holdings, Programme
from storage import archive, consents

if TYPE_CHECKING:
    from storage.base import Session
    from storage.meetings import Meeting
    from storage.workspace import Workspace

MINUTES, RECORDINGS = "minutes-collect", "recordings-collect"


def of_meeting(db: Session, place: Workspace, meeting: Meeting, programme: Programme) -> Holdings:
    """``place`` says how many photos of a kind a day needs."""
    links = [task for task, _ in archive.links(db, meeting.id) if task.key == RECORDINGS]
    return Holdings(
        programme=programme,
        files=archive.files(db, meeting.id),
        consents=consents.of_meeting(db, meeting.id),
        excuses=consents.excuses(db, meeting.id),
        elsewhere=archive.elsewhere(db, meeting.id),
        links=len(links),
        minutes=archive.task_of_key(db, meeting.id, MINUTES),
        days=expected.days(meeting),
        quota=place.photos_a_kind,
    )
