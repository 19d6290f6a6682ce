"""How far the letters are, audience by audience; what keeps some back; and what was written to whom."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from handlers.context import Context
from handlers.grammar import MeetingNumber, PageNumber, Text
from handlers.permissions import allow, keeps_contacts
from handlers.refused import Refused
from handlers.router import Router
from handlers.thanks.naming import AudienceWord
from handlers.thanks.proving import finishing
from handlers.thanks.reading import steps, worded
from handlers.thanks.rules import INVITED, PRECEDENCE, Why, kept_back
from handlers.thanks.unreached import LISTED
from messages import Entry, Message, Offer
from storage import letters, parties
from storage.letters import Audience, Letter, LetterState
from storage.parties import Party

router = Router("thanks")

DEADLINE = timedelta(days=14)
"""After the end: later than that nobody remembers what they are thanked for."""
PAGE = 8
UNDER_WAY = "under_way"
"""Among the counts: of letters that were sent, those that are not there yet."""
MOST_FOUND = 20
COMMON = frozenset({Why.FIELD, Why.PRESENCE})
"""What often keeps many letters back for one reason."""
AT_ONCE = 8
"""Whose names and titles are looked over together: as many as can be read before one says that all are right."""


@router.command("thanks", zh="致谢", also=("thanks overview", "letters", "致谢 进度", "致谢进度", "感谢信"))
def overview(ctx: Context, meeting: MeetingNumber = 0, audience: AudienceWord = "", more: Text = "") -> Message:
    """How far the letters of thanks are: thanks"""
    if ctx.router and (more or (_may_be_polite(ctx) and not _has_letters(ctx))):
        return ctx.router.in_words(ctx, ctx.line)
    ctx.meeting_number(meeting or None)
    return _overview(ctx, audience)


def _may_be_polite(ctx: Context) -> bool:
    """Whether the whole line is a word that people say when they have been helped."""
    return re.fullmatch(r"thanks\W*", ctx.line.strip(), re.IGNORECASE) is not None


def _has_letters(ctx: Context) -> bool:
    found = ctx.meeting_if_clear()
    return found is not None and bool(letters.heads(ctx.db, found.id))


def _overview(ctx: Context, audience: str) -> Message:
    heads = letters.heads(ctx.db, ctx.meeting.id)
    counts: dict[str, Counter[str]] = {}
    for row in heads:
        counts.setdefault(row.audience, Counter())[UNDER_WAY if _under_way(row) else row.state] += 1
    wanted = [one for one in PRECEDENCE if one in counts and audience in {"", one}]
    number = ctx.meeting.number
    offers = [Offer("draft", f"thanks draft M{number} {audience or 'all'}", primary=not heads)]
    return ctx.words(
        "thanks/overview",
        meeting=ctx.meeting,
        count=len(heads),
        deadline=ctx.meeting_end + DEADLINE,
        late=ctx.now > ctx.meeting_end + DEADLINE,
        rows=[Entry({"audience": one, "counts": counts[one]}, _step(number, one, counts[one])) for one in wanted],
        buttons=[*finishing(ctx), *offers, Offer("facts", f"thanks facts M{number}")],
    )


def _under_way(head: Any) -> bool:
    """Whether the letter was promised to the mail or a chat, and nobody has said yet that it was taken."""
    return head.state == LetterState.SENT and head.sent_at is None


def _step(number: int, audience: Audience, counts: Mapping[str, int]) -> list[Offer]:
    """What is to be done next for an audience: read, mend, send."""
    ways = (
        (LetterState.DRAFT, Offer("next", f"thanks next M{number} {audience}")),
        (LetterState.BLOCKED, Offer("blocked", f"thanks blocked M{number} {audience}")),
        (LetterState.APPROVED, Offer("send", f"thanks send M{number} {audience}")),
    )
    return [offer for state, offer in ways if counts.get(state)]


@router.command("thanks blocked", zh="致谢 缺项", also=("blocked letters", "致谢缺项", "致谢 待补"))
def blocked(ctx: Context, meeting: MeetingNumber = 0, audience: AudienceWord = "", page: PageNumber = 1) -> Message:
    """What keeps letters back, each with what takes it away: thanks blocked speakers"""
    ctx.meeting_number(meeting or None)
    allow(ctx, keeps_contacts, ctx.meeting)
    heads = [
        row
        for row in letters.heads(ctx.db, ctx.meeting.id)
        if row.state == LetterState.BLOCKED and audience in {"", row.audience}
    ]
    grouped = _grouped(heads)
    pages = max(1, -(-len(grouped) // PAGE))
    page = min(page, pages)
    number, word = ctx.meeting.number, f" {audience}" if audience else ""
    offers = [Offer("more", f"thanks blocked M{number}{word} page {page + 1}")] if page < pages else []
    offers.append(Offer("draft", f"thanks draft M{number} {audience or 'all'}"))
    return ctx.words(
        "thanks/blocked",
        meeting=ctx.meeting,
        count=len(heads),
        page=page,
        pages=pages,
        rows=_reasons(ctx, grouped[(page - 1) * PAGE : page * PAGE], word),
        buttons=offers,
    )


Group = tuple[Mapping[str, Any], list[Any]]
"""A reason, and the letters (as ``heads``) that it keeps back."""


def _grouped(heads: Sequence[Any]) -> list[Group]:
    """What keeps many back is said once, and first; unchecked names some at a time, everything else one by one.

    Of whom nothing reaches there is one list for each audience, and one for all who were invited.
    """
    found: dict[tuple[str, ...], Group] = {}
    unchecked: Counter[str] = Counter()
    for row in heads:
        for reason in kept_back(row.blocked):
            key: tuple[str, ...] = (reason["why"], reason["about"], row.locale)
            if reason["why"] == Why.TITLE:
                key = (*key, row.audience, str(unchecked[row.audience] // AT_ONCE))
                unchecked[row.audience] += 1
            elif reason["why"] == Why.UNREACHABLE:
                key = (reason["why"], "" if row.audience in INVITED else row.audience)
            elif reason["why"] not in COMMON:
                key = (*key, row.audience, str(row.number))
            found.setdefault(key, (reason, []))[1].append(row)
    return sorted(found.values(), key=lambda group: (-len(group[1]), group[1][0].number))


def _named(reason: Mapping[str, Any], rows: Sequence[Any]) -> bool:
    """Whether those whom it concerns are named; attendees whom nothing reaches may be hundreds, and stand in a list."""
    return reason["why"] == Why.TITLE or (reason["why"] == Why.UNREACHABLE and rows[0].audience not in INVITED)


def _reasons(ctx: Context, groups: Sequence[Group], word: str) -> list[Entry]:
    shown = [rows[:AT_ONCE] if _named(reason, rows) else rows[:1] for reason, rows in groups]
    found = letters.some(ctx.db, [row.id for rows in shown for row in rows])
    same = parties.some(ctx.db, {row.party_id for row in found.values()})
    entries = []
    for (reason, rows), some in zip(groups, shown, strict=True):
        letter = found[rows[0].id]
        whose = [(found[row.id], same[found[row.id].party_id]) for row in some]
        facts = {"reason": worded(ctx, letter, reason), "letter": letter, "count": len(rows), "whose": whose}
        offers = _steps(ctx, reason, whose, many=len(rows) > 1, word=word)
        entries.append(Entry({**facts, "party": whose[0][1]}, offers))
    return entries


def _steps(
    ctx: Context, reason: Mapping[str, Any], whose: Sequence[tuple[Letter, Party]], *, many: bool, word: str
) -> list[Offer]:
    """What takes the reason away. ``word`` is the audience that was asked about, as it follows a command."""
    audience = whose[0][0].audience
    if many and reason["why"] == Why.UNREACHABLE and audience in LISTED:
        word = word if audience in INVITED else f" {audience}"
        return [Offer("unreached", f"thanks unreached M{ctx.meeting.number}{word}")]
    if len(whose) > 1 and reason["why"] == Why.TITLE:
        refs = dict.fromkeys(party.ref for _, party in whose)
        return [Offer("all_right", " ".join(["contact confirm", *refs]))]
    return steps(ctx, *whose[0], reason, many=many)


@router.command("thanks search", zh="致谢 搜索", also=("search letters", "致谢搜索", "查信"))
def search(ctx: Context, meeting: MeetingNumber = 0, words: Text = "") -> Message:
    """What was written to whom, when, in which words: thanks search Beijing University"""
    ctx.meeting_number(meeting or None)
    allow(ctx, keeps_contacts, ctx.meeting)
    if not words.strip():
        raise Refused("thanks/search_what", buttons=[Offer("overview", f"thanks M{ctx.meeting.number}")])
    found = letters.search(ctx.db, ctx.meeting.id, words, MOST_FOUND + 1)
    same = parties.some(ctx.db, {row.party_id for row in found})
    rows = [
        Entry(
            {"letter": row, "party": same[row.party_id]},
            [Offer("show", f"thanks show M{ctx.meeting.number} {row.ref}")],
        )
        for row in found[:MOST_FOUND]
    ]
    return ctx.words("thanks/found", words=words, count=len(rows), more=len(found) > MOST_FOUND, rows=rows)
