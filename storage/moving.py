"""From an SQLite file to PostgreSQL: every row with its number, in one transaction, and compared when all are there.

The file is only read. What both databases hold is compared by a sum of each row's SHA-256, for which no order matters.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, StaticPool, Table, create_engine, func, inspect, select, text
from sqlalchemy.exc import DataError
from sqlalchemy.orm import Session

from storage import copies, journal, tables
from storage.base import Database
from storage.engines import take_time
from storage.verifying import verify
from storage.workspace import Workspace

AT_ONCE = 500
"""Rows that are in memory at one time."""
VERSION = "alembic_version"


class Occupied(Exception):  # noqa: N818  a fact about the target, which the caller words
    """There is something in the target already. The text names a table."""


class Unfit(Exception):  # noqa: N818  a fact about a row, which the caller words
    """PostgreSQL does not take a row of ``table`` as SQLite has kept it, between the keys ``first`` and ``last``."""

    def __init__(self, table: str, first: str, last: str, reason: str) -> None:
        super().__init__(table)
        self.table, self.first, self.last, self.reason = table, first, last, reason


class Different(Exception):  # noqa: N818  a fact about a table, which the caller words
    """What has arrived is not what was sent; everything was undone. The text names the table."""


@dataclass
class Sum:
    """The rows of a table, and the sum of their hashes: equal for equal rows, in whatever order."""

    rows: int = 0
    total: int = 0

    def add(self, row: Mapping[str, Any]) -> None:
        line = json.dumps([journal.plain(value) for value in row.values()], sort_keys=True, ensure_ascii=False)
        self.rows += 1
        self.total = (self.total + int.from_bytes(hashlib.sha256(line.encode()).digest())) % 2**256

    @property
    def hash(self) -> str:
        return f"{self.total:064x}"


@dataclass(frozen=True)
class Moved:
    """By table what was moved; of the ``entries`` of journals so many are ``broken``, there as here."""

    tables: dict[str, Sum]
    entries: int
    broken: int

    @property
    def rows(self) -> int:
        return sum(one.rows for one in self.tables.values())


@contextmanager
def opened(file: Path) -> Iterator[Connection]:
    """The file as nobody changes it meanwhile: whoever wants to begin waits. Raises ``copies.InUse``, ``Strange``."""
    with copies.unused(file) as alone:
        if alone is None:
            raise copies.Strange
        engine = create_engine("sqlite://", creator=lambda: alone, poolclass=StaticPool, hide_parameters=True)
        with engine.connect() as connection:
            yield connection


def count(source: Connection) -> int:
    """How many rows there are to move."""
    return sum(source.scalar(select(func.count()).select_from(table)) or 0 for table in _tables(source))


def move(source: Connection, target: Database, *, moved: Callable[[int], None] = lambda _rows: None) -> Moved:
    """Copy everything, or nothing: both must be at the same step, and the target empty.

    ``moved`` hears of so many rows more. Raises ``Occupied``, ``Unfit``, ``Different``, ``copies.Damaged``.
    """
    every = _tables(source)
    astray = source.exec_driver_sql("PRAGMA foreign_key_check").first()
    if astray is not None:
        raise copies.Damaged(f"a row of {astray[0]} points at one of {astray[2]} that is not there")
    with target.writer.begin() as connection:
        take_time(connection)
        _reserve(connection, every)
        with _pointing_ahead(connection):
            sent = {table.name: _copy(source, connection, table, moved) for table in every}
        for table in every:
            _go_on_counting(connection, table)
            if _sum(connection, table) != sent[table.name]:
                raise Different(table.name)
        return Moved(sent, *_verified(connection))


def _tables(source: Connection) -> list[Table]:
    """Those there are, each after the ones that it points at."""
    there = set(inspect(source).get_table_names()) - {VERSION}
    known = tables.ALL.tables.keys()
    if there != known:
        raise LookupError(f"tables that differ from those described: {sorted(there ^ known)}")
    return tables.ALL.sorted_tables


def _reserve(target: Connection, every: Sequence[Table]) -> None:
    """Nobody else writes there until all is done."""
    names = ", ".join(f'"{table.name}"' for table in every)
    target.execute(text(f"LOCK TABLE {names} IN EXCLUSIVE MODE"))
    for table in every:
        if target.execute(select(1).select_from(table).limit(1)).first():
            raise Occupied(table.name)


@contextmanager
def _pointing_ahead(target: Connection) -> Iterator[None]:
    """A row may point at a later one of its own table, which is looked at when all are there."""
    found = target.execute(
        text("SELECT conrelid::regclass, conname FROM pg_constraint WHERE contype = 'f' AND conrelid = confrelid")
    ).all()
    for table, name in found:
        target.execute(text(f'ALTER TABLE {table} ALTER CONSTRAINT "{name}" DEFERRABLE INITIALLY DEFERRED'))
    yield
    target.execute(text("SET CONSTRAINTS ALL IMMEDIATE"))
    for table, name in found:
        target.execute(text(f'ALTER TABLE {table} ALTER CONSTRAINT "{name}" NOT DEFERRABLE'))


def _copy(source: Connection, target: Connection, table: Table, moved: Callable[[int], None]) -> Sum:
    sent = Sum()
    for rows in _rows(source, table):
        try:
            target.execute(table.insert(), rows)
        except DataError as error:
            first, last = _key(table, rows[0]), _key(table, rows[-1])
            raise Unfit(table.name, first, last, str(error.orig).split("\n", 1)[0]) from None
        for row in rows:
            sent.add(row)
        moved(len(rows))
    return sent


def _key(table: Table, row: Mapping[str, Any]) -> str:
    return ", ".join(str(row[column.name]) for column in table.primary_key)


def _rows(database: Connection, table: Table) -> Iterable[list[dict[str, Any]]]:
    """By hundreds, so that memory does not grow with the table."""
    question = select(table).execution_options(yield_per=AT_ONCE)
    return ([dict(row) for row in rows] for rows in database.execute(question).mappings().partitions())


def _sum(database: Connection, table: Table) -> Sum:
    found = Sum()
    for rows in _rows(database, table):
        for row in rows:
            found.add(row)
    return found


def _go_on_counting(target: Connection, table: Table) -> None:
    """The next row gets the number after the last."""
    column = table.autoincrement_column
    if column is None:
        return
    sequence = target.scalar(text("SELECT pg_get_serial_sequence(:t, :c)"), {"t": table.name, "c": column.name})
    last = target.scalar(select(func.max(column)))
    if sequence and last:
        target.execute(text("SELECT setval(CAST(:s AS regclass), :n)"), {"s": sequence, "n": last})


def _verified(target: Connection) -> tuple[int, int]:
    """Entries of all journals, and those that do not fit their chain."""
    with Session(target) as db:
        found = [verify(db, place) for place in db.scalars(select(Workspace.id)).all()]
    return sum(count for count, _ in found), sum(len(broken) for _, broken in found)
