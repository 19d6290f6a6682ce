"""Markdown becomes exactly what it means in Slack, and what people typed becomes nothing but itself."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.platforms.slack import render
from bot.platforms.slack.render_text import cut, read, short, weight, words
from messages.lines import place
from messages.markdown import escape, plain
from messages.message import Row
from tests.bot.platforms.slack.oracle import faults
from tests.bot.platforms.slack.shapes import elements, message, said

NASTY = (
    "<!channel>|<!here> <!everyone>|<@U123ABC>|<!subteam^S1>|<#C123>|@here @channel|https://evil.example|```fence```|"
    "<https://evil.example>|*bold* _it_ ~no~ `code`|[a](https://evil.example)|![a](https://e.x)|> quote|- item|1. item|"
    "# head|:tada: :smile:|&lt;!channel&gt;|a\\*b|\u202eevil|<!date^1^{date}>|---|~~strike~~|<script>|***|_ _|"
    "`|* *|(注意)*加粗*。|\u200b*x*|**|__a__|mailto:a@b.c"
).split("|")
typed = st.one_of(st.text(max_size=200), st.lists(st.sampled_from(NASTY), min_size=1, max_size=4).map(" ".join))


def drawn(markdown: str) -> list[dict[str, Any]]:
    (payload,) = render.message(message(body=markdown))
    (block,) = payload["blocks"]
    found: list[dict[str, Any]] = block["elements"]
    return found


def section(*parts: dict[str, Any]) -> dict[str, Any]:
    return {"type": "rich_text_section", "elements": list(parts)}


def text(words: str, **style: bool) -> dict[str, Any]:
    return {"type": "text", "text": words, "style": style} if style else {"type": "text", "text": words}


def link(words: str, url: str, **more: Any) -> dict[str, Any]:
    return {"type": "link", "url": url, "text": words, **more}


def entries(style: str, *items: dict[str, Any], **more: int) -> dict[str, Any]:
    return {"type": "rich_text_list", "style": style, "elements": [section(item) for item in items], **more}


def quote(*parts: dict[str, Any]) -> dict[str, Any]:
    return {"type": "rich_text_quote", "elements": list(parts)}


@pytest.mark.parametrize(
    ("markdown", "expected"),
    [
        ("a **b** _c_", section(text("a "), text("b", bold=True), text(" "), text("c", italic=True))),
        ("~~d~~ `e`", section(text("d", strike=True), text(" "), text("e", code=True))),
        ("**a _b_**", section(text("a ", bold=True), text("b", bold=True, italic=True))),
        ("a\\\nb\nc", section(text("a\nb\nc"))),
        ("a\n\nb", section(text("a"), text("\n\n"), text("b"))),
        ("# a", section(text("a", bold=True))),
        ("[a](https://b.c)", section(link("a", "https://b.c"))),
        ("<https://b.c>", section(link("https://b.c", "https://b.c"))),
        ("[a](javascript:b)", section(text("[a](javascript:b)"))),
        ("[a](tel:123)", section(text("a"))),
        ("[**a**](mailto:a@b.c)", section(link("a", "mailto:a@b.c", style={"bold": True}))),
        ("> a\n>\n> b", quote(text("a"), text("\n\n"), text("b"))),
        ("> - a\n> - b", quote(text("• "), text("a"), text("\n"), text("• "), text("b"))),
        ("```\na\n b\n```", {"type": "rich_text_preformatted", "elements": [text("a\n b")]}),
        ("- a\n- b", entries("bullet", text("a"), text("b"))),
        ("3. a\n4. b", entries("ordered", text("a"), text("b"), offset=2)),
        ("a\n\n---", section(text("a"), text("\n\n"), text("———"))),
        ("![a](https://b.c/d.png)", section(text("a"))),
    ],
)
def test_markdown_is_drawn(markdown: str, expected: dict[str, Any]) -> None:
    assert drawn(markdown) == [expected]


def test_lists_in_lists_go_on_counting() -> None:
    assert drawn("1. a\n   - b\n2. c\n\nd") == [
        entries("ordered", text("a")),
        entries("bullet", text("b"), indent=1),
        entries("ordered", text("c"), offset=1),
        section(text("\n"), text("d")),
    ]


def test_an_entry_of_several_paragraphs_stays_one() -> None:
    (found,) = drawn("- a\n\n  more")
    assert found["elements"] == [section(text("a"), text("\n"), text("more"))]


@given(typed)
def test_what_was_typed_is_only_text(typed: str) -> None:
    payloads = render.message(message(body=f"by {escape(typed)} .", rows=(Row(text=f"T1 {escape(typed)} ."),)))
    for one in elements([payload["blocks"] for payload in payloads]):
        assert one["type"] in {"rich_text", "rich_text_section", "rich_text_list", "text"}
        assert "style" not in one or one["type"] == "rich_text_list"
    shown = [words for payload in payloads for words in said(payload["blocks"])]
    once = " ".join(plain(escape(typed)).split())
    assert " ".join("".join(shown[: len(shown) // 2]).split()) == " ".join(f"by {once} .".split())


@given(typed)
def test_what_was_typed_is_inert_wherever_it_stands(typed: str) -> None:
    safe = escape(typed)
    shown = message(title=f"x {safe}", body=f"**{safe}x**", footer=f"x {safe} `done`", rows=(Row(text=f"- {safe}x"),))
    for payload in render.message(shown):
        assert faults(payload) == []
        assert not re.search(r"<(?!$)|&(?!amp;|lt;|gt;)", payload["text"])
        for one in elements(payload["blocks"]):
            assert one["type"] not in {"link", "user", "usergroup", "channel", "broadcast", "emoji"}
            assert one.get("emoji") is not True
            if one["type"] == "mrkdwn":
                assert one["verbatim"] is True
                assert "<" not in one["text"]
                assert not re.search(r"[*_~]|:[^\s:]+:", one["text"])
                assert one["text"].count("`") == 2


@pytest.mark.parametrize(
    ("footer", "expected"),
    [
        ("`snooze T1` puts it off", {"type": "mrkdwn", "text": "`snooze T1` puts it off", "verbatim": True}),
        ("**now** & then", {"type": "mrkdwn", "text": "*now* &amp; then", "verbatim": True}),
        ("用 `延后 T1` 可延后", {"type": "mrkdwn", "text": "用 `延后 T1` 可延后", "verbatim": True}),
        ("用`延后 T1`可延后", {"type": "plain_text", "text": "用`延后 T1`可延后", "emoji": False}),
        (r"\*not\* `x`", {"type": "plain_text", "text": "*not* `x`", "emoji": False}),
        (":tada:", {"type": "plain_text", "text": ":tada:", "emoji": False}),
        ("[a](https://b.c)", {"type": "plain_text", "text": "a", "emoji": False}),
    ],
)
def test_small_print_has_style_only_where_it_is_certain(footer: str, expected: dict[str, Any]) -> None:
    (payload,) = render.message(message(footer=footer))
    assert payload["blocks"][0]["elements"] == [expected]


def test_words_keep_lists_and_paragraphs() -> None:
    assert words(read("a\n\n- b\n  1. c\n\nd")) == "a\n• b\n  1. c\n\nd"


@given(st.text(min_size=1, max_size=4000), st.integers(70, 900))
def test_cutting_keeps_every_character(text: str, most: int) -> None:
    whole = read(escape(text))
    parts = list(cut(whole, most))
    assert "".join(part.text for part in parts) == "".join(line.text for line in whole)
    assert all(weight(part) <= most for part in parts)


@pytest.mark.parametrize(
    ("text", "most", "expected"),
    [
        ("one two three", 9, "one two "),
        ("一二三。四五六", 5, "一二三。"),
        ("one\n\ntwo three", 12, "one\n\ntwo "),
        ("para one\n\ntwo three", 15, "para one\n\n"),
        ("abcdefgh", 3, "abc"),
        ("ab👨\u200d👩\u200d👧", 4, "ab"),
        ("abce\u0301", 4, "abc"),
    ],
)
def test_a_cut_is_where_a_reader_would_make_it(text: str, most: int, expected: str) -> None:
    assert text[: place(text, most)] == expected


@pytest.mark.parametrize(
    ("text", "most", "expected"),
    [("short", 5, "short"), ("one two three", 10, "one two…"), ("会议纪要整理", 4, "会议纪…"), ("🎉🎉🎉", 4, "🎉…")],
)
def test_a_label_that_is_cut_says_so(text: str, most: int, expected: str) -> None:
    assert short(text, most) == expected
