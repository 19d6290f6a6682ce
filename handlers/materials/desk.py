"""Everything that bears on a meeting's materials, loaded in a fixed number of questions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from handlers import expected, holdings, required
from handlers.expected import Cell, Holdings
from handlers.materials import lineup, naming
from handlers.materials.lineup import Lineup
from handlers.materials.rules import Matrix, Owed, owed
from storage import people
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
    held: Holdings
    holders: Mapping[Role, Sequence[int]]

    @property
    def whole(self) -> Desk:
        """The same, with what is expected of the meeting as a whole: that can be excused, too."""
        cells = [*self.matrix.cells, *required.of_meeting(self.held)]
        return replace(self, matrix=replace(self.matrix, cells=cells))

    @property
    def owed(self) -> list[Owed]:
        return owed(self.matrix, self.lineup.sessions)

    def said(self, ctx: Context, cell: Cell) -> str:
        """The cell as a button's line says it to this reader."""
        return naming.said(cell, self.matrix, self.lineup.sessions, chinese=ctx.locale == "zh_CN")

    def responsible(self, one: Owed) -> list[int]:
        """The session's contact; else whoever has the role, or that of the programme."""
        if one.person_id:
            return [one.person_id]
        return list(self.holders.get(one.role) or self.holders.get(Role.PROGRAMME, ()))


def load(ctx: Context) -> Desk:
    return of_meeting(ctx.db, ctx.workspace, ctx.meeting)


def of_meeting(db: Session, place: Workspace, meeting: Meeting) -> Desk:
    found = lineup.of_meeting(db, meeting.id)
    held = holdings.of_meeting(db, place, meeting, found.programme)
    faces = {one.id: frozenset(speaker.id for speaker in found.heard(one)) for one in found.sessions}
    holders: dict[Role, list[int]] = {}
    for one in people.holders(db, meeting.id):
        holders.setdefault(Role(one.role), []).append(one.person_id)
    return Desk(meeting, found, Matrix(expected.of_programme(held), faces), held, holders)


def named(db: Session, ids: Iterable[int]) -> dict[int, Person]:
    """The people by id; who was merged into another is that other."""
    return people.some(db, ids)
