"""A letter is shown as its reader will read it, with what keeps it back and what may be done with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from handlers.context import Context
from handlers.grammar import MeetingNumber
from handlers.permissions import allow, keeps_contacts, may
from handlers.refused import Refused
from handlers.router import Router
from handlers.thanks.certifying import with_letter
from handlers.thanks.facts import unsourced
from handlers.thanks.forms import own_form
from handlers.thanks.naming import AudienceWord, LetterNumber
from handlers.thanks.permits import signed_by_me, signing
from handlers.thanks.rules import PRECEDENCE, WAIVABLE, in_chinese, kept_back, lines
from handlers.thanks.writing import paper_of, stale
from messages import Entry, Message, Offer
from messages import letters as wording
from messages.message import Table
from messages.papers import Grid
from messages.papers import text as plain_text
from storage import letters, parties, people
from storage.letters import GONE, Audience, Letter, LetterState
from storage.parties import Party, PartyKind

router = Router("thanks")

SEEN = 12
"""So many digits of a digest stand in a button."""
MOST_CHINESE = 3


@router.command("thanks show", zh="致谢 查看", also=("show letter", "查看致谢", "letter show", "letter"))
def show(ctx: Context, meeting: MeetingNumber = 0, which: LetterNumber = 0) -> Message:
    """One letter whole, with all that has become of it: thanks show L12"""
    letter = chosen(ctx, meeting, which)
    allow(ctx, keeps_contacts, ctx.meeting)
    held = kept_back(letter.blocked)
    if not (letter.state in {LetterState.APPROVED, LetterState.BLOCKED} or letter.edited):
        return said(ctx, letter, past=True)
    found = stale(ctx, letter)
    now = found.reasons if found else []
    changes = found.changes if found and (letter.state == LetterState.APPROVED or letter.edited) else []
    mended = letter.state == LetterState.BLOCKED and len(now) < len(held) and not (found and found.gone)
    return said(ctx, letter, changes=changes, past=True, held=now, told="mended" if mended else "")


@router.command("thanks next", zh="致谢 下一封", also=("next letter", "致谢下一封", "下一封信"))
def following(
    ctx: Context, meeting: MeetingNumber = 0, audience: AudienceWord = "", after: LetterNumber = 0
) -> Message:
    """The next letter to be read and approved: thanks next speakers"""
    ctx.meeting_number(meeting or None)
    return next_one(ctx, audience, after)


def next_one(ctx: Context, audience: str = "", after: int = 0, *, done: Letter | None = None) -> Message:
    """The next draft that the person may approve, the highest audience first; ``done`` is what was just settled."""
    wanted = [one for one in Audience if audience in {"", one}]
    mine, every = signed_by_me(ctx), letters.heads(ctx.db, ctx.meeting.id)
    heads = [row for row in every if row.audience in wanted]
    drafts = sorted(
        (row for row in heads if row.state == LetterState.DRAFT and row.audience in mine),
        key=lambda row: (PRECEDENCE.index(row.audience), row.number),
    )
    passed = [row.number for row in drafts].index(after) + 1 if after in {row.number for row in drafts} else 0
    ahead = drafts[passed:]
    if not ahead and done and audience:
        return next_one(ctx, done=done)
    if not ahead:
        return _nothing(ctx, heads, audience, len(drafts), done)
    letter = letters.by_number(ctx.db, ctx.meeting.id, ahead[0].number)
    assert letter is not None  # noqa: S101  it was just counted
    waiting = [row for row in every if row.state == LetterState.DRAFT and row.audience in mine] if done else drafts
    return said(ctx, letter, done=done, left=len(waiting), audience=audience)


def _nothing(ctx: Context, heads: Sequence[Any], audience: str, left: int, done: Letter | None) -> Message:
    """Why there is none, and what to do instead."""
    number, word = ctx.meeting.number, f" {audience}" if audience else ""
    states = [row.state for row in heads]
    others = {row.audience for row in heads if row.state == LetterState.DRAFT} - set(signed_by_me(ctx))
    offers = [
        Offer("again", f"thanks next M{number}{word}", primary=True) if left else None,
        Offer("blocked", f"thanks blocked M{number}{word}") if LetterState.BLOCKED in states else None,
        Offer("draft", f"thanks draft M{number}{word}") if LetterState.BLOCKED in states else None,
        Offer("send", f"thanks send M{number}{word}") if LetterState.APPROVED in states else None,
        Offer("overview", f"thanks M{number}"),
    ]
    return ctx.words(
        "thanks/nothing",
        done=done,
        left=left,
        counts={str(state): states.count(state) for state in LetterState},
        others=[one for one in PRECEDENCE if one in others],
        buttons=[offer for offer in offers if offer],
    )


def chosen(ctx: Context, meeting: int, which: int) -> Letter:
    """Raises ``Refused`` where there is no such letter."""
    ctx.meeting_number(meeting or None)
    letter = letters.by_number(ctx.db, ctx.meeting.id, which)
    if letter is None:
        offers = [Offer("overview", f"thanks M{ctx.meeting.number}")]
        raise Refused("thanks/no_letter", number=which, buttons=offers)
    return letter


def ref(ctx: Context, letter: Letter) -> str:
    """As buttons name it, whatever room they are pressed in."""
    return f"M{ctx.meeting.number} {letter.ref}"


def party_of(ctx: Context, letter: Letter) -> Party:
    return parties.some(ctx.db, [letter.party_id])[letter.party_id]


def said(
    ctx: Context,
    letter: Letter,
    *,
    changes: Sequence[tuple[str, str]] = (),
    past: bool = False,
    done: Letter | None = None,
    left: int = 0,
    audience: str = "",
    told: str = "",
    held: Sequence[Mapping[str, Any]] | None = None,
) -> Message:
    """The letter as text with its table below, what keeps it back, and what may be done with it.

    ``told`` names what has just become of it: "edited", "renewed", "seen_before", "released", "mended", or
    "asks_again_" with what has changed: "facts", "words", "both".
    ``held`` is what keeps it back now, where that was looked at anew.
    """
    paper, party = paper_of(letter), party_of(ctx, letter)
    grids = [part for part in paper.paragraphs if isinstance(part, Grid)] if paper else []
    signs = may(ctx, signing(Audience(letter.audience)), ctx.meeting)
    message = ctx.words(
        "thanks/letter",
        letter=letter,
        party=party,
        lines=shown(letter),
        chinese=chinese(letter, party),
        doubtful=doubtful(ctx, letter, party),
        reasons=[worded(ctx, letter, reason) for reason in letter.blocked],
        changes=list(changes),
        done=done,
        left=left,
        past=_past(ctx, letter) if past else [],
        signs=signs,
        rows=[
            Entry({"reason": worded(ctx, letter, one)}, steps(ctx, letter, party, one))
            for one in (kept_back(letter.blocked) if held is None else held)
        ],
        buttons=_offers(ctx, letter, audience, untrue=bool(changes or held)) if signs else [],
        tone="warn" if changes else "plain",
        told=told,
        own=own_form(ctx, letter),
        certificates=with_letter(letter.facts),
    )
    if not grids:
        return message
    grid = grids[0]
    return message.model_copy(update={"table": Table(columns=grid.columns, rows=grid.rows, numbers=grid.numbers)})


def shown(letter: Letter) -> list[str]:
    """Line by line, the table left to be drawn below."""
    paper = paper_of(letter)
    if paper is None:
        return []
    words = tuple(part.caption if isinstance(part, Grid) else part for part in paper.paragraphs)
    return plain_text.draw(paper.model_copy(update={"paragraphs": words})).split("\n")


def chinese(letter: Letter, party: Party) -> list[str]:
    """The first words in Chinese characters that an English letter says, besides its addressee's name."""
    said = lines(letter.content) if letter.locale == "en" else []
    return in_chinese(said, party.name, party.unit)[:MOST_CHINESE]


