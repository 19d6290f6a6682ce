"""Partners are added and put right; what is not settled with one is said, and that it is."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from handlers import unsent
from handlers.context import Context
from handlers.grammar import MeetingNumber, Text
from handlers.known import AnyUnit, here
from handlers.newcomers import person, retold, unit
from handlers.partners.desk import Ally, allies, ally
from handlers.partners.naming import PartnerDetails, kind_of
from handlers.partners.rules import gaps
from handlers.permissions import may_change_contacts
from handlers.refused import Refused
from handlers.router import Router
from messages import Message, Offer, Question, Questions
from storage import parties, partners
from storage.parties import Capacity, Party
from storage.partners import Partner, PartnerKind

router = Router("partners")

LONGEST = {"service": 200, "good": 300, "dispute": 300}


@router.command(
    "partner add", zh="合作伙伴 新增", also=("add partner", "新增合作伙伴", "添加合作伙伴", "合作伙伴 添加")
)
def add(ctx: Context, meeting: MeetingNumber = 0, told: PartnerDetails | None = None) -> Message:
    """Note a partner: partner add Grand Hotel kind: venue service: halls good: cleared the hall by midnight"""
    ctx.meeting_number(meeting or None)
    may_change_contacts(ctx)
    said = dict(told or {})
    name = said.pop("name", "") or said.pop("", "")
    said.pop("", "")
    if not name:
        return _form(ctx, None)
    start = f"partner add M{ctx.meeting.number}"
    kind = _kind(said.pop("kind", ""), lambda one: retold(f"{start} {name}", {"kind": one, **said}))
    party = unit(ctx, name, lambda other: retold(f"{start} {other}", {"kind": kind, **said}))
    if partners.of_party(ctx.db, ctx.meeting.id, party.id) is not None:
        raise Refused("partners/known", party=party, buttons=[_show(ctx, party), _edit(ctx, party)])
    row = Partner(meeting_id=ctx.meeting.id, party_id=party.id, kind=kind)
    _write(ctx, row, party, said, again=retold(f"{start} {name}", {"kind": kind}))
    ctx.db.add(row)
    return _said(ctx, party, did="added")


@router.command(
    "partner edit", zh="合作伙伴 修改", also=("edit partner", "修改合作伙伴", "编辑合作伙伴", "合作伙伴 编辑")
)
def edit(
    ctx: Context, meeting: MeetingNumber = 0, which: AnyUnit | None = None, told: PartnerDetails | None = None
) -> Message:
    """Put a partner's kind, service, good point or contact right: partner edit P9 good: reset the stage in an hour"""
    found = ally(ctx, meeting, which)
    may_change_contacts(ctx)
    row, said = found.partner, dict(told or {})
    if rest := said.pop("", ""):
        raise Refused("partners/which_field", text=rest, buttons=[_edit(ctx, found.party)])
    if not said:
        return _form(ctx, found)
    seen = {"seen": said.pop("seen")} if "seen" in said else {}
    if seen.get("seen", str(row.version)) != str(row.version):
        raise Refused("partners/changed", party=found.party, buttons=[_edit(ctx, found.party)])
    again = retold(f"partner edit {here(ctx, found.party)}", seen)
    said.pop("name", "")
    if "kind" in said:
        row.kind = _kind(said.pop("kind"), lambda one: retold(again, {"kind": one, **said}))
        again = retold(again, {"kind": row.kind})
    _write(ctx, row, found.party, said, again=again, whole=bool(seen))
    return _said(ctx, found.party, did="edited")


@router.command("partner dispute", zh="合作伙伴 争议", also=("dispute partner", "合作伙伴争议", "合作伙伴 纠纷"))
def dispute(ctx: Context, meeting: MeetingNumber = 0, which: AnyUnit | None = None, what: Text = "") -> Message:
    """Say what is not settled with a partner; its letter waits: partner dispute P9 the deposit is not back"""
    found = ally(ctx, meeting, which)
    may_change_contacts(ctx)
    if not what.strip():
        form = Questions(f"partner dispute {here(ctx, found.party)}", [Question("what", "long", required=True)])
        return ctx.words("partners/dispute_form", party=found.party, form=form, private=True)
    found.partner.dispute, found.partner.settled_at = _short(what, "dispute"), None
    return _said(ctx, found.party, did="disputed")


@router.command("partner settle", zh="合作伙伴 了结", also=("settle partner", "合作伙伴 解决", "合作伙伴了结"))
def settle(ctx: Context, meeting: MeetingNumber = 0, which: AnyUnit | None = None) -> Message:
    """Say that it is settled, or that a letter may go all the same: partner settle P9"""
    found = ally(ctx, meeting, which)
    may_change_contacts(ctx)
    if not found.partner.disputed:
        raise Refused("partners/no_dispute", party=found.party, buttons=[_show(ctx, found.party)])
    found.partner.settled_at = ctx.now
    return _said(ctx, found.party, did="settled")


