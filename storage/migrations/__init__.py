"""Brings a database to the shape that this release needs: one step per release, with a lock, and a copy kept first."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import inspect, text

from storage import copies
from storage.base import Base, take_time

if TYPE_CHECKING:
    from alembic.config import Config
    from sqlalchemy import Connection

    from storage.base import Database

HOME = Path(__file__).parent
LOCK = 0x48554948  # "HUIH": the advisory lock that upgrades of one PostgreSQL database take turns on

Step = Callable[[str], None]
"""Hears the number of each step when it has been taken."""


class Foreign(Exception):  # noqa: N818  a fact about the database, which the caller words
    """There are tables that no release of ours has made; nothing was touched."""


class Newer(Exception):  # noqa: N818  a fact about the database, which the caller words
    """A newer release has upgraded this database; nothing was touched. The text is the step where it stands."""


class Dangling(Exception):  # noqa: N818  a fact about the database, which the caller words
    """After the upgrade rows would point at rows that are not there; it was rolled back."""


@dataclass(frozen=True)
class Standing:
    """Where a database stands; ``step`` is empty before the first."""

    step: str
    newest: str

    @property
    def empty(self) -> bool:
        return not self.step

    @property
    def current(self) -> bool:
        return self.step == self.newest

    @property
    def missing(self) -> list[str]:
        """The steps that are still to be taken, in order."""
        return [step for step in steps() if step > self.step]


def steps() -> list[str]:
    """The numbers of all steps, in order; a file's name begins with its number."""
    return sorted(file.name.partition("_")[0] for file in (HOME / "versions").glob("[0-9]*_*.py"))


def standing(database: Database) -> Standing:
    """Where it stands. Raises ``Foreign``, ``Newer``, or whatever keeps it from being read."""
    with database.reader.connect() as connection:
        return standing_of(connection)


def standing_of(connection: Connection) -> Standing:
    tables = set(inspect(connection).get_table_names())
    step = ""
    if "alembic_version" in tables:
        step = connection.execute(text("SELECT version_num FROM alembic_version")).scalar() or ""
    elif tables & set(Base.metadata.tables):
        raise Foreign
    known = steps()
    if step and step not in known:
        raise Newer(step)
    return Standing(step, known[-1])


def upgrade(database: Database, *, taken: Step = lambda _step: None) -> Path | None:
    """Take every step that is missing, in one transaction; the copy that was made of an SQLite file before it.

    Several processes may do this at once: one works, the others wait and find nothing left to do. Raises
    ``Foreign``, ``Newer``, ``Dangling``, ``copies.Damaged``, ``OSError`` when there is no room for the copy.
    """
    with _connected(database) as connection, connection.begin():
        if not database.is_sqlite:
            take_time(connection)
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": LOCK})
        before = standing_of(connection)
        if before.current:
            return None
        kept = None if before.empty else _copy(database, before)
        _run(connection, taken)
        if database.is_sqlite:
            _check(connection)
        return kept


def _check(connection: Connection) -> None:
    """Rows that point at nothing, or pages that are not as they should be, undo the upgrade."""
    if connection.exec_driver_sql("PRAGMA foreign_key_check").first():
        raise Dangling
    fault = connection.exec_driver_sql("PRAGMA integrity_check(1)").scalar()
    if fault != "ok":
        raise copies.Damaged(fault)


@contextmanager
def _connected(database: Database) -> Iterator[Connection]:
    """One connection; on SQLite without foreign keys, as rebuilding a table would cascade to its children."""
    with database.writer.connect() as connection:
        if not database.is_sqlite:
            yield connection
            return
        raw = connection.connection.driver_connection
        assert raw is not None  # noqa: S101  the connection was just opened
        raw.execute("PRAGMA foreign_keys=OFF")
        try:
            yield connection
        finally:
            raw.execute("PRAGMA foreign_keys=ON")


def _copy(database: Database, before: Standing) -> Path | None:
    """A copy of the file as it stands, beside it; the lock is held, so nobody writes meanwhile."""
    if not database.is_sqlite or not database.url.database:
        return None
    source = Path(database.url.database)
    kept = source.with_name(f"{source.stem}-step-{before.step}{source.suffix}")
    copies.copy(source, kept)
    return kept


def _run(connection: Connection, taken: Step) -> None:
    from alembic import command  # noqa: PLC0415  slow to import, and hardly ever needed

    config = _config()
    config.attributes.update(connection=connection, taken=taken)
    command.upgrade(config, "head")


def _config() -> Config:
    from alembic.config import Config  # noqa: PLC0415  as above

    config = Config()
    config.set_main_option("script_location", str(HOME).replace("%", "%%"))
    return config


def sql(dialect: str = "postgresql") -> str:
    """All steps as SQL, for an administrator who lets no program change the schema."""
    from alembic import command  # noqa: PLC0415  as above

    config = _config()
    config.output_buffer = written = io.StringIO()
    config.attributes["dialect"] = dialect
    command.upgrade(config, "head", sql=True)
    return written.getvalue()
