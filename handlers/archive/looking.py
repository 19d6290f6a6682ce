"""What a meeting has for its archive: loaded once, and judged by the rules."""

from __future__ import annotations

from dataclasses import dataclass

from handlers import expected
from handlers.archive import rules
from handlers.archive.rules import Check, Gap, Holdings
from handlers.archive.tree import Naming
from handlers.context import Context
from handlers.permissions import allow, keeps_records, may, run_meeting
from storage import archive, consents, people
from storage.materials import Material
from storage.meetings import Meeting, MeetingState

MINUTES, RECORDINGS = "minutes-collect", "recordings-collect"


@dataclass(frozen=True)
class Look:
    """A meeting, what it has, and how complete that is by now."""

    meeting: Meeting
    naming: Naming
    held: Holdings
    check: Check


def look(ctx: Context, meeting: Meeting) -> Look:
    held = holdings(ctx, meeting)
    naming = Naming(meeting, ctx.workspace.locale.startswith("zh"), held.programme)
    return Look(meeting, naming, held, rules.check(held, stage(ctx, meeting, held)))


def holdings(ctx: Context, meeting: Meeting) -> Holdings:
    links = [task for task, _ in archive.links(ctx.db, meeting.id) if task.key == RECORDINGS]
    return Holdings(
        programme=ctx.programme,
        files=archive.files(ctx.db, meeting.id),
        consents=consents.of_meeting(ctx.db, meeting.id),
        excuses=consents.excuses(ctx.db, meeting.id),
        elsewhere=archive.elsewhere(ctx.db, meeting.id),
        links=len(links),
        minutes=archive.task_of_key(ctx.db, meeting.id, MINUTES),
        days=expected.days(meeting),
        quota=ctx.workspace.photos_a_kind,
    )


def stage(ctx: Context, meeting: Meeting, held: Holdings) -> archive.Stage:
    return rules.stage(
        ctx.now,
        end=ctx.meeting_end,
        calendar=ctx.calendar,
        closed=meeting.state == MeetingState.CLOSED,
        reported=any(file.material == Material.REPORT for file in held.files),
    )


def owners(ctx: Context, meeting: Meeting, gaps: tuple[Gap, ...]) -> dict[str, list[str]]:
    """Who has each gap, by name: whoever it is said to be, else those who hold its role; by the gap's key."""
    holding = people.holding(ctx.db, [meeting.id])
    ids = {
        gap.key: [gap.person_id] if gap.person_id else [*holding.get((meeting.id, gap.role or ""), ())] for gap in gaps
    }
    known = people.some(ctx.db, {person_id for found in ids.values() for person_id in found})
    return {key: [known[person_id].name for person_id in found] for key, found in ids.items()}


def may_keep(ctx: Context, meeting: Meeting) -> None:
    """Raises ``Refused`` unless the person runs the meeting or keeps its records."""
    allow(ctx, keeps_records, meeting)


def may_run(ctx: Context, meeting: Meeting) -> bool:
    return may(ctx, run_meeting, meeting)
