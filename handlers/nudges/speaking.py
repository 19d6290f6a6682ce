"""One message per room and slot: how it reads, how it is edited, and whether it is still wanted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import count
from typing import TYPE_CHECKING, Any

from handlers.context import Context, voice
from handlers.nudges import ledger, planning
from handlers.nudges.ledger import Line
from handlers.nudges.planning import Desk
from handlers.router import Router
from messages import Entry, Message, Offer
from storage import nudges, people, rooms
from storage.checklist import State, Task
from storage.nudges import DueTask, Nudged
from storage.rooms import Room
from storage.workspace import Workspace

if TYPE_CHECKING:
    from storage.base import Session

router = Router("nudges")

MOST_ROWS = 15
WEEK = timedelta(days=7)
NOON, EVENING = 12, 18


@dataclass(frozen=True)
class Speech:
    """A desk for the tasks that are spoken of, with what their rows say besides.

    ``waits``: the tasks that come first, by task; ``counts``: finished, all and due this week, by meeting.
    """

    desk: Desk
    waits: dict[int, list[str]]
    counts: dict[int, tuple[int, int, int]]


def load(db: Session, place: Workspace, tasks: Sequence[Task], now: datetime) -> Speech:
    desk = planning.load(db, place, tasks, now, planned=False)
    people.some(db, {task.done_by for task in tasks if task.done_by})
    counts = nudges.counts(db, desk.meetings, after=now, until=now + WEEK)
    return Speech(desk, _waits(desk, tasks), counts)


def _waits(desk: Desk, tasks: Sequence[Task]) -> dict[int, list[str]]:
    """``T5`` of what should come first and is not finished, by task."""
    templates = nudges.templates(desk.db, [meeting.template_id for meeting in desk.meetings.values()])
    after = {}
    for task in tasks:
        item = templates[desk.meetings[task.meeting_id].template_id].read().item(task.key) if task.key else None
        after[task.id] = item.after if item else ()
    keys = {key for row in after.values() for key in row}
    known = nudges.unfinished(desk.db, desk.meetings, keys) if keys else {}
    return {
        task.id: [f"T{known[task.meeting_id, key]}" for key in after[task.id] if (task.meeting_id, key) in known]
        for task in tasks
    }


def say(desk: Desk, room: Room, lines: Sequence[Line[DueTask]], pace: Mapping[str, int]) -> None:
    """Promise the room its message, which is worded when it is sent, and keep in the ledger what it carries."""
    ctx = voice(desk.db, desk.place, room, desk.now, pace, nobody=desk.nobody)
    day = desk.hours(room).day(desk.now)
    stem, first = f"nudge:{room.id}:{day}", desk.said.get((room.id, day), 0) + 1
    shown = ledger.in_order(lines)[:MOST_ROWS]
    wordless = Message(name="nudges/slot", locale=ctx.locale, about=tuple(_ref(desk, line.task) for line in shown))
    key = _promise(ctx, stem, first, wordless, recheck="nudges")
    ledger.sent(desk, lines, room, key)


@dataclass(frozen=True)
class Edit:
    """How a message that was sent, under the key ``edits``, now reads. It is still to be promised."""

    ctx: Context
    edits: str
    message: Message
    first: int

    def promise(self) -> None:
        _promise(self.ctx, f"{self.edits}:edit", self.first, self.message, edits=self.edits)


def edit(
    speech: Speech, key: str, rows: Sequence[nudges.Nudge], tasks: dict[int, Task], pace: Mapping[str, int]
) -> Edit:
    """A message which was sent, as its tasks now are.

    Where none of them was done, and none is due any more, it was wrong.
    """
    room = rooms.get(speech.desk.db, rows[0].room_id)
    ctx = voice(speech.desk.db, speech.desk.place, room, speech.desk.now, pace)
    lines = ledger.lines_of(rows, tasks)
    void = all(line.settled and line.task.state != State.DONE for line in lines)
    message = worded(speech, ctx, lines, rows[0].at).model_copy(update={"withdrawn": void})
    return Edit(ctx, key, message, sum(line.settled for line in lines))


def _promise(
    ctx: Context, stem: str, first: int, message: Message, *, recheck: str = "", edits: str | None = None
) -> str:
    """Under the first number that is free."""
    keys = (f"{stem}:{n}" for n in count(first))
    return next(key for key in keys if ctx.promise(key, ctx.room, message, recheck=recheck, edits=edits))


@router.recheck("nudges")
def still_wanted(ctx: Context, key: str, message: Message) -> Message | None:
    """Just before sending: what was finished, moved or snoozed meanwhile is left out; none is sent too late.

    Only then it is worded, of what is so by then: a sweep that has ten thousand tasks to look at need not wait for
    that.
    """
    rows = nudges.of_messages(ctx.db, [key])[key]
    tasks = nudges.tasks(ctx.db, [row.task_id for row in rows])
    speech = load(ctx.db, ctx.workspace, list(tasks.values()), ctx.now)
    late = bool(rows) and ledger.stale(speech.desk, ctx.room, rows[0].local_date, ctx.now)
    gone = [row for row in rows if late or not ledger.wanted(speech.desk, tasks[row.task_id], row)]
    ledger.withdraw(ctx.db, gone, tasks)
    left = [row for row in rows if row not in gone]
    if left and (gone or not message.title):
        return worded(speech, ctx, ledger.lines_of(left, tasks), ctx.now)
    return message if left else None


def worded(speech: Speech, ctx: Context, lines: Sequence[Line[Task]], at: datetime) -> Message:
    """The message; ``at`` is when it was first said."""
    shown = ledger.in_order(lines)[:MOST_ROWS]
    counts = [speech.counts[meeting_id] for meeting_id in {line.task.meeting_id for line in lines}]
    return ctx.words(
        "nudges/slot",
        part=_part(at.astimezone(ctx.zone).hour),
        count=sum(not line.settled for line in lines),
        finished=sum(finished for finished, _, _ in counts),
        total=sum(total for _, total, _ in counts),
        soon=sum(soon for _, _, soon in counts),
        more=len(lines) - len(shown),
        because=_because(speech.desk, ctx, lines),
        deaf=ctx.room.id if ctx.room.deaf else None,
        ref=_ref(speech.desk, shown[0].task),
        rows=[_entry(speech, ctx, line, several=len(counts) > 1) for line in shown],
        buttons=[Offer("overdue", "list overdue")] if len(lines) > len(shown) else [],
        about=[_ref(speech.desk, line.task) for line in shown],
    )


def _part(hour: int) -> str:
    return "morning" if hour < NOON else "afternoon" if hour < EVENING else "evening"


def _ref(desk: Desk, task: Nudged) -> str:
    return f"M{desk.meetings[task.meeting_id].number}-{task.ref}"


def _because(desk: Desk, ctx: Context, lines: Sequence[Line[Task]]) -> str:
    """Why the room hears of it: it is the team's, the tasks are the person's, they cover for somebody, or they lead."""
    if ctx.room.person_id is None:
        return "team"
    theirs = [ctx.room.person_id in desk.owners[line.task.id] for line in lines]
    if any(theirs):
        return "yours" if all(theirs) else "partly"
    owners = {person_id for line in lines for person_id in desk.owners[line.task.id]}
    today = desk.now.astimezone(ctx.zone).date()
    away = (desk.absence(person_id, today) for person_id in owners)
    return "cover" if any(leave and leave.cover_id == ctx.room.person_id for leave in away) else "lead"


def _entry(speech: Speech, ctx: Context, line: Line[Task], *, several: bool) -> Entry:
    desk, task = speech.desk, line.task
    today = desk.now.astimezone(ctx.zone).date()
    facts = {
        "task": task,
        "meeting": desk.meetings[task.meeting_id] if several else None,
        "owners": [desk.people[person_id].name for person_id in desk.owners[task.id]],
        "role": task.owner_role,
        "away": _away(desk, task, today),
        "days": (today - task.due_at.astimezone(ctx.zone).date()).days,
        "passed": task.due_at < desk.now,
        "waits": speech.waits[task.id],
        "rule": task.rule(),
        "by": people.get(desk.db, task.done_by).name if task.done_by else "",
    }
    if line.settled:
        return Entry(facts, block="settled")
    return Entry(facts, _offers(task, _ref(desk, task), owned=bool(desk.owners[task.id])))


def _away(desk: Desk, task: Task, today: date) -> list[dict[str, Any]]:
    """Who of the owners is on leave, until when, and who covers."""
    found = []
    for person_id in desk.owners[task.id]:
        leave = desk.absence(person_id, today)
        if leave is not None:
            cover = desk.people[leave.cover_id].name if leave.cover_id else ""
            found.append({"name": desk.people[person_id].name, "last": leave.last, "cover": cover})
    return found


def _offers(task: Task, ref: str, *, owned: bool) -> list[Offer]:
    """What one would do next; three at most."""
    begin = [Offer("start", f"start {ref}")] if task.state == State.OPEN else []
    second = begin if owned else [Offer("assign", f"assign {ref}")]
    third = Offer("skip", f"skip {ref}") if task.optional else Offer("snooze", f"snooze {ref} tomorrow")
    return [Offer("done", f"done {ref}", primary=True), *second, third]
