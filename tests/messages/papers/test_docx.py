from __future__ import annotations

import io

import docx as word
import pytest
from docx.document import Document
from docx.oxml.ns import qn
from docx.shared import Mm

from messages.papers import Paper, docx
from tests.messages.papers.letters import CHINESE, ENGLISH, NASTY, long_table, nasty

BOTH = pytest.mark.parametrize("paper", [CHINESE, ENGLISH], ids=["zh", "en"])


def opened(paper: Paper) -> Document:
    return word.Document(io.BytesIO(docx.draw(paper)))


@BOTH
def test_it_opens_on_a4_in_chinese_type(paper: Paper) -> None:
    document = opened(paper)
    section = document.sections[0]
    size = [round((length or 0) / Mm(1)) for length in (section.page_width, section.page_height)]
    assert size == [210, 297]
    assert document.styles["Normal"].element.rPr.rFonts.get(qn("w:eastAsia")) == "仿宋"


def test_a_chinese_letter_ends_in_closing_signature_and_date() -> None:
    said = [paragraph.text for paragraph in opened(CHINESE).paragraphs]
    assert said[:2] == ["感谢信", "尊敬的北京星河科技有限公司："]
    assert said[-6:] == ["附件：权益落实照片、发票", "此致", "敬礼！", "", "中国数据科学学会", "2025年3月8日"]


def test_the_signature_stays_with_the_words_above_it() -> None:
    *kept, date = opened(CHINESE).paragraphs[-6:]
    assert [paragraph.paragraph_format.keep_with_next for paragraph in kept] == [True] * 5
    assert date.paragraph_format.keep_with_next is False


@BOTH
def test_names_are_text(paper: Paper) -> None:
    document = opened(nasty(paper))
    assert [paragraph.text for paragraph in document.paragraphs].count(NASTY) >= 4
    assert document.tables[0].cell(1, 0).text == NASTY
    assert not document.element.xpath("//w:hyperlink | //w:fldSimple | //w:instrText")


def test_every_row_of_a_long_table_is_there() -> None:
    assert len(opened(long_table(ENGLISH)).tables[0].rows) == 61


@pytest.mark.parametrize("mark", ["\0", "\x0b", "\ufffe", "\uffff"])
def test_what_xml_cannot_carry_is_a_blank(mark: str) -> None:
    paper = ENGLISH.model_copy(update={"salutation": f"Dear{mark}Ann,"})
    assert "Dear Ann," in [paragraph.text for paragraph in opened(paper).paragraphs]
