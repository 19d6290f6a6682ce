"""What moves from SQLite to PostgreSQL arrives whole, or nothing does."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from storage import copies, migrations, moving, outbox, people, tables, workspace
from storage.base import Database
from storage.moving import Moved, Sum
from storage.people import Person
from tests.postgres import Server

ROWS = st.lists(st.fixed_dictionaries({"id": st.integers(), "name": st.text()}), unique_by=lambda row: row["id"])


@given(rows=ROWS, order=st.randoms())
def test_the_sum_of_a_table_knows_no_order(rows: list[dict[str, Any]], order: Any) -> None:
    shuffled = rows[:]
    order.shuffle(shuffled)
    assert summed(shuffled) == summed(rows)


@given(rows=ROWS.filter(bool), name=st.text())
def test_the_sum_of_a_table_knows_every_value(rows: list[dict[str, Any]], name: str) -> None:
    changed = [{**rows[0], "name": name}, *rows[1:]]
    assert (summed(changed) == summed(rows)) == (name == rows[0]["name"])
    assert summed(rows[1:]) != summed(rows)


def summed(rows: list[dict[str, Any]]) -> Sum:
    found = Sum()
    for row in rows:
        found.add(row)
    return found


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A database with two people, the first of whom is known to be the second."""
    file = tmp_path / "huihou.db"
    with closing(Database(f"sqlite:///{file}", synchronous="OFF")) as database:
        migrations.upgrade(database)
        with database.write() as db:
            place = workspace.by_key(db, "main").id
            ann, twin = (people.met(db, place, "console", name, name=name) for name in ("Ann", "安妮"))
            db.flush()
            ann.merged_into = twin.id
            for key in ("a", "b"):
                outbox.promise(
                    db, key, lane_key="x", platform="web", interval_ms=0, payload=key, now_ms=2**40, not_before=2**41
                )
    return file


@pytest.fixture
def target(postgres: Server) -> Iterator[Database]:
    with closing(Database(postgres.empty())) as made:
        migrations.upgrade(made)
        yield made


def moved(file: Path, target: Database, **how: Any) -> Moved:
    with moving.opened(file) as source:
        return moving.move(source, target, **how)


def rows(target: Database) -> int:
    with target.read() as db:
        return sum(db.scalar(text(f'SELECT count(*) FROM "{name}"')) for name in tables.ALL.tables)  # noqa: S608


def test_rows_keep_their_numbers_and_new_ones_go_on_from_there(file: Path, target: Database) -> None:
    heard: list[int] = []
    before = file.read_bytes()
    told = moved(file, target, moved=heard.append)
    assert file.read_bytes() == before
    assert sum(heard) == told.rows == rows(target)
    with target.write() as db:
        ann, twin = db.query(Person).order_by(Person.id)
        assert (ann.name, ann.merged_into, twin.name) == ("Ann", twin.id, "安妮")
        assert people.met(db, ann.workspace_id, "console", "bo", name="Bo").id == twin.id + 1


def test_rules_hold_in_the_target_as_before(file: Path, target: Database) -> None:
    moved(file, target)
    with target.read() as db:
        assert db.scalar(text("SELECT count(*) FROM pg_constraint WHERE condeferrable")) == 0


def test_who_ends_it_in_its_midst_leaves_the_target_empty(file: Path, target: Database) -> None:
    def end(_rows: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        moved(file, target, moved=end)
    assert rows(target) == 0
    assert moved(file, target).rows == rows(target)


def test_what_is_there_already_is_left_alone(file: Path, target: Database) -> None:
    with target.write() as db:
        workspace.by_key(db, "other")
    with pytest.raises(moving.Occupied, match="workspace"):
        moved(file, target)
    assert rows(target) == 1


@pytest.mark.parametrize("name", ["a\0b", "x" * 500], ids=["a zero byte", "too long"])
def test_a_row_that_postgresql_does_not_take_is_named(file: Path, target: Database, name: str) -> None:
    with closing(Database(f"sqlite:///{file}")) as database, database.write() as db:
        db.execute(text("UPDATE person SET name = :n WHERE id = 2"), {"n": name})
    with pytest.raises(moving.Unfit) as unfit:
        moved(file, target)
    assert (unfit.value.table, unfit.value.first, unfit.value.last) == ("person", "1", "2")
    assert rows(target) == 0


def test_a_row_that_points_at_nothing_keeps_everything_where_it_is(file: Path, target: Database) -> None:
    with closing(Database(f"sqlite:///{file}")) as database, database.write() as db:
        db.connection().exec_driver_sql("COMMIT")
        db.connection().exec_driver_sql("PRAGMA foreign_keys=OFF")
        db.connection().exec_driver_sql("UPDATE person SET merged_into = 99 WHERE id = 1")
        db.connection().exec_driver_sql("BEGIN")
    with pytest.raises(copies.Damaged, match="person"):
        moved(file, target)
    assert rows(target) == 0


def test_what_does_not_arrive_as_it_was_sent_is_undone(
    file: Path, target: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    with target.writer.begin() as connection:
        connection.execute(
            text(
                "CREATE FUNCTION worse() RETURNS trigger LANGUAGE plpgsql AS "
                "$$ BEGIN NEW.name = upper(NEW.name); RETURN NEW; END $$"
            )
        )
        connection.execute(text("CREATE TRIGGER worse BEFORE INSERT ON person FOR EACH ROW EXECUTE FUNCTION worse()"))
    with pytest.raises(moving.Different, match="person"):
        moved(file, target)
    assert rows(target) == 0


def test_a_journal_that_was_touched_moves_and_is_told_of(file: Path, target: Database) -> None:
    with closing(Database(f"sqlite:///{file}")) as database, database.write() as db:
        db.execute(
            text(
                "INSERT INTO journal (workspace_id, seq, at, platform, room, line, body, digest, previous, hash)"
                " VALUES (1, 1, :at, 'web', '', 'x', 'x', 'x', 'x', 'x')"
            ),
            {"at": datetime(2026, 6, 10, tzinfo=UTC).replace(tzinfo=None).isoformat(" ")},
        )
    told = moved(file, target)
    assert (told.entries, told.broken) == (1, 1)
