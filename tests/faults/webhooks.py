"""F7: what a platform delivers comes one to four times, out of order, to different replicas."""

from __future__ import annotations

import random
import threading
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select

from storage import journal
from storage.base import Session
from storage.checklist import State, Task
from tests.faults.checker import Findings
from tests.faults.crashes import fleet_of
from tests.faults.fleet import Fleet, rows_of
from tests.faults.registry import Outcome, Round, fault

TASKS = 20
MOST_TIMES = 4
WINDOW = 60
"""Deliveries among which one may overtake another."""


@dataclass
class Model:
    """What a few commands do to tasks from ``first``, told in plain Python.

    A line that is refused raises ``ValueError``.
    """

    first: int
    done: dict[str, bool] = field(default_factory=dict)
    titles: list[str] = field(default_factory=list)

    def carry_out(self, line: str) -> None:
        verb, _, rest = line.partition(" ")
        if verb == "add":
            self.titles.append(rest)
            self.done[rest] = False
        else:
            self._turn(self.titles[int(rest.removeprefix("T")) - self.first], done=verb == "done")

    def _turn(self, title: str, *, done: bool) -> None:
        if self.done[title] == done:
            raise ValueError(f"{title} is so already")
        self.done[title] = done


@fault(
    "F7",
    "webhooks one to four times, reordered",
    counted="deliveries",
    sampled={"webhooks": 60},
    full={"webhooks": 2500},
    rounds=4,
)
def repeated(given: Round) -> Outcome:
    fleet = fleet_of(given, slots=3)
    chance = given.chance
    with fleet.running():
        first = _begin(fleet)
        webhooks = [ask(number, chance, first) for number in range(given.size["webhooks"])]
        deliveries = shuffled([one for one in webhooks for _ in range(chance.randint(1, MOST_TIMES))], chance)
        answers = _deliver(fleet, deliveries)
        fleet.settle()
    return Outcome(len(deliveries), len(webhooks), judged(fleet, webhooks, answers, first))


def _begin(fleet: Fleet) -> int:
    """A meeting with some tasks; the number of the first of them."""
    lines = ["meeting new Conference end: 27 May 2026 17:00", *(f"add Thing {n}" for n in range(TASKS))]
    there = fleet.now[0]
    assert there is not None
    for number, line in enumerate(lines):
        done, _ = there.ask(number, **said(line, f"first-{number}"), deferred=True)
        assert done
    database = fleet.database()
    with database.read() as db:
        first = db.scalars(select(Task.number).where(Task.title_en == "Thing 0")).one()
    database.close()
    return first


def said(line: str, event: str) -> dict[str, Any]:
    """By the one who leads, in private: in a channel a refusal is shown to one person alone, and has no key."""
    room = f"D{sum(event.encode()) % 40 + 1:04}"
    return {"platform": "slack", "account": "U1", "room": room, "line": line, "event_id": event, "direct": True}


def ask(number: int, chance: random.Random, first: int) -> dict[str, Any]:
    task = first + chance.randrange(TASKS)
    verb = chance.choices(("done", "reopen", "add"), (10, 10, 1))[0]
    line = f"add More {number}" if verb == "add" else f"{verb} T{task}"
    return said(line, f"event-{number}")


def shuffled(deliveries: Sequence[dict[str, Any]], chance: random.Random) -> list[dict[str, Any]]:
    """Each comes later by some places."""
    return [one for _, one in sorted(enumerate(deliveries), key=lambda it: it[0] + chance.uniform(0, WINDOW))]


def _deliver(fleet: Fleet, deliveries: Iterable[dict[str, Any]]) -> dict[str, list[tuple[bool, str]]]:
    """Each to whichever replica is free, several at a time; all answers by the event."""
    answers: dict[str, list[tuple[bool, str]]] = {}
    queue, guard, errors = iter(list(enumerate(deliveries))), threading.Lock(), []

    def work(at: int) -> None:
        there = fleet.now[at]
        try:
            while there is not None:
                with guard:
                    number, what = next(queue)
                found = there.ask(number, **what, deferred=True)
                with guard:
                    answers.setdefault(what["event_id"], []).append(found)
        except StopIteration:
            return
        except Exception as error:  # noqa: BLE001  told below
            errors.append(error)

    crew = [threading.Thread(target=work, args=(at,)) for at in range(fleet.slots)]
    for one in crew:
        one.start()
    for one in crew:
        one.join()
    if errors:
        raise errors[0]
    return answers


def judged(
    fleet: Fleet, webhooks: Sequence[dict[str, Any]], answers: dict[str, list[tuple[bool, str]]], first: int
) -> Findings:
    """One reply for each, the same for each delivery; what the journal holds the model allows, and ends as it does."""
    database = fleet.database()
    with database.read() as db:
        rows, found = rows_of(db), fleet.findings(promised=0)
        keys = Counter(row.key for row in rows)
        for what in webhooks:
            event = what["event_id"]
            if len(set(answers[event])) != 1:
                found.contradicted.append(event)
            if sum(count for key, count in keys.items() if f":{event}:" in key) != 1:
                found.halves.append(f"{event}: not one reply")
        found.halves += _differences(db, webhooks, answers, first)
    database.close()
    return found


def _differences(
    db: Session, webhooks: Sequence[dict[str, Any]], answers: dict[str, list[tuple[bool, str]]], first: int
) -> Iterator[str]:
    model = Model(first)
    lines = list(db.scalars(select(journal.Entry.line).order_by(journal.Entry.seq)))[1:]  # the first makes the meeting
    for line in lines:
        try:
            model.carry_out(line)
        except (ValueError, IndexError) as error:
            yield f"{line}: {error}"
    obeyed = Counter(what["line"] for what in webhooks if answers[what["event_id"]][0][0])
    if obeyed != Counter(lines[TASKS:]):
        yield f"{(obeyed - Counter(lines)).total()} lines are not in the journal"
    tasks = db.execute(select(Task.title_en, Task.state).where(Task.number >= first)).all()
    if {row.title_en: row.state == State.DONE for row in tasks} != model.done:
        yield "the tasks are not the model's"
