"""Every message, in every language, however long, is one that Slack takes; and nothing of it is lost."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.platforms.slack import render
from bot.platforms.slack.modal import modal
from handlers import router
from messages import LOCALES
from messages.markdown import escape, plain
from messages.message import Button, Message, Row
from tests.bot.platforms.slack.oracle import faults
from tests.bot.platforms.slack.shapes import SHAPES, elements, message, row, said, table
from tests.chat import Chat

FAMILY = "👨\u200d👩\u200d👧"
LINES = (
    "meeting new|meeting new 年会 2026 end: 8 June 17:00|help|list|list all|list phase 5|list overdue|today|status|"
    "show T1|done T1|done T2 T3|assign T1|assign T1 @ann|due T4|skip T5|note T6 <!channel> *x*|why T1|log T1|"
    "templates|undo|什么"
).split("|")


def bare(text: str) -> str:
    """Without blanks, marks of lists, numbers of pages."""
    return re.sub(r"[\s•–]|\d+/\d+$", "", text)


def seen(payloads: list[dict[str, Any]]) -> str:
    return bare("".join(bare("".join(said(payload["blocks"]))) for payload in payloads))


def lines(payloads: list[dict[str, Any]]) -> list[str]:
    """Every command that can be pressed, ticked or picked."""
    return [str(one["value"]) for one in _pressable([payload["blocks"] for payload in payloads])]


def _pressable(part: Any) -> list[dict[str, Any]]:
    if isinstance(part, dict):
        return [part] if "value" in part else [one for value in part.values() for one in _pressable(value)]
    return [one for value in part for one in _pressable(value)] if isinstance(part, list) else []


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("shape", SHAPES)
def test_every_shape_is_taken(shape: str, locale: str) -> None:
    payloads = render.message(SHAPES[shape].model_copy(update={"locale": locale}))
    assert payloads
    assert [fault for payload in payloads for fault in faults(payload)] == []


@pytest.mark.parametrize("locale", LOCALES)
def test_what_is_really_said_is_taken(chat: Chat, locale: str) -> None:
    ann = chat.person("Ann", locale=locale)
    for line in LINES:
        answer = ann.says(line)
        for payload in [*render.message(answer), *([modal(answer)] if answer.form else [])]:
            assert faults(payload) == [], line


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("meeting", [False, True])
def test_the_answer_to_every_command_is_taken(chat: Chat, locale: str, *, meeting: bool) -> None:
    """Said bare, of one task, and with far more words than anybody would say."""
    ann = chat.person("Ann", locale=locale)
    if meeting:
        ann.says("meeting new 年会 2026 end: 8 June 17:00")
    for command in router.commands:
        for more in ("", " T12", " T13 " + "<!channel> *很长* _words_ " * 150):
            answer = ann.says(f"{command.name}{more}")
            for payload in [*render.message(answer), *([modal(answer)] if answer.form else [])]:
                assert faults(payload) == [], (command.name, more[:20])


@pytest.mark.parametrize("shape", SHAPES)
def test_every_command_can_be_given(shape: str) -> None:
    shown = SHAPES[shape]
    payloads = render.message(shown)
    can = [*lines(payloads), seen(payloads)]
    for button in [*shown.buttons, *(button for one in shown.rows for button in one.buttons)]:
        assert button.line in can or bare(button.line) in can[-1]


@pytest.mark.parametrize("shape", sorted(set(SHAPES) - {"emoji", "half a character"}))
def test_every_word_is_shown(shape: str) -> None:
    shown, found = SHAPES[shape], seen(render.message(SHAPES[shape]))
    parts = [plain(shown.title), plain(shown.body), plain(shown.footer).replace("`", "")]
    parts += [plain(one.text) for one in shown.rows if not one.buttons]
    parts += [cell for cells in (shown.table.rows if shown.table else ()) for cell in cells]
    parts += [file.name for file in shown.files]
    parts += [plain(shown.upload.here)] if shown.upload else []
    for part in parts:
        for word in re.sub(r"(?m)^- ", "", part).split():
            assert bare(word) in found.replace("`", "")


def test_a_page_says_which_it_is() -> None:
    first, *_, last = payloads = render.message(SHAPES["a long body"])
    assert first["text"].endswith(f"1/{len(payloads)}")
    assert last["blocks"][-1]["elements"][0]["text"] == f"{len(payloads)}/{len(payloads)}"
    assert "/" not in render.message(SHAPES["body"])[0]["text"]


def test_buttons_come_after_the_whole_of_a_long_message() -> None:
    long = SHAPES["a long body"].model_copy(update={"buttons": (Button(label="Undo", line="undo"),)})
    *before, last = render.message(long)
    assert lines([last]) == ["undo"]
    assert lines(before) == []


@given(st.text(st.characters(codec="utf-8"), max_size=9000))
def test_paging_loses_nothing(text: str) -> None:
    payloads = render.message(message(body=escape(text)))
    assert seen(payloads).removesuffix("1/1") == bare(plain(escape(text))) or bare(text) == ""
    assert [fault for payload in payloads for fault in faults(payload)] == []


@given(st.lists(st.sampled_from(["字", "a", " ", "&", "<", FAMILY, FAMILY]), min_size=400, max_size=900))
def test_a_cut_never_goes_through_a_character(characters: list[str]) -> None:
    payloads = render.message(message(body=escape("".join(characters))))
    shown = [text for payload in payloads for text in said(payload["blocks"])]
    assert sum(text.count(FAMILY) for text in shown) == characters.count(FAMILY)
    for payload in payloads:
        assert not re.search(r"&(?!amp;|lt;|gt;)", payload["text"])


def test_a_long_list_is_ticked_ten_at_a_time_and_keeps_its_other_buttons() -> None:
    payloads = render.message(SHAPES["forty rows"])
    boxes = [one for one in elements([p["blocks"] for p in payloads]) if one["type"] == "checkboxes"]
    assert [len(box["options"]) for box in boxes] == [10, 10, 10, 10]
    assert boxes[0]["options"][1]["value"] == "done M1-T1"
    assert boxes[0]["options"][1]["text"]["text"] == "T1 整理参会名单 · 李娜 · 10 June"
    assert {f"show M1-T{at}" for at in range(40)} <= set(lines(payloads))


def test_a_short_list_has_its_buttons_beside_each_row() -> None:
    (payload,) = render.message(SHAPES["fifteen rows"])
    kinds = [block["type"] for block in payload["blocks"]]
    assert kinds == ["rich_text", "actions"] * 15


def test_what_is_too_long_for_a_box_keeps_its_buttons() -> None:
    shown = message(rows=tuple(row(at, long="长" * 200) for at in range(20)))
    found = [one["type"] for payload in render.message(shown) for one in elements(payload["blocks"])]
    assert "checkboxes" not in found
    assert found.count("button") == 40


def test_ids_are_other_ones_for_other_words_and_the_same_for_the_same() -> None:
    def ids(shown: Message, **more: str) -> list[str]:
        return [block["block_id"] for payload in render.message(shown, **more) for block in payload["blocks"]]

    shown = SHAPES["everything"]
    assert ids(shown) == ids(shown)
    assert not set(ids(shown)) & set(ids(shown.model_copy(update={"footer": "other"})))
    assert not set(ids(shown)) & set(ids(shown, version="2"))


def test_ids_differ_over_the_pages() -> None:
    ids = [block["block_id"] for payload in render.message(SHAPES["forty long rows"]) for block in payload["blocks"]]
    assert len(ids) == len(set(ids))


def test_a_form_is_opened_by_a_button_that_asks_for_it_again() -> None:
    (payload,) = render.message(SHAPES["a form"], again="assign T12")
    (button,) = [one for one in elements(payload["blocks"]) if one["type"] == "button"]
    assert (button["action_id"], button["value"], button["text"]["text"]) == ("fill", "assign T12", "Fill in the form")
    assert lines(render.message(SHAPES["a form"])) == ["assign M1-T12"]


def test_a_table_that_goes_on_has_its_head_again() -> None:
    payloads = render.message(SHAPES["a large table"])
    tables = [block for payload in payloads for block in payload["blocks"] if block["type"] == "table"]
    assert len(tables) == len(payloads) > 3
    assert {table["rows"][0][0]["text"] for table in tables} == {"Column 0"}
    assert sum(len(table["rows"]) - 1 for table in tables) == 400


def test_numbers_are_flush_right() -> None:
    (payload,) = render.message(message(table=table()))
    assert payload["blocks"][0]["column_settings"][1] == {"align": "right"}


def test_the_notification_reads_like_the_message() -> None:
    shown = message(title="Two & a half", body="For **you**:\n\n- a\n- b", rows=(Row(text="**T1** x <@U1>"),))
    assert render.message(shown)[0]["text"] == "Two &amp; a half\n\nFor you:\n• a\n• b\n\n• T1 x &lt;@U1&gt;"


def test_nothing_to_say_is_no_message() -> None:
    assert render.message(message()) == []


def test_halves_of_characters_are_replaced() -> None:
    assert list(said(render.message(message(body="\ud83d broken"))[0]["blocks"])) == ["\ufffd broken"]
