"""The sponsors of a meeting with their benefits, and which of them somebody means."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from handlers.context import Context
from handlers.newcomers import are_alike
from handlers.refused import Refused
from handlers.sponsors.rules import Gap, Tally, gaps, tally
from messages import Offer
from storage import files, parties, programme, sponsors
from storage.files import File
from storage.materials import Material
from storage.parties import Party
from storage.sponsors import Benefit, Sponsor

MOST_NAMED = 12
MOST_PHOTOS = 4


@dataclass(frozen=True)
class Account:
    """A sponsor, who it is, what it was promised, and the files that prove each of these, by the benefit's id."""

    sponsor: Sponsor
    party: Party
    benefits: Sequence[Benefit]
    files: Mapping[int, Sequence[File]]

    @property
    def tally(self) -> Tally:
        return tally(self.benefits, self.files)

    def proofs(self, benefit: Benefit) -> Sequence[File]:
        return self.files.get(benefit.id, ())

    def gaps(self, benefit: Benefit) -> tuple[Gap, ...]:
        return gaps(benefit, files=len(self.proofs(benefit)))


def accounts(ctx: Context) -> list[Account]:
    """Of the meeting that is spoken of, in the order in which they were added."""
    found = sponsors.of_meeting(ctx.db, ctx.meeting.id)
    known = parties.some(ctx.db, [one.party_id for one in found])
    promised: dict[int, list[Benefit]] = {one.id: [] for one in found}
    rows = sponsors.benefits(ctx.db, ctx.meeting.id)
    proven = sponsors.proofs(ctx.db, rows)
    for row in rows:
        promised[row.sponsor_id].append(row)
    return [Account(one, known[one.party_id], promised[one.id], proven) for one in found]


def together(found: Sequence[Account]) -> Tally:
    """How the benefits of all of them stand."""
    files = {row_id: some for one in found for row_id, some in one.files.items()}
    return tally((row for one in found for row in one.benefits), files)


def account(ctx: Context, meeting: int, party: Party | None) -> Account:
    """The sponsor that was named. Raises ``Refused`` where it is none, or none was named."""
    ctx.meeting_number(meeting or None)
    found = accounts(ctx)
    for one in found:
        if party is not None and one.party.id == party.id:
            return one
    named = [f"{one.party.ref} {one.party.name}" for one in found]
    add = f"sponsor add M{ctx.meeting.number}"
    raise Refused(
        "sponsors/no_sponsor",
        party=party,
        known=named[:MOST_NAMED],
        buttons=[
            *([Offer("sponsors", f"sponsors M{ctx.meeting.number}")] if found else []),
            Offer("add", f"{add} {party.ref}" if party else add),
        ],
    )


def promise(ctx: Context, meeting: int, number: int) -> tuple[Benefit, Account]:
    """The benefit of that number, and whose it is. Raises ``Refused`` where there is none."""
    ctx.meeting_number(meeting or None)
    row = sponsors.by_number(ctx.db, ctx.meeting.id, number)
    if row is None:
        offers = [Offer("benefits", f"benefits M{ctx.meeting.number}")]
        raise Refused("sponsors/no_benefit", number=number, buttons=offers)
    return row, next(one for one in accounts(ctx) if one.sponsor.id == row.sponsor_id)


def ref(ctx: Context, benefit: Benefit) -> str:
    """As buttons name it, whatever room they are pressed in."""
    return f"M{ctx.meeting.number} {benefit.ref}"


def photos(ctx: Context, party: Party) -> list[File]:
    """Photos of the sponsor's own stand, by the name on it, the newest first."""
    stands = [one.id for one in programme.booths(ctx.db, ctx.meeting.id) if are_alike(one.name, party.name)]
    shown = files.of_material(ctx.db, ctx.meeting.id, Material.PHOTO) if stands else ()
    found = [one for one in shown if one.booth_id in stands and one.dropped_at is None and not one.personal]
    return found[: -MOST_PHOTOS - 1 : -1]
