"""What comes over the AI bot's connection is written down first, as what the app is called back with: or it is lost."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field

import structlog

from bot.platforms.wecom import bot_receive
from bot.platforms.wecom.bot_receive import Frame
from bot.platforms.wecom.entries import Entry
from bot.platforms.wecom.receive import Heard
from storage.base import Unreachable, trouble

log = structlog.get_logger()

FIRST_WAIT, LONGEST_WAIT = 1.0, 64.0
"""Seconds between attempts to write something down, twice as many each time: WeCom says nothing a second time."""


@dataclass
class BotEar:
    """``keep`` writes it down. Once ``stopping`` is set nothing is waited for any more."""

    keep: Callable[[Entry, Heard], None]
    stopping: threading.Event = field(default_factory=threading.Event)

    def __call__(self, entry: Entry, frame: Frame) -> None:
        """Raises nothing."""
        try:
            heard = bot_receive.heard(frame, entry=entry.name)
            if heard is not None:
                self._kept(entry, heard)
        except Exception:
            log.exception("said to the bot and lost", entry=entry.name)

    def _kept(self, entry: Entry, heard: Heard) -> None:
        """Raises what waiting does not help against, and what it did not help against for long enough."""
        wait = FIRST_WAIT
        while True:
            try:
                self.keep(entry, heard)
            except (*Unreachable, OSError) as error:
                log.warning("not written down yet", entry=entry.name, error=trouble(error) or type(error).__name__)
                if wait > LONGEST_WAIT or self.stopping.wait(wait):
                    raise
                wait *= 2
            else:
                return
