"""`done T12` through dispatch, beside the bare cost of the same SQL in the same run."""

from __future__ import annotations

import shutil
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from benchmarks import world
from bot.app import App

ROUNDS = 5
Statement = tuple[str, Any]


@dataclass(frozen=True)
class Times:
    """Milliseconds."""

    p50: float
    p99: float


@dataclass(frozen=True)
class Done:
    """``statements`` is how many a command runs."""

    whole: Times
    bare: Times
    statements: int

    @property
    def ratio(self) -> float:
        return self.whole.p50 / self.bare.p50


def measure() -> Done:
    """Each round lives through the same sixty commands, then replays what they sent to SQLite, on fresh copies."""
    with tempfile.TemporaryDirectory() as name:
        home = Path(name)
        made = world.create(home / "start")
        with made.database.write() as db:
            world.meeting(db)
        made.database.close()
        commands = record(home)
        rounds = [(through_dispatch(home), replayed(home, commands)) for _ in range(ROUNDS + 1)][1:]
    whole, bare = ([row[side] for row in rounds] for side in (0, 1))
    return Done(times(whole), times(bare), len(commands[-1]))


def times(rounds: Sequence[Sequence[float]]) -> Times:
    """The medians over the rounds."""
    cuts = [statistics.quantiles(round_, n=100, method="inclusive") for round_ in rounds]
    return Times(statistics.median(cut[49] for cut in cuts), statistics.median(cut[98] for cut in cuts))


@contextmanager
def fresh(home: Path) -> Iterator[Path]:
    """A copy of the database as it was at the start."""
    folder = home / "round"
    shutil.copytree(home / "start", folder)
    try:
        yield folder
    finally:
        shutil.rmtree(folder)


def each(run: Callable[[int], None]) -> list[float]:
    """Milliseconds of each of the sixty but the last, which goes first to warm up."""
    run(world.TASKS)
    found = []
    for number in range(1, world.TASKS):
        begun = time.perf_counter()
        run(number)
        found.append((time.perf_counter() - begun) * 1000)
    return found


def through_dispatch(home: Path) -> list[float]:
    with fresh(home) as folder:
        app = world.app(folder)
        found = each(lambda number: finish(app, number))
        app.database.close()
    return found


def finish(app: App, number: int) -> None:
    answer = app.dispatch.answer(world.ask(f"done T{number}", f"event-{number}"))
    if answer.refused:
        raise SystemExit(f"done T{number} was refused: {answer.body}")


def record(home: Path) -> list[list[Statement]]:
    """What each of the commands sends to SQLite, with its values, in the order of the rounds."""
    commands: list[list[Statement]] = []
    with fresh(home) as folder:
        app = world.app(folder)

        def hear(statement: Statement) -> None:
            commands[-1].append(statement)

        tap(app, hear)

        def run(number: int) -> None:
            commands.append([])
            finish(app, number)

        each(run)
        app.database.close()
    return commands


def tap(app: App, hear: Callable[[Statement], None]) -> None:
    """Have all that is said to the writing connection heard too. What is done many times over has a list of values."""
    dialect = app.database.writer.dialect

    def note(run: Callable[..., None], cursor: Any, statement: str, parameters: Any, *context: Any) -> None:
        hear((statement, parameters))
        run(cursor, statement, parameters, *context)

    # Where everything passes by, prepared or not.
    dialect.do_execute = partial(note, dialect.do_execute)  # type: ignore[method-assign]
    dialect.do_executemany = partial(note, dialect.do_executemany)  # type: ignore[method-assign]


def replayed(home: Path, commands: Sequence[Sequence[Statement]]) -> list[float]:
    """The same statements in the same transactions, by sqlite3 alone."""
    with fresh(home) as folder:
        connection = bare(folder)
        found = each(lambda number: replay(connection, commands[number % world.TASKS]))
        connection.close()
    return found


def bare(folder: Path, *, foreign_keys: str = "ON") -> sqlite3.Connection:
    """The database as the bot has it open, by sqlite3 alone. Several threads may use it in turns."""
    connection = sqlite3.connect(folder / "huihou.db", isolation_level=None, check_same_thread=False)
    for pragma in ("journal_mode=WAL", "synchronous=FULL", f"foreign_keys={foreign_keys}"):
        connection.execute(f"PRAGMA {pragma}")
    return connection


def replay(connection: sqlite3.Connection, statements: Sequence[Statement]) -> None:
    connection.execute("BEGIN IMMEDIATE")
    for statement, values in statements:
        if isinstance(values, list):
            connection.executemany(statement, values)
        else:
            connection.execute(statement, values).fetchall()
    connection.execute("COMMIT")
