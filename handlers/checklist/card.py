"""Looking at one task: everything that is known of it."""

from __future__ import annotations

from typing import Any

from handlers.checklist import rules
from handlers.checklist.evidence import may_decide
from handlers.checklist.matching import the_one
from handlers.checklist.picking import choose, names
from handlers.checklist.rows import day_off, days_since, entries
from handlers.context import Context
from handlers.grammar import Tasks, Text
from handlers.permissions import deciders
from handlers.router import Router
from messages import Message, Offer
from storage import checklist, files, people
from storage.checklist import State, Task
from storage.templates import Item

router = Router("checklist")

MOST_NOTES = 5


@router.command("show", zh="查看", also=("详情", "看"))
def show(ctx: Context, tasks: Tasks = (), about: Text = "") -> Message:
    """One task whole, with what to do, by when and why, whose it is and what proves it: show T12"""
    chosen = ctx.tasks(tasks or (ctx.thread if len(ctx.thread) == 1 and not about else ()))
    if not chosen and about:
        hit = the_one(about, names(ctx, checklist.tasks(ctx.db, ctx.meeting.id)))
        chosen = [hit.task] if hit else []
    if len(chosen) == 1:
        return _card(ctx, chosen[0])
    if not chosen:
        return choose(ctx, about, verb="show")
    return ctx.words("checklist/some", rows=entries(ctx, chosen, ctx.owners(chosen)), about=ctx.refs(chosen))


def _card(ctx: Context, task: Task) -> Message:
    item = ctx.content.item(task.key) if task.key else None
    return ctx.words(
        "checklist/card",
        task=task,
        phase=ctx.content.phases[task.phase - 1] if task.phase <= len(ctx.content.phases) else None,
        item=item,
        rule=task.rule(),
        repeats=task.repetition(),
        optional=task.optional and not task.finished,
        owners=ctx.owners([task])[task.id],
        late=rules.overdue(task, ctx.now),
        days=days_since(ctx, task),
        off="" if task.finished else day_off(ctx, task),
        **_waits(ctx, task, item),
        **_kept(ctx, task),
        buttons=_card_buttons(ctx, task),
        about=ctx.refs([task]),
    )


def _waits(ctx: Context, task: Task, item: Item | None) -> dict[str, Any]:
    """What should come ``first``, and what waits for it (``then``): the unsettled ones."""
    after = {other.key: other.after for _, other in ctx.content.items()}
    tasks = checklist.tasks(ctx.db, ctx.meeting.id) if item and (item.after or task.key) else []
    first = rules.open_before(item.after, tasks) if item else []
    return {
        "first": [] if task.finished else first,
        "then": [] if task.finished else [o for o in tasks if not o.finished and task.key in after.get(o.key, ())],
    }


def _kept(ctx: Context, task: Task) -> dict[str, Any]:
    """Evidence of the present round, the last notes, who watches, and everybody who is named in these."""
    given = checklist.proofs(ctx.db, task.id, task.round)
    stored = files.some(ctx.db, [proof.file_id for proof in given if proof.file_id])
    notes = checklist.notes(ctx.db, task.id)
    watchers = checklist.watchers(ctx.db, [task.id])[task.id]
    named = [*(note.person_id for note in notes), *(proof.person_id for proof in given)]
    return {
        "proofs": given,
        "stored": stored,
        "deciders": [one.name for one in deciders(ctx)] if task.rule().kind == "approval" else [],
        "missing": rules.missing(task.rule(), given, stored),
        "notes": notes[-MOST_NOTES:],
        "earlier": max(0, len(notes) - MOST_NOTES),
        "watchers": watchers,
        "people": people.some(ctx.db, [*named, *watchers, task.done_by or 0, task.carried_to or 0]),
    }


def _card_buttons(ctx: Context, task: Task) -> list[Offer]:
    ref = ctx.refs([task])[0]
    if task.finished:
        return [Offer("reopen", f"reopen {ref}"), Offer("log", f"log {ref}")]
    decides = task.rule().kind == "approval" and may_decide(ctx)
    first = Offer("approve", f"approve {ref}", primary=True) if decides else Offer("done", f"done {ref}", primary=True)
    begin = [] if task.state == State.DOING else [Offer("start", f"start {ref}")]
    not_here = [Offer("skip", f"skip {ref}")] if task.optional else []
    return [
        first,
        *begin,
        Offer("due", f"due {ref}"),
        Offer("assign", f"assign {ref}"),
        *not_here,
        Offer("why", f"why {ref}"),
    ]
