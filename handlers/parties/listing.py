"""The address book: who is in it, and one of them whole."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Annotated

from handlers import presenters
from handlers.context import Context
from handlers.grammar import Cursor, PageNumber, Text
from handlers.known import AnyParty
from handlers.parties.cards import Card, cards
from handlers.parties.naming import PLURALS, AsCapacity
from handlers.permissions import allow_in_any, keeps_contacts, may, rates_partners
from handlers.presenters import Presenter
from handlers.router import Router
from messages import Entry, Message, Offer
from storage import contacts, partners, people, uniting
from storage.meetings import Meeting
from storage.parties import Capacity, Party

router = Router("parties")

PAGE, MOST_WORDS, MOST_MERGES, MOST_MEETINGS = 8, 6, 5, 3
_SPEAKING = frozenset({Capacity.SPEAKER, Capacity.VIP})
_MAKING = frozenset({Capacity.PARTNER, Capacity.MEDIA})


class _Words:
    """What is looked for, up to ``as speakers`` or ``page 2``."""

    _END = re.compile(r"(?:as\s|作为|当作|page\s*\d|第\s*\d+\s*页)", re.IGNORECASE)

    def take(self, cursor: Cursor, ctx: Context) -> tuple[str, ...] | None:  # noqa: ARG002
        found = []
        while (word := cursor.peek()) is not None and not self._END.match(cursor.folded, word.start):
            found.append(word.text)
            cursor.next()
        return tuple(found) or None


Words = Annotated[tuple[str, ...], _Words()]


@router.command("contacts", zh="通讯录", also=("address book", "联系人", "contact list"))
def list_(
    ctx: Context, words: Words = (), capacity: AsCapacity | None = None, page: PageNumber = 1, more: Text = ""
) -> Message:
    """Look somebody up by name, unit, address or number: contacts Li as speakers"""
    if more and ctx.router:
        return ctx.router.in_words(ctx, ctx.line)
    allow_in_any(ctx, keeps_contacts)
    wanted = words[:MOST_WORDS]
    found, count = contacts.found(
        ctx.db, ctx.workspace.id, wanted, capacity=capacity, limit=PAGE, offset=(page - 1) * PAGE
    )
    pages = max(1, -(-count // PAGE))
    return ctx.words(
        "contacts/list",
        words=" ".join(wanted),
        capacity=capacity,
        count=count,
        page=page,
        pages=pages,
        rows=[Entry({"card": card}, [Offer("show", f"contact show {card.party.ref}")]) for card in cards(ctx, found)],
        buttons=[
            *_turning(wanted, capacity, page, pages),
            *(_checking(found) if capacity else []),
            Offer("twins", "contact twins"),
            Offer("add", "contact add"),
        ],
    )


def _turning(words: Sequence[str], capacity: Capacity | None, page: int, pages: int) -> list[Offer]:
    said = [*words, *([f"as {PLURALS[capacity]}"] if capacity else [])]
    here = " ".join(["contacts", *said])
    more = [Offer("more", f"{here} page {page + 1}")] if page < pages else []
    return more + ([Offer("back", f"{here} page {page - 1}")] if page > 1 else [])


def _checking(found: Sequence[Party]) -> list[Offer]:
    """Whoever has read the names and titles of a page can say that they are right."""
    refs = [party.ref for party in found if not party.confirmed_at]
    return [Offer("confirm_shown", " ".join(["contact confirm", *refs]), facts={"count": len(refs)})] if refs else []


@router.command("contact show", zh="联系人 查看", also=("show contact", "查看联系人"))
def show(ctx: Context, party: AnyParty) -> Message:
    """Somebody of the address book whole: contact show P12"""
    allow_in_any(ctx, keeps_contacts)
    merged = uniting.merges_into(ctx.db, party.id)
    gone = contacts.some(ctx.db, [row.gone_id for row in merged])
    aliases = [row.name for row in contacts.aliases(ctx.db, ctx.workspace.id) if row.party_id == party.id]
    card = cards(ctx, [party])[0]
    return ctx.words(
        "contacts/show",
        card=card,
        aliases=aliases,
        talks=_talks(ctx, card),
        allies=_allies(ctx, card),
        letters=contacts.letters_to(ctx.db, party.id)[:PAGE],
        rows=[
            Entry({"gone": gone[row.gone_id]}, [Offer("part", f"contact part {gone[row.gone_id].ref}")])
            for row in merged[:MOST_MERGES]
        ],
        buttons=[
            *([] if party.confirmed_at else [Offer("confirm_one", f"contact confirm {party.ref}", primary=True)]),
            Offer("edit", f"contact edit {party.ref}"),
            Offer("resume", f"contact resume {party.ref}")
            if party.opted_out_at
            else Offer("stop", f"contact stop {party.ref}"),
        ],
        private=True,
    )


def _talks(ctx: Context, card: Card) -> list[tuple[Meeting, Presenter]]:
    """As what a person spoke at each of the newest meetings, with all that is kept of it."""
    spoke = [meeting for meeting, capacity in card.takings if capacity in _SPEAKING]
    return [
        (meeting, one)
        for meeting in list(dict.fromkeys(spoke))[:MOST_MEETINGS]
        for one in presenters.of_meeting(ctx.db, ctx.workspace, meeting)
        if one.party is not None and one.party.id == card.party.id
    ]


def _allies(ctx: Context, card: Card) -> list[dict[str, object]]:
    """What a unit did as a partner of each meeting; how good it was only for who rates."""
    made = [meeting for meeting, capacity in card.takings if capacity in _MAKING][:MOST_MEETINGS]
    found = [(meeting, partners.of_party(ctx.db, meeting.id, card.party.id)) for meeting in made]
    raters = people.some(ctx.db, {row.rated_by for _, row in found if row and row.rated_by})
    return [
        {
            "meeting": meeting,
            "partner": row,
            "rater": raters.get(row.rated_by or 0),
            "rates": may(ctx, rates_partners, meeting),
        }
        for meeting, row in found
        if row is not None
    ]
