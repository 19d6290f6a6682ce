"""Starts bots as processes, tells them what to do, and looks at what they leave behind when they are killed."""

from __future__ import annotations

import json
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from typing import Any

from sqlalchemy import select

from storage import journal, outbox
from storage.base import Base, Database
from storage.verifying import verify
from storage.workspace import DayRule, Workspace
from tests.faults import checker, driver, zygote
from tests.faults.checker import Findings, Row
from tests.faults.tally import FIRST_DAY

LEASE = timedelta(seconds=31)


class Killed(Exception):  # noqa: N818  a fact about the bot
    """The bot is gone: what it was told last got no answer."""


@dataclass
class Bot:
    """One process; ``tell`` gives its answer."""

    process: ForkServerProcess
    pipe: Connection

    def tell(self, **what: Any) -> Any:
        self.begin(**what)
        return self.end()

    def begin(self, **what: Any) -> None:
        """Without waiting for the answer, so that another may begin at the same time."""
        with suppress(BrokenPipeError):
            self.pipe.send(what)

    def end(self) -> Any:
        try:
            return self.pipe.recv()
        except (EOFError, ConnectionError):
            self.process.join(20)
            assert self.process.exitcode == -signal.SIGKILL, "it was not killed, it failed"
            raise Killed from None

    def kill(self) -> None:
        self.process.kill()
        self.process.join(20)

    def close(self) -> None:
        self.kill()
        self.pipe.close()


@dataclass
class House:
    """A folder, the database at an address, and the bots that live on it. ``now`` is their clock."""

    folder: Path
    url: str
    now: datetime = datetime(2026, 6, 10, 1, tzinfo=UTC)
    tells: bool = True
    acknowledged: dict[int, str] = field(default_factory=dict)

    @contextmanager
    def bot(self) -> Iterator[Bot]:
        bot = self.start()
        try:
            yield bot
        finally:
            bot.close()

    def start(self) -> Bot:
        bot = Bot(*zygote.start(driver.main, self.folder, self.url, self.tells))
        assert bot.end() == "ready"
        bot.tell(at=self.now.isoformat())
        return bot

    def create(self) -> None:
        database = self.database()
        Base.metadata.create_all(database.writer)
        database.close()

    def database(self) -> Database:
        return Database(self.url, synchronous="NORMAL")

    def ask(self, bot: Bot, number: int) -> str:
        """Have it write a row; an answer is an acknowledgement, and is remembered."""
        self.begin(bot, number)
        return self.hear(bot, number)

    def begin(self, bot: Bot, number: int) -> None:
        bot.begin(ask=f"tally {number}", event=f"event-{number}", at=self.now.isoformat())

    def hear(self, bot: Bot, number: int) -> str:
        answer = str(bot.end())
        known = self.acknowledged.setdefault(number, answer)
        assert known == answer, "the same event got another answer"
        return answer

    def paper(self) -> list[str]:
        """The keys of what readers have seen, in order; a line that a kill tore apart was not accepted."""
        file = self.folder / "paper"
        return [json.loads(line)["key"] for line in file.read_text().splitlines()] if file.exists() else []

    def settle(self) -> None:
        """A bot that nobody kills keeps what is left, once the leases of the dead are over.

        PostgreSQL may take a moment to notice that somebody is dead, and lets go of what they had locked only then.
        """
        self.now += LEASE
        database = self.database()
        with self.bot() as bot:
            for _ in range(100):
                bot.tell(at=self.now.isoformat(), tick=True, drain=True)
                with database.read() as db:
                    if not outbox.waiting(db):
                        break
                time.sleep(0.05)
        database.close()

    def check(self) -> None:
        """What was acknowledged is there once; what is there is whole; what was promised was said, in order."""
        database = self.database()
        with database.read() as db:
            days = [(day - FIRST_DAY).days for day in db.scalars(select(DayRule.day).order_by(DayRule.id))]
            lines = list(db.scalars(select(journal.Entry.line).order_by(journal.Entry.seq)))
            table = outbox.outbox
            rows = db.execute(select(table.c.dedupe_key, table.c.lane, table.c.state).order_by(table.c.id)).all()
            (place,) = db.scalars(select(Workspace.id))  # not always 1: PostgreSQL gives no number twice
            count, broken = verify(db, place)
            left = outbox.waiting(db)
        database.close()
        promised = [row.dedupe_key for row in rows if row.dedupe_key.startswith("tally:")]
        assert set(self.acknowledged) <= set(days)
        assert len(days) == len(set(days))
        assert lines == [f"tally {number}" for number in days]
        assert promised == [f"tally:{number}" for number in days]
        assert (count, broken, left) == (len(lines), [], 0)
        said = [key for key in self.paper() if key.startswith("tally:")]
        if self.tells:
            assert said == promised
        else:
            assert list(dict.fromkeys(said)) == promised

    def findings(self) -> Findings:
        """What the checker says. A provider that tells nothing is judged as if it had been asked."""
        database, table = self.database(), outbox.outbox
        with database.read() as db:
            days = [(day - FIRST_DAY).days for day in db.scalars(select(DayRule.day))]
            kept = db.execute(select(table.c.id, table.c.dedupe_key, table.c.room_id, table.c.state)).all()
        database.close()
        rows = [Row(row.id, row.dedupe_key, str(row.room_id), row.state) for row in kept]
        lanes = {row.key: row.lane for row in rows}
        said = {"what": "accepted", "by": "", "answer": "whole", "asked": True}
        events = [{"at": at, "key": key, "lane": lanes[key], **said} for at, key in enumerate(self.paper())]
        answered = [{"at": 0, "what": "answered", "number": number} for number in self.acknowledged]
        return checker.check([*answered, *events], rows, written=days, promised=1)
