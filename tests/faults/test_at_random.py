"""Two bots on one database, killed at random moments while they work; `make faults` kills more often.

``HUIHOU_FAULTS`` is how many kills, ``HUIHOU_SEED`` which ones: a run that failed prints it.
"""

from __future__ import annotations

import os
import random
import secrets
import time
from pathlib import Path

import pytest

from tests.faults.bots import LEASE, Bot, House, Killed

pytestmark = pytest.mark.slow
KILLS = int(os.environ.get("HUIHOU_FAULTS", "5"))
SEED = os.environ.get("HUIHOU_SEED") or secrets.token_hex(4)


def test_two_bots_killed_at_random_lose_nothing_and_repeat_nothing(tmp_path: Path, either: str) -> None:
    print(f"{KILLS} kills, HUIHOU_SEED={SEED}")
    chance = random.Random(SEED)  # noqa: S311  repeatable, not secret
    house = House(tmp_path, either)
    house.create()
    bots = [house.start(), house.start()]
    asked = 0
    for _ in range(KILLS):
        for _ in range(chance.randrange(4)):
            asked = together(house, bots, asked)
        victim = chance.randrange(2)
        begin(house, bots, asked)
        time.sleep(chance.uniform(0, 0.03))
        bots[victim].kill()
        asked = end(house, bots, asked)
        bots[victim].close()
        house.now += LEASE
        bots[victim] = house.start()
    for number in range(1, asked + 1):  # the platform delivers again what it got no answer to
        house.ask(bots[number % 2], number)
    for bot in bots:
        bot.close()
    house.settle()
    house.check()
    assert len(house.acknowledged) == asked >= KILLS


def together(house: House, bots: list[Bot], asked: int) -> int:
    """Both get a command, and one the other's too; then both deliver."""
    begin(house, bots, asked)
    return end(house, bots, asked)


def begin(house: House, bots: list[Bot], asked: int) -> None:
    for bot, number in zip(bots, (asked + 1, asked + 2), strict=True):
        house.begin(bot, number)
        house.begin(bot, max(asked, 1))
        bot.begin(drain=True)


def end(house: House, bots: list[Bot], asked: int) -> int:
    for bot, number in zip(bots, (asked + 1, asked + 2), strict=True):
        try:
            house.hear(bot, number)
            house.hear(bot, max(asked, 1))
            bot.end()
        except Killed:
            continue
    return asked + 2
