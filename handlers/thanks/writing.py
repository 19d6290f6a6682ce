"""One letter as it reads with what is known now, what keeps it back, and whether one that was kept still says so."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

from handlers.thanks import book as books
from handlers.thanks.book import Book
from handlers.thanks.facts import FELL_SHORT, gathered, tongue
from handlers.thanks.rules import Due, Standing, blocked, carried_on, difference, due, kept_back, lines
from messages import letters as wording
from messages.papers import Head, Paper
from storage.letters import Audience, Letter, LetterState, withdraw_approval
from storage.parties import Party, PartyKind
from storage.sponsors import BenefitState

if TYPE_CHECKING:
    from handlers.context import Context

OWN_WORDS = "own/"
"""Before the number of a version of the association's own words."""
OWN = frozenset({"before"})
"""What is kept beside a letter's facts: how it read before it was changed last."""


@dataclass(frozen=True)
class Written:
    """A letter as it would be kept. ``content`` is empty and ``digest`` too where a field has no value."""

    locale: str
    template: str
    facts: dict[str, Any]
    content: dict[str, Any] = field(default_factory=dict)
    digest: str = ""
    reasons: list[dict[str, Any]] = field(default_factory=list)


@dataclass(frozen=True)
class Stale:
    """Why a letter no longer says what is true: paragraphs (before, now), new reasons, or nobody to write to."""

    changes: list[tuple[str, str]]
    reasons: list[Mapping[str, Any]] = field(default_factory=list)
    gone: bool = False


def letters_due(book: Book) -> dict[int, Due]:
    """By party: who is to be written to, as things stand."""
    return {one.party: one for one in due(book.seats())}


def write(book: Book, one: Due, day: date) -> Written:
    """With the facts of now, dated ``day``."""
    locale, facts = tongue(book, one), gathered(book, one, day)
    parts, version = parts_of(book, one.audience, locale)
    also = [also_part for other in one.also if (also_part := parts_of(book, other, locale)[0].get("also", ""))]
    try:
        paper = wording.compose(parts, facts, locale=locale, also=also, head=head_of(book, locale))
    except wording.Unfilled as unfilled:
        return Written(locale, version, facts, reasons=_reasons(book, one, fields=unfilled.names))
    except wording.Faulty:
        return Written(locale, version, facts, reasons=_reasons(book, one, faulty=True))
    return Written(locale, version, facts, paper.model_dump(mode="json"), paper.digest, _reasons(book, one))


def parts_of(book: Book, audience: Audience, locale: str) -> tuple[dict[str, str], str]:
    """The association's own words, else those that come with the program; and which they are."""
    own = book.templates.get((audience, locale))
    if own is not None and own.parts:
        return {**wording.built_in(audience, locale), **own.parts}, f"{OWN_WORDS}{own.number}"
    return wording.built_in(audience, locale), wording.VERSION


def head_of(book: Book, locale: str) -> Head:
    """What stands above letters in that language; at least the association's name."""
    head = book.heads.get(locale)
    if head is None:
        return Head(name=book.association)
    said = {name: getattr(head, name) for name in ("address", "postcode", "phone", "email", "website")}
    return Head(name=head.name or book.association, **said)


def _reasons(book: Book, one: Due, *, fields: tuple[str, ...] = (), faulty: bool = False) -> list[dict[str, Any]]:
    party = book.parties[one.party]
    reader = book.parties.get(one.addressee) if one.addressee is not None else None
    facts = Standing(
        one.audience,
        is_unit=party.kind == PartyKind.UNIT,
        came=book.came.get(party.id),
        opted_out=party.opted_out_at is not None or bool(reader and reader.opted_out_at is not None),
        twin=party.id in book.twins,
        astray=one.audience == Audience.SPONSORS and party.kind == PartyKind.PERSON and party.id not in book.sponsors,
        confirmed=party.confirmed_at is not None,
        has_sessions=bool(book.talks.get(party.id)),
        speaks=books.speaks(book, party),
        pictured=bool(book.photos.get(party.id) or _shown(book, party)),
        open_benefits=_open_benefits(book, party) if one.audience == Audience.SPONSORS else (),
        dispute=_dispute(book, party),
        reachable=_reachable(book, party) or bool(reader and _reachable(book, reader)),
        fields=fields,
        faulty=faulty,
    )
    return blocked(facts)


def _shown(book: Book, party: Party) -> bool:
    """Whether there is a recording, or a link that somebody told."""
    told = book.facts.keys() & {(f"media/{party.ref}", locale) for locale in ("", "zh_CN", "en")}
    return bool(told) or any(book.recordings.get(row.id) for row, _ in book.talks.get(party.id, ()))


