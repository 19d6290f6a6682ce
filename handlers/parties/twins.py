"""Who may be one is asked, side by side; what was put together can be parted again."""

from __future__ import annotations

import re
from typing import Annotated

from handlers import handout
from handlers.context import Context
from handlers.grammar import Numbered, OneOf, PageNumber, Text
from handlers.known import AnyParty
from handlers.parties.asking import ask_about
from handlers.parties.cards import cards
from handlers.permissions import allow_in_any, keeps_contacts
from handlers.refused import Refused
from handlers.router import Router
from messages import Entry, Message, Offer
from storage import contacts, people, uniting
from storage.parties import Answer, Merge, Party, Twin
from storage.tickets import Kind

router = Router("parties")

MOST_MERGED, MOST_SETTLED = 6, 20
_PAIR = re.compile(r"P(\d{1,7})-P(\d{1,7})", re.IGNORECASE)
Unanswered = Annotated[str, OneOf({"unanswered": ("待答",)})]
"""Only where the question is still open: so say the buttons and the page, which others may have come before."""
GoneNumber = Annotated[int, Numbered.like(r"P(\d{1,7})(?!\w)")]


@router.command("contact twins", zh="联系人 疑似重复", also=("contact duplicates", "疑似重复", "联系人 重复"))
def ask(ctx: Context, page: PageNumber = 1) -> Message:
    """Look for people and organisations listed twice, and settle them one by one: contact twins"""
    allow_in_any(ctx, keeps_contacts)
    count, merged = _looked_over(ctx)
    if not count:
        return _none(ctx, merged)
    page = min(page, count)
    found = contacts.open_twins(ctx.db, ctx.workspace.id, limit=1, offset=page - 1)
    return _question(ctx, found[0], page, count, merged)


@router.command("contact twins open", zh="联系人 疑似重复 网页", also=("疑似重复 网页",), secret=True)
def ask_on_a_page(ctx: Context) -> Message:
    """A page with all that may stand there twice, side by side, many to settle at once: contact twins open"""
    allow_in_any(ctx, keeps_contacts)
    count, merged = _looked_over(ctx)
    if not count:
        return _none(ctx, merged)
    return ctx.words(
        "contacts/twins_page",
        count=count,
        merged=_told(ctx, merged),
        address="" if ctx.pages is None else f"{ctx.pages}/twins/{_token(ctx)}",
        buttons=[Offer("one_by_one", "contact twins"), *_undo(merged)],
        private=True,
        tone="ask",
    )


def _token(ctx: Context) -> str:
    return handout.token(ctx, Kind.TWINS, name="contacts/twins_page", line="contact twins open")


def _looked_over(ctx: Context) -> tuple[int, list[Merge]]:
    """How many questions are open, and what was merged by itself.

    Everybody is looked over again once what was found is answered.
    """
    count = contacts.count_open_twins(ctx.db, ctx.workspace.id)
    merged = [] if count else ask_about(ctx)
    return count or contacts.count_open_twins(ctx.db, ctx.workspace.id), merged


def _none(ctx: Context, merged: list[Merge]) -> Message:
    return ctx.words("contacts/no_twins", merged=_told(ctx, merged), buttons=_undo(merged), tone="good")


def _question(ctx: Context, twin: Twin, page: int, count: int, merged: list[Merge]) -> Message:
    both = contacts.some(ctx.db, [twin.party_id, twin.other_id])
    one, other = both[twin.party_id], both[twin.other_id]
    later = [Offer("later", f"contact twins page {page % count + 1}")] if count > 1 else []
    many = [Offer("many", "contact twins open")] if count > 1 and ctx.pages is not None else []
    return ctx.words(
        "contacts/twins",
        why=twin.why,
        count=count,
        page=page,
        merged=_told(ctx, merged),
        rows=[
            Entry({"card": first}, [_keep(first.party, second)])
            for first, second in zip(cards(ctx, [one, other]), (other, one), strict=True)
        ],
        buttons=[
            Offer("same", f"contact merge {one.ref} {other.ref} unanswered", primary=True),
            Offer("apart", f"contact apart {one.ref} {other.ref} unanswered"),
            *later,
            *many,
            *_undo(merged),
        ],
        tone="ask",
    )


def _keep(kept: Party, gone: Party) -> Offer:
    return Offer("keep", f"contact merge {kept.ref} {gone.ref} unanswered", facts={"ref": kept.ref})


def _told(ctx: Context, merged: list[Merge]) -> list[tuple[Party, Party]]:
    """Who went, and into whom."""
    known = contacts.some(ctx.db, [one for row in merged for one in (row.gone_id, row.kept_id)])
    return [(known[row.gone_id], known[row.kept_id]) for row in merged]


def _undo(merged: list[Merge]) -> list[Offer]:
    return [Offer("undo", "undo")] if merged else []


