"""Long commands: the bot promises them to itself, says how far they have come, and locks nobody out meanwhile."""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from typing import Any, cast

import pytest
from sqlalchemy import select

from bot import dispatch
from bot.platforms import Impossible
from bot.progress import LONGEST_PROMISE, Progress
from handlers.context import Context, voice
from handlers.refused import Refused
from handlers.router import Router
from messages import Message
from storage import conversation, journal, outbox, rooms, workspace
from storage.base import Stale
from storage.people import Person
from storage.verifying import verify
from tests.bot.provider import Crash
from tests.chat import Chat, Somebody

Steps = Generator[Message, None, Message]


def saying(text: str) -> Message:
    return Message(name="x", locale="en", body=text)


@dataclass
class Work:
    """A command ``build`` in three steps, each of which writes; ``between`` is called while nothing is locked."""

    chat: Chat
    router: Router = field(default_factory=Router)
    between: Callable[[int], None] = lambda _step: None
    runs: int = 0

    def __post_init__(self) -> None:
        self.router.command("build", zh="生成")(cast("Any", self.build))
        self.router.command("order", zh="订")(self.order)

    def order(self, ctx: Context) -> Message:
        """Have it built: order"""
        ctx.later("build", key="report")
        return saying("I am on it")

    def build(self, ctx: Context) -> Steps:
        """Build it: build"""
        self.runs += 1
        for step in (1, 2):
            ctx.person.name = f"step {step}"
            yield saying(f"{step} of 3")
            self.between(step)
        ctx.person.name = "step 3"
        return saying("Here it is")

    def name(self, somebody: Somebody) -> str:
        with self.chat.read() as db:
            return db.get_one(Person, somebody.id).name

    def heard(self) -> list[str]:
        return [message.body for message in self.chat.room().heard()]

    def delivers(self, *platforms: str) -> int:
        """Keep what can be kept now of these platforms alone."""
        delivery = self.chat.app.delivery
        kept = {name: self.chat.app.platforms[name] for name in platforms}
        return type(delivery)(self.chat.app.database, kept, self.chat.clock.now).drain()


@pytest.fixture
def work(chat: Chat, monkeypatch: pytest.MonkeyPatch) -> Work:
    made = Work(chat)
    monkeypatch.setattr(dispatch, "router", made.router)
    return made


@pytest.fixture
def ann(chat: Chat, work: Work) -> Somebody:
    return chat.person("Ann")


def test_one_message_tells_how_far_it_has_come_and_becomes_the_answer(work: Work, ann: Somebody) -> None:
    seen: list[list[str]] = []

    def look(_step: int) -> None:
        work.delivers("console")
        seen.append(work.heard())

    work.between = look
    assert ann.says("order").body == "I am on it"
    work.chat.settle()
    assert seen == [["1 of 3"], ["2 of 3"]]
    assert work.heard() == ["Here it is"]


def test_where_nothing_could_be_shown_in_time_the_answer_comes_after_it(work: Work, ann: Somebody) -> None:
    ann.says("order")
    work.delivers("self")
    work.delivers("console")
    assert work.heard() == ["1 of 3", "Here it is"]


def test_nobody_waits_for_it(work: Work, ann: Somebody) -> None:
    def write(step: int) -> None:
        with work.chat.app.database.write() as db:
            workspace.by_key(db, f"meanwhile-{step}")

    work.between = write
    ann.says("order")
    work.chat.settle()
    with work.chat.read() as db:
        assert len(db.scalars(select(workspace.Workspace)).all()) == 3


def test_every_step_is_journalled_and_kept(work: Work, ann: Somebody) -> None:
    names: list[str] = []
    work.between = lambda _step: names.append(work.name(ann))
    ann.says("order")
    work.chat.settle()
    assert [*names, work.name(ann)] == ["step 1", "step 2", "step 3"]
    with work.chat.read() as db:
        assert verify(db, 1) == (3, [])
        changes = [entry.changes()[0].after for entry in db.scalars(select(journal.Entry).order_by(journal.Entry.seq))]
    assert changes == [{"name": "step 1"}, {"name": "step 2"}, {"name": "step 3"}]


def test_a_refusal_on_the_way_is_the_answer_and_takes_back_only_its_own_step(work: Work, ann: Somebody) -> None:
    def refuse(step: int) -> None:
        if step == 2:
            raise Refused("common/broken", reference="abc123")

    work.between = refuse
    ann.says("order")
    work.chat.settle()
    assert work.name(ann) == "step 2"
    assert [work.heard()[0], "abc123" in work.heard()[1]] == ["1 of 3", True]


@pytest.mark.parametrize("error", [Crash(), Stale()])
def test_one_that_dies_on_the_way_begins_anew_and_shows_no_second_message(
    work: Work, ann: Somebody, error: BaseException
) -> None:
    left = [error, *([error] if isinstance(error, Stale) else [])]

    def die(step: int) -> None:
        work.delivers("console")
        if step == 2 and left:
            raise left.pop()

    work.between = die
    ann.says("order")
    try:
        work.chat.settle()
    except Crash:
        assert work.heard() == ["2 of 3"]
    for _ in range(3):
        work.chat.wait("2026-06-10 09:00")
        work.chat.clock.moment = work.chat.clock.moment.replace(hour=10)
        work.chat.settle()
    assert work.heard() == ["Here it is"]
    assert work.runs == (2 if isinstance(error, Crash) else 3)


def test_an_answer_is_said_even_where_its_progress_could_not_be(work: Work, ann: Somebody) -> None:
    console = work.chat.app.platforms["console"]
    real, refused = console.send, [Impossible("not this one")]

    def send(outgoing: Any) -> str:
        if refused:
            raise refused.pop()
        return real(outgoing)

    console.send = send  # type: ignore[method-assign]
    work.between = lambda _step: print(work.delivers("console"))
    ann.says("order")
    work.chat.settle()
    assert work.heard() == ["Here it is"]


def test_typed_by_hand_it_is_one_transaction_and_one_answer(work: Work, ann: Somebody) -> None:
    assert ann.says("build").body == "Here it is"
    work.chat.settle()
    assert work.heard() == []
    with work.chat.read() as db:
        assert outbox.waiting(db) == 0
        assert conversation.newest(db, [1], person_id=ann.id) == {1: 0}


def test_what_a_promise_is_can_be_told_by_its_key_however_long_the_rest(chat: Chat) -> None:
    """Platforms that cannot edit say an answer anew, and leave out the steps before it."""
    with chat.app.database.write() as db:
        place = workspace.by_key(db, "main")
        ctx = voice(db, place, rooms.met(db, place.id, "console", "team"), chat.clock.now())
        Progress("e" * 200).answer(ctx, saying("Here it is"))
        (key,) = db.scalars(select(outbox.outbox.c.dedupe_key))
    assert key.endswith(":answer")
    assert len(key) <= LONGEST_PROMISE
