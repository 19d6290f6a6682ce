"""The sponsors at a glance, one of them whole, what still needs proof, and the table for the file."""

from __future__ import annotations

from collections.abc import Sequence

from handlers.context import Context
from handlers.grammar import MeetingNumber, PageNumber, Text
from handlers.known import AnyUnit, here
from handlers.permissions import keeps_contacts, may, sees_money
from handlers.refused import Refused
from handlers.router import Router
from handlers.sheets import Grid
from handlers.sponsors.desk import Account, account, accounts, together
from handlers.sponsors.quantities import written
from handlers.sponsors.rules import Gap, Tally, urgency
from handlers.sponsors.telling import facts, proof, steps
from handlers.stored import handed_out
from messages import Columns, Entry, Message, Offer
from storage import parties
from storage.materials import Material
from storage.sponsors import Benefit, BenefitState

router = Router("sponsors")

PAGE, MOST_STEPS = 8, 6
_FIRST = (Gap.PROOF, Gap.EXPLANATION, Gap.OPEN)


@router.command("sponsors", zh="赞助商", also=("sponsor list", "赞助商 列表", "赞助商列表", "赞助商 名单"))
def list_(ctx: Context, meeting: MeetingNumber = 0, page: PageNumber = 1, more: Text = "") -> Message:
    """Each sponsor with its tier and what it got; whoever lacks proof comes first: sponsors"""
    if more and ctx.router:
        return ctx.router.in_words(ctx, ctx.line)
    ctx.meeting_number(meeting or None)
    found = sorted(accounts(ctx), key=lambda one: urgency(one.tally))
    here, number = f"sponsors M{ctx.meeting.number}", ctx.meeting.number
    part, turning, place = turned(len(found), page, here)
    total = together(found)
    return ctx.words(
        "sponsors/list",
        meeting=ctx.meeting,
        count=len(found),
        disputes=sum(one.sponsor.disputed for one in found),
        tally=total,
        **place,
        rows=[_entry(ctx, one) for one in found[part]],
        buttons=[
            *_next(ctx, total),
            *turning,
            Offer("add", f"sponsor add M{number}"),
            *([Offer("export", f"benefits export M{number}")] if total.total else []),
        ],
    )


def _next(ctx: Context, total: Tally) -> list[Offer]:
    """What is missing; once nothing is, the letters."""
    number = ctx.meeting.number
    if total.gaps:
        return [Offer("gaps", f"benefits M{number}", primary=True)]
    writes = total.total and may(ctx, keeps_contacts, ctx.meeting)
    return [Offer("draft", f"thanks draft M{number} sponsors", primary=True)] if writes else []


