"""Markdown becomes what it means in each of WeCom's dialects, and what people typed becomes nothing but itself."""

from __future__ import annotations

import unicodedata
from urllib.parse import unquote

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from bot.platforms.wecom.pieces import blocks, pieces
from bot.platforms.wecom.render import Surface, message
from bot.platforms.wecom.text import BOT_MARKDOWN, MARKDOWN, MARKDOWN_V2, TEXT, Dialect
from messages.lines import read
from messages.markdown import escape, plain
from messages.message import Attachment, Button, Choice, Field, Form, Row, Table
from tests.bot.platforms.slack.shapes import message as made
from tests.bot.platforms.slack.test_render_text import NASTY
from tests.bot.platforms.wecom.oracle import faults
from tests.bot.platforms.wecom.reading import cards, on_cards

GREY = '<font color="comment">{}</font>'
MINE = [
    *("<@all>|<@lina>|<font color='info'>x</font>|a_b_c|_x_|x_ _y|2*3|C:\\x|8~10|&lt;@a&gt;|#1".split("|")),
    *("# x|- x|+ x|1. x|1) x|> x|===|---|```|    x|| a | b ||https://e.org/a_b?c=[1]&d=*x*|~~x~~|“x”|!".split("|")),
]  # fmt: skip
typed = st.one_of(
    st.text(max_size=200), st.lists(st.sampled_from([*NASTY, *MINE]), min_size=1, max_size=4).map(" ".join)
)


def drawn(markdown: str, dialect: Dialect) -> str:
    return "|".join(pieces(blocks(read(markdown), dialect), dialect))


@pytest.mark.parametrize(
    ("markdown", "subset", "rich", "words"),
    [
        ("a **b** _c_", "a **b** c", "a **b** c", "a b c"),
        ("~~d~~ `e`", f"{GREY.format('d')} `e`", "d `e`", "d “e”"),
        ("**a _b_**", "**a b**", "**a b**", "a b"),
        ("a\\\nb\n\nc", "a\nb\n\nc", "a  \nb\n\nc", "a\nb\n\nc"),
        ("# a", "**a**", "**a**", "a"),
        (
            "[a](https://b.c/d_(e))",
            "[a](https://b.c/d_%28e%29)",
            "[a](https://b.c/d_%28e%29)",
            "a https://b.c/d_%28e%29",
        ),
        ("see <https://b.c>, x", *["see [https://b.c](https://b.c), x"] * 2, "see https://b.c , x"),
        ("[mail](mailto:a@b.c) x", *["mail a@b.c x"] * 3),
        ("<mailto:a@b.c>", *["mailto:a@b.c"] * 3),
        ("[a](javascript:b)", *["［a］(javascript:b)"] * 2, "[a](javascript:b)"),
        ("> a\n>\n> b", *["> a\n\n> b"] * 2, "a\n\nb"),
        ("```\na *\n```", "> a ＊", "```\na *\n```", "a *"),
        ("````\na\n```\n<b>\n````", "> a\n> ｀｀｀\n> ＜b>", "```\na\n'''\n＜b>\n```", "a\n```\n＜b>"),
        (r"\| a \|", *["｜ a |"] * 2, "| a |"),
        (r":--- \| ---:", *["：--- | ---:"] * 2, ":--- | ---:"),
        ("- a\n  - b\n- c", "· a\n\u3000· b\n· c", "- a\n    - b\n- c", "· a\n\u3000· b\n· c"),
        ("3. a\n4. b", *["3. a\n4. b"] * 3),
        ("a\n- b\n\nc", "a\n· b\n\nc", "a\n\n- b\n\nc", "a\n· b\n\nc"),
        ("甲**“乙”**丙", *["甲＊＊“乙”＊＊丙"] * 2, "甲**“乙”**丙"),
        ("甲 **“乙”** 丙", *["甲 **“乙”** 丙"] * 2, "甲 “乙” 丙"),
        ("![a](https://b.c/d.png)", *["a"] * 3),
        (r"1\. a", *["1． a"] * 2, "1. a"),
        (r"\> a > b", *["＞ a > b"] * 2, "> a > b"),
        (r"a\_b \_c\_ \*d\*", *["a_b ＿c＿ ＊d＊"] * 2, "a_b _c_ *d*"),
        (r"\<\@all\>", *["＜@all>"] * 3),
        (r"\&lt; A\&B", *["＆lt; A&B"] * 2, "&lt; A&B"),
        ("`a<b``", *["`a＜b``".replace("``", "｀｀").replace("`a", "｀a")] * 2, "`a＜b``"),
        ("`a<b`", *["`a＜b`"] * 2, "“a＜b”"),
    ],
)
def test_markdown_is_drawn(markdown: str, subset: str, rich: str, words: str) -> None:
    assert drawn(markdown, MARKDOWN) == subset
    assert drawn(markdown, MARKDOWN_V2) == drawn(markdown, BOT_MARKDOWN) == rich
    assert drawn(markdown, TEXT) == words


