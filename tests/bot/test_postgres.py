"""What only PostgreSQL needs or can: turns among processes, notices between them, a clock that all share."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

import bot.delivery
from bot.ask import Ask
from bot.clock import TOLERATED, Clock
from bot.delivery import Delivery
from bot.platforms.slack.boxes import Group, fresh
from messages import Message
from storage import archive, migrations, notices, outbox, people, rooms, workspace
from storage.archive import ArchiveEntry
from storage.base import Database
from storage.checklist import Task
from storage.verifying import verify
from tests.chat import Chat
from tests.postgres import Server

LONG = 60
"""Seconds after which a test gives up waiting."""


@pytest.fixture
def chat(tmp_path: Path, postgres: Server) -> Iterator[Chat]:
    made = Chat(tmp_path, database_url=postgres.fresh())
    made.person("Ann").says("meeting new Annual Conference 2026 end: 2026-06-08 17:00")
    yield made
    made.close()


def ask(line: str, event: str) -> Ask:
    return Ask(platform="console", account="ann", room="team", line=line, event_id=event)


def at_once(chat: Chat, asks: list[Ask]) -> list[Message]:
    with ThreadPoolExecutor(4) as pool:
        return list(pool.map(chat.answer, asks))


def test_commands_at_once_leave_no_gap_and_a_whole_journal(chat: Chat) -> None:
    with chat.read() as db:
        before = db.query(Task).count()
    answers = at_once(chat, [ask(f"add Task number {n}.", f"e{n}") for n in range(12)])
    assert not any(answer.refused for answer in answers)
    with chat.read() as db:
        assert sorted(task.number for task in db.query(Task)) == list(range(1, before + 13))
        assert verify(db, 1) == (verify(db, 1)[0], [])


def test_boxes_ticked_in_quick_succession_are_all_heard(chat: Chat) -> None:
    """Slack sends one press for each, and does not repeat those that meet an error."""
    lines = [f"done M1-T{number}" for number in range(1, 13)]
    ticks = [Group("C1:1:rows:U1", tuple(lines[: count + 1]), f"press {count}") for count in range(len(lines))]
    with ThreadPoolExecutor(4) as pool:
        heard = list(pool.map(lambda tick: fresh(chat.app.database, "main", tick, now=chat.clock.now()), ticks))
    assert frozenset().union(*heard) == frozenset(lines)


def test_an_event_that_comes_several_times_at_once_is_answered_once(chat: Chat) -> None:
    with chat.read() as db:
        before = db.query(Task).count()
    answers = at_once(chat, [ask("add Order the group photo.", "same")] * 6)
    assert len({answer.model_dump_json() for answer in answers}) == 1
    with chat.read() as db:
        assert db.query(Task).count() == before + 1


def test_who_is_met_at_once_by_several_is_met_once(chat: Chat) -> None:
    database = chat.app.database
    together = threading.Barrier(4)

    def meet(_: int) -> tuple[int, int, int]:
        with database.write() as db:
            db.connection()
            together.wait(LONG)
            place = workspace.by_key(db, "new").id
            return place, people.met(db, place, "slack", "U1", name="Li").id, rooms.met(db, place, "slack", "C1").id

    with ThreadPoolExecutor(4) as pool:
        assert len(set(pool.map(meet, range(4)))) == 1


def test_workspaces_do_not_wait_for_each_other(chat: Chat) -> None:
    database = chat.app.database
    with database.write() as db:
        workspace.alone(db, "another")
        assert not chat.answer(ask("add Something else.", "e")).refused


@contextmanager
def delivering(url: str, heard: threading.Event) -> Iterator[Database]:
    """Another process's delivery, which sets ``heard`` when it is woken."""
    database = Database(url)
    delivery = Delivery(database, {}, lambda: datetime.now(UTC))  # noqa: TID251  a process of its own
    delivery.wake = heard.set  # type: ignore[method-assign]
    thread = threading.Thread(target=delivery.run, daemon=True)
    thread.start()
    assert heard.wait(LONG), "it wakes once when it begins to listen"
    heard.clear()
    yield database
    delivery.stopping.set()
    for bell in (delivery.quick, delivery.slow, delivery.inner):
        bell.ring()
    thread.join(LONG)
    database.close()


