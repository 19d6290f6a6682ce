"""Moments, transactions, and what can be wrong with a database."""

from __future__ import annotations

import sqlite3
import threading
from contextlib import closing
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import IntegrityError, OperationalError

from storage import workspace
from storage.base import Clash, Database, Stale, trouble
from storage.engines import ahead_log
from storage.meetings import Meeting
from storage.templates import Template
from storage.workspace import Workspace

NOON = datetime(2026, 6, 10, 12, tzinfo=UTC)


def meeting(database: Database) -> int:
    with database.write() as db:
        place = workspace.by_key(db, "main")
        template = Template(workspace_id=place.id, key="t", version=1, source="", content="", added_at=NOON)
        db.add(template)
        db.flush()
        row = Meeting(
            workspace_id=place.id, number=1, starts_at=NOON, ends_at=NOON, zone="Asia/Shanghai", template_id=template.id
        )
        db.add(row)
        db.flush()
        return row.id


def test_moments_come_back_aware_and_the_same(database: Database) -> None:
    number = meeting(database)
    moment = datetime(2026, 10, 25, 2, 30, tzinfo=timezone(timedelta(hours=2)))
    with database.write() as db:
        db.get_one(Meeting, number).ends_at = moment
    with database.read() as db:
        found = db.get_one(Meeting, number).ends_at
    assert found == moment
    assert found.tzinfo is UTC


def test_a_moment_without_a_zone_is_a_bug(database: Database) -> None:
    number = meeting(database)
    with pytest.raises(ValueError, match="naive"):
        move(database, number, NOON.replace(tzinfo=None))


def move(database: Database, number: int, moment: datetime) -> None:
    with database.write() as db:
        db.get_one(Meeting, number).ends_at = moment


def test_what_fails_in_the_middle_leaves_nothing(database: Database) -> None:
    with pytest.raises(ZeroDivisionError):
        begin_and_fail(database)
    with database.read() as db:
        assert db.scalars(select(Workspace)).all() == []


def begin_and_fail(database: Database) -> None:
    with database.write() as db:
        workspace.by_key(db, "main")
        raise ZeroDivisionError


def test_reading_cannot_write(database: Database) -> None:
    with database.read() as db, pytest.raises(OperationalError, match="readonly"):
        workspace.by_key(db, "main")


def test_readers_see_what_was_committed_while_somebody_writes(database: Database) -> None:
    with database.write() as db:
        workspace.by_key(db, "main")
        with database.read() as other:
            assert other.scalars(select(Workspace)).all() == []
    with database.read() as other:
        assert [place.key for place in other.scalars(select(Workspace)).all()] == ["main"]


@pytest.mark.parametrize("name", ["Élodie MARTIN", "ИВАН", "李娜 LI"])
def test_small_letters_are_those_of_every_alphabet(database: Database, name: str) -> None:
    with database.read() as db:
        assert db.scalar(select(func.lower(name))) == name.lower()
        assert db.scalar(select(func.lower(None))) is None


def test_writers_take_turns_and_lose_no_update(database: Database) -> None:
    with database.write() as db:
        workspace.by_key(db, "main").nudges_a_day = 0

    def count() -> None:
        for _ in range(25):
            with database.write() as db:
                workspace.by_key(db, "main").nudges_a_day += 1

    threads = [threading.Thread(target=count) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with database.read() as db:
        assert workspace.by_key(db, "main").nudges_a_day == 100


def test_a_row_that_somebody_changed_meanwhile_is_not_overwritten(database: Database) -> None:
    number = meeting(database)
    with database.read() as db:
        seen = db.get_one(Meeting, number)
    with database.write() as db:
        db.get_one(Meeting, number).venue = "Beijing"
    seen.venue = "Shanghai"
    with pytest.raises(Stale), database.write() as db:
        db.add(seen)


def test_a_row_that_somebody_added_first_is_a_clash(database: Database) -> None:
    with pytest.raises(Clash), database.write() as db:
        db.add_all([Workspace(key="main"), Workspace(key="main")])


def test_it_survives_a_power_cut(tmp_path: Path) -> None:
    """As far as SQLite can promise it: every commit is synced, and the journal is a write-ahead log."""
    database = Database(f"sqlite:///{tmp_path / 'huihou.db'}")
    with database.write() as db:
        found = {name: db.execute(text(f"PRAGMA {name}")).scalar() for name in ("synchronous", "foreign_keys")}
        assert db.execute(text("PRAGMA journal_mode")).scalar() == "wal"
    assert found == {"synchronous": 2, "foreign_keys": 1}
    database.close()


class Beaten(sqlite3.Connection):
    """Somebody else reads the new file until this one has been turned away once."""

    other: sqlite3.Connection

    def execute(self, *given: object) -> sqlite3.Cursor:
        try:
            return super().execute(*given)  # type: ignore[arg-type]
        except sqlite3.OperationalError:
            self.other.rollback()
            raise


def test_several_that_switch_a_new_file_at_once_are_not_turned_away(tmp_path: Path) -> None:
    """SQLite does so at once, whatever the busy timeout, where it has been read and is to be written."""
    file = tmp_path / "huihou.db"
    with closing(sqlite3.connect(file)) as other, closing(sqlite3.connect(file, timeout=0, factory=Beaten)) as mine:
        other.execute("CREATE TABLE t (x)")
        other.execute("BEGIN IMMEDIATE")
        other.execute("INSERT INTO t VALUES (1)")
        mine.other = other
        ahead_log(mine)
        assert mine.execute("PRAGMA journal_mode").fetchone() == ("wal",)


def test_who_keeps_a_file_from_being_switched_is_told_of(tmp_path: Path) -> None:
    file = tmp_path / "huihou.db"
    with closing(sqlite3.connect(file)) as other, closing(sqlite3.connect(file, timeout=0)) as mine:
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            ahead_log(mine)


def test_a_full_disk_and_a_locked_database_are_told_from_bugs(tmp_path: Path, database: Database) -> None:
    with database.write() as db:
        workspace.by_key(db, "main")
        with (
            closing(sqlite3.connect(tmp_path / "huihou.db", timeout=0, isolation_level=None)) as other,
            pytest.raises(sqlite3.OperationalError) as locked,
        ):
            other.execute("BEGIN IMMEDIATE")
    assert trouble(locked.value) == "locked"
    assert trouble(OSError(28, "No space left on device")) == "full"
    assert trouble(OSError(2, "No such file")) == ""
    assert trouble(ValueError()) == ""
    with database.read() as db, pytest.raises(OperationalError) as bug:
        db.execute(text("SELECT * FROM nowhere"))
    assert trouble(bug.value) == ""


def test_a_file_that_may_not_grow_is_full(database: Database) -> None:
    with pytest.raises(OperationalError) as full:
        grow(database)
    assert trouble(full.value) == "full"
    with database.read() as db:
        assert db.scalars(select(Workspace)).all() == []


def grow(database: Database) -> None:
    with database.write() as db:
        db.execute(text("PRAGMA max_page_count=1"))
        db.add(Workspace(key="x" * 1_000_000))


def test_an_error_does_not_tell_what_was_typed(database: Database) -> None:
    with pytest.raises(IntegrityError) as clash:
        twice(database, "my secret word")
    assert "secret" not in str(clash.value)


def twice(database: Database, key: str) -> None:
    for _ in range(2):
        with database.write() as db:
            db.add(Workspace(key=key))
