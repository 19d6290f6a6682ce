"""A round: a database, a provider, replicas, people who ask until they are answered, and what is left in the end."""

from __future__ import annotations

import itertools
import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import inspect, select

from bot.clock import Clock
from messages import Message
from storage import outbox, workspace
from storage.base import Base, Database, Unreachable
from storage.rooms import Room
from storage.workspace import DayRule
from tests.faults import checker, history, provider, replica, zygote
from tests.faults.beat import Beat
from tests.faults.checker import Findings, Row
from tests.faults.history import Event, History
from tests.faults.provider import Manner
from tests.faults.replica import HOOKS, Ways
from tests.faults.tally import FIRST_DAY

if TYPE_CHECKING:
    from tests.faults.successor import Process

CHANNELS = 2 * HOOKS
"""Rooms of the provider that can be asked: two for each that cannot."""
ROOMS = CHANNELS + HOOKS
SPREAD = 6
"""Messages that one command promises."""
PATIENCE = 5.0
"""Seconds after which a platform delivers again what it got no answer to."""
LONGEST = 120.0
"""Seconds after which it is no longer called normal."""


class Gone(Exception):  # noqa: N818  a fact about the replica
    """It gave no answer, and may never give one."""


@dataclass
class Replica:
    """Asked by one at a time: ``guard`` is whose turn it is."""

    name: str
    process: ForkServerProcess | Process
    pipe: Connection
    guard: threading.Lock = field(default_factory=threading.Lock)

    def ask(self, number: int, **what: Any) -> tuple[bool, str]:
        """Whether it was done, and the answer. Raises ``Gone``."""
        with self.guard:
            try:
                self.pipe.send((number, what))
                while self.pipe.poll(PATIENCE):
                    answered, done, answer = self.pipe.recv()
                    if answered == number:  # what is late for an ask before is not wanted any more
                        return done, answer
            except (EOFError, OSError) as end:
                raise Gone from end
        raise Gone

    def stop(self) -> None:
        """It finishes what is in hand."""
        self.process.terminate()
        self.process.join(20)

    def kill(self) -> None:
        """Whoever asks it learns of its end before its connection is closed."""
        self.process.kill()
        self.process.join(20)

    def close(self) -> None:
        self.kill()
        with self.guard:
            self.pipe.close()