def promise(database: Database, key: str, *, not_before: int = 0) -> None:
    with database.write() as db:
        outbox.promise(db, key, lane_key="x", platform="x", interval_ms=0, payload="", now_ms=1, not_before=not_before)


def test_what_one_process_promises_wakes_the_others(chat: Chat) -> None:
    heard = threading.Event()
    with delivering(chat.app.settings.database_url, heard):
        promise(chat.app.database, "a")
        assert heard.wait(LONG)


def test_what_is_not_due_yet_wakes_nobody(chat: Chat) -> None:
    heard: list[str] = []
    with chat.app.database.writer.connect() as connection:
        connection.execute(text(f"LISTEN {notices.CHANNEL}"))
        connection.commit()
        promise(chat.app.database, "later", not_before=2**40)
        promise(chat.app.database, "now")
        driver = connection.connection.driver_connection
        assert driver is not None
        heard += [notice.channel for notice in driver.notifies(timeout=LONG, stop_after=1)]
        heard += [notice.channel for notice in driver.notifies(timeout=0)]
    assert heard == [notices.CHANNEL]


def test_a_lost_connection_is_made_anew(chat: Chat, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bot.delivery, "LISTEN_AGAIN_S", 0)
    heard = threading.Event()
    with delivering(chat.app.settings.database_url, heard):
        with chat.app.database.write() as db:
            ended = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'LISTEN%'"
            assert db.execute(text(f"{ended} AND datname = current_database()")).all()
        assert heard.wait(LONG), "it wakes when it listens again"
        heard.clear()
        promise(chat.app.database, "a")
        assert heard.wait(LONG)


def test_promises_that_begin_alike_are_found_in_any_order_of_letters(postgres: Server) -> None:
    database = Database(postgres.of_a_language())
    migrations.upgrade(database)
    for key in ("gone:1:a", "gone:1:b", "gone:11:c", "gone-1:d"):
        promise(database, key)
    with database.read() as db:
        assert [row.dedupe_key for row in outbox.beginning(db, "gone:1")] == ["gone:1:a", "gone:1:b"]
    database.close()


def test_an_archives_files_stand_in_the_order_in_which_they_were_bagged(postgres: Server) -> None:
    database = Database(postgres.of_a_language())
    migrations.upgrade(database)
    paths = ["bagit.txt", "data/A.txt", "data/a-1.txt", "data/a1.txt", "data/b.txt", "data/会.txt"]
    with database.write() as db:
        for column in ("archive_id", "file_id"):  # what they belong to does not matter here
            db.execute(
                text(f"ALTER TABLE archive_entry DROP CONSTRAINT IF EXISTS fk_archive_entry_{column}_{column[:-3]}")
            )
        same = {"archive_id": 1, "size": 1, "sha256": "", "sha512": "", "url": ""}
        db.add_all(ArchiveEntry(path=path, **same) for path in reversed(paths))
        db.flush()
        assert [member.path for member in archive.members(db, 1)] == paths
    database.close()


class Ahead(Database):
    """A server whose clock is wrong."""

    def __init__(self, by: timedelta) -> None:
        self.by = by

    def clock(self) -> datetime | None:
        return Clock().now() + self.by


def test_the_servers_clock_counts() -> None:
    clock = Clock()
    clock.follow(Ahead(timedelta(hours=1)))
    assert abs(clock.skew - timedelta(hours=1)) < timedelta(minutes=1)
    clock.follow(Ahead(timedelta()))
    assert abs(clock.skew) < timedelta(minutes=1)


def test_what_an_answer_takes_is_no_difference() -> None:
    clock = Clock()
    clock.follow(Ahead(TOLERATED / 2))
    assert clock.skew == timedelta()


def test_a_file_has_no_clock_and_a_server_has(chat: Chat, tmp_path: Path) -> None:
    there = chat.app.database.clock()
    assert there is not None
    assert there.tzinfo is not None
    assert Database(f"sqlite:///{tmp_path / 'x.db'}").clock() is None
