"""What was said at WeCom, part by part: known to every process, counted by place, forgotten in time."""

from __future__ import annotations

from storage import rooms, wecom_parts, workspace
from storage.base import Database, Session

LI = "user:li"


def room(db: Session, key: str = "main") -> tuple[int, int]:
    place = workspace.by_key(db, key)
    return place.id, rooms.met(db, place.id, "wecom", LI).id


def says(db: Session, room_id: int, key: str, number: int, at: int, *, place: str = LI) -> None:
    row = {"room_id": room_id, "place": place, "said": f"{key}-1", "msgid": f"msg{at}", "at_ms": at}
    wecom_parts.keep(db, key, number, **row)


def test_whoever_goes_on_knows_what_was_said(database: Database) -> None:
    with database.write() as db:
        _, li = room(db)
        assert wecom_parts.begun(db, "long") == ("", 0)
        for number in (1, 2, 3):
            says(db, li, "long", number, number)
        says(db, li, "other", 1, 4)
    with database.read() as db:
        assert wecom_parts.begun(db, "long") == ("long-1", 3)


def test_what_was_said_at_a_place_is_counted_there_alone(database: Database) -> None:
    with database.write() as db:
        (home, li), (other, _) = room(db), room(db, "wecom:club")
        for at in (5, 1, 3):
            says(db, li, f"one {at}", 1, at)
        says(db, li, "whisper", 1, 4, place="bot:li")
        assert wecom_parts.times(db, home, LI, since_ms=1, most=9) == [5, 3]
        assert wecom_parts.times(db, home, LI, since_ms=0, most=2) == [5, 3]
        assert wecom_parts.times(db, home, "bot:li", since_ms=0, most=9) == [4]
        assert wecom_parts.times(db, other, LI, since_ms=0, most=9) == []


def test_a_message_is_gone_once_all_of_it_was_taken_back(database: Database) -> None:
    with database.write() as db:
        _, li = room(db)
        for number in (1, 2):
            says(db, li, "long", number, number)
        wecom_parts.recall(db, "long", 1)
        assert [part.number for part in wecom_parts.standing(db, li, "long-1")] == [2]
        assert not wecom_parts.is_gone(db, li, "long-1")
        wecom_parts.recall(db, "long", 2)
        assert wecom_parts.is_gone(db, li, "long-1")
        assert not wecom_parts.is_gone(db, li, "other-1")
        row = {"room_id": li, "place": LI, "said": "long-1", "msgid": "msg9", "at_ms": 9}
        wecom_parts.keep(db, "long:edit:1", 1, **row)
        assert not wecom_parts.is_gone(db, li, "long-1")


def test_old_ones_are_forgotten_a_few_at_a_time(database: Database) -> None:
    with database.write() as db:
        _, li = room(db)
        for number in (1, 2, 3):
            says(db, li, "long", number, number)
        assert wecom_parts.forget(db, before_ms=3, most=1)
        assert wecom_parts.forget(db, before_ms=3, most=1)
        assert not wecom_parts.forget(db, before_ms=3, most=1)
        assert wecom_parts.begun(db, "long") == ("long-1", 1)
