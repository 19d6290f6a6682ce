"""A letter is approved as it was read, rejected, skipped, released from what keeps it back, or written anew."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from handlers.context import Context
from handlers.grammar import MeetingNumber, Text
from handlers.permissions import allow, keeps_contacts
from handlers.refused import Refused
from handlers.router import Router
from handlers.thanks import book as books
from handlers.thanks.naming import LetterNumber, Seen, WhyWord
from handlers.thanks.permits import allow_signing
from handlers.thanks.reading import SEEN, chosen, next_one, party_of, ref, said, worded
from handlers.thanks.rules import Due, carried_on, difference, kept_back, lines
from handlers.thanks.writing import (
    Written,
    because,
    differs,
    judge,
    keep_before,
    letters_due,
    renew,
    write,
)
from messages import Message, Offer, Question, Questions
from storage.letters import GONE, Audience, Letter, LetterState, withdraw_approval

router = Router("thanks")

LONGEST_REASON = 300


@router.command("thanks approve", zh="致谢 批准", also=("approve letter", "批准致谢", "致谢批准"))
def approve(ctx: Context, meeting: MeetingNumber = 0, which: LetterNumber = 0, seen: Seen = "") -> Message:
    """Approve a letter as you have just read it: thanks approve L12"""
    letter = _to_settle(ctx, meeting, which)
    if letter.state not in {LetterState.DRAFT, LetterState.APPROVED}:
        raise Refused(f"thanks/{_why_not(letter)}", **_facts(ctx, letter))
    again = _true_now(ctx, letter)
    if again is not None:
        return again
    if letter.state == LetterState.APPROVED:
        return said(ctx, letter, told="approved_before")
    if seen != letter.digest[:SEEN]:
        return said(ctx, letter, changes=_since(letter, seen), told="read_first" if not seen else "seen_before")
    sign(ctx, letter)
    ctx.db.flush()
    return next_one(ctx, letter.audience, done=letter)


def sign(ctx: Context, letter: Letter) -> None:
    """The text as it stands may go out."""
    letter.state, letter.reason = LetterState.APPROVED, ""
    letter.approved_by, letter.approved_at, letter.approved_digest = ctx.person.id, ctx.now, letter.digest


@router.command("thanks reject", zh="致谢 退回", also=("reject letter", "退回致谢", "致谢退回"))
def reject(ctx: Context, meeting: MeetingNumber = 0, which: LetterNumber = 0, reason: Text = "") -> Message:
    """Send a letter back to whoever drafts, and say why: thanks reject L12 the title is wrong"""
    return _put_aside(ctx, _to_settle(ctx, meeting, which), LetterState.REJECTED, "reject", reason)


@router.command("thanks skip", zh="致谢 跳过", also=("skip letter", "跳过致谢", "致谢跳过"))
def skip(ctx: Context, meeting: MeetingNumber = 0, which: LetterNumber = 0, reason: Text = "") -> Message:
    """Say that a letter is not to be written, and why: thanks skip L12 thanked in person"""
    return _put_aside(ctx, _to_settle(ctx, meeting, which), LetterState.SKIPPED, "skip", reason)


def _put_aside(ctx: Context, letter: Letter, state: LetterState, verb: str, reason: str) -> Message:
    if not reason.strip():
        form = Questions(f"thanks {verb} {ref(ctx, letter)}", [Question("reason", required=True)])
        return ctx.words(
            "thanks/reason_form", letter=letter, party=party_of(ctx, letter), verb=verb, form=form, private=True
        )
    letter.state, letter.reason = state, _short(reason)
    withdraw_approval(letter)
    ctx.db.flush()
    return next_one(ctx, letter.audience, done=letter)


def _short(reason: str) -> str:
    """Raises ``Refused`` for a reason that is a story."""
    words = " ".join(reason.split())
    if len(words) > LONGEST_REASON:
        raise Refused("thanks/long_reason", most=LONGEST_REASON)
    return words


@router.command("thanks release", zh="致谢 放行", also=("release letter", "放行致谢", "致谢放行"))
def release(
    ctx: Context, meeting: MeetingNumber = 0, which: LetterNumber = 0, why: WhyWord = "", reason: Text = ""
) -> Message:
    """Let a letter go although something is missing, and say why: thanks release L12 photo none was taken"""
    letter = _to_settle(ctx, meeting, which)
    held = [one for one in kept_back(letter.blocked) if one["why"] == why]
    if not held:
        reasons = [worded(ctx, letter, one) for one in kept_back(letter.blocked)]
        raise Refused("thanks/not_held", reasons=reasons, **_facts(ctx, letter))
    if not reason.strip():
        form = Questions(f"thanks release {ref(ctx, letter)} {why}", [Question("reason", required=True)])
        facts: dict[str, Any] = {"letter": letter, "party": party_of(ctx, letter), "verb": "release"}
        return ctx.words("thanks/reason_form", **facts, form=form, private=True)
    waived = {"by": ctx.person.id, "at": ctx.now.isoformat(), "reason": _short(reason)}
    _waive(letter, why, waived)
    ctx.db.flush()
    return said(ctx, letter, told="released")


def _waive(letter: Letter, why: str, waived: Mapping[str, Any]) -> None:
    letter.blocked = [
        {**one, "waived": waived} if one["why"] == why and not one.get("waived") else one for one in letter.blocked
    ]
    if not kept_back(letter.blocked):
        letter.state = LetterState.DRAFT


@router.command("thanks renew", zh="致谢 更新", also=("renew letter", "更新致谢", "致谢更新"))
def again(ctx: Context, meeting: MeetingNumber = 0, which: LetterNumber = 0) -> Message:
    """Write one letter anew with what is known now; what was changed by hand goes: thanks renew L12"""
    letter = chosen(ctx, meeting, which)
    ctx.must_run()
    allow(ctx, keeps_contacts, ctx.meeting)
    if letter.state in GONE:
        raise Refused("thanks/gone", **_facts(ctx, letter))
    one, fresh = _fresh(ctx, letter, today=True)
    before = lines(letter.content)
    renew(letter, fresh, one, ctx)
    ctx.db.flush()
    return said(ctx, letter, changes=difference(before, lines(letter.content)), told="renewed")


# --- as things stand now


def _to_settle(ctx: Context, meeting: int, which: int) -> Letter:
    """Raises ``Refused`` for who may not, and for what is already on its way."""
    letter = chosen(ctx, meeting, which)
    ctx.must_run()
    allow_signing(ctx, Audience(letter.audience))
    if letter.state in GONE:
        raise Refused("thanks/gone", **_facts(ctx, letter))
    return letter


def _true_now(ctx: Context, letter: Letter) -> Message | None:
    """None where it still says what is true; else it is renewed, and asks again with what changed."""
    one, fresh = _fresh(ctx, letter)
    changes, why = differs(letter, fresh), because(letter, fresh)
    if not changes and not kept_back(carried_on(fresh.reasons, letter.blocked)):
        return None
    if letter.edited:
        keep_before(letter, fresh.facts)
    elif changes:
        renew(letter, _fresh(ctx, letter, today=True)[1], one, ctx)
    judge(letter, fresh.reasons)
    withdraw_approval(letter)
    ctx.db.flush()
    return said(ctx, letter, changes=changes, told=f"asks_again_{why}")


def _fresh(ctx: Context, letter: Letter, *, today: bool = False) -> tuple[Due, Written]:
    """The letter as it would be written now. Raises ``Refused`` where it no longer would be."""
    book = books.load(ctx)
    one = letters_due(book).get(party_of(ctx, letter).id)
    if one is None:
        raise Refused("thanks/nobody_now", **_facts(ctx, letter))
    day = ctx.local_now if today else letter.at.astimezone(ctx.meeting_zone)
    return one, write(book, one, day.date())


def _since(letter: Letter, seen: str) -> list[tuple[str, str]]:
    """What has changed since the text whose digest begins so, if that was the one before."""
    before = letter.facts.get("before")
    if not seen or not before or before["digest"][:SEEN] != seen:
        return []
    return difference(before["lines"], lines(letter.content))


def _why_not(letter: Letter) -> str:
    return {LetterState.BLOCKED: "held", LetterState.REJECTED: "rejected", LetterState.SKIPPED: "skipped"}[letter.state]


def _facts(ctx: Context, letter: Letter) -> dict[str, Any]:
    return {
        "letter": letter,
        "party": party_of(ctx, letter),
        "buttons": [Offer("show_letter", f"thanks show {ref(ctx, letter)}")],
    }
