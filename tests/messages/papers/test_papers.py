from __future__ import annotations

import re
import sys
from html import unescape
from pathlib import Path

import pytest
import typst
from pydantic import ValidationError
from pylopdf_fonts_zh_cn import serif_path

from messages.lines import breadth
from messages.papers import Paper, mail, pdf, text
from messages.papers.form import tidy
from tests.messages.papers.letters import CHINESE, ENGLISH, NASTY, long_table, nasty

BOTH = pytest.mark.parametrize("paper", [CHINESE, ENGLISH], ids=["zh", "en"])
TEMPLATE = Path(pdf.__file__).parent / "letter.typ"


def pages(document: bytes) -> int:
    return max(int(count) for count in re.findall(rb"/Count (\d+)", document))


def printed(paper: Paper) -> str:
    """All paragraphs of the printed letter, as typst set them."""
    return typst.query(TEMPLATE, "par", root=TEMPLATE.parent, sys_inputs=pdf.inputs([paper]))


def renamed(name: str) -> Paper:
    return CHINESE.model_copy(update={"subject": name, "salutation": name, "signed": (name,)})


def test_a_chinese_letter_in_plain_text_has_its_five_parts_in_order() -> None:
    lines = text.draw(CHINESE).splitlines()
    assert lines[:3] == ["感谢信", "", "尊敬的北京星河科技有限公司："]
    assert lines[4].startswith("　　2025年3月1日至3日")
    end = lines.index("　　此致")
    assert lines[end - 2 : end + 5] == [
        "　　附件：权益落实照片、发票", "", "　　此致", "敬礼！", "", "中国数据科学学会", "2025年3月8日",
    ]  # fmt: skip


def test_an_english_letter_in_plain_text_has_the_date_and_the_address_above() -> None:
    blocks = text.draw(ENGLISH).split("\n\n")
    assert blocks[0] == "Chinese Society for Data Science\n5 Zhongguancun South Street, Beijing 100081"
    assert blocks[1:4] == ["8 March 2025", "Dr Wang Jianguo 王建国\nExample University\nHangzhou", "Dear Dr Wang,"]
    assert blocks[-3:] == [
        "Yours sincerely,",
        "Li Ming\nSecretary General\nChinese Society for Data Science",
        "Encl. Certificate",
    ]


def test_the_columns_of_a_table_stand_under_each_other_in_plain_text() -> None:
    lines = text.draw(CHINESE).splitlines()
    start = lines.index("赞助权益落实情况")
    table = lines[start + 1 : start + 5]
    assert [breadth(line) for line in table] == [breadth(table[0])] * 4
    assert {
        breadth(line[: line.index(cell)]) for line, cell in zip(table, ["约定", "主背", "9平", "首页"], strict=True)
    } == {18}


@BOTH
def test_names_stay_as_they_are_in_plain_text(paper: Paper) -> None:
    drawn = text.draw(nasty(paper))
    assert drawn.count(NASTY) >= 10
    assert "49" not in drawn


@BOTH
def test_names_are_no_markup_in_mail(paper: Paper) -> None:
    drawn = mail.draw(nasty(paper))
    assert "<b onclick" not in drawn
    assert "<!channel>" not in drawn
    assert unescape(drawn).count(NASTY) >= 10


@BOTH
def test_names_are_no_source_in_print(paper: Paper) -> None:
    found = printed(nasty(paper))
    assert found.count("#panic() $x$") >= 5
    assert "root:" not in found
    assert pages(pdf.draw([nasty(paper)])) >= 1


@pytest.mark.parametrize("mark", ["\u202e", "\u2066", "\u200f"])
def test_nothing_turns_the_direction_of_reading(mark: str) -> None:
    paper = renamed(f"Ann{mark}gnp.exe")
    for drawn in (text.draw(paper), mail.draw(paper), printed(paper)):
        assert mark not in drawn
        assert "Anngnp.exe" in drawn


def test_a_name_of_two_lines_stands_on_one() -> None:
    paper = renamed("Ann\r\nBcc: all@example.org")
    for drawn in (text.draw(paper), mail.draw(paper), printed(paper)):
        assert "Ann Bcc: all@example.org" in drawn


def test_a_link_is_a_link_and_a_script_is_not() -> None:
    drawn = mail.draw(nasty(CHINESE))
    assert 'href="https://example.org/?a=1&amp;b=' in drawn
    assert 'href="javascript' not in drawn
    assert "javascript:alert(1)" in drawn
    assert b"/URI (javascript" not in pdf.draw([nasty(CHINESE)])


@BOTH
def test_a_mail_fetches_nothing_and_says_its_language(paper: Paper) -> None:
    drawn = mail.draw(paper)
    assert re.search(r"@import|<link|<img|<script|src=", drawn) is None
    assert f'lang="{"zh-CN" if paper is CHINESE else "en"}"' in drawn


def test_a_short_letter_is_one_page_and_a_run_is_all_of_them() -> None:
    assert pages(pdf.draw([CHINESE])) == pages(pdf.draw([ENGLISH])) == 1
    assert pages(pdf.draw([CHINESE, ENGLISH, CHINESE])) == 3


@BOTH
def test_a_long_table_goes_on_overleaf(paper: Paper) -> None:
    assert pages(pdf.draw([long_table(paper)])) > 1
    for drawn in (text.draw(long_table(paper)), mail.draw(long_table(paper))):
        assert all(f"Benefit {at}" in drawn for at in range(60))


def test_a_seal_never_stands_on_a_page_without_words() -> None:
    """However long the text is, the closing lines and the last short paragraph move with the signature."""
    for lines in range(6, 22):
        paper = CHINESE.model_copy(update={"paragraphs": ("甲" * 22 * lines, "乙" * 50), "links": (), "enclosures": ()})
        places = {mark: where(paper, mark) for mark in ("乙", "中国数据科学学会")}
        assert len(set(places.values())) == 1, lines


def where(paper: Paper, words: str) -> int:
    """The page on which words are printed."""
    source = TEMPLATE.read_bytes() + (
        b'\n#context [#metadata(query(par).filter(one => repr(one.body).contains("%s")).first().location().page())<at>]'
        % words.encode()
    )
    fonts = typst.Fonts(include_system_fonts=False, font_paths=[serif_path().parent])
    return int(typst.query(source, "<at>", "value", one=True, sys_inputs=pdf.inputs([paper]), font_paths=fonts))


def test_the_same_letter_gives_the_same_file() -> None:
    assert pdf.draw([CHINESE]) == pdf.draw([CHINESE])


def test_print_without_the_extra_is_an_exception_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "typst", None)
    with pytest.raises(pdf.NotInstalled):
        pdf.draw([CHINESE])


def test_no_letters_are_no_print() -> None:
    with pytest.raises(ValueError, match="no letter"):
        pdf.draw([])


@pytest.mark.parametrize(("paper", "word"), [(CHINESE, "人工智能"), (ENGLISH, "AI")])
def test_a_letter_that_a_machine_helped_with_says_so_in_its_footer(paper: Paper, word: str) -> None:
    helped = paper.model_copy(update={"assisted": True, "footer": "F."})
    for drawn in (text.draw(helped), mail.draw(helped)):
        assert word in drawn
        assert "F." in drawn
    assert word not in text.draw(paper)
    assert tidy(tidy(helped)) == tidy(helped)


def test_no_letter_is_without_a_closing() -> None:
    with pytest.raises(ValidationError):
        Paper.model_validate({**CHINESE.model_dump(), "closing": ()})
