"""Starts bots as processes, tells them what to do, and looks at what they leave behind when they are killed."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select

from storage import journal, outbox
from storage.base import Base, Database
from storage.verifying import verify
from storage.workspace import DayRule

ROOT = Path(__file__).parents[2]
LEASE = timedelta(seconds=31)


class Killed(Exception):  # noqa: N818  a fact about the bot
    """The bot is gone: what it was told last got no answer."""


@dataclass
class Bot:
    """One process; ``tell`` gives its answer."""

    process: subprocess.Popen[str]

    def tell(self, **what: Any) -> Any:
        self.begin(**what)
        return self.end()

    def begin(self, **what: Any) -> None:
        """Without waiting for the answer, so that another may begin at the same time."""
        assert self.process.stdin is not None
        with suppress(BrokenPipeError):
            self.process.stdin.write(json.dumps(what) + "\n")
            self.process.stdin.flush()

    def end(self) -> Any:
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        if not line:
            assert self.process.wait(20) == -signal.SIGKILL, "it was not killed, it failed"
            raise Killed
        return json.loads(line)

    def kill(self) -> None:
        self.process.kill()
        self.process.wait(20)

    def close(self) -> None:
        if self.process.poll() is None:
            self.kill()
        for stream in (self.process.stdin, self.process.stdout):
            if stream is not None:
                with suppress(BrokenPipeError):
                    stream.close()


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
        how = "tells" if self.tells else "mute"
        command = [sys.executable, "-m", "tests.faults.driver", str(self.folder), self.url, how]
        process = subprocess.Popen(  # noqa: S603  our own driver
            command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )
        bot = Bot(process)
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
        """A bot that nobody kills keeps what is left, once the leases of the dead are over."""
        self.now += LEASE
        with self.bot() as bot:
            bot.tell(tick=True, drain=True)

    def check(self) -> None:
        """What was acknowledged is there once; what is there is whole; what was promised was said, in order."""
        database = self.database()
        with database.read() as db:
            days = [(day - date(2000, 1, 1)).days for day in db.scalars(select(DayRule.day).order_by(DayRule.id))]
            lines = list(db.scalars(select(journal.Entry.line).order_by(journal.Entry.seq)))
            table = outbox.outbox
            rows = db.execute(select(table.c.dedupe_key, table.c.lane, table.c.state).order_by(table.c.id)).all()
            count, broken = verify(db, 1)
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
