"""How good each was, from 1 to 5: told in private, and the score card that the task of rating them asks for."""

from __future__ import annotations

from collections.abc import Sequence

from handlers import proven
from handlers.context import Context
from handlers.filing import TASKS
from handlers.grammar import MeetingNumber, Text
from handlers.known import AnyUnit, here
from handlers.partners.desk import Ally, allies, ally
from handlers.partners.naming import LEAST, MOST, Rating
from handlers.partners.rules import all_rated, unrated
from handlers.permissions import allow, rates_partners
from handlers.refused import Refused
from handlers.router import Router
from handlers.sheets import Grid
from handlers.stored import handed_out
from messages import Attachment, Columns, Message, Offer, Question, Questions
from storage import files
from storage.checklist import Task
from storage.partners import PartnerKind

router = Router("partners")

LONGEST = 300
MOST_NAMED = 8
TASK = "vendor-evaluate"
"""The key of the item in the template."""


@router.command("partner rate", zh="合作伙伴 评分", also=("rate partner", "合作伙伴评分", "合作伙伴 打分"), secret=True)
def rate(
    ctx: Context, meeting: MeetingNumber = 0, which: AnyUnit | None = None, rating: Rating = 0, remark: Text = ""
) -> Message:
    """Rate a venue or a supplier from 1 to 5; only leads and logistics see it: partner rate P9 4 quick and friendly"""
    found = _may(ctx, meeting, which)
    if not rating:
        return _form(ctx, found)
    words = " ".join(remark.split())
    if len(words) > LONGEST:
        raise Refused("partners/long", name="remark", most=LONGEST)
    row = found.partner
    same = (rating, ctx.person.id) == (row.rating, row.rated_by) and "rating" not in ctx.fields
    row.remark = words or (row.remark if same else "")  # what was said of another rating says nothing of this one
    row.rating, row.rated_by, row.rated_at = rating, ctx.person.id, ctx.now
    ctx.db.flush()
    left = [one for one in allies(ctx) if one.partner in unrated(one.partner for one in allies(ctx))]
    nexts = [Offer("next", f"partner rate {here(ctx, one.party)}", facts={"party": one.party}) for one in left[:2]]
    return ctx.words(
        "partners/rated",
        party=found.party,
        partner=row,
        left=len(left),
        buttons=[*nexts, Offer("ratings", f"partner ratings M{ctx.meeting.number}"), Offer("undo", "undo")],
        tone="good",
        private=True,
    )


def _may(ctx: Context, meeting: int, which: object) -> Ally:
    """Raises ``Refused`` for who may not, and where there is no such partner."""
    ctx.meeting_number(meeting or None)
    allow(ctx, rates_partners, ctx.meeting)
    ctx.must_run()
    return ally(ctx, meeting, which)  # type: ignore[arg-type]


def _form(ctx: Context, found: Ally) -> Message:
    numbers: list[tuple[str, object]] = [("", ""), *((str(one), str(one)) for one in range(LEAST, MOST + 1))]
    asks = [
        Question("rating", "choice", str(found.partner.rating or ""), choices=numbers, required=True),
        Question("remark", "long", found.partner.remark),
    ]
    form = Questions(f"partner rate {here(ctx, found.party)}", asks)
    return ctx.words("partners/rating_form", party=found.party, form=form, private=True)


@router.command("partner ratings", zh="合作伙伴 评分表", also=("export ratings", "供应商评分表", "评分表"))
def ratings(ctx: Context, meeting: MeetingNumber = 0) -> Message:
    """The score card of venues and suppliers, to you alone; once it is whole it proves its task: partner ratings"""
    ctx.meeting_number(meeting or None)
    allow(ctx, rates_partners, ctx.meeting)
    found = allies(ctx)
    if not any(one.partner.rating for one in found):
        raise Refused("partners/no_ratings", buttons=[Offer("partners", f"partners M{ctx.meeting.number}")])
    file = _score_card(ctx, found)
    left = [one.party.name for one in found if one.partner in unrated(other.partner for other in found)]
    task = _proven(ctx, file) if all_rated(one.partner for one in found) else None
    return ctx.words(
        "partners/ratings",
        left=left[:MOST_NAMED],
        task=task,
        files=[file],
        buttons=[Offer("finish", f"done {ctx.refs([task])[0]}", facts={"task": task})] if task else [],
        private=True,
    )


def _score_card(ctx: Context, found: Sequence[Ally]) -> Attachment:
    """Not everybody's: what is said of firms stays in the house."""
    rows = [_card_row(ctx, one) for one in found if one.partner.rating is not None]
    table = Columns(("name", "kind", "service", "rating", "remark", "by", "day"), rows, numbers=(3,))
    page = ctx.words("partners/sheet", table=table)
    headed = page.table
    grid = Grid(page.title, [list(headed.columns), *map(list, headed.rows)] if headed else [[""]])
    return handed_out(ctx, page.title, [grid], material=TASKS.get(TASK), personal=True)


def _card_row(ctx: Context, one: Ally) -> list[object]:
    row = one.partner
    by = one.rater.name if one.rater else ""
    day = row.rated_at.astimezone(ctx.meeting_zone).date().isoformat() if row.rated_at else ""
    return [one.party.name, PartnerKind(row.kind), row.service, row.rating, row.remark, by, day]


def _proven(ctx: Context, card: Attachment) -> Task | None:
    """The task with the score card as its proof, unless it has one; None where there is no such task to finish."""
    task = proven.open_task(ctx, TASK)
    file = files.same(ctx.db, ctx.meeting.id, card.digest)
    if task is not None and file is not None and not proven.is_proven(ctx, task):
        proven.keep(ctx, task, file)
    return task
