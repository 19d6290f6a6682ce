"""Whoever gets a task from somebody else hears of it at once, in private; whoever loses it by an undo, too."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from itertools import count

from handlers.context import Context
from handlers.grammar import Cursor, Tasks
from handlers.ids import TaskRef
from handlers.refused import Refused
from handlers.router import Router
from messages import Entry, Message, Offer
from storage import outbox, people, rooms
from storage.checklist import Assignment, Task
from storage.journal import Change
from storage.outbox import Promise
from storage.people import Person
from storage.rooms import Room

router = Router("checklist")

MOST_ROWS = 8


def owners_of(ctx: Context, tasks: Sequence[Task]) -> dict[int, set[int]]:
    """Ids of the people who have each task, by its id."""
    return {task_id: {person.id for person in who} for task_id, who in ctx.owners(tasks).items()}


def tell_new_owners(ctx: Context, tasks: Sequence[Task], before: Mapping[int, set[int]]) -> None:
    """One message for each who did not have a task and has it now, whatever the number of tasks. Flush before."""
    now = owners_of(ctx, tasks)
    fresh = {person_id for task in tasks for person_id in now[task.id] - before.get(task.id, set())} - {ctx.person.id}
    for room in _private(ctx, fresh):
        person_id = room.person_id or 0
        theirs = [task for task in tasks if person_id in now[task.id] - before.get(task.id, set())]
        voice, stem = ctx.voice(room), _stem(ctx.person, room, theirs[0])
        voice.subject = ctx.meeting
        told = _given(voice, ctx.person, theirs)
        next(n for n in count(1) if _promise(voice, f"{stem}:{n}", told, recheck="given"))


def _private(ctx: Context, ids: Iterable[int]) -> list[Room]:
    """The conversations of these people that want to hear from the bot."""
    wanted = sorted(ids)
    return [room for room in rooms.direct(ctx.db, wanted) if room.nudges] if wanted else []


def _stem(by: Person, room: Room, first: Task) -> str:
    return f"given:{by.id}:{room.id}:{first.id}"


def _promise(voice: Context, key: str, told: Message, *, recheck: str = "") -> bool:
    return voice.promise(key, voice.room, told, recheck=recheck, not_before=voice.quiet_until)


def _given(voice: Context, by: Person, tasks: Sequence[Task]) -> Message:
    refs = voice.refs(tasks)
    rows = [Entry({"task": task}, [Offer("show", f"show {ref}")]) for task, ref in zip(tasks, refs, strict=True)]
    alone = [Offer("start", f"start {refs[0]}"), Offer("show", f"show {refs[0]}")]
    several = [Offer("mine", f"list M{voice.meeting.number} mine")]
    return voice.words(
        "checklist/given",
        by=by.name,
        tasks=tasks,
        meeting=voice.meeting,
        more=max(0, len(tasks) - MOST_ROWS),
        rows=rows[:MOST_ROWS] if len(tasks) > 1 else [],
        buttons=several if len(tasks) > 1 else alone,
        about=refs,
    )


@router.recheck("given")
def still_given(ctx: Context, key: str, message: Message) -> Message | None:
    """Just before sending: what was taken back, passed on, finished or taken off the list meanwhile is left out."""
    refs = Tasks.__metadata__[0].take(Cursor.over(" ".join(message.about)), ctx) or ()  # type: ignore[attr-defined]
    tasks = list(_there(ctx, refs))
    now = owners_of(ctx, tasks)
    left = [task for task in tasks if not task.finished and ctx.room.person_id in now[task.id]]
    if len(left) == len(refs):
        return message
    return _given(ctx, people.get(ctx.db, int(key.split(":")[1])), left) if left else None


def _there(ctx: Context, refs: Iterable[TaskRef]) -> Iterator[Task]:
    for ref in refs:
        with suppress(Refused):
            yield from ctx.tasks([ref])


@router.after_undo
def taken_back(ctx: Context, changes: Sequence[Change]) -> None:
    """Whoever was told that a task is theirs hears that it is not."""
    gone: dict[int, list[Task]] = {}
    for change in changes:
        task = ctx.db.get(Task, change.task) if change.task else None
        if change.table == Assignment.__tablename__ and change.before is None and change.after and task:
            gone.setdefault(change.after["person_id"], []).append(task)
    now = owners_of(ctx, list({task.id: task for tasks in gone.values() for task in tasks}.values()))
    for room in _private(ctx, gone.keys() - {ctx.person.id}):
        theirs = [task for task in gone[room.person_id or 0] if room.person_id not in now[task.id]]
        key = next(filter(None, (_heard(ctx, _stem(ctx.person, room, task)) for task in theirs)), "")
        if key:
            voice, offers = ctx.voice(room), [Offer("mine", f"list M{ctx.meeting.number} mine")]
            told = voice.words("checklist/taken_back", by=ctx.person.name, tasks=theirs, buttons=offers)
            if _names_no_other(ctx, key, theirs):
                voice.withdraw(key, room)
            _promise(voice, f"{key}:back", told)


def _names_no_other(ctx: Context, key: str, tasks: Sequence[Task]) -> bool:
    """Whether what was said under that key speaks of these tasks alone."""
    found = outbox.promised(ctx.db, key)
    return found is not None and set(Message.known(found[0]).about) <= set(ctx.refs(tasks))


def _heard(ctx: Context, stem: str) -> str:
    """The key of the newest message of these, if it was sent; else ""."""
    keys = (f"{stem}:{n}" for n in count(1))
    last, state = "", None
    for key in keys:
        found = outbox.promised(ctx.db, key)
        if found is None:
            break
        last, state = key, found[1]
    return last if state in {Promise.SENT, Promise.SENDING} else ""
