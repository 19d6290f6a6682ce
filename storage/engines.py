"""How each database is connected to: its pools, its limits, what a connection is told when it begins."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Engine, NullPool, create_engine, event, text
from sqlalchemy.engine import URL
from sqlalchemy.pool import PoolProxiedConnection

from storage.turns import PATIENCE_S, InTurn

SWITCHES = 100


@dataclass(frozen=True)
class Limits:
    """How long PostgreSQL lets one process of ours wait, in seconds, and how many connections it gets.

    ``statement_s`` for one statement, ``lock_s`` for a row that another has, ``idle_s`` for one that has begun a
    transaction and asks nothing more; 0: for ever. ``connections`` are shared by those who write, two thirds, and
    those who read; one more hears notices.
    """

    statement_s: int = 60
    lock_s: int = 30
    idle_s: int = 300
    connections: int = 12

    @property
    def options(self) -> str:
        """As the server is told when a connection begins."""
        told = {
            "statement_timeout": self.statement_s,
            "lock_timeout": self.lock_s,
            "idle_in_transaction_session_timeout": self.idle_s,
        }
        return " ".join(["-c timezone=UTC", *(f"-c {name}={seconds * 1000}" for name, seconds in told.items())])


USUAL = Limits()
_NO_LIMITS = [
    text(f"SET LOCAL {name} = 0")
    for name in ("statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout")
]


def take_time(connection: Connection) -> None:
    """In this one transaction no limit counts: an administrator has begun it, and waits for its end."""
    if connection.dialect.name == "postgresql":
        for statement in _NO_LIMITS:
            connection.execute(statement)


LIVELY = {
    "connect_timeout": 10,
    "keepalives_idle": 30,
    "keepalives_interval": 10,
    "keepalives_count": 3,
    "tcp_user_timeout": 30_000,
}
"""libpq's: a server that has vanished, with its machine or the network, is missed after half a minute, not hours."""


def _lively(url: URL) -> dict[str, Any]:
    """What the address says of a connection counts more than what is said here."""
    return {name: value for name, value in LIVELY.items() if name not in url.query}


def postgres(url: URL, limits: Limits, *, size: int, **options: bool) -> Engine:
    return create_engine(
        url,
        connect_args={**_lively(url), "options": f"{limits.options} {url.query.get('options', '')}".strip()},
        execution_options=options,
        pool_size=size,
        max_overflow=0,
        pool_timeout=limits.lock_s or 30,
        pool_pre_ping=True,
        pool_recycle=1800,
        hide_parameters=True,
    )


def apart(url: URL) -> Engine:
    """For one connection to PostgreSQL that stays open, beside the pools."""
    return create_engine(
        url, connect_args=_lively(url), poolclass=NullPool, isolation_level="AUTOCOMMIT", hide_parameters=True
    )


def ahead_log(connection: sqlite3.Connection) -> None:
    """Switch the file to a write-ahead log, as it stays from then on.

    Of several that switch a new file at the same moment each has read it and wants to write: SQLite turns them away at
    once, whatever the busy timeout, as they would wait for each other. A moment later one has done it for all.
    """
    for left in reversed(range(SWITCHES)):
        try:
            connection.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or not left:
                raise
        else:
            return


def _lower(text: object) -> str | None:
    return None if text is None else str(text).lower()


def sqlite(url: URL, begin: str, pragmas: Sequence[str], *, size: int) -> Engine:
    pool: dict[str, Any] = {"pool_size": size, "max_overflow": 0, "pool_timeout": PATIENCE_S}
    if size == 1:
        pool = {"poolclass": InTurn}
    engine = create_engine(
        url,
        connect_args={"isolation_level": None, "check_same_thread": False, "timeout": 30},
        hide_parameters=True,  # an error in the log tells no secrets
        **pool,
    )

    @event.listens_for(engine, "connect")
    def _pragmas(connection: Any, _record: object) -> None:
        connection.execute("PRAGMA busy_timeout=30000")
        # SQLite's own knows the letters from A to Z alone, and would not find Élodie or Иван by what people type.
        connection.create_function("lower", 1, _lower, deterministic=True)
        ahead_log(connection)
        for pragma in ("foreign_keys=ON", "secure_delete=ON", *pragmas):
            connection.execute(f"PRAGMA {pragma}")

    def _begin(dbapi_connection: PoolProxiedConnection) -> None:
        dbapi_connection.cursor().execute(begin)

    # The dialect's own place for it. A listener to the engine's events would have every statement look for listeners.
    engine.dialect.do_begin = _begin  # type: ignore[method-assign]
    return engine
