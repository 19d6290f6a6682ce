"""Holds what the bot has written and said against the model: command by command, and all of it week by week."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import aliased

from storage.base import Session
from storage.checklist import Assignment, Note, Proof, Task
from storage.journal import Entry
from storage.meetings import Meeting
from storage.people import Leave, Person, RoleHolder
from storage.verifying import verify
from storage.workspace import Workspace
from tests.faults.rehearsal.association import Association
from tests.faults.rehearsal.books import Key, No, Row, Said

NOT_FORETOLD = ("snooze",)
"""Whether there is anything to put off depends on what is planned; what a snooze does is foretold."""


@dataclass(frozen=True)
class Answered:
    """A command and what came back; ``who`` as the database numbers people."""

    number: int
    who: int
    line: str
    refused: bool


@dataclass
class Judge:
    """``differences`` is what the bot did and the model did not, or the other way round."""

    here: Association
    differences: list[str] = field(default_factory=list)

    # --- command by command

    def follow(self, entries: Sequence[Any], answered: Iterable[Answered], at: datetime) -> None:
        """Commands that were said at once, in the order in which the journal has those that changed something.

        The others must have been refused, or without effect, by what stood there at one moment or another.
        """
        silent = self._silent(entries, answered)
        for entry in entries:
            silent = [one for one in silent if not self._is_explained(one, entry.at)]
            self._obey(entry)
        self.differences += [f"{one} {one.line}" for one in silent if not self._is_explained(one, at)]

    def _silent(self, entries: Sequence[Any], answered: Iterable[Answered]) -> list[Answered]:
        """Those of which nothing stands in the journal; there is one entry at most for each of the others."""
        written = Counter((entry.person_id, entry.line) for entry in entries)
        silent = []
        for one in answered:
            if written[one.who, one.line] and not one.refused:
                written[one.who, one.line] -= 1
            elif not one.line.startswith(NOT_FORETOLD):
                silent.append(one)
        self.differences += [f"nobody said it, or once only: {who} {line}" for who, line in written.elements()]
        return silent

    def _is_explained(self, one: Answered, at: datetime) -> bool:
        return self.here.would(one.who, one.line, at) == ("no" if one.refused else "nothing")

    def _obey(self, entry: Any) -> None:
        try:
            said = self.here.carry_out(entry.person_id, entry.line, entry.at)
        except No:
            said = None
            self.differences.append(f"{entry.seq} was to be refused: {entry.person_id} {entry.line}")
        if said is None:
            self.here.said.append(Said(entry.person_id, entry.line, entry.at, None, {}))
        elif said.undoes != entry.undone:
            self.differences.append(f"{entry.seq} took back {entry.undone} and not {said.undoes}")

    # --- all of it

    def compare(self, db: Session) -> None:
        """Every row of the model with the database's, and the journal with itself."""
        theirs = dict(rows_of(db))
        ours = {key: row for key, row in self.here.rows.items() if key[0] not in KEPT_TOGETHER}
        for key in sorted({*ours, *theirs}, key=str):
            if ours.get(key) != theirs.get(key):
                self.differences.append(f"{key}: {_apart(ours.get(key), theirs.get(key))}")
        for kind in KEPT_TOGETHER:
            mine = Counter(_plain(key, self.here.rows[key]) for key in self.here.below(kind))
            found = Counter(several_of(db, kind))
            if mine != found:
                self.differences.append(f"{kind}: missing {mine - found}, too many {found - mine}")
        place = db.scalars(select(Workspace.id)).one()
        count, broken = verify(db, place)
        if broken or count != len(self.here.said):
            self.differences.append(f"the journal has {count} entries, not {len(self.here.said)}; broken: {broken}")


KEPT_TOGETHER = ("note", "proof", "leave")
"""Rows that have no name of their own: they are counted."""


def _plain(key: Key, row: Row) -> tuple[Any, ...]:
    return (*key[1:-1], *(row[name] for name in sorted(row)))


def _apart(ours: Row | None, theirs: Row | None) -> str:
    if ours is None or theirs is None:
        return "not in the model" if ours is None else "not in the database"
    return ", ".join(
        f"{name} {theirs.get(name)} instead of {ours[name]}" for name in ours if ours[name] != theirs.get(name)
    )


def entries(db: Session, since: int) -> Sequence[Any]:
    """The journal from behind that number on; ``undone`` is the number of the entry that one takes back."""
    other = aliased(Entry)
    wanted = select(Entry.seq, Entry.at, Entry.person_id, Entry.line, other.seq.label("undone"))
    found = wanted.outerjoin(other, other.id == Entry.undoes).where(Entry.seq > since)
    return db.execute(found.order_by(Entry.seq)).all()


def rows_of(db: Session) -> Iterator[tuple[Key, Row]]:
    """What stands in the database, as the model has it."""
    meetings = {one.id: one for one in db.scalars(select(Meeting))}
    number = {key: one.number for key, one in meetings.items()}
    for one in meetings.values():
        row = {"name": one.name_en, "end": one.ends_at, "state": one.state, "closed_by": one.closed_by}
        yield ("meeting", one.number), row
    tasks = {task.id: ("task", number[task.meeting_id], task.number) for task in db.scalars(select(Task))}
    for task in db.scalars(select(Task)):
        yield tasks[task.id], _task(task)
    for task_id, person in db.execute(select(Assignment.task_id, Assignment.person_id)):
        yield ("assignment", *tasks[task_id][1:], person), {}
    for held in db.scalars(select(RoleHolder)):
        yield ("role", number[held.meeting_id], held.role, held.person_id), {}
    for person, zone in db.execute(select(Person.id, Person.zone).where(Person.zone != "")):
        yield ("person", person), {"zone": zone}


def _task(task: Task) -> Row:
    again = task.repetition()
    same = ("phase", "state", "reason", "round", "carried_to", "done_at", "done_by", "priority")
    return {
        **{name: getattr(task, name) for name in same},
        "title": task.title_en,
        "due": task.due_at,
        "rule": task.due_rule,
        "snoozed": task.snoozed_until,
        "role": task.owner_role,
        "kind": task.rule().kind,
        "every": again.every if again else "",
        "until": again.until if again else "",
    }


def several_of(db: Session, kind: str) -> Iterator[tuple[Any, ...]]:
    """As ``_plain`` gives them."""
    where = select(Task.id, Meeting.number, Task.number).join(Meeting, Meeting.id == Task.meeting_id)
    tasks = {task_id: (meeting, number) for task_id, meeting, number in db.execute(where)}
    if kind == "note":
        yield from ((*tasks[one.task_id], one.person_id, one.text) for one in db.scalars(select(Note)))
    elif kind == "proof":
        for one in db.scalars(select(Proof)):
            yield (*tasks[one.task_id], one.person_id, one.kind, one.round, one.value)
    else:
        yield from ((one.cover_id, one.first, one.last, one.person_id) for one in db.scalars(select(Leave)))
