"""Killed with -9 while nudges are planned and sent: each is said once. Commands are in tests/faults/points.py."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from tests.faults.bots import House, Killed
from tests.handlers.nudges.build import World, at, database

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("point", ["promised, not committed", "swept", "lane claimed", "accepted, not marked"])
def test_nudges(tmp_path: Path, url: str, point: str) -> None:
    house, world = nudged(tmp_path, url)
    with house.bot() as bot:
        bot.tell(kill=point, turn=1)
        with pytest.raises(Killed):
            bot.tell(tick=True, drain=True)
    house.settle()
    said = Counter(house.paper())
    assert set(said.values()) == {1}
    assert len(said) == 3, "the team's message and one for each of two people"
    assert {(row.task_id, row.room_id) for row in world.ledger() if row.message} == {
        (task, room) for task, room in seats(world)
    }
    world.db.close()


def nudged(folder: Path, url: str) -> tuple[House, World]:
    """Two people's tasks that come due today, at the moment at which their rooms hear of them."""
    world = World(database(url))
    world.room()
    for number, name in enumerate(("Wang", "Li"), 1):
        world.task(number, "2026-06-10 18:00", world.person(name))
    world.tick("2026-06-10 08:00")
    return House(folder, url, now=at("2026-06-10 09:10")), world


def seats(world: World) -> set[tuple[int, int]]:
    """Who hears of which task: the team of both, each owner of their own."""
    team, wang, li = 1, 2, 3
    return {(1, team), (2, team), (1, wang), (2, li)}
