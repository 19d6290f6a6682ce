"""Promises in lanes: what is to be said, one lane a room, kept once each and in order.

A lane is the unit of order, rate, pause and claim. A worker claims a lane, never a message. Lock order is a
rule: lanes before messages, sorted by key. Times are milliseconds since 1970 by the process's clock.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    bindparam,
    func,
    select,
    text,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from storage.base import Base

LEASE_MS = 30_000
MOST_ATTEMPTS = 8


class Promise(IntEnum):
    """READY to send; SENDING while a worker has it; SENT; DEAD: given up, with an error; DROPPED: no longer wanted."""

    READY = 0
    SENDING = 1
    SENT = 2
    DEAD = 3
    DROPPED = 4


lane = Table(
    "lane",
    Base.metadata,
    Column("key", String(120), primary_key=True),
    Column("platform", String(20), nullable=False),
    Column("interval_ms", Integer, nullable=False),
    Column("free_at", BigInteger, nullable=False, default=0),
    Column("wake_at", BigInteger),
    Column("lease_until", BigInteger, nullable=False, default=0),
    Column("lease_owner", String(60), nullable=False, default=""),
    Column("paused", Text),
    Index(
        "ix_lane_wake",
        "wake_at",
        sqlite_where=text("wake_at IS NOT NULL"),
        postgresql_where=text("wake_at IS NOT NULL"),
    ),
)

outbox = Table(
    "outbox",
    Base.metadata,
    Column("id", Integer, primary_key=True),
    Column("dedupe_key", String(120), nullable=False, unique=True),
    Column("lane", ForeignKey("lane.key"), nullable=False),
    Column("room_id", Integer),
    Column("state", Integer, nullable=False, default=0),
    Column("not_before", BigInteger, nullable=False, default=0),
    Column("attempt", Integer, nullable=False, default=0),
    Column("payload", Text, nullable=False),
    Column("edits", String(120)),
    Column("recheck", String(30), nullable=False, default=""),
    Column("created_ms", BigInteger, nullable=False),
    Column("sent_ms", BigInteger),
    Column("provider_id", String(200), nullable=False, default=""),
    Column("error", Text, nullable=False, default=""),
    Index(
        "ix_outbox_open", "lane", "id", sqlite_where=text("state IN (0, 1)"), postgresql_where=text("state IN (0, 1)")
    ),
)


@dataclass(frozen=True)
class Claimed:
    """A promise a worker may keep now; ``attempt`` is its fencing token. ``edits`` is the key of an earlier one."""

    id: int
    key: str
    lane: str
    room_id: int | None
    payload: str
    edits: str | None
    recheck: str
    attempt: int
    created_ms: int


_OPEN = (Promise.READY, Promise.SENDING)
_FREE_LANES = (
    select(lane.c.key)
    .where(
        lane.c.wake_at <= bindparam("t"),
        lane.c.lease_until <= bindparam("t"),
        lane.c.paused.is_(None),
        lane.c.platform.in_(bindparam("platforms", expanding=True)),
    )
    .order_by(lane.c.wake_at)
    .limit(bindparam("n"))
    .with_for_update(skip_locked=True)
)
_LEASE = (
    update(lane)
    .where(lane.c.key.in_(bindparam("keys", expanding=True)))
    .values(
        lease_until=bindparam("until"),
        lease_owner=bindparam("me"),
        free_at=bindparam("t", type_=BigInteger) + lane.c.interval_ms,
    )
)
_head = (
    select(outbox.c.id)
    .where(outbox.c.lane == lane.c.key, outbox.c.state.in_(_OPEN), outbox.c.not_before <= bindparam("t"))
    .order_by(outbox.c.id)
    .limit(1)
    .correlate(lane)
    .scalar_subquery()
)
# The head is chosen here, after the lanes are locked: chosen together with the lanes, PostgreSQL would still
# see a message that a peer has just sent.
_TAKE = (
    update(outbox)
    .where(
        outbox.c.state.in_(_OPEN),
        outbox.c.id.in_(select(_head).select_from(lane).where(lane.c.key.in_(bindparam("keys", expanding=True)))),
    )
    .values(state=Promise.SENDING, attempt=outbox.c.attempt + 1)
    .returning(
        outbox.c.id,
        outbox.c.dedupe_key,
        outbox.c.lane,
        outbox.c.room_id,
        outbox.c.payload,
        outbox.c.edits,
        outbox.c.recheck,
        outbox.c.attempt,
        outbox.c.created_ms,
    )
)
_FINISH = (
    update(outbox)
    .where(outbox.c.id == bindparam("i"), outbox.c.attempt == bindparam("a"), outbox.c.state == Promise.SENDING)
    .values(
        state=bindparam("new"),
        provider_id=bindparam("provider"),
        error=bindparam("problem"),
        sent_ms=bindparam("sent"),
        not_before=bindparam("later"),
        attempt=bindparam("count"),
    )
)
_LOCK_LANE = select(lane.c.key, lane.c.interval_ms).where(lane.c.key == bindparam("k")).with_for_update()
_NEXT_OPEN = select(func.min(outbox.c.not_before)).where(outbox.c.lane == bindparam("k"), outbox.c.state.in_(_OPEN))
_GIVE_BACK = (
    update(lane)
    .where(lane.c.key == bindparam("k"), lane.c.lease_owner == bindparam("me"))
    .values(
        lease_until=0, lease_owner="", free_at=bindparam("free"), wake_at=bindparam("wake"), paused=bindparam("why")
    )
)
_SENT = select(outbox.c.provider_id).where(outbox.c.dedupe_key == bindparam("key"), outbox.c.state == Promise.SENT)
_PAYLOAD = select(outbox.c.payload, outbox.c.state, outbox.c.room_id).where(outbox.c.dedupe_key == bindparam("key"))


def promise(
    db: Session,
    key: str,
    *,
    lane_key: str,
    platform: str,
    interval_ms: int,
    payload: str,
    now_ms: int,
    room_id: int | None = None,
    edits: str | None = None,
    recheck: str = "",
    not_before: int = 0,
) -> bool:
    """Put a message into its lane; False when the same key was promised before. The caller's transaction carries it."""
    dialect = sqlite if db.get_bind().dialect.name == "sqlite" else postgresql
    wake = max(now_ms, not_before)
    new_lane = dialect.insert(lane).values(
        key=lane_key, platform=platform, interval_ms=interval_ms, free_at=0, wake_at=wake, lease_until=0, lease_owner=""
    )
    earlier = func.min if dialect is sqlite else func.least
    waking = earlier(func.coalesce(lane.c.wake_at, wake), wake)
    later = func.max if dialect is sqlite else func.greatest
    db.execute(new_lane.on_conflict_do_update(index_elements=["key"], set_={"wake_at": later(lane.c.free_at, waking)}))
    row = dialect.insert(outbox).values(
        dedupe_key=key,
        lane=lane_key,
        room_id=room_id,
        state=Promise.READY,
        not_before=not_before,
        attempt=0,
        payload=payload,
        edits=edits,
        recheck=recheck,
        created_ms=now_ms,
    )
    done = db.execute(row.on_conflict_do_nothing(index_elements=["dedupe_key"]))
    return bool(done.rowcount)  # type: ignore[attr-defined]


