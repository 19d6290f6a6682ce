"""Leases: one holder at a time, for a while, and somebody else after that."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from storage import leases
from storage.base import Database
from storage.leases import LEASE_MS

NOW = 1_780_000_000_000


def claims(database: Database, holder: str, *, at: int = 0, key: str = "bot:main") -> bool:
    with database.write() as db:
        return leases.claim(db, key, holder=holder, now_ms=NOW + at)


def gives_back(database: Database, holder: str) -> None:
    with database.write() as db:
        leases.release(db, "bot:main", holder=holder)


def test_only_one_holds_it_and_may_keep_it(database: Database) -> None:
    assert claims(database, "one")
    assert not claims(database, "two", at=LEASE_MS - 1)
    assert claims(database, "one", at=LEASE_MS - 1)
    assert not claims(database, "two", at=LEASE_MS)
    assert claims(database, "two", key="bot:other")


def test_when_it_is_over_somebody_else_takes_it_and_the_first_is_told_so(database: Database) -> None:
    assert claims(database, "one")
    assert claims(database, "two", at=LEASE_MS)
    assert not claims(database, "one", at=LEASE_MS + 1)


def test_what_is_given_back_is_free_at_once(database: Database) -> None:
    assert claims(database, "one")
    gives_back(database, "two")
    assert not claims(database, "two")
    gives_back(database, "one")
    assert claims(database, "two")


def test_a_lease_of_a_clock_that_was_ahead_is_taken(database: Database) -> None:
    assert claims(database, "one", at=86_400_000)
    assert claims(database, "two")


def test_a_clock_that_is_a_little_behind_takes_nothing(database: Database) -> None:
    assert claims(database, "one", at=3_000)
    assert not claims(database, "two")


def test_of_many_who_want_it_at_once_one_gets_it(database: Database) -> None:
    with ThreadPoolExecutor(8) as crew:
        got = list(crew.map(lambda number: claims(database, str(number)), range(8)))
    assert sum(got) == 1
