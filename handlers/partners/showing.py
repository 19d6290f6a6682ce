"""The partners at a glance, and one of them whole; ratings only for those who give them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from handlers.context import Context
from handlers.grammar import MeetingNumber, PageNumber, Text
from handlers.known import AnyUnit, here
from handlers.partners.desk import Ally, allies, ally
from handlers.partners.naming import AsKind
from handlers.partners.rules import gaps, unrated
from handlers.permissions import keeps_contacts, may, rates_partners
from handlers.router import Router
from messages import Entry, Message, Offer
from storage.partners import PartnerKind

router = Router("partners")

PAGE = 8
_ORDER = list(PartnerKind)


@router.command("partners", zh="合作伙伴", also=("partner list", "合作伙伴 列表", "合作伙伴列表", "合作单位"))
def list_(
    ctx: Context, meeting: MeetingNumber = 0, kind: AsKind = "", page: PageNumber = 1, more: Text = ""
) -> Message:
    """Venues, suppliers, supporting organisations and media, and what their letters still lack: partners venues"""
    if more and ctx.router:
        return ctx.router.in_words(ctx, ctx.line)
    ctx.meeting_number(meeting or None)
    every = sorted(allies(ctx), key=lambda one: _ORDER.index(PartnerKind(one.partner.kind)))
    found = [one for one in every if kind in {"", one.partner.kind}]
    pages = max(1, -(-len(found) // PAGE))
    page = min(page, pages)
    here = f"partners M{ctx.meeting.number}{f' {kind}' if kind else ''}"
    rates = may(ctx, rates_partners, ctx.meeting)
    shown = found[(page - 1) * PAGE : page * PAGE]
    lacking = sum(bool(gaps(one.partner)) for one in found)
    return ctx.words(
        "partners/list",
        meeting=ctx.meeting,
        count=len(found),
        kind=kind,
        kinds=Counter(PartnerKind(one.partner.kind) for one in found),
        lacking=lacking,
        unrated=len(unrated(one.partner for one in found)) if rates else 0,
        page=page,
        pages=pages,
        rows=[_entry(ctx, one, rates=rates) for one in shown],
        buttons=[
            *([Offer("more", f"{here} page {page + 1}")] if page < pages else []),
            *([Offer("back", f"{here} page {page - 1}")] if page > 1 else []),
            *([Offer("all", f"partners M{ctx.meeting.number}")] if kind else _kinds(ctx, every)),
            Offer("add", f"partner add M{ctx.meeting.number}"),
            *([Offer("draft", f"thanks draft M{ctx.meeting.number} partners")] if _ready(ctx, found, lacking) else []),
            *([Offer("ratings", f"partner ratings M{ctx.meeting.number}")] if found and rates else []),
        ],
        private=rates and any(one.partner.rating for one in shown),
    )


def _kinds(ctx: Context, found: Sequence[Ally]) -> list[Offer]:
    """One for each kind that there is, once they do not stand on one page."""
    kinds = dict.fromkeys(PartnerKind(one.partner.kind) for one in found)
    line = f"partners M{ctx.meeting.number}"
    return [Offer("kind", f"{line} {kind}", facts={"kind": kind}) for kind in kinds] if len(found) > PAGE else []


def _ready(ctx: Context, found: Sequence[Ally], lacking: int) -> bool:
    """Whether their letters can be drafted, by somebody who may."""
    return bool(found) and not lacking and may(ctx, keeps_contacts, ctx.meeting)


def _entry(ctx: Context, one: Ally, *, rates: bool) -> Entry:
    facts = {"party": one.party, "partner": one.partner, "gaps": gaps(one.partner), "rates": rates and one.is_paid}
    return Entry(facts, [Offer("show", f"partner show {here(ctx, one.party)}")])


@router.command("partner show", zh="合作伙伴 查看", also=("show partner", "查看合作伙伴"))
def show(ctx: Context, meeting: MeetingNumber = 0, which: AnyUnit | None = None) -> Message:
    """A partner whole: what it did, what was good, whom to write to: partner show P9"""
    one = ally(ctx, meeting, which)
    row, rates = one.partner, may(ctx, rates_partners, ctx.meeting)
    return ctx.words(
        "partners/show",
        party=one.party,
        partner=row,
        contact=one.contact,
        rater=one.rater,
        gaps=gaps(row),
        rates=rates and one.is_paid,
        buttons=_ways(ctx, one, rates=rates),
        private=rates and row.rating is not None,
    )


def _ways(ctx: Context, one: Ally, *, rates: bool) -> list[Offer]:
    line = here(ctx, one.party)
    rate = [Offer("rate", f"partner rate {line}")] if rates and one.is_paid else []
    if not may(ctx, keeps_contacts, ctx.meeting):
        return rate
    open_ = one.partner.disputed
    dispute = Offer("settle", f"partner settle {line}") if open_ else Offer("dispute", f"partner dispute {line}")
    return [Offer("edit", f"partner edit {line}", primary=bool(gaps(one.partner))), *rate, dispute]