def turned(count: int, page: int, here: str) -> tuple[slice, list[Offer], dict[str, int]]:
    """Which part of a list stands on that page, the buttons that turn it, and which page of how many it is."""
    pages = max(1, -(-count // PAGE))
    page = min(page, pages)
    offers = [Offer("more", f"{here} page {page + 1}")] if page < pages else []
    offers += [Offer("back", f"{here} page {page - 1}")] if page > 1 else []
    return slice((page - 1) * PAGE, page * PAGE), offers, {"page": page, "pages": pages}


def _entry(ctx: Context, one: Account) -> Entry:
    told = {"party": one.party, "sponsor": one.sponsor, "tally": one.tally}
    return Entry(told, [Offer("show", f"sponsor show {here(ctx, one.party)}")])


@router.command("sponsor show", zh="赞助商 查看", also=("show sponsor", "查看赞助商"))
def show(ctx: Context, meeting: MeetingNumber = 0, which: AnyUnit | None = None) -> Message:
    """A sponsor whole: contract, contact, what was promised, delivered and proven: sponsor show P5"""
    one = account(ctx, meeting, which)
    row, line = one.sponsor, here(ctx, one.party)
    money = may(ctx, sees_money, ctx.meeting) and not (row.cash is None and row.in_kind is None)
    addressee = parties.some(ctx.db, [row.addressee_id]) if row.addressee_id else {}
    missing = _missing([one])
    return ctx.words(
        "sponsors/show",
        party=one.party,
        sponsor=row,
        meeting=ctx.meeting,
        money=money,
        cash=written(row.cash),
        in_kind=written(row.in_kind),
        contact=next(iter(addressee.values()), None),
        tally=one.tally,
        left_out=max(0, len(missing) - MOST_STEPS),
        table=_table(one),
        rows=[_step(ctx, one, benefit) for one, benefit in missing[:MOST_STEPS]],
        buttons=_ways(ctx, one, line),
        private=money,
    )


def _missing(found: Sequence[Account]) -> list[tuple[Account, Benefit]]:
    """Those that cannot be told to their sponsor yet, missing proof first."""
    wanting = [(one, row) for one in found for row in one.benefits if one.gaps(row)]
    return sorted(wanting, key=lambda pair: _FIRST.index(pair[0].gaps(pair[1])[0]))


def _step(ctx: Context, one: Account, benefit: Benefit) -> Entry:
    offers = steps(ctx, one, benefit) if may(ctx, keeps_contacts, ctx.meeting) else []
    return Entry({**facts(one, benefit), "party": one.party}, offers[:2])


def _ways(ctx: Context, one: Account, line: str) -> list[Offer]:
    if not may(ctx, keeps_contacts, ctx.meeting):
        return []
    open_ = one.sponsor.disputed
    return [
        Offer("benefit_add", f"sponsor benefit {line}", primary=not one.benefits),
        Offer("edit", f"sponsor edit {line}"),
        Offer("settle", f"sponsor settle {line}") if open_ else Offer("dispute", f"sponsor dispute {line}"),
    ]


def _table(one: Account) -> Columns:
    return Columns(
        ("number", "text", "promised", "delivered", "where", "when", "proof", "state", "explanation", "make_good"),
        [_cells(one, row) for row in one.benefits],
    )


def _cells(one: Account, row: Benefit) -> list[object]:
    return [
        row.ref,
        row.text,
        f"{written(row.promised)} {row.unit}".strip(),
        written(row.delivered),
        row.where,
        row.when,
        proof(one, row),
        BenefitState(row.state),
        row.explanation,
        row.make_good,
    ]


@router.command(
    "benefits", zh="权益 清单", also=("benefit list", "benefits missing", "权益清单", "权益 列表", "权益 缺项")
)
def missing(ctx: Context, meeting: MeetingNumber = 0, page: PageNumber = 1, more: Text = "") -> Message:
    """What of all sponsors' benefits still needs a proof, an explanation or a word; proof first: benefits"""
    if more and ctx.router:
        return ctx.router.in_words(ctx, ctx.line)
    ctx.meeting_number(meeting or None)
    found = accounts(ctx)
    rows = _missing(found)
    part, turning, place = turned(len(rows), page, f"benefits M{ctx.meeting.number}")
    return ctx.words(
        "sponsors/missing",
        meeting=ctx.meeting,
        tally=together(found),
        **place,
        rows=[_step(ctx, one, row) for one, row in rows[part]],
        buttons=[*turning, Offer("sponsors", f"sponsors M{ctx.meeting.number}")],
    )


@router.command("benefits export", zh="权益 导出", also=("export benefits", "导出权益"))
def export(ctx: Context, meeting: MeetingNumber = 0) -> Message:
    """What was promised, delivered and proven, as a spreadsheet: benefits export"""
    ctx.meeting_number(meeting or None)
    found = accounts(ctx)
    if not any(one.benefits for one in found):
        raise Refused("sponsors/nothing", buttons=[Offer("sponsors", f"sponsors M{ctx.meeting.number}")])
    page = ctx.words("sponsors/sheet", table=_sheet(found))
    table = page.table
    grid = Grid(page.title, [list(table.columns), *map(list, table.rows)] if table else [[""]])
    file = handed_out(ctx, page.title, [grid], material=Material.BENEFIT)
    return ctx.words("sponsors/exported", tally=together(found), files=[file])


def _sheet(found: Sequence[Account]) -> Columns:
    """Headed as an import knows them again."""
    rows = [_line(one, row) for one in found for row in one.benefits]
    return Columns(
        (
            "sponsor",
            "tier",
            "number",
            "text",
            "quantity",
            "unit",
            "delivered",
            "where",
            "when",
            "method",
            "proof",
            "state",
            "explanation",
            "make_good",
        ),
        rows,
    )


def _line(one: Account, row: Benefit) -> list[object]:
    number, text, _, delivered, where, when, shown, state, explanation, make_good = _cells(one, row)
    head = [one.party.name, one.sponsor.tier, number, text, written(row.promised), row.unit]
    return [*head, delivered, where, when, row.method, shown, state, explanation, make_good]
