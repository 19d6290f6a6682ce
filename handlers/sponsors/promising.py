"""What a sponsor was promised, line by line: written down, put right, taken out."""

from __future__ import annotations

from handlers.context import Context
from handlers.grammar import MeetingNumber, Text
from handlers.known import AnyUnit, here
from handlers.permissions import may_change_contacts
from handlers.refused import Refused
from handlers.router import Router
from handlers.sponsors.desk import Account, account, ref
from handlers.sponsors.quantities import LONGEST_UNIT, Promise, promise, quantity, written
from handlers.sponsors.rules import repromised, standing
from handlers.sponsors.telling import set_standing, shown
from messages import Message, Offer, Question, Questions
from storage import sponsors
from storage.sponsors import Benefit

router = Router("sponsors")

LONGEST_TEXT = 300
MOST = 2000
"""Benefits of one meeting: a hundred sponsors with twenty each."""
FIELDS = frozenset({"text", "promised", "unit"})


@router.command("sponsor benefit", zh="赞助商 权益", also=("add benefit", "benefit add", "权益 新增", "新增权益"))
def add(ctx: Context, meeting: MeetingNumber = 0, which: AnyUnit | None = None, text: Text = "") -> Message:
    """Note what a sponsor was promised, how many of what: sponsor benefit P5 Logo on backdrop x2 prints"""
    return added(ctx, account(ctx, meeting, which), text)


def added(ctx: Context, found: Account, text: str) -> Message:
    """A new line in what the sponsor was promised; a form where nobody said which."""
    may_change_contacts(ctx)
    said = _by_form(ctx) if FIELDS & ctx.fields.keys() else promise(text)
    if not said.text:
        line = f"sponsor benefit {here(ctx, found.party)}"
        return ctx.words("sponsors/promise_form", party=found.party, benefit=None, form=_form(line, None), private=True)
    number = sponsors.next_number(ctx.db, ctx.meeting.id)
    if number > MOST:
        raise Refused("sponsors/many", most=MOST)
    row = Benefit(meeting_id=ctx.meeting.id, sponsor_id=found.sponsor.id, number=number)
    _write(row, said)
    ctx.db.add(row)
    return shown(ctx, row, found, did="added")


def edited(ctx: Context, row: Benefit, found: Account, words: str) -> Message:
    """The words, the quantity and the unit put right; what was delivered is then looked at anew."""
    if not (FIELDS & ctx.fields.keys() or words):
        form = _form(f"benefit {ref(ctx, row)} edit", row)
        return ctx.words("sponsors/promise_form", party=found.party, benefit=row, form=form, private=True)
    if ctx.fields.get("seen", str(row.version)) != str(row.version):
        raise Refused("sponsors/benefit_changed", benefit=row, buttons=[Offer("edit", f"benefit {ref(ctx, row)} edit")])
    _write(row, _by_form(ctx) if FIELDS & ctx.fields.keys() else promise(words))
    set_standing(ctx, row, repromised(standing(row), row.promised))
    return shown(ctx, row, found, did="edited")


def dropped(ctx: Context, row: Benefit, found: Account) -> Message:
    """It was promised to nobody."""
    sponsors.disprove(ctx.db, row, found.proofs(row))
    ctx.db.delete(row)
    ctx.db.flush()
    offers = [Offer("show", f"sponsor show {here(ctx, found.party)}"), Offer("undo", "undo")]
    return ctx.words("sponsors/benefit_dropped", benefit=row, party=found.party, buttons=offers, tone="good")


def _write(row: Benefit, said: Promise) -> None:
    """Raises ``Refused`` for what is too long to be kept, and for no words at all."""
    if not said.text or len(said.text) > LONGEST_TEXT:
        raise Refused("sponsors/long", name="text", most=LONGEST_TEXT)
    row.text, row.promised, row.unit = said.text, said.quantity, said.unit


def _by_form(ctx: Context) -> Promise:
    text, number, unit = (ctx.fields.get(name, "").strip() for name in ("text", "promised", "unit"))
    found = quantity(number) if number else None
    if number and not found:
        raise Refused("sponsors/quantity", text=number)
    return Promise(" ".join(text.split()), found, unit[:LONGEST_UNIT])


def _form(line: str, row: Benefit | None) -> Questions:
    asks = [
        Question("text", value=row.text if row else "", required=True),
        Question("promised", value=written(row.promised) if row else ""),
        Question("unit", value=row.unit if row else ""),
        *([Question("seen", "hidden", str(row.version))] if row else []),
    ]
    return Questions(line, asks)
