"""The judge of payloads finds what it is there to find."""

from __future__ import annotations

from typing import Any

import pytest

from tests.bot.platforms.wecom.oracle import faults

BUTTON = {"text": "Done", "style": 1, "key": "done M1-T1"}
OPTION = {"id": "M1-T1", "text": "T1 会议", "is_checked": False}
CARDS: dict[str, dict[str, Any]] = {
    "text_notice": {"card_action": {"type": 1, "url": "https://a.b"}},
    "button_interaction": {"button_list": [BUTTON]},
    "vote_interaction": {
        "checkbox": {"question_key": "q", "mode": 1, "option_list": [OPTION]},
        "submit_button": {"text": "Done", "key": "done"},
    },
    "multiple_interaction": {
        "select_list": [
            {"question_key": "q", "title": "Who", "selected_id": "a", "option_list": [{"id": "a", "text": "A"}]}
        ],
        "submit_button": {"text": "Send", "key": "assign"},
    },
}


def words(text: str, kind: str = "markdown") -> list[dict[str, Any]]:
    return [{"msgtype": kind, kind: {"content": text}}]


def card(kind: str, **parts: Any) -> list[dict[str, Any]]:
    whole = {"card_type": kind, "task_id": "t-1", "main_title": {"title": "T"}, **CARDS[kind], **parts}
    return [
        {"msgtype": "template_card", "template_card": {name: part for name, part in whole.items() if part is not None}}
    ]


def box(*options: dict[str, Any]) -> dict[str, Any]:
    return {"question_key": "q", "mode": 1, "option_list": list(options)}


@pytest.mark.parametrize("surface", ["APP", "BOT"])
@pytest.mark.parametrize("kind", CARDS)
def test_a_sound_card_has_no_faults(kind: str, surface: str) -> None:
    assert faults(card(kind), surface) == []


@pytest.mark.parametrize("surface", ["APP", "APPCHAT", "BOT"])
def test_sound_words_have_no_faults(surface: str) -> None:
    assert faults(words("### a\n> b **c** `d` [e](https://f.g)\n\n1/2"), surface) == []


@pytest.mark.parametrize(
    ("text", "surface"),
    [
        ("字" * 683, "APP"),
        ("字" * 6827, "BOT"),
        (" ", "APP"),
        ("<@lina>", "APP"),
        ("<font color=red>a</font>", "APP"),
        ("**a", "APP"),
        ("`a", "APP"),
        ("[a](b)", "APP"),
        ("[a](https://b c)", "APP"),
        ("- a", "APPCHAT"),
        ("| a | b |", "APPCHAT"),
        ("*a*", "APP"),
        ("<@lina>", "BOT"),
        ('<font color="info">a</font>', "BOT"),
        ("![a](https://b.c)", "BOT"),
        ("*a*", "BOT"),
        ("    a", "BOT"),
        ("a\n===", "BOT"),
        ("[a](mailto:b@c.d)", "BOT"),
    ],
)
def test_words_that_are_not_taken_are_found(text: str, surface: str) -> None:
    assert faults(words(text), surface)


def test_what_belongs_elsewhere_is_found() -> None:
    assert faults(words("a", "markdown_v2"), "APP")
    assert faults(card("button_interaction"), "HOOK")
    assert faults(words("a <@lina>", "text"), "HOOK")
    assert faults(words("<@lina>\na", "text"), "HOOK") == []


@pytest.mark.parametrize(
    ("kind", "parts"),
    [
        ("text_notice", {"card_action": None}),
        ("text_notice", {"card_action": {"type": 0}}),
        ("text_notice", {"button_list": [BUTTON]}),
        ("text_notice", {"task_id": "a b"}),
        ("text_notice", {"task_id": "x" * 129}),
        ("text_notice", {"main_title": {"title": " "}}),
        ("text_notice", {"main_title": {"title": "字" * 37}}),
        ("text_notice", {"main_title": {"title": "T", "desc": "字" * 45}}),
        ("text_notice", {"sub_title_text": "字" * 161}),
        ("text_notice", {"sub_title_text": "<@lina>"}),
        ("text_notice", {"jump_list": [{"type": 1, "title": "字" * 14, "url": "https://a.b"}]}),
        ("button_interaction", {"button_list": []}),
        ("button_interaction", {"button_list": [BUTTON] * 7}),
        ("button_interaction", {"button_list": [{**BUTTON, "text": "字" * 11}]}),
        ("button_interaction", {"button_list": [{**BUTTON, "key": "字" * 342}]}),
        ("button_interaction", {"button_list": [{**BUTTON, "key": ""}]}),
        ("vote_interaction", {"checkbox": box()}),
        ("vote_interaction", {"checkbox": box(*({**OPTION, "id": str(at)} for at in range(21)))}),
        ("vote_interaction", {"checkbox": box(OPTION, OPTION)}),
        ("vote_interaction", {"checkbox": box({**OPTION, "id": "x" * 129})}),
        ("vote_interaction", {"checkbox": box({**OPTION, "text": "字" * 18})}),
        ("multiple_interaction", {"select_list": []}),
        ("multiple_interaction", {"select_list": CARDS["multiple_interaction"]["select_list"] * 2}),
    ],
)
def test_a_card_that_is_not_taken_is_found(kind: str, parts: dict[str, Any]) -> None:
    assert faults(card(kind, **parts), "APP")


def test_a_task_id_that_was_used_is_found() -> None:
    assert faults([*card("button_interaction"), *card("vote_interaction")], "APP") == ["task_id twice: t-1"]


def test_a_card_of_the_bot_has_less_room() -> None:
    assert faults(card("text_notice", main_title={"title": "字" * 30}), "APP") == []
    assert faults(card("text_notice", main_title={"title": "字" * 30}), "BOT")
