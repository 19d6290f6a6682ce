"""How fast promises are kept: messages a second by one, two and four workers, beside the same SQL by the driver alone.

A worker is a process with the bot's own delivery and a platform that accepts at once. What is promised at a calm
moment is timed from the commit to the platform, too: on PostgreSQL by another process.
"""

from __future__ import annotations

import gc
import itertools
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy import func, select

from bot.delivery import Delivery
from bot.platforms import Outgoing
from messages import Message
from storage import outbox, rooms, workspace
from storage.base import Base, Database
from storage.outbox import Promise
from tests import postgres

PLATFORM = "drain"
LANES, EACH = 500, 6
WORKERS = (1, 2, 4)
ROUNDS = 3
CALM, APART_S = 250, 0.04
Statement = tuple[str, Any]


@dataclass(frozen=True)
class Drain:
    """Messages a second by number of workers and by the driver alone; the delay of a calm moment in milliseconds."""

    rates: Mapping[int, float]
    bare: float
    pickup: tuple[float, float]

    @property
    def share(self) -> float:
        return self.rates[1] / self.bare


@dataclass
class Taking:
    """A platform that accepts at once, and tells when."""

    heard: Callable[[str], None] = lambda _key: None
    name: str = PLATFORM
    pace_ms: int = 0

    def send(self, outgoing: Outgoing) -> str:
        self.heard(outgoing.key)
        return outgoing.key

    def find(self, _outgoing: Outgoing) -> str | None:
        return None


def measure() -> Iterator[tuple[str, Drain]]:
    """By name of the database. Each of PostgreSQL's commits waits for the disk, as SQLite's do."""
    with tempfile.TemporaryDirectory() as folder:
        numbers = iter(range(100))
        yield "SQLite", _measured(lambda: f"sqlite:///{folder}/{next(numbers)}.db", _by_sqlite3)
    if postgres.available():
        with postgres.server(hurried=False) as server:
            yield "PostgreSQL", _measured(server.fresh, _by_psycopg)


def _measured(fresh: Callable[[], str], bare: Callable[[str, Sequence[Sequence[Statement]]], float]) -> Drain:
    """One worker and the driver take turns: a machine that is slow for a while is slow for both."""
    recorded = _recorded(_filled(fresh()))
    turns = [(_drained(_filled(fresh()), 1), bare(_filled(fresh()), recorded)) for _ in range(ROUNDS)]
    ours, alone = (LANES * EACH / statistics.median(seconds) for seconds in zip(*turns, strict=True))
    more = {workers: LANES * EACH / _drained(_filled(fresh()), workers) for workers in WORKERS if workers > 1}
    return Drain({1: ours, **more}, alone, _pickup(_prepared(fresh())))


# --- what is promised


def _prepared(url: str) -> str:
    with _opened(url) as database:
        Base.metadata.create_all(database.writer)
        with database.write() as db:
            place = workspace.by_key(db, "main", locale="en")
            for number in range(LANES):
                rooms.met(db, place.id, PLATFORM, f"room-{number}")
    return url


def _filled(url: str) -> str:
    _prepared(url)
    with _opened(url) as database, database.write() as db:
        for number in range(LANES * EACH):
            _promise(db, f"message-{number}", 1 + number % LANES, now_ms=_ms())
    return url


def _promise(db: Any, key: str, room: int, *, platform: str = PLATFORM, now_ms: int) -> None:
    said = Message(
        name="bench/drain",
        locale="en",
        body="**3 tasks** are due today.",
    )
    outbox.promise(
        db,
        key,
        lane_key=f"room:{room}",
        platform=platform,
        interval_ms=0,
        payload=said.kept(),
        now_ms=now_ms,
        room_id=room,
    )


@contextmanager
def _opened(url: str) -> Iterator[Database]:
    with closing(Database(url)) as database:
        yield database


def _delivery(database: Database, platform: Taking) -> Delivery:
    return Delivery(database, {PLATFORM: platform}, lambda: datetime.now(UTC))


def _ms() -> int:
    return int(time.time() * 1000)


# --- by the bot's own workers


def _drained(url: str, workers: int) -> float:
    """Seconds in which processes that were ready keep all there is; how they end is nobody's wait."""
    crew = [_worker(url) for _ in range(workers)]
    begun = time.perf_counter()
    for one in crew:
        one.stdin.write("go\n")  # type: ignore[union-attr]
        one.stdin.flush()  # type: ignore[union-attr]
    said = [one.stdout.readline() for one in crew]  # type: ignore[union-attr]
    seconds = time.perf_counter() - begun
    if any(one.wait(600) for one in crew) or {*said} != {"done\n"}:
        raise SystemExit("a worker failed")
    with _opened(url) as database, database.read() as db:
        sent = db.scalar(select(func.count()).where(outbox.outbox.c.state == Promise.SENT))
    if sent != LANES * EACH:
        raise SystemExit(f"{sent} of {LANES * EACH} were kept")
    return seconds


