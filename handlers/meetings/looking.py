"""Looking at meetings, and choosing the one that a room works on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

from handlers import reach
from handlers.command import Menu
from handlers.context import Context
from handlers.grammar import MeetingNumber, OneOf, PageNumber, Text
from handlers.meetings import rules, telling
from handlers.refused import Refused
from handlers.router import Router
from messages import Entry, Message, Offer
from storage import checklist, meetings, people, rooms, templates
from storage.checklist import Task
from storage.meetings import Meeting, MeetingState, Standing
from storage.people import Role

router = Router("meetings")

PAGE = 8
FACTS = ("edition", "venue", "mode", "expected", "goals", "currency")

Sure = Annotated[str, OneOf({"confirm": ("确认",)})]
NoMeeting = Annotated[str, OneOf({"none": ("nothing", "无", "不关联", "取消", "解除")})]


@router.command(
    "meeting list", zh="会议列表", also=("meetings", "list meetings", "所有会议", "会议清单"), menu=Menu.MEETINGS
)
def listing(ctx: Context, page: PageNumber = 1) -> Message:
    """All meetings, those still being wrapped up first: meeting list"""
    found = sorted(meetings.all_of(ctx.db, ctx.workspace.id), key=lambda row: (_closed(row), -row.number))
    pages = max(1, -(-len(found) // PAGE))
    page = min(page, pages)
    shown = found[(page - 1) * PAGE : page * PAGE]
    standings = meetings.standings(ctx.db, [row.id for row in shown], ctx.now)
    more = [Offer("more", f"meeting list page {page + 1}")] if page < pages else []
    return ctx.words(
        "meetings/list",
        running=sum(not _closed(row) for row in found),
        closed=sum(map(_closed, found)),
        page=page,
        pages=pages,
        rows=[_entry(ctx, row, standings[row.id]) for row in shown],
        buttons=[*more, Offer("meeting_new", "meeting new", primary=not found)],
    )


@router.command("meeting show", zh="查看会议", also=("会议 查看", "会议 详情", "show meeting"), menu=Menu.MEETINGS)
def show(ctx: Context, meeting: MeetingNumber = 0, name: Text = "") -> Message:
    """A meeting's facts, progress, people and rooms: meeting show M1"""
    found = _by_name(ctx, name) if name and not meeting else ctx.meeting_number(meeting or None)
    tasks = checklist.tasks(ctx.db, found.id)
    held = _held(ctx, found)
    return ctx.words(
        "meetings/show",
        **telling.when(ctx, found),
        fields=[field for field in FACTS if getattr(found, field)],
        closed_by=telling.person_name(ctx, found.closed_by),
        held=held,
        empty=[role for role in Role if role not in held],
        rooms=[room.name for room in rooms.watching(ctx.db, found.id)],
        makes=reach.maker(ctx) is not None,
        **_template(ctx, found),
        standing=meetings.standings(ctx.db, [found.id], ctx.now)[found.id],
        table=telling.progress(ctx, ctx.content, tasks),
        buttons=_offers(ctx, found, tasks),
    )


@router.command("meeting use", zh="关联会议", also=("会议 关联", "切换会议", "use meeting"))
def use(ctx: Context, meeting: MeetingNumber = 0, sure: Sure = "", none: NoMeeting = "", name: Text = "") -> Message:
    """Let this room work on a meeting, or on none: meeting use M2 · meeting use none"""
    if none:
        return _unbind(ctx)
    if not (meeting or name):
        return _choose(ctx)
    found = ctx.meeting_number(meeting) if meeting else _by_name(ctx, name)
    leaving = _leaving(ctx, found)
    if leaving and not sure:
        return _preview(ctx, found, leaving)
    before, ctx.room.meeting_id = ctx.room.meeting_id, found.id
    ctx.db.flush()
    _look_again(ctx, before, found.id)
    own = ctx.room.person_id is not None
    back = [Offer("undo", "undo")] if before != found.id else []
    offers = [Offer("list", "list", primary=True), Offer("today", "today"), Offer("status", "status"), *back]
    return ctx.words("meetings/used", **telling.when(ctx, found), own=own, buttons=offers, tone="good")


def _leaving(ctx: Context, found: Meeting) -> Meeting | None:
    """The running meeting that this team's room would no longer follow; None where nobody would miss it."""
    if ctx.room.person_id is not None or ctx.room.meeting_id in {None, found.id}:
        return None
    now = meetings.get(ctx.db, ctx.room.meeting_id or 0)
    return None if _closed(now) else now


def _preview(ctx: Context, found: Meeting, leaving: Meeting) -> Message:
    line = f"meeting use M{found.number} confirm"
    return ctx.words(
        "meetings/use",
        meeting=found,
        leaving=leaving,
        others=_others(ctx, leaving),
        buttons=[Offer("confirm", line, primary=True), Offer("list", f"list M{found.number}")],
        tone="ask",
    )


