"""What an archive must hold by a given day, what of that is there, and whose the gaps are. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from handlers import dates, expected, required
from handlers.archive import tree
from handlers.expected import Cell, Holdings, Standing
from handlers.workdays import Calendar
from storage.archive import Stage
from storage.people import Role

DUE = {Stage.FIRST: "E+7", Stage.REPORTED: "E+28", Stage.SETTLED: "E+60"}
"""By when each version is to be there, counted from the conference's end."""

_OWNERS = {
    "slides": Role.PROGRAMME,
    "consent": Role.PROGRAMME,
    "recording": Role.PUBLICITY,
    "photo": Role.PUBLICITY,
    "minutes": Role.SECRETARY,
    "files": Role.RECORDS,
}
"""Who brings what no contact of a session is to bring, by the kind of cell; of classes, the tree of folders says it."""


@dataclass(frozen=True)
class Gap:
    """Something that is not there, or not as it should be. ``person_id`` has it, else whoever holds ``role``."""

    cell: Cell
    role: Role
    person_id: int | None = None

    @property
    def key(self) -> str:
        return self.cell.key

    @property
    def asked(self) -> bool:
        """Whether somebody says why it will not come, and nobody has approved that yet."""
        return self.cell.standing == Standing.ASKED


@dataclass(frozen=True)
class Check:
    """How complete an archive is: ``complete`` of ``wanted`` are there or excused; the gaps, and what is excused."""

    stage: Stage
    wanted: int
    gaps: tuple[Gap, ...]
    excused: tuple[Gap, ...]

    @property
    def complete(self) -> int:
        return self.wanted - len(self.gaps)


def stage(now: datetime, *, end: datetime, calendar: Calendar, closed: bool, reported: bool) -> Stage:
    """What can be expected by now. Whoever has closed the meeting, or filed the report, is that far already.

    A stage begins when the one before it was due; ``end`` is the aware end of the conference in its own zone.
    """
    if closed or now >= dates.resolve(DUE[Stage.SETTLED], end=end, calendar=calendar):
        return Stage.SETTLED
    if reported or now >= dates.resolve(DUE[Stage.REPORTED], end=end, calendar=calendar):
        return Stage.REPORTED
    return Stage.FIRST


def check(held: Holdings, by: Stage) -> Check:
    """Everything that must be there by then."""
    classes = [cell for cell in required.classes(held) if cell.material and required.CLASSES[cell.material] <= by]
    cells = [cell for cell in expected.of_programme(held) if cell.day is None or _told_apart(held)]
    asked = [_gap(cell) for cell in (*classes, *cells, *required.approved(held), *required.faultless(held))]
    gaps = tuple(gap for gap in asked if not gap.cell.settled)
    excused = tuple(gap for gap in asked if gap.cell.standing == Standing.EXCUSED)
    return Check(by, len(asked), gaps, excused)


def _told_apart(held: Holdings) -> bool:
    """Whether somebody says what photos show: else that there are any is all that can be asked for."""
    return bool(held.programme.sessions) or any(file.photo is not None for file in held.files)


def _gap(cell: Cell) -> Gap:
    """Whose it is: the session's contact's, else the only sender's of the files at fault, else the role's."""
    role = Role(tree.of_material(cell.material)["owner"]) if cell.material else _OWNERS[cell.kind]
    if cell.session:
        return Gap(cell, role, cell.session.contact_id)
    senders = {file.person_id for file in cell.files}
    return Gap(cell, role, senders.pop() if len(senders) == 1 else None)
