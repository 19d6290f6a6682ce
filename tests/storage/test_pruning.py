"""Old entries of a journal go in steps, the rest verifies; what was promised and not kept never goes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, func, insert, select, update

from storage import journal, outbox, people, pruning, workspace
from storage.base import Base, Database, Session
from storage.journal import Anchor, Change, Entry, EntryTask
from storage.outbox import Promise
from storage.verifying import verify
from tests.chat import at
from tests.databases import address

NOW = at("2026-06-10 08:00")


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    made = Database(address(tmp_path), synchronous="OFF")
    Base.metadata.create_all(made.writer)
    yield made
    made.close()


def written(db: Session, days: list[int], *, key: str = "main") -> int:
    """A workspace with one entry so many days ago for each; its id."""
    place = workspace.by_key(db, key)
    for number, ago in enumerate(days):
        journal.append(
            db,
            place.id,
            at=NOW - timedelta(days=ago),
            person_id=None,
            meeting_id=None,
            platform="console",
            room="team",
            line=f"done T{number}",
            changes=[Change("task", number, {"state": "open"}, {"state": "done"}, number)],
        )
    return place.id


def prune(db: Session, place: int, *, days: int = 100, most: int = 1000) -> bool:
    return pruning.prune(db, place, before=NOW - timedelta(days=days), now=NOW, most=most)


def left(db: Session, place: int) -> list[int]:
    db.expire_all()
    return list(db.scalars(select(Entry.seq).where(Entry.workspace_id == place).order_by(Entry.seq)))


def test_what_is_left_verifies_and_goes_on(database: Database) -> None:
    with database.write() as db:
        place = written(db, [300, 200, 150, 50, 1])
        assert prune(db, place) is False
        assert left(db, place) == [4, 5, 6]
        assert verify(db, place) == (3, [])
        assert db.scalar(select(func.count()).select_from(EntryTask)) == 2
        written(db, [0])
        assert (left(db, place)[-1], verify(db, place)) == (7, (4, []))
        assert prune(db, place) is False
        assert left(db, place) == [4, 5, 6, 7]


def test_much_goes_in_small_steps(database: Database) -> None:
    with database.write() as db:
        place = written(db, [300] * 7 + [1])
        steps = 0
        while prune(db, place, most=3):
            steps += 1
            assert verify(db, place)[1] == []
        assert (steps, left(db, place)) == (2, [8, 9, 10, 11])
        assert verify(db, place) == (4, [])


def test_the_newest_stays_whatever_its_age(database: Database) -> None:
    with database.write() as db:
        place = written(db, [300])
        assert (prune(db, place), left(db, place), verify(db, place)) == (False, [1], (1, []))


def test_only_workspaces_whose_journal_is_old_are_looked_at(database: Database) -> None:
    with database.write() as db:
        old, new = written(db, [300, 1]), written(db, [5, 1], key="other")
        assert pruning.old(db, before=NOW - timedelta(days=100)) == [(old, "main")]
        prune(db, old)
        assert (left(db, new), pruning.old(db, before=NOW - timedelta(days=100))) == ([1, 2], [])


@pytest.mark.parametrize("tamper", ["gone", "anchor", "moved", "changed"])
def test_what_is_tampered_with_after_that_is_found(database: Database, tamper: str) -> None:
    with database.write() as db:
        place = written(db, [300, 200, 50, 40, 1])
        prune(db, place)
        if tamper == "gone":
            db.execute(delete(EntryTask))
            db.execute(delete(Entry).where(Entry.seq == 3))
        elif tamper == "anchor":
            db.execute(update(Anchor).values(hash="f" * 64))
        elif tamper == "moved":
            third = db.scalars(select(Entry).where(Entry.seq == 3)).one()
            db.execute(update(Anchor).values(seq=3, hash=third.hash))
            db.execute(delete(EntryTask))
            db.execute(delete(Entry).where(Entry.seq == 3))
        else:
            db.execute(update(Entry).where(Entry.seq == 4).values(line="done T99"))
        db.expire_all()
        assert verify(db, place)[1] != []


@given(ages=st.lists(st.integers(0, 400), max_size=12), most=st.integers(1, 5), days=st.integers(0, 400))
@settings(deadline=None, max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_is_pruned_the_chain_holds(database: Database, ages: list[int], most: int, days: int) -> None:
    with database.write() as db:
        place = written(db, sorted(ages, reverse=True), key=f"w{len(ages)}")
        while prune(db, place, days=days, most=most):
            pass
        seqs = left(db, place)
        assert (seqs, verify(db, place)) == (list(range(seqs[0], seqs[-1] + 1)) if seqs else [], (len(seqs), []))
        kept = [age for age in ages if age <= days]
        assert len(seqs) >= len(kept)
        db.rollback()


ROWS = st.lists(st.tuples(st.sampled_from(list(Promise)), st.integers(0, 60), st.integers(0, 60)), max_size=20)


@given(rows=ROWS, days=st.integers(0, 60), most=st.integers(1, 30))
@settings(deadline=None, max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_what_was_not_sent_or_is_fresh_never_goes(
    database: Database, rows: list[tuple[Promise, int, int]], days: int, most: int
) -> None:
    now = int(NOW.timestamp() * 1000)
    day = 86_400_000
    with database.write() as db:
        db.execute(insert(outbox.lane).values(key="room:1", platform="web", interval_ms=0, free_at=0, lease_until=0))
        for number, (state, made, sent) in enumerate(rows):
            db.execute(
                insert(outbox.outbox).values(
                    dedupe_key=f"k{number}",
                    lane="room:1",
                    state=state,
                    not_before=0,
                    payload="{}",
                    created_ms=now - made * day,
                    sent_ms=now - min(made, sent) * day if state == Promise.SENT else None,
                )
            )
        while outbox.forget(db, before_ms=now - days * day, most=most):
            pass
        there = set(db.scalars(select(outbox.outbox.c.dedupe_key)))
        for number, (state, made, sent) in enumerate(rows):
            settled = made if state == Promise.DROPPED else min(made, sent)
            over = state in {Promise.SENT, Promise.DROPPED} and settled > days
            assert (f"k{number}" in there) == (not over), (state, made, sent)
        db.rollback()


def test_people_and_rooms_are_left_alone(database: Database) -> None:
    with database.write() as db:
        place = written(db, [300, 1])
        ann = people.met(db, place, "console", "ann", name="Ann")
        prune(db, place)
        assert people.get(db, ann.id).name == "Ann"
