"""Two entries that may be one, field by field, with where each came from: what a page of questions shows."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from handlers.cleaning.phones import dialled
from storage import contacts, parties
from storage.base import Session
from storage.meetings import Meeting
from storage.parties import Capacity, Intake, Party, Reach, ReachKind, Twin

FIELDS = (
    *("name", "latin", "title", "position", "unit", "email", "phone", "member_no", "credit_code", "address"),
    *("postcode", "remark"),
)
"""In the order in which they are shown."""
_JOINT = " · "


@dataclass(frozen=True)
class Line:
    """One field of both."""

    field: str
    one: str
    other: str

    @property
    def differs(self) -> bool:
        """Both say something, and not the same: where only one does, nothing speaks against the two being one.

        Nor does a blank that a list sets into a name: 王 伟.
        """
        one, other = ("".join(value.split()) for value in (self.one, self.other))
        return bool(one and other) and one != other


@dataclass(frozen=True)
class Side:
    """``values`` by the names of ``FIELDS``; ``lists`` that it came with: the list, its file's name, the first row."""

    party: Party
    values: Mapping[str, str]
    takings: Sequence[tuple[Meeting, Capacity]]
    lists: Sequence[tuple[Intake, str, int]]


@dataclass(frozen=True)
class Pair:
    twin: Twin
    one: Side
    other: Side

    @property
    def name(self) -> str:
        """``P3-P12``, as the page calls the question."""
        return f"{self.one.party.ref}-{self.other.party.ref}"

    @cached_property
    def lines(self) -> list[Line]:
        """Of all fields of which one of the two says something."""
        told = [Line(field, self.one.values[field], self.other.values[field]) for field in FIELDS]
        return [line for line in told if line.one or line.other]


def open_pairs(db: Session, workspace_id: int, *, after: int, most: int) -> list[Pair]:
    """The questions behind the one of that id, the oldest first, in a fixed number of questions to the database."""
    twins = contacts.open_twins(db, workspace_id, limit=most, after=after)
    sides = _sides(db, {one for twin in twins for one in (twin.party_id, twin.other_id)})
    return [Pair(twin, sides[twin.party_id], sides[twin.other_id]) for twin in twins]


def _sides(db: Session, ids: Collection[int]) -> dict[int, Side]:
    found = contacts.some(db, ids)
    units = contacts.some(db, [party.unit_id for party in found.values()])
    reaches, takings, lists = parties.reaches(db, list(ids)), contacts.takings(db, ids), contacts.lists_of(db, ids)
    return {
        party.id: Side(
            party,
            _values(party, units.get(party.unit_id or 0), reaches[party.id]),
            takings[party.id],
            lists[party.id],
        )
        for party in found.values()
    }


def _values(party: Party, unit: Party | None, ways: Sequence[Reach]) -> dict[str, str]:
    values: dict[str, str] = {field: getattr(party, field, "") for field in FIELDS}
    values["unit"] = unit.name if unit else party.unit
    values["email"] = _JOINT.join(sorted(way.value for way in ways if way.kind == ReachKind.EMAIL))
    values["phone"] = _JOINT.join(sorted(dialled(way.value) for way in ways if way.kind != ReachKind.EMAIL))
    return values
