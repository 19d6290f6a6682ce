"""Somebody is erased: nothing of them is left in any column of any table, nor in the file; the journal verifies."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import date, time
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import JSON, Boolean, Column, Date, String, Time, select

from storage import forgetting, journal, letters, owned, people, subjects, tables, workspace
from storage.base import SCRUB, Base, Database, Exact, Session, Utc
from storage.erasing import whose
from storage.journal import Change
from storage.people import Person
from storage.subjects import GONE, Subject
from storage.verifying import verify
from storage.workspace import Workspace
from tests.chat import at
from tests.databases import address

NOW = at("2026-06-10 08:00")
NAME, LATIN, MAIL, PHONE, ACCOUNT = "欧阳钰涵", "Yuhan Quartz", "yuhan@quartz.example", "13912345678", "UQUARTZ77"
OWN = "wombat-of-theirs"
"""Stands in what is about them, and nobody would know it for theirs."""
MARKS = (NAME, LATIN, MAIL, PHONE, ACCOUNT, OWN)
OF_NOBODY = {"lane", "lease", "process", "slack_installation", "wecom_token"}
ELSEWHERE = {"inbox", "outbox", *OF_NOBODY}
"""Tables that hang on no workspace: what may name people in them is swept by their keys, or nothing does."""
GIVEN: dict[str, Any] = {
    "workspace.key": "main",
    "person.name": NAME,
    "account.external": ACCOUNT,
    "party.kind": "person",
    "party.name": NAME,
    "party.latin": LATIN,
    "reach.kind": "email",
    "reach.value": MAIL,
    "reach.typed": MAIL,
    "letter.state": "sent",
    "attendee.email": MAIL,
    "attendee.phone": PHONE,
    "roll_row.phone": f"+86 {PHONE[:3]} {PHONE[3:7]} {PHONE[7:]}",
    "speaker.name": NAME,
    "suppression.email": MAIL,
    "inbox.key": "main:slack:U1:e1",
    "lane.key": "room:1",
    "intake_row.table": "party",
    "journal.seq": 1,
    "person.merged_into": None,
    "party.same_as": None,
    "party.unit_id": None,
    "line.reply_to": None,
    "ticket.door_id": None,
    "erasure.entries": [],
    "outbox.state": 2,
    "file.purged_at": None,
}


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    made = Database(address(tmp_path), synchronous="OFF")
    Base.metadata.create_all(made.writer)
    yield made
    made.close()


def table_of(column: Column[Any]) -> str:
    return str(column.table.name)


def planted(column: Column[Any], *, theirs: bool) -> Any:
    """What stands in a column: marks of all kinds, as far as they fit."""
    table = table_of(column)
    if f"{table}.{column.name}" in GIVEN:
        return GIVEN[f"{table}.{column.name}"]
    if column.foreign_keys:
        return "room:1" if column.name == "lane" else 1
    if isinstance(column.type, JSON):
        return {"a": [OWN if theirs else f"for {NAME} <{MAIL}>", {"b": PHONE}]}
    if isinstance(column.type, String) and not isinstance(column.type, Exact):
        return text(column, theirs=theirs)
    kinds = ((Exact, Decimal(1)), (Utc, NOW), (Boolean, False), (Date, date(2026, 6, 1)), (Time, time(9)))
    return next((value for kind, value in kinds if isinstance(column.type, kind)), 1)


def text(column: Column[Any], *, theirs: bool) -> str:
    most = column.type.length or 10_000  # type: ignore[attr-defined]
    said = f"{OWN} {MAIL}" if theirs else f"told {NAME} ({LATIN}), {MAIL}, 139-1234 5678, <@{ACCOUNT}>; room full"
    kept = {name for own in owned.OWNED if own.table == table_of(column) for name in own.keep}
    if column.name in kept | forgetting.OPAQUE or column.primary_key or table_of(column) in OF_NOBODY:
        return "x"
    return next((one for one in (said, OWN if theirs else NAME) if len(one) <= most), "")


def plant(db: Session) -> None:
    """One row in every table; each hangs on the first of the others."""
    about = {own.table for own in owned.OWNED}
    for table in tables.ALL.sorted_tables:
        if table.name not in {"journal", "journal_task", "journal_anchor", "erasure"}:
            row = {column.name: planted(column, theirs=table.name in about) for column in table.columns}
            db.execute(table.insert().values({**row, **({"id": 1} if "id" in table.c else {})}))


def entries(db: Session) -> None:
    """What they typed, what others changed about them, and what is nobody's."""
    task = Change("task", 1, {"title_en": f"call {LATIN}"}, {"title_en": "call"}, 1)
    theirs = Change("reach", 1, None, {"party_id": 1, "value": MAIL, "typed": OWN})
    other = Change("task", 1, {"state": "open"}, {"state": "done"}, 1)
    for who, line, changes in (
        (1, f"note {OWN}", [other]),
        (2, f"contact add {NAME}", [theirs]),
        (2, "x", [task, other]),
    ):
        journal.append(
            db,
            1,
            at=NOW,
            person_id=who,
            meeting_id=1,
            platform="slack",
            room=ACCOUNT if who == 1 else "C1",
            line=line,
            changes=changes,
        )


