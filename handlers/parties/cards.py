"""A party as messages show it: what it is, where it belongs, and how it is reached, masked where others read."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from handlers.cleaning.masking import masked
from handlers.cleaning.phones import dialled
from storage import contacts, parties
from storage.parties import Capacity, Party

if TYPE_CHECKING:
    from handlers.context import Context
    from storage.meetings import Meeting


@dataclass(frozen=True)
class Card:
    """``unit`` is the full name of the unit, ``ways`` how to reach them, the first choice first."""

    party: Party
    unit: str
    ways: Sequence[str]
    takings: Sequence[tuple[Meeting, Capacity]]

    @property
    def capacities(self) -> list[str]:
        return list(dict.fromkeys(capacity.value for _, capacity in self.takings))


def cards(ctx: Context, found: Collection[Party]) -> list[Card]:
    """In the same order, loaded in a fixed number of questions."""
    ids = [party.id for party in found]
    reaches, takings = parties.reaches(ctx.db, ids), contacts.takings(ctx.db, ids)
    units = contacts.some(ctx.db, [party.unit_id for party in found])
    return [
        Card(
            party,
            units[party.unit_id].name if party.unit_id in units else party.unit,
            [shown(ctx, row.kind, row.value) for row in reaches[party.id]],
            takings[party.id],
        )
        for party in found
    ]


def shown(ctx: Context, kind: str, value: str) -> str:
    """Whole in a conversation with one person, else masked."""
    number = dialled(value)
    return number if ctx.room.person_id is not None else masked(kind, number)
