"""The driver's own connection, as prepared statements use it, in a session's transaction or in one of their own."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Dialect, Engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session
from sqlalchemy.pool import ManagesConnection

from storage.turns import InTurn

_LINK = "link"
"""In a session's ``info``: that to the connection of its transaction, or of an earlier one."""


class Link:
    """Says statements as they are, and tells errors as SQLAlchemy tells them.

    ``owner`` is SQLAlchemy's connection, if it keeps account of this one: it is told when it is lost.
    """

    __slots__ = ("_driver", "dialect", "name", "owner")

    def __init__(self, dialect: Dialect, lent: ManagesConnection, owner: Connection | None = None) -> None:
        self.dialect = dialect
        self.name = dialect.name
        self.owner = owner
        self._driver: Any = lent.dbapi_connection

    def execute(self, sql: str, values: Any) -> Any:
        """The cursor of it."""
        try:
            cursor = self._driver.cursor()
            self.dialect.do_execute(cursor, sql, values)
        except self.dialect.loaded_dbapi.Error as error:
            raise self._told(error, sql) from error
        return cursor

    def execute_all(self, sql: str, rows: Sequence[Any]) -> None:
        try:
            cursor = self._driver.cursor()
            self.dialect.do_executemany(cursor, sql, rows)
        except self.dialect.loaded_dbapi.Error as error:
            raise self._told(error, sql) from error
        cursor.close()

    def frame(self, does: Callable[[Any], None]) -> None:
        """Begin or end a transaction, by the dialect's own way."""
        try:
            does(self._driver)
        except self.dialect.loaded_dbapi.Error as error:
            raise self._told(error) from error

    def _told(self, error: Any, sql: str | None = None) -> Exception:
        lost = self.dialect.is_disconnect(error, self._driver, None)
        if lost and self.owner is not None:
            self.owner.invalidate(error)
        return _as_sqlalchemy(error, sql, self.dialect, lost=lost)


Db = Session | Connection | Link
"""What a prepared statement runs in. A session keeps account of rows, which costs more than the statement does."""


def at_hand(db: Db) -> Link:
    """To the connection of the session's transaction: looked up at the first question, not at each."""
    if isinstance(db, Link):
        return db
    if isinstance(db, Connection):
        return _to(db)
    known: Link | None = db.info.get(_LINK)
    if known is None or known.owner is None or not known.owner.in_transaction():
        known = db.info[_LINK] = _to(db.connection())
    return known


def _to(connection: Connection) -> Link:
    return Link(connection.dialect, connection.connection, connection)


@contextmanager
def begun(engine: Engine) -> Iterator[Link]:
    """A transaction of prepared statements alone, of which SQLAlchemy keeps no account.

    Commits at the end. What is not committed goes when the pool takes its connection back; so does one that is lost.
    """
    dialect, pool = engine.dialect, engine.pool
    try:
        lent = pool.lend() if isinstance(pool, InTurn) else engine.raw_connection()
    except dialect.loaded_dbapi.Error as error:
        raise _as_sqlalchemy(error, None, dialect, lost=False) from error
    try:
        link = Link(dialect, lent)
        link.frame(dialect.do_begin)
        yield link
        link.frame(dialect.do_commit)
    finally:
        pool.take_back(lent) if isinstance(pool, InTurn) else lent.close()


def _as_sqlalchemy(error: Any, sql: str | None, dialect: Dialect, *, lost: bool) -> Exception:
    base = dialect.loaded_dbapi.Error
    told: Exception = DBAPIError.instance(
        sql, None, error, base, hide_parameters=True, connection_invalidated=lost, dialect=dialect
    )
    return told
