"""What is expected of a meeting as a whole: a file of each class, minutes that were approved, no fault in any. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence

from handlers import expected
from handlers.expected import Cell, Holdings
from storage.archive import Stage
from storage.checklist import State
from storage.files import File
from storage.materials import Material, Scope

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

APPROVED = "minutes/approved"


def of_meeting(held: Holdings) -> list[Cell]:
    """Everything that is expected by the end, each once, under keys that no cell of the programme has."""
    return [*classes(held), *approved(held), *faultless(held)]


def classes(held: Holdings) -> list[Cell]:
    """One file at least of each class."""
    count = Counter(file.material for file in held.files)
    found = []
    for material in CLASSES:
        number = sum(count[one] for one in {material, *ALSO.get(material, ())})
        number += (len(held.elsewhere) + held.links) * (material in ELSEWHERE_IS)
        found.append(expected.cell(f"class/{material}", number, held.excuses, material=material))
    return found


def approved(held: Holdings) -> list[Cell]:
    """Minutes that were approved; none where the checklist has no such task, or it does not apply."""
    if held.minutes is None or held.minutes.state in {State.NOT_APPLICABLE, State.CARRIED}:
        return []
    return [expected.cell(APPROVED, int(held.minutes.state == State.DONE), held.excuses)]


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
"""What can be wrong with files, and with which of them. ``exposed``: personal data that others may see."""


def faultless(held: Holdings) -> list[Cell]:
    """One question for each kind of fault: whether no file has it; none where there are no files."""
    found = {name: look(held.files) for name, look in FAULTS.items()} if held.files else {}
    return [
        expected.cell(f"files/{name}", int(not files), held.excuses, files=tuple(files))
        for name, files in found.items()
    ]
