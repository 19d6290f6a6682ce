"""All lists of a meeting are put beside each other anew, whenever one comes or goes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from handlers.attendance.rules import Line, reconcile
from handlers.context import Context
from handlers.router import Router
from storage import attendance
from storage.attendance import Roll
from storage.base import Session
from storage.journal import Change

router = Router("attendance")


def recount(db: Session, meeting_id: int) -> None:
    """Flush before."""
    rolls = {roll.id: roll for roll in attendance.rolls(db, meeting_id)}
    lines = [_line(row, rolls[row.roll_id]) for row in attendance.rows(db, meeting_id)]
    found = reconcile(lines)
    verdicts: Iterable[dict[str, Any]] = (
        {"key": line.key, "whose": found.whose.get(line.key), "why": found.remarks.get(line.key, "")} for line in lines
    )
    attendance.keep(db, meeting_id, found.people, verdicts)


def _line(row: Any, roll: Roll) -> Line:
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
