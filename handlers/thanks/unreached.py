"""Readers whom no letter can reach, as a spreadsheet: filled in, it comes back as any list of people does."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from handlers.cleaning.phones import dialled
from handlers.context import Context
from handlers.grammar import MeetingNumber
from handlers.permissions import allow, keeps_contacts
from handlers.refused import Refused
from handlers.router import Router
from handlers.sheets import Grid
from handlers.stored import handed_out
from handlers.thanks.naming import AudienceWord
from handlers.thanks.rules import INVITED, Why, kept_back
from messages import Columns, Message, Offer
from storage import letters, parties
from storage.letters import Audience, LetterState
from storage.parties import Capacity, Party, PartyKind, Reach, ReachKind

router = Router("thanks")

MOST_OFFERED = 5


LISTED: Mapping[Audience, Capacity] = {
    Audience.ATTENDEES: Capacity.ATTENDEE,
    Audience.NO_SHOWS: Capacity.ATTENDEE,
    Audience.SPEAKERS: Capacity.SPEAKER,
    Audience.SPONSORS: Capacity.SPONSOR,
    Audience.VOLUNTEERS: Capacity.VOLUNTEER,
}
"""Of whom a list can be brought back, and as what. Partners and who applied are few, and put right one by one."""


@router.command("thanks unreached", zh="致谢 无法送达", also=("unreached letters", "致谢无法送达", "无法送达名单"))
def unreached(ctx: Context, meeting: MeetingNumber = 0, audience: AudienceWord = "") -> Message:
    """Whom letters cannot reach, as a list to fill in, to you alone: thanks unreached · thanks unreached speakers"""
    ctx.meeting_number(meeting or None)
    allow(ctx, keeps_contacts, ctx.meeting)
    wanted = {Audience(audience)} if audience else INVITED
    people = _people(ctx, wanted)
    number, word = ctx.meeting.number, f" {audience}" if audience else ""
    if not people:
        if not any(row.audience in wanted for row in letters.heads(ctx.db, ctx.meeting.id)):
            raise Refused(
                "thanks/none_drafted", buttons=[Offer("begin", f"thanks draft M{number} {audience or 'all'}")]
            )
        raise Refused("thanks/all_reached", buttons=[Offer("blocked", f"thanks blocked M{number}{word}")])
    capacity = LISTED.get(Audience(audience or Audience.ATTENDEES))
    if capacity is None:
        offers = [
            Offer("edit_one", f"contact edit {party.ref}", facts={"party": party}) for party in people[:MOST_OFFERED]
        ]
        raise Refused("thanks/one_each", party=people[0], buttons=offers)
    name = ctx.words("thanks/unreached_name", capacity=capacity).body
    file = handed_out(ctx, name, [_grid(ctx, people, capacity)], personal=True)
    again = Offer("draft", f"thanks draft M{number} {audience or 'all'}")
    return ctx.words(
        "thanks/unreached", count=len(people), capacity=capacity, files=[file], buttons=[again], private=True
    )


def _people(ctx: Context, wanted: Collection[Audience]) -> list[Party]:
    """Those of whom letters are held back because nothing reaches them, once each."""
    found = [
        row.party_id
        for row in letters.heads(ctx.db, ctx.meeting.id)
        if row.state == LetterState.BLOCKED
        and row.audience in wanted
        and any(one["why"] == Why.UNREACHABLE for one in kept_back(row.blocked))
    ]
    same = parties.some(ctx.db, found)
    return list({same[one].id: same[one] for one in found}.values())


def _grid(ctx: Context, people: Sequence[Party], capacity: Capacity) -> Grid:
    reached = parties.reaches(ctx.db, [party.id for party in people])
    units = parties.some(ctx.db, [party.unit_id for party in people if party.unit_id])
    rows = [_row(party, units[party.unit_id].name if party.unit_id else "", reached[party.id]) for party in people]
    page = ctx.words(
        "thanks/sheet_unreached",
        capacity=capacity,
        table=Columns(("entry", "name", "unit", "position", "phone", "email", "address", "postcode"), rows),
    )
    table = page.table
    return Grid(page.title, [list(table.columns), *map(list, table.rows)] if table else [])


def _row(party: Party, unit: str, reached: Sequence[Reach]) -> list[object]:
    """By the number of their entry they are known when the list comes back."""
    phones = {row.kind: dialled(row.value) for row in reversed(reached) if row.kind != ReachKind.EMAIL}
    phone = phones.get(ReachKind.MOBILE) or next(iter(phones.values()), "")
    name, unit = ("", party.name) if party.kind == PartyKind.UNIT else (party.name, unit or party.unit)
    return [party.ref, name, unit, party.position, phone, "", party.address, party.postcode]
