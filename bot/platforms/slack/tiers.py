"""Slack's tiers: how often a method may be called in a workspace. What would be too often is put off untried."""

from __future__ import annotations

import threading
from collections import defaultdict, deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType

from bot.platforms import NotNow

MINUTE = 60.0
PER_MINUTE: Mapping[str, int] = MappingProxyType(
    {
        "chat.delete": 50,
        "chat.postEphemeral": 100,
        "chat.update": 50,
        "conversations.history": 50,
        "conversations.open": 50,
        "conversations.replies": 50,
        "files.completeUploadExternal": 100,
        "files.getUploadURLExternal": 100,
    }
)
"""Of the methods with which a message leaves; tier 3 is 50, tier 4 is 100.

See https://docs.slack.dev/apis/web-api/rate-limits.
``chat.postMessage`` has a limit of its own, one a second and channel, which a lane keeps.
"""


@dataclass
class Tiers:
    """One process's calls of the last minute; of those of other processes Slack itself tells, with ``Retry-After``."""

    now: Callable[[], datetime]
    calls: defaultdict[tuple[str, str], deque[float]] = field(default_factory=lambda: defaultdict(deque))
    lock: threading.Lock = field(default_factory=threading.Lock)

    def take(self, workspace: str, method: str) -> None:
        """Count a call that is about to be made. Raises ``NotNow`` until when it is one too many."""
        most = PER_MINUTE.get(method)
        if most is None:
            return
        with self.lock:
            calls, now = self.calls[workspace, method], self.now().timestamp()
            while calls and calls[0] <= now - MINUTE:
                calls.popleft()
            if len(calls) >= most:
                raise NotNow(calls[0] + MINUTE - now)
            calls.append(now)
