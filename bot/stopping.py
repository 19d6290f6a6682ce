"""The end of a process: what is in hand is finished, and what hangs does not keep it.

Most of it ends by itself. What is left when time is up, such as a provider that does not answer, is cut off as if the
process had been killed: nothing of it is written, and whoever takes it up looks first whether it was done.
"""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass, field

import structlog

log = structlog.get_logger()

LONGEST_S, LAST_S = 9.0, 1.0
"""From the signal to the end, at most; and of that, to give back what others could go on with."""


@dataclass
class Ending:
    """``nothing_more`` makes the parts begin nothing, ``give_back`` lets others have what is still in hand."""

    nothing_more: Callable[[], None]
    give_back: Callable[[], None]
    code: int = 0
    over: threading.Event = field(default_factory=threading.Event)
    begun: bool = False

    def begin(self) -> None:
        """The process is to stop. Asked again, it has no effect."""
        if self.begun:
            return
        self.begun = True
        log.info("stopping")
        self.nothing_more()
        threading.Thread(target=self._wait, name="ending", daemon=True).start()

    def done(self) -> None:
        """Everything has been finished in time."""
        self.over.set()

    def _wait(self) -> None:
        if self.over.wait(LONGEST_S - LAST_S):
            return
        log.warning("not everything was finished in time")
        last = threading.Thread(target=self.give_back, daemon=True)
        last.start()
        last.join(LAST_S)
        for stream in (sys.stdout, sys.stderr):
            stream.flush()
        os._exit(self.code)
