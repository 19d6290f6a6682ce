"""F13: four replicas are killed and started again while a team works for weeks; all ends as the model has it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from time import monotonic

from sqlalchemy import select

from messages import Message
from storage.people import Account
from tests.faults.checker import Findings
from tests.faults.crashes import AGAIN
from tests.faults.registry import Outcome, Round, fault
from tests.faults.rehearsal import heard, judge
from tests.faults.rehearsal.association import Association
from tests.faults.rehearsal.books import ZONE
from tests.faults.rehearsal.heard import Promises
from tests.faults.rehearsal.judge import Answered, Judge
from tests.faults.rehearsal.reminders import SLOTS, Reminders, worked
from tests.faults.rehearsal.stage import Stage
from tests.faults.rehearsal.team import SPEAKING, Saying, Team

REPLICAS = 4
LEASE = 30.0
"""Seconds, as they are."""
ONE = timedelta(days=1)
HELLO = "away list"
"""With this everybody is met: it changes nothing."""


@dataclass
class Play:
    """One rehearsal: ``size`` has its ``weeks``, ``people`` and ``kills``."""

    given: Round

    def __post_init__(self) -> None:
        given, chance = self.given, self.given.chance
        self.size = given.size
        self.stage = Stage(
            given.folder,
            given.url,
            given.seed,
            slots=REPLICAS,
            lease=LEASE,
            tick=1,
            extra=lambda: chance.random() < AGAIN,
        )
        self.first = self.stage.begin.astimezone(ZONE).date()
        self.here = Association()
        self.judge, self.promises, self.lived = Judge(self.here), Promises(), self.stage.begin
        self.findings = Findings()

    # --- the weeks

    def perform(self) -> float:
        """Everything; seconds until all was said after the last kill."""
        self._meet()
        self._open()
        for number in range(7 * self.size["weeks"]):
            day = self.first + number * ONE
            if day == self.team.end:
                self._close(day)
            elif worked(day) and day < self.team.end:
                self._day(day)
            if day.weekday() == 6:  # Sunday
                self._until(_at(day, SPEAKING[-1]))
                self._compare()
        begun = monotonic()
        self.stage.doom_the_last()
        self.stage.advance(self.stage.moment + ONE)
        self.stage.all_back()
        return monotonic() - begun

    def _meet(self) -> None:
        """The first to come is the admin."""
        everybody = [Saying(person, HELLO) for person in range(1, self.size["people"] + 1)]
        self.stage.say(everybody[:1])
        self.stage.say(everybody[1:])
        with self.stage.base.read() as db:
            accounts = db.execute(select(Account.external, Account.person_id)).all()
        ids = {int(account.removeprefix("U")): person for account, person in accounts}
        self.here.admins = frozenset({ids[1]})
        self.team = Team(self.given.seed, self.size["people"], self.first, 7 * self.size["weeks"], ids)
        rooms = {person: f"D{own:04}" for own, person in ids.items()}
        self.reminders = Reminders(rooms, {number: f"C{number:04}" for number in self.team.members})
        self.stage.deaths = sorted(self._deaths(), reverse=True)

    def _open(self) -> None:
        self._until(_at(self.first, SPEAKING[0]) - timedelta(hours=2))
        for saying in self.team.founding():
            self._say([saying])
        self._say(self.team.staffing())

    def _day(self, day: date) -> None:
        for at in SPEAKING:
            self._until(_at(day, at))
            wave = self.team.wave(self.here, self.stage.moment)
            said = self._say(wave)
            self._say(self.team.regrets([self.stage.script[one.number - 1] for one in said if not one.refused]))

    def _close(self, day: date) -> None:
        self._until(_at(day, SPEAKING[1]))
        for wave in self.team.clear(self.here):
            self._say(wave)

    # --- steps

    def _until(self, moment: datetime) -> None:
        self.stage.advance(moment)
        self.reminders.live(self.here, self.lived, self.stage.moment)
        self.lived = self.stage.moment

    def _say(self, sayings: Sequence[Saying]) -> list[Answered]:
        numbers = self.stage.say(sayings)
        answered = [self._answered(number) for number in numbers]
        with self.stage.base.read() as db:
            found = judge.entries(db, len(self.here.said))
        gone = {key for key in self.here.rows if key[0] == "task"}
        self.judge.follow(found, answered, self.stage.moment)
        for _, meeting, number in gone - set(self.here.rows):
            self.reminders.forget(meeting, number)
        return answered

    def _answered(self, number: int) -> Answered:
        said = self.stage.script[number - 1]
        answer = Message.known(self.stage.answers[number])
        return Answered(number, self.team.ids[said.who], said.line, answer.refused)

    def _compare(self) -> None:
        with self.stage.base.read() as db:
            self.judge.compare(db)
            self.findings.lost += self.promises.collect(db)

    def _deaths(self) -> list[datetime]:
        """While people speak, and while they are reminded."""
        days = [self.first + number * ONE for number in range(7 * self.size["weeks"])]
        days = [day for day in days if worked(day) and day <= self.team.end]
        chance = self.given.chance
        moments = [(chance.choice(days), chance.choice((*SPEAKING, *SLOTS))) for _ in range(self.size["kills"] - 1)]
        return [_at(day, at) for day, at in moments]

    def outcome(self) -> Outcome:
        """With the whole of it looked through once more."""
        normal = self.perform()
        self._compare()
        with self.stage.base.read() as db:
            for kind, what in heard.reminded(db, self.promises, self.reminders):
                getattr(self.findings, kind).append(what)
        self.findings.halves += self.judge.differences
        self.findings.add(self.promises.judged(self.stage.events, self.stage.slot))
        return Outcome(self.stage.kills, len(self.promises.said) + len(self.promises.edited), self.findings, normal)


def _at(day: date, at: time) -> datetime:
    return datetime.combine(day, at, ZONE)


@fault(
    "F13",
    "weeks of a team's work, four replicas killed",
    counted="kills",
    on=("postgresql",),
    sampled={"weeks": 1, "people": 12, "kills": 2},
    full={"weeks": 10, "people": 200, "kills": 240},
)
def rehearsed(given: Round) -> Outcome:
    """The whole of ``Play``; what it came to is printed, for it is more than the table has room for."""
    play, begun = Play(given), monotonic()
    with play.stage.running():
        found = play.outcome()
    play.stage.base.close()
    print(
        f"F13 weeks {given.size['weeks']}, people {given.size['people']}, commands {len(play.stage.script)}, "
        f"changes {len(play.here.said)}, reminders {len(play.reminders.heard)}, "
        f"differences {len(play.judge.differences)}, {monotonic() - begun:.0f} s",
        flush=True,
    )
    return found
