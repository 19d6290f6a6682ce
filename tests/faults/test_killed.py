"""Killed with -9 at every point that has a name: nothing acknowledged is lost, nothing is half there or said twice."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from tests.faults.bots import Bot, House, Killed
from tests.faults.driver import POINTS
from tests.handlers.nudges.build import World, at, database

pytestmark = pytest.mark.slow
COMMANDS = [point for point in POINTS if point not in ("promised, not committed", "swept")]


@pytest.fixture
def house(tmp_path: Path, url: str) -> House:
    made = House(tmp_path, url)
    made.create()
    return made


def killed(house: House, point: str, turn: int) -> None:
    """Four commands and their messages, in a process that dies at the n-th passing of a point."""
    with house.bot() as bot:
        bot.tell(kill=point, turn=turn)
        with pytest.raises(Killed):
            work(house, bot)


def work(house: House, bot: Bot) -> None:
    for number in range(1, 5):
        house.ask(bot, number)
        bot.tell(drain=True)


@pytest.mark.parametrize("point", COMMANDS)
def test_commands_and_their_messages(house: House, point: str) -> None:
    killed(house, point, turn=2)
    with house.bot() as bot:  # the platform delivers everything again that it got no answer to, and what it got
        for number in range(1, 5):
            house.ask(bot, number)
    house.settle()
    house.check()
    assert sorted(house.acknowledged) == [1, 2, 3, 4]


def test_without_a_look_up_the_one_window_shows(tmp_path: Path, url: str) -> None:
    """A test of the test: a provider that cannot be asked gets the message of that window a second time."""
    house = House(tmp_path, url, tells=False)
    house.create()
    killed(house, "accepted, not marked", turn=2)
    house.settle()
    house.check()
    assert Counter(house.paper()) == {"tally:1": 1, "tally:2": 2}


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
