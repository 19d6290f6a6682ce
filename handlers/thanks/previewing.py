"""A template tried on one who is to be thanked; what is amiss with the words and the facts of a meeting's letters."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from handlers.context import Context
from handlers.grammar import MeetingNumber
from handlers.known import AnyParty
from handlers.permissions import allow, keeps_contacts
from handlers.refused import Refused
from handlers.router import Router
from handlers.stored import attached, made
from handlers.thanks import book as books
from handlers.thanks import rules
from handlers.thanks.book import Book
from handlers.thanks.facts import PLAIN, gathered, tongue
from handlers.thanks.forms import DOCX, filled
from handlers.thanks.heads import LOCALES
from handlers.thanks.naming import AudienceWord, LanguageWord, LetterNumber
from handlers.thanks.rules import Due
from handlers.thanks.telling import line_of
from handlers.thanks.wording import faults_of, named, parts_of, standing
from handlers.thanks.writing import head_of, letters_due
from messages import Entry, Message, Offer
from messages import letters as words
from messages.letters import FIELDS
from messages.message import Attachment, Table
from messages.papers import Grid, Paper, pdf
from messages.papers import text as plain_text
from messages.papers.filling import Filled
from storage import letters
from storage.letters import Audience, Fact, Letter
from storage.parties import Party

router = Router("thanks")

PDF = "application/pdf"
LONG = {"zh_CN": 1500, "en": 3500}
"""Characters that fill two pages: who writes more is not read to the end."""
MOST = 15


@router.command("letter template preview", zh="信函模板 预览", also=("preview letter template", "预览信函模板"))
def preview(
    ctx: Context,
    meeting: MeetingNumber = 0,
    audience: AudienceWord = "",
    language: LanguageWord = "",
    *,
    letter: LetterNumber = 0,
    party: AnyParty | None = None,
) -> Message:
    """A letter as somebody would get it, on screen and on paper: letter template preview speakers en · … P12"""
    ctx.meeting_number(meeting or None)
    allow(ctx, keeps_contacts, ctx.meeting)
    asked = LOCALES.get(language, "")
    which, language = named(ctx, audience, language, "preview")
    book = books.load(ctx)
    due = _due(ctx, book, which, language, _party_id(ctx, letter, party))
    locale = asked or tongue(book, due)
    language = "en" if locale == "en" else "zh"
    row = standing(ctx, which, language)
    facts = gathered(book, due, ctx.local_now.date(), locale)
    try:
        paper = words.compose(parts_of(row, which, language), facts, locale=locale, head=head_of(book, locale))
        own = filled(ctx, row, facts, paper)
        found = [_pdf(ctx, paper), _docx(ctx, paper, own)]
    except words.Unfilled as unfilled:
        labels = [words.label(name, ctx.locale, which) for name in unfilled.names]
        raise Refused("wording/unfilled", party=book.parties[due.party], labels=labels) from None
    except words.Faulty as faulty:
        raise Refused("wording/faulty", **faults_of(faulty.faults)) from None
    message = _shown(ctx, paper, audience=which, language=language, party=book.parties[due.party], own=own)
    return message.model_copy(update={"files": tuple(one for one in found if one)})


def _party_id(ctx: Context, letter: int, party: Party | None) -> int | None:
    """Of whom it is to be shown; None where nobody is named. Raises ``Refused`` for a letter that there is not."""
    if not letter:
        return party.id if party else None
    row = letters.by_number(ctx.db, ctx.meeting.id, letter)
    if row is None:
        raise Refused("thanks/no_letter", number=letter, buttons=[Offer("overview", f"thanks M{ctx.meeting.number}")])
    return row.party_id


def _due(ctx: Context, book: Book, audience: Audience, language: str, party_id: int | None) -> Due:
    """Who is named, else the first who gets such a letter in that language. Raises ``Refused`` where nobody does."""
    dues = letters_due(book)
    if party_id is not None and party_id in book.parties:
        own = dues.get(party_id)
        return own if own and own.audience == audience else Due(party_id, audience)
    mine = [due for due in dues.values() if due.audience == audience and party_id is None]
    spoken = [due for due in mine if tongue(book, due) == LOCALES[language]] or mine
    if not spoken:
        raise Refused("wording/nobody", audience=audience, buttons=[Offer("overview", f"thanks M{ctx.meeting.number}")])
    return spoken[0]


def _pdf(ctx: Context, paper: Paper) -> Attachment | None:
    """None where PDF cannot be made here."""
    try:
        content = pdf.draw([paper])
    except pdf.NotInstalled:
        return None
    return attached(made(ctx, paper.subject[:40], "pdf", [content], PDF, personal=True))


def _docx(ctx: Context, paper: Paper, own: Filled | None) -> Attachment:
    """On the association's own document, where it has one that says what the letter says."""
    from messages.papers import docx  # noqa: PLC0415  python-docx is large, and most days nobody asks for Word

    content = own.content if own and not own.differs else docx.draw(paper)
    return attached(made(ctx, paper.subject[:40], "docx", [content], DOCX, personal=True))


