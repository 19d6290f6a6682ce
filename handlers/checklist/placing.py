"""Which task a file is for, told by its name and the words it came with. Pure; sure only where nothing else fits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from handlers.checklist import rules
from handlers.checklist.matching import Called, Hit, hits, the_one
from handlers.filing import HOMES, NO_TASK, Filing, plain, stem
from storage.checklist import State, Task
from storage.files import File

_OVER = frozenset({State.NOT_APPLICABLE, State.CARRIED})


@dataclass(frozen=True)
class Place:
    """Where a file belongs. ``sure`` without a task: no task asks for such a thing. Not sure: ask, ``likely`` first."""

    task: Task | None = None
    sure: bool = False
    likely: tuple[Task, ...] = ()
    guess: Task | None = None
    """Where things of its type mostly go."""


def place(file: File, filing: Filing, called: Sequence[Called], *, caption: str = "") -> Place:
    """``called``: the meeting's tasks with what people call each."""
    able = [one for one in called if one.task.state not in _OVER and takes(one.task, file)]
    text = plain(f"{stem(file.name)} {caption}")
    named = _named(text, able)
    home = _home(filing, able)
    if not filing.named:
        only = named[0] if len(named) == 1 and the_one(text, able) else None
        return Place(only, sure=only is not None, likely=tuple(named), guess=home)
    if home is None and not named:
        return Place(sure=filing.material in NO_TASK)
    likely = _once(home, *named)
    return Place(likely[0], sure=True, likely=likely) if len(likely) == 1 else Place(likely=likely)


def takes(task: Task, file: File) -> bool:
    """Whether the task could have it: what asks for files must accept that type; beside anything else all are kept."""
    rule = task.rule()
    return rule.kind != "file" or rules.fits(rule, file)


def _named(text: str, called: Sequence[Called]) -> list[Task]:
    """The tasks whose names stand in the text, those that no longer name covers."""
    found: list[Hit] = hits(text, called)
    return list({hit.task.id: hit.task for hit in found if not any(hit.within(other) for other in found)}.values())


def _home(filing: Filing, called: Sequence[Called]) -> Task | None:
    key = HOMES.get(filing.material) if filing.material else None
    return next((one.task for one in called if key and one.task.key == key), None)


def _once(*tasks: Task | None) -> tuple[Task, ...]:
    return tuple({task.id: task for task in tasks if task is not None}.values())
