"""A letter as a Word document on A4, for those who want to change it by hand."""

from __future__ import annotations

import io
from collections.abc import Iterable
from typing import Any

import docx
from docx.document import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH as ALIGN
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

from messages.papers import Grid, Paper
from messages.papers.form import COLON, contacts, enclosed, tidy

_LATIN, _CHINESE = "Times New Roman", "仿宋"
_SIZE = {"zh_CN": Pt(16), "en": Pt(11.5)}
_MARGINS = {"zh_CN": (37, 35, 28, 26), "en": (25, 25, 25, 25)}
"""Top, bottom, left and right in millimetres."""


def draw(paper: Paper, template: str = "") -> bytes:
    """The document. What a letter says is text in it, never a field or a link.

    Its properties keep ``template``, what the letter was made by, beside the letter's digest.
    """
    marks, paper = " ".join(filter(None, (template, paper.digest))), tidy(paper)
    document = docx.Document()
    _set_page(document, paper.locale)
    _set_type(document, paper.locale)
    _set_properties(document, paper)
    document.core_properties.keywords = marks
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
    style.paragraph_format.space_after = Pt(0 if locale == "zh_CN" else 8)
    if locale == "zh_CN":
        style.paragraph_format.line_spacing = Pt(28)


def _set_properties(document: Document, paper: Paper) -> None:
    about = document.core_properties
    about.title, about.author, about.comments = paper.subject[:255], paper.head.name[:255], ""


def _chinese(document: Document, paper: Paper) -> None:
    if paper.title:
        _line(document, paper.title, align=ALIGN.CENTER).runs[0].font.size = Pt(22)
    _line(document, paper.salutation)
    _body(document, paper)
    first, *rest = paper.closing
    _line(document, first, indent=True, kept=True)
    _lines(document, rest, kept=True)
    if paper.seal:  # 4.2 cm across, over the unit and the date: it reaches one line above them
        _lines(document, ("",), kept=True)
    _lines(document, paper.signed, align=ALIGN.RIGHT, kept=True)
    _line(document, paper.date, align=ALIGN.RIGHT)
    _lines(document, filter(None, (paper.footer,)))


def _english(document: Document, paper: Paper) -> None:
    _lines(document, filter(None, (paper.head.name, *contacts(paper), paper.date, *paper.inside)))
    _line(document, paper.salutation)
    _lines(document, filter(None, (paper.title,)))
    _body(document, paper)
    _lines(document, (*paper.closing, "", ""), kept=True)
    _lines(document, paper.signed)
    _lines(document, filter(None, (enclosed(paper), paper.footer)))


def _body(document: Document, paper: Paper) -> None:
    chinese = paper.locale == "zh_CN"
    for part in paper.paragraphs:
        if isinstance(part, Grid):
            _table(document, part)
        else:
            _line(document, part, indent=chinese)
    links = (f"{words}{COLON[paper.locale]}{address}" for words, address in paper.links)
    below = (enclosed(paper),) if chinese and paper.enclosures else ()
    _lines(document, (*links, *below), indent=chinese, kept=True)


def _table(document: Document, grid: Grid) -> None:
    if grid.caption:
        _line(document, grid.caption, align=ALIGN.CENTER, kept=True)
    table = document.add_table(rows=0, cols=len(grid.columns), style="Table Grid")
    for row in (grid.columns, *grid.rows):
        for at, (cell, text) in enumerate(zip(table.add_row().cells, row, strict=True)):
            _set_cell(cell.paragraphs[0], text, flush_right=at in grid.numbers)


def _set_cell(paragraph: Any, text: str, *, flush_right: bool) -> None:
    paragraph.add_run(text).font.size = Pt(10.5)
    paragraph.alignment = ALIGN.RIGHT if flush_right else ALIGN.LEFT
    paragraph.paragraph_format.line_spacing = 1.2


def _lines(document: Document, lines: Iterable[str], **form: Any) -> None:
    for line in lines:
        _line(document, line, **form)


def _line(document: Document, text: str, *, align: ALIGN = ALIGN.LEFT, indent: bool = False, kept: bool = False) -> Any:
    """One paragraph; ``indent`` by two characters, ``kept`` on the page of the next one."""
    paragraph = document.add_paragraph(text)
    paragraph.alignment = align
    paragraph.paragraph_format.keep_with_next = kept
    if indent:
        paragraph.paragraph_format.first_line_indent = Pt(32)
    return paragraph