def test_bold_beside_a_sign_stays_bold() -> None:
    assert drawn("a**b:**\\\n**(c)**", MARKDOWN_V2) == "a**b:**  \n**(c)**"
    row = read("**x：** y")[0].runs
    assert [run.text for run in row] == ["x：", " y"]


def test_an_address_that_somebody_typed_can_still_be_opened() -> None:
    address = "https://e.org/a_b?c=1&d=(2)"
    assert drawn(escape(f"see {address} *x*"), MARKDOWN) == f"see {address} ＊x＊"
    assert drawn(escape("https://e.org/[a]*"), MARKDOWN_V2) == "https://e.org/%5Ba%5D%2A"


def test_a_link_that_is_too_long_is_words_and_an_address() -> None:
    text = drawn(f"[a](https://b.c/{'x' * 3000})", MARKDOWN)
    assert text.startswith("a https://b.c/xxx")
    assert "](" not in text


def test_a_footer_is_small_print() -> None:
    def footer(surface: Surface) -> str:
        (payload,) = message(made(body="x", footer="Say `help` now."), surface, key="k")
        return str(payload[payload["msgtype"]]["content"]).partition("x\n\n")[2]

    assert footer(Surface.APP) == f"{GREY.format('Say ')}`help`{GREY.format(' now.')}"
    assert footer(Surface.HOOK) == footer(Surface.BOT) == "> Say `help` now."


# --- what people typed


@pytest.mark.parametrize("dialect", [MARKDOWN_V2, BOT_MARKDOWN])
@given(text=typed)
@example(text="    x")
@example(text="1. a\n- b")
def test_a_parser_finds_only_the_words_that_were_typed(dialect: Dialect, text: str) -> None:
    (source,) = pieces(blocks(read(f"{escape(text)} ."), dialect), dialect)
    tokens = MarkdownIt("commonmark").enable(["table", "strikethrough"]).parse(source)
    assert [token.type for token in tokens] == ["paragraph_open", "inline", "paragraph_close"]
    children = tokens[1].children or []
    assert {child.type for child in children} <= {"text"}
    assert alike("".join(child.content for child in children)) == alike(plain(f"{escape(text)} ."))


def alike(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", unquote(text)).split())


@pytest.mark.parametrize("surface", list(Surface))
@settings(deadline=None)  # the first message reads templates
@given(text=typed)
@example(text="<@all>")
@example(text="](https://evil.example)")
def test_what_was_typed_is_inert_wherever_it_stands(surface: Surface, text: str) -> None:
    safe = escape(text)
    shown = made(
        title=f"x {safe}",
        body=f"**x{safe}**\n\n- {safe}\n\n> {safe}",
        footer=f"{safe} `done`",
        rows=(Row(text=safe), *(Row(text=f"**T{at}** {safe}", buttons=(done(at),)) for at in range(4))),
        table=Table(columns=("a", text), rows=((text, "b"), ("c", text))),
        files=(Attachment(name=text, digest="0" * 64, media_type="", size=1),),
        buttons=(Button(label=f"x{text}", line="list"),),
        form=Form(line="assign M1-T1", submit="Send", fields=(choosing(text),)),
    )
    payloads = message(shown, surface, key="k")
    assert faults(payloads, surface.name) == []
    assert not any("<@" in word for word in on_cards(cards(payloads)))


def done(at: int) -> Button:
    return Button(label="Done", line=f"done M1-T{at}", primary=True)


def choosing(text: str) -> Field:
    return Field(name="who", label="Who", kind="choice", choices=(Choice(value="@#1", label=f"x{text}"[:8]),))


@given(text=st.text(st.characters(codec="utf-8"), min_size=1, max_size=3000))
def test_pieces_are_within_their_bytes(text: str) -> None:
    for dialect in (TEXT, MARKDOWN, MARKDOWN_V2):
        for piece in pieces(blocks(read(f"**{escape(text)}x** {escape(text)}"), dialect), dialect):
            assert len(piece.encode()) <= dialect.most
