"""One sweep of a hundred due tasks, among ever more that are not due."""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import insert, text, update

from benchmarks import world
from bot.app import App
from bot.scheduler import Ticks
from storage.base import Session
from storage.checklist import Task

SIZES = (10_000, 100_000, 1_000_000)
DUE = 100
ROUNDS = 5
AT_ONCE = 20_000


@dataclass(frozen=True)
class Sweep:
    """Milliseconds: with a hundred tasks due, and with nothing due."""

    tasks: int
    due: float
    nothing: float


def measure() -> Iterator[Sweep]:
    """One database that grows, so that the last size is the whole story."""
    with tempfile.TemporaryDirectory() as name:
        app = world.create(Path(name))
        with app.database.write() as db:
            made = world.meeting(db, tasks=DUE, due=world.NOW)
            db.flush()
            other = world.meeting(db, 2, tasks=0)
            db.flush()
            due, crowd = made.id, other.id
        there = 0
        for size in SIZES:
            grow(app, crowd, there, size)
            there = size
            measured = [one(app, due) for _ in range(ROUNDS + 1)][1:]
            yield Sweep(size, *(statistics.median(column) for column in zip(*measured, strict=True)))
        app.database.close()


def grow(app: App, meeting: int, there: int, size: int) -> None:
    """Tasks of another meeting, some of them done, the others to be looked at on some later day."""
    for first in range(there, size, AT_ONCE):
        with app.database.write() as db:
            db.execute(insert(Task), [task(meeting, number) for number in range(first, min(first + AT_ONCE, size))])


def task(meeting: int, number: int) -> dict[str, object]:
    finished = number % 5 < 3  # noqa: PLR2004  sixty of a hundred
    later: datetime = world.NOW + timedelta(days=1 + number % 300)
    return {
        "meeting_id": meeting,
        "number": number + 1,
        "phase": 1 + number % 7,
        "title_zh": f"任务 {number}",
        "title_en": f"Task {number}",
        "state": "done" if finished else "open",
        "due_at": later,
        "next_nudge_at": None if finished else later,
        "version": 1,
    }


def one(app: App, meeting: int) -> tuple[float, float]:
    """A tick with the hundred due, then one with nothing due; what was said is taken back for the next round."""
    with app.database.write() as db:
        forget(db, meeting)
    ticks = Ticks(app.database, app.clock.now, {}, tidied=world.NOW)
    due = timed(ticks)
    with app.database.read() as db:
        said = db.execute(text("SELECT count(*) FROM nudge")).scalar_one()
    if said < DUE:
        raise SystemExit(f"the sweep said {said} of {DUE}")
    return due, timed(ticks)


def timed(ticks: Ticks) -> float:
    begun = time.perf_counter()
    ticks.tick()
    return (time.perf_counter() - begun) * 1000


def forget(db: Session, meeting: int) -> None:
    for table in ("nudge", "outbox", "lane"):
        db.execute(text(f"DELETE FROM {table}"))  # noqa: S608  our own names
    db.execute(update(Task).where(Task.meeting_id == meeting).values(next_nudge_at=world.NOW))
