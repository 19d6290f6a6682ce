"""A running meeting's facts are put right, and its end is moved once somebody has seen what moves with it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

import messages
from handlers.context import Context
from handlers.grammar import Cursor, MeetingNumber, fold, in_chinese
from handlers.meetings import rules, telling
from handlers.meetings.details import MAY_BE_EMPTY, NOTHING, MeetingDetails, Terms, columns, moment
from handlers.meetings.rules import Move
from handlers.permissions import allow, run_meeting
from handlers.refused import Refused
from handlers.router import Router
from messages import Columns, Message, Offer, Question, Questions
from storage import checklist

if TYPE_CHECKING:
    from storage.meetings import Meeting

router = Router("meetings")

MOST_ROWS = 15
MOST_KEPT = 8


@dataclass(frozen=True)
class NewEnd:
    """A new end as it was typed, and the digest of the plan that is confirmed; empty before the preview."""

    text: str
    digest: str = ""


class _NewEnd:
    """``20 June 17:00``, ``end: 20 June`` as with a new meeting, and then perhaps ``confirm 0123456789ab``."""

    _CONFIRMED = re.compile(r"(.*?)\s*(?:confirm|确认)\s*([0-9a-f]{12})", re.IGNORECASE | re.DOTALL)
    _TO = re.compile(r"(?:ends?\s*:|结束(?:时间)?\s*:|to\b|改[到至为]|[到至])\s*", re.IGNORECASE)

    def take(self, cursor: Cursor, ctx: Context) -> NewEnd | None:  # noqa: ARG002
        text = fold(cursor.rest())
        lead = self._TO.match(text)
        text = text[lead.end() :] if lead else text
        if found := self._CONFIRMED.fullmatch(text):
            return NewEnd(found[1], found[2])
        return NewEnd(text) if text else None

    def chinese(self, text: str) -> tuple[str, int] | None:
        return in_chinese({"confirm": "确认"}, text)


End = Annotated[NewEnd, _NewEnd()]
NO_END = NewEnd("")


@router.command("meeting edit", zh="编辑会议", also=("会议 编辑", "修改会议", "edit meeting"))
def edit(ctx: Context, meeting: MeetingNumber = 0, details: MeetingDetails = NOTHING) -> Message:
    """Put a meeting's facts right: meeting edit M1 venue: Hall B expected: 300"""
    found = _to_change(ctx, meeting)
    details = {**_emptied(ctx), **details}
    if not details:
        return _form(ctx, found, telling.known(found))
    _check(ctx, found, details)
    try:
        values = _changes(ctx, found, details)
    except Refused as refused:
        if not ctx.fields:
            raise
        return _form(ctx, found, details, fault=refused)
    moved = _write(ctx, found, values)
    fields = [name for name in values if name not in {"starts_at", "ends_at"}]
    offers = [Offer("undo", "undo"), Offer("meeting_show", f"meeting show M{found.number}")]
    facts = {**telling.when(ctx, found), "fields": fields, "dated": "starts_at" in values, "moved": moved}
    return ctx.words("meetings/edited", **facts, buttons=offers if values else offers[1:], tone="good")


@router.command("meeting move", zh="会议改期", also=("会议 延期", "改期会议", "move meeting"))
def move(ctx: Context, meeting: MeetingNumber = 0, end: End = NO_END) -> Message:
    """Move a meeting's end and the due dates that hang on it, after a preview: meeting move M1 20 June 17:00"""
    found = _to_change(ctx, meeting)
    if not end.text:
        form = Questions(f"meeting move M{found.number}", [Question("end", required=True)])
        return ctx.words("meetings/move_form", **telling.when(ctx, found), form=form, private=True)
    due = moment(end.text, Terms(ctx.now, found.zone, ctx.calendar, ctx.month_first), found.zone)
    if due.at == found.ends_at:
        raise Refused("meetings/same_end", meeting=found, ends=telling.local(due.at, found.zone))
    plan = rules.move(found, checklist.tasks(ctx.db, found.id), ends_at=due.at, calendar=ctx.calendar)
    if end.digest != plan.digest:
        return _preview(ctx, plan, timed="time" not in due.guessed, stale=bool(end.digest))
    rules.apply(found, plan)
    ctx.db.flush()
    facts = {**telling.when(ctx, found), **_counts(ctx, plan)}
    offers = [telling.work(ctx, found), Offer("undo", "undo")]
    return ctx.words("meetings/moved", **facts, buttons=offers, tone="good")


def _to_change(ctx: Context, number: int) -> Meeting:
    found = ctx.meeting_number(number or None)
    allow(ctx, run_meeting, found)
    ctx.must_run()
    return found


def _emptied(ctx: Context) -> dict[str, str]:
    """The fields of the form that somebody emptied."""
    names = MAY_BE_EMPTY | {"name_zh", "name_en"}
    return {name: "" for name, value in ctx.fields.items() if name in names and not value.strip()}


