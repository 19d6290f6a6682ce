"""Copies of an SQLite database: made while others use it, looked over whole, and put back in its place."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

BUSY, LOCKED = 5, 6
SIDES = ("-wal", "-shm", "-journal")
"""What SQLite keeps beside a file: of another file of that name, it would be taken for this one's."""


class Damaged(Exception):  # noqa: N818  a fact about the file, which the caller words
    """A copy is not whole; the text says what SQLite has found."""


class Strange(Exception):  # noqa: N818  a fact about the file, which the caller words
    """It is no SQLite database, or none of ours."""


class Itself(Exception):  # noqa: N818  a fact about the file, which the caller words
    """The copy would take the place of what is copied."""


class InUse(Exception):  # noqa: N818  a fact about the file, which the caller words
    """Some process has the database open."""


@dataclass(frozen=True)
class Whole:
    """What stands in a copy that was looked over: the step of its tables, their number, and that of their rows."""

    step: str
    tables: int
    rows: int


def copy(source: Path, target: Path) -> Whole:
    """A whole copy of a database while others go on using it; it appears whole and looked over, or not at all.

    Raises ``OSError`` when there is no room or no way to write it, ``Damaged`` when what was copied is not whole,
    ``Itself`` when the target is the database.
    """
    if target.exists() and target.samefile(source):
        raise Itself
    partial = target.with_name(f"{target.name}.part")
    try:
        partial.unlink(missing_ok=True)
        with closing(sqlite3.connect(source, timeout=30)) as reader:
            reader.execute("VACUUM INTO ?", (str(partial),))
        found = look_over(partial)
        partial.replace(target)
    except sqlite3.OperationalError as error:
        raise OSError(str(error)) from error
    finally:
        partial.unlink(missing_ok=True)
    return found


def look_over(file: Path) -> Whole:
    """Read every page of it. Raises ``Strange``, ``Damaged``, ``OSError``."""
    file.open("rb").close()
    try:
        with closing(_reader(file)) as reader:
            whole = _counted(reader)
            faults = [str(row[0]) for row in reader.execute("PRAGMA integrity_check(3)") if row[0] != "ok"]
            astray = reader.execute("PRAGMA foreign_key_check").fetchone()
    except sqlite3.OperationalError as error:
        raise OSError(str(error)) from error
    except sqlite3.DatabaseError as error:
        raise (Strange if _code(error) == sqlite3.SQLITE_NOTADB else Damaged)(str(error)) from error
    if faults or astray:
        raise Damaged("; ".join(faults) or f"a row of {astray[0]} points at one of {astray[2]} that is not there")
    return whole


def _reader(file: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True)


def _counted(reader: sqlite3.Connection) -> Whole:
    tables = [name for (name,) in reader.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")]
    if "alembic_version" not in tables:
        raise Strange
    (step,) = reader.execute("SELECT version_num FROM alembic_version").fetchone() or ("",)
    ours = [name for name in tables if name != "alembic_version" and not name.startswith("sqlite_")]
    counts = [f'SELECT count(*) FROM "{name}"' for name in ours]  # noqa: S608  of the schema  # nosec B608
    rows = sum(reader.execute(count).fetchone()[0] for count in counts)
    return Whole(step, len(ours), rows)


def restore(source: Path, target: Path, *, aside: Path) -> Whole:
    """Put a copy where the database is, which is kept ``aside`` if there is one.

    What will be used is looked over before anything is moved. Raises ``InUse``, ``Strange``, ``Damaged``, ``OSError``.
    """
    partial = target.with_name(f"{target.name}.part")
    try:
        _copied(source, partial)
        found = look_over(partial)
        with unused(target) as alone:
            if alone is not None:
                _in_one_file(alone, target)
            _put_aside(target, aside)
        partial.replace(target)
    finally:
        partial.unlink(missing_ok=True)
    return found


def _copied(source: Path, target: Path) -> None:
    source.open("rb").close()
    target.unlink(missing_ok=True)
    try:
        with closing(_reader(source)) as reader, closing(sqlite3.connect(target)) as writer:
            reader.backup(writer, pages=4096)
            writer.execute("PRAGMA journal_mode=DELETE")  # that of a database in use would have files beside it
    except sqlite3.OperationalError as error:
        raise OSError(str(error)) from error
    except sqlite3.DatabaseError as error:
        raise Strange(str(error)) from error


@contextmanager
def unused(file: Path) -> Iterator[sqlite3.Connection | None]:
    """A connection that nobody else can have beside it; None where there is no database, or none that opens.

    Raises ``InUse`` when somebody has one.
    """
    if not file.exists():
        yield None
        return
    with closing(sqlite3.connect(file, timeout=0, isolation_level=None, check_same_thread=False)) as connection:
        yield connection if _alone(connection) else None


def _alone(connection: sqlite3.Connection) -> bool:
    """Whether it can be read at all; a connection in WAL keeps its part of the file's lock as long as it is open."""
    try:
        connection.execute("PRAGMA locking_mode=EXCLUSIVE")
        connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()
    except sqlite3.DatabaseError as error:
        if _code(error) in {BUSY, LOCKED}:
            raise InUse from None
        return False
    return True


def _in_one_file(connection: sqlite3.Connection, file: Path) -> None:
    """What is in its WAL comes into the file, and nothing of it stands beside it."""
    connection.execute("PRAGMA journal_mode=DELETE")
    for side in SIDES:
        file.with_name(file.name + side).unlink(missing_ok=True)


def _put_aside(file: Path, aside: Path) -> None:
    for side in ("", *SIDES):
        here = file.with_name(file.name + side)
        if here.exists():
            here.rename(aside.with_name(aside.name + side))


def _code(error: sqlite3.Error) -> int:
    return error.sqlite_errorcode & 0xFF
