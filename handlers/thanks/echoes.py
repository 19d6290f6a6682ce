"""What is known of a letter after it went: posted, sealed, answered, returned."""

from __future__ import annotations

from typing import TYPE_CHECKING

from handlers import stored
from handlers.context import Context
from handlers.custody import to_read
from handlers.grammar import Files, MeetingNumber, Text
from handlers.permissions import allow, holds_in_any, keeps_contacts, may
from handlers.refused import Refused
from handlers.router import Router
from handlers.thanks.naming import LetterNumber
from handlers.thanks.proving import finishing
from handlers.thanks.reaching import current
from handlers.thanks.reading import ref
from handlers.thanks.returned import LARGEST, Returned, read, stray
from handlers.thanks.saying import LetterNumbers
from messages import Entry, Message, Offer
from storage import deliveries, letters, meetings, parties
from storage.letters import Echo, EchoKind, Letter, LetterState, Suppression, Way

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from storage.base import Session
    from storage.files import File
    from storage.meetings import Meeting

router = Router("thanks")

MOST_RETURNED, MOST_SHOWN, MOST_OFFERED = 200, 10, 3
LONGEST_TRACKING, LONGEST_REASON = 100, 300
ON_PAPER = frozenset({LetterState.APPROVED, LetterState.PRINTED, LetterState.POSTED})
LEFT = frozenset({LetterState.SENT, LetterState.POSTED})
"""Of these somebody can answer, and these can come back."""


def _letter(ctx: Context, meeting: int, number: int) -> Letter:
    """Raises ``Refused`` for who may not, and for a letter that is not there."""
    ctx.meeting_number(meeting or None)
    allow(ctx, keeps_contacts, ctx.meeting)
    ctx.must_run()
    found = letters.by_number(ctx.db, ctx.meeting.id, number)
    if found is None:
        raise Refused("sending/unknown", number=number, buttons=[Offer("thanks", "thanks")])
    return found


@router.command("thanks posted", zh="致谢 已寄", also=("thanks sent by post", "致谢 寄出", "致谢已寄"))
def posted(ctx: Context, meeting: MeetingNumber = 0, number: LetterNumber = 0, tracking: Text = "") -> Message:
    """Note that a letter was posted or handed over, with its tracking number if any: thanks posted L12 SF1234567"""
    letter = _letter(ctx, meeting, number)
    if letter.state not in ON_PAPER:
        show = Offer("show", f"thanks show {ref(ctx, letter)}")
        raise Refused("sending/not_on_paper", letter=letter, buttons=[show])
    tracking = " ".join(tracking.split())
    if len(tracking) > LONGEST_TRACKING:
        raise Refused("sending/tracking", most=LONGEST_TRACKING)
    letter.state, letter.way = LetterState.POSTED, Way.PRINT
    letter.tracking, letter.sent_at = tracking or letter.tracking, letter.sent_at or ctx.now
    letter.address = letter.address or current(ctx, letter.party_id).address
    return _told(ctx, letter, "sending/posted")


@router.command("thanks sealed", zh="致谢 已盖章", also=("致谢 盖章", "致谢已盖章", "thanks signed"))
def sealed(ctx: Context, meeting: MeetingNumber = 0, numbers: LetterNumbers = ()) -> Message:
    """Note that you have signed or sealed letters by hand: thanks sealed L12 L13"""
    found = [_letter(ctx, meeting, number) for number in numbers or (0,)]
    for letter in found:
        if letter.state not in ON_PAPER:
            show = Offer("show", f"thanks show {ref(ctx, letter)}")
            raise Refused("sending/not_on_paper", letter=letter, buttons=[show])
        _echo(ctx, letter, EchoKind.SEALED, "")
    ctx.db.flush()
    refs = [letter.ref for letter in found]
    waits = next((letter.ref for letter in found if letter.state != LetterState.POSTED), "")
    return ctx.words("sending/sealed", refs=refs, waits=waits, buttons=[Offer("undo", "undo")], tone="good")


@router.command("thanks reply", zh="致谢 回复", also=("致谢 回信", "致谢回复"))
def reply(ctx: Context, meeting: MeetingNumber = 0, number: LetterNumber = 0, text: Text = "") -> Message:
    """Keep what somebody answered to a letter: thanks reply L12 They would love to come again"""
    letter = _letter(ctx, meeting, number)
    if letter.state not in LEFT:
        raise Refused(
            "sending/no_answer_yet", letter=letter, buttons=[Offer("show", f"thanks show {ref(ctx, letter)}")]
        )
    if not text:
        raise Refused("sending/no_reply", letter=letter)
    _echo(ctx, letter, EchoKind.REPLY, text)
    return _told(ctx, letter, "sending/replied")


def _echo(ctx: Context, letter: Letter, kind: EchoKind, text: str) -> None:
    ctx.db.add(Echo(letter_id=letter.id, kind=kind, text=text, person_id=ctx.person.id, at=ctx.now))


def _told(ctx: Context, letter: Letter, name: str) -> Message:
    ctx.db.flush()
    party = current(ctx, letter.party_id)
    offers = [*finishing(ctx), Offer("show", f"thanks show {ref(ctx, letter)}"), Offer("undo", "undo")]
    return ctx.words(name, letter=letter, party=party, buttons=offers, tone="good")


# --- what comes back


