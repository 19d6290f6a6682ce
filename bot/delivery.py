"""Keeps the outbox's promises lane by lane: claim, look up, ask whether it is still wanted, send, mark.

Between the provider's "accepted" and our "sent" lies a window that no engine closes. A second attempt
therefore first asks the platform whether the key has arrived; only a platform that cannot tell may repeat.
"""

from __future__ import annotations

import itertools
import os
import queue
import secrets
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import partial
from typing import Any, NamedTuple

import structlog
from pydantic import ValidationError

from bot.insisting import insist
from bot.platforms import Closed, Impossible, Later, NotNow, Outgoing, Platform, Unknown
from handlers import context_for_room, router
from messages import Message
from storage import lanes, notices, rooms
from storage.base import Database
from storage.lanes import LEASE_MS, Claimed, Elsewhere
from storage.links import Db
from storage.outbox import Promise

log = structlog.get_logger()

LISTEN_AGAIN_S = 5
_CLOCK = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)
"""Outside of Linux the monotonic clock goes on in sleep, or there is no other."""
MOST_ATTEMPTS = 8
LONGEST_TRIAL_MS = 24 * 3_600_000
SHORTEST_WAIT_MS, LONGEST_WAIT_MS = 1_000, 300_000
LONGEST_PUT_OFF_MS = 3_600_000
UNKNOWN_S = 60.0
"""So long, at first, what no release at work knows waits for one that does."""
LEFT_S = 10.0
"""So long a lane is left to those who know what is first in it."""
ONESELF = "self"
LISTENERS = 2
"""Workers that answer what was heard and written down."""
INWARD = frozenset({ONESELF, "wecom-in"})
"""Platforms from which nothing leaves: what they are sent is to be done here, and may take longer than a send."""
UNHURRIED = INWARD | {"email"}
"""Platforms where one send may outlast a lease, which is renewed meanwhile: mail servers take their time."""
WITH_FILES = '"files":[{'
"""In a message as it is kept, which leaves out what it has none of: files take their time everywhere."""


def _elapsed() -> float:
    """Seconds, those too during which the machine slept: leases go on meanwhile."""
    return time.clock_gettime(_CLOCK)


def _takes_long(claimed: Claimed) -> bool:
    return claimed.platform in UNHURRIED or WITH_FILES in claimed.payload


@dataclass(frozen=True)
class Outcome:
    """What became of an attempt; see ``storage.lanes.finish``."""

    state: Promise
    provider_id: str = ""
    error: str = ""
    wait_ms: int = 0
    counted: bool = True
    paused: str | None = None
    not_before: int | None = None


class Taken(NamedTuple):
    """A promise in hand, and a moment before its lease began, by the stopwatch."""

    claimed: Claimed
    begun: float


class Bell:
    """Wakes one worker of a crew. A ring may be lost: a worker looks at least once a second anyhow."""

    def __init__(self) -> None:
        self._rung: queue.Queue[None] = queue.Queue(1)

    def ring(self) -> None:
        with suppress(queue.Full):
            self._rung.put_nowait(None)

    def wait(self, seconds: float) -> None:
        with suppress(queue.Empty):
            self._rung.get(timeout=seconds)


