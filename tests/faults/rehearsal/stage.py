"""Replicas that share a clock, which leaps ahead when everything that is due has been done; some of them die."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import func, select, text

from storage import nudges, workspace
from storage.base import Session, Unreachable
from storage.outbox import lane
from tests.faults.beat import Beat
from tests.faults.fleet import LONGEST, Fleet
from tests.faults.rehearsal.strides import Strides
from tests.faults.rehearsal.team import Saying

LATELY = 20
"""Of so many commands that were answered last one comes again."""
AT_ONCE = timedelta(milliseconds=5)
"""So long after the moment of an event everybody is there."""
ABSENT = 0.3
"""The share of the killed who come back only some time later, in seconds at most ``LATER``."""
LATER = 4.0
LONGEST_LINE = 1000
"""Bytes of what the provider writes down at once, at most."""
SOON = 0.4
"""Seconds within which the others are killed."""
LOOKS = 10
"""So many times it is looked whether somebody is to die, for each time that everything is."""
IN_THE_ACT = 0.6
"""The share of the killed who have just said something, and may not have written it down."""
TRANSIENT = frozenset({"common/refusals/busy", "common/refusals/away", "common/refusals/broken"})
"""Answers after which one asks again."""


@dataclass
class Stage(Fleet):
    """``begin`` is when it begins; ``deaths`` are the moments at which somebody is to be killed, the next one last."""

    begin: datetime = datetime(2026, 3, 1, 23, tzinfo=UTC)
    deaths: list[datetime] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__post_init__()
        self.script: list[Saying] = []
        self.doomed: list[float] = []
        self.watched: list[int] = []
        self.absent: dict[int, float] = {}
        self.dead: set[int] = set()
        self.coming: list[threading.Thread] = []
        self.kills = 0
        self.base = self.database()

    def clock(self) -> Beat:
        return Strides(self.begin, file=self.folder / "clock")

    def prepare(self) -> None:
        with self.base.write() as db:
            workspace.by_key(db, "main", locale="en", zone="Asia/Shanghai")

    @property
    def moment(self) -> datetime:
        return self.beat.now()

    # --- people

    def asked(self, number: int) -> dict[str, Any]:
        one = self.script[number - 1]
        own = {"room": f"D{one.who:04}", "direct": True}
        where = {"room": f"C{one.meeting:04}", "direct": False} if one.meeting else own
        who = {"account": f"U{one.who:04}", "name": f"Person {one.who:03}", "platform": "slack", "deferred": True}
        return {**who, **where, "line": one.line, "event_id": f"event-{number}"}

    def repeatable(self) -> Sequence[int]:
        """Within days, as a platform does: what was asked a week ago the bot may have forgotten."""
        return list(self.answers)[-LATELY:]

    def is_final(self, done: bool, answer: str) -> bool:  # noqa: FBT001  as it comes over the line
        """A refusal is an answer, unless it only says that it did not go just now."""
        return done or json.loads(answer)["name"] not in TRANSIENT

    def say(self, sayings: Sequence[Saying]) -> range:
        """All of it at once; the numbers of these commands, once each has its answer."""
        first = len(self.script) + 1
        self.script += sayings
        self.release(len(sayings))
        self._until(lambda: len(self.answers) >= self.released)
        return range(first, len(self.script) + 1)

    # --- time

    def advance(self, to: datetime) -> None:
        """Live through everything that comes due until then."""
        while True:
            self._until(self._is_idle)
            if self.moment >= to and self._is_done():
                return
            self._leap(to)

    def _is_idle(self) -> bool:
        """Whether nothing is due that somebody alive could do now."""
        with self.base.read() as db:
            return _due(db) > self.moment and all(pid in self.dead for pid, _ in self._busy(db))

    def _is_done(self) -> bool:
        with self.base.read() as db:
            return _due(db) > self.moment and not self._busy(db)

    def _busy(self, db: Session) -> list[tuple[int, datetime]]:
        """Lanes in which something is to be said now: whose process has each, if any, and until when."""
        now_ms = int(self.moment.timestamp() * 1000)
        held = select(lane.c.lease_owner, lane.c.lease_until)
        rows = db.execute(held.where(lane.c.wake_at <= now_ms, lane.c.paused.is_(None)))
        return [
            (int(row.lease_owner.split(":")[1]) if row.lease_until > now_ms else 0, _at(row.lease_until))
            for row in rows
        ]

    def _leap(self, to: datetime) -> None:
        """To the next event, or the end of a lease of the dead, unless somebody has begun something meanwhile.

        Nobody can claim a lane while it is looked.
        """
        with self.base.write() as db:
            db.execute(text("LOCK TABLE lane IN EXCLUSIVE MODE"))
            busy, due = self._busy(db), _due(db)
            if due <= self.moment or any(pid not in self.dead for pid, _ in busy):
                return
            wakes = db.scalar(select(func.min(lane.c.wake_at)).where(lane.c.paused.is_(None)))
            events = [to, due, *([_at(wakes)] if wakes else []), *self.deaths[-1:]]
            self.beat_on(min([until for _, until in busy] or events))
        while self.deaths and self.deaths[-1] <= self.moment:
            self.deaths.pop()
            self.doom()

    def beat_on(self, to: datetime) -> None:
        assert isinstance(self.beat, Strides)
        self.beat.leap(to + AT_ONCE)

    # --- death

    def start(self, at: int) -> None:
        super().start(at)
        there = self.now[at]
        self.dead.discard((there and there.process.pid) or 0)  # a number of a process may come again

    def doom(self) -> None:
        """Somebody is killed in a moment, whatever they do then; or in the act, whoever next says something."""
        if self.chance.random() < IN_THE_ACT:
            self.watched.append(self._heard())
        else:
            self.doomed.append(time.monotonic() + self.chance.uniform(0, SOON))

    def _heard(self) -> int:
        """How much the provider has taken."""
        return (self.folder / "provider.jsonl").stat().st_size

    def _in_the_act(self) -> int | None:
        """The slot of whoever has just said something, if anybody is waited for."""
        if not self.watched or self._heard() <= self.watched[0]:
            return None
        with (self.folder / "provider.jsonl").open("rb") as stream:
            stream.seek(max(0, self.watched[0] - LONGEST_LINE))
            said = json.loads(stream.read().rpartition(b"\n")[0].splitlines()[-1])["by"]
        return next((at for at, one in enumerate(self.now) if one is not None and one.name == said), None)

    def _die(self) -> None:
        now = time.monotonic()
        for returning in [at for at, back in self.absent.items() if back <= now]:
            del self.absent[returning]
            self._come_back(returning)
        there = [at for at, one in enumerate(self.now) if one is not None]
        if (at := self._in_the_act()) is not None:
            self.watched.pop(0)
            self._kill_one(at, now)
        elif self.doomed and min(self.doomed) <= now and there:
            self.doomed.remove(min(self.doomed))
            self._kill_one(self.chance.choice(there), now)

    def _kill_one(self, at: int, now: float) -> None:
        victim = self.now[at]
        assert victim is not None
        self.dead.add(victim.process.pid or 0)
        self.kill(at)
        self.kills += 1
        if self.chance.random() < ABSENT:
            self.absent[at] = now + self.chance.uniform(0, LATER)
        else:
            self._come_back(at)

    def _come_back(self, at: int) -> None:
        """Nobody waits for it."""
        coming = threading.Thread(target=self.start, args=(at,), daemon=True)
        coming.start()
        self.coming.append(coming)

    def doom_the_last(self) -> None:
        """One more at once, and those who were waited for in vain."""
        self.doomed += [time.monotonic()] * (1 + len(self.watched))
        self.watched.clear()

    def all_back(self) -> None:
        """Everybody who was killed works again."""
        self._until(lambda: not self.absent and not self.doomed)
        for one in self.coming:
            one.join()

    def _until(self, holds: Callable[[], bool]) -> None:
        """Raises ``TimeoutError``."""
        begun = time.monotonic()
        while time.monotonic() - begun < LONGEST:
            if self.failures:
                raise self.failures[0]
            with suppress(*Unreachable):
                if holds():
                    return
            for _ in range(LOOKS):
                self._die()
                time.sleep(0.002)
        raise TimeoutError(f"{self.released - len(self.answers)} unanswered at {self.moment}")


def _due(db: Session) -> datetime:
    """When the bot is to look at something next."""
    return nudges.next_due(db) or datetime.max.replace(tzinfo=UTC)


def _at(ms: int) -> datetime:
    return datetime.fromtimestamp(ms / 1000, UTC)
