"""Two bots on one database tick at the same moments over a clock change; one is killed and comes back in between."""

from __future__ import annotations

import random
from collections import Counter
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from storage.workspace import DayRule
from tests.faults.bots import LEASE, Bot, House, Killed
from tests.handlers.nudges.build import World, database

pytestmark = pytest.mark.slow
BERLIN = ZoneInfo("Europe/Berlin")
STEP = timedelta(minutes=10)


@pytest.mark.parametrize(
    ("sunday", "fires"),
    [
        ("2026-03-29", "03:30"),  # 02:30 does not exist
        ("2026-10-25", "02:30"),  # 02:30 comes twice
    ],
)
def test_every_nudge_once(tmp_path: Path, url: str, sunday: str, fires: str) -> None:
    day = date.fromisoformat(sunday)
    start = datetime.combine(day - timedelta(days=1), time(23), BERLIN).astimezone(UTC)
    world = berlin(url, day, start)
    house = House(tmp_path, url, now=start)
    bots = [house.start(), house.start()]
    chance = random.Random(sunday)  # noqa: S311  repeatable, not secret
    deaths = set(chance.sample(range(10, 180), 3))
    for step in range(180):
        for bot in bots:
            bot.begin(at=house.now.isoformat(), tick=True, drain=True)
        if step in deaths:
            bots[0].kill()
        for bot in bots:
            end(bot)
        if step in deaths:
            bots[0].close()
            bots[0] = house.start()
        house.now += STEP
    for bot in bots:
        bot.close()
    house.now += LEASE
    house.settle()

    rows = [row for row in world.ledger() if row.message]
    assert set(Counter((row.task_id, row.rung, row.local_date, row.room_id) for row in rows).values()) == {1}
    team = [row for row in rows if row.room_id == 1]
    assert sorted({(row.task_id, row.rung, row.local_date - day) for row in team}) == expected()
    first = {f"{row.at.astimezone(BERLIN):%H:%M}" for row in team if row.local_date == day}
    assert first == {fires}
    said = Counter(house.paper())
    assert set(said.values()) == {1}
    assert set(said) == {row.message for row in rows}
    world.db.close()


def expected() -> list[tuple[int, str, timedelta]]:
    """Five tasks are due on the Sunday, five on the Monday; by Monday noon each has had two rungs."""
    sunday, monday = timedelta(0), timedelta(days=1)
    due = [(number, "due", sunday) for number in range(1, 6)]
    late = [(number, "late", monday) for number in range(1, 6)]
    ahead = [(number, "heads_up", sunday) for number in range(6, 11)]
    then = [(number, "due", monday) for number in range(6, 11)]
    return sorted(due + late + ahead + then)


def berlin(url: str, day: date, start: datetime) -> World:
    """A team's room that is spoken to at 02:30, with ten tasks; every day is worked."""
    world = World(database(url), now=start - timedelta(days=9))
    world.change(world.place, country="")
    world.add(*(DayRule(workspace_id=world.place.id, day=day + timedelta(days=n), worked=True) for n in range(-1, 3)))
    team = world.room(zone="Europe/Berlin", morning=time(2, 30), quiet_from=time(0), quiet_to=time(0))
    world.change(team, afternoon=None)
    wang = world.person("Wang")
    for number in range(1, 11):
        due = datetime.combine(day + timedelta(days=number > 5), time(18), BERLIN).astimezone(UTC)
        world.task(number, due, *([wang] if number % 2 else []))
    world.tick(start)
    return world


def end(bot: Bot) -> None:
    try:
        bot.end()
    except Killed:
        return