def _others(ctx: Context, meeting: Meeting) -> list[str]:
    """The names of the other rooms that follow it."""
    return [room.name for room in rooms.watching(ctx.db, meeting.id) if room.id != ctx.room.id]


def _closed(meeting: Meeting) -> bool:
    return meeting.state == MeetingState.CLOSED


def _entry(ctx: Context, meeting: Meeting, standing: Standing) -> Entry:
    number, here = f"M{meeting.number}", telling.here(ctx, meeting)
    facts = {**telling.when(ctx, meeting), "standing": standing, "here": here}
    watch = [] if here or _closed(meeting) else [Offer("meeting_watch", f"meeting use {number}")]
    return Entry(facts, [Offer("meeting_show", f"meeting show {number}"), *watch])


def _held(ctx: Context, meeting: Meeting) -> dict[Role, list[str]]:
    """The names of those who hold a role, for the roles that are held."""
    rows = people.holders(ctx.db, meeting.id)
    known = people.some(ctx.db, [row.person_id for row in rows])
    found: dict[Role, list[str]] = {}
    for row in rows:
        found.setdefault(Role(row.role), []).append(known[row.person_id].name)
    return {role: found[role] for role in Role if role in found}


def _template(ctx: Context, meeting: Meeting) -> dict[str, Any]:
    pinned = templates.get(ctx.db, meeting.template_id)
    standing = templates.standing(ctx.db, ctx.workspace.id, pinned.key)
    return {"template": pinned, "newest": standing[0] if standing else pinned.version}


def _offers(ctx: Context, meeting: Meeting, tasks: Sequence[Task]) -> list[Offer]:
    number = f"M{meeting.number}"
    if _closed(meeting):
        return [Offer("meeting_reopen", f"meeting reopen {number}"), Offer("meetings", "meeting list")]
    close = [] if rules.unsettled(tasks) else [Offer("meeting_close", f"meeting close {number}", primary=True)]
    roles = [Offer("role_set", "role set")] if telling.here(ctx, meeting) else []
    facts = _template(ctx, meeting)
    newer = facts["newest"] > facts["template"].version
    upgrade = [Offer("upgrade", f"template upgrade {number}")] if newer else []
    return [
        *close,
        telling.work(ctx, meeting),
        *roles,
        Offer("meeting_edit", f"meeting edit {number}"),
        Offer("meeting_move", f"meeting move {number}"),
        *upgrade,
    ]


def _by_name(ctx: Context, name: str) -> Meeting:
    """The one meeting whose name has these words. Raises ``Refused`` for none and for several."""
    found = meetings.named(ctx.db, ctx.workspace.id, name.strip())
    if not found:
        raise Refused("meetings/no_such", text=name, buttons=[Offer("meetings", "meeting list")])
    if len(found) > 1:
        raise Refused("meetings/which_of", text=name, buttons=[_choice(row) for row in found[:8]])
    ctx.subject = found[0]
    return found[0]


def _choice(meeting: Meeting) -> Offer:
    return Offer("meeting_use", f"meeting use M{meeting.number}", facts={"meeting": meeting})


def _choose(ctx: Context) -> Message:
    now = meetings.get(ctx.db, ctx.room.meeting_id) if ctx.room.meeting_id else None
    others = [row for row in meetings.running(ctx.db, ctx.workspace.id) if row is not now]
    offers = [_choice(row) for row in others[:8]] or [Offer("meeting_new", "meeting new")]
    nothing = [Offer("unbind", "meeting use none")] if now else []
    facts = {"watched": now, "others": len(others), "own": ctx.room.person_id is not None}
    return ctx.words("meetings/choose", **facts, buttons=[*offers, *nothing], tone="ask")


def _unbind(ctx: Context) -> Message:
    before, ctx.room.meeting_id = ctx.room.meeting_id, None
    ctx.db.flush()
    _look_again(ctx, before)
    ctx.subject = meetings.get(ctx.db, before) if before else None
    own = ctx.room.person_id is not None
    orphaned = ctx.subject is not None and not own and not _closed(ctx.subject) and not _others(ctx, ctx.subject)
    back = [Offer("undo", "undo")] if ctx.subject else []
    return ctx.words(
        "meetings/unused",
        watched=ctx.subject,
        own=own,
        orphaned=orphaned,
        buttons=[*back, Offer("meetings", "meeting list")],
    )


def _look_again(ctx: Context, *ids: int | None) -> None:
    """Nudges go by the rooms that watch a meeting, so they are planned anew."""
    for meeting_id in filter(None, dict.fromkeys(ids)):
        checklist.look_again(ctx.db, meeting_id)