@dataclass
class Fleet:
    """``slots`` replicas at a time; whoever is killed is followed by another one in the same slot.

    ``release`` lets so many commands be asked; each slot asks one after the other, from its own thread.
    """

    folder: Path
    url: str
    seed: str
    slots: int = 3
    manner: Manner = field(default_factory=Manner)
    speed: float = 1.0
    slot: float = 0.05
    lease: float = 3.0
    timeout: float = 1.0
    tick: int = 5
    extra: Callable[[], bool] = lambda: False
    """Whether something that was answered is asked once more, before the next."""

    def __post_init__(self) -> None:
        self.chance = random.Random(self.seed)  # noqa: S311  repeatable, not secret
        self.beat = self.clock()
        self.history = History(self.folder / "history.jsonl", self.beat)
        self.numbers, self.names = itertools.count(1), itertools.count(1)
        self.permits = threading.Semaphore(0)
        self.guard = threading.Lock()
        self.over = threading.Event()
        self.released = 0
        self.answers: dict[int, str] = {}
        self.refusals: Counter[str] = Counter()
        self.failures: list[BaseException] = []
        self.now: list[Replica | None] = [None] * self.slots

    def clock(self) -> Beat:
        return Beat(Clock().now(), self.speed)

    # --- begin and end

    @contextmanager
    def running(self) -> Iterator[Fleet]:
        self.prepare()
        heard = self.folder / "provider.jsonl"
        self.stand_in, self.line = zygote.start(provider.main, heard, self.beat, self.manner)
        how: dict[str, Any] = {"lease": self.lease, "slot": self.slot, "timeout": self.timeout, "tick": self.tick}
        self.ways = Ways(self.folder, self.url, self.line.recv(), self.beat, **how)
        for at in range(self.slots):
            self.start(at)
        people = [threading.Thread(target=self._ask, args=(at,), daemon=True) for at in range(self.slots)]
        for one in people:
            one.start()
        try:
            yield self
        finally:
            self.over.set()
            for one in people:
                one.join(PATIENCE * 3)
            for there in filter(None, self.now):
                there.close()
            self.stand_in.kill()
            self.stand_in.join(20)
            self.line.close()
            self.history.close()

    def prepare(self) -> None:
        """The tables, and the rooms in which something will be said."""
        database = self.database()
        if database.is_sqlite and not inspect(database.writer).has_table("outbox"):
            Base.metadata.create_all(database.writer)
        with database.write() as db:
            place = workspace.by_key(db, "main", locale="en", zone="UTC")
            for number in range(1, ROOMS + 1):
                can_be_asked = number <= CHANNELS
                where = f"C{number:04}" if can_be_asked else f"hook:h{number - CHANNELS - 1}"
                name = "slack" if can_be_asked else "wecom"
                db.add(Room(workspace_id=place.id, platform=name, external=where, name=f"fault-{number}"))
        database.close()

    def database(self) -> Database:
        return Database(self.url, synchronous="NORMAL")

    # --- replicas

    def start(self, at: int) -> None:
        name = f"r{next(self.names)}"
        process, pipe = zygote.start(replica.main, self.ways, name)
        made = Replica(name, process, pipe)
        with suppress(EOFError, ConnectionError):
            made.pipe.recv()
        self.history.add("started", who=name)
        self.now[at] = made

    def kill(self, at: int) -> None:
        victim = self.now[at]
        if victim is not None:
            self.now[at] = None
            victim.kill()
            self.history.add("killed", who=victim.name)
            victim.close()

    # --- people

    def release(self, commands: int) -> None:
        self.released += commands
        for _ in range(commands):
            self.permits.release()

    def _ask(self, at: int) -> None:
        try:
            while not self.over.is_set():
                if self.permits.acquire(timeout=0.1):
                    self._until_answered(at, next(self.numbers))
        except BaseException as error:  # noqa: BLE001  told by whoever waits
            self.failures.append(error)

    def _until_answered(self, at: int, number: int) -> None:
        """As a platform does: once more, and then at whichever replica is there."""
        if self.answers and self.extra():
            self.once(at, self.chance.choice(self.repeatable()))
        while not self.over.is_set() and not self.once(at, number):
            at = (at + 1) % self.slots
            time.sleep(0.02)

    def repeatable(self) -> Sequence[int]:
        """What was answered and may come once more."""
        return list(self.answers)

    def once(self, at: int, number: int) -> bool:
        """Whether there was an answer; one that was given before must be the same again."""
        there = self.now[at]
        if there is None:
            return False
        try:
            done, answer = there.ask(number, **self.asked(number))
        except (Gone, ValueError):
            return False
        final = self.is_final(done, answer)
        if final:
            with self.guard:
                known = self.answers.setdefault(number, answer)
            self.history.add("answered" if known == answer else "contradicted", number=number, by=there.name)
        else:
            self.refusals[Message.known(answer).name] += 1
        return final

    def is_final(self, done: bool, answer: str) -> bool:  # noqa: FBT001  as it comes over the line
        """Whether nobody needs to ask again."""
        return done

    def asked(self, number: int) -> dict[str, Any]:
        """The command of that number, as an ``Ask`` has it."""
        line = f"tally {number} {ROOMS} {SPREAD}"
        return {"platform": "console", "account": "ann", "room": "desk", "line": line, "event_id": f"event-{number}"}

    def works(self) -> None:
        """Wait until something has been taken or answered since this was asked, for some seconds at most."""
        before, begun = self._done(), time.monotonic()
        while self._done() == before and time.monotonic() - begun < PATIENCE:
            time.sleep(0.005)

    def _done(self) -> tuple[int, int]:
        heard = self.folder / "provider.jsonl"
        return len(self.answers), heard.stat().st_size if heard.exists() else 0

    # --- the end

    def settle(self, since: float | None = None, *, longest: float = LONGEST) -> float:
        """Seconds until all is answered and said. Raises ``TimeoutError`` with what is left after ``longest``."""
        begun = time.monotonic() if since is None else since
        database, left = self.database(), -1
        try:
            while time.monotonic() - begun < longest:
                if self.failures:
                    raise self.failures[0]
                with suppress(*Unreachable), database.read() as db:
                    left = outbox.waiting(db)
                if left == 0 and len(self.answers) >= self.released:
                    return time.monotonic() - begun
                time.sleep(0.05)
        finally:
            database.close()
        raise TimeoutError(f"{self.released - len(self.answers)} unanswered, {left} unsaid")

    @property
    def events(self) -> list[Event]:
        return history.read(self.folder / "history.jsonl", self.folder / "provider.jsonl")

    @property
    def may_wait(self) -> Collection[int]:
        """The commands whose messages may be put off, so that others of their rooms pass them."""
        return ()

    def findings(self, promised: int = SPREAD) -> Findings:
        database = self.database()
        with database.read() as db:
            rows = rows_of(db, self.may_wait)
            written = [(day - FIRST_DAY).days for day in db.scalars(select(DayRule.day))]
        database.close()
        return checker.check(
            self.events, rows, slot=self.slot, written=written, promised=promised, one_writer=database.is_sqlite
        )


def rows_of(db: Any, may_wait: Collection[int] = ()) -> list[Row]:
    """What was promised to rooms at a provider; of what was put off only these commands' messages were free to be."""
    table = outbox.outbox
    wanted = select(table.c.id, table.c.dedupe_key, Room.external, table.c.state, table.c.not_before)
    found = db.execute(
        wanted.where(Room.platform != "console").join(Room, Room.id == table.c.room_id).order_by(table.c.id)
    )
    return [
        Row(number, key, external.removeprefix("hook:"), state, not_before > 0 and command_of(key) in may_wait)
        for number, key, external, state, not_before in found
    ]


def command_of(key: str) -> int:
    """The number of the command that promised a message."""
    return int(key.split(":")[1])
