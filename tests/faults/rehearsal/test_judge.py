"""The model is held against the bot without any fault, and whatever is then put wrong the judge finds."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, func, select, update

from storage.base import Session
from storage.checklist import Assignment, Note, Task
from storage.journal import Entry
from storage.nudges import Nudge
from storage.outbox import Promise, outbox
from storage.people import RoleHolder
from tests.chat import Chat, Somebody, at
from tests.faults.rehearsal import heard, judge
from tests.faults.rehearsal.association import Association
from tests.faults.rehearsal.heard import Promises
from tests.faults.rehearsal.judge import Answered, Judge
from tests.faults.rehearsal.reminders import Reminders

BEGUN = "2026-03-02 07:00"
LINES = (
    ("ann", "meeting new Conference end: 2026-02-27 17:00"),
    ("ann", "role set M1 finance @#2"),
    ("ann", "role set M1 logistics @#3"),
    ("ann", "assign M1-T8 @#2 @#3"),
    ("bo", "done M1-T10 12"),
    ("bo", "start M1-T1"),
    ("cai", "wait M1-T1 no word from the hotel"),
    ("cai", "start M1-T9"),
    ("cai", "undo"),
    ("ann", "done M1-T14"),
    ("ann", "approve M1-T14 read and agreed"),
    ("ann", "done M1-T4 anyway: it is in the cabinet"),
    ("cai", "skip M1-T5 nothing was rented"),
    ("bo", "due M1-T6 2026-03-09 18:00"),
    ("bo", "carry M1-T48 @#3 until the board meets"),
    ("bo", "reopen M1-T10"),
    ("ann", "done M1-T38 https://example.org/1"),
    ("ann", "add Errand 1 due: 2026-03-05 17:00 owner: @#2"),
    ("bo", "note M1-T12 the courier comes on Friday"),
    ("bo", "away 2026-03-03..2026-03-04 cover @#3"),
    ("cai", "settings zone Europe/Berlin"),
    ("ann", "snooze M1-T2 2026-03-04 09:00"),
    ("ann", "meeting close M1"),
    ("ann", "done M1-T38"),
    ("bo", "show M1-T1"),
)


@dataclass
class Scene:
    """What three people have said, and what the model makes of it."""

    chat: Chat
    people: dict[str, Somebody]
    judge: Judge
    reminders: Reminders

    def say(self, who: str, line: str) -> Answered:
        room = {"room": "team"} if line.startswith("meeting new") else {"direct": True}
        answer = self.people[who].says(line, **room)
        return Answered(0, self.people[who].id, line, answer.refused)

    def entries(self) -> Any:
        with self.chat.read() as db:
            return judge.entries(db, len(self.judge.here.said))

    def follow(self, *answered: Answered) -> None:
        self.judge.follow(self.entries(), answered, self.chat.clock.now())

    def wait(self, until: str) -> None:
        since = self.chat.clock.now()
        self.chat.wait(until)
        self.reminders.live(self.judge.here, since, at(until))

    def differences(self, wrong: Any = None) -> list[str]:
        """``wrong`` is put in before, and taken back."""
        found = Judge(self.judge.here)
        with Session(self.chat.app.database.writer) as db:
            if wrong is not None:
                db.execute(wrong)
            found.compare(db)
            promises = Promises()
            waiting = promises.collect(db)
            told = [f"{kind} {what}" for kind, what in heard.reminded(db, promises, self.reminders)]
            db.rollback()
        return [*self.judge.differences, *found.differences, *waiting, *told]


@contextmanager
def played(folder: Path) -> Iterator[Scene]:
    chat = Chat(folder, now=BEGUN)
    people = {name: chat.person(name.capitalize()) for name in ("ann", "bo", "cai")}
    rooms = {somebody.id: f"dm:{name}" for name, somebody in people.items()}
    here = Association(frozenset({people["ann"].id}))
    made = Scene(chat, people, Judge(here), Reminders(rooms, {1: "team"}))
    for name in people:
        made.say(name, "away list")
    for who, line in LINES:
        made.follow(made.say(who, line))
    yield made
    chat.close()


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    with played(tmp_path) as made:
        yield made


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    """Two and a half weeks later. It is looked at only."""
    with played(tmp_path_factory.mktemp("lived")) as made:
        made.wait("2026-03-20 16:45")
        yield made


def test_the_model_foretells_what_the_bot_does(lived: Scene) -> None:
    assert lived.differences() == []
    assert len(lived.reminders.heard) > 100
    assert {day.isoformat() for _, day, _ in lived.reminders.weeks} == {"2026-03-02", "2026-03-09", "2026-03-16"}


def _one(table: Any, **values: Any) -> Any:
    return update(table).where(table.id == select(func.max(table.id)).scalar_subquery()).values(**values)


def _one_message(**values: Any) -> Any:
    newest = select(func.max(outbox.c.id)).where(outbox.c.dedupe_key.startswith("nudge:"))
    return update(outbox).where(outbox.c.id == newest.scalar_subquery()).values(**values)


def _no_message() -> Any:
    newest = select(func.max(outbox.c.id)).where(outbox.c.dedupe_key.startswith("nudge:"), outbox.c.edits.is_(None))
    return delete(outbox).where(outbox.c.id == newest.scalar_subquery())


WRONGS: dict[str, Callable[[], Any]] = {
    "a state": lambda: update(Task).where(Task.number == 8).values(state="done"),
    "a date": lambda: update(Task).where(Task.number == 6).values(due_at=at("2026-03-10 18:00")),
    "a reason": lambda: update(Task).where(Task.number == 1).values(reason="another"),
    "an owner": lambda: delete(Assignment).where(Assignment.person_id == 2),
    "a role": lambda: delete(RoleHolder).where(RoleHolder.role == "finance"),
    "a note": lambda: delete(Note).where(Note.text.contains("courier")),
    "an entry": lambda: update(Entry).where(Entry.seq == 5).values(line="done M1-T10 13"),
    "a reminder that is missing": lambda: delete(Nudge).where(Nudge.id == select(func.max(Nudge.id)).scalar_subquery()),
    "one of another day": lambda: _one(Nudge, local_date=at("2026-03-21 09:10").date()),
    "a message that waits": lambda: _one_message(state=Promise.READY),
    "a message that is not there": _no_message,
}


@pytest.mark.parametrize("wrong", WRONGS)
def test_what_is_put_wrong_is_found(lived: Scene, wrong: str) -> None:
    assert lived.differences(WRONGS[wrong]()) != []


def test_a_command_that_left_nothing_is_found(scene: Scene) -> None:
    scene.follow(Answered(0, scene.people["bo"].id, "start M1-T7", refused=False))
    assert len(scene.judge.differences) == 1


def test_a_command_that_was_carried_out_twice_is_found(scene: Scene) -> None:
    twice = [scene.say("bo", "note M1-T12 said once"), scene.say("bo", "note M1-T12 said once")]
    scene.follow(twice[0])
    assert scene.judge.differences == ["nobody said it, or once only: 2 note M1-T12 said once"]


def test_what_was_refused_and_done_all_the_same_is_found(scene: Scene) -> None:
    done = scene.say("bo", "note M1-T12 more")
    scene.follow(Answered(0, done.who, done.line, refused=True))
    assert len(scene.judge.differences) == 2


def test_a_refusal_without_a_reason_is_found_and_one_that_a_moment_explains_is_none(scene: Scene) -> None:
    cai = scene.people["cai"].id
    scene.follow(Answered(0, cai, "start M1-T9", refused=True))
    assert len(scene.judge.differences) == 1
    scene.judge.differences.clear()
    other, first = scene.say("cai", "start M1-T9"), scene.say("ann", "skip M1-T9 nobody came")
    scene.follow(Answered(0, cai, "wait M1-T9 for them", refused=True), other, first)
    assert scene.judge.differences == []


def test_a_reminder_foretold_on_a_wrong_day_is_found(lived: Scene) -> None:
    later = {(*one[:3], one[3] + timedelta(days=7), one[4]) for one in lived.reminders.heard}
    asked = replace(lived, reminders=replace(lived.reminders, heard=later))
    assert any(what.startswith("lost nudge") for what in asked.differences())
