"""A meeting begins: its facts, its whole checklist, its room and who leads it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import messages
from handlers import reach
from handlers.command import Menu
from handlers.context import Context
from handlers.meetings import rules, telling
from handlers.meetings.details import NOTHING, MeetingDetails, Terms, columns, moment, opening, supposed
from handlers.plan import BUILT_IN, tasks_of
from handlers.refused import Refused
from handlers.router import Router
from messages import Entry, Message, Offer, Questions
from storage import meetings, templates
from storage.meetings import Meeting, MeetingState, Mode
from storage.people import Role, RoleHolder

if TYPE_CHECKING:
    from storage.checklist import Task
    from storage.templates import Template

router = Router("meetings")

NEAREST = 3


@router.command(
    "meeting new",
    zh="新建会议",
    also=("会议 新建", "创建会议", "会议 创建", "新会议", "new meeting"),
    menu=Menu.MEETINGS,
)
def new(ctx: Context, details: MeetingDetails = NOTHING) -> Message:
    """Begin what comes after a meeting: meeting new Annual Conference 2026 end: 8 June 17:00 venue: Hall A"""
    try:
        found = _read(ctx, details)
    except Refused as refused:
        if not ctx.fields:
            raise
        return _form(ctx, details, fault=refused)
    if "ends_at" not in found or not {"name_zh", "name_en"} & found.keys():
        nameless = Refused("meetings/nameless") if ctx.fields and "ends_at" in found else None
        return _form(ctx, details, fault=nameless)
    template = _template(ctx, details.get("template", BUILT_IN))
    twins = _twins(ctx, found)
    meeting = _found(ctx, template, found)
    tasks = tasks_of(template.read(), meeting.id, ends_at=ctx.meeting_end, calendar=ctx.calendar)
    ctx.db.add_all(tasks)
    bound = _bind(ctx, meeting)
    ctx.db.flush()
    return _told(ctx, tasks, twins, bound=bound, timed=_timed(ctx, details))


def _read(ctx: Context, details: Mapping[str, str]) -> dict[str, Any]:
    terms = _terms(ctx)
    found = {"zone": terms.zone, **columns(details, terms)}
    if "ends_at" in found:
        found.setdefault("starts_at", opening(found["ends_at"]))
        rules.begins_before_it_ends(found["starts_at"], found["ends_at"])
    return found


def _terms(ctx: Context) -> Terms:
    return Terms(ctx.now, ctx.room.zone or ctx.workspace.zone, ctx.calendar, ctx.month_first)


def _timed(ctx: Context, details: Mapping[str, str]) -> bool:
    """Whether the end came with its time of day; if not, the answer says which was taken."""
    terms = Terms(ctx.now, ctx.meeting.zone, ctx.calendar, ctx.month_first)
    return "time" not in moment(details["end"], terms, terms.zone).guessed


def _template(ctx: Context, key: str) -> Template:
    found = templates.newest(ctx.db, ctx.workspace.id, key.strip().casefold())
    if found is None:
        known = sorted(templates.keys(ctx.db, ctx.workspace.id))
        raise Refused("templates/unknown", key=key, known=known, buttons=[Offer("template_list", "template list")])
    return found


def _twins(ctx: Context, found: Mapping[str, Any]) -> list[Meeting]:
    """Meetings that are there already under the same name and edition."""
    said = {name for field in ("name_zh", "name_en") if (name := found.get(field, "").casefold())}
    return [
        meeting
        for meeting in meetings.all_of(ctx.db, ctx.workspace.id)
        if said & {meeting.name_zh.casefold(), meeting.name_en.casefold()}
        and meeting.edition == found.get("edition", "")
    ]


def _found(ctx: Context, template: Template, found: Mapping[str, Any]) -> Meeting:
    """The new meeting's row, and its lead: whoever begins it."""
    meeting = Meeting(
        workspace_id=ctx.workspace.id,
        number=meetings.next_number(ctx.db, ctx.workspace.id),
        template_id=template.id,
        **found,
    )
    ctx.db.add(meeting)
    ctx.db.flush()
    ctx.db.add(RoleHolder(meeting_id=meeting.id, role=Role.LEAD, person_id=ctx.person.id))
    ctx.subject = meeting
    return meeting


def _bind(ctx: Context, meeting: Meeting) -> bool:
    """Let the room watch the new meeting, unless it watches one that still runs."""
    if ctx.room.meeting_id and meetings.get(ctx.db, ctx.room.meeting_id).state != MeetingState.CLOSED:
        return False
    ctx.room.meeting_id = meeting.id
    return True


def _told(ctx: Context, tasks: Sequence[Task], twins: Sequence[Meeting], *, bound: bool, timed: bool) -> Message:
    meeting = ctx.meeting
    content = ctx.content
    late = sum(task.due_at < ctx.now for task in tasks)
    coming = sorted((task for task in tasks if task.due_at >= ctx.now), key=lambda task: (task.due_at, task.number))
    nearest = coming[:NEAREST]
    return ctx.words(
        "meetings/new",
        **telling.when(ctx, meeting),
        timed=timed,
        count=len(tasks),
        nearest=len(nearest),
        late=late,
        twin=twins[0] if twins else None,
        own=ctx.room.person_id is not None,
        makes=reach.maker(ctx) is not None,
        watched=None if bound else meetings.get(ctx.db, ctx.room.meeting_id or 0),
        table=telling.phases(ctx, content, tasks),
        rows=[
            Entry({"task": task}, [Offer("show", f"show M{meeting.number}-{task.ref}")]) for task in coming[:NEAREST]
        ],
        buttons=_next(meeting, late=late, bound=bound, twin=bool(twins)),
        tone="warn" if twins else "good",
    )


def _next(meeting: Meeting, *, late: int, bound: bool, twin: bool) -> list[Offer]:
    """What one would do next."""
    undo = [Offer("undo", "undo")] if twin else []
    if not bound:
        number = f"M{meeting.number}"
        return [
            *undo,
            Offer("meeting_watch", f"meeting use {number}", primary=True),
            Offer("meeting_show", f"meeting show {number}"),
        ]
    offers = [Offer("list", "list", primary=True), Offer("role_set", "role set"), Offer("today", "today")]
    return [*undo, *offers, *([Offer("overdue", "list overdue")] if late else [])]


def _form(ctx: Context, details: Mapping[str, str], *, fault: Refused | None = None) -> Message:
    """The form, with what is known already; ``fault`` is why it is shown once more."""
    values = {
        "zone": ctx.room.zone or ctx.workspace.zone,
        "currency": "CNY",
        "mode": Mode.ONSITE,
        "template": BUILT_IN,
        **supposed(details, _terms(ctx)),
    }
    said = messages.refuse(fault.name, ctx.locale, zone=ctx.zone.key, **fault.facts) if fault else None
    asks = [*telling.questions(ctx, values, ends=True), *telling.choice_of_template(ctx, values["template"])]
    return ctx.words(
        "meetings/form",
        meeting=None,
        fault=said.body if said else "",
        supposed="end" in values and "end" not in details,
        named=bool({"name_zh", "name_en"} & values.keys()),
        form=Questions("meeting new", asks),
        tone="warn" if fault else "ask",
        private=True,
    )
