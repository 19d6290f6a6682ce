"""Somebody is proposed for a commendation with a reason; somebody else decides."""

from __future__ import annotations

from handlers.context import Context
from handlers.crew import rules
from handlers.crew.editing import LENGTHS
from handlers.crew.naming import Seen
from handlers.crew.permits import allow_keeping, deciders, leads_crew
from handlers.crew.roster import Member, member, row_of
from handlers.crew.showing import ref, shown
from handlers.grammar import MeetingNumber, Text
from handlers.known import AnyPerson
from handlers.permissions import allow, may
from handlers.refused import Refused
from handlers.router import Router
from messages import Message, Offer, Question, Questions
from storage import people
from storage.crew import Volunteer
from storage.parties import Party

router = Router("crew")


@router.command("volunteer commend", zh="志愿者 表彰", also=("commend volunteer", "表彰志愿者", "志愿者 提名"))
def commend(ctx: Context, meeting: MeetingNumber = 0, *, who: AnyPerson, reason: Text = "") -> Message:
    """Propose somebody of the crew for a commendation, with the reason: volunteer commend P7 found the lost passport"""
    allow_keeping(ctx, meeting)
    one = member(ctx, who)
    reason = " ".join(reason.split())
    if not reason:
        ask = Question("reason", "long", one.row.commendation if one.row else "", required=True)
        form = Questions(f"volunteer commend {ref(ctx, one)}", [ask])
        return ctx.words("crew/commend_form", member=one, form=form, private=True)
    if len(reason) > LENGTHS["contribution"]:
        raise Refused("crew/long", most=LENGTHS["contribution"])
    row = row_of(ctx, who)
    row.commendation, row.nominated_by, row.nominated_at = reason, ctx.person.id, ctx.now
    row.approved_by = row.approved_at = None
    ctx.db.flush()
    return shown(ctx, member(ctx, who), "nominated", names=_others(ctx, ctx.person.id))


def _others(ctx: Context, nominated_by: int | None) -> list[str]:
    """Names of who is to decide: the proposer only where there is nobody else."""
    ids = deciders(ctx) or [one.id for one in people.admins(ctx.db, ctx.workspace.id)]
    found = people.some(ctx.db, [one for one in ids if rules.decides(one, nominated_by, ids)])
    return [one.name for one in found.values()]


@router.command("volunteer approve", zh="志愿者 批准", also=("approve commendation", "批准表彰", "志愿者 批准表彰"))
def approve(ctx: Context, meeting: MeetingNumber = 0, *, who: AnyPerson, seen: Seen = 0) -> Message:
    """Approve a commendation that somebody else proposed: volunteer approve P7"""
    one, row = _open(ctx, meeting, who)
    if seen and seen != row.version:
        raise Refused("crew/changed_reason", party=who, reason=row.commendation, buttons=_deciding(ctx, one, row))
    _must_decide(ctx, row)
    row.approved_by, row.approved_at = ctx.person.id, ctx.now
    ctx.db.flush()
    return shown(ctx, member(ctx, who), "approved")


@router.command("volunteer decline", zh="志愿者 不批准", also=("decline commendation", "不批准表彰", "撤回表彰"))
def decline(ctx: Context, meeting: MeetingNumber = 0, *, who: AnyPerson) -> Message:
    """Decline a commendation, or take back one's own proposal: volunteer decline P7"""
    _, row = _open(ctx, meeting, who)
    nominator = row.nominated_by
    if nominator != ctx.person.id:
        _must_decide(ctx, row)
    row.commendation, row.nominated_by, row.nominated_at = "", None, None
    ctx.db.flush()
    told = [people.get(ctx.db, nominator).name] if nominator and nominator != ctx.person.id else []
    return shown(ctx, member(ctx, who), "declined", names=told)


def _open(ctx: Context, meeting: int, who: Party) -> tuple[Member, Volunteer]:
    """Somebody who is proposed and not decided on. Raises ``Refused``."""
    allow_keeping(ctx, meeting)
    one = member(ctx, who)
    if one.row is None or not one.nominated:
        offers = [] if one.commended else [Offer("commend", f"volunteer commend {ref(ctx, one)}")]
        show = Offer("show", f"volunteer show {ref(ctx, one)}")
        raise Refused("crew/not_nominated", party=who, commended=one.commended, buttons=[*offers, show])
    return one, one.row


def _must_decide(ctx: Context, row: Volunteer) -> None:
    """Raises ``Refused`` for who may not, and for who proposed it where somebody else can decide."""
    allow(ctx, leads_crew, ctx.meeting)
    others = deciders(ctx) or [one.id for one in people.admins(ctx.db, ctx.workspace.id)]
    if not rules.decides(ctx.person.id, row.nominated_by, others):
        raise Refused("crew/own_proposal", names=_others(ctx, row.nominated_by))


def _deciding(ctx: Context, one: Member, row: Volunteer) -> list[Offer]:
    line = ref(ctx, one)
    approve = Offer("commendation_approve", f"volunteer approve {line} v{row.version}", primary=True)
    return [approve, Offer("decline", f"volunteer decline {line}")] if may(ctx, leads_crew, ctx.meeting) else []
