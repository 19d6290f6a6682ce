"""A running meeting's checklist moves to the newest version of its template, once somebody has seen what that does."""

from __future__ import annotations

from typing import Any

from handlers.context import Context
from handlers.grammar import MeetingNumber, OneWord
from handlers.permissions import allow, run_meeting
from handlers.router import Router
from handlers.templates.difference import Change, Kind, difference
from handlers.templates.naming import Confirm, chosen
from handlers.templates.upgrade import Edit, Plan, apply, upgrade_plan
from messages import Entry, Message, Offer
from storage import checklist, templates
from storage.templates import Content

router = Router("templates")

MOST_ROWS = 40
TEXTS = frozenset({"how", "because", "words", "after"})


@router.command("template upgrade", zh="模板 升级", also=("upgrade template", "升级模板"))
def upgrade(ctx: Context, meeting: MeetingNumber = 0, confirm: Confirm = "", digest: OneWord = "") -> Message:
    """Bring a meeting's checklist to the newest version of its template: template upgrade M1"""
    allow(ctx, run_meeting, ctx.meeting_number(meeting or None))
    ctx.must_run()
    pinned = templates.get(ctx.db, ctx.meeting.template_id)
    newest = chosen(ctx, pinned.key)
    if newest.id == pinned.id:
        return ctx.words("templates/newest", meeting=ctx.meeting, template=newest)
    old, new = pinned.read(), newest.read()
    plan = _plan(ctx, old, new)
    if not confirm or digest != plan.digest:
        stale = bool(confirm and digest)
        return _preview(ctx, old, new, plan, stale=stale)
    apply(plan)
    ctx.db.add_all(plan.added)
    ctx.meeting.template_id = newest.id
    ctx.db.flush()
    return _upgraded(ctx, plan)


def _plan(ctx: Context, old: Content, new: Content) -> Plan:
    return upgrade_plan(
        checklist.tasks(ctx.db, ctx.meeting.id),
        old,
        new,
        meeting_id=ctx.meeting.id,
        number=checklist.next_number(ctx.db, ctx.meeting.id),
        ends_at=ctx.meeting_end,
        calendar=ctx.calendar,
    )


def _preview(ctx: Context, old: Content, new: Content, plan: Plan, *, stale: bool) -> Message:
    rows = [
        *(Entry({"task": task, "late": task.due_at < ctx.now}, block="row_added") for task in plan.added),
        *(Entry(_edit(edit), block="row_changed") for edit in plan.changed),
        *(Entry({"task": task}, block="row_kept") for task in plan.kept),
    ]
    return ctx.words(
        "templates/upgrade",
        **_facts(ctx, plan),
        old=old.version,
        texts=sum(map(_only_texts, difference(old, new))),
        stale=stale,
        late=sum(task.due_at < ctx.now for task in plan.added),
        left_out=max(0, len(rows) - MOST_ROWS),
        rows=rows[:MOST_ROWS],
        buttons=[
            Offer("confirm", f"template upgrade M{ctx.meeting.number} confirm {plan.digest}", primary=True),
            Offer("diff", f"template diff {new.key} {old.version} {new.version}"),
        ],
        tone="ask",
    )


def _facts(ctx: Context, plan: Plan) -> dict[str, Any]:
    counts = {"added": len(plan.added), "changed": len(plan.changed), "kept": len(plan.kept)}
    return {"meeting": ctx.meeting, "new": plan.version, **counts}


def _edit(edit: Edit) -> dict[str, Any]:
    """What a row tells of a changed task: the new values, read, and the present date to compare the new one with."""
    after = {name: value for name, value in edit.values.items() if name != "phase"}
    rules = checklist.Task(evidence=after.get("evidence", ""), repeats=after.get("repeats", ""))
    return {
        "task": edit.task,
        "after": after,
        "evidence": rules.rule(),
        "repeats": rules.repetition(),
        "phase": edit.moved_to,
    }


def _only_texts(change: Change) -> bool:
    """True where nothing but guidance differs: it is read from the template and needs no task to change."""
    return change.kind == Kind.CHANGED and {field.name for field in change.fields} <= TEXTS


def _upgraded(ctx: Context, plan: Plan) -> Message:
    phases = sorted({task.phase for task in plan.added})[:4]
    line = f"list M{ctx.meeting.number}"
    return ctx.words(
        "templates/upgraded",
        **_facts(ctx, plan),
        about=ctx.refs(plan.added),
        buttons=[Offer("phase", f"{line} phase {phase}", facts={"number": phase}) for phase in phases]
        or [Offer("list", line)],
        tone="good",
    )
