"""The access token of an app: one for all processes, sealed in the database, fetched anew once when it is refused."""

from __future__ import annotations

import threading
from base64 import urlsafe_b64encode
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256

from bot.sealing import Sealing, Unreadable
from storage import wecom
from storage.base import Database

EARLY_MS = 120_000
"""A token is not used in its last two minutes: a request takes time."""


@dataclass(frozen=True)
class Held:
    token: str
    ends_ms: int


@dataclass
class Tokens:
    """Of one app. ``fetch`` asks WeCom for a token; it answers that, and for how many seconds it is good.

    Sealed with a key that is made of the app's secret: who has a copy of the database has no token, and no further
    key needs to be kept.
    """

    app: str
    secret: str
    database: Database
    now: Callable[[], datetime]
    fetch: Callable[[], tuple[str, int]]
    held: Held | None = None
    lock: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        key = urlsafe_b64encode(sha256(self.secret.encode()).digest()).decode()
        self.sealing = Sealing([key])

    def current(self) -> str:
        """The one to use now. Raises what ``fetch`` raises."""
        held = self.held
        return held.token if held and self._lasts(held) else self.other_than("")

    def other_than(self, refused: str) -> str:
        """One that is not that, which WeCom has refused. Raises what ``fetch`` raises."""
        with self.lock:
            held = self.held
            if held is None or not self._lasts(held) or held.token == refused:
                held = self._read()
            if held is None or not self._lasts(held) or held.token == refused:
                held = self._fetched()
            self.held = held
            return held.token

    def _lasts(self, held: Held) -> bool:
        return held.ends_ms - EARLY_MS > self._ms()

    def _ms(self) -> int:
        return int(self.now().timestamp() * 1000)

    def _read(self) -> Held | None:
        """What another process, or this one in an earlier life, has fetched."""
        with self.database.read() as db:
            row = wecom.find(db, self.app)
        try:
            return Held(self.sealing.open(row["sealed"], self.app), row["ends_ms"]) if row else None
        except Unreadable:  # sealed with a secret that is no longer the app's
            return None

    def _fetched(self) -> Held:
        token, seconds = self.fetch()
        held = Held(token, self._ms() + seconds * 1000)
        with self.database.write() as db:
            sealed = self.sealing.seal(token, self.app, at=self.now())
            wecom.save(db, self.app, sealed=sealed, ends_ms=held.ends_ms)
        return held
