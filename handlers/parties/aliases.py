"""What else lists call a unit: by each of these names it is found, and nobody is asked whether it is another."""

from __future__ import annotations

import re

from handlers.cleaning.units import plain
from handlers.context import Context
from handlers.grammar import Text
from handlers.known import AnyUnit
from handlers.permissions import allow_in_any, keeps_contacts
from handlers.refused import Refused
from handlers.router import Router
from messages import Message, Offer
from storage import contacts, parties
from storage.parties import Alias, Party

router = Router("parties")

LONGEST, MOST_AT_ONCE = 200, 20
_SEVERAL = re.compile(r"[、,，;；]")


@router.command("contact alias", zh="联系人 别名", also=("alias contact", "联系人别名"))
def alias(ctx: Context, unit: AnyUnit, names: Text = "") -> Message:
    """What else lists call an organisation: contact alias P5 GMA, Guangdong Machinery"""
    allow_in_any(ctx, keeps_contacts)
    known = {row.name: row.party_id for row in contacts.aliases(ctx.db, ctx.workspace.id)}
    known |= {plain(one.name): one.id for one in parties.units(ctx.db, ctx.workspace.id)}
    told = _read(names)
    for name in told:
        if known.get(plain(name), unit.id) != unit.id:
            raise Refused("contacts/alias_taken", name=name, ref=ctx.db.get_one(Party, known[plain(name)]).ref)
    ctx.db.add_all(
        Alias(workspace_id=ctx.workspace.id, name=name, party_id=unit.id)
        for name in dict.fromkeys(map(plain, told))
        if name not in known
    )
    return _said(ctx, unit)


@router.command("contact alias drop", zh="联系人 别名 删除", also=("drop alias", "删除别名"))
def drop(ctx: Context, unit: AnyUnit, names: Text) -> Message:
    """An organisation is no longer called so: contact alias drop P5 GMA"""
    allow_in_any(ctx, keeps_contacts)
    wanted = set(map(plain, _read(names)))
    found = [row for row in contacts.aliases(ctx.db, ctx.workspace.id) if row.party_id == unit.id]
    gone = [row for row in found if row.name in wanted]
    if not gone:
        raise Refused("contacts/no_alias", text=names, unit=unit, names=[row.name for row in found])
    for row in gone:
        ctx.db.delete(row)
    return _said(ctx, unit)


def _read(names: str) -> list[str]:
    """Raises ``Refused`` for too many, and for what no name is left of."""
    told = [name.strip() for name in _SEVERAL.split(names) if name.strip()]
    if len(told) > MOST_AT_ONCE or any(not plain(name) or len(name) > LONGEST for name in told):
        raise Refused("contacts/alias_names", most=MOST_AT_ONCE)
    return told


def _said(ctx: Context, unit: Party) -> Message:
    ctx.db.flush()
    names = [row.name for row in contacts.aliases(ctx.db, ctx.workspace.id) if row.party_id == unit.id]
    return ctx.words(
        "contacts/aliases",
        unit=unit,
        names=names,
        buttons=[Offer("twins", "contact twins"), Offer("show", f"contact show {unit.ref}"), Offer("undo", "undo")],
        tone="good",
    )
