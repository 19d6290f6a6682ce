"""A meeting is closed once everything in it is settled, and reopened when something turns out not to be."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from handlers.context import Context
from handlers.grammar import MeetingNumber
from handlers.meetings import rules, telling
from handlers.permissions import allow, run_meeting
from handlers.refused import Refused
from handlers.router import Router
from messages import Columns, Entry, Message, Offer
from storage import checklist, meetings, membership, people
from storage.checklist import State, Task
from storage.meetings import MeetingState

router = Router("meetings")

MOST_NAMED = 3
FEW = 3


@router.command("meeting close", zh="关闭会议", also=("结束会议", "会议 关闭", "会议 结束", "close meeting"))
def close(ctx: Context, meeting: MeetingNumber = 0) -> Message:
    """Close a meeting once every task is settled: meeting close M1"""
    found = ctx.meeting_number(meeting or None)
    allow(ctx, run_meeting, found)
    tasks = checklist.tasks(ctx.db, found.id)
    left = rules.unsettled(tasks)
    if left and found.state != MeetingState.CLOSED:
        raise Refused("meetings/open", meeting=found, **_open(ctx, left), buttons=_ways_on(ctx, left))
    rules.close(found, tasks, by=ctx.person.id, at=ctx.now)
    ctx.db.flush()
    tally = rules.tally(tasks)
    return ctx.words(
        "meetings/closed",
        **telling.when(ctx, found),
        count=len(tasks),
        days=(ctx.local_now.date() - ctx.meeting_end.date()).days,
        punctual=sum(task.state == State.DONE and (task.done_at or ctx.now) <= task.due_at for task in tasks),
        done=tally.get(State.DONE, 0),
        table=Columns(("state", "tasks"), list(tally.items()), numbers=(1,)),
        carries=State.CARRIED in tally,
        rows=_carried(ctx, tasks),
        buttons=[Offer("meeting_show", f"meeting show M{found.number}"), Offer("meetings", "meeting list")],
        tone="good",
    )


@router.command("meeting reopen", zh="重开会议", also=("会议 重开", "重新打开会议", "reopen meeting"))
def reopen(ctx: Context, meeting: MeetingNumber = 0) -> Message:
    """Bring a closed meeting back: meeting reopen M1"""
    found = ctx.meeting_number(meeting or _only_closed(ctx))
    allow(ctx, run_meeting, found)
    rules.reopen(found)
    ctx.db.flush()
    checklist.look_again(ctx.db, found.id)
    membership.look_again(ctx.db, found.id)
    offers = [telling.work(ctx, found), Offer("undo", "undo")]
    return ctx.words("meetings/reopened", meeting=found, here=telling.here(ctx, found), buttons=offers, tone="good")


def _only_closed(ctx: Context) -> int | None:
    """The number of the one closed meeting, where none is chosen; None where one is, or none is closed."""
    closed = [row for row in meetings.all_of(ctx.db, ctx.workspace.id) if row.state == MeetingState.CLOSED]
    if ctx.room.meeting_id is not None or not closed:
        return None
    if len(closed) > 1:
        offers = [Offer("one_back", f"meeting reopen M{row.number}", facts={"meeting": row}) for row in closed[-8:]]
        raise Refused("meetings/which_closed", buttons=offers)
    return closed[0].number


def _open(ctx: Context, left: Sequence[Task]) -> dict[str, Any]:
    """What is open, phase by phase; of each phase the first few by name."""
    found = []
    for number, phase in enumerate(ctx.content.phases, 1):
        inside = [task for task in left if task.phase == number]
        if inside:
            more = max(0, len(inside) - MOST_NAMED)
            found.append({"number": number, "title": phase.title, "tasks": inside[:MOST_NAMED], "more": more})
    return {"count": len(left), "phases": found}


def _ways_on(ctx: Context, left: Sequence[Task]) -> list[Offer]:
    """The tasks themselves where only a few are left, else the phases to work through."""
    if len(left) <= FEW:
        refs = ctx.refs(left)
        pairs = [(ref, {"ref": task.ref}) for task, ref in zip(left, refs, strict=True)]
        done = [Offer("done_one", f"done {ref}", facts=facts) for ref, facts in pairs]
        carry = [Offer("carry_one", f"carry {ref}", facts=facts) for ref, facts in pairs]
        return [*done, *carry]
    line = f"list M{ctx.meeting.number} phase"
    numbers = sorted({task.phase for task in left})
    return [Offer("phase", f"{line} {number}", facts={"number": number}) for number in numbers]


def _carried(ctx: Context, tasks: Sequence[Task]) -> list[Entry]:
    """Who goes on with what beyond the close."""
    carried = [task for task in tasks if task.state == State.CARRIED]
    known = people.some(ctx.db, [task.carried_to for task in carried if task.carried_to])
    return [Entry({"task": task, "to": known[task.carried_to or 0].name}) for task in carried]
