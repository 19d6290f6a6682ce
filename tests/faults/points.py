"""F3: killed at every point that has a name, and in the middle of an upgrade of the database."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from multiprocessing.connection import Connection
from typing import Any

from sqlalchemy import create_engine, event, inspect

from storage import migrations
from storage.base import Base, Database
from tests.faults import zygote
from tests.faults.bots import Bot, House, Killed
from tests.faults.checker import Findings
from tests.faults.driver import POINTS
from tests.faults.registry import Outcome, Round, fault

ASKED = [point for point in POINTS if point not in {"promised, not committed", "swept"}]
"""Those that commands and their messages pass; tests/faults/test_killed.py has the others, with nudges."""
COMMANDS = 4


@fault(
    "F3",
    "kill -9 at every named point",
    counted="kills",
    sampled={"turns": 1},
    full={"turns": 3},
    rounds=5,
)
def named(given: Round) -> Outcome:
    """Each point at its first passing, its second …, each time with a database of its own."""
    found, kills, messages = Findings(), 0, 0
    turns = range(1, given.size["turns"] + 1)
    for point in ASKED:
        for turn in turns if len(turns) > 1 else [given.chance.randint(1, 3)]:
            house = House(given.folder / f"{kills}", given.another())
            house.folder.mkdir()
            house.create()
            killed(house, point, turn)
            found.add(house.findings())
            kills, messages = kills + 1, messages + COMMANDS
    return Outcome(kills, messages, found)


def killed(house: House, point: str, turn: int) -> None:
    """Commands and their messages in a process that dies; then all of them again, also those that got an answer."""
    with house.bot() as bot:
        bot.tell(kill=point, turn=turn)
        try:
            work(house, bot)
        except Killed:
            pass
        else:
            raise AssertionError(f"{point} was not passed {turn} times")
    with house.bot() as bot:
        for number in range(1, COMMANDS + 1):
            house.ask(bot, number)
    house.settle()
    house.check()


def work(house: House, bot: Bot) -> None:
    for number in range(1, COMMANDS + 1):
        house.ask(bot, number)
        bot.tell(drain=True)


@fault(
    "F3",
    "kill -9 in an upgrade",
    counted="kills",
    sampled={"kills": 2},
    full={"kills": 40},
)
def upgraded(given: Round) -> Outcome:
    """At some statement of it: nothing is half there, and the next one finds everything to do."""
    found = Findings()
    whole = len(Base.metadata.tables)
    for number in range(given.size["kills"]):
        url = given.another(empty=True)
        statement = given.chance.randint(1, whole) if number else whole
        process, pipe = zygote.start(_upgrade, url, statement)
        process.join(60)
        pipe.close()
        assert process.exitcode == -signal.SIGKILL
        database = Database(url)
        if tables(url) - {"alembic_version"}:
            found.halves.append(f"{len(tables(url))} tables after statement {statement}")
        migrations.upgrade(database)
        database.close()
        if not set(Base.metadata.tables) <= tables(url):
            found.lost.append(f"tables after statement {statement}")
    return Outcome(given.size["kills"], 0, found)


def tables(url: str) -> set[str]:
    engine = create_engine(url)
    try:
        return set(inspect(engine).get_table_names())
    finally:
        engine.dispose()


def _upgrade(connection: Connection, url: str, statement: int) -> None:
    """In a process of its own, which dies after so many tables have been made."""
    database, left = Database(url), statement

    def count(*given: Any) -> None:
        nonlocal left
        left -= str(given[2]).lstrip().upper().startswith("CREATE TABLE")
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    counted: Callable[..., None] = count
    event.listen(database.writer, "after_cursor_execute", counted)
    migrations.upgrade(database)
