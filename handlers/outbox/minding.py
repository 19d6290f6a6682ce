"""What could not be said: listed, tried again, or dropped; and rooms in which the bot has fallen silent."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

from pydantic import ValidationError

from handlers.context import Context
from handlers.grammar import Cursor, OneOf
from handlers.permissions import admin, allow
from handlers.refused import Refused
from handlers.router import Router
from handlers.where import RoomNear
from messages import Entry, Message, Offer
from messages.markdown import plain
from storage import rooms, unkept
from storage.unkept import Paused, Unkept

if TYPE_CHECKING:
    from storage.rooms import Room

router = Router("outbox")

MOST_SHOWN, MOST_AT_ONCE, LONGEST_EXCERPT = 10, 500, 80
ALL = Annotated[str, OneOf({"all": ("全部", "所有", "everything")})]


class _Numbers:
    """``#12 #13``: promises that were given up, as the list numbers them."""

    _ONE = re.compile(r"#?(\d{1,12})")

    def take(self, cursor: Cursor, ctx: Context) -> tuple[int, ...] | None:  # noqa: ARG002
        found = []
        while (word := cursor.peek()) is not None and (match := self._ONE.fullmatch(word.text)):
            found.append(int(match[1]))
            cursor.next()
        return tuple(dict.fromkeys(found)) or None


Numbers = Annotated[tuple[int, ...], _Numbers()]


@router.command("outbox", zh="发件箱", also=("outbox list", "发件箱 列表"))
def outbox(ctx: Context) -> Message:
    """What I could not say, and rooms in which I have fallen silent"""
    allow(ctx, admin, None)
    lost, still = unkept.given_up(ctx.db, ctx.workspace.id, limit=MOST_SHOWN), unkept.paused(ctx.db, ctx.workspace.id)
    count = unkept.how_many(ctx.db, ctx.workspace.id)
    shown = " ".join(f"#{one.id}" for one in lost)
    return ctx.words(
        "outbox/list",
        lost=count,
        still=len(still),
        waiting=unkept.waiting(ctx.db, ctx.workspace.id),
        left_out=count - len(lost),
        rows=[*(_standing(ctx, one) for one in still), *(_given_up(ctx, one) for one in lost)],
        buttons=[
            *([Offer("retry_all", "outbox retry all", primary=True)] if count or still else []),
            *([Offer("drop_shown", f"outbox drop {shown}", facts={"count": len(lost)})] if len(lost) > 1 else []),
        ],
        private=True,
    )


def _standing(ctx: Context, one: Paused) -> Entry:
    facts = {"room": _place(ctx, one.room_id), "reason": one.reason, "waiting": one.waiting}
    return Entry(facts, [Offer("resume", f"outbox resume #{one.room_id}", primary=True)], block="still")


def _given_up(ctx: Context, one: Unkept) -> Entry:
    room = _place(ctx, one.room_id)
    facts = {
        "number": one.id,
        "room": room,
        "excerpt": "" if room.person_id else excerpt(one.payload),
        "error": one.error,
        "at": datetime.fromtimestamp(one.created_ms / 1000, UTC),
    }
    return Entry(facts, [Offer("retry", f"outbox retry #{one.id}"), Offer("drop", f"outbox drop #{one.id}")])


def _place(ctx: Context, room_id: int) -> Room:
    return rooms.get(ctx.db, room_id)


def excerpt(payload: str) -> str:
    """How a message begins, on one line. What is said in private, or to the bot itself, is not for reading."""
    try:
        message = Message.known(payload)
    except ValidationError:
        return ""
    if message.private or "/" not in message.name:
        return ""
    first = " ".join(plain(message.title or message.body).split())
    return f"{first[:LONGEST_EXCERPT]}…" if len(first) > LONGEST_EXCERPT else first


@router.command("outbox retry", zh="发件箱 重发", also=("retry outbox", "发件箱重发"))
def retry(ctx: Context, everything: ALL = "", numbers: Numbers = ()) -> Message:
    """Try again what was given up: outbox retry #12, or all of it: outbox retry all"""
    allow(ctx, admin, None)
    now_ms = int(ctx.now.timestamp() * 1000)
    if not everything:
        return _done(ctx, "retried", unkept.retry(ctx.db, ctx.workspace.id, _known(ctx, numbers), now_ms=now_ms))
    still = unkept.paused(ctx.db, ctx.workspace.id)
    for one in still:
        unkept.resume(ctx.db, one.lane, now_ms=now_ms)
    found = [one.id for one in unkept.given_up(ctx.db, ctx.workspace.id, limit=MOST_AT_ONCE)]
    if not found and not still:
        raise Refused("outbox/nothing", buttons=[Offer("list", "outbox")])
    unkept.retry(ctx.db, ctx.workspace.id, found, now_ms=now_ms)
    return _done(ctx, "retried", len(found), resumed=len(still))


@router.command("outbox drop", zh="发件箱 放弃", also=("drop outbox", "发件箱放弃"))
def drop(ctx: Context, numbers: Numbers = ()) -> Message:
    """No longer say what was given up: outbox drop #12"""
    allow(ctx, admin, None)
    return _done(ctx, "dropped", unkept.drop(ctx.db, ctx.workspace.id, _known(ctx, numbers)))


@router.command("outbox resume", zh="发件箱 恢复", also=("resume outbox", "发件箱恢复"))
def resume(ctx: Context, room: RoomNear = None) -> Message:
    """Go on in a room in which I have fallen silent: outbox resume #5"""
    allow(ctx, admin, None)
    still = unkept.paused(ctx.db, ctx.workspace.id)
    found = [one for one in still if room is not None and one.room_id == room.id]
    if not found:
        named = [f"#{one.room_id} {one.room}" for one in still]
        raise Refused("outbox/not_still", room=room, still=named, buttons=[Offer("list", "outbox")])
    for one in found:
        unkept.resume(ctx.db, one.lane, now_ms=int(ctx.now.timestamp() * 1000))
    return _done(ctx, "resumed", sum(one.waiting for one in found), room=room)


def _known(ctx: Context, numbers: Sequence[int]) -> Sequence[int]:
    """Raises ``Refused`` unless each of them was given up."""
    lost = unkept.which(ctx.db, ctx.workspace.id, numbers)
    if not numbers or len(lost) < len(numbers):
        strange = [f"#{number}" for number in numbers if number not in lost]
        raise Refused("outbox/not_given_up", numbers=strange, buttons=[Offer("list", "outbox")])
    return numbers


def _done(ctx: Context, what: str, count: int, *, resumed: int = 0, room: Room | None = None) -> Message:
    return ctx.words(
        "outbox/done",
        what=what,
        count=count,
        resumed=resumed,
        room=room,
        buttons=[Offer("list", "outbox")],
        tone="good",
        private=True,
    )