def _check(ctx: Context, meeting: Meeting, details: Mapping[str, str]) -> None:
    """Raises ``Refused`` for what is not edited here, and for a form that was filled in over somebody's change."""
    number = f"M{meeting.number}"
    if details.get("seen", str(meeting.version)) != str(meeting.version):
        raise Refused("meetings/changed", meeting=meeting, buttons=[Offer("meeting_edit", f"meeting edit {number}")])
    if "end" in details:
        line = f"meeting move {number} {details['end']}"
        raise Refused("meetings/end_moves", line=ctx.spoken(line), buttons=[Offer("meeting_move", line, primary=True)])
    if "template" in details:
        raise Refused("meetings/pinned", buttons=[Offer("upgrade", f"template upgrade {number}")])


def _changes(ctx: Context, meeting: Meeting, details: Mapping[str, str]) -> dict[str, Any]:
    """The columns that become other than they are; a new zone leaves what the clocks show as it is."""
    values = columns(details, Terms(ctx.now, meeting.zone, ctx.calendar, ctx.month_first))
    if not (values.get("name_zh", meeting.name_zh) or values.get("name_en", meeting.name_en)):
        raise Refused("meetings/nameless")
    if "goals" in values:
        said = {goal["text"]: goal for goal in meeting.goals}
        values["goals"] = [said.get(goal["text"], goal) for goal in values["goals"]]
    zone = values.get("zone", meeting.zone)
    if zone != meeting.zone:
        values["ends_at"] = rules.same_clock(meeting.ends_at, meeting.zone, zone)
        values.setdefault("starts_at", rules.same_clock(meeting.starts_at, meeting.zone, zone))
    rules.begins_before_it_ends(values.get("starts_at", meeting.starts_at), values.get("ends_at", meeting.ends_at))
    return {name: value for name, value in values.items() if value != getattr(meeting, name)}


def _write(ctx: Context, meeting: Meeting, values: Mapping[str, Any]) -> int:
    """Change the meeting; how many due dates went along, because the end is another moment now."""
    ends_at: datetime | None = values.get("ends_at")
    for name, value in values.items():
        setattr(meeting, name, value)
    moved = 0
    if ends_at is not None:
        tasks = checklist.tasks(ctx.db, meeting.id)
        starts_at = meeting.starts_at
        plan = rules.move(meeting, tasks, ends_at=ends_at, calendar=ctx.calendar, starts_at=starts_at)
        rules.apply(meeting, plan)
        moved = len(plan.shifts)
    ctx.db.flush()
    return moved


def _form(ctx: Context, meeting: Meeting, values: Mapping[str, str], *, fault: Refused | None = None) -> Message:
    said = messages.refuse(fault.name, ctx.locale, zone=ctx.zone.key, **fault.facts) if fault else None
    asks = [*telling.questions(ctx, values, ends=False), Question("seen", "hidden", value=str(meeting.version))]
    return ctx.words(
        "meetings/form",
        meeting=meeting,
        fault=said.body if said else "",
        supposed=False,
        named=True,
        form=Questions(f"meeting edit M{meeting.number}", asks),
        tone="warn" if fault else "ask",
        private=True,
    )


def _preview(ctx: Context, plan: Move, *, timed: bool, stale: bool) -> Message:
    meeting, chinese = ctx.meeting, ctx.locale == "zh_CN"
    line = f"meeting move M{meeting.number} {telling.typed(plan.ends_at, meeting.zone)} confirm {plan.digest}"
    rows = [
        (
            f"{shift.task.ref} {_title(shift.task.title_zh, shift.task.title_en, chinese=chinese)}",
            shift.task.due_at,
            shift.due_at,
        )
        for shift in sorted(plan.shifts, key=lambda shift: (shift.due_at, shift.task.number))
    ]
    return ctx.words(
        "meetings/move",
        **telling.when(ctx, meeting),
        **_counts(ctx, plan),
        new_starts=telling.local(plan.starts_at, meeting.zone),
        new_ends=telling.local(plan.ends_at, meeting.zone),
        timed=timed,
        stale=stale,
        kept=plan.by_hand[:MOST_KEPT],
        left_out=max(0, len(rows) - MOST_ROWS),
        table=Columns(("task", "before", "after"), rows[:MOST_ROWS]),
        buttons=[Offer("confirm", line, primary=True), Offer("meeting_show", f"meeting show M{meeting.number}")],
        tone="ask",
    )


def _title(chinese_title: str, english_title: str, *, chinese: bool) -> str:
    return (chinese_title or english_title) if chinese else (english_title or chinese_title)


def _counts(ctx: Context, plan: Move) -> dict[str, int]:
    dates = {shift.task.id: shift.due_at for shift in plan.shifts}
    left = [task for task in checklist.tasks(ctx.db, ctx.meeting.id) if not task.finished]
    return {
        "moving": len(plan.shifts),
        "finished": len(plan.finished),
        "by_hand": len(plan.by_hand),
        "late": sum(dates.get(task.id, task.due_at) < ctx.now for task in left),
    }
