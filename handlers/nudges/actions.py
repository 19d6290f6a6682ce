"""Putting a nudge off, and reading why one came or did not."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from itertools import groupby
from typing import Annotated, Any

from handlers import dates
from handlers.context import Context
from handlers.grammar import Tasks, TextSaying
from handlers.ids import TaskRef
from handlers.nudges import planning, rules
from handlers.nudges.rules import CLIMB, Turn
from handlers.permissions import allow, work_on
from handlers.refused import Refused
from handlers.router import Router
from messages import Entry, Message, Offer
from storage import outbox, people, rooms
from storage.checklist import Task
from storage.nudges import NudgeState, Record, Rung
from storage.outbox import Promise
from storage.rooms import Room

router = Router("nudges")

MOST_ROWS = 20
TOMORROW = "tomorrow"
OFF = frozenset({"off", "cancel", "取消"})
Planned = Mapping[int, datetime | None]
"""When a task's next reminder comes if it is not snoozed, by its id; None where nobody hears of it."""
NOTHING: Planned = {}
When = Annotated[str, TextSaying({TOMORROW: "明天", "off": "取消"})]


def _named(ctx: Context, refs: Sequence[TaskRef], *, verb: str) -> list[Task]:
    """The named tasks, or those of the thread; of one meeting. Raises ``Refused`` for none."""
    chosen = ctx.tasks(refs or ctx.thread)
    if not chosen:
        raise Refused("nudges/which", verb=verb, buttons=[Offer("mine", "list mine")])
    if len({task.meeting_id for task in chosen}) > 1:
        raise Refused("nudges/one_meeting")
    return chosen


@router.command("snooze", zh="稍后提醒", also=("推迟提醒", "remind later"))
def snooze(ctx: Context, tasks: Tasks = (), when: When = TOMORROW) -> Message:
    """Hear of it later: snooze T12 tomorrow · snooze T12 3 days · snooze T12 off"""
    chosen = _named(ctx, tasks, verb="snooze")
    ctx.must_run()
    allow(ctx, work_on, ctx.meeting, chosen)
    if when.strip().casefold() in OFF:
        return _snoozed(ctx, chosen, None)
    desk = planning.load(ctx.db, ctx.workspace, chosen, ctx.now)
    planned = {task.id: desk.unsnoozed(task) for task in chosen}
    until = _until(ctx, chosen, when, planned)
    idle = [task for task in chosen if rules.idle(task, until, planned[task.id], ctx.now)]
    if len(idle) == len(chosen):
        return _needless(ctx, chosen, planned)
    return _snoozed(ctx, [task for task in chosen if task not in idle], until, idle=idle, planned=planned)


def _snoozed(
    ctx: Context, tasks: Sequence[Task], until: datetime | None, idle: Sequence[Task] = (), planned: Planned = NOTHING
) -> Message:
    """``idle`` are those whose next reminder comes later anyway."""
    for task in tasks:
        task.snoozed_until = until
    refs = ctx.refs([*tasks, *idle])
    offers = [Offer("undo", "undo"), Offer("why", f"why {refs[0]}")]
    facts = {"tasks": tasks, "until": until, "idle": idle, "planned": planned}
    return ctx.words("nudges/snoozed", **facts, buttons=offers, about=refs)


def _needless(ctx: Context, tasks: Sequence[Task], planned: Planned) -> Message:
    """Nothing is changed: the next reminder comes later anyway. A button puts it off as far as it can be."""
    refs = ctx.refs(tasks)
    latest = _furthest(ctx, tasks[0], refs[0], planned)
    facts = {"tasks": tasks, "planned": planned, "latest": latest.facts["at"]}
    offers = [latest] if len(tasks) == 1 else []
    return ctx.words("nudges/needless", **facts, buttons=[*offers, Offer("why", f"why {refs[0]}")], about=refs)


