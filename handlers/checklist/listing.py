"""Looking at many tasks: lists, progress, today, search. Nothing here changes anything."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Annotated

from handlers.checklist import rules
from handlers.checklist.picking import read, soonest
from handlers.checklist.rows import entries
from handlers.command import Menu
from handlers.context import Context
from handlers.grammar import Cursor, MeetingNumber, OneOf, PageNumber, PhaseNumber, Text, people_in_words
from handlers.refused import Refused
from handlers.router import Router
from handlers.who import ROLES, must_be_known, owner_at
from messages import Columns, Entry, Message, Offer
from storage import checklist
from storage.checklist import State, Task
from storage.people import Person
from storage.templates import Item, Phase

router = Router("checklist")

PAGE = 15
page_number, phase_number, meeting_number = (
    reader.__metadata__[0]  # type: ignore[attr-defined]
    for reader in (PageNumber, PhaseNumber, MeetingNumber)
)
_WEEK = timedelta(days=7)

Filter = OneOf(
    {
        "mine": (*("my", "what do i have to do", "what should i do"), *("我的", "我", "我要做什么", "我该做什么")),
        "overdue": (
            *("late", "is anything overdue", "what is overdue", "what's overdue", "what is late", "what's late"),
            *("逾期", "过期", "超期", "迟了", "有没有逾期", "有哪些逾期", "有什么逾期", "哪些逾期了", "哪些逾期"),
        ),
        "due this week": ("this week", "week", "本周", "这周", "一周内"),
        "waiting": ("blocked", "等待", "卡住"),
        "done": ("finished", "settled", "已完成", "完成的", "完成"),
        "open": (
            *("todo", "still open", "what is left to do", "what's left to do", "what is left", "what's left"),
            *("what remains", "未完成", "没完成", "待办", "没做完", "没做", "还有什么没做", "还有哪些没做"),
            *("还有什么没完成", "还有哪些没完成", "还剩什么", "还剩哪些", "剩下"),
        ),
        "all": ("全部", "所有"),
    }
)
_SOON = frozenset({"mine", "overdue", "due this week"})
"""What somebody looks at who wants to know what is next: in that order."""
_ALONE = _SOON | {"open"}
"""What is asked for without a verb too."""
_TODAY = OneOf({"today": ("what is due today", "what's due today", "今天要做什么", "今天做什么", "今天有什么事")})
_FILLERS = OneOf(
    {
        "tasks": (
            *("task", "the", "of", "in", "for", "due", "list", "checklist"),
            *("任务", "的", "项", "有哪些", "到期", "清单", "列表"),
        )
    }
)


@dataclass(frozen=True)
class Wish:
    """What a list is to show; everything named must hold at once. ``meeting`` is its number, 0 for this room's."""

    meeting: int = 0
    phase: int = 0
    which: tuple[str, ...] = ()
    who: tuple[Person, ...] = ()
    role: str = ""
    page: int = 1

    def of(self, which: str) -> Wish:
        return replace(self, which=tuple(dict.fromkeys((*self.which, which))))

    @property
    def line(self) -> str:
        """The command that asks for the same, on its first page."""
        where = [f"M{self.meeting}"] if self.meeting else []
        phase = [f"phase {self.phase}"] if self.phase else []
        return " ".join(["list", *where, *phase, *self.which, *(f"@#{one.id}" for one in self.who), self.role]).strip()


