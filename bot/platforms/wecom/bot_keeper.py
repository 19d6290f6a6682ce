"""Keeps an AI bot connected: in the one process that has the lease, and again whenever the connection ends."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime

import structlog

from bot.platforms import NotNow
from bot.platforms.wecom.bot_receive import ENDED, PRESSED, Frame, event, number, reply
from bot.platforms.wecom.bot_wire import Wire
from bot.platforms.wecom.entries import Entry
from bot.platforms.wecom.troubles import WAITS, Trouble
from storage import leases
from storage.base import Database
from storage.leases import LEASE_MS

log = structlog.get_logger()

PRESSED_WITHIN = 5.0
"""Seconds in which a press can be answered with another card."""
REPLIED_WITHIN = 540.0
"""Seconds in which a message is replied to: what a reply streams must be over ten minutes after it."""
SHORTEST_WAIT, LONGEST_WAIT = 1.0, 30.0
MOST_NOTED = 1000


@dataclass(frozen=True)
class Times:
    """Seconds. ``look``: between two looks whether it is up. ``least`` to ``most``: before another attempt to connect.

    ``kicked``: before the first one after somebody else has connected as the same bot, and twice that each time, up
    to an hour.
    """

    beat: float = 30.0
    renew: float = 5.0
    look: float = 0.5
    least: float = 1.0
    most: float = 60.0
    kicked: float = 120.0
    longest: float = 3600.0


@dataclass
class Keeper:
    """Keeps one bot connected while this process has the lease.

    ``heard`` writes down what came, in the order in which it came, and may take its time; ``trouble`` is told what an
    administrator should know: "kicked", or "refused" where WeCom does not take the secret.
    """

    entry: Entry
    url: str
    database: Database
    now: Callable[[], datetime]
    heard: Callable[[Entry, Frame], None]
    trouble: Callable[[Entry, str], None]
    times: Times
    me: str
    wire: Wire | None = None
    presses: dict[str, float] = field(default_factory=dict)
    asks: dict[str, tuple[str, float]] = field(default_factory=dict)
    kicked: bool = False
    kicks: int = 0
    failures: int = 0
    since: float = 0.0
    again_at: float = 0.0
    renew_at: float = 0.0
    ends_at: float = 0.0

    def __post_init__(self) -> None:
        self.desk = ThreadPoolExecutor(1, thread_name_prefix="wecom bot desk")

    async def run(self, over: asyncio.Event) -> None:
        """Until it is over; then the connection is closed and the lease given back."""
        while not over.is_set():
            try:
                pause = await self._step()
            except Exception:
                log.exception("bot not kept", entry=self.entry.name)
                pause = self.times.renew
            with suppress(TimeoutError):
                await asyncio.wait_for(over.wait(), pause)
        await self._leave()

    async def _step(self) -> float:
        """Looks once; the seconds until the next look."""
        if not await self._is_ours():
            await self._drop()
            return self.times.renew
        if self.wire is not None and (self.kicked or not self.wire.is_up):
            await self._lost()
        if self.wire is None and _time() >= self.again_at:
            await self._connect()
        return self.times.look

    # --- the lease

    async def _is_ours(self) -> bool:
        """Whether this process may hold the connection. While the database is away, as long as the lease lasts."""
        asked = _time()  # the lease counts from before the database was waited for
        if asked < self.renew_at:
            return True
        try:
            ours = await asyncio.to_thread(self._claim)
        except Exception as error:  # noqa: BLE001  whatever keeps the database from answering
            log.warning("lease not renewed", entry=self.entry.name, error=type(error).__name__)
            return _time() < self.ends_at
        self.renew_at = asked + self.times.renew if ours else 0.0
        self.ends_at = asked + LEASE_MS / 1000 - self.times.renew if ours else 0.0
        return ours

    @property
    def _key(self) -> str:
        return f"wecom-bot:{self.entry.name}"

    def _claim(self) -> bool:
        with self.database.write() as db:
            return leases.claim(db, self._key, holder=self.me, now_ms=int(self.now().timestamp() * 1000))

    def _release(self) -> None:
        with self.database.write() as db:
            leases.release(db, self._key, holder=self.me)

    # --- the connection

    async def _connect(self) -> None:
        wire = Wire(self.entry.app, self.url, self._came, beat=self.times.beat)
        try:
            await wire.connect()
        except (Trouble, OSError) as error:
            self._wait()
            await wire.close()
            log.warning("bot not connected", entry=self.entry.name, error=str(error))
            if isinstance(error, Trouble) and error.code not in WAITS:
                await self._tell("refused")
            return
        self.wire, self.since, self.kicked = wire, _time(), False
        log.info("bot connected", entry=self.entry.name)

    async def _lost(self) -> None:
        """It has ended: by itself, or because somebody else has connected as the same bot."""
        lasted = _time() - self.since > self.times.most
        await self._drop()
        if not self.kicked:
            self.failures = 0 if lasted else self.failures
            log.warning("bot disconnected", entry=self.entry.name)
            self._wait()
            return
        self.kicks = 0 if lasted else self.kicks
        self.again_at = _time() + min(self.times.kicked * 2**self.kicks, self.times.longest)
        self.kicks += 1
        self.kicked, self.renew_at = False, 0.0
        if await self._is_ours():
            log.warning("somebody else has connected as the same bot", entry=self.entry.name)
            await self._tell("kicked")

    def _wait(self) -> None:
        self.again_at = _time() + min(self.times.least * 2 ** min(self.failures, 30), self.times.most)
        self.failures += 1

    async def _tell(self, what: str) -> None:
        with suppress(RuntimeError):  # it is being stopped
            await asyncio.get_running_loop().run_in_executor(self.desk, self.trouble, self.entry, what)

    async def _drop(self) -> None:
        wire, self.wire = self.wire, None
        self.asks.clear()
        if wire is not None:
            await wire.close()

    async def _leave(self) -> None:
        """What has come is written down before anybody else may connect."""
        await self._drop()
        await asyncio.to_thread(self.desk.shutdown, wait=True)
        try:
            await asyncio.to_thread(self._release)
        except Exception as error:  # noqa: BLE001  it ends by itself
            log.warning("lease not given back", entry=self.entry.name, error=type(error).__name__)

    def _came(self, frame: Frame) -> None:
        kind = event(frame)
        if kind == ENDED:
            self.kicked = True
            return
        if kind == PRESSED:
            self._note(number(frame))
        if not kind:
            self._note_ask(number(frame))
        self.desk.submit(self.heard, self.entry, frame)

    # --- what can be answered

    def _note(self, press: str) -> None:
        """As long as it can be answered, and no more of them than a crowd makes."""
        over = _time() - PRESSED_WITHIN
        self.presses = {one: at for one, at in self.presses.items() if at > over}
        if press and len(self.presses) < MOST_NOTED:
            self.presses[press] = _time()

    def _note_ask(self, ask: str) -> None:
        """As with presses; on another connection it cannot be replied to."""
        over = _time() - REPLIED_WITHIN
        self.asks = {one: (name, at) for one, (name, at) in self.asks.items() if at > over}
        if ask and len(self.asks) < MOST_NOTED:
            self.asks[reply(ask)] = (ask, _time())

    def take(self, press: str) -> bool:
        """Whether a press may still be answered; only once."""
        at = self.presses.pop(press, None)
        return at is not None and _time() - at < PRESSED_WITHIN

    def ask(self, kept: str) -> str:
        """The number of a message that may still be replied to, by what is kept of it; empty for none."""
        name, at = self.asks.get(kept, ("", 0.0))
        return name if _time() - at < REPLIED_WITHIN else ""

    @property
    def is_up(self) -> bool:
        """Whether there is a connection, as far as can be seen from any thread."""
        wire = self.wire
        return wire is not None and wire.is_up

    def at_once(self) -> Wire:
        """The connection. Raises ``NotNow`` where there is none."""
        if self.wire is None or not self.wire.is_up:
            raise NotNow(min(max(self.again_at - _time(), SHORTEST_WAIT), LONGEST_WAIT))
        return self.wire


def _time() -> float:
    return asyncio.get_running_loop().time()
