"""Keeps the outbox's promises lane by lane: claim, ask whether it is still wanted, look up, send, mark.

Between the provider's "accepted" and our "sent" lies a window that no engine closes. A second attempt
therefore first asks the platform whether the key has arrived; only a platform that cannot tell may repeat.
"""

from __future__ import annotations

import os
import secrets
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime

import structlog

from bot.platforms import Closed, Impossible, NotNow, Outgoing, Platform
from handlers import context_for_room, router
from messages import Message
from storage import outbox, rooms
from storage.base import Database, Session
from storage.outbox import Claimed, Promise

log = structlog.get_logger()

LONGEST_WAIT_MS = 300_000


@dataclass
class Delivery:
    """Several may run on one database, in one process or in many."""

    database: Database
    platforms: Mapping[str, Platform]
    now: Callable[[], datetime]
    me: str = field(default_factory=lambda: f"{os.uname().nodename}:{os.getpid()}:{secrets.token_hex(2)}"[:60])
    stopping: threading.Event = field(default_factory=threading.Event)
    awake: threading.Event = field(default_factory=threading.Event)

    def wake(self) -> None:
        """Something was promised: do not wait for the next look."""
        self.awake.set()

    def stop(self) -> None:
        self.stopping.set()
        self.awake.set()

    def run(self, *, workers: int = 4) -> None:
        """Until ``stop``; looks at least once a second, as a wake-up may be lost but the look may not."""
        with ThreadPoolExecutor(workers, thread_name_prefix="delivery") as pool:
            while not self.stopping.is_set():
                self.awake.clear()
                try:
                    claimed = self._claim()
                    list(pool.map(self._keep_safely, claimed))
                except Exception:
                    log.exception("delivery failed")
                    claimed = []
                if not claimed:
                    self.awake.wait(1.0)

    def drain(self) -> int:
        """Keep whatever can be kept now, in this thread; the number of promises handled."""
        handled = 0
        while claimed := self._claim():
            for one in claimed:
                self._keep(one)
            handled += len(claimed)
        return handled

    def _claim(self) -> list[Claimed]:
        with self.database.write() as db:
            return outbox.claim(db, me=self.me, now_ms=self._ms(), platforms=list(self.platforms))

    def _ms(self) -> int:
        return int(self.now().timestamp() * 1000)

    def _keep_safely(self, claimed: Claimed) -> None:
        try:
            self._keep(claimed)
        except Exception:
            log.exception("promise not kept", key=claimed.key)

    def _keep(self, claimed: Claimed) -> None:
        outgoing = self._prepare(claimed)
        if outgoing is None:
            self._finish(claimed, Promise.DROPPED)
            return
        platform = self.platforms["self" if claimed.lane.startswith("self:") else outgoing.room.platform]
        try:
            provider_id = (platform.find(outgoing) if claimed.attempt > 1 else None) or platform.send(outgoing)
        except NotNow as wait:
            self._finish(claimed, Promise.READY, retry_in=int(wait.seconds * 1000), counted=False)
        except Impossible as reason:
            self._finish(claimed, Promise.DEAD, error=str(reason))
        except Closed as reason:
            self._finish(claimed, Promise.READY, error=str(reason), counted=False, paused=str(reason))
        except Exception as error:  # noqa: BLE001  whatever a provider's client raises is a failed attempt
            self._failed(claimed, error)
        else:
            self._finish(claimed, Promise.SENT, provider_id=provider_id)

    def _prepare(self, claimed: Claimed) -> Outgoing | None:
        """The message as it is to go out; None when it is no longer wanted.

        Rechecked before the first attempt only: a provider recognises a repeat by its identical text.
        """
        with self.database.write() as db:
            room = rooms.get(db, claimed.room_id) if claimed.room_id else None
            if room is None:
                return None
            message: Message | None = Message.model_validate_json(claimed.payload)
            if claimed.recheck and claimed.attempt == 1:
                message = self._recheck(db, room, claimed, message)  # type: ignore[arg-type]
            if message is None:
                return None
            edits = outbox.provider_id(db, claimed.edits) if claimed.edits else None
            if claimed.edits and edits is None:
                return None
            return Outgoing(claimed.key, room, message, edits)

    def _recheck(self, db: Session, room: rooms.Room, claimed: Claimed, message: Message) -> Message | None:
        ctx = context_for_room(db, room, self.now())
        return router.rechecks[claimed.recheck](ctx, claimed.key, message)

    def _failed(self, claimed: Claimed, error: Exception) -> None:
        log.warning("send failed", key=claimed.key, attempt=claimed.attempt, error=type(error).__name__)
        if claimed.attempt >= outbox.MOST_ATTEMPTS:
            self._finish(claimed, Promise.DEAD, error=type(error).__name__)
        else:
            wait = min(1000 * 2 ** (claimed.attempt - 1), LONGEST_WAIT_MS)
            self._finish(claimed, Promise.READY, error=type(error).__name__, retry_in=wait)

    def _finish(
        self,
        claimed: Claimed,
        state: Promise,
        *,
        provider_id: str = "",
        error: str = "",
        retry_in: int = 0,
        counted: bool = True,
        paused: str | None = None,
    ) -> None:
        now_ms = self._ms()
        with self.database.write() as db:
            outbox.finish(
                db,
                claimed,
                me=self.me,
                now_ms=now_ms,
                state=state,
                provider_id=provider_id,
                error=error,
                retry_at=now_ms + retry_in if retry_in else 0,
                counted=counted,
                paused=paused,
            )
