"""How the whole installation stands, for whoever watches it: counts over all workspaces, nobody's words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import BigInteger, bindparam, func, select
from sqlalchemy.orm import Session

from storage.base import columns
from storage.nudges import Nudge
from storage.outbox import OPEN, Promise, lane, outbox

_nudge = columns(Nudge)
_PROMISES = (
    select(lane.c.platform, outbox.c.state, func.count())
    .join(lane, lane.c.key == outbox.c.lane)
    .where(outbox.c.state.in_((*OPEN, Promise.DEAD)))
    .group_by(lane.c.platform, outbox.c.state)
)
_PAUSED = select(func.count()).where(lane.c.paused.is_not(None))
_OLDEST = (
    select(func.min(outbox.c.created_ms))
    .join(lane, lane.c.key == outbox.c.lane)
    .where(outbox.c.state.in_(OPEN), lane.c.paused.is_(None), lane.c.wake_at <= bindparam("t", type_=BigInteger))
    .where(outbox.c.not_before <= bindparam("t", type_=BigInteger))
)
_NUDGES = select(_nudge.state, func.count()).where(_nudge.at >= bindparam("since")).group_by(_nudge.state)


@dataclass(frozen=True)
class Standing:
    """``promises`` by platform and state, those that were kept left out; ``nudges`` by state.

    ``paused`` is how many lanes stand still, ``oldest_s`` the age in seconds of the oldest promise that is due in one
    that does not.
    """

    promises: Mapping[tuple[str, str], int]
    nudges: Mapping[str, int]
    paused: int
    oldest_s: float


def standing(db: Session, *, now_ms: int, since: datetime) -> Standing:
    """``since``: nudges are counted from then."""
    rows = db.execute(_PROMISES).all()
    oldest = db.scalar(_OLDEST, {"t": now_ms})
    return Standing(
        promises={(platform, Promise(state).name.lower()): count for platform, state, count in rows},
        nudges={str(state): count for state, count in db.execute(_NUDGES, {"since": since})},
        paused=db.scalar(_PAUSED) or 0,
        oldest_s=max(0.0, (now_ms - oldest) / 1000) if oldest is not None else 0.0,
    )
