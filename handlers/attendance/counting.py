"""All lists of a meeting are put beside each other anew, whenever one comes or goes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from handlers.attendance.rules import Line, reconcile
from handlers.context import Context
from handlers.router import Router
from storage import archive, attendance
from storage.attendance import Roll
from storage.base import Session
from storage.journal import Change

router = Router("attendance")


def recount(db: Session, meeting_id: int) -> None:
    """Flush before. Whoever was told apart by what a purge has removed stays who they were."""
    rolls = {roll.id: roll for roll in attendance.rolls(db, meeting_id)}
    purge = archive.last_purge(db, meeting_id)
    purged = purge.at if purge else None
    lines = [_line(row, rolls[row.roll_id], purged) for row in attendance.rows(db, meeting_id)]
    found = reconcile(lines, taken=attendance.last_settled(db, meeting_id, purged))
    verdicts: Iterable[dict[str, Any]] = (
        {"key": line.key, "whose": found.whose.get(line.key), "why": found.remarks.get(line.key, "")} for line in lines
    )
    attendance.keep(db, meeting_id, found.people, verdicts)


def _line(row: Any, roll: Roll, purged: datetime | None) -> Line:
    return Line(
        key=row.id,
        roll=roll.id,
        kind=roll.kind,
        came=row.came,
        name=row.name,
        unit=row.unit,
        position=row.position,
        email=row.email,
        phone=row.phone,
        external=row.external,
        ticket=row.ticket,
        status=row.status,
        minutes=row.minutes,
        by_name=roll.by_name,
        settled=row.attendee if purged and roll.at <= purged else None,
    )


@router.after_undo
def put_back(ctx: Context, changes: Sequence[Change]) -> None:
    """An undo brings a list, or takes one away."""
    table = Roll.__tablename__
    ids = {change.id for change in changes if change.table == table}
    meetings = {(change.before or change.after or {}).get("meeting_id") for change in changes if change.table == table}
    known = {roll.meeting_id for roll_id in ids if (roll := ctx.db.get(Roll, roll_id))}
    for meeting_id in sorted(known | {found for found in meetings if found}):
        recount(ctx.db, meeting_id)
