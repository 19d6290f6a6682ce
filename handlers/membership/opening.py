"""A case begins with an application; it has an owner, and a day for its next step."""

from __future__ import annotations

import re
from datetime import date

from handlers import dates
from handlers.context import Context
from handlers.grammar import MeetingNumber, People, Text
from handlers.known import NUMBER
from handlers.membership import rules
from handlers.membership.naming import KINDS, CaseNumber, Kind, Told
from handlers.membership.showing import found, shown
from handlers.newcomers import known_or_new, retold, unit
from handlers.permissions import allow, keeps_contacts
from handlers.refused import Refused
from handlers.router import Router
from messages import Message, Offer, Question, Questions
from storage import membership, parties, people
from storage.meetings import PLAN_NOW
from storage.membership import Case, CaseKind, CaseStep, Stage
from storage.parties import Party, PartyKind
from storage.people import Role

router = Router("membership")

_UNIT = re.compile(
    r"公司|集团|大学|学院|学校|研究院|研究所|协会|学会|商会|中心|医院|银行|事务所|"
    r"\b(?:ltd|inc|llc|gmbh|co|company|corporation|university|institute|association|society|hospital|bank)\b",
    re.IGNORECASE,
)
"""In the name of an organisation."""


@router.command("case new", zh="入会 新建", also=("new case", "新建入会", "入会申请"))
def new(ctx: Context, meeting: MeetingNumber = 0, kind: Kind = "", told: Told | None = None) -> Message:
    """Begin with somebody who wants to join or renew: case new P12 · case new renewal Li Lei fee: 500"""
    ctx.meeting_number(meeting or None)
    allow(ctx, keeps_contacts, ctx.meeting)
    ctx.must_run()
    said = dict(told or {})
    name = said.pop("", "") or said.get("name", "")
    said.pop("name", None)
    here = f"case new M{ctx.meeting.number}"
    if not name:
        asks = [Question("name", required=True), Question("fee"), Question("due")]
        return ctx.words("membership/form", form=Questions(f"{here} {kind}".strip(), asks), private=True)
    fee, due = rules.fee(said["fee"]) if "fee" in said else None, said.get("due", "")
    party = _party(ctx, name, retold(f"{here} {kind} {{}}".replace("  ", " "), said))
    must_be_only(ctx, party)
    case = _begun(ctx, party, KINDS[kind] if kind else CaseKind.RENEWAL if party.member_no else CaseKind.NEW)
    case.fee = fee
    if due:
        case.due = _day(ctx, due)
    return shown(ctx, case, "new")


def _party(ctx: Context, name: str, line: str) -> Party:
    """Who applies, a person or a unit; ``line`` with another name in place of ``{}`` where that is a question."""
    if match := NUMBER.fullmatch(name.strip()):
        party = parties.by_number(ctx.db, ctx.workspace.id, int(match[1]))
        if party is not None:
            return party
    if _UNIT.search(name):
        return unit(ctx, name, lambda who: line.replace("{}", who, 1))
    return known_or_new(ctx, name, PartyKind.PERSON, lambda who: line.replace("{}", who, 1))


def must_be_only(ctx: Context, party: Party) -> None:
    """Raises ``Refused`` where a case of theirs is open already, in a meeting where something can be done about it."""
    cases = membership.running(ctx.db, ctx.workspace.id)
    open_ = next((one for one in cases if one.party_id == party.id and one.stage not in rules.ENDED), None)
    if open_ is not None:
        show = Offer("show", f"case show {open_.ref}", primary=True)
        raise Refused("membership/open_already", party=party, case=open_, buttons=[show])


def _begun(ctx: Context, party: Party, kind: CaseKind) -> Case:
    holders = people.holders_of(ctx.db, ctx.meeting.id, Role.MEMBERSHIP)
    case = Case(
        workspace_id=ctx.workspace.id,
        number=membership.next_number(ctx.db, ctx.workspace.id),
        meeting_id=ctx.meeting.id,
        party_id=party.id,
        kind=kind,
        stage=Stage.APPLIED,
        owner_id=holders[0].person_id if holders else ctx.person.id,
        due=rules.due_day(Stage.APPLIED, ctx.local_now.date(), ctx.calendar),
        next_nudge_at=PLAN_NOW,
        at=ctx.now,
    )
    ctx.db.add(case)
    ctx.db.flush()
    ctx.db.add(CaseStep(case_id=case.id, stage=Stage.APPLIED, person_id=ctx.person.id, at=ctx.now))
    return case


def _day(ctx: Context, text: str) -> date:
    due = dates.read(text, now=ctx.local_now, end=ctx.meeting_end, calendar=ctx.calendar, month_first=ctx.month_first)
    return due.at.date()


@router.command("case due", zh="入会 截止", also=("入会 期限",))
def due_(ctx: Context, number: CaseNumber = 0, when: Text = "") -> Message:
    """Say when the next step of a case is to be taken: case due C5 in 3 working days"""
    case = _open(ctx, number)
    if not when:
        form = Questions(f"case due {case.ref}", [Question("when", required=True)])
        return ctx.words("membership/due_form", case=case, form=form, private=True)
    with dates.offering(f"case due {case.ref}"):
        case.due = _day(ctx, when)
    membership.plan(ctx.db, case.id)
    return shown(ctx, case, "due")


@router.command("case owner", zh="入会 负责人", also=("case assign", "入会 分配"))
def owner(ctx: Context, number: CaseNumber = 0, who: People = ()) -> Message:
    """Say who sees to a case and is reminded of it: case owner C5 @li"""
    case = _open(ctx, number)
    if len(who) != 1:
        ask = Question("who", "choice", required=True, choices=ctx.people_choices())
        return ctx.words(
            "membership/owner_form", case=case, form=Questions(f"case owner {case.ref}", [ask]), private=True
        )
    case.owner_id = who[0].id
    membership.plan(ctx.db, case.id)
    return shown(ctx, case, "owner")


def _open(ctx: Context, number: int) -> Case:
    """Raises ``Refused`` for one that has ended."""
    case = found(ctx, number)
    ctx.must_run()
    if case.stage in rules.ENDED:
        raise Refused("membership/ended", case=case, buttons=[Offer("show", f"case show {case.ref}")])
    return case