def filled(db: Session) -> Subject:
    plant(db)
    db.add(Person(id=2, workspace_id=1, name="Bo", admin=True))
    db.flush()
    entries(db)
    return subjects.of(db, 1, people=[1])


def erase(db: Session, subject: Subject) -> forgetting.Effect:
    changes = journal.watch(db)
    effect = forgetting.erase(db, subject, by=2, at=NOW, name="P1", digest="d")
    journal.append(
        db, 1, at=NOW, person_id=2, meeting_id=None, platform="self", room="", line="person erase …", changes=changes
    )
    return effect


def found(db: Session) -> dict[str, list[str]]:
    """Columns in which a mark still stands."""
    left: dict[str, list[str]] = {}
    for table in tables.ALL.sorted_tables:
        for row in db.execute(select(table)).mappings():
            for name, value in row.items():
                marks = [mark for mark in MARKS if mark in json.dumps(value, ensure_ascii=False, default=str)]
                if marks:
                    left[f"{table.name}.{name}"] = marks
    return left


def test_nothing_is_left_in_any_column(database: Database) -> None:
    with database.write() as db:
        subject = filled(db)
        before = found(db)
        assert len(before) > 100
        erase(db, subject)
        assert found(db) == {}
        assert verify(db, 1) == (4, [])


def test_nothing_is_left_in_the_file_either(database: Database, tmp_path: Path) -> None:
    if not database.is_sqlite:
        pytest.skip("PostgreSQL has no file of ours")
    with database.write() as db:
        subject = filled(db)
    with database.write() as db:
        erase(db, subject)
        db.info[SCRUB] = True
    escaped = json.dumps(NAME)[1:-1]
    for file in tmp_path.glob("*.db*"):
        held = file.read_bytes()
        assert [mark for mark in (*MARKS, escaped) if mark.encode() in held] == [], file.name


def test_what_may_be_known_of_somebody_is_said_for_every_table() -> None:
    """A new table that points at people says what an erasure makes of its rows; one that hangs on nothing is known."""
    said = {f"{own.table}.{own.column}" for own in owned.OWNED} | owned.RELEASED | owned.STAYS
    links = {
        f"{table.name}.{column.name}"
        for table in tables.ALL.sorted_tables
        for column in table.columns
        for key in column.foreign_keys
        if key.column.table.name in {"person", "party"}
    }
    assert links - said == set()
    assert {table.name for table in tables.ALL.sorted_tables} - {table.name for table in whose(1)} == ELSEWHERE
    assert {own.table for own in owned.OWNED if own.of == "list"} == set(owned.LISTS)


def test_what_they_did_stays_done_and_others_are_left_alone(database: Database) -> None:
    with database.write() as db:
        subject = filled(db)
        erase(db, subject)
        task = db.execute(select(subjects.table("task"))).mappings().one()
        assert (task["done_by"], task["carried_to"]) == (1, None)
        assert task["title_en"] == f"told {GONE} ({GONE}), {GONE}, {GONE}, <@{GONE}>; room full"
        case = db.execute(select(subjects.table("membership_case"))).mappings().one()
        assert (case["fee"], case["receipt_no"], case["party_id"]) == (Decimal(1), "x", 1)
        assert db.scalar(select(subjects.table("letter").c.sent_at)) == NOW
        assert [one.name for one in people.everyone(db, 1)] == ["Bo"]
        assert [len(entry.changes()) for entry in journal.entries(db, 1)] == [1, 1, 0, 1]


