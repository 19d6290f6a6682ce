"""Who of the address book is somebody who writes here, so that letters can reach them in their own conversation."""

from __future__ import annotations

from handlers.context import Context
from handlers.grammar import OneWord, People
from handlers.known import AnyParty
from handlers.parties.cards import cards
from handlers.permissions import allow_in_any, keeps_contacts
from handlers.refused import Refused
from handlers.router import Router
from messages import Message, Offer
from storage import rooms
from storage.parties import Party, PartyKind

router = Router("parties")


@router.command("contact account", zh="联系人 账号", also=("link contact", "联系人账号", "关联联系人"))
def account(ctx: Context, party: AnyParty, who: People = (), none: OneWord = "") -> Message:
    """Say who of those who write here somebody is; “-” takes it back: contact account P12 @li"""
    allow_in_any(ctx, keeps_contacts)
    if party.kind == PartyKind.UNIT:
        raise Refused("contacts/unit_account", party=party, buttons=[_show(party)])
    if none == "-" and not who:
        party.person_id = None
        return _said(ctx, party, "")
    if len(who) != 1:
        raise Refused("contacts/whose_account", party=party, buttons=[Offer("people", "people")])
    party.person_id = who[0].id
    return _said(ctx, party, who[0].name, spoken=bool(rooms.direct(ctx.db, [who[0].id])))


def _said(ctx: Context, party: Party, name: str, *, spoken: bool = False) -> Message:
    ctx.db.flush()
    offers = [_show(party), Offer("undo", "undo")]
    card = cards(ctx, [party])[0]
    return ctx.words("contacts/account", card=card, called=name, spoken=spoken, buttons=offers, tone="good")


def _show(party: Party) -> Offer:
    return Offer("show", f"contact show {party.ref}")
