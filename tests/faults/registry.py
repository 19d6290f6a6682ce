"""The faults there are: each is one function, and a row of the table for each database."""

from __future__ import annotations

import random
import traceback
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

from tests.faults.checker import Findings
from tests.postgres import Private

BOTH = ("sqlite", "postgresql")


@dataclass(frozen=True)
class Round:
    """One run of a fault: where, on what, how often by ``size``, and by which chance.

    ``another`` makes one more database and tells its address; ``server`` is there on PostgreSQL, for what is done to
    the server itself.
    """

    folder: Path
    url: str
    seed: str
    size: Mapping[str, int]
    another: Callable[..., str]
    server: Private | None = None

    @property
    def chance(self) -> random.Random:
        return random.Random(self.seed)  # noqa: S311  repeatable, not secret


@dataclass
class Outcome:
    """``count`` faults, ``messages`` promised; ``normal``: seconds until all was said after the last fault, at most."""

    count: int
    messages: int
    findings: Findings
    normal: float | None = None


class NotHere(Exception):  # noqa: N818  a fact about the machine
    """The fault cannot be caused on this machine. The text says why."""


Run = Callable[[Round], Outcome]


@dataclass(frozen=True)
class Fault:
    """``sampled``: the size of the round of every test run; ``full``: of each of the ``rounds`` of `make faults`."""

    name: str
    what: str
    counted: str
    run: Run
    on: tuple[str, ...]
    sampled: Mapping[str, int]
    full: Mapping[str, int]
    rounds: int
    own_server: bool


FAULTS: list[Fault] = []


def fault(
    name: str,
    what: str,
    *,
    counted: str,
    on: tuple[str, ...] = BOTH,
    sampled: Mapping[str, int] = MappingProxyType({}),
    full: Mapping[str, int] = MappingProxyType({}),
    rounds: int = 1,
    own_server: bool = False,
) -> Callable[[Run], Run]:
    """A function that causes it and tells what came of it; ``counted`` are the faults, in the plural."""

    def keep(run: Run) -> Run:
        FAULTS.append(Fault(name, what, counted, run, on, sampled, full, rounds, own_server))
        return run

    return keep


@dataclass
class Line:
    """A row of the table: the sum of all rounds of a fault on a database."""

    fault: Fault
    database: str
    count: int = 0
    messages: int = 0
    findings: Findings = field(default_factory=Findings)
    normal: float | None = None
    failed: list[str] = field(default_factory=list)

    def add(self, outcome: Outcome) -> None:
        self.count += outcome.count
        self.messages += outcome.messages
        self.findings.add(outcome.findings)
        if outcome.normal is not None:
            self.normal = max(self.normal or 0.0, outcome.normal)

    def take(self, other: Line) -> None:
        self.add(Outcome(other.count, other.messages, other.findings, other.normal))
        self.failed += other.failed

    @property
    def sound(self) -> bool:
        return self.findings.sound and not self.failed

    def cells(self) -> list[str]:
        found = self.findings
        wrong = len(found.halves) + len(found.contradicted)
        counts = [found.lost, found.duplicate, found.window, found.out_of_order, found.close, found.early]
        normal = "" if self.normal is None else f"{self.normal:.1f} s"
        name = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}[self.database]
        wrong += len(self.failed) if found.sound else 0  # what ended a round before it could be judged
        figures = [f"{self.messages:,}", *(f"{len(one):,}" for one in counts), f"{wrong:,}", normal]
        return [f"{self.fault.name} {self.fault.what}", name, f"{self.count:,} {self.fault.counted}", *figures]


HEADINGS = (
    "fault",
    "database",
    "count",
    "messages",
    "lost",
    "duplicate",
    "repeated in the window",
    "out of order",
    "gaps under the slot",
    "before Retry-After",
    "otherwise wrong",
    "time to normal",
)


def markdown(lines: Iterable[Line]) -> str:
    """The table as it stands in a page."""
    rows = [HEADINGS, tuple("---" for _ in HEADINGS), *(line.cells() for line in lines)]
    return "\n".join("| " + " | ".join(row) + " |" for row in rows)


@contextmanager
def mishaps(line: Line, seed: str) -> Iterator[None]:
    """What ends a round is told with its seed; the other rounds go on."""
    try:
        yield
    except NotHere:
        raise
    except Exception as error:  # noqa: BLE001  whatever it is, it is a finding
        where = traceback.extract_tb(error.__traceback__)[-1]
        line.failed.append(f"{seed}: {type(error).__name__}: {error} ({where.filename}:{where.lineno} {where.line})")
