"""Two parties that become one lose nothing, and come apart exactly as they were, in whatever order."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from storage import journal, meetings, parties, undo, uniting
from storage.base import Session
from storage.crew import Shift, Volunteer
from storage.membership import Case, CaseKind
from storage.parties import Answer, Capacity, Merge, Party, PartyKind, Reach, ReachKind, Taking, Twin
from storage.sponsors import Benefit, Sponsor, of_meeting
from tests.chat import Chat

NOW = datetime(2026, 6, 10, tzinfo=UTC)
COUNT = 4
FACTS = st.fixed_dictionaries(
    {
        "title": st.sampled_from(["", "教授", "Dr"]),
        "address": st.sampled_from(["", "北京路1号"]),
        "postcode": st.sampled_from(["", "510000"]),
        "opted_out_at": st.sampled_from([None, NOW]),
        "confirmed_at": st.sampled_from([None, NOW]),
        "mails": st.lists(st.sampled_from(["a@x.cn", "b@x.cn", "c@x.cn"]), unique=True, max_size=2),
        "capacities": st.lists(st.sampled_from([Capacity.SPEAKER, Capacity.ATTENDEE]), unique=True),
        "tier": st.sampled_from([None, "", "gold", "silver"]),
        "shifts": st.integers(-1, 2),
        "commendation": st.sampled_from(["", "kept calm"]),
    }
)
PLAIN: Mapping[str, Any] = {
    **dict.fromkeys(("title", "address", "postcode", "commendation"), ""),
    **dict.fromkeys(("opted_out_at", "confirmed_at", "tier")),
    **dict.fromkeys(("mails", "capacities"), ()),
    "shifts": -1,
}
LISTS = st.lists(FACTS, min_size=COUNT, max_size=COUNT)
MERGES = st.lists(st.tuples(st.integers(0, COUNT - 1), st.integers(0, COUNT - 1)), min_size=1, max_size=5)


@pytest.fixture
def db(chat: Chat) -> Iterator[Session]:
    chat.person("Ann").says("meeting new Forum end: 8 June 17:00")
    with Session(chat.app.database.writer, expire_on_commit=False) as db:
        yield db
        db.rollback()


def made(db: Session, lists: list[Mapping[str, Any]]) -> list[Party]:
    """Each with all that may hang on a party; a meeting of their own."""
    meeting = meetings.get(db, 1)
    found = []
    for place, facts in enumerate(lists):
        fields = {name: facts[name] for name in ("title", "address", "postcode", "opted_out_at", "confirmed_at")}
        party = parties.add(
            db, meeting.workspace_id, PartyKind.PERSON, ["李娜", "Li Na", "章三", "王五"][place], **fields
        )
        for number, mail in enumerate(facts["mails"], 1):
            db.add(Reach(party_id=party.id, kind=ReachKind.EMAIL, value=mail, typed=mail, place=number))
        for capacity in facts["capacities"]:
            parties.takes(db, meeting.id, party.id, capacity)
        hang(db, meeting.id, party, facts)
        found.append(party)
    for one, other in pairwise(found):
        db.add(Twin(workspace_id=meeting.workspace_id, party_id=one.id, other_id=other.id, why="name_only"))
    db.flush()
    return found


def hang(db: Session, meeting_id: int, party: Party, facts: Mapping[str, Any]) -> None:
    db.add(Case(workspace_id=1, number=party.number, party_id=party.id, kind=CaseKind.NEW, at=NOW))
    if facts["tier"] is not None:
        sponsor = Sponsor(meeting_id=meeting_id, party_id=party.id, tier=facts["tier"], addressee_id=party.id)
        db.add(sponsor)
        db.flush()
        db.add(
            Benefit(meeting_id=meeting_id, sponsor_id=sponsor.id, number=party.number, text="logo", promised=Decimal(3))
        )
    if facts["shifts"] >= 0:
        approved = NOW if facts["commendation"] else None
        volunteer = Volunteer(
            meeting_id=meeting_id, party_id=party.id, commendation=facts["commendation"], approved_at=approved
        )
        db.add(volunteer)
        db.flush()
        db.add_all([Shift(volunteer_id=volunteer.id, minutes=60) for _ in range(facts["shifts"])])
    db.flush()


def standing(db: Session) -> dict[tuple[str, int], dict[str, Any]]:
    """Every row of every table that a party may be in, without versions."""
    db.flush()
    db.expire_all()
    tables: list[Any] = [Party, Reach, Taking, Sponsor, Benefit, Volunteer, Shift, Case]
    return {
        (table.__tablename__, row.id): {
            name: getattr(row, name)
            for name in (attribute.key for attribute in table.__mapper__.column_attrs)
            if name != "version"
        }
        for table in tables
        for row in db.scalars(select(table))
    }


def united(db: Session, found: list[Party], merges: list[tuple[int, int]]) -> list[Merge]:
    """As many of these as can be: of two that still stand for themselves."""
    rows = []
    for gone, into in merges:
        if gone != into and found[gone].same_as is None and found[into].same_as is None:
            rows.append(uniting.merge(db, found[gone], into=found[into], why="told", person_id=None, at=NOW))
    return rows


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25)
@given(LISTS, MERGES, st.randoms(use_true_random=False))
def test_merged_and_parted_in_any_order_is_as_before(
    db: Session, lists: list[Mapping[str, Any]], merges: list[tuple[int, int]], random: Any
) -> None:
    with db.begin_nested() as step:
        found = made(db, lists)
        before = standing(db)
        rows = united(db, found, merges)
        for row in random.sample(rows, len(rows)):
            uniting.part(db, row, at=NOW)
        assert standing(db) == before
        step.rollback()


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25)
@given(LISTS, MERGES, st.data())
def test_parting_one_leaves_the_others_as_if_it_had_never_been_merged(
    db: Session, lists: list[Mapping[str, Any]], merges: list[tuple[int, int]], data: st.DataObject
) -> None:
    """What is left is what the other merges alone would have made."""
    with db.begin_nested() as step:
        found = made(db, lists)
        with db.begin_nested() as inner:
            rows = united(db, found, merges)
            which = data.draw(st.integers(0, len(rows) - 1)) if rows else 0
            done = [(row.gone_id, row.kept_id) for row in rows]
            if rows:
                uniting.part(db, rows[which], at=NOW)
            left = standing(db)
            inner.rollback()
        by_id = {party.id: place for place, party in enumerate(found)}
        others = [(by_id[gone], by_id[kept]) for place, (gone, kept) in enumerate(done) if place != which]
        assert len(united(db, found, others)) == len(others)
        assert standing(db) == left
        step.rollback()


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=15)
@given(LISTS)
def test_nothing_is_lost(db: Session, lists: list[Mapping[str, Any]]) -> None:
    """Each address, role, shift and benefit is with the one that is left."""
    with db.begin_nested() as step:
        found = made(db, lists)
        united(db, found, [(1, 0), (2, 0), (3, 0)])
        mails = {mail for facts in lists for mail in facts["mails"]}
        assert {row.value for row in parties.reaches(db, [found[0].id])[found[0].id]} == mails
        capacities = {capacity for facts in lists for capacity in facts["capacities"]}
        assert {capacity for _, capacity in parties.of_meeting(db, 1)} == capacities
        worked = sum(max(0, facts["shifts"]) for facts in lists)
        assert len(db.scalars(select(Shift)).all()) == worked
        sponsors = of_meeting(db, 1)
        assert len(sponsors) == any(facts["tier"] is not None for facts in lists)
        assert all(row.sponsor_id == sponsors[0].id for row in db.scalars(select(Benefit)))
        step.rollback()


def test_a_question_that_another_merge_has_brought_there_is_not_asked_twice(db: Session) -> None:
    """Of one and two it is asked, as of nought and one; two goes into nought, and then one is itself again."""
    lists: list[dict[str, Any]] = [
        {"mails": [], "capacities": [], "tier": None, "shifts": -1, "commendation": ""} for _ in range(4)
    ]
    facts = {"title": "", "address": "", "postcode": "", "opted_out_at": None, "confirmed_at": None}
    found = made(db, [one | facts for one in lists])
    first, _ = united(db, found, [(1, 3), (2, 0)])
    uniting.part(db, first, at=NOW)
    asked = [(row.party_id, row.other_id) for row in db.scalars(select(Twin))]
    assert asked.count((found[0].id, found[1].id)) == 1
    assert len(asked) == len(set(asked))


def test_a_first_choice_stays_the_first(db: Session) -> None:
    old, new = made(db, [{**PLAIN, "mails": ["old@x.cn"]}, {**PLAIN, "mails": ["new@x.cn"]}])
    uniting.merge(db, old, into=new, why="told", person_id=None, at=NOW)
    assert [row.value for row in parties.reaches(db, [new.id])[new.id]] == ["new@x.cn", "old@x.cn"]
    assert new.name == "Li Na"


def test_what_people_changed_since_stays(db: Session) -> None:
    kept, gone = made(db, [{**PLAIN, "confirmed_at": NOW}, {**PLAIN, "title": "教授"}])
    row = uniting.merge(db, gone, into=kept, why="told", person_id=None, at=NOW)
    assert (kept.title, kept.latin, kept.confirmed_at) == ("教授", "Li Na", None)
    kept.title = "院士"
    uniting.part(db, row, at=NOW)
    assert (kept.title, kept.latin, gone.same_as) == ("院士", "", None)


def test_a_merge_is_undone_as_every_other_change(db: Session) -> None:
    found = made(db, [{**PLAIN, "tier": "gold", "shifts": 2}, {**PLAIN, "tier": "", "shifts": 1, "title": "教授"}])
    before = standing(db)
    changes = journal.watch(db)
    uniting.merge(db, found[1], into=found[0], why="told", person_id=None, at=NOW)
    db.flush()
    undo.revert(db, undo.net(changes))
    assert standing(db) == before
    assert db.scalars(select(Merge)).all() == []


def test_questions_about_a_third_go_on(db: Session) -> None:
    one, other, third = made(db, [PLAIN, PLAIN, PLAIN])
    uniting.merge(db, one, into=third, why="told", person_id=None, at=NOW)
    asked = db.scalars(select(Twin).where(Twin.answer == Answer.OPEN)).all()
    assert (other.id, third.id) in {(row.party_id, row.other_id) for row in asked}
