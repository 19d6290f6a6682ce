"""What the people of the association do, day by day, by a chance that can be repeated.

Everybody has a number from 1: the first is the admin and says nothing more. The others stand in teams, a meeting each;
of a team the first leads, the second is secretary general, the next hold the other roles, the rest help.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from tests.faults.rehearsal.association import Association
from tests.faults.rehearsal.books import ZONE, Row
from tests.faults.rehearsal.reminders import shift, worked

TEAM = 25
ROLES = ("secretary", "finance", "programme", "publicity", "sponsorship", "membership", "logistics", "volunteers")
ABROAD = "Europe/Berlin"
SPEAKING = (time(10), time(14), time(16, 45))
"""When people have time for it, on the clocks of Shanghai: never right behind a slot, there or in Berlin."""
BUSY = 0.17
"""The share of people who say something at each of these moments."""
BESIDE = 0.15
"""The share of tasks that two finish at once."""
REGRET = 0.08
"""The share of those who have said something and take it back."""


@dataclass(frozen=True)
class Saying:
    """Who (by their own number) says what; ``room`` is a meeting's channel, else it is their own conversation."""

    who: int
    line: str
    meeting: int = 0


@dataclass
class Team:
    """``ids`` are people's numbers in the database, by their own. A team's number is its meeting's."""

    seed: str
    people: int
    first: date
    days: int
    ids: dict[int, int]

    def __post_init__(self) -> None:
        self.chance = random.Random(f"{self.seed}:team")  # noqa: S311  repeatable, not secret
        self.meetings = max(1, (self.people - 1) // TEAM)
        others = range(2, self.people + 1)
        self.members = {m: [p for p in others if p % self.meetings == m - 1] for m in range(1, self.meetings + 1)}
        self.of = {person: meeting for meeting, row in self.members.items() for person in row}
        self.own = {there: person for person, there in self.ids.items()}
        self.abroad = {person for row in self.members.values() for person in row[10::4]}
        self.serial = 0
        self.last = self.first + timedelta(days=self.days - 1)
        self.end = next(day for day in (self.last - timedelta(days=n) for n in range(9)) if worked(day))
        self.clearing = shift(self.end, -1) if self.days > 7 else self.end

    def lead(self, meeting: int) -> int:
        return self.members[meeting][0]

    # --- the beginning

    def founding(self) -> list[Saying]:
        """Each lead in the channel of their meeting; their ends lie some days apart."""
        before = self.first - timedelta(days=3)
        ends = {m: before + timedelta(days=m - 1) for m in self.members}
        return [Saying(self.lead(m), f"meeting new Conference {m} end: {end} 17:00", m) for m, end in ends.items()]

    def staffing(self) -> list[Saying]:
        """Who holds which role. Some of the others live abroad."""
        found = []
        for meeting, members in self.members.items():
            found += [Saying(person, f"settings zone {ABROAD}") for person in members if person in self.abroad]
            for turn, role in enumerate(ROLES):
                who = self._at(members[1 + turn % (len(members) - 1)])
                found.append(Saying(members[0], f"role set M{meeting} {role} {who}"))
        return found

    # --- a day

    def wave(self, here: Association, at: datetime) -> list[Saying]:
        """What is said at one moment, much of it at once; early in the afternoon what is to be finished that day."""
        local = at.astimezone(ZONE)
        found = list(self._finishing(here, local.date())) if local.time() == SPEAKING[1] else []
        busy = self.chance.sample(range(2, self.people + 1), max(1, int(self.people * BUSY)))
        for person in busy if local.date() < self.clearing else ():
            if line := self._something(here, person, local.date()):
                found.append(Saying(person, line))
        return found

    def clear(self, here: Association) -> list[list[Saying]]:
        """At the end: everything is settled, one after the other of what is left, and every meeting closed."""
        left = [self._settle(here, key[1], key[2]) for key in here.below("task") if self._is_open(here, key[1], key[2])]
        closing = [
            Saying(self.own[here.holders(m, "lead")[0]], f"meeting close M{m}") for _, m in here.below("meeting")
        ]
        return [left, closing]

    def regrets(self, waves: list[Saying]) -> list[Saying]:
        return [Saying(one.who, "undo") for one in waves if self.chance.random() < REGRET]

    # --- what one says

    def _something(self, here: Association, person: int, day: date) -> str:
        number, there = self.of[person], self.ids[person]
        if not here.running(number):
            return ""
        open_ = [n for n, row in here.tasks(number).items() if not here.finished(row)]
        mine = [n for n in open_ if there in here.owners(number, n)]
        leads = here.runs(there, number)
        usual: list[tuple[int, Callable[[], str]]] = [
            (3, lambda: self._show(number, self._any(here, number))),
            (3, lambda: self._note(number, self._any(here, number))),
            (1, lambda: self._away(person, day)),
        ]
        if open_:
            usual += [(1, lambda: f"start M{number}-T{self.chance.choice(open_)}")]
            usual += [(1, lambda: f"done M{number}-T{self.chance.choice(open_)}")]
        if mine:
            own = [(weight, kind) for weight, kind in OWN if kind != "snooze" or person not in self.abroad]
            usual += [(weight, self._of_own(kind, number, mine, day)) for weight, kind in own]
        if leads and open_:
            usual += [(8, lambda: self._assign(number, self.chance.choice(open_), person))]
            usual += [(3, lambda: self._add(number, day))]
        chosen = self.chance.choices([make for _, make in usual], [weight for weight, _ in usual])
        return chosen[0]()

    def _of_own(self, kind: str, number: int, mine: list[int], day: date) -> Callable[[], str]:
        ref = f"M{number}-T{self.chance.choice(mine)}"
        later = shift(day, self.chance.randint(1, 9))
        lines = {
            "start": f"start {ref}",
            "wait": f"wait {ref} no word from the hotel yet, {self._next()}",
            "due": f"due {ref} {later} {self.chance.choice(('12:00', '18:00'))}",
            "snooze": f"snooze {ref} {shift(day, self.chance.randint(1, 3))} 09:00",
            "pass": f"assign {ref} {self._at(self.chance.choice(self.members[number]))}",
            "reopen": f"reopen {ref}",
        }
        return lambda: lines[kind]

    def _show(self, number: int, task: int) -> str:
        return f"show M{number}-T{task}"

    def _note(self, number: int, task: int) -> str:
        return f"note M{number}-T{task} it was spoken of on the telephone, {self._next()}"

    def _away(self, person: int, day: date) -> str:
        first = day + timedelta(days=self.chance.randint(1, 6))
        last = first + timedelta(days=self.chance.randint(0, 6))
        cover = self.chance.choice([one for one in self.members[self.of[person]] if one != person])
        return f"away {first}..{last} cover {self._at(cover)}"

    def _assign(self, number: int, task: int, lead: int) -> str:
        many = self.chance.sample(self.members[self.of[lead]], self.chance.choice((1, 1, 1, 2)))
        return f"assign M{number}-T{task} {' '.join(map(self._at, many))}"

    def _add(self, number: int, day: date) -> str:
        due, owner = shift(day, self.chance.randint(2, 12)), self.chance.choice(self.members[number])
        return f"add Errand {self._next()} due: {due} 17:00 owner: {self._at(owner)}"

    # --- how tasks end

    def _finishing(self, here: Association, day: date) -> Iterator[Saying]:
        for _, number, task in here.below("task"):
            row = here.rows["task", number, task]
            if self._is_open(here, number, task) and self._ends(number, task, row) <= day < self.clearing:
                owners = [self.own[one] for one in here.owners(number, task)]
                lead = self.own[here.holders(number, "lead")[0]]
                decides = row["kind"] in {"file", "approval"} or not owners
                first = lead if decides else self.chance.choice(owners)
                yield Saying(first, self._ending(number, task, row, decides=decides))
                if self.chance.random() < BESIDE:
                    yield Saying(self.chance.choice([*owners, lead]), self._ending(number, task, row, decides=False))

    def _ends(self, number: int, task: int, row: Row) -> date:
        """Somewhat before its date, or a good while after it."""
        chance = random.Random(f"{self.seed}:{number}:{task}:{row['round']}")  # noqa: S311  repeatable
        return shift(row["due"].astimezone(ZONE).date(), chance.choice((-3, -1, 0, 0, 0, 1, 1, 2, 4, 6, 9, 14)))

    def _ending(self, number: int, task: int, row: Row, *, decides: bool) -> str:
        ref, serial = f"M{number}-T{task}", self._next()
        if self.chance.random() < 0.06:
            return f"skip {ref} not needed this year, {serial}"
        if row["kind"] == "approval" and decides:
            return f"approve {ref} read and agreed, {serial}"
        said = {
            "file": f"anyway: the papers are in the cabinet, {serial}",
            "link": f"https://example.org/{serial}",
            "number": str(serial),
        }
        return f"done {ref} {said.get(row['kind'], f'all of it is settled, {serial}')}"

    def _settle(self, here: Association, number: int, task: int) -> Saying:
        lead, row, ref = (
            self.own[here.holders(number, "lead")[0]],
            here.rows["task", number, task],
            f"M{number}-T{task}",
        )
        if row["every"] or self.chance.random() < 0.2:
            return Saying(lead, f"skip {ref} it ends here, {self._next()}")
        if self.chance.random() < 0.5:
            heir = self._at(self.chance.choice(self.members[self.of[lead]]))
            return Saying(lead, f"carry {ref} {heir} until the board meets, {self._next()}")
        return Saying(lead, self._ending(number, task, row, decides=True))

    # ---

    def _any(self, here: Association, number: int) -> int:
        return self.chance.choice(list(here.tasks(number)))

    def _is_open(self, here: Association, number: int, task: int) -> bool:
        return here.running(number) and not here.finished(here.rows["task", number, task])

    def _at(self, person: int) -> str:
        return f"@#{self.ids[person]}"

    def _next(self) -> int:
        self.serial += 1
        return self.serial


OWN = ((6, "start"), (5, "wait"), (3, "due"), (5, "snooze"), (2, "pass"), (1, "reopen"))
"""What one says of a task that one has, and how often.

Who lives abroad snoozes nothing: nine o'clock there is no slot here.
"""
