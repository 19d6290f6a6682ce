"""Ticks the handlers' jobs. It holds no business state: what is due stands in the database."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

import structlog
from apscheduler.jobstores.memory import MemoryJobStore
from apscheduler.schedulers.background import BackgroundScheduler

from bot import housekeeping
from handlers import JOBS
from storage.base import Database

log = structlog.get_logger()


@dataclass
class Ticks:
    """``tick`` may be called by any number of threads and processes at once; the rows decide who does the work."""

    database: Database
    now: Callable[[], datetime]
    pace: Mapping[str, int]
    after: Callable[[], None] = lambda: None
    tidied: datetime | None = None

    def tick(self) -> None:
        """Run what is due of every job; one unit's failure leaves the others alone."""
        for job in JOBS:
            with self.database.read() as db:
                units = list(job.due(db, self.now()))
            for unit in units:
                try:
                    with self.database.write() as db:
                        job.run(db, unit, self.now(), self.pace)
                except Exception:
                    log.exception("job failed", job=job.name, unit=unit)
        self._tidy()
        self.after()

    def _tidy(self) -> None:
        """Once a day, and when the process starts."""
        if self.tidied is None or self.now() - self.tidied >= housekeeping.EVERY:
            housekeeping.tidy(self.database, self.now())
            self.tidied = self.now()

    def start(self, *, seconds: int = 20) -> BackgroundScheduler:
        """Tick in the background from now on."""
        scheduler = BackgroundScheduler(
            jobstores={"default": MemoryJobStore()},
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
            timezone="UTC",
        )
        scheduler.add_job(self.tick, "interval", seconds=seconds, id="tick")
        scheduler.start()
        return scheduler
