"""Finishing a task, and what follows from it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from handlers.checklist import approving, phrases, rules
from handlers.checklist.arriving import attach
from handlers.checklist.evidence import accept, may_decide, partly, prove
from handlers.checklist.matching import Candidate
from handlers.checklist.picking import Sheet, choose, found_in, read
from handlers.checklist.replies import which_is_done
from handlers.checklist.watching import tell_watchers
from handlers.context import Context
from handlers.grammar import Tasks, Text
from handlers.ids import TaskRef
from handlers.permissions import Who, allow, deciders, work_on
from handlers.refused import Refused
from handlers.router import Router
from messages import Message, Offer
from storage import people
from storage.checklist import Listed, State, Task

router = Router("checklist")

UNDO = Offer("undo", "undo")


@router.command("done", zh="完成", also=("搞定", "finish", "complete", "做完"))
def done(ctx: Context, tasks: Tasks = (), note: Text = "") -> Message:
    """Finish tasks: done T3 T5, or with its proof: done T12 https://…"""
    if not tasks and len(ctx.thread) != 1:
        if phrases.is_particle(note) or phrases.means_all(note):
            return which_is_done(ctx, "", everything=phrases.means_all(note))
        return choose(ctx, note, verb="done")
    doubt = phrases.asks(ctx.line) or (phrases.asks(note) if tasks else phrases.doubtful(note))
    return finish(ctx, tasks, "" if phrases.is_particle(note) else note, doubt=doubt)


def finish(ctx: Context, refs: Tasks, note: str, *, heard: str = "", doubt: bool = False) -> Message:
    """Finish what was named, or the thread's task; ``heard`` are the words that were taken to mean it."""
    sheet, chosen = found_in(ctx, refs)
    if doubt:
        return choose(ctx, note.strip("?？ "), verb="done", found=[Candidate(task, 0.0) for task in chosen])
    _allow(ctx, sheet, chosen)
    with explained(ctx):
        fresh = [task for task in chosen if task.state != State.DONE]
        if not fresh:
            rules.move(chosen[0], State.DONE)
        if partly(ctx, fresh, note):
            return attach(ctx, tuple(TaskRef(task.number, sheet.meeting.number) for task in fresh))
        if approving.only_approval_lacks(ctx, fresh, note):
            return approving.ask(ctx, fresh, note)
        override = accept(ctx, fresh, note)
        rounds = [task for task in fresh if _finish(ctx, task)]
    return _finished(ctx, sheet, chosen, fresh, rounds, override=override, heard=heard)


def _allow(ctx: Context, sheet: Sheet[Listed], tasks: Sequence[Task]) -> None:
    """As ``allow(work_on)``, from what has been read already; a refusal asks again, for the names in it."""
    roles, owners = sheet.staff.roles(ctx.person.id), [sheet.staff.owners(task) for task in tasks]
    if not all(work_on.holds(Who(ctx.person.admin, roles, ctx.person.id in who, not who)) for who in owners):
        allow(ctx, work_on, sheet.meeting, tasks)


def _finish(ctx: Context, task: Task) -> bool:
    """True when a recurring task went into its next round instead of ending."""
    due = rules.next_round(task, end=ctx.meeting_end, calendar=ctx.calendar) if task.repeats else None
    if due is None:
        rules.complete(task, by=ctx.person.id, at=ctx.now)
        return False
    rules.again(task, due, f"E{(due.date() - ctx.meeting_end.date()).days:+d} {due:%H:%M}" if task.due_rule else "")
    return True


def _finished(
    ctx: Context,
    sheet: Sheet[Listed],
    chosen: list[Task],
    fresh: list[Task],
    rounds: list[Task],
    *,
    override: str = "",
    heard: str = "",
) -> Message:
    ctx.db.flush()
    ended = [task for task in fresh if task not in rounds]
    tell_watchers(ctx, ended, "done", sheet.staff.watching)
    tell_watchers(ctx, rounds, "round", sheet.staff.watching)
    approving.refresh(ctx, fresh)
    mine = sheet.of(ctx.person.id)
    return ctx.words(
        "checklist/done",
        tasks=ended,
        rounds=rounds,
        already=[task for task in chosen if task not in fresh],
        override=override,
        heard=heard,
        **followed(ctx, sheet, ended),
        following=mine[0] if mine else None,
        buttons=[UNDO, Offer("mine", "list mine")],
        about=ctx.refs(chosen),
        tone="good",
    )