def _worker(url: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "benchmarks.drain", url]
    worker = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)  # noqa: S603  ourselves
    if worker.stdout is None or worker.stdout.readline() != "ready\n":
        raise SystemExit("a worker did not start")
    return worker


def _work(url: str) -> None:
    """One worker: says that it is ready, waits for a line, keeps what there is, and says so.

    It is ready with the first message in hand: what a process does but once the running bot has done long before.
    """
    ready = itertools.count()

    def hear(_key: str) -> None:
        if not next(ready):
            gc.freeze()  # as the running bot does
            print("ready", flush=True)
            sys.stdin.readline()

    with _opened(url) as database:
        delivery = _delivery(database, Taking(hear))
        while True:
            delivery.drain()
            with database.read() as db:
                if not outbox.waiting(db):
                    break
        print("done", flush=True)


# --- by the driver alone


def _recorded(url: str) -> list[list[Statement]]:
    """What one worker sends to the database, a list a transaction."""
    found: list[list[Statement]] = []
    with _opened(url) as database:
        for engine in (database.writer, database.reader):
            engine.connect().close()  # what is asked of a database when it is first met is no message's cost
            _note(engine, found)
        _delivery(database, Taking()).drain()
    return [statements for statements in found if statements]


def _note(engine: Any, found: list[list[Statement]]) -> None:
    """A question that is asked outside of any transaction stands alone.

    Heard at the dialect, by which everything passes: of prepared statements SQLAlchemy's events are not told.
    """
    dialect, begun = engine.dialect, False

    def framing(does: Any, *, begins: bool) -> Any:
        def frame(connection: Any) -> None:
            nonlocal begun
            if begins:
                found.append([])
            begun = begins
            does(connection)

        return frame

    def executing(does: Any) -> Any:
        def execute(cursor: Any, statement: str, values: Any, context: Any = None) -> None:
            if not begun:
                found.append([])
            found[-1].append((statement, values))
            does(cursor, statement, values, context)

        return execute

    dialect.do_begin = framing(dialect.do_begin, begins=True)
    dialect.do_commit = framing(dialect.do_commit, begins=False)
    dialect.do_rollback = framing(dialect.do_rollback, begins=False)
    dialect.do_execute = executing(dialect.do_execute)


def _by_sqlite3(url: str, transactions: Sequence[Sequence[Statement]]) -> float:
    connection = sqlite3.connect(Path(url.removeprefix("sqlite:///")), isolation_level=None)
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "secure_delete=ON"):
        connection.execute(f"PRAGMA {pragma}")
    with closing(connection):
        begun = time.perf_counter()
        for statements in transactions:
            writes = any(not statement.startswith("SELECT") for statement, _ in statements)
            if writes:
                connection.execute("BEGIN IMMEDIATE")
            for statement, values in statements:
                connection.execute(statement, values).fetchall()
            if writes:
                connection.execute("COMMIT")
        return time.perf_counter() - begun


def _by_psycopg(url: str, transactions: Sequence[Sequence[Statement]]) -> float:
    with psycopg.connect(url.replace("+psycopg", "")) as connection:
        begun = time.perf_counter()
        for statements in transactions:
            for statement, values in statements:
                cursor = connection.execute(statement, values)
                if cursor.description:
                    cursor.fetchall()
            connection.commit()
        return time.perf_counter() - begun


# --- a calm moment


@dataclass
class Stopwatch:
    promised: dict[str, float] = field(default_factory=dict)
    sent: dict[str, float] = field(default_factory=dict)

    def hear(self, key: str) -> None:
        self.sent[key] = time.perf_counter()

    def promise(self, database: Database, key: str, platform: str, room: int, *, now: datetime) -> None:
        with database.write() as db:
            _promise(db, key, room, platform=platform, now_ms=int(now.timestamp() * 1000))
            self.promised[key] = time.perf_counter()

    def wait(self) -> None:
        """Until everything has come."""
        while any(key not in self.sent for key in self.promised):
            time.sleep(0.01)

    def delays(self) -> list[float]:
        """Milliseconds from the commit to the platform."""
        return [(self.sent[key] - begun) * 1000 for key, begun in self.promised.items()]


def _pickup(url: str) -> tuple[float, float]:
    """Median and 99th of 100, in milliseconds. On PostgreSQL no process tells itself: a notice has to come."""
    watch = Stopwatch()
    with _opened(url) as keeping, _opened(url) as promising:
        delivery = _delivery(keeping, Taking(watch.hear))
        if promising.is_sqlite:
            promising.promised = delivery.wake
        crew = threading.Thread(target=delivery.run, kwargs={"workers": 1})
        crew.start()
        for number in range(CALM + 1):
            time.sleep(APART_S)
            watch.promise(promising, f"calm-{number}", PLATFORM, 1 + number % LANES, now=datetime.now(UTC))
        watch.wait()
        delivery.stop()
        crew.join()
    cuts = statistics.quantiles(watch.delays()[1:], n=100, method="inclusive")
    return cuts[49], cuts[98]


if __name__ == "__main__":
    _work(sys.argv[1])
