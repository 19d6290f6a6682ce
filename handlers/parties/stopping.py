"""Readers of letters say for themselves that they want no more of them, as the letters invite them to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from handlers.context import Context
from handlers.permissions import keeps_contacts, who_may
from handlers.refused import Refused
from handlers.router import Router
from messages import Message, Offer
from storage import letters, meetings, parties

if TYPE_CHECKING:
    from collections.abc import Sequence

    from storage.parties import Party

router = Router("parties")


@router.command(
    "unsubscribe",
    zh="退订",
    also=(
        *("stop letters", "no more letters", "unsubscribe me"),
        *("我要退订", "请退订", "取消订阅", "不再接收", "不再接收信件"),
        *('"unsubscribe"', '"退订"'),  # in the marks in which letters quote it
    ),
)
def unsubscribe(ctx: Context) -> Message:
    """You want no more letters; it concerns you alone: unsubscribe"""
    mine = _mine(ctx)
    before = min((one.opted_out_at for one in mine if one.opted_out_at), default=None)
    for party in mine:
        party.opted_out_at = party.opted_out_at or ctx.now
    ctx.db.flush()
    back = [Offer("resubscribe", "resubscribe")]
    return ctx.words(
        "contacts/unsubscribed", sender=_sender(ctx), before=before, buttons=back, tone="good", private=True
    )


@router.command(
    "resubscribe", zh="退订 撤销", also=("start letters", "unsubscribe undo", "撤销退订", "取消退订", "恢复订阅")
)
def resubscribe(ctx: Context) -> Message:
    """You want letters again after all: resubscribe"""
    mine = _mine(ctx)
    stopped = any(one.opted_out_at for one in mine)
    for party in mine:
        party.opted_out_at = None
    ctx.db.flush()
    again = [Offer("unsubscribe", "unsubscribe")]
    return ctx.words(
        "contacts/resubscribed", sender=_sender(ctx), stopped=stopped, buttons=again, tone="good", private=True
    )


def _mine(ctx: Context) -> Sequence[Party]:
    """Who asks, in the address book. Raises ``Refused`` where nobody has said who that is."""
    found = parties.of_person(ctx.db, ctx.workspace.id, ctx.person.id)
    if not found:
        running = meetings.running(ctx.db, ctx.workspace.id)
        raise Refused("contacts/not_in_book", name=ctx.person.name, may=who_may(ctx, keeps_contacts, *running))
    return found


def _sender(ctx: Context) -> str:
    """Who writes the letters, as their heads say it."""
    head = letters.letterheads(ctx.db, ctx.workspace.id).get(ctx.locale)
    return (head.name if head else "") or ctx.workspace.association or ctx.workspace.name
