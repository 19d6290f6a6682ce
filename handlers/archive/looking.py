"""What a meeting has for its archive: loaded once, and judged by the rules."""

from __future__ import annotations

from dataclasses import dataclass

from handlers import holdings
from handlers.archive import rules
from handlers.archive.rules import Check, Gap
from handlers.archive.tree import Naming
from handlers.context import Context
from handlers.expected import Holdings
from handlers.permissions import allow, keeps_records, may, run_meeting
from storage import archive, people
from storage.materials import Material
from storage.meetings import Meeting, MeetingState


@dataclass(frozen=True)
class Look:
    """A meeting, what it has, and how complete that is by now."""

    meeting: Meeting
    naming: Naming
    held: Holdings
    check: Check


def look(ctx: Context, meeting: Meeting) -> Look:
    held = holdings.of_meeting(ctx.db, ctx.workspace, meeting, ctx.programme)
    naming = Naming(meeting, ctx.workspace.locale.startswith("zh"), held.programme)
    return Look(meeting, naming, held, rules.check(held, stage(ctx, meeting, held)))


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
    ids = {gap.key: [gap.person_id] if gap.person_id else [*holding.get((meeting.id, gap.role), ())] for gap in gaps}
    known = people.some(ctx.db, {person_id for found in ids.values() for person_id in found})
    return {key: [known[person_id].name for person_id in found] for key, found in ids.items()}


def may_keep(ctx: Context, meeting: Meeting) -> None:
    """Raises ``Refused`` unless the person runs the meeting or keeps its records."""
    allow(ctx, keeps_records, meeting)


def may_run(ctx: Context, meeting: Meeting) -> bool:
    return may(ctx, run_meeting, meeting)
