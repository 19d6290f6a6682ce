"""Who may do what with the crew."""

from __future__ import annotations

from typing import TYPE_CHECKING

from handlers.permissions import Rule, allow, keeps_contacts, may_change_contacts, run_meeting
from storage import people
from storage.people import Role

if TYPE_CHECKING:
    from handlers.context import Context

leads_crew = run_meeting | Rule("crew", lambda who: Role.VOLUNTEERS in who.roles)
"""Decide on a commendation: whoever runs the meeting, and who looks after its volunteers."""
DECIDING = (Role.LEAD, Role.SECRETARY, Role.VOLUNTEERS)


def allow_looking(ctx: Context, meeting: int) -> None:
    """The meeting that is named, or the room's. Raises ``Refused`` for who has no business with the crew."""
    ctx.meeting_number(meeting or None)
    allow(ctx, keeps_contacts, ctx.meeting)


def allow_keeping(ctx: Context, meeting: int) -> None:
    """The same, to change something: the meeting must run."""
    ctx.meeting_number(meeting or None)
    may_change_contacts(ctx)


def deciders(ctx: Context) -> list[int]:
    """Ids of those who may decide on a commendation by their role in the meeting."""
    held = people.holders(ctx.db, ctx.meeting.id)
    return list(dict.fromkeys(holder.person_id for holder in held if holder.role in DECIDING))
