"""The crew by number, with what is still missing for their letters; and one of them whole."""

from __future__ import annotations

from collections.abc import Sequence

from handlers.context import Context
from handlers.crew.naming import OnlyGaps
from handlers.crew.permits import allow_looking
from handlers.crew.roster import Member, member, members
from handlers.crew.rules import Worked
from handlers.grammar import MeetingNumber, PageNumber, Text
from handlers.known import AnyPerson, here
from handlers.router import Router
from messages import Entry, Message, Offer
from storage import people
from storage.crew import Shift

router = Router("crew")

PAGE, MOST_SHIFTS = 10, 20


@router.command("volunteers", zh="志愿者", also=("volunteer list", "crew", "志愿者 列表", "志愿者名单"))
def list_(
    ctx: Context, meeting: MeetingNumber = 0, only: OnlyGaps = "", page: PageNumber = 1, more: Text = ""
) -> Message:
    """Who did the work, and what is missing before they can be thanked: volunteers · volunteers gaps"""
    if more and ctx.router:
        return ctx.router.in_words(ctx, ctx.line)
    allow_looking(ctx, meeting)
    everybody = members(ctx)
    found = [one for one in everybody if one.gaps] if only else everybody
    pages = max(1, -(-len(found) // PAGE))
    page = min(page, pages)
    return ctx.words(
        "crew/list",
        meeting=ctx.meeting,
        count=len(everybody),
        only=only,
        lacking={gap: sum(gap in one.gaps for one in everybody) for gap in ("contribution", "hours")},
        nominated=sum(one.nominated for one in everybody),
        page=page,
        pages=pages,
        rows=[_row(ctx, one) for one in found[(page - 1) * PAGE : page * PAGE]],
        buttons=_turning(ctx, everybody, only, page, pages),
        private=True,
    )


def _row(ctx: Context, one: Member) -> Entry:
    facts = {"member": one, "row": one.row, "gaps": one.gaps}
    return Entry(facts, [Offer("show", f"volunteer show {ref(ctx, one)}")])


def ref(ctx: Context, one: Member) -> str:
    """As buttons name them, whatever room they are pressed in."""
    return here(ctx, one.party)


def _turning(ctx: Context, everybody: Sequence[Member], only: str, page: int, pages: int) -> list[Offer]:
    here = f"volunteers M{ctx.meeting.number}"
    line = f"{here} {only}".strip()
    turning = [Offer("more", f"{line} page {page + 1}")] if page < pages else []
    turning += [Offer("back", f"{line} page {page - 1}")] if page > 1 else []
    gaps = [Offer("gaps", f"{here} gaps", primary=True)] if not only and any(one.gaps for one in everybody) else []
    number = ctx.meeting.number
    adding = [Offer("add", f"volunteer add M{number}")]
    export = [Offer("export", f"volunteers export M{number}")] if everybody else []
    return [*gaps, *turning, *adding, *export]


@router.command("volunteer show", zh="志愿者 查看", also=("show volunteer", "查看志愿者"))
def show(ctx: Context, meeting: MeetingNumber = 0, *, who: AnyPerson) -> Message:
    """One of the crew: shifts, hours, contribution, commendation: volunteer show P7"""
    allow_looking(ctx, meeting)
    return shown(ctx, member(ctx, who))


def shown(
    ctx: Context, one: Member, news: str = "", *, worked: Worked | None = None, names: Sequence[str] = ()
) -> Message:
    """What stands there now of one of them, and what to do next.

    ``news`` names what has just been written down, ``worked`` the shift, and ``names`` whom that concerns.
    """
    row = one.row
    return ctx.words(
        "crew/show",
        member=one,
        row=row,
        gaps=one.gaps,
        news=news,
        worked=worked.on(ctx.meeting_zone) if worked else None,
        names=names,
        nominator=people.get(ctx.db, row.nominated_by).name if row and row.nominated_by else "",
        more=max(0, len(one.shifts) - MOST_SHIFTS),
        rows=[_shift(ctx, shift) for shift in one.shifts[-MOST_SHIFTS:]],
        buttons=[*steps(ctx, one), *([Offer("undo", "undo")] if news else [])],
        tone="good" if news else "plain",
        private=True,
    )


def _shift(ctx: Context, shift: Shift) -> Entry:
    facts = {"shift": Worked.of(shift).on(ctx.meeting_zone), "place": shift.place, "note": shift.note}
    return Entry(facts, [Offer("shift_drop", f"shift drop M{ctx.meeting.number} {shift.id}")], block="shift")


def steps(ctx: Context, one: Member) -> list[Offer]:
    """What is missing first, then what else one may want."""
    line = ref(ctx, one)
    edit = Offer("edit", f"volunteer edit {line}", primary="contribution" in one.gaps)
    shift = Offer("shift", f"shift add {line}", primary=one.gaps == ("hours",))
    return [edit, shift, *_commendation(one, line), Offer("drop", f"volunteer drop {line}")]


def _commendation(one: Member, line: str) -> list[Offer]:
    if one.commended:
        return []
    if not (one.row and one.nominated):
        return [Offer("commend", f"volunteer commend {line}")]
    approve = Offer("commendation_approve", f"volunteer approve {line} v{one.row.version}")
    return [approve, Offer("decline", f"volunteer decline {line}")]
