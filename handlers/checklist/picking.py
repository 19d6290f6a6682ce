"""Which tasks are meant: those that were named, else those of the thread, else a choice of buttons."""

from __future__ import annotations

from collections.abc import Sequence

from handlers.checklist.matching import Candidate, match
from handlers.context import Context
from handlers.grammar import TaskRef
from handlers.refused import Refused
from messages import Entry, Message, Offer
from storage import checklist
from storage.checklist import Task

MOST_CHOICES = 5


def picked(ctx: Context, refs: Sequence[TaskRef]) -> list[Task]:
    """The named tasks; without a name the thread's only task; else none. A running meeting is needed."""
    named = refs or (ctx.thread if len(ctx.thread) == 1 else ())
    tasks = ctx.tasks(named)
    if tasks:
        ctx.must_run()
        if len({task.meeting_id for task in tasks}) > 1:
            raise Refused("checklist/two_meetings")
    return tasks


def of_phase(ctx: Context, phase: int) -> list[Task]:
    """Every unfinished task of a phase; none when no phase was named."""
    if not phase:
        return []
    ctx.must_run()
    most = len(ctx.content.phases)
    if phase > most:
        raise Refused("checklist/no_phase", number=phase, most=most)
    return [task for task in checklist.tasks(ctx.db, ctx.meeting.id) if task.phase == phase and not task.finished]


def candidates(ctx: Context, text: str) -> list[Candidate]:
    """Unfinished tasks that the words may mean, the likeliest first; in a thread only the thread's."""
    tasks = ctx.tasks(ctx.thread) if ctx.thread else checklist.tasks(ctx.db, ctx.meeting.id)
    names = {item.key: item.words for _, item in ctx.content.items()}
    return match(text, [task for task in tasks if not task.finished], names)


def choose(ctx: Context, text: str, *, verb: str, found: Sequence[Candidate] | None = None) -> Message:
    """One confirm button per candidate; without a candidate, the person's own next tasks."""
    ctx.must_run()
    if found is None:
        found = candidates(ctx, text) if text or ctx.thread else []
    tasks = [candidate.task for candidate in found] or (ctx.tasks(ctx.thread) if ctx.thread else _mine(ctx))
    if not tasks:
        raise Refused("checklist/which", verb=verb, buttons=[Offer("list", "list")])
    owners = ctx.owners(tasks)
    rows = [
        Entry(
            {"task": task, "owners": owners[task.id]},
            [Offer(verb, f"{verb} {ref}", primary=True)],
        )
        for task, ref in zip(tasks[:MOST_CHOICES], ctx.refs(tasks), strict=False)
    ]
    return ctx.words(
        "checklist/choose",
        verb=verb,
        text=text,
        guessed=bool(found),
        more=max(0, len(tasks) - MOST_CHOICES),
        rows=rows,
        buttons=[Offer("list", "list")],
        tone="ask",
        private=True,
    )


def _mine(ctx: Context) -> list[Task]:
    unfinished = [task for task in checklist.tasks(ctx.db, ctx.meeting.id) if not task.finished]
    owners = ctx.owners(unfinished)
    mine = [task for task in unfinished if any(person.id == ctx.person.id for person in owners[task.id])]
    return sorted(mine or unfinished, key=lambda task: (task.due_at, task.number))
