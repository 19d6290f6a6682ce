"""The present moment: by the clock that all processes share; in a demo it can be moved ahead, to see what comes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import structlog

if TYPE_CHECKING:
    from storage.base import Database

log = structlog.get_logger()

TOLERATED = timedelta(milliseconds=250)
"""By so much two clocks may seem to differ because an answer takes its time."""


@dataclass
class Clock:
    """Real time plus ``ahead``. It is never moved back: what was promised stays in order.

    ``skew`` is by how much the database server's clock is ahead of this machine's.
    """

    ahead: timedelta = timedelta()
    skew: timedelta = timedelta()

    def now(self) -> datetime:
        return datetime.now(UTC) + self.skew + self.ahead

    def move_to(self, moment: datetime) -> None:
        self.ahead = max(self.ahead, moment - datetime.now(UTC) - self.skew)

    def follow(self, database: Database) -> None:
        """Go by the clock of the server, so that leases and slots mean the same to every process on it."""
        asked = datetime.now(UTC)
        theirs = database.clock()
        if theirs is None:
            return
        skew = theirs - asked - (datetime.now(UTC) - asked) / 2
        if abs(skew - self.skew) > TOLERATED:
            log.warning("clock set by the database's", seconds=round((skew - self.skew).total_seconds(), 1))
            self.skew = skew