def doubtful(ctx: Context, letter: Letter, party: Party) -> list[str]:
    """What it says although nobody has told how one knows it: who signs stands for that."""
    if letter.state in GONE:
        return []
    told = letters.facts(ctx.db, ctx.meeting.id)
    return unsourced(told, party=party.ref, locale=letter.locale, said=lines(letter.content))


def _offers(ctx: Context, letter: Letter, audience: str, *, untrue: bool) -> list[Offer]:
    """What may be done with it as it stands. ``untrue``: facts have changed, so it would not go."""
    which, state = ref(ctx, letter), letter.state
    edit, skip, renew = (
        Offer("edit", f"thanks edit {which}"),
        Offer("skip_letter", f"thanks skip {which}"),
        Offer("renew", f"thanks renew {which}"),
    )
    if state == LetterState.DRAFT:
        word = f" {audience}" if audience else ""
        return [
            Offer("approve", f"thanks approve {which} {letter.digest[:SEEN]}", primary=True),
            edit,
            Offer("reject", f"thanks reject {which}"),
            skip,
            Offer("later", f"thanks next M{ctx.meeting.number}{word} {letter.ref}"),
        ]
    if state == LetterState.APPROVED and untrue:
        keep = Offer("approve", f"thanks approve {which} {letter.digest[:SEEN]}")
        return [replace(renew, primary=True), *([keep] if letter.edited else []), edit]
    if state == LetterState.APPROVED:
        return [Offer("send", f"thanks send M{ctx.meeting.number} {letter.audience}", primary=True), edit, renew]
    if state == LetterState.BLOCKED:
        return [replace(renew, primary=True), *([edit] if letter.content else []), skip]
    return [renew, *([edit] if state == LetterState.REJECTED else [])] if state not in GONE else []


