"""What is missing and whose it is: cells by session, by column and by who is to see to them. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Literal

from handlers.expected import Cell, Standing
from storage.files import File
from storage.people import Role
from storage.programme import ProgrammeSession

Column = Literal["slides", "recording", "photo", "consent"]
COLUMNS: tuple[Column, ...] = ("slides", "recording", "photo", "consent")
_WORST = (Standing.MISSING, Standing.ASKED, Standing.EXCUSED, Standing.HERE)


@dataclass(frozen=True)
class Matrix:
    """The cells, and ``faces``: the ids of those who speak in a session, by its id."""

    cells: Sequence[Cell]
    faces: Mapping[int, frozenset[int]]

    def of(self, session: ProgrammeSession) -> list[Cell]:
        """A session's own cells, and the photos of those who speak in it."""
        portraits = (self._portraits.get(one) for one in sorted(self.faces.get(session.id, ())))
        return [*self._own.get(session.id, ()), *(one for one in portraits if one)]

    @cached_property
    def _own(self) -> dict[int, list[Cell]]:
        found: dict[int, list[Cell]] = {}
        for one in self.cells:
            if one.session:
                found.setdefault(one.session.id, []).append(one)
        return found

    @cached_property
    def _portraits(self) -> dict[int, Cell]:
        return {one.speaker.id: one for one in self.cells if one.kind == "photo" and one.speaker}

    def mark(self, session: ProgrammeSession, column: Column) -> Standing | None:
        """The worst of a session's cells in a column; None where nothing is expected."""
        return worst(one for one in self.of(session) if one.kind == column)

    @property
    def missing(self) -> list[Cell]:
        """What nobody has explained yet."""
        return [one for one in self.cells if one.standing == Standing.MISSING]

    def count(self, standing: Standing) -> int:
        return sum(one.standing == standing for one in self.cells)


def worst(cells: Iterable[Cell]) -> Standing | None:
    return min((one.standing for one in cells), key=_WORST.index, default=None)


@dataclass(frozen=True)
class Owed:
    """What one session, one day or the stands still lack, and who is to see to it.

    ``person_id`` is the contact of the session; else it is for whoever holds the ``role``.
    """

    cells: Sequence[Cell]
    role: Role
    person_id: int | None = None
    session: ProgrammeSession | None = None
    day: date | None = None


def owed(matrix: Matrix, sessions: Sequence[ProgrammeSession]) -> list[Owed]:
    """Each missing cell once: session by session, then day by day, then the stands."""
    left = {one.key: one for one in matrix.missing}
    found = []
    for session in sessions:
        mine = [one for one in matrix.of(session) if left.pop(one.key, None)]
        if mine:
            found.append(Owed(mine, Role.PROGRAMME, session.contact_id, session))
    days = sorted({one.day for one in left.values() if one.day})
    found += [Owed([one for one in left.values() if one.day == day], Role.PUBLICITY, day=day) for day in days]
    stands = [one for one in left.values() if one.booth]
    return [*found, Owed(stands, Role.PUBLICITY)] if stands else found


def is_fitting(cell: Cell, file: File) -> bool:
    """Whether a file of that type can be it: a photo is a picture, a recording sound or film; slides are anything."""
    types = {"photo": ("image/",), "recording": ("audio/", "video/")}.get(cell.kind)
    return types is None or file.media_type.startswith(types)
