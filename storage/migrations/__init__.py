"""Brings a database to the shape that this release needs: one step per release, with a lock, and a copy kept first.

A step names the oldest release whose processes may go on after it (``runs_from``). That is written down beside the
number of the step, so that a process which has never seen the step reads it there.
"""

from __future__ import annotations

import io
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import String, bindparam, inspect, text
from sqlalchemy.exc import OperationalError

from storage import copies, processes
from storage.base import Base, overtaken, trouble
from storage.engines import take_time

if TYPE_CHECKING:
    from alembic.config import Config
    from sqlalchemy import Connection
    from sqlalchemy.orm import Session

    from storage.base import Database

HOME = Path(__file__).parent
LOCK = 0x48554948  # "HUIH": the advisory lock that upgrades of one PostgreSQL database take turns on

VERSION = "alembic_version"
TRIES, PAUSE_S = 30, 1.0
"""So often an upgrade of PostgreSQL begins anew because somebody at work was in its way."""
_FIRST_COME = text("SET LOCAL lock_timeout = '2s'")
"""Whoever is at work waits behind an upgrade that waits for a table."""
_ALONE = text("SELECT pg_advisory_xact_lock(:key)")
_TOGETHER = text("SELECT pg_advisory_xact_lock_shared(:key)")
_STANDING = text("SELECT version_num, runs_from FROM alembic_version")
_MOMENT = {
    "sqlite": text("SELECT (julianday('now') - 2440587.5) * 86400000"),
    "postgresql": text("SELECT extract(epoch FROM clock_timestamp()) * 1000"),
}
"""Milliseconds since 1970 by the database's own clock."""
NOTE = text("UPDATE alembic_version SET runs_from = :oldest WHERE runs_from IS NULL OR runs_from < :oldest").bindparams(
    bindparam("oldest", type_=String(32))
)
"""Written with each step; a later one cannot call back who was sent home by an earlier one."""

Step = Callable[[str], None]
"""Hears the number of each step when it has been taken."""


class Foreign(Exception):  # noqa: N818  a fact about the database, which the caller words
    """There are tables that no release of ours has made; nothing was touched."""


class Newer(Exception):  # noqa: N818  a fact about the database, which the caller words
    """A newer release has upgraded this database, and this one may no longer run on it; nothing was touched.

    The text is the step where it stands.
    """


class AtWork(Exception):  # noqa: N818  a fact about the database, which the caller words
    """Processes of a release are at work that could not go on after the upgrade; nothing was touched.

    The text is the newest step that they know.
    """


class Dangling(Exception):  # noqa: N818  a fact about the database, which the caller words
    """After the upgrade rows would point at rows that are not there; it was rolled back."""


@dataclass(frozen=True)
class Standing:
    """Where a database stands; ``step`` is empty before the first.

    ``ahead``: a newer release has upgraded it, and this one may go on beside that.
    """

    step: str
    newest: str
    ahead: bool = False

    @property
    def empty(self) -> bool:
        return not self.step

    @property
    def current(self) -> bool:
        return self.step == self.newest or self.ahead

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
    if VERSION not in tables and tables & set(Base.metadata.tables):
        raise Foreign
    step, known = _step(connection) if VERSION in tables else "", steps()
    return Standing(step, known[-1], ahead=bool(step) and step not in known)


def _step(connection: Connection) -> str:
    """Empty before the first. Raises ``Newer``."""
    step, oldest = connection.execute(_STANDING).one_or_none() or ("", "")
    known = steps()
    if step and step not in known and not "" < (oldest or "") <= known[-1]:
        raise Newer(step)
    return str(step)


def enter(db: Session, name: str, *, release: str, now_ms: int) -> None:
    """A process is at work for a while from now: no upgrade begins that it could not live with. Raises ``Newer``."""
    if db.get_bind().dialect.name == "postgresql":
        db.execute(_TOGETHER, {"key": LOCK})
    if inspect(db.connection()).has_table(VERSION):
        _step(db.connection())
    processes.enter(db, name, step=steps()[-1], release=release, now_ms=now_ms)


def is_ahead(db: Session) -> bool:
    """Whether there may be tables and columns of a newer release that this one knows nothing of."""
    connection = db.connection()
    return inspect(connection).has_table(VERSION) and _step(connection) not in {"", *steps()}


def others(db: Session, *, release: str, now_ms: int) -> bool:
    """Whether a process of another release is at work."""
    return processes.others(db, step=steps()[-1], release=release, now_ms=now_ms)


def upgrade(database: Database, *, taken: Step = lambda _step: None) -> Path | None:
    """Take every step that is missing, in one transaction; the copy that was made of an SQLite file before it.

    Several processes may do this at once: one works, the others wait and find nothing left to do. Others may be at work
    meanwhile; on PostgreSQL it begins anew where they are in its way. Raises ``Foreign``, ``Newer``, ``AtWork``,
    ``Dangling``, ``copies.Damaged``, ``OSError`` when there is no room for the copy.
    """
    if database.is_sqlite:
        return _upgrade(database, taken)
    for left in reversed(range(TRIES)):
        try:
            return _upgrade(database, taken)
        except OperationalError as error:
            if not left or not (overtaken(error) or trouble(error) == "locked"):
                raise
            time.sleep(PAUSE_S)
    return None


def _upgrade(database: Database, taken: Step) -> Path | None:
    with _connected(database) as connection, connection.begin():
        if not database.is_sqlite:
            take_time(connection)
            connection.execute(_ALONE, {"key": LOCK})
            connection.execute(_FIRST_COME)
        before = standing_of(connection)
        if before.current:
            return None
        kept = None
        if not before.empty:
            _fit_for_all(connection, before)
            kept = _copy(database, before)
        _run(connection, taken)
        if database.is_sqlite:
            _check(connection)
        return kept


def _fit_for_all(connection: Connection, before: Standing) -> None:
    """Raises ``AtWork``."""
    if not inspect(connection).has_table(processes.process.name):
        return
    working = processes.oldest(connection, now_ms=int(connection.scalar(_MOMENT[connection.dialect.name]) or 0))
    if working and working < runs_from(before.missing):
        raise AtWork(working)


def runs_from(missing: list[str]) -> str:
    """The oldest release, by its step, whose processes may go on after these steps."""
    from alembic.script import ScriptDirectory  # noqa: PLC0415  as below

    scripts = ScriptDirectory.from_config(_config())
    return max(str(getattr(scripts.get_revision(step).module, "runs_from", step)) for step in missing)


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
