"""A form is asked on a card, on a page or in words; a press says its line; a pressed card shows what came of it."""

from __future__ import annotations

from typing import Any

import pytest

from bot.platforms.wecom.presses import Press, greyed, said, settled
from bot.platforms.wecom.render import Surface, message, needs_page
from messages import Upload
from messages.message import Choice, Field, Form, Message
from tests.bot.platforms.slack.shapes import DONE, FIELDS, form, row
from tests.bot.platforms.slack.shapes import message as made
from tests.bot.platforms.wecom.oracle import faults
from tests.bot.platforms.wecom.reading import cards, texts

PAGE = "https://huihou.example/f/0123456789abcdef"
WHO = Field(
    name="who", label="Who", kind="choice", choices=(Choice(value="@#1", label="李娜"), Choice(value="@#2", label="王"))
)
HIDDEN = Field(name="seen", label="seen", kind="hidden", value="3")
UPLOAD = Upload(line="attach M1-T12", label="Send the files", here="Send them here.")


def payloads_of(shown: Message, surface: Surface = Surface.APP, *, page: str = "") -> list[dict[str, Any]]:
    payloads = message(shown, surface, key="key", page=page)
    assert faults(payloads, surface.name) == []
    return payloads


def test_a_form_of_short_lists_is_a_card() -> None:
    shown = made(title="Who takes it?", body="T12, the photos", form=form(WHO))
    (payload,) = payloads_of(shown)
    card = payload["template_card"]
    assert card["main_title"] == {"title": "Who takes it?", "desc": "T12, the photos"}
    assert card["submit_button"] == {"text": "Send", "key": "assign M1-T12"}
    (select,) = card["select_list"]
    assert (select["question_key"], select["title"], select["selected_id"]) == ("who", "Who", "∅")
    assert [one["id"] for one in select["option_list"]] == ["∅", "@#1", "@#2"]
    assert not needs_page(shown, Surface.APP)


def test_what_is_set_already_is_selected() -> None:
    (payload,) = payloads_of(made(title="Who?", form=form(WHO.model_copy(update={"value": "@#2"}))))
    assert payload["template_card"]["select_list"][0]["selected_id"] == "@#2"
    assert len(payload["template_card"]["select_list"][0]["option_list"]) == 2


@pytest.mark.parametrize(
    "fields",
    [
        (FIELDS["text"],),
        (WHO, HIDDEN),
        (FIELDS["many choices"],),
        (FIELDS["long choices"],),
        (FIELDS["long values"],),
        (FIELDS["no choice"],),
        (FIELDS["choice"].model_copy(update={"choices": FIELDS["choice"].choices[:10], "value": ""}),),
        (WHO, WHO),
        tuple(WHO.model_copy(update={"name": f"who{at}"}) for at in range(4)),
        (WHO.model_copy(update={"label": "Who of you all can take this on"}),),
        (),
    ],
)
def test_every_other_form_needs_a_page(fields: tuple[Field, ...]) -> None:
    shown = made(title="Edit", body="Of T12", form=form(*fields), buttons=(DONE,))
    assert needs_page(shown, Surface.APP)
    text, notice, buttons = payloads_of(shown, page=PAGE)
    assert text["markdown"]["content"] == "### Edit\nOf T12"
    assert notice["template_card"]["card_action"] == {"type": 1, "url": PAGE}
    assert notice["template_card"]["jump_list"][0]["title"] == "Fill in the form"
    assert buttons["template_card"]["card_type"] == "button_interaction"


def test_a_form_alone_is_one_card_that_opens_its_page() -> None:
    (payload,) = payloads_of(made(title="Edit", body="Of T12", form=form(FIELDS["text"])), page=PAGE)
    assert payload["template_card"]["main_title"] == {"title": "Edit"}
    assert payload["template_card"]["sub_title_text"] == "Of T12"


def test_without_a_page_a_form_is_said_in_words() -> None:
    (text,) = texts(
        payloads_of(made(body="x", form=Form(line="due M1-T4", submit="Send", fields=(FIELDS["text"], HIDDEN))))
    )
    assert text == (
        "x\n\nSay it in one line, and put in place of the dots:\n`due M1-T4 …`\n· **标题** · 一句话 · 签到表"
    )


