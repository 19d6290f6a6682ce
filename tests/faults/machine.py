"""F10: commands at random, held against the model after each step, while the process that answers is killed.

The machine is that of tests/stories/test_machine.py; here a process of its own answers, and dies between two commands
or in the middle of one. Whoever asked asks again, as a platform does.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, ClassVar

from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule, run_state_machine_as_test

from bot.ask import Ask
from messages import Message
from tests.chat import Chat
from tests.faults import driver, zygote
from tests.faults.bots import Bot, Killed
from tests.faults.checker import Findings
from tests.faults.registry import Outcome, Round, fault
from tests.stories.test_machine import Aftermath

TELLS = True
IN_A_COMMAND = ("command written, not committed", "command committed, not answered")


class FarChat(Chat):
    """Answers come from a process on the same database; ``dying`` is where that is to die at its next chance.

    ``news``: it has been asked something since it was started.
    """

    def __init__(self, folder: Path, url: str) -> None:
        super().__init__(folder, database_url=url)
        self.folder, self.url = folder, url
        self.dying, self.deaths, self.asked, self.news = "", 0, 0, False
        self.bot = self._started()

    def _started(self) -> Bot:
        bot = Bot(*zygote.start(driver.main, self.folder, self.url, TELLS))
        assert bot.end() == "ready"
        bot.tell(at=self.clock.now().isoformat())
        return bot

    def kill(self) -> None:
        self.bot.close()
        self.deaths, self.news = self.deaths + 1, False
        self.bot = self._started()

    def answer(self, ask: Ask) -> Message:
        self.asked, self.news = self.asked + 1, True
        what = {"ask": ask.line, "who": ask.account, "room": ask.room, "event": ask.event_id}
        armed = {"kill": self.dying, "turn": 1} if self.dying else {}
        self.dying = ""
        try:
            return Message.known(self.bot.tell(**what, **armed))
        except Killed:
            self.kill()
            return Message.known(self.bot.tell(**what))

    def close(self) -> None:
        self.bot.close()
        super().close()


class Mortal(Aftermath):
    """``another`` gives each example a database; ``counted`` sums up deaths and commands over all of them."""

    another: ClassVar[Any]
    counted: ClassVar[dict[str, int]]

    def opened(self, folder: Path) -> Chat:
        return FarChat(folder, type(self).another())

    @property
    def far(self) -> FarChat:
        assert isinstance(self.chat, FarChat)
        return self.chat

    def teardown(self) -> None:
        self.counted["deaths"] += self.far.deaths
        self.counted["asked"] += self.far.asked
        super().teardown()

    @precondition(lambda self: self.far.news)
    @rule()
    def dies_between(self) -> None:
        """What was answered is there."""
        before, entries = self.rows(), self.count()
        self.far.kill()
        assert (self.rows(), self.count()) == (before, entries)

    @rule(point=st.sampled_from(IN_A_COMMAND))
    def dies_within(self, point: str) -> None:
        """In the next command that comes so far."""
        self.far.dying = point


@fault(
    "F10",
    "random commands against a model, killed in and between them",
    counted="kills",
    sampled={"examples": 4, "steps": 15},
    full={"examples": 40, "steps": 100},
    rounds=5,
)
def modelled(given: Round) -> Outcome:
    counted = {"deaths": 0, "asked": 0}

    @seed(given.seed)
    class Machine(Mortal):
        """Of this round."""

    Machine.another, Machine.counted = given.another, counted
    how = settings(
        max_examples=given.size["examples"],
        stateful_step_count=given.size["steps"],
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(Machine, settings=how)  # raises where anything differs from the model
    return Outcome(counted["deaths"], counted["asked"], Findings())
