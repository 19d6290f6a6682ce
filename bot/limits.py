"""How much one person may ask: a bucket each, which fills up again by the minute."""

from __future__ import annotations

import math
import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field

MOST_KNOWN = 10_000
"""Buckets that are kept. One that has not been used for longest is forgotten first: by then it is full again."""
MINUTE = 60.0


@dataclass
class Limit:
    """``most`` asks at once, and as many more in each minute; 0: as many as one likes.

    Of one process: with several, a person may ask each of them as much.
    """

    most: int
    stopwatch: Callable[[], float]
    _left: OrderedDict[Hashable, tuple[float, float]] = field(default_factory=OrderedDict)
    _told: set[Hashable] = field(default_factory=set)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def wait(self, who: Hashable) -> int:
        """0 if they may ask now, which is then counted; else the seconds until they may."""
        if not self.most:
            return 0
        with self._lock:
            now = self.stopwatch()
            left, since = self._left.pop(who, (float(self.most), now))
            left = min(float(self.most), left + (now - since) * self.most / MINUTE)
            allowed = left >= 1
            self._left[who] = (left - allowed, now)
            if allowed:
                self._told.discard(who)
            if len(self._left) > MOST_KNOWN:
                self._told.discard(self._left.popitem(last=False)[0])
            return 0 if allowed else math.ceil((1 - left) * MINUTE / self.most)

    def is_news(self, who: Hashable) -> bool:
        """Whether they have not been told that they must wait since they last might ask; from now on they have."""
        with self._lock:
            new = who not in self._told
            self._told.add(who)
            return new
