"""Prepared statements: the same as SQLAlchemy's own, but for what they cost."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from sqlalchemy import bindparam, func, insert, select, update
from sqlalchemy.exc import DBAPIError

from storage import checklist, workspace
from storage.base import Clash, Database, Stale, Unreachable, columns
from storage.checklist import State, Task
from storage.inbox import inbox
from storage.links import Link
from storage.meetings import Meeting
from storage.prepared import Prepared, PreparedRows
from storage.rooms import Room
from storage.workspace import Workspace
from tests.storage.test_base import NOON, meeting

_room, _meeting = columns(Room), columns(Meeting)
MEETINGS = select(*_meeting).where(_meeting.id == bindparam("meeting"))
MOVE = Prepared(update(Meeting).where(_meeting.id == bindparam("which")).values(ends_at=bindparam("ends")))
KEEP = Prepared(insert(inbox).values(key=bindparam("key"), answer="yes", created_ms=bindparam("at")))
PROCESS = Prepared(select(func.pg_backend_pid()))
ROOMS = PreparedRows(
    select(Room, Meeting).outerjoin(Meeting, Meeting.id == Room.meeting_id).where(Room.external == bindparam("name")),
    *(Room, Meeting),
)


def task(database: Database) -> int:
    number = meeting(database)
    with database.write() as db:
        db.add(Task(meeting_id=number, number=1, phase=1, due_at=NOON))
    return number


def test_values_go_and_come_as_their_types_say(database: Database) -> None:
    number = meeting(database)
    moment = datetime(2026, 10, 25, 2, 30, tzinfo=timezone(timedelta(hours=2)))
    with database.write() as db:
        assert MOVE.run(db, {"which": number, "ends": moment}) == 1
        assert MOVE.run(db, {"which": number + 1, "ends": moment}) == 0
    with database.read() as db:
        found = Prepared(MEETINGS).all(db, {"meeting": number})
        assert found == [tuple(row) for row in db.execute(MEETINGS, {"meeting": number})]
        assert found[0][list(_meeting.keys()).index("ends_at")] == moment.astimezone(UTC)


def test_what_is_there_already_is_a_clash(database: Database) -> None:
    with database.write() as db:
        KEEP.run(db, {"key": "k", "at": 1})
    with pytest.raises(Clash), database.write() as db:
        KEEP.run(db, {"key": "k", "at": 2})
    with database.write() as db:
        KEEP.run(db, {"key": "other", "at": 3})


def test_an_insertion_says_everything_that_has_a_default(database: Database) -> None:
    add = Prepared(insert(Room).values(workspace_id=bindparam("place"), platform="web", external="hall"))
    with database.write() as db, pytest.raises(ValueError, match="default"):
        add.run(db, {"place": workspace.by_key(db, "main").id})


def test_a_value_that_is_not_given_is_not_taken_for_nothing(database: Database) -> None:
    with database.write() as db, pytest.raises(KeyError, match="at"):
        KEEP.run(db, {"key": "k"})


def test_rows_are_the_sessions_own(database: Database) -> None:
    number = meeting(database)
    with database.write() as db:
        place = workspace.by_key(db, "main")
        room = Room(workspace_id=place.id, platform="web", external="hall", name="Hall")
        db.add(room)
        [(found, nothing)] = ROOMS.rows(db, {"name": "hall"})  # flushed first, as by any question
        assert (found, nothing) == (room, None)
        room.name, room.meeting_id = "Great hall", number
        [(found, held)] = ROOMS.rows(db, {"name": "hall"})
        assert (found.name, held) == ("Great hall", db.get(Meeting, number))
    with database.read() as db:
        [(found, held)] = ROOMS.rows(db, {"name": "hall"})
        assert (found.name, held.ends_at) == ("Great hall", NOON)
        assert db.get(Workspace, found.workspace_id)


def test_a_transaction_of_prepared_statements_is_whole_or_not_at_all(database: Database) -> None:
    with pytest.raises(Clash), database.write_prepared() as bare:
        KEEP.run_all(bare, [{"key": "first", "at": 1}, {"key": "k", "at": 1}, {"key": "k", "at": 2}])
    with database.write_prepared() as bare:
        assert KEEP.run(bare, {"key": "first", "at": 1}) == 1


def test_after_an_error_the_connection_serves_the_next_transaction(database: Database) -> None:
    def fail() -> None:
        with database.write_prepared() as bare:
            KEEP.run(bare, {"key": "k", "at": 1})
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    with database.write_prepared() as bare:
        assert KEEP.run(bare, {"key": "k", "at": 1}) == 1
    with database.read() as db:
        assert db.scalar(select(inbox.c.answer).where(inbox.c.key == "k")) == "yes"


def test_a_connection_that_is_lost_in_the_middle_is_told_and_replaced(database: Database) -> None:
    def fail() -> None:
        with database.write_prepared() as bare:
            KEEP.run(bare, {"key": "k", "at": 1})
            _lose(database, bare)
            KEEP.run(bare, {"key": "other", "at": 1})

    with pytest.raises(DBAPIError) as failed:
        fail()
    assert failed.value.connection_invalidated
    with database.write_prepared() as bare:
        assert KEEP.run(bare, {"key": "k", "at": 1}) == 1


def _lose(database: Database, bare: Link) -> None:
    if database.is_sqlite:
        bare.frame(lambda driver: driver.close())
        return
    [(process,)] = PROCESS.all(bare, {})
    with database.reader.connect() as other:
        other.execute(select(func.pg_terminate_backend(process)))


def test_a_database_that_is_not_there_is_told_as_by_a_session(tmp_path: Path) -> None:
    gone = Database(f"sqlite:///{tmp_path / 'no' / 'folder.db'}")
    for way in (gone.write_prepared, gone.writer.connect):
        with pytest.raises(Unreachable), way():
            pass


def test_a_row_that_somebody_else_changed_is_not_written_over(database: Database) -> None:
    number = task(database)
    with database.write() as db:
        row = checklist.get(db, number, 1)
        assert row is not None
        db.execute(update(Task).values(version=7).execution_options(synchronize_session=False))
        row.state = State.DONE
        with pytest.raises(Stale):
            db.flush()
        db.rollback()


def test_a_row_that_is_changed_is_written(database: Database) -> None:
    number = task(database)
    with database.write() as db:
        row = checklist.get(db, number, 1)
        assert row is not None
        assert not db.is_modified(row)
        row.state = State.DONE
    with database.read() as db:
        assert [(one.state, one.version) for one in checklist.tasks(db, number)] == [(State.DONE, 2)]
    assert row.next_nudge_at == checklist.LOOK_NOW


def test_after_a_commit_and_after_a_rollback_a_statement_is_part_of_the_next_transaction(database: Database) -> None:
    number = meeting(database)
    later = {"which": number, "ends": NOON + timedelta(days=3)}
    with database.write() as db:
        MOVE.run(db, later)
        db.rollback()
        assert MOVE.run(db, {**later, "ends": NOON + timedelta(days=1)}) == 1
        db.commit()
        MOVE.run(db, later)
        db.rollback()
    with database.read() as db:
        assert db.get_one(Meeting, number).ends_at == NOON + timedelta(days=1)
