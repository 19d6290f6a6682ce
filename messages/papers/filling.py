"""Letters whose form an association keeps as a Word document: checked when it comes, and filled for one letter."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import replace
from enum import StrEnum
from typing import Any

from docx.oxml.ns import qn
from docxtpl import DocxTemplate

from messages.letters.checking import of_source
from messages.letters.composing import Unfilled
from messages.letters.sandbox import Fault, Sandbox
from messages.letters.values import DROP, MARK, wrapped

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
_PARAGRAPH = re.compile(r"<w:p[ >].*?</w:p>", re.DOTALL)
_TAG = re.compile(r"\{[{%]")
_NAMED = re.compile(f"{MARK}([^{MARK}]*){MARK}")
_BLANKS = re.compile(" {2,}")
_XML_TAG = re.compile(r"<[^>]*>?")
_HOLDING = tuple(map(qn, ("w:drawing", "w:pict", "w:br", "w:sectPr", "w:object")))


class WhyNot(StrEnum):
    """NO_DOCUMENT is no Word document, or is damaged. LARGE, also once unpacked. MACROS run something.

    AWAY: it fetches something from elsewhere.
    """

    NO_DOCUMENT = "no_document"
    LARGE = "large"
    MACROS = "macros"
    AWAY = "away"


class BadDocument(Exception):  # noqa: N818  somebody's file, not a bug
    """A file that is not taken as the form of a letter."""

    def __init__(self, why: WhyNot) -> None:
        super().__init__(why)
        self.why = why


def faults(template: bytes, audience: str) -> list[Fault]:
    """All that is wrong with what is to be filled in. Raises ``BadDocument`` for a file that is not taken at all."""
    form = _opened(template)
    _saved(form)
    found = [replace(fault, part="document") for source in form.sources() for fault in of_source(source, audience)]
    return [replace(fault, line=0, word=_XML_TAG.sub("", fault.word).strip()) for fault in dict.fromkeys(found)]


def fill(template: bytes, facts: Mapping[str, Any], *, locale: str) -> bytes:
    """The document with the facts filled in, literally; a paragraph in which nothing is left is taken out.

    Raises ``BadDocument``, ``Faulty``, and ``Unfilled`` with every field that has no value.
    """
    form = _opened(template)
    form.render({**wrapped(facts), "locale": locale}, _SANDBOX)
    if form.missing:
        raise Unfilled(tuple(dict.fromkeys(form.missing)))
    form.drop_empty()
    return _saved(form)


def _saved(form: _Form) -> bytes:
    written = io.BytesIO()
    try:
        form.save(written)
    except Exception as error:  # as with opening: what is damaged may show only now
        raise BadDocument(WhyNot.NO_DOCUMENT) from error
    return written.getvalue()


_SANDBOX = Sandbox(autoescape=True, most=MOST_FILLED)


class _Form(DocxTemplate):  # type: ignore[misc]
    """``missing`` are the fields that were printed and have no value."""

    def __init__(self, template: bytes) -> None:
        super().__init__(io.BytesIO(template))
        self.missing: list[str] = []
        self.init_docx()

    def sources(self) -> Iterator[str]:
        """What is to be filled in, of the document, its heads and its feet, as Jinja reads it."""
        yield self.patch_xml(self.get_xml())
        for uri in (self.HEADER_URI, self.FOOTER_URI):
            for _, part in self.get_headers_footers(uri):
                yield self.patch_xml(self.get_part_xml(part))

    def render_xml_part(self, src_xml: str, part: Any, context: Any, jinja_env: Any = None) -> str:
        filled: str = super().render_xml_part(_PARAGRAPH.sub(_marked, src_xml), part, context, jinja_env)
        self.missing += _NAMED.findall(filled)
        return filled if part is self.docx.part else filled.replace(DROP, "")

    def render_properties(self, context: Any, jinja_env: Any = None) -> None:
        """A document's title and author are nobody's template."""

    def drop_empty(self) -> None:
        """Take out the paragraphs in which something could have been said and nothing was, and blanks around it."""
        for paragraph in list(self.docx.element.body.iter(qn("w:p"))):
            texts = list(paragraph.iter(qn("w:t")))
            said = "".join(one.text or "" for one in texts)
            if DROP in said:
                _tidy(texts)
            if DROP in said and not said.replace(DROP, "").strip() and _spare(paragraph):
                paragraph.getparent().remove(paragraph)


def _tidy(texts: list[Any]) -> None:
    """The texts of a paragraph without what marks them, without blanks before the first and several in a row."""
    begun = False
    for one in texts:
        text = _BLANKS.sub(" ", (one.text or "").replace(DROP, ""))
        one.text = text if begun else text.lstrip(" ")
        begun = begun or bool(one.text)


def _marked(found: re.Match[str]) -> str:
    """A paragraph with a mark where something is filled in first."""
    paragraph = found[0]
    for tag in _TAG.finditer(paragraph):
        at = tag.start()
        if paragraph.rfind(">", 0, at) > paragraph.rfind("<", 0, at):
            return paragraph[:at] + DROP + paragraph[at:]
    return paragraph


def _spare(paragraph: Any) -> bool:
    """Whether a page does without it: a cell of a table needs its last paragraph, and a picture is none."""
    cell = paragraph.getparent()
    last = cell.tag == qn("w:tc") and len(cell.findall(qn("w:p"))) == 1
    return not last and not any(True for _ in paragraph.iter(*_HOLDING))


# --- what is taken


def _opened(template: bytes) -> _Form:
    _look_over(template)
    try:
        return _Form(template)
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
    if name == "[Content_Types].xml" and _MAIN not in content:
        raise BadDocument(WhyNot.MACROS if b"macroEnabled" in content else WhyNot.NO_DOCUMENT)
    if name.endswith(".rels") and any(b"/hyperlink" not in one for one in _AWAY.findall(content)):
        raise BadDocument(WhyNot.AWAY)
