"""Wakes the open pages of this process; what there is to see they read from the database."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress


class Bell:
    """Rung by any thread, heard by the event loop. A ring may be lost: whoever listens also looks now and then."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._ears: set[Ear] = set()
        self.closed = False

    def ring(self) -> None:
        with self._lock:
            ears = list(self._ears)
        for ear in ears:
            ear.wake()

    def close(self) -> None:
        """The server stops: whoever listens is to go home."""
        self.closed = True
        self.ring()

    @contextmanager
    def listening(self) -> Iterator[Ear]:
        """Inside a coroutine: an ear for as long as the block lasts."""
        ear = Ear()
        with self._lock:
            self._ears.add(ear)
        try:
            yield ear
        finally:
            with self._lock:
                self._ears.discard(ear)


class Ear:
    """One listener on one event loop."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._heard = asyncio.Event()

    def wake(self) -> None:
        with suppress(RuntimeError):  # the loop was closed between ringing and waking
            self._loop.call_soon_threadsafe(self._heard.set)

    async def wait(self, seconds: float) -> None:
        """Until the bell rings or the time is over."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._heard.wait(), seconds)
        self._heard.clear()
