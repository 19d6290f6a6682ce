"""Looking: lists, one task, progress, today, search. Nothing here changes anything."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Annotated

from handlers.checklist import rules
from handlers.checklist.picking import choose
from handlers.context import Context
from handlers.grammar import OneOf, PageNumber, People, PhaseNumber, Tasks, Text
from handlers.refused import Refused
from handlers.router import Router
from messages import Columns, Entry, Message, Offer
from storage import checklist, files, people, templates
from storage.checklist import State, Task
from storage.people import Person

router = Router("checklist")

PAGE = 15
_WEEK = timedelta(days=7)

Filter = Annotated[
    str,
    OneOf(
        {
            "mine": ("my", "我的", "我"),
            "overdue": ("late", "逾期", "过期", "超期"),
            "due this week": ("this week", "week", "本周", "这周", "一周内"),
            "waiting": ("blocked", "等待", "卡住"),
            "done": ("finished", "已完成", "完成的"),
            "open": ("todo", "未完成", "待办"),
            "all": ("全部", "所有"),
        }
    ),
]


@router.command("list", zh="列表", also=("ls", "tasks", "清单", "任务"))
def listing(
    ctx: Context, phase: PhaseNumber = 0, which: Filter = "", who: People = (), page: PageNumber = 1
) -> Message:
    """The checklist by phase, or a part: list mine · list overdue · list due this week · list phase 5 · list @li"""
    if not (phase or which or who):
        return _overview(ctx)
    tasks = checklist.tasks(ctx.db, ctx.meeting.id)
    owners = ctx.owners(tasks)
    chosen = [task for task in tasks if _wanted(ctx, phase, which, who)(task, owners[task.id])]
    if which in {"mine", "overdue", "due this week"}:
        chosen.sort(key=lambda task: (task.due_at, task.number))
    line = " ".join(["list", *([f"phase {phase}"] if phase else []), which, *(f"@#{one.id}" for one in who)]).strip()
    return ctx.words(
        "checklist/list",
        **_headline(ctx, phase, which, who),
        count=len(chosen),
        page=page,
        pages=max(1, -(-len(chosen) // PAGE)),
        rows=entries(ctx, chosen[(page - 1) * PAGE : page * PAGE], owners),
        buttons=_turning(line, page, len(chosen)),
        about=ctx.refs(chosen[(page - 1) * PAGE : page * PAGE]),
    )


def _headline(ctx: Context, phase: int, which: str, who: Sequence[Person]) -> dict[str, object]:
    phases = ctx.content.phases
    if phase > len(phases):
        raise Refused("checklist/no_phase", number=phase, most=len(phases))
    return {"phase": phases[phase - 1] if phase else None, "number": phase, "which": which, "who": list(who)}


def _wanted(ctx: Context, phase: int, which: str, who: Sequence[Person]) -> Callable[[Task, Sequence[Person]], bool]:
    """Everything named must hold at once; finished tasks show up only where they are asked for or a phase is."""
    ids = {person.id for person in who} | ({ctx.person.id} if which == "mine" else set())

    def holds(task: Task, owners: Sequence[Person]) -> bool:
        if phase and task.phase != phase:
            return False
        if ids and not ids & {person.id for person in owners}:
            return False
        return _filter(ctx, which or ("all" if phase else "open"), task)

    return holds


def _filter(ctx: Context, which: str, task: Task) -> bool:
    match which:
        case "overdue":
            return rules.overdue(task, ctx.now)
        case "due this week":
            return not task.finished and task.due_at <= ctx.now + _WEEK
        case "waiting":
            return task.state == State.WAITING
        case "done":
            return task.finished
        case "all":
            return True
    return not task.finished


def entries(ctx: Context, tasks: Sequence[Task], owners: dict[int, list[Person]]) -> list[Entry]:
    """A row per task, with what one would do next as its button."""
    return [
        Entry({"task": task, "owners": owners[task.id], "late": rules.overdue(task, ctx.now)}, _next_step(task, ref))
        for task, ref in zip(tasks, ctx.refs(tasks), strict=True)
    ]


def _next_step(task: Task, ref: str) -> list[Offer]:
    if task.finished:
        return [Offer("show", f"show {ref}")]
    return [Offer("done", f"done {ref}", primary=True), Offer("show", f"show {ref}")]


def _turning(line: str, page: int, count: int) -> list[Offer]:
    back = [Offer("back", f"{line} page {page - 1}")] if page > 1 else []
    return back + ([Offer("more", f"{line} page {page + 1}")] if page * PAGE < count else [])


def _overview(ctx: Context) -> Message:
    """By phase: progress and what is next; a button opens each phase."""
    tasks = checklist.tasks(ctx.db, ctx.meeting.id)
    phases = ctx.content.phases
    rows = []
    for number, phase in enumerate(phases, 1):
        inside = [task for task in tasks if task.phase == number]
        unfinished = [task for task in inside if not task.finished]
        rows.append(
            Entry(
                {
                    "number": number,
                    "phase": phase,
                    "finished": len(inside) - len(unfinished),
                    "total": len(inside),
                    "late": sum(rules.overdue(task, ctx.now) for task in inside),
                    "next": min(unfinished, key=lambda task: (task.due_at, task.number), default=None),
                },
                [Offer("phase", f"list phase {number}")],
                block="phase",
            )
        )
    return ctx.words(
        "checklist/overview",
        meeting=ctx.meeting,
        finished=sum(task.finished for task in tasks),
        total=len(tasks),
        rows=rows,
        buttons=[Offer("mine", "list mine"), Offer("overdue", "list overdue"), Offer("week", "list due this week")],
    )


@router.command("show", zh="查看", also=("详情", "看"))
def show(ctx: Context, tasks: Tasks = ()) -> Message:
    """One task whole: what to do, by when and why, whose, what proves it: show T12"""
    chosen = ctx.tasks(tasks or (ctx.thread if len(ctx.thread) == 1 else ()))
    if len(chosen) != 1:
        if chosen:
            owners = ctx.owners(chosen)
            return ctx.words("checklist/some", rows=entries(ctx, chosen, owners), about=ctx.refs(chosen))
        return choose(ctx, "", verb="show")
    return _card(ctx, chosen[0])


def _card(ctx: Context, task: Task) -> Message:
    item = ctx.content.item(task.key) if task.key else None
    given = checklist.proofs(ctx.db, task.id, task.round)
    notes = checklist.notes(ctx.db, task.id)
    involved = [note.person_id for note in notes] + [task.done_by or 0, task.carried_to or 0]
    return ctx.words(
        "checklist/card",
        task=task,
        meeting=ctx.meeting,
        phase=ctx.content.phases[task.phase - 1] if task.phase <= len(ctx.content.phases) else None,
        item=item,
        rule=task.rule(),
        repeats=task.repetition(),
        proofs=given,
        files=[],
        notes=notes,
        people=people.some(ctx.db, [*involved, *checklist.watchers(ctx.db, [task.id])[task.id]]),
        watchers=checklist.watchers(ctx.db, [task.id])[task.id],
        owners=ctx.owners([task])[task.id],
        first=rules.open_before(item.after if item else (), checklist.tasks(ctx.db, ctx.meeting.id)),
        late=rules.overdue(task, ctx.now),
        off=ctx.calendar.name(task.due_at.astimezone(ctx.meeting_zone).date(), ctx.locale),
        stored=files.some(ctx.db, [proof.file_id for proof in given if proof.file_id]),
        buttons=_card_buttons(ctx, task),
        about=ctx.refs([task]),
    )


def _card_buttons(ctx: Context, task: Task) -> list[Offer]:
    ref = ctx.refs([task])[0]
    if task.finished:
        return [Offer("reopen", f"reopen {ref}"), Offer("log", f"log {ref}")]
    begin = [] if task.state == State.DOING else [Offer("start", f"start {ref}")]
    not_here = [Offer("skip", f"skip {ref}")] if task.optional else []
    return [
        Offer("done", f"done {ref}", primary=True),
        *begin,
        Offer("due", f"due {ref}"),
        Offer("assign", f"assign {ref}"),
        *not_here,
        Offer("why", f"why {ref}"),
    ]


@router.command("status", zh="进度", also=("progress", "状态"))
def status(ctx: Context) -> Message:
    """How far it is: progress by phase, what is overdue, what comes next"""
    tasks = checklist.tasks(ctx.db, ctx.meeting.id)
    counts = checklist.progress(ctx.db, ctx.meeting.id)
    unfinished = sorted((task for task in tasks if not task.finished), key=lambda task: (task.due_at, task.number))
    late = [task for task in unfinished if rules.overdue(task, ctx.now)]
    rows = [
        (
            f"{number} {words.zh if ctx.locale == 'zh_CN' else words.en}",
            bar(*counts.get(number, (0, 0))),
            *counts.get(number, (0, 0)),
        )
        for number, words in enumerate((phase.title for phase in ctx.content.phases), 1)
    ]
    return ctx.words(
        "checklist/status",
        meeting=ctx.meeting,
        finished=sum(done for done, _ in counts.values()),
        total=len(tasks),
        late=late,
        waiting=[task for task in unfinished if task.state == State.WAITING],
        upcoming=[task for task in unfinished if task not in late][:5],
        table=Columns(("phase", "bar", "finished", "total"), rows, numbers=(2, 3)),
        buttons=[Offer("overdue", "list overdue"), Offer("list", "list")] if late else [Offer("list", "list")],
    )


def bar(done: int, total: int, width: int = 10) -> str:
    """Progress that any platform can draw."""
    full = round(width * done / total) if total else 0
    return "█" * full + "░" * (width - full)


@router.command("today", zh="今天", also=("今日",))
def today(ctx: Context) -> Message:
    """What is for today: yours first, then the team's"""
    day = ctx.local_now.date()
    tasks = [
        task
        for task in checklist.tasks(ctx.db, ctx.meeting.id)
        if not task.finished and task.due_at.astimezone(ctx.meeting_zone).date() <= day
    ]
    owners = ctx.owners(tasks)
    tasks.sort(key=lambda task: (ctx.person.id not in {one.id for one in owners[task.id]}, task.due_at, task.number))
    return ctx.words(
        "checklist/today",
        day=day,
        count=len(tasks),
        mine=sum(ctx.person.id in {one.id for one in owners[task.id]} for task in tasks),
        off=ctx.calendar.name(day, ctx.locale),
        rows=entries(ctx, tasks[:PAGE], owners),
        more=max(0, len(tasks) - PAGE),
        buttons=[Offer("overdue", "list overdue")] if len(tasks) > PAGE else [Offer("week", "list due this week")],
        about=ctx.refs(tasks[:PAGE]),
    )


@router.command("search", zh="搜索", also=("find", "查找"))
def search(ctx: Context, text: Text) -> Message:
    """Tasks by a word of their title, how-to, note or person: search 发票"""
    wanted = text.casefold()
    tasks = checklist.tasks(ctx.db, ctx.meeting.id)
    owners = ctx.owners(tasks)
    items = {item.key: item for _, item in ctx.content.items()}
    found = [task for task in tasks if wanted in _everything(task, items.get(task.key), owners[task.id]).casefold()]
    return ctx.words(
        "checklist/search",
        text=text,
        count=len(found),
        rows=entries(ctx, found[:PAGE], owners),
        more=max(0, len(found) - PAGE),
        buttons=[Offer("list", "list")],
        about=ctx.refs(found[:PAGE]),
    )


def _everything(task: Task, item: templates.Item | None, owners: Sequence[Person]) -> str:
    texts = [task.title_zh, task.title_en, task.reason, *(person.name for person in owners)]
    if item is not None:
        texts += [item.how.zh, item.how.en, *item.words.zh, *item.words.en]
    return "\n".join(texts)
