"""Tells the database that this process is at work, and of which release: another one may work beside it for a while.

While a new release takes the place of an old one, both are at work on one database. What only the other one knows is
left to it (``Delivery``), an upgrade that this one could not live with does not begin (``storage.migrations``), and
should it have happened all the same, this process ends.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from importlib.metadata import PackageNotFoundError, version

import structlog

from storage import migrations, processes
from storage.base import Database

log = structlog.get_logger()

EVERY_S = 10.0
LONGEST_LEAVE_S = 1.0


def release() -> str:
    """The version that is installed; empty where the program runs without having been."""
    try:
        return version("huihou")[:40]
    except PackageNotFoundError:
        return ""


@dataclass
class Presence:
    """``sent_home`` is called once, with the database's step, when this release may no longer run on it."""

    database: Database
    now: Callable[[], datetime]
    name: str
    sent_home: Callable[[str], None] = lambda _step: None
    release: str = field(default_factory=release)
    over: threading.Event = field(default_factory=threading.Event)
    _staying: threading.Thread | None = None

    def enter(self) -> None:
        """Raises ``migrations.Newer``."""
        with self.database.write() as db:
            migrations.enter(db, self.name, release=self.release, now_ms=self._ms())

    def others(self) -> bool:
        """Whether processes of another release are at work: they may know what this one does not."""
        with self.database.read() as db:
            return migrations.others(db, release=self.release, now_ms=self._ms())

    def start(self) -> None:
        """Be at work from now on, until ``stop``. Raises ``migrations.Newer``."""
        self.enter()
        self._staying = threading.Thread(target=self._stay, name="presence", daemon=True)
        self._staying.start()

    def _stay(self) -> None:
        while not self.over.wait(EVERY_S):
            try:
                self.enter()
            except migrations.Newer as newer:
                log.error(  # noqa: TRY400  it is no fault
                    "a newer release has taken over", step=str(newer)
                )
                self.sent_home(str(newer))
                return
            except Exception as error:  # noqa: BLE001  the next time comes before anybody takes it for gone
                log.warning("presence not told", error=type(error).__name__)

    def stop(self) -> None:
        self.over.set()
        if self._staying is not None:
            self._staying.join(LONGEST_LEAVE_S)
        try:
            with self.database.write() as db:
                processes.leave(db, self.name)
        except Exception as error:  # noqa: BLE001  it is soon taken for gone anyhow
            log.warning("leave not taken", error=type(error).__name__)

    def _ms(self) -> int:
        return int(self.now().timestamp() * 1000)