class _Wish:
    """Meeting, phase, filters, people and page in whatever order: ``overdue @li``, ``我的逾期任务``, ``M2 phase 5``."""

    def take(self, cursor: Cursor, ctx: Context, wish: Wish = Wish()) -> Wish | None:
        while (word := cursor.peek()) is not None:
            more = self._more(cursor, ctx, wish)
            if more is None:
                if wish == Wish() and not word.text.islower():
                    must_be_known(cursor.folded[word.start :])
                break
            wish = more
        return wish

    def _more(self, cursor: Cursor, ctx: Context, wish: Wish) -> Wish | None:
        """The wish with what stands here; None for what cannot be read."""
        for name, reader in (("page", page_number), ("meeting", meeting_number), ("phase", phase_number)):
            if number := reader.take(cursor, ctx):
                return replace(wish, **{name: number})
        if which := Filter.take(cursor, ctx):
            return wish.of(which)
        if who := people_in_words.take(cursor, ctx):
            return replace(wish, who=(*wish.who, *who))
        if _FILLERS.take(cursor, ctx):
            return wish
        owner = owner_at(cursor, ctx)
        return replace(wish, who=(*wish.who, *owner.people), role=owner.role or wish.role) if owner else None

    def chinese(self, text: str) -> tuple[str, int] | None:
        known = (page_number, phase_number, Filter, ROLES)
        return next((found for reader in known if (found := reader.chinese(text))), None)


Wished = Annotated[Wish, _Wish()]


@router.command("list", zh="列表", also=("ls", "tasks", "清单", "任务"), menu=Menu.TASKS)
def listing(ctx: Context, wish: Wished = Wish()) -> Message:
    """The checklist by phase, or a part: list mine · list overdue · list due this week · list phase 5 · list @li"""
    return _named(ctx, wish)


@router.command("mine", zh="我的任务", also=("my tasks", "todo", "我的待办"), menu=Menu.TASKS)
def mine(ctx: Context, wish: Wished = Wish()) -> Message:
    """What is yours, the next first: mine"""
    return _named(ctx, wish.of("mine"))


@router.command("overdue", zh="逾期", also=("late", "逾期任务"), menu=Menu.TASKS)
def overdue(ctx: Context, wish: Wished = Wish()) -> Message:
    """What is late, the longest overdue first: overdue"""
    return _named(ctx, wish.of("overdue"))


@router.command("due this week", zh="本周到期")
def due_this_week(ctx: Context, wish: Wished = Wish()) -> Message:
    """What falls due within seven days, the next first: due this week"""
    return _named(ctx, wish.of("due this week"))


def asked_for(ctx: Context, text: str) -> Message | None:
    """The list that is named without a verb, as in "我的" or "what is left"; None if any word says more."""
    cursor = Cursor.over(text.rstrip(" ?!.。？！"))
    if _TODAY.take(cursor, ctx) and cursor.peek() is None:
        return today(ctx)
    which = Filter.take(cursor, ctx)
    wish = _Wish().take(cursor, ctx, Wish(which=(which,))) if which in _ALONE else None
    return _named(ctx, wish) if wish and cursor.peek() is None else None


def _named(ctx: Context, wish: Wish) -> Message:
    if wish.meeting:
        ctx.meeting_number(wish.meeting)
    if wish == Wish(meeting=wish.meeting, page=wish.page):
        return _overview(ctx)
    return _part(ctx, wish)


