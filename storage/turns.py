"""The pool of SQLite's one writing connection: whoever has waited longest is next, so that nobody waits for ever."""

from __future__ import annotations

import threading
from collections import deque
from typing import Any

from sqlalchemy.exc import TimeoutError as NoConnection
from sqlalchemy.pool import ConnectionPoolEntry, QueuePool


class InTurn(QueuePool):
    """In a pool of SQLAlchemy's own, whoever comes just then goes before those who wait, time and again."""

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self._turns = Turns()

    def _do_get(self) -> ConnectionPoolEntry:
        if not self._turns.take(self.timeout()):
            raise NoConnection("others kept the connection for too long")
        try:
            return super()._do_get()
        except BaseException:
            self._turns.give()
            raise

    def _do_return_conn(self, record: ConnectionPoolEntry) -> None:
        super()._do_return_conn(record)
        self._turns.give()


class Turns:
    """A lock that is handed on in the order in which it was asked for."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._waiting: deque[threading.Lock] = deque()
        self._taken = False

    @property
    def waiting(self) -> int:
        return len(self._waiting)

    def take(self, seconds: float) -> bool:
        """Whether it was had within that time."""
        with self._guard:
            if not self._taken:
                self._taken = True
                return True
            mine = threading.Lock()
            mine.acquire()
            self._waiting.append(mine)
        return mine.acquire(timeout=seconds) or not self._left(mine)

    def _left(self, mine: threading.Lock) -> bool:
        """Whether the queue was left; it may have been handed over at the last moment."""
        with self._guard:
            there = mine in self._waiting
            if there:
                self._waiting.remove(mine)
            return there

    def give(self) -> None:
        with self._guard:
            if self._waiting:
                self._waiting.popleft().release()
            else:
                self._taken = False
