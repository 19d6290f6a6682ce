"""What was promised and what was heard, over the weeks: the outbox forgets what it sent a month ago, this does not."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import select

from bot.platforms.slack.render import edition
from messages import Message
from storage.base import Session
from storage.checklist import Task
from storage.meetings import Meeting
from storage.nudges import Nudge, NudgeState, Reason
from storage.outbox import OPEN, Promise, outbox
from storage.rooms import Room
from tests.faults import checker
from tests.faults.checker import Findings, Row
from tests.faults.history import Event
from tests.faults.rehearsal.reminders import Heard, Reminders

_REPLY = re.compile(r":event-(\d+):answer$")
_SUMMARY = re.compile(r"summary:(\d+):([\d-]+):\d+$")


@dataclass
class Promises:
    """``said`` and ``edits`` by key; ``edited``: a message's newest edit, by room and time stamp, and how it reads."""

    said: dict[str, Row] = field(default_factory=dict)
    edited: dict[tuple[str, str], tuple[int, str]] = field(default_factory=dict)
    edits: dict[str, Row] = field(default_factory=dict)
    dropped: set[str] = field(default_factory=set)

    def collect(self, db: Session) -> list[str]:
        """What the outbox has now; tells what waits in it though everything is quiet."""
        table = outbox
        found = db.execute(
            select(*table.c, Room.external)
            .join(Room, Room.id == table.c.room_id)
            .where(table.c.lane.startswith("room:"))
        )
        waiting = []
        for row in found:
            if row.state in OPEN and row.not_before <= row.created_ms:
                waiting.append(row.dedupe_key)
            elif row.state in OPEN:
                continue
            elif row.state == Promise.DROPPED:
                self.dropped.add(row.dedupe_key)
            elif row.edits is None:
                waits = row.not_before > row.created_ms
                self.said[row.dedupe_key] = Row(row.id, row.dedupe_key, row.external, row.state, waits)
            else:
                self._edit(row)
        return waiting

    def _edit(self, row: Any) -> None:
        where = row.external, row.provider_id
        self.edits[row.dedupe_key] = Row(row.id, row.dedupe_key, row.external, row.state)
        if row.id > self.edited.get(where, (0, ""))[0]:
            self.edited[where] = row.id, edition(Message.model_validate_json(row.payload), row.dedupe_key)

    def judged(self, events: Sequence[Event], slot: float) -> Findings:
        """Everything once, in order, at its pace; one reply for each command; what was changed reads as it last was."""
        pages = {event["key"] for event in events if event["what"] == "accepted" and "#" in event["key"]}
        known = {**self.said, **self.edits}
        more = [_page(known[key.partition("#")[0]], key) for key in pages if key.partition("#")[0] in known]
        replies = [int(found[1]) for key in self.said if (found := _REPLY.search(key))]
        findings = checker.check(events, [*self.said.values(), *more], slot=slot, written=replies)
        shown = {(event["lane"], event["ts"]): event["mark"] for event in events if event["what"] == "changed"}
        for where, (_, mark) in self.edited.items():
            if shown.get(where) != mark:
                findings.lost.append(f"an edit of {where}")
        return findings


def _page(of: Row, key: str) -> Row:
    """One of several, which may have been added later."""
    return Row(of.id, key, of.lane, of.state, waits=True)


def reminded(db: Session, promises: Promises, reminders: Reminders) -> Iterator[tuple[str, str]]:
    """What the ledger and the summaries have less or more than the model: ``lost`` or ``duplicate``, and which."""
    ledger = set(_ledger(db))
    numbers = {one.id: one.number for one in db.scalars(select(Meeting))}
    weeks = {
        (numbers[int(found[1])], date.fromisoformat(found[2]), row.lane)
        for key, row in promises.said.items()
        if (found := _SUMMARY.match(key))
    }
    yield from (("lost", f"nudge {one}") for one in sorted(reminders.heard - ledger))
    yield from (("duplicate", f"nudge {one}") for one in sorted(ledger - reminders.heard))
    yield from (("lost", f"summary {one}") for one in sorted(reminders.weeks - weeks))
    yield from (("duplicate", f"summary {one}") for one in sorted(weeks - reminders.weeks))
    said = {key for key in db.scalars(select(Nudge.message)) if key}
    yield from (("lost", key) for key in sorted(said - set(promises.said)))
    if db.scalar(select(Nudge.id).where(Nudge.reason == Reason.CAP).limit(1)):
        yield "halves", "somebody had enough messages for a day"


def _ledger(db: Session) -> Iterator[Heard]:
    rows = select(Meeting.number, Task.number, Nudge.rung, Nudge.local_date, Room.external)
    joined = rows.join(Task, Task.id == Nudge.task_id).join(Meeting, Meeting.id == Task.meeting_id)
    found = db.execute(joined.join(Room, Room.id == Nudge.room_id).where(Nudge.state != NudgeState.DEFERRED))
    yield from ((meeting, number, str(rung), day, room) for meeting, number, rung, day, room in found)
