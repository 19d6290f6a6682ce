"""One time for every process of a round: seconds since it began, at the pace that it is to have."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.clock import Clock
from storage.base import Database


@dataclass(frozen=True)
class Beat:
    """``speed`` seconds pass in one second. The machine's monotonic clock is the same in all of its processes."""

    origin: datetime
    speed: float = 1.0
    begun: int = field(default_factory=time.monotonic_ns)

    @property
    def real(self) -> bool:
        """Whether it is the time that it is."""
        return self.speed == 1

    def seconds(self) -> float:
        return (time.monotonic_ns() - self.begun) * self.speed / 1e9

    def now(self) -> datetime:
        return self.origin + timedelta(seconds=self.seconds())


@dataclass
class Hurrying(Clock):
    """The bot's clock where time is to pass faster than it does."""

    beat: Beat = field(default_factory=lambda: Beat(Clock().now()))

    def now(self) -> datetime:
        return self.beat.now()

    def follow(self, database: Database) -> None:
        """The database's clock knows nothing of it."""
