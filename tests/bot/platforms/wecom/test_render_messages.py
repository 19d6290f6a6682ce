"""Every message, in every language and place, however long, is one that WeCom takes; and nothing of it is lost."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.platforms.wecom.own_words import typed
from bot.platforms.wecom.render import Surface, message, needs_page
from messages import LOCALES, Attachment, Upload
from messages.markdown import escape, plain
from messages.message import Button, Message, Row, Table
from tests.bot.platforms.slack.shapes import DONE, FIELDS, SHAPES, form, row, table
from tests.bot.platforms.slack.shapes import message as made
from tests.bot.platforms.wecom.oracle import faults
from tests.bot.platforms.wecom.reading import bare, cards, presses, seen, texts
from tests.chat import Chat

PAGE = "https://huihou.example/f/0123456789abcdef"
FAMILY = "👨\u200d👩\u200d👧"
PLACES = list(Surface)
LINES = (
    "meeting new|meeting new 年会 2026 end: 8 June 17:00|help|list|list all|list phase 5|list overdue|mine|today|"
    "status|show T1|done T1|done T2 T3|assign T1|assign T1 @ann|due T4|skip T5|note T6 <@all> *x*|why T1|log T1|"
    "attach T4|templates|people|role set|settings|add|edit T4|snooze T4|undo|什么"
).split("|")
UPLOAD = Upload(line="attach M1-T12", label="Send the files", here="Send them here.", about="T12")
MORE = {
    "choices only": made(title="Who?", body="For T12.", form=form(FIELDS["choice or none"])),
    "many choices": made(title="Who?", form=form(FIELDS["many choices"])),
    "an upload": made(title="Files are wanted", upload=UPLOAD, buttons=(DONE,)),
    "thirty buttons": made(body="x", buttons=tuple(Button(label="B", line=f"list {at}") for at in range(30))),
    "two hundred rows": made(title="All", rows=tuple(map(row, range(200)))),
    "rows named alike": made(rows=tuple(Row(text="x", buttons=(Button(label="A", line=f"b{at}"),)) for at in range(9))),
    "a gap": made(rows=tuple(map(row, range(4))), buttons=(Button(label="{}", line="note M1-T1 {} {}"),)),
    "a large number of people": made(body="".join(f"\n- [a](https://b.c/{at})" for at in range(900))),
}  # fmt: skip
EVERY = {**SHAPES, **MORE}


def drawn(given: Message, surface: Surface, *, page: str = "") -> list[dict[str, object]]:
    return message(given, surface, key="key", page=page)


@pytest.mark.parametrize("surface", PLACES)
@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("shape", EVERY)
def test_every_shape_is_taken(shape: str, locale: str, surface: Surface) -> None:
    shown = EVERY[shape].model_copy(update={"locale": locale})
    for payloads in (drawn(shown, surface), drawn(shown, surface, page=PAGE)):
        assert payloads
        assert faults(payloads, surface.name) == []


@pytest.mark.parametrize("surface", [Surface.APPCHAT, Surface.HOOK])
@pytest.mark.parametrize("shape", EVERY)
def test_every_shape_is_taken_where_people_are_called(shape: str, surface: Surface) -> None:
    payloads = message(EVERY[shape], surface, key="key", mentions=[f"user{at}" for at in range(90)])
    assert faults(payloads, surface.name) == []
    assert sum(text.count("<@") for text in texts(payloads)) == 90


@pytest.mark.parametrize("locale", LOCALES)
def test_what_is_really_said_is_taken(chat: Chat, locale: str) -> None:
    ann = chat.person("Ann", locale=locale)
    answers = {line: ann.says(line) for line in LINES}
    chat.wait("2026-06-16 18:00")
    answers |= {f"heard {at}": one for at, one in enumerate([*chat.room().heard(), *ann.heard()])}
    assert len(answers) > len(LINES) + 3
    for line, answer in answers.items():
        for surface in PLACES:
            payloads = drawn(answer, surface, page=PAGE if needs_page(answer, surface) else "")
            assert faults(payloads, surface.name) == [], line
            assert_everything_can_be_said(answer, payloads)


def assert_everything_can_be_said(shown: Message, payloads: list[dict[str, object]]) -> None:
    """Pressed, or told as what to type; of what many rows offer, for one of them."""
    can, told = presses(payloads), _numberless(seen(payloads))
    for button in [*shown.buttons, *(button for one in shown.rows for button in one.buttons)]:
        typed_line = typed(button.line, shown.locale)
        assert button.line in can or _numberless(bare(typed_line)) in told, button.line


@pytest.mark.parametrize(
    ("line", "chinese"),
    [("list mine", "列表 我的"), ("list overdue", "列表 逾期"), ("snooze M1-T8 tomorrow", "稍后提醒 M1-T8 明天")],
)
def test_a_command_is_shown_as_its_reader_types_it(line: str, chinese: str) -> None:
    assert typed(line, "zh_CN") == chinese
    assert typed(line, "en") == line


def _numberless(text: str) -> str:
    return re.sub(r"(?:M\d+)?T?\d+", "0", text)


@pytest.mark.parametrize("surface", PLACES)
@pytest.mark.parametrize("shape", EVERY)
def test_every_command_can_be_given(shape: str, surface: Surface) -> None:
    assert_everything_can_be_said(EVERY[shape], drawn(EVERY[shape], surface))


@pytest.mark.parametrize("surface", PLACES)
@pytest.mark.parametrize("shape", sorted(set(EVERY) - {"emoji", "half a character", "a large number of people"}))
def test_every_word_is_shown(shape: str, surface: Surface) -> None:
    shown = EVERY[shape]
    found = seen(drawn(shown, surface))
    parts = [plain(shown.title), plain(shown.body), plain(shown.footer), *(plain(one.text) for one in shown.rows)]
    parts += [cell for cells in (shown.table.rows if shown.table else ()) for cell in cells]
    parts += [file.name for file in shown.files]
    for part in parts:
        for word in part.split():
            assert bare(word.replace("`", "")) in found


@pytest.mark.parametrize("surface", PLACES)
@settings(deadline=None)  # the first message reads templates
@given(text=st.text(st.characters(codec="utf-8"), max_size=5000))
def test_paging_loses_nothing(surface: Surface, text: str) -> None:
    payloads = drawn(made(body=escape(text)), surface)
    assert "".join(map(bare, texts(payloads))) == bare(plain(escape(text)))
    assert faults(payloads, surface.name) == []


@pytest.mark.parametrize("surface", [Surface.APP, Surface.HOOK])
@settings(deadline=None, max_examples=40)
@given(characters=st.lists(st.sampled_from(["字", "a", " ", "&", "<", FAMILY, FAMILY]), min_size=300, max_size=700))
def test_a_cut_never_goes_through_a_character(surface: Surface, characters: list[str]) -> None:
    payloads = drawn(made(body=escape("".join(characters))), surface)
    assert sum(text.count(FAMILY) for text in texts(payloads)) == characters.count(FAMILY)


@settings(deadline=None, max_examples=30)
@given(gaps=st.lists(st.integers(0, 40), min_size=60, max_size=60))
def test_bold_words_and_links_are_cut_before_not_in_them(gaps: list[int]) -> None:
    link, bold = "[the long, long table of it all](https://a.org/)", "**this is not to be cut in here**"
    payloads = drawn(made(body="".join(f"{'字' * gap}{link} {bold} " for gap in gaps)), Surface.APP)
    assert len(payloads) > 2
    assert sum(text.count(link) for text in texts(payloads)) == 60
    assert sum(text.count(bold) for text in texts(payloads)) == 60


def test_a_piece_ends_at_an_empty_line_if_it_can() -> None:
    pieces = texts(drawn(made(body="\n\n".join(["字" * 250] * 4)), Surface.APP))
    assert pieces == ["\n\n".join(["字" * 250] * 2) + f"\n\n{at}/2" for at in (1, 2)]


def test_a_long_list_is_cut_at_the_ends_of_its_lines() -> None:
    pieces = texts(drawn(made(rows=tuple(row(at, buttons=0) for at in range(200))), Surface.APP))
    assert len(pieces) > 4
    for piece in pieces:
        assert all(line.startswith("· **T") for line in piece.split("\n\n")[-2].split("\n") if line)


# --- cards


def test_thirty_buttons_are_paged_by_six() -> None:
    found = cards(drawn(MORE["thirty buttons"], Surface.APP))
    assert [len(card["button_list"]) for card in found] == [6, 6, 6, 6, 6]


def test_two_hundred_rows_are_ticked_twenty_at_a_time() -> None:
    payloads = drawn(MORE["two hundred rows"], Surface.APP)
    found = cards(payloads, "vote_interaction")
    assert [len(card["checkbox"]["option_list"]) for card in found] == [20] * 10
    assert found[1]["main_title"]["desc"].startswith("2/10 ")
    assert {f"done M1-T{at}" for at in range(200)} <= set(presses(payloads))
    assert found[0]["checkbox"]["option_list"][3] == {"id": "M1-T3", "text": "T3 整理参会名单", "is_checked": False}


def test_a_few_rows_are_picked_from_a_menu_that_opens_with_nothing() -> None:
    shown = made(title="Mine", rows=tuple(map(row, range(4))), buttons=(Button(label="All", line="list"),))
    tick, pick = cards(drawn(shown, Surface.APP))
    assert [one["id"] for one in tick["checkbox"]["option_list"]] == ["M1-T0", "M1-T1", "M1-T2", "M1-T3"]
    assert pick["button_selection"]["selected_id"] == pick["button_selection"]["option_list"][0]["id"] == "∅"
    assert [one["key"] for one in pick["button_list"]] == ["show {}", "list"]
    assert {"show M1-T2", "show", "list"} <= set(presses([{"msgtype": "template_card", "template_card": pick}]))


def test_a_line_with_a_gap_of_its_own_is_never_filled() -> None:
    assert "note M1-T1 {} {}" in presses(drawn(MORE["a gap"], Surface.APP))


def test_more_rows_than_a_menu_holds_say_the_rest_in_words_once() -> None:
    (text, *_) = texts(drawn(made(rows=tuple(map(row, range(12)))), Surface.APP))
    assert text.count("`show M1-T") == 1
    assert "with any task’s number:\n· Details: `show M1-T0`" in text


def test_labels_that_several_rows_share_begin_with_the_rows_name() -> None:
    rows = (row(1, buttons=1), Row(text="**T2** x", buttons=(Button(label="完成", line="done M1-T2 and more"),)))
    (card,) = cards(drawn(made(rows=rows), Surface.APP))
    assert [one["text"] for one in card["button_list"]] == ["T1 完成", "T2 完成"]


def test_rows_without_a_name_are_numbered() -> None:
    rows = tuple(Row(text=f"row {at}", buttons=(Button(label="Go", line=f"go w{at}"),)) for at in "ab")
    payloads = drawn(made(rows=rows), Surface.APP)
    assert texts(payloads) == ["1. row a\n2. row b"]
    assert [one["text"] for one in cards(payloads)[0]["button_list"]] == ["1 Go", "2 Go"]


def test_a_label_that_is_too_long_is_told_whole_beside_its_mark() -> None:
    shown = made(body="Which?", buttons=(Button(label="第五届全国学术年会暨换届大会", line="meeting use M1"),))
    payloads = drawn(shown, Surface.APP)
    assert texts(payloads) == ["Which?\n\n① 第五届全国学术年会暨换届大会"]
    assert [one["text"] for one in cards(payloads)[0]["button_list"]] == ["① 第五届全国学术年…"]


def test_what_fits_on_one_card_is_one_card() -> None:
    shown = made(body="I do not know “x”. Say `help` for what I do.", buttons=(Button(label="Help", line="help"),))
    (payload,) = drawn(shown, Surface.APP)
    assert payload["template_card"] == {
        "card_type": "button_interaction",
        "main_title": {"title": "I do not know “x”."},
        "sub_title_text": "Say “help” for what I do.",
        "button_list": [{"text": "Help", "style": 2, "key": "help"}],
        "task_id": payload["template_card"]["task_id"],  # type: ignore[index]
    }


@pytest.mark.parametrize("body", ["字" * 161, "[a](https://b.c) d", "```\na\n```", "> a", "\n\n".join("abcdefgh")])
def test_what_a_card_cannot_say_stands_before_it(body: str) -> None:
    text, card = drawn(made(title="T", body=body, buttons=(DONE,)), Surface.APP)
    assert text["msgtype"] == "markdown"
    assert card["template_card"]["main_title"] == {"title": "T"}  # type: ignore[index]


def test_no_buttons_no_card() -> None:
    assert [one["msgtype"] for one in drawn(made(title="Saved"), Surface.APP)] == ["markdown"]


def test_nothing_to_say_is_no_payload() -> None:
    assert [drawn(made(), surface) for surface in PLACES] == [[], [], [], []]


def test_ids_are_other_ones_for_another_key_page_or_edition() -> None:
    def ids(**more: str) -> set[str]:
        payloads = message(MORE["two hundred rows"], Surface.APP, **{"key": "key", **more})
        return {card["task_id"] for card in cards(payloads)}

    assert ids() == ids()
    assert len(ids()) == len(cards(drawn(MORE["two hundred rows"], Surface.APP)))
    assert not ids() & ids(version="2")
    assert not ids() & ids(key="other")


# --- groups


@pytest.mark.parametrize("surface", [Surface.APPCHAT, Surface.HOOK])
def test_a_group_gets_no_cards_but_what_to_say_in_private(surface: Surface) -> None:
    (text,) = texts(drawn(made(title="Due", rows=(row(1), row(2))), surface))
    assert "Say to me in private, with any task’s number:" in text
    assert text.endswith(
        " 完成: `done M1-T1`\n- Details: `show M1-T1`".replace("- ", "· " if surface is Surface.APPCHAT else "- ")
    )


TWO = made(title="Two things", body="3 of 9 done", rows=(row(1), row(2)), footer="`snooze M1-T1` puts one off.")


def test_a_short_message_of_a_webhook_is_a_notice_that_leads_to_the_chat() -> None:
    shown = "\n".join(f"· T{at} 整理参会名单 · 李娜 · “10 June”" for at in (1, 2))
    assert drawn(TWO, Surface.HOOK, page=PAGE) == [
        {
            "msgtype": "template_card",
            "template_card": {
                "card_type": "text_notice",
                "main_title": {"title": "Two things"},
                "sub_title_text": f"3 of 9 done\n{shown}",
                "jump_list": [{"type": 1, "title": "Open the browser chat", "url": PAGE}],
                "card_action": {"type": 1, "url": PAGE},
            },
        }
    ]


@pytest.mark.parametrize(
    "more",
    [
        {"title": ""},
        {"title": "字" * 27},
        {"body": "字" * 113},
        {"body": "```\na\n```"},
        {"body": "[a](https://b.c)"},
        {"rows": tuple(map(row, range(7)))},
        {"table": table()},
        {"form": form(FIELDS["choice or none"])},
        {"upload": UPLOAD},
        {"files": (Attachment(name="a.pdf", digest="d", media_type="application/pdf", size=9),)},
    ],
)
def test_what_a_notice_does_not_show_whole_is_markdown(more: dict[str, object]) -> None:
    [text] = drawn(TWO.model_copy(update=more), Surface.HOOK, page=PAGE)
    assert text["msgtype"] == "markdown_v2"


def test_a_notice_calls_nobody_and_leads_somewhere() -> None:
    assert [one["msgtype"] for one in message(TWO, Surface.HOOK, key="key", page=PAGE, mentions=["lina"])] == ["text"]
    assert [one["msgtype"] for one in drawn(TWO, Surface.HOOK)] == ["markdown_v2"]


def test_people_are_called_before_everything_else() -> None:
    payloads = message(
        made(body="**Due** <@all>".replace("<", r"\<")), Surface.HOOK, key="k", mentions=["lina", "wang.q"]
    )
    assert payloads == [{"msgtype": "text", "text": {"content": "<@lina> <@wang.q>\nDue ＜@all>"}}]


@pytest.mark.parametrize("user", ["", "a b", "a>", "<@x>", "李娜", "x" * 65])
def test_only_a_userid_can_be_called(user: str) -> None:
    with pytest.raises(ValueError, match="not a userid"):
        message(made(body="x"), Surface.APPCHAT, key="k", mentions=[user])


# --- tables


def test_a_table_is_entries_in_the_app_and_a_table_elsewhere() -> None:
    shown = made(table=table(2, 3), locale="zh_CN")
    assert texts(drawn(shown, Surface.APP)) == ["· **0 签到表**\n· **1 签到表**"]
    assert texts(drawn(shown, Surface.HOOK)) == [
        "| Column 0 | Column 1 | Column 2 |\n| :--- | ---: | :--- |\n| 0 签到表 |   |   |\n| 1 签到表 |   |   |"
    ]


def test_a_cell_cannot_begin_another_one() -> None:
    shown = made(table=Table(columns=("a|b", "c"), rows=(("d | e", "f\ng"),)))
    assert texts(drawn(shown, Surface.BOT)) == ["| a｜b | c |\n| :--- | :--- |\n| d ｜ e | f g |"]


def test_a_table_that_goes_on_has_its_head_again() -> None:
    pieces = texts(drawn(made(table=table(400, 3)), Surface.HOOK))
    assert len(pieces) > 2
    assert all(piece.startswith("| Column 0 |") for piece in pieces)
    assert sum(piece.count("签到表") for piece in pieces) == 400
