"""Letters whose form an association keeps as a Word document: checked when it comes, and filled for one letter."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from messages.letters.checking import of_source
from messages.letters.composing import Unfilled
from messages.letters.sandbox import Fault, Sandbox
from messages.letters.values import wrapped
from messages.papers import Paper, spent, worded

if TYPE_CHECKING:
    from messages.papers.word import Form

LARGEST = 5 * 1024 * 1024
LARGEST_UNPACKED = 40 * 1024 * 1024
LARGEST_TEXT = 1024 * 1024
"""Of the XML of one part: docxtpl's own patterns take long over more."""
MOST_PARTS = 500
MOST_FILLED = 4_000_000
"""Characters of XML that may become of a part."""
_MAIN = b"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
_RUNS = re.compile(r"vbaProject|/activeX/|/embeddings/|oleObject", re.IGNORECASE)
_AWAY = re.compile(rb"<Relationship\b[^>]*TargetMode\s*=\s*[\"']External[\"'][^>]*>", re.IGNORECASE)
_TRACKED = re.compile(rb"<w:(?:ins|del|moveFrom|moveTo|vanish|webHidden)[ />]")
_XML_TAG = re.compile(r"<[^>]*>?")


class WhyNot(StrEnum):
    """NO_DOCUMENT is no Word document, or is damaged. LARGE, also once unpacked. MACROS run something.

    AWAY: it fetches something from elsewhere. UNSETTLED: it has tracked changes, or words that are hidden.
    """

    NO_DOCUMENT = "no_document"
    LARGE = "large"
    MACROS = "macros"
    AWAY = "away"
    UNSETTLED = "unsettled"


class BadDocument(Exception):  # noqa: N818  somebody's file, not a bug
    """A file that is not taken as the form of a letter."""

    def __init__(self, why: WhyNot) -> None:
        super().__init__(why)
        self.why = why


def faults(template: bytes, audience: str) -> list[Fault]:
    """All that is wrong with what is to be filled in. Raises ``BadDocument`` for a file that is not taken at all."""
    form = _opened(template)
    _saved(form)
    found = [
        replace(fault, part="document")
        for source in form.sources()
        for fault in of_source(source, audience, document=True)
    ]
    return [replace(fault, line=0, word=_XML_TAG.sub("", fault.word).strip()) for fault in dict.fromkeys(found)]


def parts(template: bytes, locale: str) -> dict[str, str]:
    """The document's words as the parts of a template, so that mail and paper say the same.

    Raises ``Shapeless`` where it cannot be told which of them is what.
    """
    return worded.parted(_opened(template).blocks(worded.TABLE), locale)


@dataclass(frozen=True)
class Filled:
    """A letter on the association's document. ``head``: what that has around the letter, above, below and in notes.

    ``differs``: what the letter says and what the document says instead, paragraph by paragraph; empty where both say
    the same. Such a document alone may be handed out as the letter.
    """

    content: bytes
    head: tuple[str, ...]
    differs: tuple[tuple[str, str], ...]


def letter(template: bytes, facts: Mapping[str, Any], paper: Paper) -> Filled:
    """The letter on the document, its facts filled in literally; a paragraph in which nothing is left is taken out.

    Raises ``BadDocument``, ``Faulty``, and ``Unfilled`` with every field that has no value.
    """
    form = _rendered(template, {**wrapped(facts), **worded.given(paper)}, paper.locale)
    if also := worded.more(paper, form.blocks()):
        form = _rendered(template, {**wrapped(facts), **worded.given(paper, also=also)}, paper.locale)
    above, differs = worded.split(paper, form.blocks())
    return Filled(_saved(form), (*above, *form.around()), tuple(differs))


def _rendered(template: bytes, known: Mapping[str, Any], locale: str) -> Form:
    form = _opened(template)
    form.render({**known, "locale": locale}, _SANDBOX)
    if form.missing:
        raise Unfilled(tuple(dict.fromkeys(form.missing)))
    form.drop_empty()
    return form


def _saved(form: Form) -> bytes:
    written = io.BytesIO()
    try:
        form.save(written)
    except Exception as error:  # as with opening: what is damaged may show only now
        raise BadDocument(WhyNot.NO_DOCUMENT) from error
    return written.getvalue()


_SANDBOX = Sandbox(autoescape=True, most=MOST_FILLED)


# --- what is taken


def _opened(template: bytes) -> Form:
    from messages.papers.word import Form  # noqa: PLC0415  docxtpl is large, and few letters have a form of their own

    _look_over(template)
    spent.clear()
    try:
        return Form(template)
    except Exception as error:  # whatever a damaged document makes of python-docx
        raise BadDocument(WhyNot.NO_DOCUMENT) from error


def _look_over(template: bytes) -> None:
    """Raises ``BadDocument``; nothing is unpacked that would grow beyond its bounds."""
    if len(template) > LARGEST:
        raise BadDocument(WhyNot.LARGE)
    try:
        with zipfile.ZipFile(io.BytesIO(template)) as packed:
            _check_sizes(packed.infolist())
            for entry in packed.infolist():
                _check_part(entry.filename, _unpacked(packed, entry))
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, EOFError, ValueError, zlib.error) as error:
        raise BadDocument(WhyNot.NO_DOCUMENT) from error


def _check_sizes(entries: list[zipfile.ZipInfo]) -> None:
    if len(entries) > MOST_PARTS or sum(entry.file_size for entry in entries) > LARGEST_UNPACKED:
        raise BadDocument(WhyNot.LARGE)
    names = [entry.filename for entry in entries]
    if "[Content_Types].xml" not in names or len(set(names)) < len(names):
        raise BadDocument(WhyNot.NO_DOCUMENT)
    if any(_RUNS.search(name) for name in names):
        raise BadDocument(WhyNot.MACROS)


def _unpacked(packed: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bytes:
    """At most as much as the entry says; one that is longer is damaged, and zipfile says so."""
    with packed.open(entry) as stream:
        return stream.read(entry.file_size + 1)


def _check_part(name: str, content: bytes) -> None:
    if not name.lower().endswith((".xml", ".rels")):
        return
    if len(content) > LARGEST_TEXT and name.startswith("word/document"):
        raise BadDocument(WhyNot.LARGE)
    if b"\x00" in content or b"<!DOCTYPE" in content or b"<!ENTITY" in content:
        raise BadDocument(WhyNot.NO_DOCUMENT)
    if name.startswith("word/document") and _TRACKED.search(content):
        raise BadDocument(WhyNot.UNSETTLED)
    if name == "[Content_Types].xml" and _MAIN not in content:
        raise BadDocument(WhyNot.MACROS if b"macroEnabled" in content else WhyNot.NO_DOCUMENT)
    if name.endswith(".rels") and any(b"/hyperlink" not in one for one in _AWAY.findall(content)):
        raise BadDocument(WhyNot.AWAY)
