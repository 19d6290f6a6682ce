"""Runs faults, round by round, and sums up what came of them.

``python -m tests.faults`` prints the table at full size: `make faults`. ``SEED`` repeats the chances of a run,
``TIMES`` multiplies its rounds, and names of faults as arguments choose some.
"""

from __future__ import annotations

import os
import secrets
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from tests.faults import crashes, machine, points, rolling, servers, webhooks, wrongs
from tests.faults.registry import FAULTS, Fault, Line, NotHere, Round, markdown, mishaps
from tests.faults.rehearsal import play
from tests.postgres import Private, Server, available, private

MODULES = (crashes, points, servers, wrongs, webhooks, rolling, machine, play)
"""Where the faults are. A new one is a function in one of them, or one more module here."""
SAFE = {"fsync": "on", "synchronous_commit": "on", "max_connections": "60"}
"""A server that forgets nothing of what it has confirmed."""
ORDER = sorted(FAULTS, key=lambda one: int(one.name.removeprefix("F")))


def chosen(names: list[str]) -> list[Fault]:
    return [one for one in ORDER if not names or one.name in names]


@contextmanager
def round_of(fault: Fault, database: str, seed: str, size: Mapping[str, int], server: Server | None) -> Iterator[Round]:
    """In a folder of its own, which stays where something was found."""
    folder = Path(tempfile.mkdtemp(prefix=f"huihou-{fault.name}-"))
    folder.chmod(0o755)
    numbers = iter(range(1_000_000))

    def another(*, empty: bool = False) -> str:
        if database == "sqlite":
            return f"sqlite:///{folder / f'huihou-{next(numbers)}.db'}"
        assert server is not None
        return server.empty() if empty else server.fresh()

    owned = server if isinstance(server, Private) else None
    yield Round(folder, another(), seed, size, another, owned)
    shutil.rmtree(folder, ignore_errors=True)


def run(fault: Fault, database: str, seed: str, size: Mapping[str, int], server: Server | None) -> Line:
    """One round. Raises ``NotHere``."""
    line = Line(fault, database)
    with mishaps(line, seed), round_of(fault, database, seed, size, server) as given:
        outcome = fault.run(given)
        line.add(outcome)
        if not outcome.findings.sound:
            raise AssertionError(f"{outcome.findings}, in {given.folder}")
    return line


def whole(fault: Fault, database: str, seed: str, times: int, told: Callable[[str], None]) -> Line | None:
    """Every round of a fault, on a server of its own; None where it cannot be caused here."""
    line = Line(fault, database)
    for number in range(max(1, fault.rounds * times)):
        name = f"{seed}:{fault.name}:{database}:{number}"
        try:
            if database == "postgresql":
                with private(SAFE) as server:
                    found = run(fault, database, name, fault.full, server)
            else:
                found = run(fault, database, name, fault.full, None)
        except NotHere as reason:
            told(f"left out: {fault.name} {fault.what}: {reason}")
            return None
        line.take(found)
        for what in found.failed:
            told(f"FOUND {what}")
    return line


def main() -> int:
    """The table, as Markdown, behind a line for each row as it is there; 1 when anything was found."""
    seed = os.environ.get("SEED") or secrets.token_hex(4)
    times = int(os.environ.get("TIMES") or 1)
    print(f"SEED={seed}", flush=True)
    lines, begun = [], time.monotonic()
    for fault in chosen(sys.argv[1:]):
        for database in fault.on:
            if database == "postgresql" and not available():
                print(f"left out: {fault.name} {fault.what}: no PostgreSQL", flush=True)
                continue
            line = whole(fault, database, seed, times, lambda text: print(text, flush=True))
            if line is not None:
                lines.append(line)
                print(f"{time.monotonic() - begun:5.0f} s  {' · '.join(line.cells())}", flush=True)
    print(f"\nSEED={seed}\n\n{markdown(lines)}")
    return 0 if all(line.sound for line in lines) else 1