def worded(ctx: Context, letter: Letter, reason: Mapping[str, Any]) -> dict[str, Any]:
    """A reason with what words need: the label of a field, who waived it."""
    label = wording.label(reason["about"], ctx.locale, letter.audience) if reason["why"] == "field" else ""
    waived = reason.get("waived")
    by = people.get(ctx.db, waived["by"]).name if waived else ""
    unit = reason["why"] == "title" and party_of(ctx, letter).kind == PartyKind.UNIT
    return {**reason, "label": label, "waived": waived, "by": by, "locale": letter.locale, "unit": unit}


def steps(ctx: Context, letter: Letter, party: Party, reason: Mapping[str, Any], *, many: bool = False) -> list[Offer]:
    """What takes the reason away: the exact next command; and to waive it, where that may be.

    ``many``: it keeps others back as well, so that the command leads to the list of all.
    """
    number, which = ctx.meeting.number, ref(ctx, letter)
    line = {
        "title": f"contact confirm {party.ref}",
        "unit": f"contact edit {party.ref}",
        "unreachable": f"contact edit {party.ref}",
        "twin": "contact twins",
        "presence": "attendance import",
        "absent": f"attendance M{number}",
        "session": f"programme M{number}",
        "photo": f"materials M{number}",
        "benefit": f"benefit M{number} {reason['about']}",
        "dispute": f"{'sponsor' if letter.audience == Audience.SPONSORS else 'partner'} settle {party.ref}",
        "opted_out": f"thanks skip {which}",
        "template": f"letter template lint {letter.audience} {letter.locale[:2]}",
        "field": field_step(number, letter, party, reason["about"], many=many),
    }[reason["why"]]
    found = [
        Offer(
            "step", line, facts={"line": ctx.spoken(line), "why": reason["why"], "unit": party.kind == PartyKind.UNIT}
        )
    ]
    if reason["why"] in WAIVABLE:
        found.append(Offer("release", f"thanks release {which} {reason['why']}"))
    return found


_STEPS = {
    **dict.fromkeys(("association", "signatory", "contact"), "letterhead edit {language}"),
    "addressee": "contact edit {party}",
    **dict.fromkeys(("post", "hours", "shifts", "contribution", "commendation"), "volunteer edit {party}"),
    **dict.fromkeys(("kind", "service", "good"), "partner edit {party}"),
    "tier": "sponsor edit {party}",
    "benefits": "sponsor benefit {party}",
    **dict.fromkeys(("fee", "receipt_no"), "cases"),
    "sessions": "programme M{number}",
    "meeting": "meeting edit M{number}",
}
"""Where a field that has no value is filled in; all others are facts that somebody tells."""
_LISTS = {"volunteer": "volunteers M{number} gaps", "partner": "partners M{number}", "sponsor": "sponsors M{number}"}
"""Of several, where all are seen."""


def field_step(number: int, letter: Letter, party: Party, name: str, *, many: bool = False) -> str:
    """The line that fills the field in; of ``many``, the list of those who lack it."""
    stem = name.partition(".")[0]
    if many and (listed := _LISTS.get(_STEPS.get(stem, "").partition(" ")[0])):
        return listed.format(number=number)
    step = _STEPS.get(stem, f"thanks fact M{{number}} {stem} {{language}}")
    return step.format(number=number, language=letter.locale[:2], party=party.ref)


def _past(ctx: Context, letter: Letter) -> list[dict[str, Any]]:
    """What has become of the letter, in order."""
    found: list[dict[str, Any]] = [{"what": "drafted", "at": letter.at, "text": letter.template, "who": ""}]
    if letter.approved_at is not None and letter.approved_by is not None:
        who = people.get(ctx.db, letter.approved_by).name
        found.append({"what": "approved", "at": letter.approved_at, "text": letter.approved_digest[:SEEN], "who": who})
    if letter.sent_at is not None:
        text = letter.tracking or str(letter.way or "")
        found.append({"what": str(letter.state), "at": letter.sent_at, "text": text, "who": ""})
    found += [
        {"what": str(row.kind), "at": row.at, "text": row.text, "who": _who(ctx, row.person_id)}
        for row in letters.echoes(ctx.db, [letter.id])
    ]
    return sorted(found, key=lambda one: one["at"])


def _who(ctx: Context, person_id: int | None) -> str:
    return people.get(ctx.db, person_id).name if person_id is not None else ""
