"""Who may write next: whoever has waited longest."""

from __future__ import annotations

import sqlite3
import threading
from typing import Any, cast

import pytest
from sqlalchemy.exc import TimeoutError as NoConnection

from storage import turns
from storage.base import trouble
from storage.turns import InTurn, Turns

LONG = 30.0


def waiting(turns: Turns, number: int) -> None:
    """Until so many wait."""
    while turns.waiting != number:
        pass


def test_who_has_waited_longest_is_next_also_before_whoever_had_it_last() -> None:
    turns, order = Turns(), []

    def take(name: str) -> None:
        assert turns.take(LONG)
        order.append(name)
        turns.give()

    assert turns.take(LONG)
    threads = [threading.Thread(target=take, args=(name,)) for name in ("one", "two", "three")]
    for number, thread in enumerate(threads, 1):
        thread.start()
        waiting(turns, number)
    turns.give()
    take("again")
    for thread in threads:
        thread.join(LONG)
    assert order == ["one", "two", "three", "again"]
    assert turns.take(0)


def test_who_gives_up_waiting_is_not_handed_anything() -> None:
    turns = Turns()
    assert turns.take(0)
    assert not turns.take(0.01)
    assert turns.waiting == 0
    turns.give()
    assert turns.take(0)


def pool(connect: Any = lambda: sqlite3.connect(":memory:", check_same_thread=False)) -> InTurn:
    return InTurn(connect)


def test_a_connection_that_is_not_given_back_in_time_keeps_others_from_writing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turns, "PATIENCE_S", 0.01)
    own = pool()
    first = own.connect()
    with pytest.raises(NoConnection) as failed:
        own.connect()
    assert trouble(failed.value) == "locked"
    first.close()
    own.connect().close()
    own.dispose()


def test_a_connection_that_could_not_be_made_is_tried_again_by_the_next() -> None:
    failing = [True]

    def connect() -> sqlite3.Connection:
        if failing.pop():
            raise sqlite3.OperationalError("no such folder")
        return sqlite3.connect(":memory:")

    own = pool(connect)
    with pytest.raises(sqlite3.OperationalError):
        own.connect()
    failing.append(False)
    own.connect().close()
    own.dispose()


def answers(own: InTurn) -> bool:
    """Whether somebody else gets a connection now, and it works."""
    with own.connect() as connection:
        return bool(connection.execute("SELECT 1").fetchone())


def test_a_connection_that_is_thrown_away_makes_way_for_the_next() -> None:
    own = pool()
    own.connect().invalidate()
    assert answers(own)
    own.dispose()


def test_a_connection_that_is_taken_out_makes_way_for_the_next() -> None:
    own = pool()
    taken = own.connect()
    taken.detach()
    assert answers(own)
    taken.close()
    own.dispose()


def test_what_is_in_use_when_all_is_closed_is_closed_after_that() -> None:
    own = pool()
    first = own.connect()
    driver: Any = first.driver_connection
    own.dispose()
    assert driver.execute("SELECT 1").fetchone()
    first.close()
    with pytest.raises(sqlite3.ProgrammingError, match="closed"):
        driver.execute("SELECT 1")
    lent = own.lend()
    own.dispose()
    own.take_back(lent)
    assert lent.dbapi_connection is None
    assert answers(own)
    own.dispose()


def test_what_is_lent_comes_back_without_what_was_not_committed() -> None:
    own = pool()
    lent = own.lend()
    driver = cast("sqlite3.Connection", lent.dbapi_connection)
    driver.executescript("CREATE TABLE t (n); BEGIN; INSERT INTO t VALUES (1)")
    own.take_back(lent)
    assert not driver.in_transaction
    with own.connect() as again:
        assert again.driver_connection is driver
    assert driver.execute("SELECT count(*) FROM t").fetchone() == (0,)
    own.dispose()


class Stuck(sqlite3.Connection):
    """In a transaction that cannot be taken back, as on a disk that is gone."""

    in_transaction = True

    def rollback(self) -> None:
        raise sqlite3.OperationalError("disk I/O error")


def test_a_connection_that_cannot_go_back_makes_way_for_the_next() -> None:
    made = iter([Stuck, sqlite3.Connection])
    own = pool(lambda: sqlite3.connect(":memory:", factory=next(made), check_same_thread=False))
    own.take_back(own.lend())
    with own.connect() as again:
        assert not isinstance(again.driver_connection, Stuck)
    own.dispose()