def _open_benefits(book: Book, party: Party) -> tuple[str, ...]:
    """Those of which nobody has said what became of them, and those that fell short without a word on it."""
    row = book.sponsors.get(party.id)
    rows = book.benefits.get(row.id, ()) if row else ()
    return tuple(
        one.ref
        for one in rows
        if one.state == BenefitState.PROMISED or (one.state in FELL_SHORT and not (one.explanation or one.make_good))
    )


def _dispute(book: Book, party: Party) -> str:
    sponsor, partner = book.sponsors.get(party.id), book.partners.get(party.id)
    if sponsor is not None and sponsor.dispute:
        return sponsor.dispute
    return partner.dispute if partner is not None and partner.settled_at is None else ""


def _reachable(book: Book, party: Party) -> bool:
    """By mail, by post, or in a chat where they are."""
    return bool(book.mail(party) or party.address or party.person_id)


# --- what was kept


def stale(
    ctx: Context, letter: Letter, book: Book | None = None, dues: Mapping[int, Due] | None = None
) -> Stale | None:
    """None where the letter says what is true now; with ``book`` and ``dues`` at hand many are soon looked through."""
    book = book or books.load(ctx)
    dues = dues if dues is not None else letters_due(book)
    one = dues.get(letter.party_id)
    if one is None:
        return Stale([], gone=True)
    fresh = write(book, one, letter.at.astimezone(ctx.meeting_zone).date())
    reasons = kept_back(carried_on(fresh.reasons, letter.blocked))
    changes = differs(letter, fresh)
    return Stale(changes, reasons) if changes or reasons else None


def differs(letter: Letter, fresh: Written) -> list[tuple[str, str]]:
    """What the letter says and what it would say now. Of one that was changed by hand, which facts are others."""
    if letter.edited:
        return _facts_differ(bare(letter.facts), fresh.facts)
    if letter.digest == fresh.digest:
        return _facts_differ(_files(letter.facts), _files(fresh.facts))
    return difference(lines(letter.content), lines(fresh.content)) or [(letter.template, fresh.template)]


def because(letter: Letter, fresh: Written) -> str:
    """Why the letter differs: "words" (another template), "facts", or "both"."""
    if letter.template == fresh.template:
        return "facts"
    return "both" if _facts_differ(bare(letter.facts), fresh.facts) else "words"


def _files(facts: Mapping[str, Any]) -> dict[str, Any]:
    """What comes with a letter: a certificate may say something else although the letter does not."""
    return {name: value for name, value in facts.items() if name == "files"}


def bare(facts: Mapping[str, Any]) -> dict[str, Any]:
    """The facts of a letter, without what is kept beside them."""
    return {name: value for name, value in facts.items() if name not in OWN}


def _facts_differ(before: Mapping[str, Any], now: Mapping[str, Any]) -> list[tuple[str, str]]:
    names = sorted({name for name in {**before, **now} if before.get(name) != now.get(name)})
    return [(told(before.get(name)), told(now.get(name))) for name in names]


def told(value: Any) -> str:
    """A fact in one line."""
    if isinstance(value, Mapping):
        return " · ".join(filter(None, (told(one) for one in value.values())))
    if isinstance(value, list):
        return "; ".join(map(told, value))
    return "" if value is None else str(value)


def renew(letter: Letter, fresh: Written, one: Due, ctx: Context) -> None:
    """The letter as it reads now: what was changed by hand and what was approved are gone."""
    keep_before(letter, fresh.facts)
    letter.audience, letter.locale, letter.template = one.audience, fresh.locale, fresh.template
    letter.content, letter.digest = fresh.content, fresh.digest
    letter.edited, letter.assisted = False, False
    letter.at = ctx.now
    withdraw_approval(letter)
    judge(letter, fresh.reasons)


def keep_before(letter: Letter, facts: Mapping[str, Any]) -> None:
    """Take on other facts, and remember how the letter read."""
    before = {"digest": letter.digest, "lines": lines(letter.content)} if letter.digest else None
    letter.facts = {**facts, **({"before": before} if before else {})}


def judge(letter: Letter, reasons: list[dict[str, Any]]) -> None:
    """Blocked while something keeps it back that nobody has waived; else to be read."""
    letter.blocked = carried_on(reasons, letter.blocked or [])
    letter.state = LetterState.BLOCKED if kept_back(letter.blocked) else LetterState.DRAFT
    letter.reason = ""


def paper_of(letter: Letter) -> Paper | None:
    return Paper.model_validate(letter.content) if letter.content else None
