"""Somebody is taken off the crew, with the reason; letters that have not gone yet do not go."""

from __future__ import annotations

from collections.abc import Sequence

from handlers import unsent
from handlers.context import Context
from handlers.crew.editing import LENGTHS
from handlers.crew.permits import allow_keeping
from handlers.crew.roster import CREW, Member, member
from handlers.crew.showing import ref
from handlers.grammar import MeetingNumber, Text
from handlers.known import AnyPerson
from handlers.refused import Refused
from handlers.router import Router
from messages import Message, Offer, Question, Questions
from storage import crew, parties

router = Router("crew")


@router.command("volunteer drop", zh="志愿者 移出", also=("drop volunteer", "移出志愿者", "志愿者 退出", "志愿者 删除"))
def drop(ctx: Context, meeting: MeetingNumber = 0, *, who: AnyPerson, reason: Text = "") -> Message:
    """Take somebody off the crew, with the reason: volunteer drop P7 cancelled in March"""
    allow_keeping(ctx, meeting)
    one = member(ctx, who)
    reason = " ".join(reason.split())
    if not reason:
        form = Questions(f"volunteer drop {ref(ctx, one)}", [Question("reason", "long", required=True)])
        return ctx.words("crew/drop_form", member=one, form=form, private=True)
    if len(reason) > LENGTHS["post"]:
        raise Refused("crew/long", most=LENGTHS["post"])
    _take_off(ctx, one)
    found = unsent.keep_back(ctx, who, ctx.words("crew/letter_reason", reason=reason).body)
    return _said(ctx, one, reason, found)


def _take_off(ctx: Context, one: Member) -> None:
    """What was noted of their work goes too; they stay in the address book, and whatever else they were."""
    if one.row is not None:
        crew.remove(ctx.db, one.row)
    for capacity in CREW:
        parties.takes_no_part(ctx.db, ctx.meeting.id, one.party.id, capacity)


def _said(ctx: Context, one: Member, reason: str, found: Sequence[tuple[str, str]]) -> Message:
    renew = f"thanks renew M{ctx.meeting.number}"
    return ctx.words(
        "crew/dropped",
        member=one,
        reason=reason,
        commendation=one.row.commendation if one.row else "",
        letters=found,
        buttons=[
            *(Offer("renew", f"{renew} {ref}", facts={"letter": ref}) for ref in unsent.waiting(found)),
            Offer("volunteers", f"volunteers M{ctx.meeting.number}"),
            Offer("undo", "undo"),
        ],
        tone="good",
        private=True,
    )
