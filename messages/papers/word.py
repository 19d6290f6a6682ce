"""A Word document with places to fill in: what its author may write in them, and what is left of its paragraphs."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Iterator
from typing import Any

from docx.oxml import parse_xml
from docx.oxml.ns import qn
from docxtpl import DocxTemplate

from messages.letters.values import DROP, MARK

_PARAGRAPH = re.compile(r"<w:p[ >].*?</w:p>", re.DOTALL)
_TAG = re.compile(r"\{[{%]")
_NAMED = re.compile(f"{MARK}([^{MARK}]*){MARK}")
_BLANKS = re.compile(" {2,}")
_HEAD_OR_FOOT = re.compile(r"/word/(?:header|footer|footnotes|endnotes)\d*\.xml")
_BENEFITS = re.compile(r"\{%tr\s+for\s+\w+\s+in\s+(?:table|benefits)\s*%\}")
_AGAIN = qn("w:p"), "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
"""What has its own words: a paragraph within a paragraph, and the same once more for old programs."""
_HOLDING = tuple(map(qn, ("w:drawing", "w:pict", "w:br", "w:sectPr", "w:object")))


class Form(DocxTemplate):  # type: ignore[misc]
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

    def blocks(self, table: str = "") -> list[str]:
        """What its paragraphs and cells say, in order; ``table`` in place of the one of benefits."""
        return list(_blocks(self.docx.element.body, table))

    def around(self) -> list[str]:
        """What its heads, feet and notes say, each once."""
        parts = (part for part in self.docx.part.package.iter_parts() if _HEAD_OR_FOOT.fullmatch(str(part.partname)))
        texts = (text.strip() for part in parts for text in _blocks(parse_xml(part.blob), ""))
        return [text for text in dict.fromkeys(texts) if re.search(r"[^\W\d]", text)]

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


def _blocks(element: Any, table: str) -> Iterator[str]:
    for child in element:
        if child.tag == qn("w:tbl") and table and _BENEFITS.search("".join(_texts(child, within=()))):
            yield table
        elif child.tag == qn("w:p"):
            yield "".join(_texts(child))
            yield from (text for inner in _inner(child) for text in _blocks(inner, table))
        elif child.tag != _AGAIN[1]:
            yield from _blocks(child, table)


def _texts(element: Any, within: Iterable[str] = _AGAIN) -> Iterator[str]:
    """Its own words, without those of what is set into it."""
    for child in element:
        if child.tag == qn("w:t"):
            yield child.text or ""
        elif child.tag in {qn("w:tab"), qn("w:br"), qn("w:cr")}:
            yield " "
        elif child.tag not in within:
            yield from _texts(child, within)


def _inner(paragraph: Any) -> Iterator[Any]:
    """What stands in boxes that the paragraph holds."""
    for box in paragraph.iter(qn("w:txbxContent")):
        if not any(above.tag == _AGAIN[1] for above in box.iterancestors()):
            yield box


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
