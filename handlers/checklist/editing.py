"""Planning: new tasks, changed tasks, new dates.

A date set by hand stays when the meeting moves; a rule moves with it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Annotated

from handlers import dates
from handlers.checklist.assigning import assign_to, owner_in
from handlers.checklist.picking import choose, line_again, of_phase, picked
from handlers.checklist.rows import day_off
from handlers.checklist.watching import tell_watchers
from handlers.context import Context
from handlers.grammar import Details, MeetingNumber, PhaseNumber, Tasks, Text, phase_in
from handlers.permissions import allow, decide_own, run_meeting
from handlers.refused import Refused
from handlers.router import Router
from messages import Message, Offer, Question, Questions
from storage import checklist, journal, people
from storage.checklist import Task
from storage.templates import Priority

router = Router("checklist")

LONGEST_TITLE = 200
_CHINESE = re.compile(r"[㐀-鿿]")
SOON = "in 7 days"

TaskDetails = Annotated[
    dict[str, str],
    Details(
        {
            "title": ("标题", "名称"),
            "due": ("by", "截止", "时间"),
            "phase": ("阶段",),
            "owner": ("who", "负责人"),
            "priority": ("优先级",),
            "seen": (),
        }
    ),
]
_PRIORITIES = {
    "high": Priority.HIGH,
    "高": Priority.HIGH,
    "normal": Priority.NORMAL,
    "普通": Priority.NORMAL,
    "中": Priority.NORMAL,
    "low": Priority.LOW,
    "低": Priority.LOW,
}


@router.command("add", zh="新增", also=("new task", "添加", "加一项"))
def add(ctx: Context, details: TaskDetails | None = None) -> Message:
    """A task of your own: add Send the album due: Friday phase: 5 owner: @li"""
    details = details or {}
    title = details.get("title") or details.get("", "")
    if not title:
        return _form(ctx, None)
    ctx.must_run()
    allow(ctx, run_meeting, ctx.meeting)
    due = _when(ctx, details.get("due", SOON))
    task = Task(
        meeting_id=ctx.meeting.id,
        number=checklist.next_number(ctx.db, ctx.meeting.id),
        phase=_phase(ctx, details.get("phase", "")),
        title_zh="",
        title_en="",
        due_at=due.at,
        due_rule=due.rule,
        priority=_priority(details.get("priority", "normal")),
    )
    _entitle(ctx, task, title)
    ctx.db.add(task)
    ctx.db.flush()
    assign_to(ctx, [task], owner_in(ctx, details.get("owner", "")))
    return _told(ctx, "checklist/added", [task])


@router.command("edit", zh="编辑", also=("change", "修改"))
def edit(ctx: Context, tasks: Tasks = (), details: TaskDetails | None = None) -> Message:
    """Change a task: edit T12 title: Print the album priority: high phase: 5"""
    chosen = picked(ctx, tasks)
    details = details or {}
    if len(chosen) != 1:
        return choose(ctx, "", verb="edit")
    task = chosen[0]
    allow(ctx, decide_own, ctx.meeting, chosen)
    if not details or details.get(""):
        return _form(ctx, task)  # words that name no field are somebody's remark as often as a title
    if details.get("seen", str(task.version)) != str(task.version):
        raise _changed(ctx, task)
    before = task.due_at
    _change(ctx, task, details)
    ctx.db.flush()
    if task.due_at != before:
        tell_watchers(ctx, chosen, "due")
    return _told(ctx, "checklist/edited", chosen, phase=ctx.content.phases[task.phase - 1])


def _changed(ctx: Context, task: Task) -> Refused:
    """Somebody else was quicker: who, and what stands there now."""
    last = journal.entries(ctx.db, ctx.workspace.id, tasks=[task.id], limit=1)
    by = people.get(ctx.db, last[0].person_id).name if last and last[0].person_id else ""
    offer = Offer("edit", f"edit {ctx.refs([task])[0]}", primary=True)
    return Refused("checklist/changed", task=task, by=by, buttons=[offer])


def _change(ctx: Context, task: Task, details: dict[str, str]) -> None:
    if details.get("title"):
        _entitle(ctx, task, details["title"])
    if "phase" in details:
        task.phase = _phase(ctx, details["phase"])
    if "priority" in details:
        task.priority = _priority(details["priority"])
    if "due" in details:
        due = _when(ctx, details["due"])
        task.due_at, task.due_rule, task.snoozed_until = due.at, due.rule, None
    if "owner" in details:
        assign_to(ctx, [task], owner_in(ctx, details["owner"]))


def _entitle(ctx: Context, task: Task, text: str) -> None:
    """The title that the reader sees becomes this one; one that is not there yet, in the language it is written in."""
    text = " ".join(text.split())
    if len(text) > LONGEST_TITLE:
        raise Refused("checklist/long_title", most=LONGEST_TITLE)
    theirs = "title_zh" if ctx.locale == "zh_CN" else "title_en"
    written = "title_zh" if _CHINESE.search(text) else "title_en"
    setattr(task, theirs if getattr(task, theirs) else written, text)


def _phase(ctx: Context, text: str) -> int:
    most = len(ctx.content.phases)
    number = phase_in(text) if text else most
    if not 1 <= number <= most:
        raise Refused("checklist/no_phase", number=number, most=most)
    return number


def _priority(text: str) -> Priority:
    found = _PRIORITIES.get(text.strip().casefold())
    if found is None:
        raise Refused("checklist/no_priority", text=text)
    return found


def _title(ctx: Context, task: Task) -> str:
    chinese, english = task.title_zh, task.title_en
    return (chinese or english) if ctx.locale == "zh_CN" else (english or chinese)


def _form(ctx: Context, task: Task | None) -> Message:
    """The same few fields for a new task and for an old one, which also carries the version that was seen."""
    phases = [(str(number), phase.title.said(ctx.locale)) for number, phase in enumerate(ctx.content.phases, 1)]
    title = _title(ctx, task) if task else ""
    asks = [
        Question("title", value=title, required=True),
        Question("phase", "choice", str(task.phase if task else len(phases)), choices=phases),
        Question("priority", "choice", str(task.priority if task else "normal"), choices=[(p, p) for p in Priority]),
    ]
    if task is None:
        asks += [Question("due"), Question("owner", "choice", choices=[("", ""), *ctx.people_choices()])]
        return ctx.words("checklist/add_form", form=Questions("add", asks), private=True)
    asks.append(Question("seen", "hidden", str(task.version)))
    line = f"edit {ctx.refs([task])[0]}"
    return ctx.words("checklist/edit_form", task=task, form=Questions(line, asks), private=True)


@router.command("due", zh="截止", also=("deadline", "改期"))
def due(
    ctx: Context, tasks: Tasks = (), meeting: MeetingNumber = 0, phase: PhaseNumber = 0, when: Text = ""
) -> Message:
    """A new due date: due T12 Friday 17:00 · due phase 5 会后10个工作日"""
    chosen = picked(ctx, tasks) or of_phase(ctx, phase, meeting=meeting)
    if not chosen:
        return choose(ctx, "", verb="due")
    if not when:
        line = line_again(ctx, "due", chosen, phase)
        form = Questions(line, [Question("when", required=True)])
        return ctx.words("checklist/due_form", tasks=chosen, form=form, private=True)
    allow(ctx, decide_own, ctx.meeting, chosen)
    with dates.offering(line_again(ctx, "due", chosen, phase)):
        found = _when(ctx, when)
    for task in chosen:
        task.due_at, task.due_rule, task.snoozed_until = found.at, found.rule, None
    ctx.db.flush()
    tell_watchers(ctx, chosen, "due")
    return _told(ctx, "checklist/due", chosen)


def _when(ctx: Context, text: str) -> dates.Due:
    return dates.read(text, now=ctx.local_now, end=ctx.meeting_end, calendar=ctx.calendar, month_first=ctx.month_first)


def _told(ctx: Context, name: str, tasks: Sequence[Task], **facts: object) -> Message:
    """What stands now, the weekday with it, a warning for a day off, and a button to change the date."""
    first, refs = tasks[0], ctx.refs(tasks)
    return ctx.words(
        name,
        tasks=tasks,
        task=first,
        owners=ctx.owners([first])[first.id],
        off=day_off(ctx, first),
        provisional=not ctx.calendar.confirmed(first.due_at.astimezone(ctx.meeting_zone).year),
        **facts,
        buttons=[Offer("undo", "undo"), Offer("due", " ".join(["due", *refs])), Offer("show", f"show {refs[0]}")],
        about=refs,
        tone="good",
    )
