"""The verbs that move a task from one state to another, and notes."""

from __future__ import annotations

from handlers.checklist import rules
from handlers.checklist.evidence import accept
from handlers.checklist.picking import choose, picked
from handlers.context import Context
from handlers.grammar import People, Tasks, Text
from handlers.permissions import allow, decide_own, work_on
from handlers.router import Router
from messages import Message, Offer, Question, Questions
from storage import checklist
from storage.checklist import Note, State, Task

router = Router("checklist")

UNDO = Offer("undo", "undo")


@router.command("done", zh="完成", also=("搞定", "finish", "complete", "做完"))
def done(ctx: Context, tasks: Tasks = (), note: Text = "") -> Message:
    """Finish tasks: done T3 T5, or with its proof: done T12 https://…"""
    chosen = picked(ctx, tasks)
    if not chosen:
        return choose(ctx, note, verb="done")
    allow(ctx, work_on, ctx.meeting, chosen)
    for task in chosen:
        if task.state == State.DONE:
            rules.move(task, State.DONE)
    accept(ctx, chosen, note)
    rounds = [task for task in chosen if _finish(ctx, task)]
    ctx.db.flush()
    return _finished(ctx, chosen, rounds)


def _finish(ctx: Context, task: Task) -> bool:
    """True when a recurring task went into its next round instead of ending."""
    due = rules.next_round(task, end=ctx.meeting_end, calendar=ctx.calendar)
    if due is None:
        rules.complete(task, by=ctx.person.id, at=ctx.now)
        return False
    rules.again(task, due, f"E+{(due.date() - ctx.meeting_end.date()).days} {due:%H:%M}" if task.due_rule else "")
    return True


def _finished(ctx: Context, chosen: list[Task], rounds: list[Task]) -> Message:
    counts = checklist.progress(ctx.db, ctx.meeting.id)
    ended = [number for number in {task.phase for task in chosen} if counts[number][0] == counts[number][1]]
    phases = ctx.content.phases
    return ctx.words(
        "checklist/done",
        tasks=[task for task in chosen if task not in rounds],
        rounds=rounds,
        finished=sum(done for done, _ in counts.values()),
        total=sum(total for _, total in counts.values()),
        complete=[phases[number - 1] for number in sorted(ended) if number <= len(phases)],
        following=_following(ctx),
        buttons=[UNDO, Offer("mine", "list mine")],
        about=ctx.refs(chosen),
        tone="good",
    )


def _following(ctx: Context) -> Task | None:
    """The next thing on this person's plate, if any."""
    unfinished = [task for task in checklist.tasks(ctx.db, ctx.meeting.id) if not task.finished]
    owners = ctx.owners(unfinished)
    mine = [task for task in unfinished if any(person.id == ctx.person.id for person in owners[task.id])]
    return min(mine, key=lambda task: (task.due_at, task.number), default=None)


@router.command("start", zh="开始", also=("begin", "着手"))
def start(ctx: Context, tasks: Tasks = ()) -> Message:
    """Say that you are on it: start T5"""
    chosen = picked(ctx, tasks)
    if not chosen:
        return choose(ctx, "", verb="start")
    allow(ctx, work_on, ctx.meeting, chosen)
    for task in chosen:
        rules.start(task)
    return ctx.words("checklist/started", tasks=chosen, buttons=[UNDO], about=ctx.refs(chosen))


@router.command("wait", zh="等待", also=("block", "waiting", "卡住"))
def wait(ctx: Context, tasks: Tasks = (), reason: Text = "") -> Message:
    """Blocked, and why: wait T5 the hotel has not sent its invoice"""
    chosen = picked(ctx, tasks)
    if not chosen or not reason:
        return _ask_reason(ctx, chosen, "wait")
    allow(ctx, work_on, ctx.meeting, chosen)
    for task in chosen:
        rules.wait(task, reason=reason)
    return ctx.words("checklist/waiting", tasks=chosen, reason=reason, buttons=[UNDO], about=ctx.refs(chosen))


@router.command("skip", zh="不适用", also=("n/a", "not applicable", "跳过"))
def skip(ctx: Context, tasks: Tasks = (), reason: Text = "") -> Message:
    """It does not apply here, and why: skip T58 no audit is required"""
    chosen = picked(ctx, tasks)
    if not chosen or not reason:
        return _ask_reason(ctx, chosen, "skip")
    allow(ctx, decide_own, ctx.meeting, chosen)
    for task in chosen:
        rules.skip(task, reason=reason, by=ctx.person.id, at=ctx.now)
    return ctx.words("checklist/skipped", tasks=chosen, reason=reason, buttons=[UNDO], about=ctx.refs(chosen))


@router.command("carry", zh="结转", also=("carry over", "移交"))
def carry(ctx: Context, tasks: Tasks = (), who: People = (), reason: Text = "") -> Message:
    """Leave it to somebody beyond the close: carry T58 @li until the board meets"""
    chosen = picked(ctx, tasks)
    if not chosen or len(who) != 1:
        return _ask_person(ctx, chosen)
    allow(ctx, decide_own, ctx.meeting, chosen)
    for task in chosen:
        rules.carry(task, to=who[0].id, reason=reason, by=ctx.person.id, at=ctx.now)
    return ctx.words(
        "checklist/carried", tasks=chosen, who=who[0], reason=reason, buttons=[UNDO], about=ctx.refs(chosen)
    )


@router.command("reopen", zh="重开", also=("重新打开",))
def reopen(ctx: Context, tasks: Tasks = ()) -> Message:
    """Put a task back among what is to be done: reopen T12"""
    chosen = picked(ctx, tasks)
    if not chosen:
        return choose(ctx, "", verb="reopen")
    allow(ctx, work_on, ctx.meeting, chosen)
    for task in chosen:
        rules.reopen(task)
    return ctx.words("checklist/reopened", tasks=chosen, buttons=[UNDO], about=ctx.refs(chosen))


@router.command("note", zh="备注", also=("remark", "记一笔"))
def note(ctx: Context, tasks: Tasks = (), text: Text = "") -> Message:
    """Keep a note with a task: note T12 the courier comes on Friday"""
    chosen = picked(ctx, tasks)
    if not chosen or not text:
        return _ask_reason(ctx, chosen, "note")
    ctx.must_run()
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
