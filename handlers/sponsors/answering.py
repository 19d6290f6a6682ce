"""One command for all that can be said of a benefit: show it, tell what became of it, prove it, put it right."""

from __future__ import annotations

from handlers.context import Context
from handlers.grammar import MeetingNumber
from handlers.permissions import may_change_contacts
from handlers.router import Router
from handlers.sponsors import telling
from handlers.sponsors.desk import account, promise
from handlers.sponsors.naming import BenefitNumber, SponsorNumber, TellBenefit
from handlers.sponsors.promising import added, dropped, edited
from handlers.sponsors.proving import prove
from handlers.sponsors.telling import form, shown, told
from messages import Message
from storage import parties

router = Router("sponsors")


@router.command("benefit", zh="权益", also=("权益 查看", "benefit show"))
def benefit(
    ctx: Context,
    meeting: MeetingNumber = 0,
    which: BenefitNumber = 0,
    sponsor: SponsorNumber = 0,
    said: TellBenefit | None = None,
) -> Message:
    """What became of a benefit, and its proof: benefit B3 delivered 2 at main hall · benefit B3 partly 1 because …"""
    if sponsor and not which:
        party = parties.by_number(ctx.db, ctx.workspace.id, sponsor)
        return added(ctx, account(ctx, meeting, party), said.words if said else "")
    row, found = promise(ctx, meeting, which)
    if said is None and not telling.FIELDS & ctx.fields.keys():
        return shown(ctx, row, found)
    may_change_contacts(ctx)
    step = said.step if said else ""
    if step == "proof":
        return prove(ctx, row, found, said.words if said else "")
    if step == "edit":
        return edited(ctx, row, found, said.words if said else "")
    if step == "drop":
        return dropped(ctx, row, found)
    return form(ctx, row) if step == "report" else told(ctx, row, found, said)
