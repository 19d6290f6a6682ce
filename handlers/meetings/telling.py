"""The facts of a meeting as its messages show them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Any, NamedTuple
from zoneinfo import ZoneInfo

from handlers.context import Context
from handlers.meetings.details import goal_texts
from messages import Columns, Offer, Question
from storage import people, templates
from storage.checklist import Task
from storage.meetings import Meeting, Mode

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from messages.message import FieldKind
    from storage.templates import Content


_KINDS: Mapping[str, FieldKind] = {"mode": "choice", "expected": "number", "goals": "long"}


class Local(NamedTuple):
    """A moment as the clocks show it where the meeting is."""

    day: date
    clock: str


def local(moment: datetime, zone: str) -> Local:
    there = moment.astimezone(ZoneInfo(zone))
    return Local(there.date(), f"{there:%H:%M}")


def typed(moment: datetime, zone: str) -> str:
    """``2026-06-08 17:00``, as a command takes it back."""
    return f"{moment.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M}"


def when(ctx: Context, meeting: Meeting) -> dict[str, Any]:
    """The meeting, when it began and ended there, and whether the reader's clocks show something else."""
    return {
        "meeting": meeting,
        "starts": local(meeting.starts_at, meeting.zone),
        "ends": local(meeting.ends_at, meeting.zone),
        "elsewhere": meeting.zone != ctx.zone.key,
    }


def phases(ctx: Context, content: Content, tasks: Sequence[Task]) -> Columns:
    """Each phase with its window and how many tasks it has."""
    rows = []
    for number, phase in enumerate(content.phases, 1):
        window = phase.window and phase.window.said(ctx.locale)
        rows.append((f"{number} {phase.title.said(ctx.locale)}", window, sum(task.phase == number for task in tasks)))
    return Columns(("phase", "window", "tasks"), rows, numbers=(2,))


def progress(ctx: Context, content: Content, tasks: Sequence[Task]) -> Columns:
    """How far each phase is."""
    rows = []
    for number, phase in enumerate(content.phases, 1):
        inside = [task for task in tasks if task.phase == number]
        late = sum(not task.finished and task.due_at < ctx.now for task in inside)
        title = f"{number} {phase.title.said(ctx.locale)}"
        rows.append((title, sum(task.finished for task in inside), len(inside), late))
    return Columns(("phase", "finished", "total", "overdue"), rows, numbers=(1, 2, 3))


def names(ctx: Context) -> tuple[str, str]:
    """The fields for the two names, the reader's language first."""
    return ("name_zh", "name_en") if ctx.locale == "zh_CN" else ("name_en", "name_zh")


def known(meeting: Meeting) -> dict[str, str]:
    """A meeting's facts as its form shows them."""
    return {
        "name_zh": meeting.name_zh,
        "name_en": meeting.name_en,
        "edition": meeting.edition,
        "start": typed(meeting.starts_at, meeting.zone),
        "zone": meeting.zone,
        "venue": meeting.venue,
        "mode": meeting.mode,
        "expected": str(meeting.expected or ""),
        "goals": goal_texts(meeting.goals),
        "currency": meeting.currency,
    }


def questions(ctx: Context, values: Mapping[str, str], *, ends: bool) -> list[Question]:
    """A form's fields, filled with ``values``; ``ends`` where it asks for the end too."""
    first, second = names(ctx)
    order = [first, *(["end"] if ends else []), *"start venue mode".split(), second]
    return [_question(name, values.get(name, "")) for name in (*order, *"edition expected goals zone currency".split())]


def _question(name: str, value: str) -> Question:
    kind = _KINDS.get(name, "text")
    choices = [(mode.value, mode) for mode in Mode] if name == "mode" else ()
    return Question(name, kind, value=value, required=name == "end", choices=choices)


def choice_of_template(ctx: Context, value: str) -> list[Question]:
    """Which template to begin with, where there is more than one."""
    found = templates.newest_of_each(ctx.db, ctx.workspace.id)
    if len(found) <= 1:
        return []
    labels = [(row.key, row.read().title.said(ctx.locale)) for row in found]
    return [Question("template", "choice", value=value, choices=labels)]


def here(ctx: Context, meeting: Meeting) -> bool:
    """Whether this room works on the meeting."""
    return ctx.room.meeting_id == meeting.id


def work(ctx: Context, meeting: Meeting) -> Offer:
    """The way to the meeting's tasks: its list, or first letting this room work on it."""
    if here(ctx, meeting):
        return Offer("list", "list", primary=True)
    return Offer("meeting_watch", f"meeting use M{meeting.number}", primary=True)


def person_name(ctx: Context, person_id: int | None) -> str:
    return people.get(ctx.db, person_id).name if person_id is not None else ""
