"""Proof: a task with an evidence rule is not done without it; an override needs a reason and is journalled."""

from __future__ import annotations

import re
from collections.abc import Sequence

from handlers.checklist import rules
from handlers.checklist.keeping import keep
from handlers.context import Context
from handlers.permissions import deciders, may, run_meeting
from handlers.refused import Refused
from messages import Offer, Question, Questions
from storage import checklist, files
from storage.checklist import Note, Proof, Task
from storage.files import File
from storage.templates import Evidence

MOST_NUMBERS = 6
_ANYWAY = re.compile(r"^(?:anyway|例外|破例|仍然)\s*[:：,，]?\s*(.*)$", re.IGNORECASE | re.DOTALL)


def may_decide(ctx: Context) -> bool:
    """Whether the person may approve, and waive evidence."""
    return may(ctx, run_meeting, ctx.meeting)


def waives(note: str) -> bool:
    """Whether the words ask that evidence be waived."""
    return _ANYWAY.match(note) is not None


def accept(ctx: Context, tasks: Sequence[Task], note: str) -> str:
    """Keep what was said and sent as notes and proofs. Raises ``Refused`` when a task still lacks its evidence.

    Words and files prove a task only when one task is named: nobody can tell which of two a photo shows.
    Gives the reason for which evidence was waived, "" where it was not needed to.
    """
    override = _ANYWAY.match(note)
    given = rules.Given("" if override else note, came_for(ctx, tasks[0])) if len(tasks) == 1 else rules.Given()
    lacking = [task for task in tasks if not _proven(ctx, task, given)]
    if lacking and override:
        return _waive(ctx, lacking, override[1].strip())
    if lacking:
        raise _lacks(ctx, tasks, lacking)
    text = override[1].strip() if override else note
    if text:
        ctx.db.add_all(Note(task_id=task.id, person_id=ctx.person.id, at=ctx.now, text=text) for task in tasks)
    return ""


def came_for(ctx: Context, task: Task) -> tuple[File, ...]:
    """The files that came along, filed for the task; what was here before is not there twice."""
    ctx.files = tuple(one.file for one in keep(ctx, ctx.files, task=task))
    return ctx.files


def partly(ctx: Context, tasks: Sequence[Task], note: str) -> bool:
    """Whether the files that came are proof of the one task that was named, but not yet enough of it."""
    if len(tasks) != 1 or not ctx.files or waives(note):
        return False
    rule = tasks[0].rule()
    fitting = {file.digest for file in ctx.files if rules.fits(rule, file)}
    had = {file.digest for file in proving(ctx, tasks[0])}
    return rule.kind == "file" and bool(fitting) and still_missing(ctx, tasks[0]) > len(fitting - had)


def _waive(ctx: Context, tasks: Sequence[Task], reason: str) -> str:
    """Only whoever leads the meeting may, and only with a reason, which stays with each task."""
    if not may_decide(ctx):
        raise Refused("checklist/override_leads", task=tasks[0], names=[one.name for one in deciders(ctx)])
    if not reason:
        raise Refused("checklist/override_reason", task=tasks[0])
    for task in tasks:
        prove(ctx, task, "override", reason)
    return reason


def _proven(ctx: Context, task: Task, given: rules.Given) -> bool:
    rule = task.rule()
    if rule.kind == "number" and len(numbers := rules.numbers_in(given.note)) > 1:
        ref = ctx.refs([task])[0]
        offers = [Offer("number", f"done {ref} {value}", facts={"value": value}) for value in numbers[:MOST_NUMBERS]]
        raise Refused("checklist/which_number", task=task, numbers=numbers, buttons=offers)
    for kind, value, file in rules.proofs_in(rule, given):
        if kind == "number":
            _check_number(ctx, task, value, sure=rules.is_sure(given.note))
        prove(ctx, task, kind, value, file)
    return rule.kind == "none" or still_missing(ctx, task) == 0


def _check_number(ctx: Context, task: Task, value: str, *, sure: bool) -> None:
    """Raises ``Refused`` for a number that cannot be, and for one that hardly can, unless somebody insists on it."""
    ref, meant = ctx.refs([task])[0], rules.swapped(value)
    if meant:
        offers = [Offer("number", f"done {ref} {meant}", primary=True, facts={"value": meant})]
        raise Refused("checklist/impossible_number", task=task, value=value, meant=meant, buttons=offers)
    if not sure and rules.too_many(task.rule(), value, ctx.meeting.expected):
        offers = [Offer("number", f"done {ref} {value} sure", facts={"value": value})]
        raise Refused("checklist/doubtful_number", task=task, value=value, meeting=ctx.meeting, buttons=offers)


def still_missing(ctx: Context, task: Task) -> int:
    """Pieces of evidence that the task's present round lacks."""
    given = checklist.proofs(ctx.db, task.id, task.round)
    known = files.some(ctx.db, [proof.file_id for proof in given if proof.file_id])
    return rules.missing(task.rule(), given, known)


def proving(ctx: Context, task: Task) -> list[File]:
    """The files that are kept with the task's present round."""
    given = checklist.proofs(ctx.db, task.id, task.round)
    return list(files.some(ctx.db, [proof.file_id for proof in given if proof.file_id]).values())


def prove(ctx: Context, task: Task, kind: str, value: str, file: File | None = None) -> None:
    """A file that is kept with the task already is not kept with it twice."""
    if file is not None and file in proving(ctx, task):
        return
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
    may_waive = may_decide(ctx)
    ref = ctx.refs([first])[0]
    way = Offer("approve", f"approve {ref}", primary=True) if may_waive else Offer("ask_approval", f"done {ref}")
    offers = [way] if rule.kind == "approval" else []
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
        may_waive=may_waive,
        deciders=[one.name for one in deciders(ctx)] if rule.kind == "approval" else [],
        named=[file.name for file in ctx.files if not rules.fits(rule, file)] if rule.kind == "file" else [],
        form=_asked(ref, rule) if len(tasks) == 1 else None,
        upload=f"done {ref}" if rule.kind == "file" and len(tasks) == 1 else "",
        buttons=offers,
    )


def _asked(ref: str, rule: Evidence) -> Questions | None:
    """The one field that would prove the task, where words can."""
    if rule.kind not in {"note", "number", "link"}:
        return None
    return Questions(f"done {ref}", [Question("note", "long" if rule.kind == "note" else "text", required=True)])