@router.command("partner drop", zh="合作伙伴 删除", also=("drop partner", "删除合作伙伴", "合作伙伴 移除"))
def drop(ctx: Context, meeting: MeetingNumber = 0, which: AnyUnit | None = None) -> Message:
    """Take one off that is no partner after all: partner drop P9"""
    found = ally(ctx, meeting, which)
    may_change_contacts(ctx)
    ctx.db.delete(found.partner)
    for capacity in (Capacity.PARTNER, Capacity.MEDIA):
        parties.takes_no_part(ctx.db, ctx.meeting.id, found.party.id, capacity)
    letters = unsent.keep_back(ctx, found.party, ctx.words("partners/letter_reason").body)
    renew = f"thanks renew M{ctx.meeting.number}"
    offers = [
        *(Offer("renew", f"{renew} {ref}", facts={"letter": ref}) for ref in unsent.waiting(letters)),
        Offer("partners", f"partners M{ctx.meeting.number}"),
        Offer("undo", "undo"),
    ]
    return ctx.words("partners/dropped", party=found.party, letters=letters, buttons=offers, tone="good")


def _kind(text: str, line: Callable[[str], str]) -> PartnerKind:
    """Raises ``Refused`` for a word that is no kind, and for none, with a button for each."""
    found = kind_of(text)
    if found is None:
        offers = [Offer("kind", line(kind), facts={"kind": kind}) for kind in PartnerKind]
        raise Refused("partners/which_kind", text=text, buttons=offers)
    return found


def _short(text: str, name: str) -> str:
    """In one line. Raises ``Refused`` for what is too long to be kept."""
    words = " ".join(text.split())
    if len(words) > LONGEST[name]:
        raise Refused("partners/long", name=name, most=LONGEST[name])
    return words


def _write(
    ctx: Context, row: Partner, party: Party, said: Mapping[str, str], *, again: str, whole: bool = False
) -> None:
    """What was told; of a ``whole`` form what was left empty is taken out. Raises ``Refused``, and nothing is kept."""
    for name in ("service", "good"):
        if name in said or whole:
            setattr(row, name, _short(said.get(name, ""), name))
    if "contact" in said:
        line = {name: value for name, value in said.items() if name != "contact"}
        who = person(ctx, said["contact"], party, lambda other: retold(again, {**line, "contact": other}))
        row.addressee_id = who.id
    elif whole:
        row.addressee_id = None
    now, then = Capacity.MEDIA, Capacity.PARTNER
    if row.kind != PartnerKind.MEDIA:
        now, then = then, now
    parties.takes(ctx.db, ctx.meeting.id, party.id, now)
    parties.takes_no_part(ctx.db, ctx.meeting.id, party.id, then)


def _said(ctx: Context, party: Party, *, did: str) -> Message:
    """How the partner stands now, and what comes next."""
    ctx.db.flush()
    now = next(one for one in allies(ctx) if one.party.id == party.id)
    return ctx.words(
        "partners/partner",
        did=did,
        party=party,
        partner=now.partner,
        contact=now.contact,
        gaps=gaps(now.partner),
        buttons=[*_draft(ctx, did), _edit(ctx, party), _show(ctx, party), Offer("undo", "undo")],
        tone="good",
    )


def _show(ctx: Context, party: Party) -> Offer:
    return Offer("show", f"partner show {here(ctx, party)}")


def _edit(ctx: Context, party: Party) -> Offer:
    return Offer("edit", f"partner edit {here(ctx, party)}")


def _form(ctx: Context, found: Ally | None) -> Message:
    """The same fields for a new partner and for one that is there."""
    row = found.partner if found else None
    kinds: list[tuple[str, object]] = [(kind, kind) for kind in PartnerKind]
    asks = [
        *([] if found else [Question("name", required=True)]),
        Question("kind", "choice", row.kind if row else PartnerKind.VENUE, choices=kinds),
        Question("service", value=row.service if row else ""),
        Question("good", "long", row.good if row else ""),
        Question("contact", value=found.contact.ref if found and found.contact else ""),
        *([Question("seen", "hidden", str(row.version))] if row else []),
    ]
    line = f"partner edit {here(ctx, found.party)}" if found else f"partner add M{ctx.meeting.number}"
    party = found.party if found else None
    return ctx.words("partners/form", party=party, form=Questions(line, asks), private=True)


def _draft(ctx: Context, did: str) -> list[Offer]:
    """Once it is settled, the letter is written."""
    line = f"thanks draft M{ctx.meeting.number} partners"
    return [Offer("draft", line, primary=True)] if did == "settled" else []
