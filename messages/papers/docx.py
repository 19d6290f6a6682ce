"""A letter as a Word document on A4, for those who want to change it by hand."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Sequence
from typing import Any

import docx
from docx.document import Document
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH as ALIGN
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Length, Mm, Pt

from messages.lines import breadth
from messages.papers import Grid, Paper, spent
from messages.papers.form import COLON, contacts, enclosed, tidy

_LATIN, _CHINESE = "Times New Roman", "仿宋"
_SIZE = {"zh_CN": Pt(16), "en": Pt(11.5)}
_MARGINS = {"zh_CN": (37, 35, 28, 26), "en": (25, 25, 25, 25)}
"""Top, bottom, left and right in millimetres."""
_LEADING = Pt(28)
_SEAL = Mm(45)
"""Room for a seal of some 4.2 cm, which stands over the unit and the date."""
_SIGNED = Mm(96)
"""How broad the block of a Chinese signature is; its lines stand in its middle."""
_NARROWEST, _FACT, _BROADEST = 10, 16, 36
"""Of a column of a table, as its share is reckoned: in halves of a Chinese character; a fact that is still to come."""

_FIELD, _CONDITION = re.compile(r"\{\{.*?\}\}"), re.compile(r"\{%.*?%\}")
"""What a document to begin with has in place of facts."""
_UNBROKEN = re.compile(r"[!-~]{16}")
"""An address among Chinese: where it goes to the next line, the line before it would be pulled apart."""


def draw(paper: Paper, template: str = "") -> bytes:
    """The document. What a letter says is text in it, never a field or a link.

    Its properties keep ``template``, what the letter was made by, beside the letter's digest.
    """
    marks, paper = " ".join(filter(None, (template, paper.digest))), tidy(paper)
    spent.clear()
    document = docx.Document()
    _set_page(document, paper.locale)
    _set_type(document, paper.locale)
    _set_properties(document, paper)
    document.core_properties.keywords = marks
    _set_feet(document, paper)
    (_chinese if paper.locale == "zh_CN" else _english)(document, paper)
    written = io.BytesIO()
    document.save(written)
    return written.getvalue()


def _set_page(document: Document, locale: str) -> None:
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    top, bottom, left, right = map(Mm, _MARGINS[locale])
    section.top_margin, section.bottom_margin = top, bottom
    section.left_margin, section.right_margin = left, right


def _set_type(document: Document, locale: str) -> None:
    """Chinese type is named apart: without ``eastAsia`` Word takes one of its own."""
    style: Any = document.styles["Normal"]
    style.font.name, style.font.size = _LATIN, _SIZE[locale]
    style.element.rPr.rFonts.set(qn("w:eastAsia"), _CHINESE)
    style.element.rPr.append(_element("w:lang", val="en-GB", eastAsia="zh-CN"))
    style.paragraph_format.space_after = Pt(0 if locale == "zh_CN" else 8)
    if locale == "zh_CN":
        style.paragraph_format.line_spacing = _LEADING


def _set_properties(document: Document, paper: Paper) -> None:
    about = document.core_properties
    about.title, about.author, about.comments = paper.subject[:255], paper.head.name[:255], ""


def _set_feet(document: Document, paper: Paper) -> None:
    """How the association is reached, on every page of a Chinese letter; from the second page on also its number."""
    section = document.sections[0]
    section.different_first_page_header_footer = True
    reached = "　".join(contacts(paper)) if paper.locale == "zh_CN" else ""
    for at, foot in enumerate((section.first_page_footer, section.footer)):
        _set_small(foot.paragraphs[0], reached)
        if at:
            number = foot.add_paragraph() if reached else foot.paragraphs[0]
            _set_small(number, "— ", "2", " —")
            _count(number.runs[-2]._r)  # noqa: SLF001  python-docx knows no fields


def _set_small(line: Any, *texts: str) -> None:
    line.alignment, line.paragraph_format.line_spacing = ALIGN.CENTER, 1.0
    for text in texts:
        _run(line, text, size=9)


def _count(run: Any) -> None:
    """What stands in the run becomes the number of the page."""
    field = _element("w:fldSimple", instr=" PAGE ")
    run.addprevious(field)
    field.append(run)


# --- the two forms


def _chinese(document: Document, paper: Paper) -> None:
    if paper.title:
        title = _line(document, "", align=ALIGN.CENTER)
        _run(title, paper.title, size=22)
        title.paragraph_format.space_after = _LEADING
    _line(document, paper.salutation)
    _body(document, paper)
    first, *rest = paper.closing
    _line(document, first, indent=True, kept=True)
    _lines(document, rest, kept=True)
    _signature(document, paper)
    _lines(document, filter(None, (paper.footer,)), size=9)


def _signature(document: Document, paper: Paper) -> None:
    """One line below the other in their block; where a seal is put, they lie in the middle of its room."""
    lines = [_line(document, text, align=ALIGN.CENTER, kept=True) for text in (*paper.signed, paper.date)]
    spare = max(0, _SEAL - _LEADING * len(lines)) // 2 if paper.seal else 0
    for line in lines:
        line.paragraph_format.left_indent = _breadth_of(document) - _SIGNED
    lines[0].paragraph_format.space_before = Length(max(spare, _LEADING // 2))
    lines[-1].paragraph_format.space_after = Length(spare)
    lines[-1].paragraph_format.keep_with_next = False


def _english(document: Document, paper: Paper) -> None:
    _lines(document, filter(None, (paper.head.name,)), size=15, after=2)
    _lines(document, filter(None, ("  ·  ".join(contacts(paper)),)), size=9.5)
    _block(document, (paper.date,), before=16)
    _block(document, paper.inside, before=12)
    _block(document, (paper.salutation,), before=12)
    _lines(document, filter(None, (paper.title,)))
    _body(document, paper)
    _block(document, paper.closing, before=8, kept=True)
    _block(document, paper.signed, before=44)
    _lines(document, filter(None, (enclosed(paper),)))
    _lines(document, filter(None, (paper.footer,)), size=9)


def _block(document: Document, lines: Sequence[str], *, before: float, kept: bool = False) -> None:
    """Lines without room between them, ``before`` points below what stands above; they stay on one page."""
    for at, text in enumerate(lines):
        last = at + 1 == len(lines)
        line = _line(document, text, kept=kept or not last, after=None if last else 0)
        line.paragraph_format.space_before = Pt(0 if at else before)


def _body(document: Document, paper: Paper) -> None:
    """Its end stays with the closing, so that no page bears a signature alone."""
    chinese, under_table = paper.locale == "zh_CN", False
    for at, part in enumerate(paper.paragraphs):
        if isinstance(part, Grid):
            _table(document, part)
        else:
            line = _line(document, part, indent=chinese, kept=at + 1 == len(paper.paragraphs))
            line.alignment = ALIGN.JUSTIFY if chinese and not _UNBROKEN.search(part) else ALIGN.LEFT
            line.paragraph_format.space_before = Pt(10) if under_table else None
        under_table = isinstance(part, Grid)
    links = (f"{words}{COLON[paper.locale]}{address}" for words, address in paper.links)
    enclosures = (enclosed(paper),) if chinese and paper.enclosures else ()
    _lines(document, (*links, *enclosures), indent=chinese, kept=True)


# --- tables


def _table(document: Document, grid: Grid) -> None:
    if grid.caption:
        caption = _line(document, "", align=ALIGN.CENTER, kept=True)
        _run(caption, grid.caption, size=12)
    table = document.add_table(rows=0, cols=len(grid.columns), style="Table Grid")
    table.alignment, table.autofit = WD_TABLE_ALIGNMENT.CENTER, False
    table._tblPr.append(_inset())  # noqa: SLF001  python-docx has no word for it
    widths = _widths(grid, _breadth_of(document))
    for column, width in zip(table.columns, widths, strict=True):
        column.width = width
    for row in (grid.columns, *grid.rows):
        added = table.add_row()
        added._tr.get_or_add_trPr().append(_element("w:cantSplit"))  # noqa: SLF001  likewise
        for at, (cell, text) in enumerate(zip(added.cells, row, strict=True)):
            cell.width = widths[at]
            _set_cell(cell.paragraphs[0], text, flush_right=at in grid.numbers)
    table.rows[0]._tr.get_or_add_trPr().append(_element("w:tblHeader"))  # noqa: SLF001  likewise


def _widths(grid: Grid, whole: int) -> list[Length]:
    """A column is as broad as what stands in it asks for, within bounds."""
    columns = zip(grid.columns, *grid.rows, strict=True)
    wanted = [min(max(*map(_room_for, column), _NARROWEST), _BROADEST) for column in columns]
    return [Length(whole * one // sum(wanted)) for one in wanted]


def _room_for(text: str) -> int:
    """How broad the text is."""
    return breadth(_FIELD.sub("x" * _FACT, _CONDITION.sub("", text)))


def _inset() -> Any:
    inset = _element("w:tblCellMar")
    for side, twips in (("top", 60), ("left", 108), ("bottom", 60), ("right", 108)):
        inset.append(_element(f"w:{side}", w=str(twips), type="dxa"))
    return inset


def _set_cell(paragraph: Any, text: str, *, flush_right: bool) -> None:
    _run(paragraph, text, size=10.5)
    paragraph.alignment = ALIGN.RIGHT if flush_right else ALIGN.LEFT
    paragraph.paragraph_format.line_spacing = 1.1
    paragraph.paragraph_format.space_after = Pt(0)


# --- lines


def _lines(document: Document, lines: Iterable[str], **form: Any) -> None:
    for line in lines:
        _line(document, line, **form)


def _line(
    document: Document,
    text: str,
    *,
    align: ALIGN = ALIGN.LEFT,
    indent: bool = False,
    kept: bool = False,
    size: float = 0,
    after: float | None = None,
) -> Any:
    """One paragraph; ``indent`` by two characters, ``kept`` on the page of the next one; sizes in points."""
    paragraph = document.add_paragraph()
    if text:
        _run(paragraph, text, size=size)
    paragraph.alignment = align
    paragraph.paragraph_format.keep_with_next = kept
    if indent:
        paragraph.paragraph_format.first_line_indent = Pt(32)
    if after is not None:
        paragraph.paragraph_format.space_after = Pt(after)
    return paragraph


def _run(paragraph: Any, text: str, *, size: float = 0) -> Any:
    """Text; Word sets “ ” and … in Chinese type only where it is told that they are Chinese."""
    run = paragraph.add_run(text)
    if size:
        run.font.size = Pt(size)
    if any(letter >= "\u3400" for letter in text):
        run._r.get_or_add_rPr().get_or_add_rFonts().set(qn("w:hint"), "eastAsia")  # noqa: SLF001
    return run


def _breadth_of(document: Document) -> int:
    """Of the text on a page, in the unit of ``Length``."""
    section = document.sections[0]
    return int((section.page_width or 0) - (section.left_margin or 0) - (section.right_margin or 0))


def _element(tag: str, **attributes: str) -> Any:
    element = OxmlElement(tag)
    for name, value in attributes.items():
        element.set(qn(f"w:{name}"), value)
    return element
