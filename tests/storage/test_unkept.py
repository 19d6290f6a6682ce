"""What could not be kept: people see it, have it tried again or drop it, each in their own workspace."""

from __future__ import annotations

from storage import unkept
from storage.base import Database
from storage.outbox import Promise
from tests.storage.conftest import Desk


def give_up(desk: Desk, key: str, room: int, error: str = "invalid_blocks") -> int:
    desk.promise(f"room:{room}", key, room_id=room)
    claimed = next(one for one in desk.claim() if one.key == key)
    desk.finish(claimed, Promise.DEAD, error=error)
    return claimed.id


def test_what_was_given_up_is_listed_with_why(desk: Desk, database: Database) -> None:
    place, (team,) = desk.workspace("main", "team")
    first, second = give_up(desk, "one", team), give_up(desk, "two", team, error="is_archived")
    with database.read() as db:
        found = unkept.given_up(db, place)
    assert [(one.id, one.room, one.payload, one.error) for one in found] == [
        (second, "team", "say two", "is_archived"),
        (first, "team", "say one", "invalid_blocks"),
    ]


def test_tried_again_it_counts_as_a_second_attempt_so_that_it_is_looked_up(desk: Desk, database: Database) -> None:
    place, (team,) = desk.workspace("main", "team")
    number = give_up(desk, "one", team)
    with database.write() as db:
        assert unkept.retry(db, place, [number], now_ms=desk.now) == 1
        assert unkept.retry(db, place, [number], now_ms=desk.now) == 0
    (claimed,) = desk.claim()
    assert (claimed.key, claimed.attempt, claimed.error) == ("one", 2, "")


def test_whoever_keeps_promises_hears_that_a_lane_goes_on(desk: Desk, database: Database) -> None:
    place, (team,) = desk.workspace("main", "team")
    number = give_up(desk, "one", team)
    heard: list[bool] = []
    database.promised = lambda: heard.append(True)
    with database.write() as db:
        unkept.retry(db, place, [number], now_ms=desk.now)
        assert heard == []
    assert heard == [True]


def test_dropped_it_is_listed_no_more(desk: Desk, database: Database) -> None:
    place, (team,) = desk.workspace("main", "team")
    number = give_up(desk, "one", team)
    with database.write() as db:
        assert unkept.drop(db, place, [number, number + 1]) == 1
        assert unkept.given_up(db, place) == []
    assert desk.state("one") == Promise.DROPPED
    assert desk.claim() == []


def test_a_lane_that_stands_still_is_listed_and_resumed_in_order(desk: Desk, database: Database) -> None:
    place, (team,) = desk.workspace("main", "team")
    for key in ("one", "two"):
        desk.promise(f"room:{team}", key, room_id=team, interval_ms=1000)
    desk.finish(desk.claim()[0], Promise.READY, counted=False, paused="the bot was removed")
    with database.read() as db:
        (found,) = unkept.paused(db, place)
    assert (found.lane, found.room, found.reason, found.waiting) == (f"room:{team}", "team", "the bot was removed", 2)
    desk.now += 60_000
    assert desk.claim() == []
    with database.write() as db:
        unkept.resume(db, found.lane, now_ms=desk.now)
        unkept.resume(db, "room:999", now_ms=desk.now)
        assert unkept.paused(db, place) == []
    assert desk.claimed() == ["one"]


def test_a_room_that_stands_still_is_known_by_the_platform_s_name_for_it(desk: Desk, database: Database) -> None:
    _, (team, _) = desk.workspace("main", "team", "board")
    desk.workspace("other", "team")
    desk.promise(f"room:{team}", "one", room_id=team)
    desk.finish(desk.claim()[0], Promise.READY, paused="is_archived")
    places = {"team": ("main", "web"), "board": ("main", "web"), "elsewhere": ("main", "web")}
    with database.read() as db:
        found = {room: unkept.is_paused(db, key, platform=where, room=room) for room, (key, where) in places.items()}
        assert found == {"team": True, "board": False, "elsewhere": False}
        assert not unkept.is_paused(db, "other", platform="web", room="team")
        assert not unkept.is_paused(db, "main", platform="slack", room="team")


def test_having_one_tried_again_resumes_its_lane(desk: Desk, database: Database) -> None:
    place, (team,) = desk.workspace("main", "team")
    number = give_up(desk, "one", team)
    desk.promise(f"room:{team}", "two", room_id=team)
    desk.finish(desk.claim()[0], Promise.READY, counted=False, paused="closed")
    with database.write() as db:
        unkept.retry(db, place, [number], now_ms=desk.now)
    assert desk.claimed() == ["one"]


def test_another_workspace_sees_and_changes_nothing_of_it(desk: Desk, database: Database) -> None:
    _, (team,) = desk.workspace("main", "team")
    other, _ = desk.workspace("other", "team")
    number = give_up(desk, "one", team)
    desk.promise(f"room:{team}", "two", room_id=team)
    desk.finish(desk.claim()[0], Promise.READY, counted=False, paused="closed")
    with database.write() as db:
        assert unkept.given_up(db, other) == []
        assert unkept.paused(db, other) == []
        assert unkept.retry(db, other, [number], now_ms=desk.now) == 0
        assert unkept.drop(db, other, [number]) == 0
    assert desk.state("one") == Promise.DEAD
    assert desk.lane(f"room:{team}").paused == "closed"
