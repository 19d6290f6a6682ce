"""What is said in rooms that live here: once each, in order, to those it is for."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from storage import conversation, people
from storage.base import Database
from storage.conversation import Line
from tests.storage.conftest import Desk

NOON = datetime(2026, 6, 10, 12, tzinfo=UTC)


def say(database: Database, room: int, key: str, **fields: Any) -> Line:
    with database.write() as db:
        return conversation.say(db, room, key=key, at=NOON, payload=key, **fields)


def seen(database: Database, room: int, since: int, person: int = 0) -> list[str]:
    with database.read() as db:
        return [line.key for line in conversation.since(db, room, since, person_id=person)]


def test_a_key_is_said_once(desk: Desk, database: Database) -> None:
    _, (team,) = desk.workspace("main", "team")
    assert say(database, team, "one").id == say(database, team, "one").id
    assert seen(database, team, 0) == ["one"]


def test_who_looks_again_sees_what_is_new_or_edited(desk: Desk, database: Database) -> None:
    _, (team, other) = desk.workspace("main", "team", "other")
    first = say(database, team, "one")
    second = say(database, team, "two")
    say(database, other, "elsewhere")
    assert seen(database, team, first.seen) == ["two"]
    with database.write() as db:
        conversation.edit(db, conversation.by_key(db, "one") or first, "changed")
    assert seen(database, team, second.seen) == ["one"]
    with database.read() as db:
        line = conversation.by_key(db, "one")
        assert line is not None
        assert (line.payload, line.edited) == ("changed", True)


def test_what_is_for_one_person_is_seen_by_nobody_else(desk: Desk, database: Database) -> None:
    place, (team,) = desk.workspace("main", "team")
    with database.write() as db:
        ann, bob = (people.met(db, place, "web", name).id for name in ("ann", "bob"))
    root = say(database, team, "for all")
    say(database, team, "for ann", only_for=ann, reply_to=root.id)
    assert seen(database, team, 0, ann) == ["for all", "for ann"]
    assert seen(database, team, 0, bob) == ["for all"]
    with database.read() as db:
        for person, answers in ((ann, 1), (bob, 0)):
            assert len(conversation.replies(db, [root.id], person_id=person)) == answers
            assert conversation.newest(db, [team], person_id=person) == {team: 1 + answers}


def test_roots_leave_answers_out_and_page_backwards(desk: Desk, database: Database) -> None:
    _, (team,) = desk.workspace("main", "team")
    lines = [say(database, team, str(number)) for number in range(5)]
    say(database, team, "answer", reply_to=lines[0].id)
    with database.read() as db:
        assert [line.key for line in conversation.roots(db, team, person_id=0, limit=2)] == ["3", "4"]
        earlier = conversation.roots(db, team, person_id=0, limit=2, before=lines[3].id)
        assert [line.key for line in earlier] == ["1", "2"]
        assert [line.key for line in conversation.replies(db, [lines[0].id], person_id=0)] == ["answer"]
