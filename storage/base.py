"""Transactions, column types and what goes wrong; everything else in this package stands on it."""

from __future__ import annotations

import errno
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    Column,
    Connection,
    DateTime,
    Dialect,
    MetaData,
    String,
    func,
    select,
)
from sqlalchemy.engine import make_url
from sqlalchemy.exc import IntegrityError, OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as NoConnection
from sqlalchemy.orm import DeclarativeBase, Session
from sqlalchemy.orm.exc import ObjectDeletedError, StaleDataError
from sqlalchemy.sql.base import ReadOnlyColumnCollection
from sqlalchemy.types import TypeDecorator

from storage import engines, notices
from storage.edits import Edits
from storage.engines import USUAL, Limits
from storage.links import Link, begun

__all__ = [
    "Base",
    "Clash",
    "Database",
    "Exact",
    "Gone",
    "Session",
    "Stale",
    "Unreachable",
    "Utc",
    "overtaken",
    "trouble",
]

Stale = StaleDataError
"""Somebody else changed the row between reading and writing it (its ``version`` moved on)."""

Gone = ObjectDeletedError
"""Somebody else removed the row after it was read, and it was looked at again."""

Clash = IntegrityError
"""Somebody else added the same row first."""

Unreachable = (SQLAlchemyError, ModuleNotFoundError)
"""What keeps a database from being used: its address, its driver, its server, its disk."""

PROMISED = "promised"
"""In a session's ``info``: whether it has promised something that can be kept at once."""

SCRUB = "scrub"
"""In a session's ``info``: whether what it removed must not be found in the file either."""

_CLOCK = select(func.clock_timestamp())

NAMING = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


FULL = frozenset({13, "53100"})
LOCKED = frozenset({5, 6, "40001", "40P01", "55P03", "57014"})
AWAY = frozenset({"25P03", "53300", "57P01", "57P02", "57P03"})
"""PostgreSQL has ended the connection, or takes none: it is being stopped or started, or has too many."""


BEATEN = frozenset({"0A000", "40001", "40P01"})
"""In a deadlock, or by an upgrade that has changed a column since the server planned the statement."""


def overtaken(error: BaseException) -> bool:
    """Whether somebody else was first, at a row, in a deadlock or in an upgrade: tried again, it may well succeed."""
    return isinstance(error, Stale | Gone | Clash) or getattr(getattr(error, "orig", None), "sqlstate", None) in BEATEN


def trouble(error: BaseException | None) -> str:
    """``full``: no space is left to write; ``locked``: it took too long; ``away``: no server; empty: something else.

    Told by SQLite's primary result codes and PostgreSQL's states, which differ from our own faults, of the error or
    of what it came from: a full disk takes SQLite's savepoints with it, so that going back to one fails next.
    """
    while error is not None:
        found = _trouble(error)
        if found:
            return found
        error = error.__cause__ or error.__context__
    return ""


def _trouble(error: BaseException) -> str:
    if isinstance(error, OSError):
        return "full" if error.errno == errno.ENOSPC else ""
    cause = getattr(error, "orig", error)
    codes = {getattr(cause, "sqlite_errorcode", 0) & 0xFF, getattr(cause, "sqlstate", None)}
    if codes & FULL:
        return "full"
    if codes & LOCKED or isinstance(error, NoConnection):
        return "locked"
    return "away" if codes & AWAY or _hung_up(error, cause) else ""


def _hung_up(error: BaseException, cause: BaseException) -> bool:
    """Whether it is the connection that failed, and so what the server would have said is not known."""
    if not isinstance(error, OperationalError) or hasattr(cause, "sqlite_errorcode"):
        return False
    state = getattr(cause, "sqlstate", None)
    return state is None or state.startswith("08")


