"""Rows that were changed, written without the unit of work: what is then there is what it would have written."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import event

from storage import checklist, journal, workspace
from storage.base import Database, Session, Stale
from storage.checklist import LOOK_NOW, Note, State, Task
from storage.people import Person
from tests.storage.test_base import NOON, meeting


@pytest.fixture
def number(database: Database) -> int:
    """A meeting with one task."""
    found = meeting(database)
    with database.write() as db:
        db.add(Task(meeting_id=found, number=1, phase=1, due_at=NOON))
    return found


def one(db: Session, number: int) -> Task:
    found = checklist.get(db, number, 1)
    assert found
    return found


def test_what_was_changed_is_written_once_numbered_and_journalled(database: Database, number: int) -> None:
    with database.write() as db:
        changes = journal.watch(db)
        task = one(db, number)
        task.state, task.done_at, task.reason = State.DONE, NOON, ""
        task.due_at += timedelta(days=1)
        db.flush()
        assert not db.dirty
        db.flush()
        assert [(change.before, change.after) for change in changes] == [
            (
                {"state": "open", "due_at": "2026-06-10T12:00:00+00:00", "done_at": None},
                {"state": "done", "due_at": "2026-06-11T12:00:00+00:00", "done_at": "2026-06-10T12:00:00+00:00"},
            )
        ]
        assert (task.version, task.next_nudge_at) == (2, LOOK_NOW)
        task.reason = "again"
    with database.read() as db:
        task = one(db, number)
        assert (task.state, task.due_at, task.reason) == (State.DONE, NOON + timedelta(days=1), "again")
        assert (task.version, task.next_nudge_at) == (3, LOOK_NOW)


def test_what_was_put_back_before_it_was_written_is_no_change(database: Database, number: int) -> None:
    with database.write() as db:
        changes = journal.watch(db)
        task = one(db, number)
        task.reason = "waits"
        task.reason = ""
        db.flush()
        assert (task.version, changes) == (1, [])


def test_a_row_that_somebody_has_changed_or_removed_meanwhile_is_not_written(database: Database, number: int) -> None:
    with database.write() as db:
        task, place = one(db, number), workspace.by_key(db, "other")
        db.connection().exec_driver_sql("UPDATE task SET version = 2, reason = 'first'")
        task.reason = "second"
        with pytest.raises(Stale):
            db.flush()
        db.connection().exec_driver_sql("DELETE FROM workspace WHERE key = 'other'")
        db.expunge(task)
        place.name = "gone"
        with pytest.raises(Stale):
            db.flush()
        db.rollback()


def test_a_savepoint_takes_a_change_back(database: Database, number: int) -> None:
    with database.write() as db:
        task = one(db, number)
        with db.begin_nested() as point:
            task.reason = "inside"
            db.flush()
            point.rollback()
        assert task.reason == ""
        task.reason = "outside"
    with database.read() as db:
        assert (one(db, number).reason, one(db, number).version) == ("outside", 2)


def test_only_where_rows_come_or_go_the_unit_of_work_puts_them_in_order(database: Database, number: int) -> None:
    with database.write() as db:
        ordered: list[object] = []
        event.listen(db, "before_flush", lambda *given: ordered.append(given))
        task, person = one(db, number), Person(workspace_id=1, name="Ann")
        task.reason = "alone"
        db.flush()
        assert not ordered
        db.add(person)
        task.reason = "beside a new row"
        db.flush()
        db.add(Note(task_id=task.id, person_id=person.id, at=NOON, text="said"))
        db.flush()
        assert len(ordered) == 2
    with database.read() as db:
        assert one(db, number).reason == "beside a new row"
