"""What an archive must hold by a given day, what of that is there, and whose the gaps are. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from handlers import dates, expected
from handlers.archive import tree
from handlers.expected import Cell, Excuses, Programme, Standing
from handlers.refused import Refused
from handlers.workdays import Calendar
from storage.archive import Elsewhere, Stage
from storage.checklist import State, Task
from storage.consents import Consent
from storage.files import File
from storage.materials import Material, Scope
from storage.people import Role

DUE = {Stage.FIRST: "E+7", Stage.REPORTED: "E+28", Stage.SETTLED: "E+60"}
"""By when each version is to be there, counted from the conference's end."""

CLASSES: Mapping[Material, Stage] = {
    Material.PLAN: Stage.FIRST,
    Material.BUDGET: Stage.FIRST,
    Material.CONTRACT: Stage.FIRST,
    Material.AGENDA: Stage.FIRST,
    Material.PUBLICITY: Stage.FIRST,
    Material.DESIGN: Stage.FIRST,
    Material.PHOTO: Stage.FIRST,
    Material.VIDEO: Stage.FIRST,
    Material.AUDIO: Stage.FIRST,
    Material.SLIDES: Stage.FIRST,
    Material.MINUTES: Stage.FIRST,
    Material.SIGN_IN: Stage.FIRST,
    Material.SURVEY: Stage.REPORTED,
    Material.VOUCHER: Stage.SETTLED,
    Material.REPORT: Stage.REPORTED,
    Material.ACCOUNTS: Stage.SETTLED,
}
"""The fourteen that the list of work after a conference names, and the two that the later versions wait for."""

ALSO = {Material.SIGN_IN: {Material.ATTENDANCE}}
"""What stands for another: who came is known by the sheet or by the system's list."""

ELSEWHERE_IS = frozenset({Material.VIDEO, Material.AUDIO})
"""What may stay elsewhere: a recording of which a link is known."""

FINE = "files"
APPROVED = "minutes/approved"


@dataclass(frozen=True)
class Holdings:
    """What there is of a meeting, as the database has it."""

    programme: Programme = field(default_factory=Programme)
    files: Sequence[File] = ()
    consents: Sequence[Consent] = ()
    excuses: Excuses = field(default_factory=dict)
    elsewhere: Sequence[Elsewhere] = ()
    links: int = 0
    """Links that prove the recordings, of which nobody has sums."""
    minutes: Task | None = None
    """The task that is done once the minutes are approved."""
    days: Sequence[date] = ()
    quota: int = 1
    """Photos of each kind on each day."""


@dataclass(frozen=True)
class Gap:
    """Something that is not there, or not as it should be. ``person_id`` has it, else whoever holds ``role``.

    ``files`` are those that it is about.
    """

    cell: Cell
    role: Role | None = None
    person_id: int | None = None
    files: tuple[File, ...] = ()

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
    asked = [*_classes(held, by), *_cells(held), *_approved(held), *_fine(held)]
    gaps = tuple(gap for gap in asked if not gap.cell.settled)
    excused = tuple(gap for gap in asked if gap.cell.standing == Standing.EXCUSED)
    return Check(by, len(asked), gaps, excused)


def _classes(held: Holdings, by: Stage) -> Iterable[Gap]:
    count = Counter(file.material for file in held.files)
    for material, since in CLASSES.items():
        if since <= by:
            number = sum(count[one] for one in {material, *ALSO.get(material, ())})
            number += (len(held.elsewhere) + held.links) * (material in ELSEWHERE_IS)
            yield Gap(expected.cell(f"class/{material}", number, held.excuses), role=_owner(material))


def _owner(material: Material) -> Role:
    return Role(tree.of_material(material)["owner"])


def _cells(held: Holdings) -> Iterable[Gap]:
    """What the programme makes one expect; for recordings, what stays elsewhere counts as well."""
    about = held.programme, held.files
    away = Counter(row.session_id for row in held.elsewhere)
    recordings = [
        expected.cell(cell.key, cell.count + away[cell.session.id], held.excuses, session=cell.session)
        for cell in expected.recordings(*about, held.excuses)
        if cell.session is not None
    ]
    for cell in (
        *expected.slides(*about, held.excuses),
        *expected.consents(held.programme, held.consents, held.excuses),
    ):
        yield _of_session(cell, Role.PROGRAMME)
    yield from (_of_session(cell, Role.PUBLICITY) for cell in recordings)
    photos = expected.photos(*about, held.excuses, days=held.days if _told_apart(held) else (), quota=held.quota)
    yield from (Gap(cell, role=Role.PUBLICITY) for cell in photos)


def _told_apart(held: Holdings) -> bool:
    """Whether somebody says what photos show: else that there are any is all that can be asked for."""
    return bool(held.programme.sessions) or any(file.photo is not None for file in held.files)


def _of_session(cell: Cell, role: Role) -> Gap:
    return Gap(cell, role=role, person_id=cell.session.contact_id if cell.session else None)


def _approved(held: Holdings) -> Iterable[Gap]:
    if held.minutes is not None and held.minutes.state not in {State.NOT_APPLICABLE, State.CARRIED}:
        done = held.minutes.state == State.DONE
        yield Gap(expected.cell(APPROVED, int(done), held.excuses), role=Role.SECRETARY)


# --- what must be true of every file


def _twins(files: Sequence[File]) -> list[File]:
    """Those of which the same bytes came before."""
    seen: set[str] = set()
    found = []
    for file in sorted(files, key=lambda one: one.number):
        if file.digest in seen:
            found.append(file)
        seen.add(file.digest)
    return found


FAULTS: Mapping[str, Callable[[Sequence[File]], list[File]]] = {
    "empty": lambda files: [file for file in files if not file.size],
    "locked": lambda files: [file for file in files if file.locked],
    "twins": _twins,
    "unsorted": lambda files: [file for file in files if file.material is None],
    "unlabelled": lambda files: [file for file in files if file.scope is None],
    "exposed": lambda files: [file for file in files if file.personal and file.scope not in {None, Scope.INTERNAL}],
}
"""What can be wrong with files, and with which: no bytes, a password, the same bytes twice, no material, no scope,

personal data that others may see.
"""


def _fine(held: Holdings) -> Iterable[Gap]:
    """One question for each kind of fault: whether no file has it; none where there are no files."""
    for name, look in FAULTS.items() if held.files else ():
        found = look(held.files)
        yield Gap(
            expected.cell(f"{FINE}/{name}", int(not found), held.excuses),
            role=Role.RECORDS,
            person_id=found[0].person_id if len({file.person_id for file in found}) == 1 else None,
            files=tuple(found),
        )


def gap(found: Check, key: str) -> Gap:
    """The gap of that name. Raises ``Refused`` where there is none."""
    for one in (*found.gaps, *found.excused):
        if one.key.casefold() == key.strip().casefold():
            return one
    raise Refused("archive/no_gap", key=key)