def test_choices_are_named_where_a_form_is_said_in_words() -> None:
    (text,) = texts(payloads_of(made(form=form(WHO, FIELDS["text"])), Surface.BOT))
    assert "- **Who** · 李娜 / 王" in text


def test_a_group_is_told_in_words_and_gets_nobodys_page() -> None:
    shown = made(body="x", form=form(WHO), upload=UPLOAD)
    (text,) = texts(payloads_of(shown, Surface.APPCHAT, page=PAGE))
    assert not needs_page(shown, Surface.APPCHAT)
    assert PAGE not in text
    assert "· Send the files: `attach M1-T12`" in text
    assert "`assign M1-T12 …`" in text


def test_files_are_sent_on_a_page_or_where_they_can_be() -> None:
    shown = made(title="Files are wanted", upload=UPLOAD)
    (card,) = payloads_of(shown, page=PAGE)
    assert card["template_card"]["jump_list"][0]["title"] == "Send the files"
    assert texts(payloads_of(shown)) == ["### Files are wanted\n\nSend them here."]
    text, card = payloads_of(shown, Surface.BOT, page=PAGE)
    assert text["markdown"]["content"] == "### Files are wanted\n\nSend them here."
    assert card["template_card"]["card_action"]["url"] == PAGE


# --- presses


@pytest.mark.parametrize(
    ("kind", "key", "chosen", "expected"),
    [
        ("button_interaction", "done M1-T1", {}, Press("done M1-T1")),
        ("button_interaction", "note {} x", {}, Press("note {} x")),
        ("button_interaction", "snooze {} tomorrow", {"picked": ["M1-T2"]}, Press("snooze M1-T2 tomorrow")),
        ("button_interaction", "snooze {} tomorrow", {"picked": ["∅"]}, Press("snooze tomorrow")),
        ("button_interaction", "show {}", {"picked": []}, Press("show")),
        ("button_interaction", "list", {"picked": ["M1-T2"]}, Press("list")),
        ("vote_interaction", "done", {"ticked": ["M1-T3", "M1-T5"]}, Press("done M1-T3 M1-T5")),
        ("vote_interaction", "done", {}, Press("done")),
        ("multiple_interaction", "assign M1-T1", {"who": ["@#1"]}, Press("assign M1-T1", {"who": "@#1"})),
        ("multiple_interaction", "assign M1-T1", {"who": ["∅"], "a": []}, Press("assign M1-T1", {"who": "", "a": ""})),
        ("text_notice", "", {}, Press("")),
    ],
)
def test_a_press_says_a_line(kind: str, key: str, chosen: dict[str, list[str]], expected: Press) -> None:
    assert said(kind, key, chosen) == expected


def ticking(rows: int) -> dict[str, Any]:
    return dict(cards(payloads_of(made(title="All", rows=tuple(map(row, range(rows))))), "vote_interaction")[0])


@pytest.mark.parametrize(("locale", "told"), [("en", "Finished: T1 and T3"), ("zh_CN", "已完成：T1和T3")])
def test_what_is_settled_leaves_the_card(locale: str, told: str) -> None:
    card = settled(ticking(5), ["M1-T3", "M1-T1", "M1-T99"], locale)["template_card"]
    assert [one["id"] for one in card["checkbox"]["option_list"]] == ["M1-T0", "M1-T2", "M1-T4"]
    assert card["main_title"] == {"title": "All", "desc": told}
    assert faults([{"msgtype": "template_card", "template_card": card}], "APP") == []


def test_a_card_whose_tasks_are_all_settled_is_ticked_and_closed() -> None:
    card = settled(ticking(3), ["M1-T0", "M1-T1", "M1-T2"], "en")["template_card"]
    assert [one["is_checked"] for one in card["checkbox"]["option_list"]] == [True, True, True]
    assert (card["checkbox"]["disable"], card["replace_text"]) == (True, "Taken")
    assert faults([{"msgtype": "template_card", "template_card": card}], "APP") == []


def test_nothing_settled_changes_nothing() -> None:
    assert settled(ticking(3), [], "en") == {"template_card": ticking(3)}


def test_a_pressed_card_is_greyed_with_its_label() -> None:
    assert greyed("zh_CN") == {"button": {"replace_name": "已处理"}}
    assert greyed("en", "Done") == {"button": {"replace_name": "Done"}}
    assert greyed("en", "x" * 50)["button"]["replace_name"] == "x" * 18 + "…"
