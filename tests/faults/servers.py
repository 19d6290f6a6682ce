"""F4, F6: the database goes away, has no room left, or takes nobody in."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path

from sqlalchemy import Connection, Engine, NullPool, create_engine, text
from sqlalchemy.exc import OperationalError

from tests.faults.crashes import fleet_of, outcome, shares
from tests.faults.fleet import SPREAD, Fleet
from tests.faults.registry import NotHere, Outcome, Round, fault

OTHERS = "FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND datname = current_database()"
SPACE_MB = 8
FULL = "common/refusals/full"
"""The answer to who asks while there is no room to write."""


@fault(
    "F4",
    "PostgreSQL restarted at once",
    counted="restarts",
    on=("postgresql",),
    sampled={"restarts": 1, "messages": 120},
    full={"restarts": 20, "messages": 1200},
    rounds=5,
    own_server=True,
)
def restarted(given: Round) -> Outcome:
    fleet, restarts, normal = fleet_of(given, slots=3), given.size["restarts"], 0.0
    assert given.server is not None
    with fleet.running():
        for number in range(restarts):
            fleet.release(shares(given.size["messages"] // SPREAD, restarts, number))
            time.sleep(fleet.chance.uniform(0.02, 0.4))
            fleet.history.add("cut")
            given.server.restart()
            fleet.history.add("cut")  # until now whatever was about to be written may not have been
            normal = max(normal, fleet.settle())
    return outcome(fleet, restarts, normal)


@fault(
    "F4",
    "connections cut by the server",
    counted="cuts",
    on=("postgresql",),
    sampled={"cuts": 6, "messages": 120},
    full={"cuts": 200, "messages": 2400},
    rounds=5,
    own_server=True,
)
def cut(given: Round) -> Outcome:
    """Each connection of the bot's, or about half of them."""
    fleet, cuts = fleet_of(given, slots=3), given.size["cuts"]
    with fleet.running(), _connected(given.url) as connection:
        for number in range(cuts):
            fleet.release(shares(given.size["messages"] // SPREAD, cuts, number))
            time.sleep(fleet.chance.uniform(0.02, 0.2))
            which = fleet.chance.choice(("", " AND pid % 2 = 0", " AND pid % 2 = 1"))
            fleet.history.add("cut")
            connection.execute(text(f"SELECT pg_terminate_backend(pid) {OTHERS}{which}"))
        normal = fleet.settle()
    return outcome(fleet, cuts, normal)


@contextmanager
def _connected(url: str) -> Iterator[Connection]:
    engine = create_engine(url, poolclass=NullPool, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        yield connection


@fault(
    "F6",
    "no connections left",
    counted="times",
    on=("postgresql",),
    sampled={"times": 1, "messages": 120},
    full={"times": 20, "messages": 1200},
    own_server=True,
)
def crowded(given: Round) -> Outcome:
    """Others take every connection; who asks then is told that it did not go, and nothing of it is there."""
    fleet, times, normal = fleet_of(given, slots=2), given.size["times"], 0.0
    with fleet.running():
        for number in range(times):
            before = fleet.refusals.total()
            fleet.release(shares(given.size["messages"] // SPREAD, times, number))
            with _crowd(given.url, fleet):
                _until_refused(fleet, before)
            normal = max(normal, fleet.settle())
    return outcome(fleet, times, normal)


@contextmanager
def _crowd(url: str, fleet: Fleet) -> Iterator[None]:
    """Everybody who is connected is sent away, and every place is taken, until nobody else has one."""
    named = {"application_name": "crowd"}
    engine = create_engine(url, poolclass=NullPool, isolation_level="AUTOCOMMIT", connect_args=named)
    send_away = text(f"SELECT pg_terminate_backend(pid) {OTHERS} AND application_name <> 'crowd'")
    taken: list[Connection] = []
    try:
        _take(engine, taken)
        fleet.history.add("cut")
        while taken[0].execute(send_away).all():
            _take(engine, taken)
        yield
    finally:
        for connection in taken:
            with suppress(OperationalError):
                connection.close()


def _take(engine: Engine, taken: list[Connection]) -> None:
    """Every connection that is to be had."""
    with suppress(OperationalError):
        while True:
            taken.append(engine.connect())


def _until_refused(fleet: Fleet, before: int) -> None:
    """Somebody asks, and is told no. Raises ``TimeoutError``."""
    begun = time.monotonic()
    while fleet.refusals.total() == before:
        fleet.release(1)
        time.sleep(0.1)
        if time.monotonic() - begun > 60:
            raise TimeoutError("nobody was refused")


@fault(
    "F6",
    "disk full",
    counted="times",
    on=("sqlite",),
    sampled={"times": 1, "messages": 120},
    full={"times": 20, "messages": 1200},
)
def full(given: Round) -> Outcome:
    """The database is alone on a small disk, which somebody fills; half of the times while everybody works."""
    times, normal = given.size["times"], 0.0
    with _small_disk(given.folder / "small") as disk:
        fleet = fleet_of(replace(given, url=f"sqlite:///{disk / 'huihou.db'}"), slots=2)
        with fleet.running():
            for number in range(times):
                before = fleet.refusals[FULL]
                fleet.release(shares(given.size["messages"] // SPREAD, times, number))
                with _ballast(disk):
                    while fleet.refusals[FULL] == before:
                        fleet.release(1)
                        time.sleep(0.1)
                normal = max(normal, fleet.settle())
        return outcome(fleet, times, normal)


@contextmanager
def _small_disk(folder: Path) -> Iterator[Path]:
    """Raises ``NotHere`` where none can be made."""
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={SPACE_MB}m", "tmpfs", str(folder)]
    if subprocess.run(mount, check=False, capture_output=True).returncode:  # noqa: S603  our own words
        raise NotHere("no file system of a certain size can be made here: that takes root")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)  # noqa: S603, S607  as above


@contextmanager
def _ballast(disk: Path) -> Iterator[None]:
    """Whatever is free is written full."""
    file = disk / "ballast"
    with file.open("wb", buffering=0) as stream, suppress(OSError):
        while True:
            stream.write(b"\0" * 4096)
    try:
        yield
    finally:
        file.unlink()
