"""Plain words: "发票都寄出了", "slides are all in". Acts alone only when one task is meant beyond doubt."""

from __future__ import annotations

import re
from collections.abc import Sequence

from handlers.checklist.actions import begin
from handlers.checklist.arriving import arrive, attach
from handlers.checklist.card import show
from handlers.checklist.finishing import finish
from handlers.checklist.links import alone
from handlers.checklist.listing import asked_for
from handlers.checklist.matching import Called, Candidate, hits, masked, names_of, the_one, unexplained
from handlers.checklist.named import named, refs_in
from handlers.checklist.phrases import Intent, clauses, doubtful, intent, is_courtesy, read
from handlers.checklist.picking import candidates, choose, names, of_thread
from handlers.checklist.replies import counted, finished_something, put_off, thanked
from handlers.context import Context
from handlers.ids import TaskRef
from handlers.refused import Refused
from handlers.router import Router
from messages import Message
from storage import checklist
from storage.checklist import Task

router = Router("checklist")

_TAG = re.compile(r"</?[a-z][^<>]*>", re.IGNORECASE)


@router.otherwise
def talk(ctx: Context, line: str) -> Message:
    """A line without a verb. Raises ``Refused`` ("grammar/unknown") when it says nothing of any task."""
    text = line.strip()
    links = alone(text)
    if links or (ctx.files and not text):
        return attach(ctx, links=links)
    if not text:
        raise Refused("grammar/empty")
    if refs_in(text):
        return named(ctx, text)
    return asked_for(ctx, text) or thanked(ctx, text) or put_off(ctx, text) or counted(ctx, text) or _unnamed(ctx, text)


# --- without ids: the words must name one task, wholly


def _unnamed(ctx: Context, text: str) -> Message:
    if len(ctx.thread) == 1 and (answer := _in_thread(ctx, text)):
        return answer
    if answer := finished_something(ctx, text):
        return answer
    tasks = checklist.tasks(ctx.db, ctx.meeting.id)
    called = names(ctx, [task for task in tasks if not task.finished])
    task, kind = _beyond_doubt(text, called)
    if task is not None and ctx.thread and task.number not in {ref.number for ref in ctx.thread}:
        task = None
    if task is not None:
        return _act(ctx, kind, TaskRef(task.number), text)
    if ctx.files:
        return attach(ctx) if len(ctx.thread) == 1 else arrive(ctx, ctx.files, caption=text)
    return _ask(ctx, text, called, tasks)


def _act(ctx: Context, kind: Intent, ref: TaskRef, text: str) -> Message:
    return begin(ctx, (ref,), heard=text) if kind == Intent.START else finish(ctx, (ref,), "", heard=text)


def _beyond_doubt(text: str, called: Sequence[Called]) -> tuple[Task | None, Intent]:
    """The one task that is finished or begun by these words, every one of which is understood; else None."""
    said = [clause for clause in clauses(text) if not is_courtesy(clause)]
    hit = the_one(said[0], called) if len(said) == 1 else None
    if hit is None:
        return None, Intent.NONE
    own = next(one for one in called if one.task is hit.task)
    rest = masked(said[0], hits(said[0], [own]))
    kind, reading = intent(rest), read(rest)
    if kind == Intent.NONE or unexplained(reading, [own]):
        return None, kind
    if kind == Intent.START:
        return hit.task, kind
    fits = reading.generic or (bool(reading.acts) and all(own.does(acts) for acts in reading.acts))
    return (hit.task if fits and hit.whole else None), kind


def _in_thread(ctx: Context, text: str) -> Message | None:
    """Under a message about one task: "好了", "all in!" mean it, unless the words name another or leave a doubt."""
    said = [clause for clause in clauses(text) if not is_courtesy(clause)]
    if len(said) != 1:
        return None
    task = ctx.tasks(ctx.thread)[0]
    own = names_of([task], {item.key: item.words for _, item in ctx.content.items()})
    found = hits(said[0], names(ctx, checklist.tasks(ctx.db, ctx.meeting.id)))
    mine = hits(said[0], own)
    others = [hit for hit in found if hit.task is not task and not any(hit.within(one) for one in mine)]
    if others or (mine and not all(hit.whole for hit in mine)):
        return None
    rest = masked(said[0], mine)
    kind, reading = intent(rest), read(rest)
    if kind == Intent.NONE or unexplained(reading, own):
        return None
    if kind == Intent.DONE and not (
        reading.generic or (reading.acts and all(own[0].does(acts) for acts in reading.acts))
    ):
        return None
    return _act(ctx, kind, ctx.thread[0], text)


def _kind(text: str) -> Intent:
    """What a whole sentence says: nothing as soon as one part of it leaves a doubt, else what most of it says."""
    kinds = [intent(clause) for clause in clauses(text)]
    if any(doubtful(clause) for clause in clauses(text)):
        return Intent.NONE
    return next((kind for kind in (Intent.START, Intent.DONE) if kind in kinds), Intent.NONE)


def _ask(ctx: Context, text: str, called: Sequence[Called], tasks: Sequence[Task]) -> Message:
    """Nothing is done; one button per task that may be meant. What is no claim at all shows the task."""
    said = _TAG.sub(" ", text)
    kind = _kind(masked(text, hits(text, called)))
    found = candidates(ctx, said)
    if kind != Intent.NONE and not found:
        found = [Candidate(task, 0.0) for task in of_thread(ctx)]
    if kind == Intent.NONE:
        every = names(ctx, tasks)
        only = the_one(said, every)
        if only is not None:
            return show(ctx, (TaskRef(only.task.number),))
        if len(ctx.thread) == 1 and not is_courtesy(text):
            return show(ctx)
    if not found:
        raise Refused("grammar/unknown", text=text)
    return choose(ctx, text, verb="show" if kind == Intent.NONE else str(kind), found=found)
