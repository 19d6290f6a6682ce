"""The register of decisions, and whether the minutes are there and approved."""

from __future__ import annotations

from collections.abc import Sequence

from handlers.context import Context
from handlers.grammar import MeetingNumber, PageNumber, Text
from handlers.minutes.deciding import chosen, ref
from handlers.minutes.naming import DecisionNumber
from handlers.refused import Refused
from handlers.router import Router
from handlers.sheets import Grid
from handlers.stored import handed_out
from messages import Columns, Entry, Message, Offer
from storage import checklist, minutes
from storage.checklist import State, Task
from storage.materials import Material
from storage.minutes import Decision, Majority

router = Router("minutes")

PAGE, MOST_FILES = 8, 3
TASK = "minutes-collect"
"""The key of the item in the template that ends with the minutes' approval."""


@router.command("decisions", zh="决议", also=("decision list", "决议 列表", "决议列表"))
def list_(ctx: Context, meeting: MeetingNumber = 0, page: PageNumber = 1, more: Text = "") -> Message:
    """What was decided, with the votes: decisions"""
    if more and ctx.router:
        return ctx.router.in_words(ctx, ctx.line)
    ctx.meeting_number(meeting or None)
    found = minutes.decisions(ctx.db, ctx.meeting.id)
    pages = max(1, -(-len(found) // PAGE))
    page = min(page, pages)
    tasks = minutes.tasks(ctx.db, [row.id for row in found])
    here = f"decisions M{ctx.meeting.number}"
    turning = [Offer("more", f"{here} page {page + 1}")] if page < pages else []
    back = [Offer("back", f"{here} page {page - 1}")] if page > 1 else []
    return ctx.words(
        "minutes/list",
        meeting=ctx.meeting,
        count=len(found),
        page=page,
        pages=pages,
        rows=[
            Entry({"decision": row, "tasks": tasks[row.id]}, [Offer("show", f"decision show {ref(ctx, row)}")])
            for row in found[(page - 1) * PAGE : page * PAGE]
        ],
        buttons=[*turning, *back, Offer("add", f"decision add M{ctx.meeting.number}"), *_export(ctx, found)],
    )


def _export(ctx: Context, found: Sequence[Decision]) -> list[Offer]:
    return [Offer("export", f"minutes export M{ctx.meeting.number}")] if found else []


@router.command("decision show", zh="决议 查看", also=("show decision", "查看决议"))
def show(ctx: Context, meeting: MeetingNumber = 0, which: DecisionNumber = 0) -> Message:
    """One decision whole, with what follows from it: decision show D3"""
    row = chosen(ctx, meeting, which)
    tasks = minutes.tasks(ctx.db, [row.id])[row.id]
    line = ref(ctx, row)
    return ctx.words(
        "minutes/show",
        decision=row,
        tasks=tasks,
        rows=[
            Entry({"task": task}, [Offer("details", f"show {one}")])
            for task, one in zip(tasks, ctx.refs(tasks), strict=True)
        ],
        buttons=[
            Offer("task", f"decision task {line}"),
            Offer("edit", f"decision edit {line}"),
            Offer("drop", f"decision drop {line}"),
        ],
        about=ctx.refs(tasks),
    )


@router.command("minutes", zh="纪要", also=("minutes show", "纪要 查看"))
def overview(ctx: Context, meeting: MeetingNumber = 0, more: Text = "") -> Message:
    """Whether the minutes are there and approved, and how many decisions stand: minutes"""
    if more and ctx.router:
        return ctx.router.in_words(ctx, ctx.line)
    ctx.meeting_number(meeting or None)
    found = minutes.decisions(ctx.db, ctx.meeting.id)
    tasks = minutes.tasks(ctx.db, [row.id for row in found])
    following = {task.id: task for some in tasks.values() for task in some}
    approval = next((task for task in checklist.tasks(ctx.db, ctx.meeting.id) if task.key == TASK), None)
    files = minutes.files(ctx.db, ctx.meeting.id)
    offers = [Offer("approval", f"show {ctx.refs([approval])[0]}")] if approval and not approval.finished else []
    return ctx.words(
        "minutes/overview",
        meeting=ctx.meeting,
        count=len(found),
        passed=sum(row.passed for row in found),
        following=len(following),
        unfinished=sum(not task.finished for task in following.values()),
        kept=files[:MOST_FILES],
        task=approval,
        approved=approval is not None and approval.state == State.DONE,
        buttons=[
            Offer("decisions", f"decisions M{ctx.meeting.number}"),
            Offer("add", f"decision add M{ctx.meeting.number}"),
            *_export(ctx, found),
            *offers,
        ],
    )


@router.command("minutes export", zh="纪要 导出", also=("export decisions", "导出决议", "决议登记表"))
def export(ctx: Context, meeting: MeetingNumber = 0) -> Message:
    """The register of decisions as a spreadsheet: minutes export"""
    ctx.meeting_number(meeting or None)
    found = minutes.decisions(ctx.db, ctx.meeting.id)
    if not found:
        raise Refused("minutes/nothing", buttons=[Offer("add", f"decision add M{ctx.meeting.number}")])
    page = _sheet(ctx, found)
    rows = page.table.rows if page.table else ()
    heads = page.table.columns if page.table else ()
    grid = Grid(page.title, [list(heads), *map(list, rows)])
    file = handed_out(ctx, page.title, [grid], material=Material.OTHER)  # minutes are what was sent as such
    return ctx.words("minutes/exported", count=len(found), files=[file])


def _sheet(ctx: Context, found: Sequence[Decision]) -> Message:
    tasks = minutes.tasks(ctx.db, [row.id for row in found])
    columns = Columns(
        (
            "number",
            "text",
            "mover",
            "seconder",
            "present",
            "quorum",
            "in_favour",
            "against",
            "abstained",
            "majority",
            "outcome",
            "override",
            "tasks",
            "day",
        ),
        [_cells(ctx, row, tasks[row.id]) for row in found],
    )
    return ctx.words("minutes/sheet", table=columns)


def _cells(ctx: Context, row: Decision, tasks: Sequence[Task]) -> list[object]:
    counts = (row.present, row.quorum, row.in_favour, row.against, row.abstained)
    following = [f"{task.ref} {_titled(ctx, task)}" for task in tasks]
    return [
        row.ref,
        row.text,
        row.mover,
        row.seconder,
        *("" if count is None else str(count) for count in counts),
        Majority(row.majority),
        row.outcome,
        row.override,
        "\n".join(following),
        row.at.astimezone(ctx.meeting_zone).date().isoformat(),
    ]


def _titled(ctx: Context, task: Task) -> str:
    chinese, english = task.title_zh, task.title_en
    return (chinese or english) if ctx.locale == "zh_CN" else (english or chinese)
