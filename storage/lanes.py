"""Lanes as a worker sees them: claim one, take its head, give it back. A worker claims a lane, never a message."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    CompoundSelect,
    Integer,
    Select,
    String,
    Text,
    bindparam,
    case,
    cast,
    false,
    func,
    literal,
    literal_column,
    or_,
    select,
    union_all,
    update,
)
from sqlalchemy.orm import Session

from storage.base import columns
from storage.links import Db
from storage.outbox import OPEN, Promise, lane, outbox, provider_id
from storage.prepared import Prepared, Row
from storage.rooms import Address, Room
from storage.workspace import Workspace

LEASE_MS = 30_000
QUESTIONS = 64
"""Ways to look for a lane that are kept compiled."""
LONGEST_PATIENCE_MS = 3_600_000
"""No lane is put off for longer than this, whatever a provider asks for."""


class Claimed(NamedTuple):
    """A promise a worker may keep now.

    ``attempt`` is its fencing token, ``holder`` that of its lane's lease. ``edits`` is the key of an earlier promise
    that this one replaces, ``thread`` and ``reader`` as in ``outbox.promise``. ``tried_ms`` is
    when it was first attempted, ``error`` what came of the attempt before. ``room`` is where it goes, and ``replaces``
    the platform's id of what it replaces, as far as they are there.
    """

    holder: str
    platform: str
    id: int
    key: str
    lane: str
    room_id: int | None
    payload: str
    edits: str | None
    recheck: str
    thread: str
    reader: str
    attempt: int
    created_ms: int
    tried_ms: int
    error: str
    room: Address | None = None
    replaces: str | None = None


@dataclass(frozen=True)
class Elsewhere:
    """Rooms in which only another process can speak now: of these workspaces, by key, at addresses that begin so.

    What was heard there is answered by that process too: it may be able to answer in ways that others are not.
    """

    platform: str
    workspaces: tuple[str, ...]
    begins: tuple[str, ...]


_now = bindparam("t", type_=BigInteger)
_is_open = outbox.c.state.in_([literal_column(f"{state:d}") for state in OPEN])
"""As the partial index says it."""
_room = columns(Room)
_ROOM = Prepared(select(*(_room[name] for name in Address._fields)).where(_room.id == bindparam("room")))
_LEASE = Prepared(
    update(lane)
    .where(lane.c.key == bindparam("k"))
    .values(lease_until=bindparam("until"), lease_owner=bindparam("holder"), free_at=_now + lane.c.interval_ms)
)
_head = (
    select(outbox.c.id)
    .where(outbox.c.lane == bindparam("k"), _is_open, outbox.c.not_before <= _now)
    .order_by(outbox.c.id)
    .limit(literal_column("1"))
    .scalar_subquery()
)
# The head is chosen here, after the lane is locked: chosen together with the lane, PostgreSQL would still
# see a message that a peer has just sent.
_TAKE = Prepared(
    update(outbox)
    .where(_is_open, outbox.c.id == _head)
    .values(state=Promise.SENDING, attempt=outbox.c.attempt + 1, tried_ms=func.coalesce(outbox.c.tried_ms, _now))
    .returning(
        outbox.c.id,
        outbox.c.dedupe_key,
        outbox.c.lane,
        outbox.c.room_id,
        outbox.c.payload,
        outbox.c.edits,
        outbox.c.recheck,
        outbox.c.thread,
        outbox.c.reader,
        outbox.c.attempt,
        outbox.c.created_ms,
        outbox.c.tried_ms,
        outbox.c.error,
    )
)
_FINISH = Prepared(
    update(outbox)
    .where(outbox.c.id == bindparam("i"), outbox.c.attempt == bindparam("a"), outbox.c.state == Promise.SENDING)
    .values(
        state=bindparam("new"),
        provider_id=bindparam("provider"),
        error=bindparam("problem"),
        sent_ms=bindparam("sent"),
        attempt=bindparam("count"),
        tried_ms=bindparam("tried"),
        not_before=func.coalesce(bindparam("later", type_=BigInteger), outbox.c.not_before),
        payload=func.coalesce(bindparam("words", type_=Text), outbox.c.payload),
    )
)
_LOCK_LANE = Prepared(
    select(lane.c.interval_ms, lane.c.lease_owner).where(lane.c.key == bindparam("k")).with_for_update()
)
FREE = bindparam("free", type_=BigInteger)
_next = select(func.min(outbox.c.not_before).label("at")).where(outbox.c.lane == bindparam("k"), _is_open).subquery()
WAKES = select(case((_next.c.at > FREE, _next.c.at), (_next.c.at.is_not(None), FREE))).scalar_subquery()
"""When the lane ``k``, which is locked, has something to say next if it is ``free``; None when it is empty."""
_GIVE_BACK = Prepared(
    update(lane)
    .where(lane.c.key == bindparam("k"), lane.c.lease_owner == bindparam("holder"))
    .values(
        lease_until=0,
        lease_owner="",
        free_at=FREE,
        wake_at=WAKES,
        paused=func.coalesce(bindparam("why", type_=Text), lane.c.paused),
    )
)
_RENEW = Prepared(
    update(lane)
    .where(lane.c.key == bindparam("k"), lane.c.lease_owner == bindparam("holder"))
    .values(lease_until=bindparam("until"))
)
_REWORD = Prepared(
    update(outbox)
    .where(outbox.c.id == bindparam("i"), outbox.c.attempt == bindparam("a"), outbox.c.state == Promise.SENDING)
    .values(payload=bindparam("words"))
)
_far = _now + 2 * LONGEST_PATIENCE_MS
# Locked, as every other change of a lane: one that is being given back would keep a lease that nobody has any more, and
# one into which something is being promised would be put to sleep. Those are right by the time of the next look.
_ASTRAY = (
    select(lane.c.key, lane.c.free_at, lane.c.lease_until)
    .where(or_(lane.c.lease_until > _now + LEASE_MS, lane.c.free_at > _far, lane.c.wake_at > _far))
    .order_by(lane.c.key)
    .with_for_update(skip_locked=True)
)
_SET_RIGHT = (
    update(lane).where(lane.c.key == bindparam("k")).values(lease_until=bindparam("until"), free_at=FREE, wake_at=WAKES)
)


def due(
    db: Db,
    *,
    now_ms: int,
    platforms: Sequence[str],
    elsewhere: Elsewhere | None = None,
    left: Sequence[str] = (),
) -> bool:
    """Whether a claim would find a lane; costs no lock."""
    values = {"t": now_ms, "n": 1}
    return bool(_free(db, values, (*platforms,), elsewhere=elsewhere, left=left, locked=False))


def claim(
    db: Db,
    *,
    holder: str,
    now_ms: int,
    platforms: Sequence[str],
    most: int = 1,
    elsewhere: Elsewhere | None = None,
    left: Sequence[str] = (),
) -> list[Claimed]:
    """Lease up to ``most`` lanes and take the head of each. A lane with nothing ready is given back at once.

    ``holder`` names this claim and no other, so that what is late for one claim cannot end the next. What is to be
    said ``elsewhere`` is left to whoever can say it, and so are the lanes that are ``left``.
    """
    values = {"t": now_ms, "n": most}
    taken = []
    for key, platform in sorted(_free(db, values, (*platforms,), elsewhere=elsewhere, left=left, locked=True)):
        _LEASE.run(db, {"k": key, "until": now_ms + LEASE_MS, "holder": holder, "t": now_ms})
        head = _TAKE.first(db, {"k": key, "t": now_ms})
        if head is None:
            _give_back(db, key, holder=holder, free_at=now_ms, paused=None)
        else:
            taken.append(_addressed(db, Claimed(holder, platform, *head)))
    return taken


def _addressed(db: Db, claimed: Claimed) -> Claimed:
    room = _ROOM.first(db, {"room": claimed.room_id}) if claimed.room_id else None
    said = provider_id(db, claimed.edits) if claimed.edits else None
    return claimed._replace(room=Address(*room) if room else None, replaces=said)


def _free(
    db: Db,
    values: Mapping[str, int],
    platforms: tuple[str, ...],
    *,
    elsewhere: Elsewhere | None,
    left: Sequence[str],
    locked: bool,
) -> Sequence[Row]:
    """Key and platform of up to ``n`` lanes that may be claimed at ``t``; ``locked`` against others that look too."""
    return _question(platforms, elsewhere, (*left,), locked=locked).all(db, values)


@lru_cache(QUESTIONS)
def _question(
    platforms: tuple[str, ...], elsewhere: Elsewhere | None, left: tuple[str, ...], *, locked: bool
) -> Prepared:
    """Compiled once for each crew of workers, and for what is left to others at times."""
    question = (
        select(lane.c.key, lane.c.platform)
        .where(
            lane.c.wake_at <= _now,
            lane.c.lease_until <= _now,
            lane.c.paused.is_(None),
            or_(false(), *(lane.c.platform == name for name in platforms)),
            *(lane.c.key != key for key in left),
        )
        .limit(bindparam("n", type_=Integer))
    )
    if elsewhere is not None:
        question = question.where(lane.c.key.not_in(_lanes_of(elsewhere)))
    return Prepared(question.order_by(lane.c.wake_at).with_for_update(skip_locked=True) if locked else question)


def _lanes_of(elsewhere: Elsewhere) -> CompoundSelect[Any]:
    return union_all(*(_of_kind(elsewhere, kind) for kind in ("room:", "in:")))


def _of_kind(elsewhere: Elsewhere, kind: str) -> Select[Any]:
    key: ColumnElement[str] = literal(kind) + cast(Room.id, String)
    return (
        select(key)
        .join(Workspace, Workspace.id == Room.workspace_id)
        .where(
            Room.platform == elsewhere.platform,
            or_(false(), *(Workspace.key == key for key in elsewhere.workspaces)),
            or_(false(), *(Room.external.startswith(begin, autoescape=True) for begin in elsewhere.begins)),
        )
    )


def renew(db: Db, claimed: Claimed, *, now_ms: int) -> bool:
    """Keep the lane for another lease; False when it is no longer ours."""
    return _RENEW.run(db, {"k": claimed.lane, "holder": claimed.holder, "until": now_ms + LEASE_MS}) > 0


def reword(db: Db, claimed: Claimed, payload: str) -> None:
    """What will be said instead; a later attempt says the same."""
    _REWORD.run(db, {"i": claimed.id, "a": claimed.attempt, "words": payload})


def finish(
    db: Db,
    claimed: Claimed,
    *,
    now_ms: int,
    state: Promise,
    provider_id: str = "",
    error: str = "",
    wait_ms: int = 0,
    counted: bool = True,
    paused: str | None = None,
    not_before: int | None = None,
    words: str | None = None,
) -> bool:
    """Write what became of a claimed promise and free its lane; False if another worker has it by now.

    With state READY the whole lane waits for ``wait_ms``; ``counted=False`` gives the attempt back (nothing was
    accepted); with ``not_before`` only this promise waits, until then. ``paused`` stops the lane with a
    reason that people can read. ``words`` stand in place of what was promised from now on.
    """
    [(interval_ms, owner)] = _LOCK_LANE.all(db, {"k": claimed.lane})
    if state == Promise.READY and owner != claimed.holder:
        # An attempt that was given back is counted anew: somebody else may have it under the same number.
        return False
    attempt = claimed.attempt if counted else claimed.attempt - 1
    what = {
        "i": claimed.id,
        "a": claimed.attempt,
        "new": state,
        "provider": provider_id,
        "problem": error,
        "sent": now_ms if state == Promise.SENT else None,
        "count": attempt,
        "tried": claimed.tried_ms if attempt else None,
        "later": not_before,
        "words": words,
    }
    done = _FINISH.run(db, what) > 0
    free_at = now_ms + max(interval_ms, min(wait_ms, LONGEST_PATIENCE_MS))
    _give_back(db, claimed.lane, holder=claimed.holder, free_at=free_at, paused=paused)
    return done


def _give_back(db: Db, key: str, *, holder: str, free_at: int, paused: str | None) -> None:
    _GIVE_BACK.run(db, {"k": key, "holder": holder, "free": free_at, "why": paused})


def set_right(db: Session, *, now_ms: int) -> int:
    """Free lanes that wait for a moment no rule can have set: the clock was ahead, and has been put back."""
    astray = db.execute(_ASTRAY, {"t": now_ms}).all()
    for row in astray:
        free = row.free_at if row.free_at <= now_ms + LONGEST_PATIENCE_MS else now_ms
        until = min(row.lease_until, now_ms + LEASE_MS)
        db.execute(_SET_RIGHT, {"k": row.key, "until": until, "free": free})
    return len(astray)
