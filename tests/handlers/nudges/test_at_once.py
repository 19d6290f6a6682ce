"""Ten thousand tasks at nine: some workspaces at once, never more than a transaction's worth, worded when sent."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select, update

from bot.scheduler import Ticks
from handlers import context_for_room
from handlers.hours import DAY
from handlers.nudges import jobs, ledger
from handlers.nudges.planning import Desk
from handlers.nudges.speaking import still_wanted
from messages import Message
from storage import nudges, outbox, rooms
from storage.base import Database
from storage.checklist import State, Task
from storage.rooms import Room
from storage.workspace import DayRule, Workspace
from tests.databases import address
from tests.handlers.nudges.build import World, at, database

NINE = at("2026-06-10 09:10")


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Database]:
    found = database(address(tmp_path))
    yield found
    found.close()


def worlds(db: Database, *numbers: int) -> list[World]:
    """Workspaces with so many tasks each that are due at nine."""
    found = [World(db, place=Workspace(key=f"{n}", locale="en", country="CN")) for n in range(len(numbers))]
    for world, number in zip(found, numbers, strict=True):
        world.room()
        for task in range(1, number + 1):
            world.task(task, "2026-06-10 18:00")
    with db.write() as session:
        session.execute(update(Task).values(next_nudge_at=NINE))
    return found


def packed(db: Database) -> list[tuple[int, ...]]:
    with db.read() as session:
        return [tuple(share.workspace_id for share in shares) for shares in jobs.due(session, NINE)]


def wordless(db: Database, room: Room) -> tuple[str, Message]:
    table = outbox.outbox
    with db.read() as session:
        key, payload = session.execute(
            select(table.c.dedupe_key, table.c.payload).where(table.c.room_id == room.id)
        ).one()
    return key, Message.known(payload)


def test_workspaces_go_together_up_to_a_transaction_s_worth(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(nudges, "MOST_AT_ONCE", 4)
    worlds(db, 1, 2, 2, 9, 3, 4)
    assert packed(db) == [(1, 2), (3,), (4,), (4,), (4, 5), (6,)]


def test_each_transaction_takes_no_more_and_all_is_said_once(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(nudges, "MOST_AT_ONCE", 4)
    first, _ = worlds(db, 9, 2)
    Ticks(db, lambda: NINE, {}, tidied=NINE).tick()
    assert packed(db) == []
    assert sorted(row.task_id for row in first.ledger()) == list(range(1, 12))
    with db.read() as session:
        said = session.scalars(select(outbox.outbox.c.room_id).order_by(outbox.outbox.c.id)).all()
    assert said == [1, 1, 1, 2]


def test_of_more_than_a_tick_looks_at_those_that_wait_longest_come_first(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(nudges, "MOST_A_TICK", 3)
    first, _ = worlds(db, 2, 3)
    with db.write() as session:
        session.execute(update(Task).where(Task.id == 2).values(next_nudge_at=NINE - DAY))
    ticks = Ticks(db, lambda: NINE, {}, tidied=NINE)
    ticks.tick()
    with db.read() as session:
        assert nudges.due(session, NINE) == {2: [4, 5]}
    ticks.tick()
    assert packed(db) == []
    assert sorted(row.task_id for row in first.ledger()) == [1, 2, 3, 4, 5]


def test_a_task_that_changed_since_it_was_found_due_is_left_alone(db: Database) -> None:
    (world,) = worlds(db, 2)
    with db.write() as session:
        [shares] = jobs.due(session, NINE)
        session.execute(update(Task).where(Task.id == 1).values(next_nudge_at=NINE + DAY))
        jobs.sweep(session, shares, NINE, {})
    assert [row.task_id for row in world.ledger()] == [2]


def test_each_keeps_its_own_calendar_and_words(db: Database) -> None:
    first, second = worlds(db, 1, 1)
    first.add(DayRule(workspace_id=first.place.id, day=NINE.date(), worked=False))
    second.change(second.place, locale="zh_CN")
    second.tick(NINE)
    assert [(row.task_id, row.state, row.reason) for row in first.ledger()] == [
        (1, "deferred", "day_off"),
        (2, "sent", ""),
    ]
    with db.read() as session:
        room = session.get_one(Room, 2)
    assert "今天" in second.said(room)[0][1].rows[0].text


def test_what_fails_in_one_is_done_in_the_others(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second, third = worlds(db, 1, 1, 1)
    settle = ledger.settle

    def failing(desk: Desk, tasks: list[Task]) -> list[str]:
        if desk.place.id == second.place.id:
            raise ZeroDivisionError
        return settle(desk, tasks)

    monkeypatch.setattr(ledger, "settle", failing)
    Ticks(db, lambda: NINE, {}, tidied=NINE).tick()
    assert [row.task_id for row in first.ledger()] == [1, 3]
    assert third.next_look(Task(id=2)) == NINE


def test_it_is_worded_when_it_is_sent_of_what_is_so_by_then(db: Database) -> None:
    (world,) = worlds(db, 3)
    with db.write() as session:
        [shares] = jobs.due(session, NINE)
        jobs.sweep(session, shares, NINE, {})
    with db.read() as session:
        room = session.get_one(Room, 1)
    key, message = wordless(db, room)
    assert (message.title, message.rows, message.about) == ("", (), ("M1-T1", "M1-T2", "M1-T3"))
    world.change(Task(id=1), title_en="Another title")
    world.change(Task(id=2), state=State.DONE)
    with db.write() as session:
        said = still_wanted(context_for_room(session, rooms.get(session, 1), NINE), key, message)
        assert said
        again = still_wanted(context_for_room(session, rooms.get(session, 1), NINE), key, said)
    assert said.title == "Good morning: 2 things to see to"
    assert "Another title" in said.rows[0].text
    assert [row.text.split("**")[1] for row in said.rows] == ["T1", "T3"]
    assert again == said, "every attempt says the same"
