"""What became of letters on their way is written down with them: when each went, or why it did not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from handlers.context import Context, voice
from handlers.permissions import leaders
from handlers.thanks.echoes import MOST_SHOWN, come_back, facts_of
from handlers.thanks.returned import is_gone
from messages import Entry, Offer
from storage import deliveries, meetings, people, rooms, workspace
from storage.deliveries import Outcome
from storage.letters import LetterState
from storage.outbox import Promise
from storage.rooms import Room

if TYPE_CHECKING:
    from storage.base import Session


def due(db: Session, now: datetime) -> Sequence[int]:  # noqa: ARG001  as every job's
    """Workspaces with letters of which more is known than is written down."""
    return deliveries.workspaces(db)


def settle(db: Session, workspace_id: int, now: datetime, pace: Mapping[str, int]) -> None:
    """Who leads a meeting is told once of all its letters that could not be delivered."""
    lost: dict[int, list[Outcome]] = {}
    for one in deliveries.outcomes(db, workspace_id):
        if one.promise == Promise.SENT:
            one.letter.sent_at = one.at or now
        elif one.promise == Promise.DROPPED:
            one.letter.state, one.letter.key = LetterState.APPROVED, ""
        else:
            lost.setdefault(one.letter.meeting_id, []).append(one)
    for meeting_id, found in lost.items():
        _tell(db, meeting_id, found, now, pace)
    db.flush()


def _tell(db: Session, meeting_id: int, lost: Sequence[Outcome], now: datetime, pace: Mapping[str, int]) -> None:
    meeting, key = meetings.get(db, meeting_id), f"bounced:{lost[0].letter.key}:{len(lost)}"
    for one in lost:
        come_back(db, one.letter, one.error, gone=is_gone(one.error), key=one.letter.key, by=None, at=now)
    place = workspace.get(db, meeting.workspace_id)
    for room in _rooms(db, meeting_id, place.id):
        ctx = voice(db, place, room, now, pace)
        ctx.subject = meeting
        _say(ctx, f"{key}:{room.id}", [Entry(facts_of(ctx, one.letter, one.error)) for one in lost])


def _say(ctx: Context, key: str, entries: Sequence[Entry]) -> None:
    said = ctx.words(
        "sending/lost",
        meeting=ctx.meeting,
        count=len(entries),
        left_out=max(0, len(entries) - MOST_SHOWN),
        rows=entries[:MOST_SHOWN],
        buttons=[Offer("send", f"thanks send M{ctx.meeting.number}")],
        tone="warn",
    )
    ctx.promise(key, ctx.room, said)


def _rooms(db: Session, meeting_id: int, workspace_id: int) -> Sequence[Room]:
    """Where whoever leads the meeting talks with the bot; where nobody does, the admins."""
    found = rooms.direct(db, leaders(db, meeting_id))
    return found or rooms.direct(db, [one.id for one in people.admins(db, workspace_id)])
