"""Everybody who did the work, with their shifts: those of the crew, and those whom a list of people brought."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from handlers.crew import rules
from handlers.refused import Refused
from messages import Offer
from storage import crew, parties
from storage.crew import Shift, Volunteer
from storage.parties import Capacity, Party

if TYPE_CHECKING:
    from handlers.context import Context

CREW = (Capacity.VOLUNTEER, Capacity.STAFF)


@dataclass(frozen=True)
class Member:
    """One of the crew; ``row`` is None as long as nobody has said anything of their work."""

    party: Party
    row: Volunteer | None
    shifts: Sequence[Shift]
    staff: bool

    @cached_property
    def minutes(self) -> int:
        return rules.total(self.shifts)

    @cached_property
    def gaps(self) -> tuple[str, ...]:
        return rules.gaps(self.row, self.shifts, staff=self.staff)

    @property
    def nominated(self) -> bool:
        return bool(self.row and self.row.commendation and not self.row.approved_at)

    @property
    def commended(self) -> bool:
        return bool(self.row and self.row.commendation and self.row.approved_at)


def members(ctx: Context) -> list[Member]:
    """By number, which is nobody's merit."""
    meeting_id = ctx.meeting.id
    rows = {row.party_id: row for row in crew.of_meeting(ctx.db, meeting_id)}
    shifts: dict[int, list[Shift]] = {}
    for shift in crew.shifts(ctx.db, meeting_id):
        shifts.setdefault(shift.volunteer_id, []).append(shift)
    taking = parties.of_meeting(ctx.db, meeting_id, *CREW)
    staff = {party.id for party, capacity in taking if capacity == Capacity.STAFF}
    everybody = {party.id: party for party, _ in taking} | _others(ctx, rows.keys() - {one.id for one, _ in taking})
    found = [_member(party, rows.get(party.id), shifts, party.id in staff) for party in everybody.values()]
    return sorted(found, key=lambda one: one.party.number)


def _others(ctx: Context, party_ids: set[int]) -> dict[int, Party]:
    return {party_id: ctx.db.get_one(Party, party_id) for party_id in party_ids}


def _member(party: Party, row: Volunteer | None, shifts: dict[int, list[Shift]], staff: bool) -> Member:  # noqa: FBT001
    return Member(party, row, shifts.get(row.id, []) if row else [], staff or bool(row and row.staff))


def member(ctx: Context, party: Party) -> Member:
    """Raises ``Refused`` for who is not one of the meeting's crew."""
    found = next((one for one in members(ctx) if one.party.id == party.id), None)
    if found is None:
        line = f"volunteer add M{ctx.meeting.number} {party.ref}"
        offers = [Offer("add", line, primary=True, facts={"party": party}), _all(ctx)]
        raise Refused("crew/not_in_it", party=party, meeting=ctx.meeting, buttons=offers)
    return found


def _all(ctx: Context) -> Offer:
    return Offer("volunteers", f"volunteers M{ctx.meeting.number}")


def row_of(ctx: Context, party: Party) -> Volunteer:
    """Theirs, begun where there is none: they are then one of the crew."""
    if not parties.takings(ctx.db, ctx.meeting.id, party.id) & set(CREW):
        parties.takes(ctx.db, ctx.meeting.id, party.id, Capacity.VOLUNTEER)
    row = crew.of_party(ctx.db, ctx.meeting.id, party.id)
    if row is None:
        row = Volunteer(meeting_id=ctx.meeting.id, party_id=party.id)
        ctx.db.add(row)
        ctx.db.flush()
    return row
