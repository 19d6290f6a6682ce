"""Many letters that say the same are approved together, by one of each shape that was read in full."""

from __future__ import annotations

from collections.abc import Sequence

from handlers.context import Context
from handlers.grammar import MeetingNumber
from handlers.refused import Refused
from handlers.router import Router
from handlers.thanks import book as books
from handlers.thanks.certifying import with_letter
from handlers.thanks.forms import own_form
from handlers.thanks.naming import AudienceOrAll, Seen
from handlers.thanks.permits import allow_signing
from handlers.thanks.reading import SEEN, chinese, doubtful, shown
from handlers.thanks.rules import IN_BULK, Bulk, in_bulk, kept_back, varying, whole
from handlers.thanks.settling import sign
from handlers.thanks.writing import bare, differs, letters_due, write
from messages import Entry, Message, Offer
from messages import letters as wording
from storage import letters, parties
from storage.letters import Audience, Letter, LetterState

router = Router("thanks")

MOST_APART = 8


@router.command(
    "thanks approve all",
    zh="致谢 全部批准",
    also=("approve all letters", "全部批准致谢", "致谢 批准 全部", "致谢 批准全部"),
)
def approve_all(ctx: Context, meeting: MeetingNumber = 0, audience: AudienceOrAll = "", seen: Seen = "") -> Message:
    """Approve letters that say the same, by one read in full: thanks approve all attendees"""
    ctx.meeting_number(meeting or None)
    ctx.must_run()
    if audience not in IN_BULK:
        raise Refused("thanks/one_by_one", audience=audience, buttons=_other_ways(ctx, audience))
    allow_signing(ctx, Audience(audience))
    drafts = [
        row for row in letters.of_meeting(ctx.db, ctx.meeting.id, Audience(audience)) if row.state == LetterState.DRAFT
    ]
    _must_be_true(ctx, audience, drafts)
    found = in_bulk((row.number, row.locale, _counts(row), row.edited) for row in drafts)
    together = [row for row in drafts if row.number in set(found.together)]
    if not together:
        raise Refused("thanks/none_to_approve", audience=audience, buttons=_other_ways(ctx, audience))
    digest = whole({row.ref: row.digest for row in together})
    if seen != digest[:SEEN]:
        return _sample(ctx, audience, drafts, found, digest, changed=bool(seen))
    for row in together:
        sign(ctx, row)
    ctx.db.flush()
    return _approved(ctx, audience, len(together), len(found.apart))


def _counts(letter: Letter) -> tuple[int, ...]:
    """How many paragraphs it has, and how much comes with it."""
    return len(letter.content["paragraphs"]), len(letter.content["enclosures"])


def _other_ways(ctx: Context, audience: str) -> list[Offer]:
    number = ctx.meeting.number
    word = f" {audience}" if audience in set(Audience) else ""
    return [Offer("next", f"thanks next M{number}{word}", primary=True), Offer("overview", f"thanks M{number}")]


def _must_be_true(ctx: Context, audience: str, drafts: Sequence[Letter]) -> None:
    """Raises ``Refused`` where a letter no longer says what is true: then they are drafted again first."""
    book = books.load(ctx)
    dues = letters_due(book)
    same = parties.some(ctx.db, {row.party_id for row in drafts})
    old = 0
    for row in drafts:
        one = dues.get(same[row.party_id].id)
        fresh = write(book, one, row.at.astimezone(ctx.meeting_zone).date()) if one else None
        old += fresh is None or bool(differs(row, fresh)) or bool(kept_back(fresh.reasons))
    if old:
        offers = [Offer("draft", f"thanks draft M{ctx.meeting.number} {audience}", primary=True)]
        raise Refused("thanks/draft_first", audience=audience, count=old, buttons=offers)


def _sample(
    ctx: Context, audience: str, drafts: Sequence[Letter], found: Bulk, digest: str, *, changed: bool
) -> Message:
    """One letter of each shape in full, in what the others differ from it, and which are not among them."""
    rows = {row.number: row for row in drafts}
    number = ctx.meeting.number
    named = [*(shape[0] for shape in found.shown), *found.apart[:MOST_APART]]
    same = parties.some(ctx.db, {rows[one].party_id for one in named})
    entries = []
    for shape in found.shown:
        alike = [rows[one] for one in shape]
        names = ["enclosed" if name == "files" else name for name in varying([bare(row.facts) for row in alike])]
        entries.append(
            Entry(
                {
                    "letter": alike[0],
                    "lines": shown(alike[0]),
                    "own": own_form(ctx, alike[0]),
                    "certificates": with_letter(alike[0].facts),
                    "chinese": chinese(alike[0], same[alike[0].party_id]),
                    "doubtful": doubtful(ctx, alike[0], same[alike[0].party_id]),
                    "count": len(alike),
                    "fields": [wording.label(name, ctx.locale, audience) for name in names],
                },
                [Offer("show", f"thanks show M{number} {alike[0].ref}")],
            )
        )
    line = f"thanks approve all M{number} {audience} {digest[:SEEN]}"
    count = len(found.together)
    return ctx.words(
        "thanks/sample",
        audience=audience,
        count=count,
        changed=changed,
        apart=[(rows[one].ref, same[rows[one].party_id].name) for one in found.apart[:MOST_APART]],
        more=max(0, len(found.apart) - MOST_APART),
        rows=entries,
        buttons=[
            Offer("all", line, primary=True, facts={"count": count}),
            Offer("next", f"thanks next M{number} {audience}"),
        ],
        tone="ask",
    )


def _approved(ctx: Context, audience: str, count: int, apart: int) -> Message:
    number = ctx.meeting.number
    offers = [Offer("send", f"thanks send M{number} {audience}", primary=True)]
    if apart:
        offers.append(Offer("next", f"thanks next M{number} {audience}"))
    return ctx.words(
        "thanks/approved_all",
        audience=audience,
        count=count,
        apart=apart,
        buttons=[*offers, Offer("undo", "undo")],
        tone="good",
    )
