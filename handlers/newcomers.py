"""A unit or a person by the name that somebody typed: known already, perhaps one who is known, or new."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, NoReturn

from handlers.cleaning import units
from handlers.grammar import fold
from handlers.known import MOST_OFFERED, NUMBER
from handlers.names import plain
from handlers.refused import Refused
from messages import Offer
from storage import parties
from storage.parties import Party, PartyKind

if TYPE_CHECKING:
    from handlers.context import Context

NEW = "+"
"""Before a name: it is nobody's yet, however like another it is."""
LONGEST_NAME = 200
_HAN = re.compile("[㐀-鿿]")

Line = Callable[[str], str]
"""The command line once more, with other words in the name's place."""


def unit(ctx: Context, text: str, line: Line) -> Party:
    """The unit of that number or name; one that is new is added. Raises ``Refused`` where it may be a known one."""
    name, sure = _name(text)
    known = parties.units(ctx.db, ctx.workspace.id)
    found = _numbered(ctx, name, PartyKind.UNIT) or _of_name(ctx, name, known)
    if found is None and not sure and (alike := [one for one in known if are_alike(one.name, name)]):
        _ask(alike, name, line)
    return found or parties.add(ctx.db, ctx.workspace.id, PartyKind.UNIT, name)


def person(ctx: Context, text: str, of: Party, line: Line) -> Party:
    """The person of that number, or of that name in that unit; else somebody new there.

    Raises ``Refused`` where others have the name: nobody knows that they are others.
    """
    name, sure = _name(text)
    if numbered := _numbered(ctx, name, PartyKind.PERSON):
        return numbered
    same = [
        one
        for one in parties.beginning(ctx.db, ctx.workspace.id, name)
        if one.kind == PartyKind.PERSON and plain(one.name) == plain(name)
    ]
    here = [one for one in same if one.unit_id == of.id or plain(one.unit) == plain(of.name)]
    if len(here) == 1:
        return here[0]
    if same and not sure:
        _ask(same, name, line)
    return parties.add(ctx.db, ctx.workspace.id, PartyKind.PERSON, name, unit_id=of.id, unit=of.name)


def known_or_new(ctx: Context, text: str, kind: PartyKind, line: Line) -> Party:
    """Who has that number or that very name; one whom nobody's name is like is added.

    Raises ``Refused`` where several may be meant, or somebody whose name is but longer or shorter.
    """
    name, sure = _name(text)
    if numbered := _numbered(ctx, name, kind):
        return numbered
    where = (ctx.db, ctx.workspace.id)
    near = [*parties.named_at(*where, name), *parties.beginning(*where, name)]
    near = [one for one in dict.fromkeys(near) if one.kind == kind] if not sure else []
    same = [one for one in near if plain(name) in {plain(one.name), plain(one.latin)}]
    if len(same) == 1:
        return same[0]
    if near:
        _ask(same or near, name, line)
    return parties.add(ctx.db, ctx.workspace.id, kind, name)


def retold(start: str, said: Mapping[str, str]) -> str:
    """A command line with its details as they were told, each in one line."""
    return " ".join([start, *(f"{name}: {' '.join(value.split())}" for name, value in said.items())])


def are_alike(one: str, other: str) -> bool:
    """Whether two names of units may be one's: spelled nearly so, or one shorter than the other."""
    shorter, longer = sorted((units.core(one), units.core(other)), key=len)
    least = 2 if _HAN.search(shorter) else 4
    return units.alike(one, other) or (len(shorter) >= least and shorter in longer)


def _name(text: str) -> tuple[str, bool]:
    """The name, and whether somebody says that it is new. Raises ``Refused`` for one that is none, or too long."""
    said = fold(text).strip().startswith(NEW)
    name = " ".join(text.strip().lstrip("+＋").strip('"“”').split())
    if not name or len(name) > LONGEST_NAME:
        raise Refused("known/no_name", most=LONGEST_NAME)
    return name, said


def _numbered(ctx: Context, name: str, kind: PartyKind) -> Party | None:
    """Raises ``Refused`` for a number that is nobody's, or another kind's."""
    match = NUMBER.fullmatch(fold(name))
    if match is None:
        return None
    found = parties.by_number(ctx.db, ctx.workspace.id, int(match[1]))
    if found is None or found.kind != kind:
        raise Refused("known/other_kind", text=name, kind=kind, buttons=[Offer("contacts", "contacts")])
    return found


def _of_name(ctx: Context, name: str, known: Sequence[Party]) -> Party | None:
    wanted = units.plain(name)
    found = next((one for one in known if wanted in {units.plain(one.name), units.plain(one.latin)}), None)
    return found or parties.by_alias(ctx.db, ctx.workspace.id, wanted)


def _ask(found: Sequence[Party], name: str, line: Line) -> NoReturn:
    """One button for each, and one for somebody new."""
    offers = [Offer("numbered", line(one.ref), facts={"party": one}) for one in found[:MOST_OFFERED]]
    raise Refused(
        "known/alike",
        text=name,
        people=[f"{one.ref} {one.name}" for one in found[:MOST_OFFERED]],
        buttons=[*offers, Offer("new", line(f"{NEW}{name}"), facts={"name": name})],
    )
