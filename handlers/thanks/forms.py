"""Letters kept as Word documents: handed out to be changed in Word or WPS, taken back, and filled in."""

from __future__ import annotations

from collections.abc import Mapping
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
from messages import Message
from messages import letters as words
from messages.papers import filling, starting
from storage import files, letters
from storage.files import File
from storage.letters import Letter, LetterTemplate

router = Router("thanks")

BESIDE = frozenset({"before", "files"})
"""What is kept beside a letter's facts."""
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
        "wording/download", audience=which, language=language, own=own, files=[found], upload=line, private=True
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
    try:
        faults = filling.faults(content_of(ctx, file), which)
    except filling.BadDocument as bad:
        raise Refused("wording/bad_document", why=bad.why, file=file, most=filling.LARGEST // 2**20) from None
    if faults:
        raise Refused("wording/faulty", **faults_of(faults))
    row = standing(ctx, which, language)
    return kept(ctx, which, language, parts=row.parts if row else {}, file_id=file.id)


def file_of(ctx: Context, row: LetterTemplate) -> File:
    """The document of a template that has one."""
    assert row.file_id is not None  # noqa: S101  what its caller has looked at
    return files.some(ctx.db, [row.file_id])[row.file_id]


def content_of(ctx: Context, file: File) -> bytes:
    """At most one byte more than a document may have."""
    with stored.opened(ctx, file) as stream:
        return stream.read(filling.LARGEST + 1)


def filled(ctx: Context, row: LetterTemplate | None, facts: Mapping[str, Any], locale: str) -> bytes | None:
    """A letter on the association's own document; None where there is none.

    Raises ``Unfilled`` and ``Faulty`` as letters do that are made of words alone.
    """
    if row is None or row.file_id is None:
        return None
    return filling.fill(content_of(ctx, file_of(ctx, row)), facts, locale=locale)


def own_form(ctx: Context, letter: Letter) -> bytes | None:
    """A letter on the association's own document, to be changed by hand; None where that does not say what it says.

    So it is with what was put into other words, and with what came in of another audience's letter.
    """
    row = letters.templates(ctx.db, ctx.workspace.id).get((letter.audience, letter.locale))
    facts = {name: value for name, value in letter.facts.items() if name not in BESIDE}
    if letter.edited or letter.assisted or facts.keys() - words.FIELDS[letter.audience].keys():
        return None
    try:
        return filled(ctx, row, facts, letter.locale)
    except (words.Unfilled, words.Faulty, filling.BadDocument):
        return None
