"""Ticks the handlers' jobs. It holds no business state: what is due stands in the database."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import structlog
from apscheduler.jobstores.memory import MemoryJobStore
from apscheduler.schedulers.background import BackgroundScheduler

from bot import housekeeping, unreachable
from bot.retention import KeepSettings
from handlers import JOBS, Job
from storage import lanes
from storage.base import Database
from storage.files import FileStore

log = structlog.get_logger()


@dataclass
class Ticks:
    """``tick`` may be called by any number of threads and processes at once; the rows decide who does the work."""

    database: Database
    now: Callable[[], datetime]
    pace: Mapping[str, int]
    after: Callable[[], None] = lambda: None
    set_clock: Callable[[], None] = lambda: None
    """Called before each tick: the present moment may have to be asked for."""
    store: FileStore | None = None
    keep: KeepSettings = field(default_factory=KeepSettings)
    tidied: datetime | None = None
    stopping: threading.Event = field(default_factory=threading.Event)
    """Once it is set a tick ends behind the unit that is in hand; what is due stays due."""
    stopwatch: Callable[[], float] = time.monotonic
    observe: Callable[[float], None] = lambda _seconds: None
    """Told of every tick that has come to its end, and how many seconds it took."""

    def tick(self) -> None:
        """Run what is due of every job; one job's or unit's failure leaves the others alone."""
        begun = self.stopwatch()
        self._set_clock()
        for job in JOBS:
            for unit in self._due(job):
                if not self.stopping.is_set():
                    self._run(job, unit)
        if not self.stopping.is_set():
            self._keep_house()
        self.observe(self.stopwatch() - begun)
        self.after()

    def _set_clock(self) -> None:
        try:
            self.set_clock()
        except Exception as error:  # noqa: BLE001  the database will be missed by others
            log.warning("clock not set", error=type(error).__name__)

    def _due(self, job: Job[Any]) -> Sequence[Any]:
        try:
            with self.database.read() as db:
                return list(job.due(db, self.now()))
        except Exception:
            log.exception("job failed", job=job.name)
            return ()

    def _run(self, job: Job[Any], unit: Any) -> None:
        """In one transaction; where that fails, what the unit consists of, each in its own."""
        try:
            with self.database.write() as db:
                job.run(db, unit, self.now(), self.pace)
        except Exception:
            parts = job.parts(unit)
            if not parts:
                log.exception("job failed", job=job.name, unit=unit)
            for part in parts:
                self._run(job, part)

    def _keep_house(self) -> None:
        """Every time: lanes that wait for a clock that was put back. Once a day, and at the start: what is old."""
        moment = self.now()
        try:
            with self.database.write() as db:
                lanes.set_right(db, now_ms=int(self.now().timestamp() * 1000))
            if self.tidied is None or moment - self.tidied >= housekeeping.EVERY:
                housekeeping.tidy(self.database, self.store, moment, self.keep)
                unreachable.give_up(self.database, now=moment, pace=self.pace)
                self.tidied = moment
        except Exception:
            log.exception("house not kept")

    def start(self, *, seconds: int = 20) -> BackgroundScheduler:
        """Tick in the background from now on. A tick that comes late is one tick, and none overtakes another."""
        scheduler = BackgroundScheduler(
            jobstores={"default": MemoryJobStore()},
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
            timezone="UTC",
        )
        scheduler.add_job(self.tick, "interval", seconds=seconds, id="tick")
        scheduler.start()
        return scheduler
