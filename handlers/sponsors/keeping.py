"""Sponsors are added and put right; what is not settled with one is said, and that it is."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from handlers import unsent
from handlers.context import Context
from handlers.grammar import MeetingNumber, Text
from handlers.known import AnyUnit, here
from handlers.newcomers import person, retold, unit
from handlers.permissions import allow, may, may_change_contacts, sees_money
from handlers.refused import Refused
from handlers.router import Router
from handlers.sponsors.desk import Account, account, accounts
from handlers.sponsors.naming import SponsorDetails
from handlers.sponsors.quantities import amount, written
from messages import Message, Offer, Question, Questions
from storage import parties, sponsors
from storage.parties import Capacity, Party
from storage.sponsors import Sponsor

router = Router("sponsors")

LONGEST = {"tier": 50, "contract_no": 100, "dispute": 300}
MONEY = ("cash", "in_kind")


@router.command("sponsor add", zh="赞助商 新增", also=("add sponsor", "新增赞助商", "添加赞助商", "赞助商 添加"))
def add(ctx: Context, meeting: MeetingNumber = 0, told: SponsorDetails | None = None) -> Message:
    """Note a sponsor: sponsor add Star Energy tier: Gold contract: HT-12 cash: 200000 contact: Li Na"""
    ctx.meeting_number(meeting or None)
    may_change_contacts(ctx)
    said = dict(told or {})
    name = said.pop("name", "") or said.pop("", "")
    said.pop("", "")
    if not name:
        return _form(ctx, None)
    party = unit(ctx, name, lambda other: retold(f"sponsor add M{ctx.meeting.number} {other}", said))
    known = sponsors.of_party(ctx.db, ctx.meeting.id, party.id)
    if known is not None:
        show = Offer("show", f"sponsor show {here(ctx, party)}")
        raise Refused("sponsors/known", party=party, buttons=[show, Offer("edit", f"sponsor edit {here(ctx, party)}")])
    row = Sponsor(meeting_id=ctx.meeting.id, party_id=party.id)
    _write(ctx, row, party, said, again=f"sponsor add M{ctx.meeting.number} {name}")
    ctx.db.add(row)
    parties.takes(ctx.db, ctx.meeting.id, party.id, Capacity.SPONSOR)
    return _said(ctx, party, did="added")


@router.command("sponsor edit", zh="赞助商 修改", also=("edit sponsor", "修改赞助商", "编辑赞助商", "赞助商 编辑"))
def edit(
    ctx: Context, meeting: MeetingNumber = 0, which: AnyUnit | None = None, told: SponsorDetails | None = None
) -> Message:
    """Put a sponsor's tier, contract, amounts or contact right: sponsor edit P5 tier: Platinum"""
    found = account(ctx, meeting, which)
    may_change_contacts(ctx)
    said = dict(told or {})
    if rest := said.pop("", ""):
        raise Refused("sponsors/which_field", text=rest, buttons=[_edit(ctx, found.party)])
    if not said:
        return _form(ctx, found)
    seen = {"seen": said.pop("seen")} if "seen" in said else {}
    if seen.get("seen", str(found.sponsor.version)) != str(found.sponsor.version):
        raise Refused("sponsors/changed", party=found.party, buttons=[_edit(ctx, found.party)])
    said.pop("name", "")
    again = retold(f"sponsor edit {here(ctx, found.party)}", seen)
    _write(ctx, found.sponsor, found.party, said, again=again, whole=bool(seen))
    return _said(ctx, found.party, did="edited")


@router.command("sponsor dispute", zh="赞助商 争议", also=("dispute sponsor", "赞助商争议", "赞助商 纠纷"))
def dispute(ctx: Context, meeting: MeetingNumber = 0, which: AnyUnit | None = None, what: Text = "") -> Message:
    """Say what is not settled with a sponsor; its letter waits: sponsor dispute P5 second instalment is unpaid"""
    found = account(ctx, meeting, which)
    may_change_contacts(ctx)
    if not what.strip():
        form = Questions(f"sponsor dispute {here(ctx, found.party)}", [Question("what", "long", required=True)])
        return ctx.words("sponsors/dispute_form", party=found.party, form=form, private=True)
    found.sponsor.dispute = short(what, "dispute")
    return _said(ctx, found.party, did="disputed")


@router.command("sponsor settle", zh="赞助商 了结", also=("settle sponsor", "赞助商 解决", "赞助商了结"))
def settle(ctx: Context, meeting: MeetingNumber = 0, which: AnyUnit | None = None) -> Message:
    """Say that what was open with a sponsor is settled: sponsor settle P5"""
    found = account(ctx, meeting, which)
    may_change_contacts(ctx)
    if not found.sponsor.disputed:
        raise Refused("sponsors/no_dispute", party=found.party, buttons=[_show(ctx, found.party)])
    found.sponsor.dispute = ""
    return _said(ctx, found.party, did="settled")


@router.command("sponsor drop", zh="赞助商 删除", also=("drop sponsor", "删除赞助商", "赞助商 移除"))
def drop(ctx: Context, meeting: MeetingNumber = 0, which: AnyUnit | None = None) -> Message:
    """Take one off that is no sponsor after all, with what it was promised: sponsor drop P5"""
    found = account(ctx, meeting, which)
    may_change_contacts(ctx)
    contacts = parties.of_meeting(ctx.db, ctx.meeting.id, Capacity.SPONSOR_CONTACT)
    theirs = [person for person, _ in contacts if person.unit_id == found.party.id]
    _release(ctx, found.party, _contact(ctx, found.sponsor), *theirs)
    sponsors.remove(ctx.db, found.sponsor)
    parties.takes_no_part(ctx.db, ctx.meeting.id, found.party.id, Capacity.SPONSOR)
    letters = unsent.keep_back(ctx, found.party, ctx.words("sponsors/letter_reason").body)
    renew = f"thanks renew M{ctx.meeting.number}"
    offers = [
        *(Offer("renew", f"{renew} {ref}", facts={"letter": ref}) for ref in unsent.waiting(letters)),
        Offer("sponsors", f"sponsors M{ctx.meeting.number}"),
        Offer("undo", "undo"),
    ]
    facts = {"party": found.party, "count": len(found.benefits), "letters": letters}
    return ctx.words("sponsors/dropped", **facts, buttons=offers, tone="good")


