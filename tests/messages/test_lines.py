"""Markdown is read into lines that a platform can draw, and cut where a reader would cut."""

from __future__ import annotations

import pytest

from messages.lines import Line, Run, breadth, clean, entry, place, read


def test_a_body_is_read_line_by_line() -> None:
    assert read("**a** b\nc\n\n3. d\n   - [e](https://f.g)\n\n> h\n\n```\ni\n```") == [
        Line("text", (Run("a", ("bold",)), Run(" b\nc"))),
        Line("ordered", (Run("d"),), number=3),
        Line("bullet", (Run("e", url="https://f.g"),), indent=1),
        Line("quote", (Run("h"),), apart=True),
        Line("code", (Run("i"),)),
    ]


@pytest.mark.parametrize("address", ["tel:1", "ftp://a.b", "javascript:a", "/a"])
def test_only_pages_and_mailboxes_are_followed(address: str) -> None:
    assert all(not run.url for line in read(f"[a]({address})") for run in line.runs)


def test_an_entry_is_one_line_with_its_lists_below() -> None:
    assert entry("**T1**\nb\n\nc\n\n- d") == [
        Line("bullet", (Run("T1", ("bold",)), Run("\nb"), Run("\n"), Run("c"))),
        Line("bullet", (Run("d"),), indent=1),
    ]
    assert entry("") == [Line("bullet", (Run("–"),))]
    assert [line.kind for line in entry("> a")] == ["quote"]


def test_a_cut_leaves_what_is_drawn_as_one_whole() -> None:
    family = "👨\u200d👩\u200d👧"
    assert place(f"ab{family}", 4) == 2
    assert place("一二三。四五六", 5) == 4
    assert place("abcdefgh", 3, hard=False) == 0


def test_chinese_is_twice_as_broad() -> None:
    assert breadth("T1 会议") == 7


def test_half_a_character_is_replaced() -> None:
    assert clean("\ud83da\0") == "\ufffda"
