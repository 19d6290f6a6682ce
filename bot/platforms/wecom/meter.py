"""How often somebody may be told something: WeCom drops in silence what comes too often, so we stay below it."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

MINUTE, HOUR = 60.0, 3600.0
IN_A_MINUTE, IN_AN_HOUR = 18, 900
"""WeCom lets 30 a minute and 1,000 an hour through to one person, and 20 a minute through one webhook."""


@dataclass
class Meter:
    """Of what this process has sent. The lanes' pace holds for all, but counts a message of several parts as one."""

    now: Callable[[], datetime]
    sent: defaultdict[str, deque[float]] = field(default_factory=lambda: defaultdict(deque))

    def wait(self, place: str) -> float:
        """Seconds until something more may be sent there; 0 for now, and then it counts."""
        now, sent = self.now().timestamp(), self.sent[place]
        while sent and sent[0] <= now - HOUR:
            sent.popleft()
        waits = [_left(sent, most, span, now) for most, span in ((IN_A_MINUTE, MINUTE), (IN_AN_HOUR, HOUR))]
        if not max(waits):
            sent.append(now)
        return max(waits)


def _left(sent: deque[float], most: int, span: float, now: float) -> float:
    return max(0.0, sent[-most] + span - now) if len(sent) >= most else 0.0