def short(text: str, name: str) -> str:
    """In one line. Raises ``Refused`` for what is too long to be kept."""
    words = " ".join(text.split())
    if len(words) > LONGEST[name]:
        raise Refused("sponsors/long", name=name, most=LONGEST[name])
    return words


def _write(
    ctx: Context, row: Sponsor, party: Party, said: Mapping[str, str], *, again: str, whole: bool = False
) -> None:
    """What was told; of a ``whole`` form what was left empty is taken out. Raises ``Refused``, and nothing is kept."""
    if any(name in said for name in MONEY):
        allow(ctx, sees_money, ctx.meeting)
    for name, column in (("tier", "tier"), ("contract", "contract_no")):
        if name in said or whole:
            setattr(row, column, short(said.get(name, ""), column))
    for name in MONEY if not whole or may(ctx, sees_money, ctx.meeting) else ():
        if name in said or whole:
            setattr(row, name, _amount(ctx, said.get(name, "")))
    if "contact" in said or whole:
        before = _contact(ctx, row)
        row.addressee_id = _addressee(ctx, party, again, said) if "contact" in said else None
        if before and before.id != row.addressee_id:
            _release(ctx, party, before)


def _release(ctx: Context, party: Party, *contacts: Party | None) -> None:
    """They are no sponsor's contacts any more, now that they are not this one's; unless they are another's."""
    others = [one for one in sponsors.of_meeting(ctx.db, ctx.meeting.id) if one.party_id != party.id]
    units, named = {one.party_id for one in others}, {one.addressee_id for one in others}
    for one in filter(None, contacts):
        if one.unit_id not in units and one.id not in named:
            parties.takes_no_part(ctx.db, ctx.meeting.id, one.id, Capacity.SPONSOR_CONTACT)


def _addressee(ctx: Context, party: Party, again: str, said: Mapping[str, str]) -> int:
    """``again`` is the line up to the details, for who has to say which of several is meant."""
    who = person(ctx, said["contact"], party, lambda other: retold(again, {**said, "contact": other}))
    parties.takes(ctx.db, ctx.meeting.id, who.id, Capacity.SPONSOR_CONTACT)
    return who.id


def _amount(ctx: Context, text: str) -> Decimal | None:
    """None for nothing. Raises ``Refused`` for what is no amount, and in another currency than the meeting's."""
    if not text.strip():
        return None
    found = amount(text)
    if found is None:
        raise Refused("sponsors/amount", text=text)
    if not found.may_be(ctx.meeting.currency):
        raise Refused("sponsors/currency", text=text, currency=ctx.meeting.currency, number=ctx.meeting.number)
    return found.number


def _said(ctx: Context, party: Party, *, did: str) -> Message:
    """How the sponsor stands now, and what comes next."""
    ctx.db.flush()
    now = next(one for one in accounts(ctx) if one.party.id == party.id)
    line = here(ctx, party)
    return ctx.words(
        "sponsors/sponsor",
        did=did,
        party=party,
        sponsor=now.sponsor,
        contact=_contact(ctx, now.sponsor),
        tally=now.tally,
        buttons=[
            *_draft(ctx, did),
            Offer("benefit_add", f"sponsor benefit {line}", primary=not now.benefits),
            _show(ctx, party),
            Offer("undo", "undo"),
        ],
        tone="good",
    )


def _contact(ctx: Context, row: Sponsor) -> Party | None:
    return parties.some(ctx.db, [row.addressee_id])[row.addressee_id] if row.addressee_id else None


def _show(ctx: Context, party: Party) -> Offer:
    return Offer("show", f"sponsor show {here(ctx, party)}")


def _edit(ctx: Context, party: Party) -> Offer:
    return Offer("edit", f"sponsor edit {here(ctx, party)}")


def _form(ctx: Context, found: Account | None) -> Message:
    """The same fields for a new sponsor and for one that is there; amounts for those who may see them."""
    row = found.sponsor if found else None
    money = may(ctx, sees_money, ctx.meeting)
    contact = _contact(ctx, row) if row else None
    asks = [
        *([] if found else [Question("name", required=True)]),
        Question("tier", value=row.tier if row else ""),
        Question("contract", value=row.contract_no if row else ""),
        *(Question(name, value=written(getattr(row, name)) if row else "") for name in (MONEY if money else ())),
        Question("contact", value=contact.ref if contact else ""),
        *([Question("seen", "hidden", str(row.version))] if row else []),
    ]
    line = f"sponsor edit {here(ctx, found.party)}" if found else f"sponsor add M{ctx.meeting.number}"
    party = found.party if found else None
    return ctx.words("sponsors/form", party=party, form=Questions(line, asks), private=True)


def _draft(ctx: Context, did: str) -> list[Offer]:
    """Once it is settled, the letter is written."""
    line = f"thanks draft M{ctx.meeting.number} sponsors"
    return [Offer("draft", line, primary=True)] if did == "settled" else []
