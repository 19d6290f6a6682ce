"""The partners of a meeting, and which of them somebody means."""

from __future__ import annotations

from dataclasses import dataclass

from handlers.context import Context
from handlers.known import here
from handlers.partners.rules import RATED
from handlers.refused import Refused
from messages import Offer
from storage import parties, partners, people
from storage.parties import Party
from storage.partners import Partner
from storage.people import Person

MOST_NAMED, MOST_OFFERED = 12, 6


@dataclass(frozen=True)
class Ally:
    """A partner, who it is, whom letters to it reach, and who rated it."""

    partner: Partner
    party: Party
    contact: Party | None = None
    rater: Person | None = None

    @property
    def is_paid(self) -> bool:
        """Whether it is one that is rated."""
        return self.partner.kind in RATED


def allies(ctx: Context) -> list[Ally]:
    """Of the meeting that is spoken of, in the order in which they were added."""
    found = partners.of_meeting(ctx.db, ctx.meeting.id)
    ids = {row_id for one in found for row_id in (one.party_id, one.addressee_id) if row_id}
    known = parties.some(ctx.db, ids)
    raters = people.some(ctx.db, {one.rated_by for one in found if one.rated_by})
    return [
        Ally(one, known[one.party_id], known.get(one.addressee_id or 0), raters.get(one.rated_by or 0)) for one in found
    ]


def ally(ctx: Context, meeting: int, party: Party | None) -> Ally:
    """The partner that was named. Raises ``Refused`` where it is none, or none was named."""
    ctx.meeting_number(meeting or None)
    found = allies(ctx)
    for one in found:
        if party is not None and one.party.id == party.id:
            return one
    add, named = f"partner add M{ctx.meeting.number}", found[:MOST_OFFERED] if party is None else []
    match = ctx.router.find(ctx.line) if ctx.router else None
    verb = match.command.name if match else "partner show"
    raise Refused(
        "partners/no_partner",
        party=party,
        known=[f"{one.party.ref} {one.party.name}" for one in found[:MOST_NAMED]],
        verb=ctx.spoken(verb),
        buttons=[
            *(Offer("this_one", f"{verb} {here(ctx, one.party)}", facts={"party": one.party}) for one in named),
            *([Offer("partners", f"partners M{ctx.meeting.number}")] if found else []),
            Offer("add", f"{add} {party.ref}" if party else add),
        ],
    )
