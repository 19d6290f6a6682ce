"""A ticket opens one page for one person: once, in time, and a door only after the platform has said who is there."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from threading import Barrier

import pytest
from sqlalchemy import select

from storage import erasing, people, rooms, tickets, workspace
from storage.base import Database
from storage.tickets import Kind, State, Ticket, TicketFile

NOW = datetime(2026, 6, 10, 8, 0, tzinfo=UTC)
MOMENT = timedelta(seconds=1)


@dataclass
class Counter:
    """Where tickets are had: Li's, in her own conversation."""

    database: Database
    now: datetime = NOW
    workspace_id: int = field(init=False)
    ids: dict[str, int] = field(init=False)

    def __post_init__(self) -> None:
        with self.database.write() as db:
            place = workspace.by_key(db, "main")
            person = people.met(db, place.id, "wecom", "li", name="李娜")
            room = rooms.met(db, place.id, "wecom", "dm:li", person_id=person.id)
            self.workspace_id = place.id
            self.ids = {"person_id": person.id, "room_id": room.id}

    def issues(self, kind: Kind = Kind.FORM, *, door: bool = False) -> str:
        with self.database.write() as db:
            return tickets.issue(
                db,
                self.workspace_id,
                kind=kind,
                platform="wecom",
                account="li",
                payload="{}",
                now=self.now,
                door=door,
                **self.ids,
            )

    def state(self, token: str) -> State | None:
        with self.database.read() as db:
            found = tickets.find(db, token, self.now)
        return found.state if found else None

    def exchanges(self, token: str, account: str = "li") -> str | None:
        with self.database.write() as db:
            return tickets.exchange(db, token, account, self.now)

    def uses(self, token: str) -> bool:
        with self.database.write() as db:
            return tickets.use(db, token, self.now)

    def keeps(self, token: str, batch: str, name: str) -> None:
        with self.database.write() as db:
            found = tickets.find(db, token, self.now)
            assert found is not None
            tickets.keep(db, found.ticket, batch, name=name, digest="d" * 64, size=1, media_type="text/plain")

    def going(self, token: str, batch: str = "") -> dict[str, list[str]]:
        """What is to be handed over, by go."""
        with self.database.write() as db:
            workspace.alone(db, "main")
            found = tickets.find(db, token, self.now)
            assert found is not None
            goes = tickets.going(db, found.ticket, batch)
            return {go: [one.name for one in files] for go, files in goes.items()}

    def kept(self, token: str) -> dict[str, list[str]]:
        with self.database.read() as db:
            found = tickets.find(db, token, self.now)
            assert found is not None
            return {batch: [one.name for one in files] for batch, files in tickets.kept(db, found.ticket).items()}


@pytest.fixture
def counter(database: Database) -> Counter:
    return Counter(database)


def test_a_token_is_long_its_own_and_nowhere_in_the_database(counter: Counter) -> None:
    tokens = {counter.issues() for _ in range(20)}
    assert len(tokens) == 20
    assert all(re.fullmatch("[0-9a-f]{64}", token) for token in tokens)
    with counter.database.read() as db:
        kept = repr([vars(ticket) for ticket in db.scalars(select(Ticket))])
    assert not any(token in kept for token in tokens)


@pytest.mark.parametrize("wrong", ["", "x", "a" * 64, "\ud800", "会后"])
def test_a_forged_token_finds_nothing(counter: Counter, wrong: str) -> None:
    token = counter.issues()
    for forged in (wrong, token[:-1], token.upper(), f"{token} "):
        assert counter.state(forged) is None
        assert not counter.uses(forged)
        assert counter.exchanges(forged) is None
    assert counter.state(token) == State.OPEN


def test_it_is_used_once(counter: Counter) -> None:
    token = counter.issues()
    assert (counter.uses(token), counter.state(token), counter.uses(token)) == (True, State.USED, False)


def test_of_ten_who_use_it_at_once_one_does(counter: Counter) -> None:
    token, start = counter.issues(), Barrier(10)

    def use(_: int) -> bool:
        start.wait()
        return counter.uses(token)

    with ThreadPoolExecutor(10) as pool:
        assert sum(pool.map(use, range(10))) == 1


def test_it_lasts_a_day(counter: Counter) -> None:
    token = counter.issues()
    counter.now += timedelta(hours=24) - MOMENT
    assert counter.state(token) == State.OPEN
    counter.now += MOMENT
    assert counter.state(token) == State.EXPIRED
    assert not counter.uses(token)


def test_a_door_opens_nothing_itself(counter: Counter) -> None:
    token = counter.issues(door=True)
    assert counter.state(token) == State.DOOR
    assert not counter.uses(token)