def _until(ctx: Context, tasks: Sequence[Task], when: str, planned: Planned) -> datetime:
    """The moment that ``when`` names to who says it. Raises ``Refused`` beyond what a task's priority allows."""
    now = ctx.now.astimezone(ctx.zone)
    with dates.offering(" ".join(["snooze", *ctx.refs(tasks)])):
        until = dates.later(when, now=now, calendar=ctx.calendar, month_first=ctx.month_first)
    for task, ref in zip(tasks, ctx.refs(tasks), strict=True):
        if task.finished:
            raise Refused("nudges/finished", task=task, buttons=[Offer("reopen", f"reopen {ref}")])
        if until.astimezone(ctx.zone).date() > _last(ctx, task, planned):
            offer = _furthest(ctx, task, ref, planned)
            raise Refused("nudges/too_far", task=task, at=offer.facts["at"], buttons=[offer])
    return until


def _last(ctx: Context, task: Task, planned: Planned) -> date:
    """The last day to which it may be put off, counted from its next reminder: before that there is nothing to hear."""
    first = max(ctx.now, planned.get(task.id) or ctx.now)
    return rules.furthest(task, first.astimezone(ctx.zone).date(), ctx.calendar)


def _furthest(ctx: Context, task: Task, ref: str, planned: Planned) -> Offer:
    at = dates.clock.moment(_last(ctx, task, planned), dates.MORNING, ctx.zone)
    return Offer("furthest", f"snooze {ref} {at:%Y-%m-%d %H:%M}", primary=True, facts={"at": at})


@router.command("why", zh="为什么", also=("为何", "nudges"))
def why(ctx: Context, tasks: Tasks = ()) -> Message:
    """Every reminder of a task, sent, put off or planned, and why: why T12"""
    chosen = _named(ctx, tasks, verb="why")
    task, ref = chosen[0], ctx.refs(chosen[:1])[0]
    desk = planning.load(ctx.db, ctx.workspace, [task], ctx.now)
    told = [_told(ctx, rows) for rows in _together(desk.ledger[task.id])]
    turns = desk.turns(task, rules.since(task.next_nudge_at, ctx.now))
    snooze_now = [] if task.finished else [Offer("snooze", f"snooze {ref} tomorrow")]
    return ctx.words(
        "nudges/why",
        task=task,
        meeting=ctx.meeting,
        snoozed=bool(task.snoozed_until and task.snoozed_until > ctx.now and not task.finished),
        older=max(0, len(told) - MOST_ROWS),
        told=len(told),
        planned=len(turns),
        rows=[*told[-MOST_ROWS:], *_plans(ctx, turns)],
        buttons=[*snooze_now, Offer("log", f"log {ref}")],
        about=[ref],
    )


def _together(rows: Iterable[Record]) -> list[list[Record]]:
    """What was decided of one rung at one moment, alike for several rooms, is one entry."""

    def alike(row: Record) -> tuple[Any, ...]:
        return row.at, row.state, CLIMB.index(Rung(row.rung)), row.reason, row.until or row.at

    return [list(group) for _, group in groupby(sorted(rows, key=alike), key=alike)]


def _told(ctx: Context, rows: Sequence[Record]) -> Entry:
    facts: dict[str, Any] = {"row": rows[0], "where": [_where(ctx, rooms.get(ctx.db, row.room_id)) for row in rows]}
    if rows[0].state == NudgeState.DEFERRED:
        return Entry(facts, block="put_off")
    for row, where in zip(rows, facts["where"], strict=True):
        known = outbox.promised(ctx.db, row.message or "")
        state = known[1] if known else Promise.SENT
        where["failed"] = state == Promise.DEAD
        where["on_its_way"] = state in {Promise.READY, Promise.SENDING}
    return Entry(facts, block="sent")


def _plans(ctx: Context, turns: Iterable[tuple[Room, Turn]]) -> list[Entry]:
    def alike(pair: tuple[Room, Turn]) -> tuple[Any, ...]:
        return pair[1].at, CLIMB.index(pair[1].then), pair[1].reason or ""

    entries = []
    for _, group in groupby(sorted(turns, key=alike), key=alike):
        pairs = list(group)
        turn, where = pairs[0][1], [_where(ctx, room) for room, _ in pairs]
        entries.append(Entry({"turn": turn, "where": where, "soon": turn.at <= ctx.now}, block="plan"))
    return entries


def _where(ctx: Context, room: Room) -> dict[str, Any]:
    person = people.get(ctx.db, room.person_id).name if room.person_id else ""
    return {"room": room, "person": person, "failed": False, "on_its_way": False}