@router.command("contact merge", zh="联系人 合并", also=("merge contacts", "合并联系人"))
def merge(ctx: Context, kept: AnyParty, gone: AnyParty, unanswered: Unanswered = "") -> Message:
    """Two entries are one; the first stays, and gets all that the second has: contact merge P3 P12"""
    allow_in_any(ctx, keeps_contacts)
    if kept.id == gone.id:
        raise Refused("contacts/one_already", party=kept, buttons=[Offer("show", f"contact show {kept.ref}")])
    if kept.kind != gone.kind:
        raise Refused("contacts/other_kind", kept=kept, gone=gone)
    twin = uniting.twin(ctx.db, kept.id, gone.id)
    if unanswered:
        _must_be_open(ctx, twin, kept, gone)
    uniting.merge(ctx.db, gone, into=kept, why=twin.why if twin else "told", person_id=ctx.person.id, at=ctx.now)
    _answered(ctx, kept, gone, Answer.SAME)
    return ctx.words(
        "contacts/merged",
        kept=kept,
        gone=gone,
        card=cards(ctx, [kept])[0],
        buttons=[*_next(ctx), Offer("show", f"contact show {kept.ref}"), Offer("undo", "undo")],
        tone="good",
    )


@router.command("contact apart", zh="联系人 不同", also=("contacts apart", "联系人不同"))
def apart(ctx: Context, one: AnyParty, other: AnyParty, unanswered: Unanswered = "") -> Message:
    """Two entries are two, and nobody is asked again: contact apart P3 P12"""
    allow_in_any(ctx, keeps_contacts)
    if one.id == other.id:
        raise Refused("contacts/one_already", party=one, buttons=[Offer("show", f"contact show {one.ref}")])
    if unanswered:
        _must_be_open(ctx, uniting.twin(ctx.db, one.id, other.id), one, other)
    _answered(ctx, one, other, Answer.APART)
    following = _next(ctx)
    return ctx.words(
        "contacts/apart",
        one=one,
        other=other,
        last=not following,
        buttons=[*(following or [Offer("contacts", "contacts")]), Offer("undo", "undo")],
        tone="good",
    )


@router.command("contact part", zh="联系人 拆分", also=("part contacts", "拆分联系人"))
def part(ctx: Context, number: GoneNumber) -> Message:
    """Part an entry from the one that it was merged into, as it was: contact part P12"""
    allow_in_any(ctx, keeps_contacts)
    gone = contacts.numbered(ctx.db, ctx.workspace.id, number)
    row = uniting.merge_of(ctx.db, gone.id) if gone else None
    if gone is None or row is None:
        raise Refused("contacts/not_merged", number=number, buttons=[Offer("twins", "contact twins")])
    kept = ctx.db.get_one(Party, row.kept_id)
    uniting.part(ctx.db, row, at=ctx.now)
    _answered(ctx, kept, gone, Answer.APART)
    return ctx.words(
        "contacts/parted",
        kept=kept,
        gone=gone,
        rows=[Entry({"card": card}) for card in cards(ctx, [kept, gone])],
        buttons=[Offer("undo", "undo")],
        tone="good",
    )


@router.command("contact twins settled", zh="联系人 疑似重复 小结", also=("疑似重复 小结",))
def settled(ctx: Context, pairs: Text = "") -> Message:
    """What was answered of some look-alikes, and how to take it back: contact twins settled P1-P2 P3-P4"""
    allow_in_any(ctx, keeps_contacts)
    both = [
        [contacts.numbered(ctx.db, ctx.workspace.id, int(number)) for number in pair]
        for pair in _PAIR.findall(pairs)[:MOST_SETTLED]
    ]
    merged, two = [], []
    for one, other in ((one, other) for one, other in both if one and other):
        twin = uniting.twin(ctx.db, one.id, other.id)
        if other.id == one.same_as or one.id == other.same_as:
            merged.append((other, one) if other.same_as == one.id else (one, other))
        elif twin and twin.answer == Answer.APART:
            two.append((one, other))
    return ctx.words(
        "contacts/settled",
        merged=merged,
        apart=two,
        left=contacts.count_open_twins(ctx.db, ctx.workspace.id),
        buttons=[*(_next(ctx) or [Offer("contacts", "contacts")])],
        tone="good" if merged or two else "plain",
    )


def _must_be_open(ctx: Context, twin: Twin | None, one: Party, other: Party) -> None:
    """Raises ``Refused`` where somebody has said meanwhile that they are two, or nobody asks any more."""
    if twin is None or twin.answer != Answer.OPEN:
        who = people.get(ctx.db, twin.person_id) if twin and twin.person_id else None
        merge = Offer("merge", f"contact merge {one.ref} {other.ref}")
        raise Refused("contacts/answered", one=one, other=other, twin=twin, who=who, buttons=[merge])


def _answered(ctx: Context, one: Party, other: Party, answer: Answer) -> None:
    twin = uniting.twin(ctx.db, one.id, other.id)
    if twin is None:
        first, second = sorted((one.id, other.id))
        twin = Twin(workspace_id=ctx.workspace.id, party_id=first, other_id=second, why="told")
        ctx.db.add(twin)
    twin.answer, twin.person_id, twin.at = answer, ctx.person.id, ctx.now
    ctx.db.flush()


def _next(ctx: Context) -> list[Offer]:
    left = contacts.count_open_twins(ctx.db, ctx.workspace.id)
    return [Offer("next_twin", "contact twins", primary=True, facts={"left": left})] if left else []
