"""Readers whom no letter can reach, as a spreadsheet: filled in, it comes back as any list of people does."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

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
from storage.letters import LetterState
from storage.parties import Party, Reach, ReachKind

router = Router("thanks")


@router.command("thanks unreached", zh="致谢 无法送达", also=("unreached letters", "致谢无法送达", "无法送达名单"))
def unreached(ctx: Context, meeting: MeetingNumber = 0, audience: AudienceWord = "") -> Message:
    """Attendees whom letters cannot reach, as a spreadsheet to fill in, to you alone: thanks unreached"""
    ctx.meeting_number(meeting or None)
    allow(ctx, keeps_contacts, ctx.meeting)
    found = [
        row.party_id
        for row in letters.heads(ctx.db, ctx.meeting.id)
        if row.state == LetterState.BLOCKED
        and row.audience in ({audience} if audience else INVITED)
        and any(one["why"] == Why.UNREACHABLE for one in kept_back(row.blocked))
    ]
    number, word = ctx.meeting.number, f" {audience}" if audience else ""
    if not found:
        raise Refused("thanks/all_reached", buttons=[Offer("blocked", f"thanks blocked M{number}{word}")])
    same = parties.some(ctx.db, found)
    reached = parties.reaches(ctx.db, [party.id for party in same.values()])
    people = list({same[one].id: same[one] for one in found}.values())
    file = handed_out(ctx, ctx.words("thanks/unreached_name").body, [_grid(ctx, people, reached)], personal=True)
    again = Offer("draft", f"thanks draft M{number} {audience or 'all'}")
    return ctx.words("thanks/unreached", count=len(people), files=[file], buttons=[again], private=True)


def _grid(ctx: Context, people: Sequence[Party], reached: Mapping[int, Sequence[Reach]]) -> Grid:
    rows = [_row(party, reached[party.id]) for party in people]
    page = ctx.words(
        "thanks/sheet_unreached",
        table=Columns(("name", "unit", "position", "phone", "email", "address", "postcode"), rows),
    )
    table = page.table
    return Grid(page.title, [list(table.columns), *map(list, table.rows)] if table else [])


def _row(party: Party, reached: Sequence[Reach]) -> list[object]:
    """The mobile is what they are known by when the list comes back."""
    phones = {row.kind: dialled(row.value) for row in reversed(reached) if row.kind != ReachKind.EMAIL}
    phone = phones.get(ReachKind.MOBILE) or next(iter(phones.values()), "")
    return [party.name, party.unit, party.position, phone, "", party.address, party.postcode]
