"""Cases by what is most overdue, and one of them whole with its way so far."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from handlers import proven
from handlers.context import Context
from handlers.grammar import MeetingNumber, PageNumber, Text
from handlers.membership.naming import CaseNumber, Which
from handlers.membership.rules import ENDED, following
from handlers.permissions import allow, keeps_contacts
from handlers.refused import Refused
from handlers.router import Router
from messages import Entry, Message, Offer
from storage import meetings, membership, parties, people
from storage.membership import Case, Stage

router = Router("membership")

PAGE = 8
TASK = "membership-followup"
"""The key of the item in the template that asks how many cases are through."""
VERBS = {
    Stage.CHECKED: "check",
    Stage.APPROVED: "approve",
    Stage.PAID: "paid",
    Stage.RECEIPTED: "receipt",
    Stage.REGISTERED: "register",
}
"""What one says to take a case to that stage."""


def found(ctx: Context, number: int) -> Case:
    """The case, and its meeting as what is spoken of. Raises ``Refused`` for none, and for who may not see it."""
    case = membership.by_number(ctx.db, ctx.workspace.id, number)
    if case is not None and case.meeting_id is not None:
        ctx.subject = meetings.get(ctx.db, case.meeting_id)
    allow(ctx, keeps_contacts, ctx.meeting)
    if case is None:
        raise Refused("membership/no_case", number=number, buttons=[Offer("cases", f"cases M{ctx.meeting.number}")])
    return case


@router.command("cases", zh="入会", also=("case list", "入会 列表", "入会案件", "membership cases"))
def list_(
    ctx: Context, meeting: MeetingNumber = 0, which: Which = "", page: PageNumber = 1, more: Text = ""
) -> Message:
    """Who joins or renews, what is overdue first: cases · cases mine · cases all"""
    if more and ctx.router:
        return ctx.router.in_words(ctx, ctx.line)
    ctx.meeting_number(meeting or None)
    allow(ctx, keeps_contacts, ctx.meeting)
    everything = membership.of_meeting(ctx.db, ctx.meeting.id)
    rows = sorted((case for case in everything if _wanted(ctx, case, which)), key=_urgency)
    pages = max(1, -(-len(rows) // PAGE))
    page = min(page, pages)
    today = ctx.local_now.date()
    return ctx.words(
        "membership/list",
        meeting=ctx.meeting,
        count=len(rows),
        through=sum(case.stage == Stage.REGISTERED for case in everything),
        overdue=sum(is_overdue(case, today) for case in rows),
        page=page,
        pages=pages,
        rows=entries(ctx, rows[(page - 1) * PAGE : page * PAGE]),
        buttons=_turning(ctx, which, page, pages),
        private=True,
    )


def _wanted(ctx: Context, case: Case, which: str) -> bool:
    if which == "all":
        return True
    return case.stage not in ENDED and (not which or case.owner_id == ctx.person.id)


def _urgency(case: Case) -> tuple[bool, date, int]:
    """What is through comes last."""
    return case.stage in ENDED, case.due or date.max, case.number


def is_overdue(case: Case, today: date) -> bool:
    return case.stage not in ENDED and case.due is not None and case.due < today


def entries(ctx: Context, rows: Sequence[Case]) -> list[Entry]:
    """A row each, with the button of its next step."""
    names = parties.some(ctx.db, [case.party_id for case in rows])
    owners = people.some(ctx.db, [case.owner_id for case in rows if case.owner_id])
    today = ctx.local_now.date()
    return [
        Entry(
            {
                "case": case,
                "party": names[case.party_id],
                "owner": owners[case.owner_id].name if case.owner_id else "",
                "overdue": is_overdue(case, today),
                "to": following(case.stage),
            },
            [*step(case), Offer("show", f"case show {case.ref}")],
        )
        for case in rows
    ]


def step(case: Case, *, primary: bool = False) -> list[Offer]:
    """The button of the next step, where there is one."""
    to = following(case.stage)
    return [Offer("step", f"case {VERBS[to]} {case.ref}", primary=primary, facts={"to": to})] if to else []


def _turning(ctx: Context, which: str, page: int, pages: int) -> list[Offer]:
    here = f"cases M{ctx.meeting.number}"
    line = f"{here} {which}".strip()
    turning = [Offer("more", f"{line} page {page + 1}")] if page < pages else []
    turning += [Offer("back", f"{line} page {page - 1}")] if page > 1 else []
    all_ = [Offer("all", f"{here} all")] if which != "all" else []
    return [*turning, Offer("new", f"case new M{ctx.meeting.number}"), *all_, *finishing(ctx)]


@router.command("case show", zh="入会 查看", also=("show case", "查看入会"))
def show(ctx: Context, number: CaseNumber = 0) -> Message:
    """One case whole: how far it is, what comes next, who has it: case show C5"""
    return shown(ctx, found(ctx, number))


def shown(ctx: Context, case: Case, news: str = "") -> Message:
    """What stands there now; ``news`` names what has just been changed."""
    ctx.db.flush()
    steps = membership.steps(ctx.db, case.id)
    who = people.some(ctx.db, [one.person_id for one in steps])
    (facts,) = [entry.facts for entry in entries(ctx, [case])]
    close = [Offer("close", f"case close {case.ref}")] if case.stage not in ENDED else []
    undo = [Offer("undo", "undo")] if news else []
    again = [Offer("reopen", f"case reopen {case.ref}")] if case.stage == Stage.CLOSED else []
    return ctx.words(
        "membership/show",
        **facts,
        news=news,
        currency=ctx.meeting.currency,
        steps=[{"stage": Stage(one.stage), "at": one.at, "name": who[one.person_id].name} for one in steps],
        buttons=[
            *step(case, primary=True),
            *close,
            *again,
            *finishing(ctx),
            *undo,
        ],
        tone="good" if news else "plain",
        private=True,
    )


def finishing(ctx: Context) -> list[Offer]:
    """A button that finishes the task of following up, once no case is open any more and one went through."""
    rows = membership.of_meeting(ctx.db, ctx.meeting.id)
    through = sum(case.stage == Stage.REGISTERED for case in rows)
    task = proven.open_task(ctx, TASK)
    if task is None or not through or any(case.stage not in ENDED for case in rows):
        return []
    line = f"done {ctx.refs([task])[0]} {_note(ctx, through)}"
    return [Offer("finish", line, facts={"task": task, "through": through})]


def _note(ctx: Context, through: int) -> str:
    return ctx.words("membership/note", through=through).body
