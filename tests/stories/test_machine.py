"""A machine that says commands at random, thousands of them, and holds the bot to what must always be true.

Against a model of plain dictionaries: nothing is lost, nobody does what they may not, the journal is complete and
chained, and an undo puts back exactly what was there.
"""

from __future__ import annotations

import json
import os
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from sqlalchemy import func, select

from messages import Message
from storage import checklist, workspace
from storage.checklist import UNFINISHED, Assignment, State, Task
from storage.journal import Entry
from storage.meetings import Meeting
from storage.people import RoleHolder
from storage.verifying import verify
from tests.chat import Chat, Somebody

PEOPLE = ("Ann", "Bo", "Cai")
LEAD, OTHERS = PEOPLE[0], PEOPLE[1:]
TASKS = st.integers(1, 58)
WHO = st.sampled_from(PEOPLE)
WORDS = st.text(st.characters(categories=("L", "N"), max_codepoint=0x9FFF), min_size=1, max_size=12)

Row = tuple[str, str, str, str, int | None, tuple[int, ...]]


class Aftermath(RuleBasedStateMachine):
    """``known`` is the model: what each task must look like."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.chat = self.opened(Path(self.folder.name))
        self.people: dict[str, Somebody] = {}
        self.known: dict[int, Row] = {}
        self.past: list[tuple[str, dict[int, Row]]] = []
        self.entries = 0

    def opened(self, folder: Path) -> Chat:
        """The chat in which all is said."""
        return Chat(folder)

    def teardown(self) -> None:
        self.chat.close()
        self.folder.cleanup()

    @initialize()
    def begin(self) -> None:
        self.people = {name: self.chat.person(name) for name in PEOPLE}
        self.people[LEAD].says("meeting new Annual conference end: 2026-06-08 17:00")
        self.people[LEAD].says("role set finance @Bo")
        # Everything else is to be Ann's, so that who may do what is plain.
        self.people[LEAD].says("role set logistics @Ann")
        self.known, self.entries = self.rows(), self.count()

    # --- looking

    def rows(self) -> dict[int, Row]:
        """What can be seen of every task, by its number."""
        with self.chat.read() as db:
            assigned: dict[int, list[int]] = {}
            for task_id, person_id in db.execute(select(Assignment.task_id, Assignment.person_id)):
                assigned.setdefault(task_id, []).append(person_id)
            return {
                task.number: _row(task, tuple(sorted(assigned.get(task.id, ())))) for task in db.scalars(select(Task))
            }

    def count(self) -> int:
        with self.chat.read() as db:
            return db.scalar(select(func.count()).select_from(Entry)) or 0

    def owners(self, number: int) -> set[str]:
        """Who has a task by name, else by its role; nobody: an empty set."""
        with self.chat.read() as db:
            task = db.scalars(select(Task).where(Task.number == number)).one()
            ids = set(db.scalars(select(Assignment.person_id).where(Assignment.task_id == task.id)))
            if not ids:
                ids = set(db.scalars(select(RoleHolder.person_id).where(RoleHolder.role == task.owner_role)))
        return {name for name, somebody in self.people.items() if somebody.id in ids}

    # --- saying

    def say(self, who: str, line: str) -> Message:
        """Whatever is said, the journal grows by one entry if and only if something changed."""
        before = self.rows()
        answer = self.people[who].says(line)
        after, entries = self.rows(), self.count()
        assert answer.name != "common/refusals/broken", line
        assert answer.body or answer.title
        if answer.refused or answer.form:
            assert (after, entries) == (before, self.entries), line
        else:
            assert entries <= self.entries + 1
            assert after == before or entries == self.entries + 1, line
        if entries > self.entries:
            self.past.append((who, before))
        self.known, self.entries = after, entries
        return answer

    def changes_only(self, who: str, line: str, *numbers: int) -> Message:
        """Never more than was named."""
        before = self.known
        answer = self.say(who, line)
        others = set(before) - set(numbers)
        assert {n: self.known[n] for n in others} == {n: before[n] for n in others}, line
        return answer

    def held_back(self, who: str, *numbers: int) -> bool:
        """Whether the person may not work on all of these."""
        if who == LEAD:
            return False
        return any(owners and who not in owners for owners in map(self.owners, numbers))

    @rule(who=WHO, number=TASKS, words=WORDS)
    def done(self, who: str, number: int, words: str) -> None:
        barred, state = self.held_back(who, number), self.known[number][0]
        answer = self.changes_only(who, f"done T{number} {words}", number)
        if barred:
            assert answer.refused or answer.tone == "ask"
            assert self.known[number][0] == state

    @rule(who=WHO, numbers=st.lists(TASKS, min_size=2, max_size=4, unique=True))
    def start_several(self, who: str, numbers: list[int]) -> None:
        """All of them or none."""
        barred, before = self.held_back(who, *numbers), {n: self.known[n][0] for n in numbers}
        answer = self.changes_only(who, "start " + " ".join(f"T{n}" for n in numbers), *numbers)
        after = {n: self.known[n][0] for n in numbers}
        assert set(after.values()) == {State.DOING} if not answer.refused else after == before
        assert answer.refused or not barred

    @rule(who=WHO, number=TASKS, words=WORDS, verb=st.sampled_from(["wait", "skip"]))
    def wait_or_skip(self, who: str, number: int, words: str, verb: str) -> None:
        answer = self.changes_only(who, f"{verb} T{number} {words}", number)
        if not answer.refused and not answer.form:
            wanted = State.WAITING if verb == "wait" else State.NOT_APPLICABLE
            assert self.known[number][0] == wanted

    @rule(who=WHO, number=TASKS)
    def reopen(self, who: str, number: int) -> None:
        answer = self.changes_only(who, f"reopen T{number}", number)
        if not answer.refused:
            assert self.known[number][0] == State.OPEN

    @rule(who=WHO, number=TASKS, to=st.sampled_from(PEOPLE))
    def assign(self, who: str, number: int, to: str) -> None:
        answer = self.changes_only(who, f"assign T{number} @{to}", number)
        if not answer.refused:
            assert self.known[number][5] == (self.people[to].id,)

    @rule(who=WHO, number=TASKS, days=st.integers(1, 60))
    def due(self, who: str, number: int, days: int) -> None:
        barred = who != LEAD and who not in self.owners(number)
        answer = self.changes_only(who, f"due T{number} in {days} days", number)
        assert answer.refused or not barred

    @rule(who=WHO, number=TASKS, words=WORDS)
    def note(self, who: str, number: int, words: str) -> None:
        before = self.known
        self.say(who, f"note T{number} {words}")
        assert self.known == before

    @rule(number=TASKS)
    def look(self, number: int) -> None:
        """Looking changes nothing and is not in the journal."""
        before, entries = self.known, self.entries
        for line in (f"show T{number}", "list", "today", "status", f"why T{number}", f"log T{number}", "help"):
            self.say(OTHERS[0], line)
        assert (self.known, self.entries) == (before, entries)

    @rule(who=WHO)
    def the_same_event_twice(self, who: str) -> None:
        """Delivered again, a command is answered again and acts once."""
        first = self.people[who].says("start T1", event="twice")
        entries, rows = self.count(), self.rows()
        assert self.people[who].says("done T2 45 pieces", event="twice") == first
        assert (self.count(), self.rows()) == (entries, rows)
        self.past, self.known, self.entries = [], rows, entries

    @precondition(lambda self: self.past)
    @rule()
    def undo(self) -> None:
        """The last thing that was done, by whoever did it, is as if it had not been."""
        who, before = self.past.pop()
        answer = self.people[who].says("undo")
        assert not answer.refused, answer.body
        assert self.rows() == before
        self.known, self.entries = before, self.entries + 1
        assert self.count() == self.entries

    @rule(line=st.text(max_size=40))
    def anything(self, line: str) -> None:
        """Whatever is typed is answered; what it did, if anything, is in the journal."""
        self.say(LEAD, line)

    # --- what is always true

    @invariant()
    def the_chain_holds(self) -> None:
        if not self.people:
            return
        with self.chat.read() as db:
            place = workspace.find(db, "main")
            assert place is not None
            count, broken = verify(db, place.id)
        assert (count, broken) == (self.entries, [])

    @invariant()
    def the_rows_make_sense(self) -> None:
        if not self.people:
            return
        with self.chat.read() as db:
            meeting = db.scalars(select(Meeting).order_by(Meeting.id)).first()
            assert meeting is not None
            tasks = checklist.tasks(db, meeting.id)
        assert len({task.number for task in tasks}) == len(tasks) >= 58
        for task in tasks:
            assert (task.done_at is None) == (task.state in UNFINISHED)
            assert task.reason or task.state not in {State.WAITING, State.NOT_APPLICABLE}


def _row(task: Task, assigned: tuple[int, ...]) -> Row:
    seen: dict[str, Any] = {
        name: getattr(task, name) for name in ("title_zh", "title_en", "phase", "priority", "round")
    }
    return task.state, task.reason, task.due_at.isoformat(), json.dumps(seen), task.done_by, assigned


Aftermath.TestCase.settings = settings(
    max_examples=int(os.environ.get("ROUNDS", "60")),
    stateful_step_count=50,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],  # a round is long; to shrink it would take many minutes
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)


@pytest.mark.slow
class TestAftermath(Aftermath.TestCase):  # type: ignore[misc, valid-type]
    """Three thousand steps; `make machine ROUNDS=1000` takes fifty thousand."""
