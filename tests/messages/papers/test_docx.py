from __future__ import annotations

import io

import docx as word
import pytest
from docx.document import Document
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

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
    assert said[-5:] == ["附件：权益落实照片、发票", "此致", "敬礼！", "中国数据科学学会", "2025年3月8日"]


def test_the_signature_stays_with_the_words_above_it() -> None:
    *kept, date = opened(CHINESE).paragraphs[-5:]
    assert [paragraph.paragraph_format.keep_with_next for paragraph in kept] == [True] * 4
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


def test_a_seal_of_a_good_four_centimetres_has_its_room_around_unit_and_date() -> None:
    unit, date = (paragraph.paragraph_format for paragraph in opened(CHINESE).paragraphs[-2:])
    assert (unit.space_before or 0) + 2 * Pt(28) + (date.space_after or 0) >= Mm(44.9)
    unsealed = opened(CHINESE.model_copy(update={"seal": False})).paragraphs[-1]
    assert unsealed.paragraph_format.space_after == 0


def test_pages_but_the_first_are_numbered_and_a_chinese_letter_ends_in_how_to_reach_its_sender() -> None:
    section = opened(CHINESE).sections[0]
    first, later = ([line.text for line in foot.paragraphs] for foot in (section.first_page_footer, section.footer))
    assert first == later[:1] == ["100081 北京市海淀区中关村南大街5号　010-5550 1234　office@example.org"]
    assert section.footer.part.element.xpath("//w:fldSimple/@w:instr") == [" PAGE "]
    assert [line.text for line in opened(ENGLISH).sections[0].first_page_footer.paragraphs] == [""]


def test_a_table_is_as_broad_as_the_text_by_what_stands_in_it_and_repeats_its_head() -> None:
    (table,) = opened(CHINESE).tables
    widths = [cell.width or 0 for cell in table.rows[0].cells]
    assert Mm(155.9) < sum(widths) < Mm(156.1)
    assert min(widths) == widths[3] < widths[0]
    assert opened(CHINESE).element.xpath("count(//w:tr[1]/w:trPr/w:tblHeader) = count(//w:tblHeader)")


def test_chinese_quotation_marks_are_set_in_chinese_type() -> None:
    assert opened(CHINESE).element.xpath('//w:r[contains(w:t, "“")]/w:rPr/w:rFonts/@w:hint') == ["eastAsia"]
