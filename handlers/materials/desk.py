"""Everything that bears on a meeting's materials, loaded in a fixed number of questions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from handlers import expected
from handlers.materials import lineup
from handlers.materials.lineup import Lineup
from handlers.materials.rules import Matrix, Owed, cells, owed
from storage import archive, consents, files, people
from storage.files import File
from storage.meetings import Meeting
from storage.people import Person, Role
from storage.workspace import Workspace

if TYPE_CHECKING:
    from handlers.context import Context
    from storage.base import Session


@dataclass(frozen=True)
class Desk:
    """``holders`` are the ids of those who have a role in the meeting."""

    meeting: Meeting
    lineup: Lineup
    matrix: Matrix
    files: Sequence[File]
    holders: Mapping[Role, Sequence[int]]

    @property
    def owed(self) -> list[Owed]:
        return owed(self.matrix, self.lineup.sessions)

    def responsible(self, one: Owed) -> list[int]:
        """The session's contact; else whoever has the role, or that of the programme."""
        if one.person_id:
            return [one.person_id]
        return list(self.holders.get(one.role) or self.holders.get(Role.PROGRAMME, ()))


def load(ctx: Context) -> Desk:
    return of_meeting(ctx.db, ctx.workspace, ctx.meeting)


def of_meeting(db: Session, place: Workspace, meeting: Meeting) -> Desk:
    found = lineup.of_meeting(db, meeting.id)
    kept = files.of_meeting(db, meeting.id)
    all_cells = cells(
        found.programme,
        kept,
        consents.of_meeting(db, meeting.id),
        consents.excuses(db, meeting.id),
        days=expected.days(meeting),
        quota=place.photos_a_kind,
        elsewhere=Counter(one.session_id for one in archive.elsewhere(db, meeting.id) if one.session_id),
    )
    faces = {one.id: frozenset(speaker.id for speaker in found.heard(one)) for one in found.sessions}
    holders: dict[Role, list[int]] = {}
    for one in people.holders(db, meeting.id):
        holders.setdefault(Role(one.role), []).append(one.person_id)
    return Desk(meeting, found, Matrix(all_cells, faces), kept, holders)


def named(db: Session, ids: Iterable[int]) -> dict[int, Person]:
    """The people by id; who was merged into another is that other."""
    return people.some(db, ids)
