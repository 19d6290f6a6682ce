"""A server that is slow, has locked something, or is not there: a clear answer, nothing half done, no help needed."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, create_engine, event, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError, OperationalError

from messages import Message
from storage import notices
from storage.base import Database, trouble
from storage.checklist import Task
from storage.engines import LIVELY, Limits
from storage.verifying import verify
from tests.chat import Chat, Somebody
from tests.postgres import Server

LONG = 60
"""Seconds after which a test gives up waiting."""


@pytest.fixture
def url(postgres: Server) -> str:
    return postgres.fresh()


@pytest.fixture
def chat(tmp_path: Path, url: str) -> Iterator[Chat]:
    made = Chat(tmp_path, database_url=url, postgres={"statement_seconds": 1, "lock_seconds": 1})
    yield made
    made.close()


@pytest.fixture
def ann(chat: Chat) -> Somebody:
    made = chat.person("Ann")
    made.says("meeting new Annual Conference 2026 end: 2026-06-08 17:00")
    return made


@pytest.fixture
def others(postgres: Server) -> Iterator[Engine]:
    """Somebody else on the same server."""
    made = create_engine(postgres.url, isolation_level="AUTOCOMMIT")
    yield made
    made.dispose()


def standing(chat: Chat) -> tuple[int, int]:
    """How many tasks and entries there are; the journal is whole."""
    with chat.read() as db:
        count, broken = verify(db, 1)
        assert broken == []
        return db.query(Task).count(), count


STUCK = """
CREATE FUNCTION stuck() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_sleep(600); RETURN NEW; END';
CREATE TRIGGER stuck BEFORE INSERT ON journal FOR EACH ROW EXECUTE FUNCTION stuck();
"""


def test_a_statement_that_is_stuck_ends_and_nothing_is_half_done(chat: Chat, ann: Somebody) -> None:
    before = standing(chat)
    with chat.app.database.write() as db:
        db.execute(text(STUCK))
    answer = ann.says("add Order the group photo.", event="one")
    assert answer.name == "common/refusals/locked"
    assert "nothing was changed" in answer.body
    assert standing(chat) == before
    with chat.app.database.write() as db:
        db.execute(text("DROP TRIGGER stuck ON journal"))
    assert not ann.says("add Order the group photo.", event="one").refused
    assert standing(chat) == (before[0] + 1, before[1] + 1)


def test_what_another_has_locked_is_not_waited_for_for_ever(chat: Chat, ann: Somebody) -> None:
    before = standing(chat)
    with chat.app.database.write() as db:
        db.execute(text("LOCK TABLE task IN EXCLUSIVE MODE"))
        assert ann.says("add Order the group photo.").name == "common/refusals/locked"
    assert standing(chat) == before
    assert not ann.says("add Order the group photo.").refused


def test_when_all_connections_are_taken_it_is_said_so(tmp_path: Path, url: str) -> None:
    few = Chat(tmp_path, database_url=url, postgres={"lock_seconds": 1, "connections": 3})
    ann = few.person("Ann")
    with few.app.database.write() as one, few.app.database.write() as two:
        one.execute(text("SELECT 1"))
        two.execute(text("SELECT 1"))
        assert ann.says("list").name == "common/refusals/locked"
    assert ann.says("list").name != "common/refusals/locked"
    few.close()


def test_who_falls_silent_in_a_transaction_loses_it_and_keeps_nobody_waiting(url: str) -> None:
    database = Database(url, limits=Limits(idle_s=1))
    with database.write() as silent:
        silent.execute(text("LOCK TABLE workspace"))
        with database.write() as db:
            db.execute(text("LOCK TABLE workspace"))  # waits until the silent one is over
        with pytest.raises(DBAPIError) as lost:
            silent.execute(text("SELECT 1"))
        silent.rollback()
    assert trouble(lost.value) == "away"
    database.close()


def test_what_an_administrator_has_begun_takes_as_long_as_it_takes(url: str) -> None:
    from storage.engines import take_time  # noqa: PLC0415

    database = Database(url, limits=Limits(statement_s=1))
    with database.writer.begin() as connection:
        take_time(connection)
        shown = [connection.execute(text(f"SHOW {name}")).scalar() for name in ("statement_timeout", "lock_timeout")]
    assert shown == ["0", "0"]
    with database.writer.begin() as connection:
        assert connection.execute(text("SHOW statement_timeout")).scalar() == "1s"
    database.close()


def test_what_the_address_says_counts_more(url: str) -> None:
    there = make_url(url).update_query_dict({"connect_timeout": "3", "options": "-c lock_timeout=7000"})
    database = Database(there.render_as_string(hide_password=False))
    with database.writer.connect() as connection:
        assert connection.execute(text("SHOW lock_timeout")).scalar() == "7s"
        assert connection.execute(text("SHOW idle_in_transaction_session_timeout")).scalar() == "5min"
        raw = connection.connection.driver_connection
        assert raw is not None
        assert raw.info.get_parameters()["connect_timeout"] == "3"
        assert raw.info.get_parameters()["keepalives_idle"] == str(LIVELY["keepalives_idle"])
    database.close()


@contextmanager
def connections() -> Iterator[list[dict[str, str]]]:
    """What is told to libpq of every connection that is made meanwhile."""
    made: list[dict[str, str]] = []

    def told(raw: Any, _record: object) -> None:
        made.append(raw.info.get_parameters())

    event.listen(Engine, "connect", told)
    try:
        yield made
    finally:
        event.remove(Engine, "connect", told)


def test_who_hears_notices_misses_a_server_that_has_vanished_as_soon_as_others_do(url: str) -> None:
    there = make_url(url).update_query_dict({"keepalives_count": "5"})
    database, stopping = Database(there.render_as_string(hide_password=False)), threading.Event()
    with connections() as made:
        notices.listen(database, stopping.set, stopping)
    [found] = made
    assert {name: found[name] for name in LIVELY} == {
        **{name: str(value) for name, value in LIVELY.items()},
        "keepalives_count": "5",
    }
    database.close()


@contextmanager
def away(others: Engine, url: str) -> Iterator[None]:
    """The server hangs up on whoever uses the database, and takes nobody for a while."""
    name = make_url(url).database
    with others.connect() as server:
        server.execute(text(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false"))
        hang_up = text("SELECT pg_terminate_backend(pid, 20000) FROM pg_stat_activity WHERE datname = :name")
        server.execute(hang_up, {"name": name})
        yield
        server.execute(text(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true"))


def test_while_the_server_is_gone_it_is_said_so_and_afterwards_all_goes_on(
    chat: Chat, ann: Somebody, others: Engine, url: str
) -> None:
    before, spoken = standing(chat), len(chat.room().heard())
    running = threading.Thread(target=chat.app.delivery.run, daemon=True)
    running.start()
    with away(others, url):
        answer = ann.says("add Order the group photo.", event="one")
        chat.app.ticks.tick()  # finds nobody, and says so in the log alone
    assert answer.name == "common/refusals/away"
    assert "database" in answer.body
    assert not ann.says("add Order the group photo.", event="one").refused
    assert standing(chat) == (before[0] + 1, before[1] + 1)
    promise(chat, "after")
    assert any(until(chat, spoken))
    chat.app.delivery.stop()
    running.join(LONG)
    assert not running.is_alive()


def promise(chat: Chat, key: str) -> None:
    from handlers import context_for_room  # noqa: PLC0415

    with chat.app.database.write() as db:
        here = chat.room().row(db)
        assert here is not None
        ctx = context_for_room(db, here, chat.clock.now())
        ctx.promise(key, here, Message(name="x", locale="en", body="It goes on."))


def until(chat: Chat, spoken: int) -> Iterator[bool]:
    """Whether more has been said by now."""
    waiting = threading.Event()
    for _ in range(LONG * 10):
        yield len(chat.room().heard()) > spoken
        waiting.wait(0.1)


def test_a_commit_whose_answer_is_lost_is_answered_once(chat: Chat, ann: Somebody, others: Engine, url: str) -> None:
    """The connection ends between the commit and the answer: who asks again finds what was done."""
    before, commit, broken = standing(chat), chat.app.database.commit, threading.Event()

    def lost(db: object) -> None:
        commit(db)  # type: ignore[arg-type]
        if not broken.is_set():
            broken.set()
            raise OperationalError("COMMIT", {}, ConnectionError("server closed the connection unexpectedly"))

    chat.app.database.commit = lost  # type: ignore[method-assign]
    assert not ann.says("add Order the group photo.").refused
    assert standing(chat) == (before[0] + 1, before[1] + 1)


def test_many_at_once_wait_for_few_connections(tmp_path: Path, url: str) -> None:
    few = Chat(tmp_path, database_url=url, postgres={"connections": 3})
    people = [few.person(f"P{number}") for number in range(8)]
    people[0].says("meeting new Annual Conference 2026 end: 2026-06-08 17:00")
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda who: who.says(f"note T1 from {who.name}"), people))
    assert not any(answer.refused for answer in answers)
    few.close()
