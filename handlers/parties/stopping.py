"""Readers of letters say for themselves that they want no more of them, as the letters invite them to."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Annotated

from handlers.context import Context
from handlers.permissions import holds_in_any, keeps_contacts, who_may
from handlers.refused import Refused
from handlers.router import Router
from messages import Message, Offer
from storage import letters, meetings, parties

if TYPE_CHECKING:
    from collections.abc import Sequence

    from handlers.grammar import Cursor
    from storage.parties import Party

router = Router("parties")

LONGEST_NAME = 60
_POLITE = re.compile(r"(?:please|me|now|thanks|thank you|谢谢您?|感谢|吧|[\s,，.。!！;；])*", re.IGNORECASE)
_TO = re.compile(r"^(?:to|for)\s+(?=\S)", re.IGNORECASE)


class _Courtesy:
    """“please”, “谢谢” and the like, which say nothing more."""

    def take(self, cursor: Cursor, ctx: Context) -> str | None:  # noqa: ARG002
        start, said = cursor.at, cursor.rest()
        if _POLITE.fullmatch(said):
            return said or None
        cursor.at = start
        return None


class _CourtesyAlone(_Courtesy):
    """The same. Raises ``Refused`` for anything else, which may mean somebody else."""

    def take(self, cursor: Cursor, ctx: Context) -> str | None:
        polite = super().take(cursor, ctx)
        if said := _TO.sub("", cursor.rest(), count=1):
            keeps = len(said) <= LONGEST_NAME and holds_in_any(ctx.db, ctx.workspace.id, ctx.person, keeps_contacts)
            others = [Offer("stop_one", f"contact stop {said}", facts={"text": said})] if keeps else []
            mine = Offer("alone", "unsubscribe")
            raise Refused("grammar/only_yourself", text=said, keeps=keeps, buttons=[*others, mine])
        return polite


@router.command(
    "unsubscribe",
    zh="退订",
    also=(
        *("stop letters", "no more letters", "stop sending me letters", "please unsubscribe", "i want to unsubscribe"),
        *("我要退订", "我想退订", "请退订", "请把我退订", "请帮我退订", "帮我退订", "取消订阅"),
        *("不再接收", "不再接收信件", "不要再给我发信", "别再给我发信"),
        *('"unsubscribe"', '"退订"'),  # in the marks in which letters quote it
    ),
)
def unsubscribe(ctx: Context, courtesy: Annotated[str, _CourtesyAlone()] = "") -> Message:  # noqa: ARG001
    """You want no more letters; it concerns you alone: unsubscribe"""
    mine = _mine(ctx, stops=True)
    before = min((one.opted_out_at for one in mine if one.opted_out_at), default=None)
    for party in mine:
        party.opted_out_at = party.opted_out_at or ctx.now
    ctx.db.flush()
    back = [Offer("resubscribe", "resubscribe")]
    return ctx.words(
        "contacts/unsubscribed", sender=_sender(ctx), before=before, buttons=back, tone="good", private=True
    )


@router.command(
    "resubscribe",
    zh="退订 撤销",
    also=("start letters", "unsubscribe undo", "撤销退订", "取消退订", "恢复订阅", "重新订阅"),
)
def resubscribe(ctx: Context, courtesy: Annotated[str, _Courtesy()] = "") -> Message:  # noqa: ARG001
    """You want letters again after all: resubscribe"""
    mine = _mine(ctx, stops=False)
    stopped = any(one.opted_out_at for one in mine)
    for party in mine:
        party.opted_out_at = None
    ctx.db.flush()
    again = [Offer("unsubscribe", "unsubscribe")]
    return ctx.words(
        "contacts/resubscribed", sender=_sender(ctx), stopped=stopped, buttons=again, tone="good", private=True
    )


def _mine(ctx: Context, *, stops: bool) -> Sequence[Party]:
    """Who asks, in the address book. Raises ``Refused`` where nobody has said who that is."""
    found = parties.of_person(ctx.db, ctx.workspace.id, ctx.person.id)
    if not found:
        running = meetings.running(ctx.db, ctx.workspace.id)
        keeps = holds_in_any(ctx.db, ctx.workspace.id, ctx.person, keeps_contacts)
        may = who_may(ctx, keeps_contacts, *running)
        raise Refused("contacts/not_in_book", name=ctx.person.name, stops=stops, keeps=keeps, may=may)
    return found


def _sender(ctx: Context) -> str:
    """Who writes the letters, as their heads say it."""
    heads = letters.letterheads(ctx.db, ctx.workspace.id)
    names = [head.name for head in (heads.get(ctx.locale), *heads.values()) if head and head.name]
    return names[0] if names else ctx.workspace.association or ctx.workspace.name