@dataclass
class Delivery:
    """Several may run on one database, in one process or in many."""

    database: Database
    platforms: Mapping[str, Platform]
    now: Callable[[], datetime]
    me: str = field(default_factory=lambda: f"{os.uname().nodename[:30]}:{os.getpid()}:{secrets.token_hex(2)}")
    stopping: threading.Event = field(default_factory=threading.Event)
    quick: Bell = field(default_factory=Bell)
    slow: Bell = field(default_factory=Bell)
    inner: Bell = field(default_factory=Bell)
    claims: Iterator[int] = field(default_factory=itertools.count)
    stopwatch: Callable[[], float] = _elapsed
    others: Callable[[], bool] = lambda: False
    """Whether processes of another release are at work, to whom what this one does not know is left."""
    hand: dict[str, Taken] = field(default_factory=dict)
    """What is being done now, until that is written, by the name of its claim."""
    left: dict[str, float] = field(default_factory=dict)
    """Lanes that are left to them, and until when by the stopwatch."""
    elsewhere: Callable[[], Elsewhere | None] = lambda: None
    """Where only another process can speak now; its lanes are left to that one."""
    regrets: Mapping[str, Callable[[Claimed, Exception | None], None]] = field(default_factory=dict)
    """By platform, who is told that a promise is given up, and the error if there was one, before that is written."""
    observe: Callable[[Claimed, Outcome, float], None] = lambda _claimed, _outcome, _seconds: None
    """Told what became of every promise that was in hand, and for how many seconds it was."""

    def wake(self) -> None:
        """Something was promised: do not wait for the next look."""
        for bell in (self.quick, self.slow, self.inner):
            bell.ring()

    def stop(self) -> None:
        """What is in hand is finished; nothing more is begun."""
        self.stopping.set()
        self.wake()

    def give_back(self) -> None:
        """What was to be done here and is not finished may be begun anew by others at once.

        What may be on its way to a provider stays under its lease: until that ends it may still arrive.
        """
        for claimed, _ in list(self.hand.values()):
            if claimed.platform in INWARD:
                with self.database.write() as db:
                    self._finish(db, claimed, Outcome(Promise.READY, error=claimed.error, counted=False))

    def run(self, *, workers: int = 4) -> None:
        """Until ``stop``. What is to be done here, which may take long, has workers that nobody else waits for."""
        self._set_right()
        heard = [name for name in self.platforms if name in INWARD - {ONESELF}]
        others = [name for name in self.platforms if name not in INWARD]
        crews = [(self.slow, [ONESELF]), *[(self.inner, heard)] * (LISTENERS if heard else 0)]
        crews += [(self.quick, others)] * workers
        crew = [threading.Thread(target=self._work, args=who, name="delivery", daemon=True) for who in crews]
        if not self.database.is_sqlite:
            crew.append(threading.Thread(target=self._listen, name="notices", daemon=True))
        for worker in crew:
            worker.start()
        for worker in crew:
            worker.join()

    def _work(self, bell: Bell, platforms: Sequence[str]) -> None:
        while not self.stopping.is_set():
            kept = 0
            try:
                kept = self._keep_all(platforms, then=bell.ring)
            except Exception:
                log.exception("delivery failed")
            if not kept:
                bell.wait(1.0)
        bell.ring()

    def _listen(self) -> None:
        """Wake for what any process on this database promises, not only for what this one does."""
        while not self.stopping.is_set():
            try:
                notices.listen(self.database, self.wake, self.stopping)
            except Exception as error:  # noqa: BLE001  workers look by themselves meanwhile
                log.warning("no notices", error=type(error).__name__)
                self.stopping.wait(LISTEN_AGAIN_S)

    def drain(self) -> int:
        """Keep whatever can be kept now, in this thread; the number of promises handled."""
        handled = 0
        while kept := self._keep_all(list(self.platforms)):
            handled += kept
        return handled

    def _set_right(self) -> None:
        try:
            with self.database.write() as db:
                lanes.set_right(db, now_ms=self._ms())
        except Exception:
            log.exception("lanes not set right")

    def _keep_all(self, platforms: Sequence[str], *, then: Callable[[], None] = lambda: None) -> int:
        """Keep one promise after the other while a next is at hand; how many. ``then`` is called at each claim."""
        taken, kept = self._claim(platforms), 0
        while taken is not None:
            then()
            taken = self._keep(taken, platforms)
            kept += 1
        return kept

    def _keep(self, taken: Taken, platforms: Sequence[str]) -> Taken | None:
        """Do what was promised and write what became of it; the next one, if it is at hand."""
        claimed, begun = taken
        self.hand[claimed.holder] = taken
        try:
            # Any other send ends before its lease does.
            with self._renewed(claimed) if _takes_long(claimed) else nullcontext():
                outcome = self._attempt(claimed, begun)
                self.observe(claimed, outcome or Outcome(Promise.DROPPED), self.stopwatch() - begun)
                return None if outcome is None else self._mark(taken, outcome, platforms)
        finally:
            self.hand.pop(claimed.holder, None)

    def _mark(self, taken: Taken, outcome: Outcome, platforms: Sequence[str]) -> Taken | None:
        """Written as soon as the database takes it. Once the lease is over another worker looks after it.

        The next claim goes with it: as long as there is more to say, a message costs one commit.
        """
        claimed, begun = taken
        finish = partial(self._finish, claimed=claimed, outcome=outcome)
        if not self.stopping.is_set():
            with suppress(Exception):  # whatever hinders that claim keeps back no mark: it is written alone then
                return self._claim(platforms, first=finish)
        insist(self.database, finish, may=lambda: self.stopwatch() - begun <= LEASE_MS / 1000)
        return None

    def _finish(self, db: Db, claimed: Claimed, outcome: Outcome) -> None:
        # What the bot was told and has done need not be kept twice.
        words = "" if claimed.platform in INWARD and outcome.state == Promise.SENT else None
        lanes.finish(db, claimed, now_ms=self._ms(), words=words, **vars(outcome))

    def _claim(self, platforms: Sequence[str], *, first: Callable[[Db], None] | None = None) -> Taken | None:
        """The head of a lane; None where there is none. ``first`` writes what became of the one before.

        After that there will be another, which is not asked before it is claimed.
        """
        begun = self.stopwatch()
        asked: dict[str, Any] = {"platforms": platforms, "elsewhere": self.elsewhere(), "left": self._left(begun)}
        if first is None and not self._due(asked):
            return None
        with self.database.write_prepared() as db:
            if first is not None:
                first(db)
            holder = f"{self.me}:{next(self.claims)}"
            found = lanes.claim(db, holder=holder, now_ms=self._ms(), **asked)
        return Taken(found[0], begun) if found else None

    def _due(self, asked: Mapping[str, Any]) -> bool:
        with self.database.read_prepared() as db:
            return lanes.due(db, now_ms=self._ms(), **asked)

    def _left(self, moment: float) -> list[str]:
        """The lanes that are left to others now, and those in which something is in hand here though its lease is over.

        A process that was frozen, as when its machine slept, wakes with that in hand and says it: it need not take it
        from itself and say it once more.
        """
        for lane in [lane for lane, until in list(self.left.items()) if until <= moment]:
            self.left.pop(lane, None)
        over = [one.claimed.lane for one in list(self.hand.values()) if moment - one.begun > LEASE_MS / 1000]
        return [*self.left, *over]

    def _ms(self) -> int:
        return int(self.now().timestamp() * 1000)

    @contextmanager
    def _renewed(self, claimed: Claimed) -> Iterator[None]:
        """The lease, for as long as something is done here."""
        over = threading.Event()
        threading.Thread(target=self._renew, args=(claimed, over), name="lease", daemon=True).start()
        try:
            yield
        finally:
            over.set()

    def _renew(self, claimed: Claimed, over: threading.Event) -> None:
        while not over.wait(LEASE_MS / 3000):
            try:
                with self.database.write_prepared() as db:
                    lanes.renew(db, claimed, now_ms=self._ms())
            except Exception as error:  # noqa: BLE001  the next renewal comes before the lease ends
                log.warning("lease not renewed", lane=claimed.lane, error=type(error).__name__)

    def _attempt(self, claimed: Claimed, begun: float) -> Outcome | None:
        """What became of it; None when that is written already."""
        try:
            return self._try(claimed, begun)
        except NotNow as wait:
            waits = max(int(wait.seconds * 1000), SHORTEST_WAIT_MS)
            # What went wrong before is kept: without it, many outages would look like a message that kills its worker.
            return Outcome(Promise.READY, error=claimed.error, wait_ms=waits, counted=False)
        except Later as wait:
            return self._put_off(claimed, wait)
        except Impossible as reason:
            return Outcome(Promise.DEAD, error=str(reason))
        except Closed as reason:
            return Outcome(Promise.READY, error=str(reason), counted=False, paused=str(reason))
        except Exception as error:  # noqa: BLE001  whatever a provider's client raises is a failed attempt
            return self._unknown(claimed, error) if isinstance(error, Unknown) else self._failed(claimed, error)

    def _try(self, claimed: Claimed, begun: float) -> Outcome | None:
        outgoing, platform = self._outgoing(claimed, begun), self.platforms[claimed.platform]
        found = platform.find(outgoing) if outgoing and claimed.attempt > 1 else None
        if found is not None:
            return Outcome(Promise.SENT, provider_id=found)
        if claimed.attempt > MOST_ATTEMPTS and not claimed.error:
            self._regret(claimed, None)
            return Outcome(Promise.DEAD, error="every attempt took its worker with it")
        outgoing = self._still_wanted(claimed, outgoing)
        if outgoing is None:
            return None
        if not outgoing.in_time():
            raise NotNow(0)
        return Outcome(Promise.SENT, provider_id=platform.send(outgoing))

    def _outgoing(self, claimed: Claimed, begun: float) -> Outgoing | None:
        """The message as it was promised; None when its room, or the message that it replaces, is not there."""
        room, edits = claimed.room, claimed.replaces
        if room is None or (claimed.edits and edits is None):
            return None
        tried = datetime.fromtimestamp(claimed.tried_ms / 1000, UTC)
        try:
            message = Message.model_validate_json(claimed.payload)
        except ValidationError as error:
            raise Unknown("a message with more to it than this release knows") from error

        def in_time() -> bool:
            """A send begun any later might outlast the lease."""
            return _takes_long(claimed) or self.stopwatch() - begun <= LEASE_MS / 2000

        return Outgoing(claimed.key, room, message, edits, tried, claimed.thread, claimed.reader, in_time)

    def _still_wanted(self, claimed: Claimed, outgoing: Outgoing | None) -> Outgoing | None:
        """The message as it is to go out; None when it is no longer wanted, which is then written.

        What the recheck takes out is taken out for good, in the same transaction: every attempt, on whatever
        worker, says the same.
        """
        if outgoing is not None and not claimed.recheck:
            return outgoing
        if outgoing is not None and claimed.recheck not in router.rechecks:
            raise Unknown(f"recheck {claimed.recheck}")
        with self.database.write() as db:
            message = None
            if outgoing is not None:
                ctx = context_for_room(db, rooms.get(db, outgoing.room.id), self.now())
                message = router.rechecks[claimed.recheck](ctx, claimed.key, outgoing.message)
            if outgoing is None or message is None:
                lanes.finish(db, claimed, now_ms=self._ms(), state=Promise.DROPPED)
                return None
            if message != outgoing.message:
                lanes.reword(db, claimed, message.kept())
        return replace(outgoing, message=message)

    def _put_off(self, claimed: Claimed, wait: Later) -> Outcome:
        """Behind the others of its lane, for twice as long each time; given up after a day."""
        failing = self._ms() - claimed.tried_ms
        if failing >= LONGEST_TRIAL_MS:
            self._regret(claimed, wait)
            return Outcome(Promise.DEAD, error=str(wait))
        waits = min(max(failing, int(wait.seconds * 1000)), LONGEST_PUT_OFF_MS)
        return Outcome(Promise.READY, error=str(wait), not_before=self._ms() + waits)

    def _unknown(self, claimed: Claimed, what: Unknown) -> Outcome:
        """Left to another release, in its place, as long as one is at work; else behind the others, for a day."""
        log.warning("another release's promise", key=claimed.key, what=str(what))
        if not self.others():
            return self._put_off(claimed, Later(UNKNOWN_S, str(what)))
        self.left[claimed.lane] = self.stopwatch() + LEFT_S
        return Outcome(Promise.READY, error=claimed.error, counted=False)

    def _failed(self, claimed: Claimed, error: Exception) -> Outcome:
        """Again after as long as it has failed until now; an outage is waited for longer than a fault of ours."""
        name = type(error).__name__
        log.warning("promise not kept", key=claimed.key, attempt=claimed.attempt, error=name)
        failing = self._ms() - claimed.tried_ms
        outage = isinstance(error, OSError)
        if failing >= LONGEST_TRIAL_MS or (claimed.attempt >= MOST_ATTEMPTS and not outage):
            self._regret(claimed, error)
            return Outcome(Promise.DEAD, error=name)
        return Outcome(Promise.READY, error=name, wait_ms=min(max(failing, SHORTEST_WAIT_MS), LONGEST_WAIT_MS))

    def _regret(self, claimed: Claimed, error: Exception | None) -> None:
        if claimed.platform in self.regrets:
            self.regrets[claimed.platform](claimed, error)