@router.command("thanks bounced", zh="致谢 退信", also=("thanks returned", "致谢退信", "退信"))
def bounced(
    ctx: Context, meeting: MeetingNumber = 0, number: LetterNumber = 0, refs: Files = (), why: Text = ""
) -> Message:
    """Note that a letter came back: thanks bounced L12 no such mailbox, or send the returned mail (.eml) with it"""
    came = to_read(ctx, refs) if refs else list(ctx.files)
    if came and not number:
        allow(ctx, keeps_contacts, ctx.meeting_number(meeting or None))
        found = _returned(ctx, came)
        if not found:
            raise _stray(ctx, came) or Refused("sending/no_return", files=[file.name for file in came])
        return _noted(ctx, found, len(came) - len(found))
    letter = _letter(ctx, meeting, number)
    if letter.state not in LEFT:
        show = Offer("show", f"thanks show {ref(ctx, letter)}")
        raise Refused("sending/not_sent", letter=letter, buttons=[show])
    back = Returned(letter.key, "", (why or "550")[:LONGEST_REASON], final=True, permanent=True)
    return _noted(ctx, [(letter, back)], 0)


@router.arrival
def arrives(ctx: Context) -> Message | None:
    """A mail that came back is known by the number that the letter went under."""
    if not all(file.name.lower().endswith(".eml") for file in ctx.files):
        return None
    found = _returned(ctx, ctx.files)
    if not found:
        strange = _stray(ctx, ctx.files)
        if strange and holds_in_any(ctx.db, ctx.workspace.id, ctx.person, keeps_contacts):
            raise strange
        return None
    ctx.subject = meetings.get(ctx.db, found[0][0].meeting_id)
    if not may(ctx, keeps_contacts, ctx.subject):
        return None
    return _noted(ctx, found, len(ctx.files) - len(found))


def _stray(ctx: Context, came: Sequence[File]) -> Refused | None:
    """What to do with a returned mail that names none of our letters; None if none of the files is one."""
    for file in came[:MOST_RETURNED]:
        with stored.opened(ctx, file) as stream:
            back = stray(stream.read(LARGEST))
        if back is not None:
            went = _mailed_to(ctx, back.address) if back.permanent else []
            offers = [
                Offer("that_one", f"thanks bounced M{meeting.number} {letter.ref}", facts={"letter": letter})
                for letter, meeting in went[:MOST_OFFERED]
            ]
            whose = parties.reached_by(ctx.db, ctx.workspace.id, back.address) if back.final and back.address else []
            facts = {"file": file.name, "back": back, "went": len(went), "party": whose[0] if whose else None}
            return Refused("sending/stray_return", **facts, buttons=[*offers, Offer("thanks", "thanks")])
    return None


def _mailed_to(ctx: Context, address: str) -> list[tuple[Letter, Meeting]]:
    """The letters that went to that address, of meetings whose contacts the person keeps."""
    went = deliveries.mailed_to(ctx.db, ctx.workspace.id, address) if address else []
    return [(letter, meeting) for letter, meeting in went if may(ctx, keeps_contacts, meeting)]


def _returned(ctx: Context, came: Sequence[File]) -> list[tuple[Letter, Returned]]:
    """The letters that came back, each with what the server says."""
    found = []
    for file in came[:MOST_RETURNED]:
        with stored.opened(ctx, file) as stream:
            back = read(stream.read(LARGEST))
        letter = deliveries.letter_of(ctx.db, ctx.workspace.id, back.key) if back else None
        if back is not None and letter is not None and letter.digest.startswith(back.digest):
            found.append((letter, back))
    return found


def _noted(ctx: Context, found: list[tuple[Letter, Returned]], strange: int) -> Message:
    """Whoever may keep contacts has brought them. What is tried again by itself changes nothing."""
    rows = []
    for letter, back in found:
        fresh = back.final and _back(ctx, letter, back)
        rows.append(Entry(facts_of(ctx, letter, back.words) | {"final": back.final, "again": back.final and not fresh}))
    return ctx.words(
        "sending/bounced",
        count=len(rows),
        mailed=any(letter.way != Way.PRINT for letter, _ in found),
        paper=next((letter.ref for letter, _ in found if letter.way == Way.PRINT), ""),
        strange=strange,
        rows=rows[:MOST_SHOWN],
        left_out=max(0, len(rows) - MOST_SHOWN),
        buttons=[Offer("send", f"thanks send M{ctx.meeting.number}"), Offer("undo", "undo")],
    )


def _back(ctx: Context, letter: Letter, back: Returned) -> bool:
    return come_back(ctx.db, letter, back.words, gone=back.permanent, key=back.key, by=ctx.person.id, at=ctx.now)


def facts_of(ctx: Context, letter: Letter, words: str) -> dict[str, object]:
    return {"letter": letter, "party": current(ctx, letter.party_id), "words": words, "final": True, "again": False}


def come_back(db: Session, letter: Letter, words: str, *, gone: bool, key: str, by: int | None, at: datetime) -> bool:
    """The letter may be sent again, by another way or to another address; False where that was known before.

    ``gone``: nothing is mailed to that address any more. ``key``: of the promise that had sent it.
    """
    if letter.state not in LEFT or letter.key != key:
        return False
    mailed, place = letter.way == Way.MAIL, meetings.get(db, letter.meeting_id).workspace_id
    said = f"{letter.address}: {words}" if mailed else words
    db.add(Echo(letter_id=letter.id, kind=EchoKind.BOUNCE, text=said, person_id=by, at=at))
    if mailed and gone and letter.address not in letters.suppressed(db, place):
        db.add(Suppression(workspace_id=place, email=letter.address, reason=words, at=at))
    letter.state, letter.key, letter.sent_at = LetterState.APPROVED, "", None
    db.flush()
    return True