def followed(ctx: Context, sheet: Sheet[Listed], ended: Sequence[Task]) -> dict[str, Any]:
    """What it means for the whole that these tasks have ended: phases complete, progress, what was overtaken."""
    open_still = [task for task in sheet.tasks if not task.finished]
    complete = sorted({task.phase for task in ended} - {task.phase for task in open_still})
    phases = ctx.content.phases if complete else ()
    return {
        "complete": [phases[number - 1] for number in complete if number <= len(phases)],
        "finished": len(sheet.tasks) - len(open_still),
        "total": len(sheet.tasks),
        "early": [{"task": task, "first": first} for task in ended if (first := before(ctx, sheet, task))],
    }


def before(ctx: Context, sheet: Sheet[Listed], task: Task) -> list[Listed]:
    """What should have come first and is not settled."""
    item = ctx.content.item(task.key) if task.key else None
    return rules.open_before(item.after, sheet.tasks) if item else []


@contextmanager
def explained(ctx: Context) -> Iterator[None]:
    """A refusal for what the task already is says since when and by whom, and offers the way on."""
    try:
        yield
    except Refused as refused:
        if refused.name in {"checklist/already", "checklist/ended", "checklist/already_open"}:
            task: Task = refused.facts["task"]
            ref = ctx.refs([task])[0]
            refused.facts["by"] = people.get(ctx.db, task.done_by).name if task.done_by else ""
            on = Offer("reopen", f"reopen {ref}") if task.finished else Offer("done", f"done {ref}", primary=True)
            refused.facts.setdefault("buttons", [on, Offer("show", f"show {ref}")])
        raise


@router.command("approve", zh="批准", also=("审批通过", "同意"))
def approve(ctx: Context, tasks: Tasks = (), note: Text = "") -> Message:
    """Approve what needs your word, and finish it: approve T29"""
    if not tasks and len(ctx.thread) != 1:
        return _choose_approval(ctx, note)
    sheet, chosen = found_in(ctx, tasks)
    _may_approve(ctx, sheet, chosen)
    if phrases.asks(ctx.line) or (phrases.asks(note) if tasks else phrases.doubtful(note)):
        return choose(ctx, note, verb="approve", found=[Candidate(task, 0.0) for task in chosen])
    with explained(ctx):
        for task in chosen:
            if task.rule().kind != "approval":
                raise Refused(
                    "checklist/no_approval", task=task, buttons=[Offer("done", f"done {ctx.refs([task])[0]}")]
                )
            prove(ctx, task, "approval", "" if phrases.is_particle(note) else note)
        rounds = [task for task in chosen if _finish(ctx, task)]
    approving.tell_asker(ctx, chosen)
    return _finished(ctx, sheet, chosen, chosen, rounds)


def _choose_approval(ctx: Context, note: str) -> Message:
    """What waits for an approval, that which somebody asked for first. Raises ``Refused`` for who may not give it."""
    _may_approve(ctx, None, [])
    open_ = [task for task in read(ctx).tasks if not task.finished and task.rule().kind == approving.APPROVAL]
    if not open_:
        raise Refused("checklist/nothing_to_approve", buttons=[Offer("list", "list")])
    asked = {task.id for task in open_ if approving.standing(ctx, task).open}
    found = sorted(open_, key=lambda task: (task.id not in asked, task.due_at, task.number))
    return choose(ctx, note, verb="approve", found=[Candidate(task, 0.0) for task in found])


def _may_approve(ctx: Context, sheet: Sheet[Listed] | None, tasks: Sequence[Task]) -> None:
    """Raises ``Refused``, with the way to ask for it, unless the person may approve."""
    if may_decide(ctx):
        return
    first = next((task for task in tasks if task.rule().kind == approving.APPROVAL and not task.finished), None)
    owners = sheet.staff.owners(first) if sheet and first else []
    works = work_on.holds(Who(has_task=ctx.person.id in owners, nobody_has_it=not owners))
    offers = [Offer("ask_approval", f"done {ctx.refs([first])[0]}", primary=True)] if first and works else []
    names = [one.name for one in deciders(ctx)]
    raise Refused("checklist/approve_leads", task=first or next(iter(tasks), None), names=names, buttons=offers)


@router.command("reopen", zh="重开", also=("重新打开",))
def reopen(ctx: Context, tasks: Tasks = ()) -> Message:
    """Put a task back among what is to be done: reopen T12"""
    sheet, chosen = found_in(ctx, tasks) if tasks or len(ctx.thread) == 1 else (None, [])
    if sheet is None:
        return choose(ctx, "", verb="reopen")
    _allow(ctx, sheet, chosen)
    with explained(ctx):
        for task in chosen:
            rules.reopen(task)
        lapsed = [task for task in chosen if approving.lapse(ctx, task)]
    ctx.db.flush()
    tell_watchers(ctx, chosen, "reopened", sheet.staff.watching)
    approving.refresh(ctx, chosen)
    return ctx.words("checklist/reopened", tasks=chosen, lapsed=lapsed, buttons=[UNDO], about=ctx.refs(chosen))
