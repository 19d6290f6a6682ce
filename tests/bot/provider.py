"""A chat provider that does as it is told, and a delivery that speaks to it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from bot.delivery import Delivery
from bot.platforms import Outgoing
from handlers import router
from messages import Message
from storage import outbox, rooms, workspace
from storage.outbox import Promise
from tests.chat import Chat


class Crash(BaseException):
    """The worker is gone, as if killed: nothing catches it."""


@dataclass
class Provider:
    """``accepted`` is what readers see, by room and in order; ``answers`` are raised in turn instead of accepting.

    With ``crash`` set, the worker dies after the message was accepted. ``tells``: it can say what it accepted.
    """

    name: str = "console"
    pace_ms: int = 0
    tells: bool = True
    crash: bool = False
    answers: list[Exception] = field(default_factory=list)
    accepted: list[Outgoing] = field(default_factory=list)
    looked_up: list[str] = field(default_factory=list)
    before: Callable[[Outgoing], None] = lambda _outgoing: None

    def send(self, outgoing: Outgoing) -> str:
        self.before(outgoing)
        if self.answers:
            raise self.answers.pop(0)
        self.accepted.append(outgoing)
        if self.crash:
            self.crash = False
            raise Crash
        return f"id of {outgoing.key}"

    def find(self, outgoing: Outgoing) -> str | None:
        self.looked_up.append(outgoing.key)
        known = any(one.key == outgoing.key for one in self.accepted)
        return f"id of {outgoing.key}" if known and self.tells else None

    @property
    def keys(self) -> list[str]:
        return [outgoing.key for outgoing in self.accepted]


@dataclass
class Post:
    """A chat whose console is a provider; ``promises`` puts a message into a room's lane."""

    chat: Chat
    provider: Provider
    delivery: Delivery

    def promises(self, key: str, *, room: str = "team", body: str = "hello", **fields: Any) -> None:
        message = fields.pop("message", Message(name="x", locale="en", body=body))
        with self.chat.app.database.write() as db:
            place = workspace.by_key(db, "main")
            found = rooms.met(db, place.id, "console", room)
            given = {"lane_key": f"room:{found.id}", "platform": "console", "interval_ms": 0, "room_id": found.id}
            outbox.promise(db, key, now_ms=self.ms, **{"payload": message.kept(), **given, **fields})

    @property
    def ms(self) -> int:
        return int(self.chat.clock.now().timestamp() * 1000)

    def waits(self, seconds: float) -> None:
        self.chat.clock.moment += timedelta(seconds=seconds)

    def drains(self) -> list[str]:
        """The keys that were accepted by now."""
        self.delivery.drain()
        return self.provider.keys

    def dies(self) -> None:
        try:
            self.delivery.drain()
        except Crash:
            return
        raise AssertionError("nothing crashed")

    def state(self, key: str) -> Promise | None:
        with self.chat.app.database.read() as db:
            found = outbox.promised(db, key)
        return found[1] if found else None

    def row(self, key: str) -> Any:
        with self.chat.app.database.read() as db:
            return db.execute(outbox.outbox.select().where(outbox.outbox.c.dedupe_key == key)).one()

    def lane(self, room: str = "team") -> Any:
        with self.chat.app.database.read() as db:
            place = workspace.find(db, "main")
            assert place is not None
            found = next(one for one in rooms.of_platform(db, place.id, "console") if one.external == room)
            return db.execute(outbox.lane.select().where(outbox.lane.c.key == f"room:{found.id}")).one()


def post(chat: Chat, provider: Provider | None = None) -> Post:
    provider = provider or Provider()
    platforms = {**chat.app.platforms, provider.name: provider}
    return Post(chat, provider, Delivery(chat.app.database, platforms, chat.clock.now))


@contextmanager
def recheck(name: str, decide: Callable[..., Message | None]) -> Iterator[None]:
    """While it lasts, promises of this kind are decided so."""
    router.rechecks[name] = decide
    try:
        yield
    finally:
        del router.rechecks[name]
