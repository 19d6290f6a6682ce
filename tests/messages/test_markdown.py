"""What people type shows as they typed it, and nothing of it is ever markup."""

from __future__ import annotations

import re
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from messages import catalog, markdown
from messages.markdown import Safe, escape, html, plain, tokens
from tests.chat import Chat

OVERRIDES = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c"
APOSTROPHE = "'"
MARKS = "\\`*_[]<>()#|~!&+-=.:\"'{}0123456789 \n\t"
TYPED = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"])),
    st.text(st.sampled_from([*MARKS, "a", "字", "。", "：", *OVERRIDES, "\u0000", "\u001b", "\u0085", "\u2028"])),
    st.lists(
        st.sampled_from(
            [*"**|~~|`|```|<b>|</p>|<!--|&lt;|&#42;|[a](https://b.c)|![a](b)|<https://a.b>|# |> |- |1. |2) |+ |===|---"
             "|***|https://a.b|a@b.c|\\*|  \n|\n\n|    ".split("|"), "|", "word", "字"]
        )
    ).map("".join),
)  # fmt: skip
HARD = "- a|+ a|1. a|12) a|# a|> a|===|---|***|\\|\\*|`a`|``|**a**|__a__|~~a~~|<b>a</b>|&amp;|&#42;|[a](b)|![a](b)"


def visible(text: str) -> str:
    """What a reader should see: one line, without the characters that only mislead."""
    kept = "".join(one for one in text if one not in OVERRIDES and (one.isspace() or unicodedata.category(one) != "Cc"))
    return " ".join(kept.split())


@given(TYPED)
@example("10\\. a")
@example("a\u0085b")
@example("a\rb")
def test_what_was_typed_reads_as_it_was_typed_on_one_line(typed: str) -> None:
    assert plain(escape(typed)) == visible(typed)


@pytest.mark.parametrize("typed", [*HARD.split("|"), "a|b"])
def test_every_mark_of_markdown_reads_as_it_was_typed(typed: str) -> None:
    assert plain(escape(typed)) == typed


@given(TYPED)
def test_what_was_typed_is_a_paragraph_and_nothing_else(typed: str) -> None:
    shown = html(escape(typed))
    assert set(re.findall(r"<[^>]*>", shown)) <= {"<p>", "</p>"}
    assert shown.count("<p>") <= 1
    assert {child.type for token in tokens(escape(typed)) for child in token.children or ()} <= {"text", "text_special"}


@pytest.mark.parametrize("before", ["", "- ", "Note: ", "**a** ", "“", "a\n", "- a\n- "])
@given(typed=TYPED)
def test_what_was_typed_is_markup_nowhere_in_a_sentence(before: str, typed: str) -> None:
    """The same tags as with a plain word in its place."""
    tags = [re.findall(r"<[^>]*>", html(f"{before}{word}")) for word in (escape(typed), "word")]
    assert not visible(typed) or tags[0] == tags[1]


@given(TYPED)
def test_nothing_that_turns_or_hides_text_is_left(typed: str) -> None:
    shown = escape(typed)
    assert not set(shown) & set(OVERRIDES)
    assert not any(unicodedata.category(one) == "Cc" for one in shown)


@given(TYPED)
def test_what_is_escaped_is_not_escaped_again(typed: str) -> None:
    once = escape(typed)
    assert escape(once) is once
    assert isinstance(once, Safe)


@given(TYPED)
def test_a_template_prints_what_was_typed_however_it_is_named(typed: str) -> None:
    for source in ("{{ x }}", '{{ _("{x}", x=x) }}', "{{ [x] | listed }}", '{{ ngettext("{x}", "{x}", 2, x=x) }}'):
        said = catalog.environment().from_string(source).render(locale="en", zone="UTC", x=typed)
        assert plain(said) == visible(typed)


@given(TYPED)
def test_between_backticks_it_reads_as_it_was_typed_too_and_does_not_break_out(typed: str) -> None:
    said = catalog.environment().from_string('{{ _("{x}: say `a {x} b` or `c`", x=x) }}').render(locale="en", x=typed)
    shown = visible(typed)
    assert plain(said) == f"{shown}: say a {shown.replace('`', APOSTROPHE)} b or c"
    assert html(said).count("<code>") == 2


def test_a_name_in_a_command_can_be_typed_again(chat: Chat) -> None:
    ann = chat.person("Ann")
    ann.says("people add li_na*")
    assert "people merge @li_na* @account" in plain(ann.last.body if ann.last else "")


# --- what templates write


def test_a_new_line_of_a_template_is_a_new_line() -> None:
    assert html("a\nb") == "<p>a<br />\nb</p>"
    assert plain("a\nb") == "a\nb"


def test_a_blank_line_begins_a_paragraph() -> None:
    assert html("a\n\nb") == "<p>a</p>\n<p>b</p>"
    assert plain("a\n\nb") == "a\n\nb"


def test_what_is_struck_through() -> None:
    assert html("~~**T1** a~~") == "<p><s><strong>T1</strong> a</s></p>"
    assert plain("~~**T1** a~~") == "T1 a"


def test_lists_keep_a_dash_and_their_indent() -> None:
    assert plain("Two:\n- **a**\n- b\n  c\n\nend") == "Two:\n\n- a\n- b\nc\n\nend"


def test_code_is_shown_as_it_is_written() -> None:
    assert plain("say `done T1`") == "say done T1"
    assert html("`<b>`") == "<p><code>&lt;b&gt;</code></p>"


def test_raw_html_and_links_that_run_something_are_text() -> None:
    assert html("<script>1</script>") == "<p>&lt;script&gt;1&lt;/script&gt;</p>"
    assert "href" not in html("[a](javascript:b)")


def test_stars_close_before_a_full_stop_of_chinese_text_only_outside_of_them() -> None:
    """Why translations put the mark behind the stars: CommonMark leaves these standing."""
    assert markdown.html("**截止：**11月") == "<p>**截止：**11月</p>"
    assert markdown.html("**截止**：11月") == "<p><strong>截止</strong>：11月</p>"
