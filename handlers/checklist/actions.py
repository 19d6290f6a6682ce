"""The verbs that move a task from one state to another short of its end, or end it unfinished; and notes."""

from __future__ import annotations

from typing import Any

from handlers.checklist import approving, phrases, rules
from handlers.checklist.finishing import UNDO, before, explained, followed
from handlers.checklist.matching import Candidate
from handlers.checklist.phrases import asks
from handlers.checklist.picking import choose, found_in, picked, read
from handlers.checklist.watching import What, tell_watchers
from handlers.context import Context
from handlers.grammar import Tasks, Text
from handlers.permissions import allow, decide_own, work_on
from handlers.router import Router
from handlers.who import Someone
from messages import Message, Offer, Question, Questions
from storage.checklist import Note, Task

router = Router("checklist")


@router.command("start", zh="开始", also=("begin", "着手"))
def start(ctx: Context, tasks: Tasks = (), about: Text = "") -> Message:
    """Say that you are on it: start T5"""
    if about and (not tasks or asks(ctx.line)):
        return choose(ctx, about, verb="start")
    if phrases.doubtful(about):
        return choose(ctx, about, verb="start", found=[Candidate(task, 0.0) for task in ctx.tasks(tasks)])
    return begin(ctx, tasks)


def begin(ctx: Context, refs: Tasks, *, heard: str = "") -> Message:
    """Start what was named, or the thread's task; ``heard`` are the words that were taken to mean it."""
    if not refs and len(ctx.thread) != 1:
        return choose(ctx, "", verb="start")
    sheet, chosen = found_in(ctx, refs)
    allow(ctx, work_on, ctx.meeting, chosen)
    with explained(ctx):
        for task in chosen:
            rules.start(task)
    first = {other.number: other for task in chosen for other in before(ctx, sheet, task) if other not in chosen}
    return ctx.words(
        "checklist/started",
        tasks=chosen,
        first=list(first.values()),
        heard=heard,
        buttons=[UNDO, *(Offer("done", f"done {ref}") for ref in ctx.refs(chosen)[:1])],
        about=ctx.refs(chosen),
    )


@router.command("wait", zh="等待", also=("block", "waiting", "卡住"))
def wait(ctx: Context, tasks: Tasks = (), reason: Text = "") -> Message:
    """Blocked, and why: wait T5 the hotel has not sent its invoice"""
    chosen = picked(ctx, tasks)
    if not chosen or not reason or phrases.is_particle(reason):
        return _ask_reason(ctx, chosen, "wait")
    allow(ctx, work_on, ctx.meeting, chosen)
    with explained(ctx):
        for task in chosen:
            rules.wait(task, reason=reason)
    return ctx.words("checklist/waiting", tasks=chosen, reason=reason, buttons=[UNDO], about=ctx.refs(chosen))


@router.command("skip", zh="不适用", also=("n/a", "not applicable", "跳过"))
def skip(ctx: Context, tasks: Tasks = (), reason: Text = "") -> Message:
    """It does not apply here, and why: skip T53 no audit is required"""
    chosen = picked(ctx, tasks)
    if not chosen or not reason or phrases.is_particle(reason):
        return _ask_reason(ctx, chosen, "skip")
    allow(ctx, decide_own, ctx.meeting, chosen)
    with explained(ctx):
        for task in chosen:
            rules.skip(task, reason=reason, by=ctx.person.id, at=ctx.now)
    return _ended(ctx, chosen, "skipped", reason=reason)


@router.command("carry", zh="结转", also=("carry over", "移交"))
def carry(ctx: Context, tasks: Tasks = (), who: Someone = (), reason: Text = "") -> Message:
    """Leave it to somebody beyond the close: carry T57 Li Na until the board meets"""
    chosen = picked(ctx, tasks)
    if not chosen or len(who) != 1:
        return _ask_person(ctx, chosen)
    allow(ctx, decide_own, ctx.meeting, chosen)
    with explained(ctx):
        for task in chosen:
            rules.carry(task, to=who[0].id, reason=reason, by=ctx.person.id, at=ctx.now)
    return _ended(ctx, chosen, "carried", reason=reason, who=who[0])


def _ended(ctx: Context, chosen: list[Task], what: What, **facts: Any) -> Message:
    ctx.db.flush()
    sheet = read(ctx)
    tell_watchers(ctx, chosen, what, sheet.staff.watching)
    approving.refresh(ctx, chosen)
    return ctx.words(
        f"checklist/{what}",
        tasks=chosen,
        **{**followed(ctx, sheet, chosen), "early": []},
        **facts,
        buttons=[UNDO],
        about=ctx.refs(chosen),
    )


@router.command("note", zh="备注", also=("remark", "记一笔"))
def note(ctx: Context, tasks: Tasks = (), text: Text = "") -> Message:
    """Keep a note with a task: note T12 the courier comes on Friday"""
    chosen = picked(ctx, tasks)
    if not chosen or not text:
        return _ask_reason(ctx, chosen, "note")
    ctx.db.add_all(Note(task_id=task.id, person_id=ctx.person.id, at=ctx.now, text=text) for task in chosen)
    return ctx.words("checklist/noted", tasks=chosen, text=text, buttons=[UNDO], about=ctx.refs(chosen))


def _ask_reason(ctx: Context, chosen: list[Task], verb: str) -> Message:
    """The form that asks for the one thing which is missing; without a task, which task."""
    if not chosen:
        return choose(ctx, "", verb=verb)
    line = " ".join([verb, *ctx.refs(chosen)])
    name = "text" if verb == "note" else "reason"
    form = Questions(line, [Question(name, "long", required=True)])
    return ctx.words("checklist/ask_reason", tasks=chosen, verb=verb, form=form, private=True)


def _ask_person(ctx: Context, chosen: list[Task]) -> Message:
    if not chosen:
        return choose(ctx, "", verb="carry")
    line = " ".join(["carry", *ctx.refs(chosen)])
    form = Questions(line, [Question("who", "choice", required=True, choices=ctx.people_choices()), Question("reason")])
    return ctx.words("checklist/ask_person", tasks=chosen, form=form, private=True)
