"""The pool of SQLite's one writing connection: whoever has waited longest is next, so that nobody waits for ever."""

from __future__ import annotations

import sqlite3
import threading
from collections import deque
from typing import Any

from sqlalchemy.exc import TimeoutError as NoConnection
from sqlalchemy.pool import ConnectionPoolEntry, Pool

PATIENCE_S = 60


class InTurn(Pool):
    """In a pool of SQLAlchemy's own, whoever comes just then goes before those who wait, time and again.

    ``lend`` and ``take_back`` are for who needs no account of the loan: it costs more than the transaction.
    """

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self._turns = Turns()
        self._one: ConnectionPoolEntry | None = None

    def status(self) -> str:
        return f"one connection, {self._turns.waiting} wait for it"

    def recreate(self) -> InTurn:
        return InTurn(self._creator, dialect=self._dialect, _dispatch=self.dispatch)

    def dispose(self) -> None:
        """Whoever has the connection just now keeps it to the end; then it is closed."""
        one, self._one = self._one, None
        if one is not None and self._turns.take(0):
            self._do_return_conn(one)

    def lend(self) -> ConnectionPoolEntry:
        return self._do_get()

    def take_back(self, one: Any) -> None:
        """What was not committed never was. A connection that cannot even take it back is thrown away."""
        driver = one.dbapi_connection
        try:
            if driver is not None and driver.in_transaction:
                driver.rollback()
        except sqlite3.Error as error:
            one.invalidate(error)
        finally:
            self._do_return_conn(one)

    def _do_get(self) -> ConnectionPoolEntry:
        if not self._turns.take(PATIENCE_S):
            raise NoConnection("others kept the connection for too long")
        try:
            one = self._one
            if one is None or one.dbapi_connection is None:
                one = self._one = self._create_connection()
        except BaseException:
            self._turns.give()
            raise
        return one

    def _do_return_conn(self, record: ConnectionPoolEntry) -> None:
        if record is not self._one:
            record.close()
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