class Utc(TypeDecorator[datetime]):
    """An aware moment; kept without offset, always in UTC. A naive value is a bug and raises."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        return None if value is None else _plain(value)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        return value if value is None else value.replace(tzinfo=UTC)

    def bind_processor(self, dialect: Dialect) -> Callable[[Any], Any] | None:
        """SQLite keeps text: written in one step, and read so, as a checklist has some hundreds of moments."""
        return _written_text if dialect.name == "sqlite" else super().bind_processor(dialect)

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], Any] | None:
        return _read_text if dialect.name == "sqlite" else super().result_processor(dialect, coltype)


class Exact(TypeDecorator[Decimal]):
    """Money or a quantity to its last digit: kept as text, as SQLite knows fractions only by halves."""

    impl = String(40)
    cache_ok = True

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        return None if value is None else str(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> Decimal | None:  # noqa: ARG002
        return None if value is None else Decimal(value)


def _plain(value: datetime) -> datetime:
    if value.tzinfo is None:
        raise ValueError("a naive moment")
    return value.astimezone(UTC).replace(tzinfo=None)


_LONGEST_MOMENT = len("2026-06-05 10:00:00.000000")
"""Without the offset behind it."""


def _written_text(value: datetime | None) -> str | None:
    """As SQLAlchemy writes a moment for SQLite, so that texts compare as moments do."""
    if value is None:
        return None
    if value.tzinfo is not UTC:
        value = _plain(value)
    return value.isoformat(" ", "microseconds")[:_LONGEST_MOMENT]


def _read_text(value: str | None) -> datetime | None:
    return None if value is None else datetime.fromisoformat(f"{value}+00:00")


class Base(DeclarativeBase):
    """Every table. Rows compare by identity; relations are asked for by name, never loaded behind one's back."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map = {datetime: Utc, Decimal: Exact}  # noqa: RUF012  SQLAlchemy reads it as a plain class attribute


def columns(row: type[Base]) -> ReadOnlyColumnCollection[str, Column[Any]]:
    """The plain columns of a class's table, for questions that want values and not rows."""
    return Base.metadata.tables[row.__tablename__].c


class Database:
    """One database: ``write()`` for a transaction that may change it, ``read()`` for one that may not.

    SQLite has one writer: WAL, synchronous FULL (a checked task survives a power cut), BEGIN IMMEDIATE, so
    that a transaction that has begun can no longer fail for being second. PostgreSQL uses two pools, so that who only
    reads waits for nobody who waits to write.

    ``promised`` is called after a commit of something promised that can be kept at once.
    """

    def __init__(self, url: str, *, synchronous: str = "FULL", limits: Limits = USUAL) -> None:
        """Raises ``ValueError`` for an SQLite without a file: it would be another one for every connection."""
        self.promised: Callable[[], None] = lambda: None
        self.url = make_url(url)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        if self.is_sqlite:
            if self.url.database in {None, "", ":memory:"}:
                raise ValueError("no file named")
            self.writer = engines.sqlite(self.url, "BEGIN IMMEDIATE", (f"synchronous={synchronous}",), size=1)
            self.reader = engines.sqlite(self.url, "BEGIN", ("query_only=ON",), size=4)
        else:
            readers = max(limits.connections // 3, 1)
            self.writer = engines.postgres(self.url, limits, size=limits.connections - readers)
            self.reader = engines.postgres(self.url, limits, size=readers, postgresql_readonly=True)

    @contextmanager
    def write(self) -> Iterator[Session]:
        """Commits at the end, rolls back on any exception. Nothing is locked before the first question."""
        with Edits(self.writer, expire_on_commit=False) as db:
            yield db
            self.commit(db)

    def write_prepared(self) -> AbstractContextManager[Link]:
        """The same for what is made of prepared statements alone, at half the cost: no rows of classes, no promises."""
        return begun(self.writer)

    def commit(self, db: Session) -> None:
        """What is written so far stands; the session may go on."""
        promised = db.info.pop(PROMISED, False)
        if promised and not self.is_sqlite:
            db.execute(notices.GIVE)
        db.commit()
        if db.info.pop(SCRUB, False) and self.is_sqlite:
            self._scrub()
        if promised:
            self.promised()

    def _scrub(self) -> None:
        """What was removed stands as zeros in the file (``secure_delete``); now it leaves the log beside it too."""
        connection = self.writer.raw_connection()
        try:
            connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")
        finally:
            connection.close()

    @contextmanager
    def read(self) -> Iterator[Session]:
        with Session(self.reader, expire_on_commit=False, autoflush=False) as db:
            yield db

    def read_prepared(self) -> AbstractContextManager[Connection]:
        """For one prepared question, without a transaction of its own: a command asks some before it writes."""
        return self.reader.connect()

    def clock(self) -> datetime | None:
        """The present moment by the clock of a server that several processes may share; None where there is none."""
        if self.is_sqlite:
            return None
        with self.reader.connect() as connection:
            return connection.scalar(_CLOCK)

    def close(self) -> None:
        self.writer.dispose()
        self.reader.dispose()