def _part(ctx: Context, wish: Wish) -> Message:
    phases = ctx.content.phases
    wish = replace(wish, meeting=ctx.meeting.number)
    if wish.phase > len(phases):
        raise Refused("checklist/no_phase", number=wish.phase, most=len(phases))
    sheet = read(ctx)
    chosen = [task for task in sheet.tasks if _wanted(ctx, wish, task, sheet.staff.owners(task))]
    if _SOON & set(wish.which):
        chosen.sort(key=soonest)
    pages = max(1, -(-len(chosen) // PAGE))
    page = min(wish.page, pages)
    shown = chosen[(page - 1) * PAGE : page * PAGE]
    return ctx.words(
        "checklist/list",
        phase=phases[wish.phase - 1] if wish.phase else None,
        number=wish.phase,
        which=list(wish.which),
        who=list(wish.who),
        role=wish.role,
        count=len(chosen),
        late=sum(rules.overdue(task, ctx.now) for task in chosen),
        page=page,
        pages=pages,
        rows=entries(ctx, shown, ctx.owners(shown)),
        buttons=_turning(wish.line, page, len(chosen)) or [Offer("list", f"list M{wish.meeting}")],
        about=ctx.refs(shown),
    )


def _wanted(ctx: Context, wish: Wish, task: Task, owners: Sequence[int]) -> bool:
    """Finished tasks show up only where they are asked for or a phase is."""
    if wish.phase and task.phase != wish.phase:
        return False
    if "mine" in wish.which and ctx.person.id not in owners:
        return False
    if wish.who and not {person.id for person in wish.who} & set(owners):
        return False
    if wish.role and task.owner_role != wish.role:
        return False
    filters = [which for which in wish.which if which != "mine"] or ["all" if wish.phase else "open"]
    return all(_filter(ctx, which, task) for which in filters)


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


def _turning(line: str, page: int, count: int) -> list[Offer]:
    back = [Offer("back", f"{line} page {page - 1}")] if page > 1 else []
    return back + ([Offer("more", f"{line} page {page + 1}")] if page * PAGE < count else [])


def _overview(ctx: Context) -> Message:
    """By phase: progress and what is next; a button opens each phase."""
    tasks, line = checklist.tasks(ctx.db, ctx.meeting.id), f"list M{ctx.meeting.number}"
    return ctx.words(
        "checklist/overview",
        meeting=ctx.meeting,
        finished=sum(task.finished for task in tasks),
        total=len(tasks),
        late=sum(rules.overdue(task, ctx.now) for task in tasks),
        rows=[
            _phase_row(ctx, number, phase, [task for task in tasks if task.phase == number])
            for number, phase in enumerate(ctx.content.phases, 1)
        ],
        buttons=[
            Offer("mine", f"{line} mine"),
            Offer("overdue", f"{line} overdue"),
            Offer("week", f"{line} due this week"),
        ],
    )


def _phase_row(ctx: Context, number: int, phase: Phase, tasks: Sequence[Task]) -> Entry:
    unfinished = [task for task in tasks if not task.finished]
    facts = {
        "number": number,
        "phase": phase,
        "finished": len(tasks) - len(unfinished),
        "total": len(tasks),
        "late": sum(rules.overdue(task, ctx.now) for task in tasks),
        "next": min(unfinished, key=soonest, default=None),
    }
    return Entry(
        facts, [Offer("phase", f"list M{ctx.meeting.number} phase {number}", facts={"number": number})], block="phase"
    )


@router.command("status", zh="进度", also=("progress", "状态", "进展"), menu=Menu.TASKS)
def status(ctx: Context) -> Message:
    """How far it is by phase, what is overdue and what comes next: status"""
    tasks = checklist.tasks(ctx.db, ctx.meeting.id)
    counts = checklist.progress(ctx.db, ctx.meeting.id)
    unfinished = sorted((task for task in tasks if not task.finished), key=soonest)
    late = [task for task in unfinished if rules.overdue(task, ctx.now)]
    rows = [
        (
            f"{number} {words.said(ctx.locale)}",
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


@router.command("today", zh="今天", also=("今日",), menu=Menu.TASKS)
def today(ctx: Context) -> Message:
    """What is for today, yours first and then the team's: today"""
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
    noted = checklist.noted(ctx.db, ctx.meeting.id, text)
    found = [
        task
        for task in tasks
        if task.id in noted or wanted in _everything(task, items.get(task.key), owners[task.id]).casefold()
    ]
    return ctx.words(
        "checklist/search",
        text=text,
        count=len(found),
        rows=entries(ctx, found[:PAGE], owners),
        more=max(0, len(found) - PAGE),
        buttons=[Offer("list", "list")],
        about=ctx.refs(found[:PAGE]),
    )


def _everything(task: Task, item: Item | None, owners: Sequence[Person]) -> str:
    texts = [task.title_zh, task.title_en, task.reason, *(person.name for person in owners)]
    if item is not None:
        texts += [item.how.zh, item.how.en, *item.words.zh, *item.words.en]
    return "\n".join(texts)
