"""Letters that were promised to the mail or a chat, and what became of each promise."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from storage.letters import Letter, LetterState, Way
from storage.meetings import Meeting
from storage.outbox import Promise, outbox

_RESOLVED = (Promise.SENT, Promise.DEAD, Promise.DROPPED)
_under_way = (
    text("letter.state = 'sent' AND letter.sent_at IS NULL"),  # as the index says it, so that it is used
    outbox.c.dedupe_key == Letter.key,
    outbox.c.state.in_(_RESOLVED),
)


@dataclass(frozen=True)
class Outcome:
    """``at`` is when the letter was taken; ``error`` why it was given up."""

    letter: Letter
    promise: Promise
    at: datetime | None
    error: str


def key(letter_id: int, attempt: int) -> str:
    """Of the promise that sends a letter, for the first time or once more."""
    return f"letter:{letter_id}:{attempt}"


def letter_of(db: Session, workspace_id: int, promise: str) -> Letter | None:
    """The letter that the promise of that key was to send, if it is one of this workspace."""
    kind, _, rest = promise.partition(":")
    number = rest.partition(":")[0]
    if kind != "letter" or not number.isdecimal():
        return None
    question = select(Letter).join(Meeting, Letter.meeting_id == Meeting.id)
    return db.scalar(question.where(Letter.id == int(number), Meeting.workspace_id == workspace_id))


def mailed_to(db: Session, workspace_id: int, address: str) -> Sequence[tuple[Letter, Meeting]]:
    """The letters that went to an address by mail and have not come back, the newest first, each with its meeting."""
    question = select(Letter, Meeting).join(Meeting, Letter.meeting_id == Meeting.id)
    question = question.where(Meeting.workspace_id == workspace_id, func.lower(Letter.address) == address)
    question = question.where(Letter.state == LetterState.SENT, Letter.way == Way.MAIL)
    return [(letter, meeting) for letter, meeting in db.execute(question.order_by(Letter.id.desc()))]


def workspaces(db: Session) -> Sequence[int]:
    """Those with letters of which more is known than is written down."""
    question = select(Meeting.workspace_id).join(Letter, Letter.meeting_id == Meeting.id)
    return db.scalars(question.where(*_under_way).distinct()).all()


def outcomes(db: Session, workspace_id: int) -> Sequence[Outcome]:
    """By letter."""
    question = select(Letter, outbox.c.state, outbox.c.sent_ms, outbox.c.error)
    question = question.join(Meeting, Letter.meeting_id == Meeting.id)
    rows = db.execute(question.where(*_under_way, Meeting.workspace_id == workspace_id).order_by(Letter.id))
    return [Outcome(letter, Promise(state), _moment(ms), error) for letter, state, ms, error in rows]


def _moment(ms: int | None) -> datetime | None:
    return None if ms is None else datetime.fromtimestamp(ms / 1000, UTC)
