"""Slows down whoever guesses passwords; remembers a bounded number of names and addresses."""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import datetime, timedelta

FREE = 3
"""So many mistakes cost nothing: people mistype."""
MOST_KEPT = 10_000
FORGET_AFTER = timedelta(hours=1)


@dataclass
class Throttle:
    """After ``FREE`` failures each further one doubles the wait, up to ``longest`` seconds."""

    longest: int = 900
    _failures: OrderedDict[str, tuple[int, datetime]] = field(default_factory=OrderedDict)
    _lock: threading.RLock = field(default_factory=threading.RLock)

    def admit(self, *keys: str, now: datetime) -> int:
        """As ``wait``; who may try has failed until they succeed: many at once are no freer than one by one."""
        with self._lock:
            left = self.wait(*keys, now=now)
            if not left:
                self.failed(*keys, now=now)
        return left

    def wait(self, *keys: str, now: datetime) -> int:
        """How many seconds these keys must still wait; 0 when they may try."""
        with self._lock:
            return max(self._left(key, now) for key in keys)

    def failed(self, *keys: str, now: datetime) -> None:
        with self._lock:
            for key in keys:
                count, last = self._failures.pop(key, (0, now))
                self._failures[key] = (1 if now - last > FORGET_AFTER else count + 1, now)
            while len(self._failures) > MOST_KEPT:
                self._failures.popitem(last=False)

    def succeeded(self, *keys: str) -> None:
        with self._lock:
            for key in keys:
                self._failures.pop(key, None)

    def _left(self, key: str, now: datetime) -> int:
        count, last = self._failures.get(key, (0, now))
        if count < FREE:
            return 0
        pause = min(2 ** min(count - FREE + 1, 20), self.longest)
        return max(0, round((last + timedelta(seconds=pause) - now).total_seconds()))