def claim(db: Session, *, me: str, now_ms: int, platforms: Sequence[str], most: int = 20) -> list[Claimed]:
    """Lease up to ``most`` lanes and take the head of each. A lane with nothing ready is given back at once."""
    keys = list(db.scalars(_FREE_LANES, {"t": now_ms, "n": most, "platforms": list(platforms)}))
    if not keys:
        return []
    db.execute(_LEASE, {"keys": keys, "until": now_ms + LEASE_MS, "me": me, "t": now_ms})
    taken = [Claimed(*row) for row in db.execute(_TAKE, {"keys": keys, "t": now_ms})]
    for key in sorted(set(keys) - {claimed.lane for claimed in taken}):
        _give_back(db, key, me=me, free_at=now_ms, paused=None)
    return taken


def finish(
    db: Session,
    claimed: Claimed,
    *,
    me: str,
    now_ms: int,
    state: Promise,
    provider_id: str = "",
    error: str = "",
    retry_at: int = 0,
    counted: bool = True,
    paused: str | None = None,
) -> bool:
    """Write what became of a claimed promise and free its lane; False if another worker has it by now.

    With state READY the promise is tried again from ``retry_at``; ``counted=False`` gives the attempt back
    (the provider asked for patience). ``paused`` stops the lane with a reason that people can read.
    """
    locked = db.execute(_LOCK_LANE, {"k": claimed.lane}).one()
    done = db.execute(
        _FINISH,
        {
            "i": claimed.id,
            "a": claimed.attempt,
            "new": state,
            "provider": provider_id,
            "problem": error,
            "sent": now_ms if state == Promise.SENT else None,
            "later": retry_at,
            "count": claimed.attempt if counted else claimed.attempt - 1,
        },
    )
    _give_back(db, claimed.lane, me=me, free_at=max(now_ms + locked.interval_ms, retry_at), paused=paused)
    return bool(done.rowcount)  # type: ignore[attr-defined]


def _give_back(db: Session, key: str, *, me: str, free_at: int, paused: str | None) -> None:
    waiting = db.execute(_NEXT_OPEN, {"k": key}).scalar()
    wake = None if waiting is None else max(free_at, waiting)
    db.execute(_GIVE_BACK, {"k": key, "me": me, "free": free_at, "wake": wake, "why": paused})


def provider_id(db: Session, key: str) -> str | None:
    """The platform's own id of a promise that was kept."""
    return db.execute(_SENT, {"key": key}).scalar()


def promised(db: Session, key: str) -> tuple[str, Promise, int | None] | None:
    """Payload, state and room of a promise."""
    row = db.execute(_PAYLOAD, {"key": key}).first()
    return (row.payload, Promise(row.state), row.room_id) if row else None


def waiting(db: Session) -> int:
    """How many promises are neither kept nor given up."""
    return db.scalar(select(func.count()).select_from(outbox).where(outbox.c.state.in_(_OPEN))) or 0
