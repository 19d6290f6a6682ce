"""How the readers of letters can be reached: by mail, in their own conversation with the bot, by post."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from handlers.thanks.going import Reached
from handlers.thanks.rules import whom
from storage import letters, parties, partners, rooms, sponsors
from storage.letters import Letter
from storage.parties import Capacity, Party, Reach, ReachKind

if TYPE_CHECKING:
    from handlers.context import Context
    from storage.rooms import Room


@dataclass(frozen=True)
class Reader:
    """Who gets a letter; of a unit, ``addressee`` is the person whom it reaches. ``room``: where they are in a chat."""

    party: Party
    addressee: Party | None
    reached: Reached
    room: Room | None

    @property
    def postal(self) -> Party:
        """Whose postal address counts: the unit's own, else its person's."""
        return self.party if self.party.address or self.addressee is None else self.addressee


def readers(ctx: Context, found: Sequence[Letter]) -> dict[int, Reader]:
    """By the letter's id."""
    addressees = _addressees(ctx)
    pairs = {one.id: _pair(ctx, one.party_id, addressees) for one in found}
    known = {party.id: party for pair in pairs.values() for party in pair if party is not None}
    reaches = parties.reaches(ctx.db, list(known))
    gone = letters.suppressed(ctx.db, ctx.workspace.id)
    own = _rooms(ctx, known)
    return {
        letter_id: Reader(
            party, addressee, _reached(party, addressee, reaches, own, gone), _room(party, addressee, own)
        )
        for letter_id, (party, addressee) in pairs.items()
    }


def _pair(ctx: Context, party_id: int, addressees: Mapping[int, int]) -> tuple[Party, Party | None]:
    party = current(ctx, party_id)
    reached = addressees.get(party.id)
    return party, current(ctx, reached) if reached else None


def current(ctx: Context, party_id: int) -> Party:
    """The party, or the one that it was found to be."""
    found = ctx.db.get_one(Party, party_id)
    while found.same_as is not None:
        found = ctx.db.get_one(Party, found.same_as)
    return found


def _addressees(ctx: Context) -> dict[int, int]:
    """Whom letters to units reach, by the unit."""
    where = (ctx.db, ctx.meeting.id)
    helping = {one.party_id: one.addressee_id for one in partners.of_meeting(*where)}
    paying = {one.party_id: one.addressee_id for one in sponsors.of_meeting(*where)}
    contacts = parties.of_meeting(*where, Capacity.SPONSOR_CONTACT)
    return whom({**helping, **paying}, [(person.unit_id, person.id) for person, _ in contacts if person.unit_id])


def _rooms(ctx: Context, known: Mapping[int, Party]) -> dict[int, Room]:
    """Direct conversations, the newest of each person, by person."""
    people = [party.person_id for party in known.values() if party.person_id]
    return {room.person_id: room for room in rooms.direct(ctx.db, people) if room.person_id} if people else {}


def _room(party: Party, addressee: Party | None, own: Mapping[int, Room]) -> Room | None:
    found = (own.get(one.person_id) for one in (party, addressee) if one is not None and one.person_id)
    return next(filter(None, found), None)


def _reached(
    party: Party,
    addressee: Party | None,
    reaches: Mapping[int, Sequence[Reach]],
    own: Mapping[int, Room],
    gone: frozenset[str],
) -> Reached:
    """A unit's letter goes to its person, who wants it or not; only then to the unit's own address."""
    both = [one for one in (addressee, party) if one is not None]
    emails = [row.value for one in both for row in reaches[one.id] if row.kind == ReachKind.EMAIL]
    return Reached(
        emails=tuple(email for email in emails if email not in gone),
        suppressed=any(email in gone for email in emails),
        chat=_room(party, addressee, own) is not None,
        postal=any(one.address for one in both),
        opted_out=any(one.opted_out_at for one in both),
    )
