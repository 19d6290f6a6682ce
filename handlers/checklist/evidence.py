"""Proof: a task with an evidence rule is not done without it; an override needs a reason and is journalled."""

from __future__ import annotations

import re
from collections.abc import Sequence

from handlers.checklist import rules
from handlers.checklist.picking import choose, picked
from handlers.context import Context
from handlers.grammar import Files, Tasks, Text
from handlers.permissions import allow, leads, work_on
from handlers.refused import Refused
from handlers.router import Router
from messages import Message, Offer
from storage import checklist, files
from storage.checklist import Note, Proof, State, Task
from storage.files import File

router = Router("checklist")

_ANYWAY = re.compile(r"^(?:anyway|例外|破例|仍然)\s*[::,，]?\s*(.*)$", re.IGNORECASE | re.DOTALL)


def accept(ctx: Context, tasks: Sequence[Task], note: str) -> None:
    """Keep what was said and sent as notes and proofs. Raises ``Refused`` when a task still lacks its evidence.

    Words and files prove a task only when one task is named: nobody can tell which of two a photo shows.
    """
    override = _ANYWAY.match(note)
    if override and not override[1].strip():
        raise Refused("checklist/override_reason", task=tasks[0])
    given = rules.Given(note, ctx.files) if len(tasks) == 1 else rules.Given()
    lacking = [task for task in tasks if not _proven(ctx, task, given)]
    if lacking and not override:
        raise _lacks(ctx, tasks, lacking)
    if note:
        ctx.db.add_all(Note(task_id=task.id, person_id=ctx.person.id, at=ctx.now, text=note) for task in tasks)


def _proven(ctx: Context, task: Task, given: rules.Given) -> bool:
    rule = task.rule()
    for kind, value, file in rules.proofs_in(rule, given):
        prove(ctx, task, kind, value, file)
    return still_missing(ctx, task) == 0


def still_missing(ctx: Context, task: Task) -> int:
    """Pieces of evidence that the task's present round lacks."""
    given = checklist.proofs(ctx.db, task.id, task.round)
    known = files.some(ctx.db, [proof.file_id for proof in given if proof.file_id])
    return rules.missing(task.rule(), given, known)


def prove(ctx: Context, task: Task, kind: str, value: str, file: File | None = None) -> None:
    ctx.db.add(
        Proof(
            task_id=task.id,
            round=task.round,
            kind=kind,
            value=value,
            file_id=file.id if file else None,
            person_id=ctx.person.id,
            at=ctx.now,
        )
    )
    ctx.db.flush()


def _lacks(ctx: Context, tasks: Sequence[Task], lacking: Sequence[Task]) -> Refused:
    """What is missing, with the next step; where other tasks were named too, a button for those."""
    first, rule = lacking[0], lacking[0].rule()
    ref = ctx.refs([first])[0]
    offers = [Offer("approve", f"approve {ref}", primary=True)] if rule.kind == "approval" else []
    others = [task for task in tasks if task not in lacking]
    if others:
        offers.append(Offer("done_others", " ".join(["done", *ctx.refs(others)]), primary=True))
    offers.append(Offer("show", f"show {ref}"))
    return Refused(
        "checklist/needs_evidence",
        task=first,
        rule=rule,
        lacking=[task.ref for task in lacking],
        others=[task.ref for task in others],
        missing=still_missing(ctx, first),
        buttons=offers,
    )


@router.command("attach", zh="附件", also=("evidence", "佐证"))
def attach(ctx: Context, tasks: Tasks = (), stored: Files = ()) -> Message:
    """Add files as proof: drop them with the words attach T12"""
    chosen = picked(ctx, tasks)
    if not chosen:
        return choose(ctx, "", verb="attach")
    allow(ctx, work_on, ctx.meeting, chosen)
    found = [*ctx.files, *_stored(ctx, stored)]
    if len(chosen) > 1:
        raise Refused("checklist/attach_one", count=len(chosen))
    task = chosen[0]
    if not found:
        raise Refused("checklist/attach_nothing", task=task)
    for file in found:
        prove(ctx, task, "file", file.name, file)
    missing, ref = still_missing(ctx, task), ctx.refs(chosen)[0]
    offers = [] if missing or task.finished else [Offer("done", f"done {ref}", primary=True)]
    return ctx.words(
        "checklist/attached",
        task=task,
        files=found,
        missing=missing,
        rule=task.rule(),
        buttons=[*offers, Offer("undo", "undo")],
        about=ctx.refs(chosen),
        tone="good",
    )


def _stored(ctx: Context, numbers: Sequence[int]) -> list[File]:
    found = []
    for number in numbers:
        file = files.by_number(ctx.db, ctx.workspace.id, number)
        if file is None:
            raise Refused("checklist/no_file", ref=f"F{number}")
        found.append(file)
    return found


@router.command("approve", zh="批准", also=("审批通过", "同意"))
def approve(ctx: Context, tasks: Tasks = (), note: Text = "") -> Message:
    """Approve what needs your word, and finish it: approve T32"""
    chosen = picked(ctx, tasks)
    if not chosen:
        return choose(ctx, note, verb="approve")
    allow(ctx, leads, ctx.meeting)
    for task in chosen:
        if task.rule().kind != "approval":
            raise Refused("checklist/no_approval", task=task)
        prove(ctx, task, "approval", note)
        rules.complete(task, by=ctx.person.id, at=ctx.now)
    return ctx.words(
        "checklist/approved", tasks=chosen, buttons=[Offer("undo", "undo")], about=ctx.refs(chosen), tone="good"
    )


def loose_files(ctx: Context) -> Message:
    """Files that came without a word: kept, then asked which task they prove."""
    numbers = " ".join(file.ref for file in ctx.files)
    unfinished = [task for task in checklist.tasks(ctx.db, ctx.meeting.id) if not task.finished]
    wanting = [
        task
        for task in unfinished
        if task.rule().kind == "file" and any(rules.fits(task.rule(), file) for file in ctx.files)
    ]
    soonest = sorted(wanting, key=lambda task: (task.state == State.WAITING, task.due_at, task.number))[:5]
    offers = [
        Offer("attach_to", f"attach {ref} {numbers}", facts={"task": task})
        for task, ref in zip(soonest, ctx.refs(soonest), strict=True)
    ]
    return ctx.words("checklist/files_kept", files=ctx.files, numbers=numbers, buttons=offers, tone="ask")
