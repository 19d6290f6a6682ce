"""Who in the address book may be one: the same by themselves are merged, of all others somebody is asked."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

from handlers.cleaning.likeness import Body, Human, Pair, people_alike, units_alike
from handlers.cleaning.units import plain
from storage import contacts, uniting
from storage.parties import Merge, Party, PartyKind, Reach, ReachKind, Twin

if TYPE_CHECKING:
    from handlers.context import Context


def ask_about(ctx: Context, party_ids: Collection[int] | None = None) -> list[Merge]:
    """Look for twins of these parties, or of everybody; gives what was merged by itself.

    Of whom somebody was asked before, or has said that they are two, nobody is asked again.
    """
    db, place = ctx.db, ctx.workspace.id
    people = contacts.everyone(db, place, PartyKind.PERSON)
    bodies = contacts.everyone(db, place, PartyKind.UNIT)
    units = _full_names(ctx, bodies)
    reaches = contacts.every_reach(db, place)
    pairs = people_alike([_human(one, reaches.get(one.id, []), units) for one in people], party_ids)
    pairs += units_alike(_bodies(ctx, bodies), party_ids)
    known = contacts.twins_known(db, place)
    fresh = [pair for pair in pairs if (pair.one, pair.other) not in known]
    merged = _merge(ctx, [pair for pair in fresh if pair.same])
    gone = {row.gone_id for row in merged}
    asked = [pair for pair in fresh if not pair.same and gone.isdisjoint((pair.one, pair.other))]
    db.add_all([Twin(workspace_id=place, party_id=one.one, other_id=one.other, why=one.why) for one in asked])
    db.flush()
    return merged


def _merge(ctx: Context, pairs: Collection[Pair]) -> list[Merge]:
    """Each into the older, as long as both stand for themselves."""
    merged = []
    for pair in pairs:
        kept, gone = ctx.db.get_one(Party, pair.one), ctx.db.get_one(Party, pair.other)
        if kept.same_as is None and gone.same_as is None:
            merged.append(uniting.merge(ctx.db, gone, into=kept, why=pair.why, person_id=None, at=ctx.now))
    return merged


def _full_names(ctx: Context, bodies: Collection[Party]) -> dict[int | str, str]:
    """The full name of a unit by its id, and by another name that it has."""
    names: dict[int | str, str] = {one.id: one.name for one in bodies}
    for alias in contacts.aliases(ctx.db, ctx.workspace.id):
        if alias.party_id in names:
            names[plain(alias.name)] = names[alias.party_id]
    return names


def _human(party: Party, reaches: Collection[Reach], units: dict[int | str, str]) -> Human:
    unit = units.get(party.unit_id or 0) or units.get(plain(party.unit)) or party.unit
    return Human(
        party.id,
        tuple(name for name in (party.name, party.latin) if name),
        unit,
        frozenset(row.value for row in reaches if row.kind == ReachKind.EMAIL),
        frozenset(row.value for row in reaches if row.kind == ReachKind.MOBILE),
    )


def _bodies(ctx: Context, bodies: Collection[Party]) -> list[Body]:
    others: dict[int, list[str]] = {}
    for alias in contacts.aliases(ctx.db, ctx.workspace.id):
        others.setdefault(alias.party_id, []).append(alias.name)
    return [Body(one.id, (one.name, *others.get(one.id, ())), one.credit_code) for one in bodies]
