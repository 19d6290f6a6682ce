"""Promises that could not be kept, and lanes that stand still: to list, to try again, to drop, to resume."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import BigInteger, String, bindparam, cast, func, select, update
from sqlalchemy.orm import Session

from storage.base import PROMISED
from storage.lanes import FREE, WAKES
from storage.links import Db
from storage.outbox import OPEN, Promise, changed, lane, outbox
from storage.prepared import Prepared
from storage.rooms import Room
from storage.workspace import Workspace


@dataclass(frozen=True)
class Unkept:
    """A promise that was given up. ``payload`` is what was to be said, ``error`` why it was not."""

    id: int
    room_id: int
    room: str
    payload: str
    error: str
    created_ms: int


@dataclass(frozen=True)
class Paused:
    """A lane that stands still for ``reason`` until a person acts; ``waiting`` messages are in it."""

    lane: str
    room_id: int
    room: str
    reason: str
    waiting: int


_in_workspace = select(Room.id).where(Room.workspace_id == bindparam("place"))
_DEAD = (
    select(outbox.c.id, outbox.c.room_id, Room.name, outbox.c.payload, outbox.c.error, outbox.c.created_ms)
    .join(Room, outbox.c.room_id == Room.id)
    .where(Room.workspace_id == bindparam("place"), outbox.c.state == Promise.DEAD)
    .order_by(outbox.c.id.desc())
    .limit(bindparam("most"))
)
_of_place = outbox.c.room_id.in_(_in_workspace)
_HOW_MANY = select(func.count()).where(_of_place, outbox.c.state == Promise.DEAD)
_WAITING = select(func.count()).where(_of_place, outbox.c.state.in_(OPEN))
_WHICH = select(outbox.c.id).where(
    _of_place, outbox.c.state == Promise.DEAD, outbox.c.id.in_(bindparam("ids", expanding=True))
)
_PAUSED = (
    select(lane.c.key, outbox.c.room_id, Room.name, lane.c.paused, func.count())
    .join(outbox, outbox.c.lane == lane.c.key)
    .join(Room, outbox.c.room_id == Room.id)
    .where(Room.workspace_id == bindparam("place"), lane.c.paused.is_not(None), outbox.c.state.in_(OPEN))
    .group_by(lane.c.key, outbox.c.room_id, Room.name, lane.c.paused)
    .order_by(lane.c.key)
)
_IS_PAUSED = Prepared(
    select(lane.c.paused)
    .join(Room, lane.c.key == "room:" + cast(Room.id, String))
    .join(Workspace, Workspace.id == Room.workspace_id)
    .where(
        Workspace.key == bindparam("place"),
        Room.platform == bindparam("platform"),
        Room.external == bindparam("room"),
        lane.c.paused.is_not(None),
    )
)
_one_dead = (
    outbox.c.id == bindparam("i"),
    outbox.c.state == Promise.DEAD,
    outbox.c.room_id.in_(_in_workspace),
)
_LANE_OF = select(outbox.c.lane).where(*_one_dead)
# Attempt 1 was made: whoever tries again asks the platform first whether it has arrived after all, since the very first
# attempt. What failed for a day already is therefore tried once, not for another day.
_REVIVE = update(outbox).where(*_one_dead).values(state=Promise.READY, attempt=1, error="")
_DROP = update(outbox).where(*_one_dead).values(state=Promise.DROPPED)
_STANDING = select(lane.c.key).where(lane.c.platform == bindparam("platform"), lane.c.paused.is_not(None))
_why = select(lane.c.paused).where(lane.c.key == outbox.c.lane).scalar_subquery()
_too_old = (
    outbox.c.state == Promise.READY,
    outbox.c.created_ms < bindparam("before", type_=BigInteger),
    outbox.c.lane.in_(select(lane.c.key).where(lane.c.paused.is_not(None))),
)
_TOO_OLD = (
    select(outbox.c.room_id, func.count())
    .where(*_too_old, outbox.c.room_id.is_not(None), outbox.c.dedupe_key.not_like(bindparam("note")))
    .group_by(outbox.c.room_id)
)
_GIVE_UP = update(outbox).where(*_too_old).values(state=Promise.DEAD, error=func.coalesce(_why, ""))
_HOLD = select(lane.c.free_at).where(lane.c.key == bindparam("k")).with_for_update()
_WAKE = update(lane).where(lane.c.key == bindparam("k")).values(paused=None, wake_at=WAKES, free_at=FREE)


NOTE = "given_up"


def given_up(db: Session, workspace_id: int, *, limit: int = 20) -> Sequence[Unkept]:
    """The newest first."""
    return [Unkept(*row) for row in db.execute(_DEAD, {"place": workspace_id, "most": limit})]


def how_many(db: Session, workspace_id: int) -> int:
    """That were given up."""
    return db.scalar(_HOW_MANY, {"place": workspace_id}) or 0


def waiting(db: Session, workspace_id: int) -> int:
    """How many are on their way, or wait for their moment or their room."""
    return db.scalar(_WAITING, {"place": workspace_id}) or 0


def which(db: Session, workspace_id: int, ids: Collection[int]) -> frozenset[int]:
    """Those of them that were given up."""
    return frozenset(db.scalars(_WHICH, {"place": workspace_id, "ids": list(ids)}))


def paused(db: Session, workspace_id: int) -> Sequence[Paused]:
    return [Paused(*row) for row in db.execute(_PAUSED, {"place": workspace_id})]


def is_paused(db: Db, workspace: str, *, platform: str, room: str) -> bool:
    """Whether a room, by the platform's name for it in the workspace of that key, stands still until a person acts."""
    return _IS_PAUSED.first(db, {"place": workspace, "platform": platform, "room": room}) is not None


def give_up(db: Session, *, before_ms: int) -> dict[int, int]:
    """Give up what was promised before then to lanes that stand still; how many they were, by room.

    What was itself to tell of such (its key begins with ``NOTE``) goes without being counted.
    """
    then = {"before": before_ms}
    found = {row[0]: row[1] for row in db.execute(_TOO_OLD, {**then, "note": f"{NOTE}:%"})}
    db.execute(_GIVE_UP, then)
    return found


def retry(db: Session, workspace_id: int, ids: Collection[int], *, now_ms: int) -> int:
    """Have what was given up tried again; a lane that stood still goes on. How many they were."""
    found = 0
    for number in sorted(ids):
        lane_key = db.scalar(_LANE_OF, {"i": number, "place": workspace_id})
        if lane_key is not None:
            db.execute(_HOLD, {"k": lane_key})
            found += changed(db, _REVIVE, {"i": number, "place": workspace_id})
            resume(db, lane_key, now_ms=now_ms)
    return found


def drop(db: Session, workspace_id: int, ids: Collection[int]) -> int:
    """What was given up is no longer wanted. How many they were."""
    return sum(changed(db, _DROP, {"i": number, "place": workspace_id}) for number in sorted(ids))


def resume(db: Session, lane_key: str, *, now_ms: int) -> None:
    """The lane goes on with what is in it, at its own pace."""
    free_at = db.execute(_HOLD, {"k": lane_key}).scalar()
    if free_at is not None:
        free = max(free_at, now_ms)
        db.execute(_WAKE, {"k": lane_key, "free": free})
        db.info[PROMISED] = True


def resume_platform(db: Session, platform: str, *, now_ms: int) -> None:
    """Every lane of a platform goes on: what kept it from being reached may be over."""
    for lane_key in sorted(db.scalars(_STANDING, {"platform": platform})):
        resume(db, lane_key, now_ms=now_ms)
