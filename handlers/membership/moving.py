"""A case goes from stage to stage, each move with what it needs; or it is closed with a reason."""

from __future__ import annotations

from handlers.context import Context
from handlers.grammar import Text
from handlers.membership import rules
from handlers.membership.naming import CaseNumber
from handlers.membership.opening import must_be_only
from handlers.membership.showing import VERBS, found, shown, step
from handlers.permissions import allow, approves_members
from handlers.refused import Refused
from handlers.router import Router
from messages import Message, Offer, Question, Questions
from storage import membership
from storage.membership import Case, CaseStep, Stage
from storage.parties import Party

router = Router("membership")

LONGEST_NUMBER, LONGEST_REASON = 50, 300


@router.command("case next", zh="入会 下一步", also=("next step of case",))
def next_(ctx: Context, number: CaseNumber = 0, what: Text = "") -> Message:
    """Take a case one step further, with what that needs: case next C5 · case next C5 500"""
    case = found(ctx, number)
    to = rules.following(case.stage)
    if to is None:
        raise Refused("membership/ended", case=case, buttons=[Offer("show", f"case show {case.ref}")])
    return _to(ctx, case, to, what)


@router.command("case check", zh="入会 审核", also=("check case",))
def check(ctx: Context, number: CaseNumber = 0) -> Message:
    """The application is complete and was looked over: case check C5"""
    return _to(ctx, found(ctx, number), Stage.CHECKED, "")


@router.command("case approve", zh="入会 批准", also=("approve case",))
def approve(ctx: Context, number: CaseNumber = 0) -> Message:
    """The association approves the application: case approve C5"""
    return _to(ctx, found(ctx, number), Stage.APPROVED, "")


@router.command("case paid", zh="入会 缴费", also=("入会 已缴费",))
def paid(ctx: Context, number: CaseNumber = 0, what: Text = "") -> Message:
    """The fee has come in, and how much: case paid C5 500"""
    return _to(ctx, found(ctx, number), Stage.PAID, what)


@router.command("case receipt", zh="入会 收据", also=("入会 已开收据",))
def receipt(ctx: Context, number: CaseNumber = 0, what: Text = "") -> Message:
    """The receipt was issued, with its number: case receipt C5 2026-0117"""
    return _to(ctx, found(ctx, number), Stage.RECEIPTED, what)


@router.command("case register", zh="入会 登记", also=("register case",))
def register(ctx: Context, number: CaseNumber = 0, what: Text = "") -> Message:
    """They stand in the register, with their member number: case register C5 A-2031"""
    return _to(ctx, found(ctx, number), Stage.REGISTERED, what)


@router.command("case close", zh="入会 关闭", also=("close case",))
def close(ctx: Context, number: CaseNumber = 0, what: Text = "") -> Message:
    """It came to nothing, and why: case close C5 moved abroad"""
    return _to(ctx, found(ctx, number), Stage.CLOSED, what)


@router.command("case reopen", zh="入会 重开", also=("reopen case",))
def reopen(ctx: Context, number: CaseNumber = 0) -> Message:
    """Begin again with one that was closed: case reopen C5"""
    case = found(ctx, number)
    if case.stage == Stage.CLOSED:
        case.reason = ""
    return _to(ctx, case, Stage.APPLIED, "")


def _to(ctx: Context, case: Case, to: Stage, what: str) -> Message:
    """Make the move, or ask for what it needs. Raises ``Refused``."""
    ctx.must_run()
    if to not in rules.MOVES[case.stage]:
        offers = [*step(case, primary=True), Offer("show", f"case show {case.ref}")]
        raise Refused("membership/no_move", case=case, to=to, next=rules.following(case.stage), buttons=offers)
    if to in {Stage.APPROVED, Stage.REGISTERED}:
        allow(ctx, approves_members, ctx.meeting)
    party = ctx.db.get_one(Party, case.party_id)
    if to == Stage.APPLIED:
        must_be_only(ctx, party)
    what = " ".join(what.split()) or _known(case, party, to)
    if to in _NEEDS and not what:
        return _asked(ctx, case, party, to)
    _write(ctx, case, party, to, what)
    rules.move(case, to)
    case.due = rules.due_day(to, ctx.local_now.date(), ctx.calendar)
    ctx.db.add(CaseStep(case_id=case.id, stage=to, person_id=ctx.person.id, at=ctx.now))
    membership.plan(ctx.db, case.id)
    return shown(ctx, case, "moved")


_NEEDS = {Stage.PAID: "fee", Stage.RECEIPTED: "receipt", Stage.REGISTERED: "member_no", Stage.CLOSED: "reason"}


def _known(case: Case, party: Party, to: Stage) -> str:
    """What the case or the address book says already: nobody is asked for it again."""
    if to == Stage.PAID and case.fee is not None:
        return str(case.fee)
    if to == Stage.RECEIPTED:
        return case.receipt_no
    return party.member_no if to == Stage.REGISTERED else ""


def _asked(ctx: Context, case: Case, party: Party, to: Stage) -> Message:
    verb = "close" if to == Stage.CLOSED else VERBS[to]
    form = Questions(f"case {verb} {case.ref}", [Question("what", required=True)])
    return ctx.words("membership/ask", case=case, party=party, need=_NEEDS[to], form=form, private=True)


def _write(ctx: Context, case: Case, party: Party, to: Stage, what: str) -> None:
    """What the move needed. Raises ``Refused`` for what cannot be."""
    most = LONGEST_REASON if to == Stage.CLOSED else LONGEST_NUMBER
    if len(what) > most:
        raise Refused("membership/long", most=most)
    if to == Stage.PAID:
        case.fee = rules.fee(what)
    elif to == Stage.RECEIPTED:
        case.receipt_no = what
    elif to == Stage.CLOSED:
        case.reason = what
    elif to == Stage.REGISTERED:
        other = membership.of_member(ctx.db, ctx.workspace.id, what)
        if other is not None and other.id != party.id:
            raise Refused("membership/taken", number=what, other=other)
        party.member_no = what