def _shown(ctx: Context, paper: Paper, **about: Any) -> Message:
    captions = tuple(part.caption if isinstance(part, Grid) else part for part in paper.paragraphs)
    message = ctx.words(
        "wording/preview",
        subject=paper.subject,
        lines=plain_text.draw(paper.model_copy(update={"paragraphs": captions})).split("\n"),
        buttons=[Offer("edit", f"letter template edit {about['audience']} {about['language']}", primary=True)],
        private=True,
        **about,
    )
    grids = [part for part in paper.paragraphs if isinstance(part, Grid)]
    table = Table(columns=grids[0].columns, rows=grids[0].rows, numbers=grids[0].numbers) if grids else None
    return message.model_copy(update={"table": table})


# --- what is amiss


@router.command("letter template lint", zh="信函模板 检查", also=("check letter template", "检查信函模板"))
def lint(ctx: Context, meeting: MeetingNumber = 0, audience: AudienceWord = "", language: LanguageWord = "") -> Message:
    """What is amiss with the words and the facts of this meeting's letters: letter template lint"""
    ctx.meeting_number(meeting or None)
    allow(ctx, keeps_contacts, ctx.meeting)
    found = letters.of_meeting(ctx.db, ctx.meeting.id)
    entries: list[Entry] = []
    for which in [Audience(audience)] if audience else Audience:
        for word in [language] if language else LOCALES:
            written = [row for row in found if (row.audience, row.locale) == (which, LOCALES[word])]
            entries += _amiss(ctx, which, word, written)
    number = ctx.meeting.number
    entries += [
        Entry({"what": "source", "fact": row}, [Offer("tell", line_of(number, row))], block="row")
        for row in _without_source(ctx)
    ]
    return ctx.words(
        "wording/lint",
        count=len(entries),
        letters=len(found),
        rows=entries[:MOST],
        left_out=max(0, len(entries) - MOST),
        buttons=[Offer("templates", "letter template"), Offer("facts", f"thanks facts M{number}")],
        tone="warn" if entries else "good",
    )


def _amiss(ctx: Context, audience: Audience, language: str, written: Sequence[Letter]) -> Iterator[Entry]:
    """Faults first: where there are some, nothing else can be told."""
    row = standing(ctx, audience, language)
    parts = parts_of(row, audience, language)
    about = {"audience": audience, "language": language}
    edit = [Offer("edit", f"letter template edit {audience} {language}")]
    faults = words.faults(parts, audience) if row else []
    for fault in faults:
        yield Entry({**about, "what": "fault", "fault": fault}, edit)
    if faults or not written:
        return
    missing = rules.unfilled(words.named(parts, audience), [one.facts for one in written]) - words.FLAGS
    if missing:
        labels = [words.label(name, ctx.locale, audience) for name in sorted(missing) if name in FIELDS[audience]]
        yield Entry({**about, "what": "unfilled", "labels": labels, "count": len(written)}, edit)
    long = [one.ref for one in written if sum(map(len, rules.lines(one.content))) > LONG[one.locale]]
    if long:
        yield Entry({**about, "what": "long", "refs": long[:MOST], "count": len(long)}, edit)


def _without_source(ctx: Context) -> list[Fact]:
    """Facts of which nobody says how one knows."""
    return [row for row in letters.facts(ctx.db, ctx.meeting.id) if not row.source.strip() and row.name not in PLAIN]