def test_a_door_is_exchanged_for_whom_it_is_and_for_a_quarter_of_an_hour(counter: Counter) -> None:
    door = counter.issues(door=True)
    assert counter.exchanges(door, "wang") is None
    inner = counter.exchanges(door)
    assert inner is not None
    assert counter.state(inner) == State.OPEN
    assert counter.exchanges(inner) is None
    counter.now += timedelta(minutes=15)
    assert (counter.state(inner), counter.state(door)) == (State.EXPIRED, State.DOOR)
    assert counter.exchanges(door) is not None


def test_all_that_were_had_for_a_door_are_used_up_together(counter: Counter) -> None:
    door = counter.issues(door=True)
    first, second = counter.exchanges(door), counter.exchanges(door)
    assert first is not None
    assert second is not None
    assert counter.uses(first)
    assert not counter.uses(second)
    assert {counter.state(one) for one in (door, first, second)} == {State.USED}
    assert counter.exchanges(door) is None


def test_a_page_that_was_opened_just_before_the_end_of_its_door_lasts_its_own_time(counter: Counter) -> None:
    door = counter.issues(door=True)
    counter.now += timedelta(hours=24) - MOMENT
    inner = counter.exchanges(door)
    assert inner is not None
    counter.now += timedelta(minutes=10)
    assert (counter.state(door), counter.uses(inner)) == (State.EXPIRED, True)


def test_files_wait_by_batch_until_they_are_handed_over(counter: Counter) -> None:
    door, other = counter.issues(Kind.UPLOAD, door=True), counter.issues(Kind.UPLOAD)
    first, second = counter.exchanges(door), counter.exchanges(door)
    assert first is not None
    assert second is not None
    for batch, name in (("one", "a"), ("two", "b"), ("one", "c")):
        counter.keeps(first, batch, name)
    counter.keeps(other, "one", "x")
    assert counter.kept(second) == {"one": ["a", "c"], "two": ["b"]}
    with counter.database.write() as db:
        found = tickets.find(db, second, counter.now)
        assert found is not None
        tickets.handed_over(db, found.ticket, "one")
    assert (counter.kept(first), counter.kept(other)) == ({"two": ["b"]}, {"one": ["x"]})


def test_what_comes_after_a_go_has_begun_is_of_another(counter: Counter) -> None:
    token = counter.issues(Kind.UPLOAD)
    for batch, name in (("one", "a"), ("two", "b")):
        counter.keeps(token, batch, name)
    [first] = counter.going(token, "one")
    counter.keeps(token, "one", "c")
    assert counter.kept(token) == {first: ["a"], "two": ["b"], "one": ["c"]}
    again, second = counter.going(token, "one")
    assert (again, tickets.batch_of(second)) == (first, "one")
    with counter.database.write() as db:
        found = tickets.find(db, token, counter.now)
        assert found is not None
        tickets.handed_over(db, found.ticket, first)
    assert list(counter.going(token).values()) == [["b"], ["c"]]


def test_of_ten_who_begin_at_once_all_begin_the_same_go(counter: Counter) -> None:
    token, start = counter.issues(Kind.UPLOAD), Barrier(10)
    for name in "abc":
        counter.keeps(token, "one", name)

    def begin(_: int) -> dict[str, list[str]]:
        start.wait()
        return counter.going(token)

    with ThreadPoolExecutor(10) as pool:
        begun = list(pool.map(begin, range(10)))
    assert all(go == begun[0] for go in begun)
    assert list(begun[0].values()) == [["a", "b", "c"]]


def test_what_has_long_expired_is_forgotten_with_all_that_hangs_on_it(counter: Counter) -> None:
    door = counter.issues(Kind.UPLOAD, door=True)
    inner = counter.exchanges(door)
    assert inner is not None
    counter.keeps(inner, "one", "a")
    counter.now += timedelta(minutes=1)
    later = counter.issues()
    with counter.database.write() as db:
        assert not tickets.forget(db, before=NOW + timedelta(hours=24))
    assert counter.state(door) == State.DOOR
    with counter.database.write() as db:
        tickets.forget(db, before=NOW + timedelta(hours=24) + MOMENT)
    assert [counter.state(one) for one in (door, inner, later)] == [None, None, State.OPEN]
    with counter.database.read() as db:
        assert list(db.scalars(select(TicketFile))) == []


def test_much_is_forgotten_in_small_steps(counter: Counter) -> None:
    for _ in range(3):
        counter.issues()
    for more in (True, False):
        with counter.database.write() as db:
            assert tickets.forget(db, before=NOW + timedelta(days=9), most=2) is more


def test_what_waits_goes_with_its_workspace(counter: Counter) -> None:
    counter.keeps(counter.issues(Kind.UPLOAD), "one", "a")
    with counter.database.write() as db:
        assert erasing.erase(db, counter.workspace_id) == ["d" * 64]
    with counter.database.read() as db:
        assert (list(db.scalars(select(Ticket))), list(db.scalars(select(TicketFile)))) == ([], [])
