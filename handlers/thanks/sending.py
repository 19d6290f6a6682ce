"""Approved letters leave: first it is said which goes by what way and which stays, then all that was said is done."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from typing import TYPE_CHECKING

import messages
from handlers.cleaning.masking import masked
from handlers.context import Context
from handlers.grammar import MeetingNumber
from handlers.permissions import allow, keeps_contacts
from handlers.refused import Refused
from handlers.router import Router
from handlers.stored import attached, made
from handlers.thanks import book as books
from handlers.thanks import reaching
from handlers.thanks.certifying import stored_with, with_letter
from handlers.thanks.going import Going, Stays, seen, way
from handlers.thanks.naming import EVERYBODY, AudienceOrAll, Seen
from handlers.thanks.proving import finishing
from handlers.thanks.reaching import Reader
from handlers.thanks.reading import ref
from handlers.thanks.rules import Due, Why
from handlers.thanks.saying import ByWay, Confirm, LetterNumbers
from handlers.thanks.writing import letters_due, stale
from messages import Entry, Message, Offer
from messages.message import Table
from messages.papers import Grid, Paper, certificate
from messages.papers.text import blocks
from storage import deliveries, files, letters, meetings, outbox
from storage.letters import BULK, Audience, Letter, LetterState, Way
from storage.outbox import Promise

if TYPE_CHECKING:
    from handlers.thanks.book import Book
    from storage.journal import Change

router = Router("thanks")

MOST_AT_ONCE, MOST_SHOWN = 60, 10
LANE = "mail"
"""One for all letters by mail, as there is one mail server to be patient with."""


@dataclass(frozen=True)
class Plan:
    """``stays``: letters that do not go, with the reason. ``wished``: the way that was asked for, if any."""

    goes: list[tuple[Letter, Reader, Going]]
    stays: list[tuple[Letter, Reader, Stays]]

    def by(self, wanted: Way) -> list[tuple[Letter, Reader, Going]]:
        return [one for one in self.goes if one[2].way == wanted]

    @property
    def leaves(self) -> list[tuple[Letter, Reader, Going]]:
        """Those that are not to be printed."""
        return [one for one in self.goes if one[2].way != Way.PRINT]

    @property
    def seen(self) -> str:
        return seen(going for _, _, going in self.goes)


@router.command("thanks send", zh="致谢 发送", also=("send thanks", "发送感谢信", "致谢发送"))
def send(
    ctx: Context,
    meeting: MeetingNumber = 0,
    audience: AudienceOrAll = "",
    *,
    numbers: LetterNumbers = (),
    by: ByWay = "",
    confirm: Confirm = "",
    plan: Seen = "",
) -> Message:
    """Send approved letters, after a look at which goes where: thanks send speakers · thanks send L12 by mail"""
    ctx.meeting_number(meeting or None)
    allow(ctx, keeps_contacts, ctx.meeting)
    ctx.must_run()
    found = plan_of(ctx, _chosen(ctx, audience, numbers), Way(by) if by else None)
    line = _line(ctx, audience, numbers, by)
    if not (confirm and plan == found.seen and found.leaves):
        return _preview(ctx, found, line, again=bool(confirm))
    if len(found.leaves) > MOST_AT_ONCE and not ctx.promised:
        line = f"{line} confirm {found.seen}"
        ctx.later(line, key=f"send:{ctx.meeting.id}:{found.seen}:{ctx.now:%Y-%m-%dT%H:%M}")
        return ctx.words("sending/begun", count=len(found.leaves))
    return _sent(ctx, found)


def _line(ctx: Context, audience: str, numbers: Sequence[int], by: str) -> str:
    named = " ".join(f"L{number}" for number in numbers)
    return " ".join(filter(None, (f"thanks send M{ctx.meeting.number}", audience, named, by)))


def _chosen(ctx: Context, audience: str, numbers: Sequence[int]) -> list[Letter]:
    """The letters that were named, or all approved ones. Raises ``Refused`` for none, and for one that may not go."""
    if numbers:
        return [_approved(ctx, number) for number in numbers]
    wanted = () if audience in {"", EVERYBODY} else (Audience(audience),)
    every = letters.of_meeting(ctx.db, ctx.meeting.id, *wanted)
    found = [letter for letter in every if letter.state == LetterState.APPROVED]
    if not found:
        states = Counter(str(letter.state) for letter in every)
        offers = [Offer("next", f"thanks next M{ctx.meeting.number}", primary=True)] if states["draft"] else []
        raise Refused("sending/none", audience=audience, states=states, count=len(every), buttons=offers)
    return found


def _approved(ctx: Context, number: int) -> Letter:
    letter = letters.by_number(ctx.db, ctx.meeting.id, number)
    if letter is None:
        raise Refused("sending/unknown", number=number, buttons=[Offer("thanks", "thanks")])
    if letter.state != LetterState.APPROVED:
        show = Offer("show", f"thanks show {ref(ctx, letter)}")
        raise Refused("sending/not_approved", letter=letter, buttons=[show])
    return letter


def plan_of(ctx: Context, found: Sequence[Letter], wished: Way | None = None) -> Plan:
    """Which way each letter goes, or why it stays."""
    plan, known, book = Plan([], []), reaching.readers(ctx, found), books.load(ctx)
    dues = letters_due(book)
    for letter in found:
        reader = known[letter.id]
        where = _untrue(ctx, letter, reader, book, dues) or _way(ctx, letter, reader, wished)
        if isinstance(where, Stays):
            plan.stays.append((letter, reader, where))
        else:
            plan.goes.append((letter, reader, Going(letter.number, letter.digest, where, _to(reader, where))))
    return plan


def _untrue(ctx: Context, letter: Letter, reader: Reader, book: Book, dues: Mapping[int, Due]) -> Stays | None:
    """None where it says what is true, and nothing new keeps it back."""
    found = stale(ctx, letter, book, dues)
    if letter.approved_digest != letter.digest or (found is not None and (found.changes or found.gone)):
        return Stays.CHANGED
    held = {one["why"] for one in found.reasons} - {Why.OPTED_OUT} if found is not None else set()
    if held == {Why.UNREACHABLE}:
        return Stays.SUPPRESSED if reader.reached.suppressed else Stays.NOWHERE
    return Stays.HELD if held else None


def _way(ctx: Context, letter: Letter, reader: Reader, wished: Way | None) -> Way | Stays:
    sealed = bool(letter.content.get("seal"))
    return way(reader.reached, sealed=sealed, bulk=letter.audience in BULK, mail="email" in ctx.pace, wished=wished)


def _to(reader: Reader, where: Way) -> str:
    if where == Way.MAIL:
        return reader.reached.emails[0]
    return f"{reader.room.platform}:{reader.room.id}" if where == Way.CHAT and reader.room else ""


def _preview(ctx: Context, plan: Plan, line: str, *, again: bool) -> Message:
    """Nothing has left yet. ``again``: what was confirmed has changed since."""
    counts = {one: len(plan.by(one)) for one in Way}
    every: list[tuple[Letter, Reader, Going | Stays]] = [*plan.stays, *plan.goes]
    shown = every[:MOST_SHOWN]
    offers = [Offer("confirm", f"{line} confirm {plan.seen}", primary=True, facts={"count": len(plan.leaves)})]
    paper = [Offer("print", line.replace("thanks send", "thanks print").removesuffix(" print"))]
    return ctx.words(
        "sending/preview",
        meeting=ctx.meeting,
        counts=counts,
        stays=len(plan.stays),
        mail="email" in ctx.pace,
        again=again,
        left_out=len(every) - len(shown),
        rows=[_entry(letter, reader, what) for letter, reader, what in shown],
        buttons=[*(offers if plan.leaves else []), *(paper if counts[Way.PRINT] else [])],
        tone="ask" if plan.leaves else "plain",
    )


def _entry(letter: Letter, reader: Reader, what: Going | Stays) -> Entry:
    where, why = ("", what) if isinstance(what, Stays) else (what.way, "")
    to = masked("email", what.to) if isinstance(what, Going) and what.way == Way.MAIL else ""
    opted = reader.addressee if reader.addressee and reader.addressee.opted_out_at else reader.party
    facts = {"letter": letter, "party": reader.party, "way": where, "to": to, "why": why, "opted": opted}
    return Entry({**facts, "person": reader.addressee or reader.party})


def _sent(ctx: Context, plan: Plan) -> Message:
    for letter, reader, going in plan.leaves:
        letter.state, letter.way, letter.address = LetterState.SENT, going.way, going.to
        letter.key, letter.sent_at = _free_key(ctx, letter), None
        if going.way == Way.MAIL:
            _mail(ctx, letter)
        elif reader.room is not None:
            ctx.promise(letter.key, reader.room, _spoken(ctx, letter), recheck="letter")
    ctx.db.flush()
    counts = {one: len(plan.by(one)) for one in Way}
    number = f"M{ctx.meeting.number}"
    return ctx.words(
        "sending/sent",
        counts=counts,
        stays=len(plan.stays),
        buttons=[
            *finishing(ctx),
            *([Offer("print", f"thanks print {number}")] if counts[Way.PRINT] else []),
            Offer("thanks", f"thanks {number}"),
            Offer("undo", "undo"),
        ],
        tone="good",
    )


def _free_key(ctx: Context, letter: Letter) -> str:
    keys = (deliveries.key(letter.id, attempt) for attempt in count(1))
    return next(key for key in keys if outbox.promised(ctx.db, key) is None)


def _mail(ctx: Context, letter: Letter) -> None:
    """Its body is not words, but what platform ``email`` reads."""
    message = Message(name="letter", locale=letter.locale, title=letter.ref, body=json.dumps({"letter": letter.id}))
    outbox.promise(
        ctx.db,
        letter.key,
        lane_key=LANE,
        platform="email",
        interval_ms=ctx.pace["email"],
        payload=message.kept(),
        now_ms=int(ctx.now.timestamp() * 1000),
        room_id=ctx.room.id,
        recheck="letter",
    )


def _spoken(ctx: Context, letter: Letter) -> Message:
    """The letter in its reader's own conversation, in the letter's language."""
    paper = Paper.model_validate(letter.content)
    words = paper.model_copy(update={"paragraphs": tuple(one for one in paper.paragraphs if isinstance(one, str))})
    grid = next((one for one in paper.paragraphs if isinstance(one, Grid)), None)
    enclosed = files.some(ctx.db, stored_with(letter.facts))
    drawn = [
        made(ctx, name.removesuffix(".pdf"), "pdf", [certificate.draw([one])], "application/pdf", personal=True)
        for name, one in with_letter(letter.facts)
    ]
    said = messages.write(
        "sending/letter",
        letter.locale,
        zone=ctx.zone.key,
        now=ctx.now,
        subject=paper.subject,
        blocks=blocks(words),
        files=[attached(file) for file in (*enclosed.values(), *drawn)],
        private=True,
    )
    table = Table(columns=grid.columns, rows=grid.rows, numbers=grid.numbers) if grid else None
    return said.model_copy(update={"table": table})


@router.recheck("letter")
def still_wanted(ctx: Context, key: str, message: Message) -> Message | None:
    """Just before sending: the letter is still the one that was approved, and its reader still wants it."""
    letter = deliveries.letter_of(ctx.db, ctx.workspace.id, key)
    if letter is None or letter.key != key or letter.state not in {LetterState.SENT, LetterState.APPROVED}:
        return None
    ctx.subject = meetings.get(ctx.db, letter.meeting_id)  # whom a unit's letter reaches is told by its meeting
    reached = reaching.readers(ctx, [letter])[letter.id].reached
    refused = letter.way == Way.MAIL and letter.address in letters.suppressed(ctx.db, ctx.workspace.id)
    if letter.approved_digest != letter.digest or reached.opted_out or refused:
        letter.state, letter.key, letter.way = LetterState.APPROVED, "", None
        return None
    letter.state = LetterState.SENT  # somebody may have had what was given up tried again
    return message


@router.after_undo
def keep_what_left(ctx: Context, changes: Sequence[Change]) -> None:
    """An undo stops letters that still wait; one that has left stays sent, whatever its row said before."""
    for change in changes:
        key = (change.after or {}).get("key") if change.table == "letter" else ""
        found = outbox.promised(ctx.db, key) if key else None
        letter = ctx.db.get(Letter, change.id) if found and found[1] in {Promise.SENDING, Promise.SENT} else None
        if letter is not None and change.after is not None:
            letter.state, letter.key = LetterState.SENT, change.after["key"]
            letter.way, letter.address = Way(change.after["way"]), change.after.get("address", letter.address)
