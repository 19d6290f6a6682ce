"""Two schedulers on one file, restarts and clock changes: every nudge exactly once."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from handlers.nudges import jobs
from storage.base import Database
from storage.nudges import Rung
from storage.rooms import Room
from storage.workspace import DayRule
from tests.databases import address
from tests.handlers.nudges.build import World, at, database

TEN = timedelta(minutes=10)
CLIMBS = {
    1: ["late", "later", "weekly"],
    2: ["due", "late", "later"],
    3: ["heads_up", "late", "later"],  # due on a Saturday, a Sunday: overtaken on Monday
    4: ["heads_up", "late", "later"],
    5: ["due", "late", "later"],
}


def tick(db: Database, now: datetime) -> None:
    with db.read() as session:
        units = jobs.due(session, now)
    for unit in units:
        with db.write() as session:
            jobs.sweep(session, unit, now, {})


def tick_at_once(schedulers: Sequence[Database], now: datetime) -> None:
    """Every scheduler finds the same work due, then all go for it."""
    barrier = threading.Barrier(len(schedulers))
    failures: list[BaseException] = []

    def run(db: Database) -> None:
        try:
            with db.read() as session:
                units = jobs.due(session, now)
            barrier.wait(10)
            for unit in units:
                with db.write() as session:
                    jobs.sweep(session, unit, now, {})
        except BaseException as failure:
            failures.append(failure)
            raise

    threads = [threading.Thread(target=run, args=(db,)) for db in schedulers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert not failures


def once_each(world: World) -> Counter[tuple[int, Rung, date, int]]:
    """Every nudge that was sent; asserts that none was sent twice and each message carries what the ledger says."""
    rows = [row for row in world.ledger() if row.message]
    found = Counter((row.task_id, row.rung, row.local_date, row.room_id) for row in rows)
    assert set(found.values()) <= {1}
    return found


@pytest.mark.parametrize("moment", ["2026-06-10 09:10", "2026-06-10 14:00"])
def test_two_schedulers_at_the_same_moment_nudge_once(tmp_path: Path, moment: str) -> None:
    first, second = database(address(tmp_path)), database(address(tmp_path))
    world = World(first)
    team, wang = world.room(), world.person("Wang")
    for number in range(1, 21):
        world.task(number, "2026-06-10 18:00", wang)
    world.tick("2026-06-10 08:00")
    for _ in range(3):
        tick_at_once([first, second], at(moment))
    assert sum(once_each(world).values()) == 40
    assert len(world.said(team)) == len(world.said(world.room_of(wang))) == 1


def test_a_restart_in_between_neither_repeats_nor_loses(tmp_path: Path) -> None:
    world = World(database(address(tmp_path)))
    team = world.room()
    for number in range(1, 6):
        world.task(number, f"2026-06-{10 + number} 18:00")
    moment = at("2026-06-10 00:00")
    while moment < at("2026-06-23 15:00"):
        both = [world.db, database(address(tmp_path))]
        tick_at_once(both, moment)
        world.db.close()  # the one that was there is gone, the other goes on
        world.db = both[1]
        moment += timedelta(hours=3, minutes=7)
    once_each(world)
    for number in range(1, 6):
        rungs = [one.split(" ")[1] for one in world.heard(team) if one.startswith(f"T{number} ")]
        assert rungs[:1] + rungs[-3:] == ["heads_up", *CLIMBS[number]]
    world.db.close()


def test_what_was_not_committed_is_done_by_the_next(tmp_path: Path) -> None:
    world = World(database(address(tmp_path)))
    team = world.room()
    world.task(1, "2026-06-10 18:00")
    world.tick("2026-06-10 08:00")
    with pytest.raises(KeyboardInterrupt):
        die_before_the_commit(world)
    assert world.said(team) == []
    world.tick("2026-06-10 09:11")
    assert world.heard(team) == ["T1 due 06-10 09:11"]
    world.db.close()


def die_before_the_commit(world: World) -> None:
    with world.db.write() as session:
        [unit] = jobs.due(session, at("2026-06-10 09:10"))
        jobs.sweep(session, unit, at("2026-06-10 09:10"), {})
        raise KeyboardInterrupt


@pytest.mark.parametrize(
    ("zone", "sunday", "fires"),
    [
        ("Europe/Berlin", "2026-03-29", "03:30"),  # 02:30 does not exist
        ("Europe/Berlin", "2026-10-25", "02:30"),  # 02:30 comes twice
        ("America/New_York", "2026-03-08", "03:30"),
        ("America/New_York", "2026-11-01", "02:30"),
    ],
)
def test_over_a_clock_change_every_day_has_its_one_message(tmp_path: Path, zone: str, sunday: str, fires: str) -> None:
    place, day = ZoneInfo(zone), date.fromisoformat(sunday)
    first, second = database(address(tmp_path)), database(address(tmp_path))
    start = datetime.combine(day - timedelta(days=1), time(12), place).astimezone(UTC)
    world = World(first, now=start - timedelta(days=9))
    world.change(world.place, country="")
    world.add(*(DayRule(workspace_id=world.place.id, day=day - timedelta(days=n), worked=True) for n in (0, 1)))
    team = world.room(zone=zone, morning=time(2, 30), quiet_from=time(0), quiet_to=time(0))
    world.change(team, afternoon=None)
    for number, days in enumerate((0, 1), 1):
        world.task(number, datetime.combine(day + timedelta(days=days), time(18), place).astimezone(UTC))
    tick(first, start)
    for step in range(6 * 40):
        tick_at_once([first, second], start + step * TEN)
    found = once_each(world)
    assert sorted((rung, local_date - day) for _, rung, local_date, _ in found) == [
        ("due", timedelta(0)),
        ("due", timedelta(days=1)),
        ("heads_up", timedelta(0)),
        ("late", timedelta(days=1)),
    ]
    assert of_day(world, team, place, day) == [fires]
    assert of_day(world, team, place, day + timedelta(days=1)) == ["02:30"]
    first.close()
    second.close()


def of_day(world: World, room: Room, place: ZoneInfo, day: date) -> list[str]:
    """When the room was spoken to on a day, by its own clocks."""
    rows = world.ledger(room_id=room.id, local_date=day)
    return sorted({f"{row.at.astimezone(place):%H:%M}" for row in rows if row.message})