def test_their_address_is_known_by_its_hash_alone(database: Database) -> None:
    with database.write() as db:
        erase(db, filled(db))
        known = letters.suppressed(db, 1)
        assert (MAIL in known, "other@quartz.example" in known) == (True, False)
        assert MAIL not in set(known)


def test_it_is_told_by_an_entry_without_which_the_journal_does_not_verify(database: Database) -> None:
    with database.write() as db:
        subject = filled(db)
        effect = forgetting.erase(db, subject, by=2, at=NOW, name="P1", digest="d")
        assert effect.entries == [1, 2, 3]
        assert verify(db, 1) == (3, [1, 2, 3])
        assert forgetting.erasure(db, 1, "d") is not None
        assert forgetting.erasure(db, 1, "e") is None


def test_another_of_the_same_name_keeps_it(database: Database) -> None:
    with database.write() as db:
        filled(db)
        db.add(Person(id=3, workspace_id=1, name=NAME))
        db.add(Person(id=4, workspace_id=1, name=f"{LATIN} Junior"))
        db.flush()
        subject = subjects.of(db, 1, people=[1])
        assert (subject.shared, subject.longer) == ((NAME,), (f"{LATIN} Junior",))
        erase(db, subject)
        assert people.get(db, 3).name == NAME
        assert people.get(db, 4).name == f"{LATIN} Junior"
        assert NAME in str(db.scalar(select(subjects.table("task").c.title_en)))


def test_another_workspace_is_left_alone(database: Database) -> None:
    with database.write() as db:
        subject = filled(db)
        db.add(Workspace(id=9, key="other", name=NAME, locale="en", zone="UTC"))
        db.flush()
        db.add(Person(id=9, workspace_id=9, name=NAME))
        db.flush()
        erase(db, subject)
        db.expire_all()
        assert (people.get(db, 9).name, workspace.get(db, 9).name) == (NAME, NAME)


@pytest.mark.parametrize(
    ("said", "left"),
    [
        ("Ask Mark Lee.", f"Ask {GONE}."),
        ("the mark lee of it", "the mark lee of it"),
        ("MarkLee", "MarkLee"),
        ("请Mark Lee看", f"请{GONE}看"),
        ("Mark Leeson", "Mark Leeson"),
        ("call +86 139 1234 5678 now", f"call {GONE} now"),
        ("no. 8613912345678", f"no. {GONE}"),
        ("1139123456789", "1139123456789"),
        ("M.LEE@x.example", GONE),
        ("am.lee@x.example", "am.lee@x.example"),
        ("<@U0QQ7> and @U0QQ7!", f"<@{GONE}> and @{GONE}!"),
        ("U0QQ7", GONE),
    ],
)
def test_who_is_named_is_found_and_nobody_else(said: str, left: str) -> None:
    subject = Subject(1, (1,), (), ("Mark Lee",), ("m.lee@x.example",), (PHONE,), ("U0QQ7",))
    assert subject.finder.clean(said) == left


def test_the_preview_counts_and_changes_nothing(database: Database) -> None:
    with database.write() as db:
        subject = filled(db)
        before = found(db)
        effect = forgetting.preview(db, subject)
        assert (effect.rows["letter"], effect.rows["reach"], effect.files) == (1, 1, [1])
        assert effect.mentions["task"] > 1
        assert found(db) == before


def test_no_column_is_for_identity_or_bank_numbers() -> None:
    """They are nobody's business here. Who adds one seals it as tokens are, and has its key changed with theirs."""
    named = {column.name for table in tables.ALL.sorted_tables for column in table.columns}
    telling = re.compile(r"bank|iban|passport|id_?card|identity|national_id|ssn|tax_no")
    assert {name for name in named if telling.search(name)} == set()
