"""Who may keep the programme and what belongs to it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from handlers.permissions import Rule, allow, run_meeting
from storage import people
from storage.people import Role

if TYPE_CHECKING:
    from handlers.context import Context
    from storage.programme import ProgrammeSession

KEEPING = frozenset({Role.PROGRAMME, Role.RECORDS, Role.PUBLICITY})

tends = run_meeting | Rule("tends", lambda who: bool(who.roles & KEEPING))
"""The programme, its speakers and stands: also programme, records and publicity."""


def allow_tending(ctx: Context) -> None:
    """Raises ``Refused`` unless the person may; while the meeting has nobody for the programme, everybody may."""
    if people.holders_of(ctx.db, ctx.meeting.id, Role.PROGRAMME):
        allow(ctx, tends, ctx.meeting)


def allow_consents(ctx: Context, session: ProgrammeSession | None) -> None:
    """What speakers allow: whoever chases the session, else those who tend the programme. Raises ``Refused``."""
    if session is None or session.contact_id != ctx.person.id:
        allow(ctx, tends, ctx.meeting)
