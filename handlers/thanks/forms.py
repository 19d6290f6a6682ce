"""Letters kept as Word documents: handed out to be changed in Word or WPS, taken back, and filled in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import product
from typing import Any

from handlers import stored
from handlers.context import Context
from handlers.custody import numbered
from handlers.grammar import Files
from handlers.permissions import allow_in_any, keeps_contacts, run_meeting
from handlers.refused import Refused
from handlers.router import Router
from handlers.thanks.heads import LOCALES
from handlers.thanks.naming import AudienceWord, LanguageWord
from handlers.thanks.wording import faults_of, kept, named, parts_of, standing
from handlers.thanks.writing import OWN_WORDS, paper_of
from messages import Message
from messages import letters as words
from messages.papers import Paper, filling, starting, worded
from messages.papers.filling import Filled
from storage import files, letters
from storage.files import File
from storage.letters import Audience, Letter, LetterTemplate

router = Router("thanks")

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@router.command("letter template download", zh="信函模板 下载", also=("download letter template", "下载信函模板"))
def download(ctx: Context, audience: AudienceWord = "", language: LanguageWord = "") -> Message:
    """A letter as a Word document, to be changed in Word or WPS: letter template download speakers en"""
    allow_in_any(ctx, keeps_contacts)
    which, language = named(ctx, audience, language, "download")
    row = standing(ctx, which, language)
    own = file_of(ctx, row) if row and row.file_id else None
    line = f"letter template upload {which} {language}"
    if own is not None:
        found = stored.attached(own)
    else:
        content = starting.starter(parts_of(row, which, language), which, LOCALES[language])
        found = stored.given(ctx, f"{which}-{language}.docx", content, DOCX)
    return ctx.words(
        "wording/download",
        audience=which,
        language=language,
        own=own,
        line=ctx.spoken(line),
        files=[found],
        upload=line,
        private=True,
    )


@router.command("letter template upload", zh="信函模板 上传", also=("upload letter template", "上传信函模板"))
def upload(ctx: Context, audience: AudienceWord = "", language: LanguageWord = "", refs: Files = ()) -> Message:
    """Take a Word document as the form of letters: letter template upload speakers en, with the file attached"""
    allow_in_any(ctx, run_meeting)
    which, language = named(ctx, audience, language, "upload")
    found = numbered(ctx, refs) if refs else list(ctx.files)
    if len(found) != 1:
        raise Refused("wording/one_file", count=len(found), upload=f"letter template upload {which} {language}")
    file = found[0]
    content = content_of(ctx, file)
    try:
        faults = filling.faults(content, which)
    except filling.BadDocument as bad:
        raise Refused("wording/bad_document", why=bad.why, file=file, most=filling.LARGEST // 2**20) from None
    if faults:
        raise Refused("wording/faulty", **faults_of(faults))
    parts = _parts(ctx, content, which, language)
    return kept(ctx, which, language, parts=parts, file_id=file.id)


def _parts(ctx: Context, content: bytes, which: Audience, language: str) -> dict[str, str]:
    """The letter's words as the document has them, with those that stand in none, as of a mail's subject.

    Raises ``Refused`` where the letter would not say the same as the document.
    """
    locale = LOCALES[language]
    try:
        parts = parts_of(standing(ctx, which, language), which, language) | filling.parts(content, locale)
    except worded.Shapeless as lacking:
        raise Refused("wording/shapeless", lack=lacking.lack, locale=locale) from None
    if faults := words.faults(parts, which):
        raise Refused("wording/faulty", **faults_of(faults))
    for unit, full in product((True, False), repeat=2):
        if differs := _tried(content, parts, words.sampled(which, unit=unit, full=full), locale):
            raise Refused("wording/differs", differs=differs)
    return parts


def _tried(
    content: bytes, parts: Mapping[str, str], facts: Mapping[str, Any], locale: str
) -> Sequence[tuple[str, str]]:
    """In what the letter and the document differ with these facts; in nothing where neither can be written."""
    try:
        return filling.letter(content, facts, words.compose(parts, facts, locale=locale)).differs
    except (words.Unfilled, words.Faulty):
        return ()


def file_of(ctx: Context, row: LetterTemplate) -> File:
    """The document of a template that has one."""
    assert row.file_id is not None  # noqa: S101  what its caller has looked at
    return files.some(ctx.db, [row.file_id])[row.file_id]


def content_of(ctx: Context, file: File) -> bytes:
    """At most one byte more than a document may have."""
    with stored.opened(ctx, file) as stream:
        return stream.read(filling.LARGEST + 1)


def filled(ctx: Context, row: LetterTemplate | None, facts: Mapping[str, Any], paper: Paper) -> Filled | None:
    """A letter on the association's own document; None where there is none, or it cannot be filled any more."""
    if row is None or row.file_id is None:
        return None
    try:
        return filling.letter(content_of(ctx, file_of(ctx, row)), facts, paper)
    except (words.Unfilled, words.Faulty, filling.BadDocument):
        return None


def own_form(ctx: Context, letter: Letter) -> Filled | None:
    """A letter on the document of the version that it was drafted with, whatever has become of the template since."""
    paper = paper_of(letter)
    if paper is None or not letter.template.startswith(OWN_WORDS):
        return None
    rows = letters.template_versions(ctx.db, ctx.workspace.id, Audience(letter.audience), letter.locale)
    row = next((one for one in rows if f"{OWN_WORDS}{one.number}" == letter.template), None)
    return filled(ctx, row, letter.facts, paper)
