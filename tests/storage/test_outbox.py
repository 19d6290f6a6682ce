"""Promises: once each, in the caller's transaction, in order within their lane."""

from __future__ import annotations

import pytest

from storage import outbox
from storage.base import Database
from storage.outbox import Promise
from tests.storage.conftest import Desk


def test_the_same_key_is_promised_once(desk: Desk) -> None:
    assert desk.promise("a", "one", payload="first")
    assert not desk.promise("a", "one", payload="second")
    assert [(claimed.key, claimed.payload) for claimed in desk.claim()] == [("one", "first")]


def test_a_promise_is_part_of_the_transaction_that_makes_it(desk: Desk, database: Database) -> None:
    with pytest.raises(ZeroDivisionError):
        promise_and_fail(database, desk.now)
    assert desk.state("one") is None
    assert desk.claimed() == []


def test_whoever_keeps_promises_hears_of_one_that_can_be_kept_at_once(desk: Desk, database: Database) -> None:
    heard: list[Promise | None] = []
    database.promised = lambda: heard.append(desk.state("one"))
    desk.promise("a", "later", not_before=desk.now + 5000)
    with pytest.raises(ZeroDivisionError):
        promise_and_fail(database, desk.now)
    assert heard == []
    desk.promise("a", "one")
    assert heard == [Promise.READY], "it is there by then"
    desk.promise("slow", "two", interval_ms=1000)
    desk.finish(next(one for one in desk.claim() if one.lane == "slow"))
    heard.clear()
    desk.promise("slow", "three", interval_ms=1000)
    assert heard == [], "nobody could do anything about it yet"


def promise_and_fail(database: Database, now: int) -> None:
    with database.write() as db:
        outbox.promise(db, "one", lane_key="a", platform="web", interval_ms=0, payload="x", now_ms=now)
        raise ZeroDivisionError


def test_a_lane_gives_one_message_at_a_time_in_the_order_of_promising(desk: Desk) -> None:
    for key in ("one", "two", "three"):
        desk.promise("a", key)
    said = []
    while claimed := desk.claim():
        assert len(claimed) == 1
        assert desk.claim() == []
        said.append(claimed[0].key)
        desk.finish(claimed[0])
    assert said == ["one", "two", "three"]


def test_what_is_not_due_yet_lets_the_others_pass(desk: Desk) -> None:
    desk.promise("a", "later", not_before=desk.now + 5000)
    desk.promise("a", "now")
    (first,) = desk.claim()
    assert first.key == "now"
    desk.finish(first)
    assert desk.claimed() == []
    desk.now += 5000
    assert desk.claimed() == ["later"]


def test_the_pace_of_a_lane_is_the_newest_that_was_named(desk: Desk) -> None:
    desk.promise("a", "one", interval_ms=1000)
    desk.promise("a", "two", interval_ms=3000)
    assert desk.lane("a").interval_ms == 3000
    desk.promise("a", "three", interval_ms=None)
    assert desk.lane("a").interval_ms == 3000
    desk.promise("b", "four", interval_ms=None)
    assert desk.lane("b").interval_ms == 0


def test_what_became_of_it_can_be_asked(desk: Desk, database: Database) -> None:
    desk.promise("a", "one", room_id=7)
    with database.read() as db:
        assert outbox.promised(db, "one") == ("say one", Promise.READY, 7)
        assert outbox.provider_id(db, "one") is None
        assert outbox.waiting(db) == 1
    desk.finish(desk.claim()[0], provider_id="p-1")
    with database.read() as db:
        assert outbox.promised(db, "one") == ("say one", Promise.SENT, 7)
        assert outbox.provider_id(db, "one") == "p-1"
        assert outbox.promised(db, "two") is None
        assert outbox.waiting(db) == 0


def test_old_promises_are_forgotten_unless_they_are_open_or_given_up(desk: Desk, database: Database) -> None:
    for number, state in enumerate(Promise):
        desk.promise(state.name, state.name)
        if state not in (Promise.READY, Promise.SENDING):
            desk.finish(next(one for one in desk.claim() if one.key == state.name), state)
        elif state == Promise.SENDING:
            desk.claim()
        desk.now += number
    with database.write() as db:
        assert not outbox.forget(db, before_ms=desk.now + 1)
    left = {state.name for state in Promise if desk.state(state.name) is not None}
    assert left == {"READY", "SENDING", "DEAD"}


def test_forgetting_goes_in_small_steps(desk: Desk, database: Database) -> None:
    for number in range(5):
        desk.promise("a", str(number))
        desk.finish(desk.claim()[0])
    steps = 0
    more = True
    while more:
        with database.write() as db:
            more = outbox.forget(db, before_ms=desk.now + 1, most=2)
        steps += 1
    assert steps == 3
    assert desk.state("4") is None
