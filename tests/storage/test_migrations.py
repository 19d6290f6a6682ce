"""A migrated database is the one that the tables describe; what was kept before stays, or there is a copy of it."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import text

import storage
from storage import migrations, people, workspace
from storage.base import Base, Database
from tests.chat import Chat
from tests.storage.steps import release_to_come


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    made = Database(f"sqlite:///{tmp_path / 'huihou.db'}")
    yield made
    made.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def anywhere(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a database that is still empty."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'huihou.db'}"
    return str(request.getfixturevalue("postgres").empty())


def everything() -> None:
    """Every table there is, also one that the migrations have forgotten."""
    for module in iter_modules(storage.__path__):
        import_module(f"storage.{module.name}")


def test_the_steps_lead_to_what_the_tables_describe(anywhere: str) -> None:
    everything()
    database = Database(anywhere)
    migrations.upgrade(database)
    with database.writer.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        differences = compare_metadata(context, Base.metadata)
    assert differences == []


def test_steps_are_numbered_in_alembics_own_order() -> None:
    config = Config()
    config.set_main_option("script_location", str(migrations.HOME))
    scripts = ScriptDirectory.from_config(config)
    assert [script.revision for script in scripts.walk_revisions()][::-1] == migrations.steps()
    assert migrations.steps() == [f"{number:04}" for number in range(1, len(migrations.steps()) + 1)]


def test_every_step_says_which_release_may_go_on_after_it() -> None:
    for number, step in enumerate(migrations.steps()):
        assert migrations.runs_from([step]) in migrations.steps()[: number + 1]


def test_the_steps_can_be_had_as_sql_for_postgresql() -> None:
    written = migrations.sql("postgresql")
    for table in Base.metadata.sorted_tables:
        assert f"CREATE TABLE {table.name} (" in written
    assert "WHERE next_nudge_at IS NOT NULL" in written
    assert "ON DELETE CASCADE" in written


def test_an_empty_database_needs_no_copy_and_a_current_one_no_step(database: Database, tmp_path: Path) -> None:
    assert migrations.standing(database).empty
    heard: list[str] = []
    assert migrations.upgrade(database, taken=heard.append) is None
    assert heard == migrations.steps()
    assert migrations.standing(database).current
    assert migrations.upgrade(database, taken=heard.append) is None
    assert heard == migrations.steps()
    assert not list(tmp_path.glob("*-step-*"))


@pytest.fixture
def next_step(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A release to come: the same steps and one more, which rebuilds a table that others point at."""
    home, step = release_to_come(tmp_path)
    monkeypatch.setattr(migrations, "HOME", home)
    return step


def also(step: Path, statement: str) -> None:
    step.write_text(f"{step.read_text(encoding='utf-8')}    op.execute('{statement}')\n", encoding="utf-8")


def kept(file: Path) -> list[tuple[str, str]]:
    with closing(sqlite3.connect(file)) as connection:
        return connection.execute("SELECT name, external FROM person JOIN account ON person_id = person.id").fetchall()


def filled(tmp_path: Path) -> Database:
    """A database of this release with somebody in it."""
    database = Database(f"sqlite:///{tmp_path / 'huihou.db'}")
    home, migrations.HOME = migrations.HOME, Path(migrations.__file__).parent
    try:
        migrations.upgrade(database)
    finally:
        migrations.HOME = home
    with database.write() as db:
        people.met(db, workspace.by_key(db, "main").id, "console", "ann", name="Ann")
    return database


def test_rows_survive_a_rebuilt_table_and_a_copy_is_kept(next_step: Path, tmp_path: Path) -> None:
    database = filled(tmp_path)
    assert migrations.standing(database).missing == ["9999"]
    copy = migrations.upgrade(database)
    assert copy is not None
    assert copy.name == f"huihou-step-{migrations.steps()[-2]}.db"
    assert kept(copy) == kept(tmp_path / "huihou.db") == [("Ann", "ann")]
    assert migrations.standing(database).current
    with database.write() as db:
        assert db.scalar(text("PRAGMA foreign_keys")) == 1
    database.close()


def test_a_step_that_fails_leaves_everything_as_it_was(next_step: Path, tmp_path: Path) -> None:
    also(next_step, "INSERT INTO nowhere VALUES (1)")
    database = filled(tmp_path)
    with pytest.raises(Exception, match="nowhere"):
        migrations.upgrade(database)
    assert migrations.standing(database).missing == ["9999"]
    assert kept(tmp_path / "huihou.db") == [("Ann", "ann")]
    database.close()


def test_rows_that_would_dangle_undo_the_upgrade(next_step: Path, tmp_path: Path) -> None:
    also(next_step, "DELETE FROM person")
    database = filled(tmp_path)
    with pytest.raises(migrations.Dangling):
        migrations.upgrade(database)
    assert kept(tmp_path / "huihou.db") == [("Ann", "ann")]
    database.close()


def test_a_newer_database_is_left_alone(next_step: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    database = filled(tmp_path)
    migrations.upgrade(database)
    monkeypatch.undo()
    with pytest.raises(migrations.Newer, match="9999"):
        migrations.upgrade(database)
    database.close()


def test_somebody_elses_tables_are_left_alone(database: Database) -> None:
    with database.write() as db:
        db.execute(text("CREATE TABLE person (name TEXT)"))
    with pytest.raises(migrations.Foreign):
        migrations.upgrade(database)


UPGRADE = """
import sys
from storage import migrations
from storage.base import Database
database = Database(sys.argv[1])
sys.stdin.readline()
migrations.upgrade(database, taken=lambda step: print(step, flush=True))
print(migrations.standing(database).step)
database.close()
"""
"""Waits until it is told to begin."""


def test_processes_that_upgrade_at_once_take_turns(anywhere: str) -> None:
    command = [sys.executable, "-c", UPGRADE, anywhere]
    pipes: Any = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True}
    running: list[Any] = [subprocess.Popen(command, **pipes) for _ in range(4)]  # noqa: S603
    for process in running:
        process.stdin.write("go\n")
        process.stdin.flush()
    said = sorted((process.communicate()[0].split() for process in running), key=len)
    newest = migrations.steps()[-1]
    assert said == [[newest], [newest], [newest], [*migrations.steps(), newest]]


def test_a_chat_runs_on_a_migrated_database(tmp_path: Path) -> None:
    database = filled(tmp_path)
    database.close()
    chat = Chat(tmp_path)
    assert not chat.person("Ann").says("template list").refused
    chat.close()
