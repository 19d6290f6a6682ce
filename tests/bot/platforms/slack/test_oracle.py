"""The judge itself: it lets pass what may be sent, and names what is wrong with everything else."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest

from tests.bot.platforms.slack.oracle import faults

Payload = dict[str, Any]


def words(text: str, kind: str = "plain_text") -> Payload:
    return {"type": kind, "text": text}


def option(text: str = "Ann", value: str = "1", **more: Any) -> Payload:
    return {"text": words(text), "value": value, **more}


def button(name: str = "press.1", **more: Any) -> Payload:
    return {"type": "button", "action_id": name, "text": words("Done"), "value": "done T1", **more}


def actions(*elements: Payload, name: str = "a") -> Payload:
    return {"type": "actions", "block_id": name, "elements": list(elements)}


def section(text: str = "x", name: str = "s") -> Payload:
    return {"type": "section", "block_id": name, "text": words(text, "mrkdwn")}


def rich(*elements: Payload) -> Payload:
    return {"type": "rich_text", "block_id": "r", "elements": list(elements)}


def table(rows: int = 2, columns: int = 2, name: str = "t") -> Payload:
    return {"type": "table", "block_id": name, "rows": [[words("x", "raw_text")] * columns] * rows}


def asked(element: Payload, name: str = "i", **more: Any) -> Payload:
    return {"type": "input", "block_id": name, "label": words("Name"), "element": element, **more}


def box(count: int, **more: Any) -> Payload:
    options = [option(str(at), str(at)) for at in range(count)]
    return {"type": "checkboxes", "action_id": "tick.1", "options": options, **more}


def menu(count: int, **more: Any) -> Payload:
    return {**box(count), "type": "static_select", "action_id": "pick.1", **more}


def message(*blocks: Payload, text: str = "Hello") -> Payload:
    return {"text": text, "blocks": list(blocks)}


def modal(*blocks: Payload, **more: Any) -> Payload:
    return {"type": "modal", "title": words("Assign"), "submit": words("Send"), "blocks": list(blocks), **more}


def home(*blocks: Payload, **more: Any) -> Payload:
    return {"type": "home", "blocks": list(blocks), **more}


def without(payload: Payload, key: str) -> Payload:
    return {name: value for name, value in payload.items() if name != key}


TYPED: Payload = {"type": "plain_text_input", "action_id": "given"}
TEXT: Payload = {"type": "text", "text": "x"}
PART: Payload = {"type": "rich_text_section", "elements": [TEXT]}

VALID: dict[str, Payload] = {
    "buttons": message(actions(button("press.1"), button("press.2", style="primary"))),
    "boxes": message(actions(box(10))),
    "fifty blocks": message(*({"type": "divider", "block_id": str(at)} for at in range(50))),
    "table": message(table(100, 20)),
    "rich text": message(
        rich(
            PART,
            {"type": "rich_text_list", "style": "ordered", "offset": 2, "indent": 1, "elements": [PART]},
            {"type": "rich_text_quote", "elements": [TEXT]},
            {"type": "rich_text_preformatted", "elements": [TEXT]},
        )
    ),
    "link": message(
        rich({"type": "rich_text_section", "elements": [{"type": "link", "url": "https://a.b", "text": "x"}]})
    ),
    "modal": modal(asked(TYPED), asked(menu(100, initial_option=option("3", "3")), "j", optional=True)),
    "modal without input": without(modal(section()), "submit"),
    "home": home(section(), actions(button()), table()),
}

INVALID: dict[str, Payload] = {
    "no text": without(message(section()), "text"),
    "empty text": message(section(), text=" "),
    "text too long": message(section(), text="x" * 4001),
    "text mentions": message(section(), text="hear <!channel>"),
    "51 blocks": message(*({"type": "divider", "block_id": str(at)} for at in range(51))),
    "blocks too long": message(*(section("x" * 2800, str(at)) for at in range(5))),
    "unknown block": message({"type": "checklist", "block_id": "c"}),
    "no such key": message({**section(), "colour": "red"}),
    "section without text": message(without(section(), "text")),
    "section too long": message(section("x" * 3001)),
    "section with empty text": message(section("")),
    "header in mrkdwn": message({"type": "header", "block_id": "h", "text": words("x", "mrkdwn")}),
    "header too long": message({"type": "header", "block_id": "h", "text": words("x" * 151)}),
    "11 in a context": message({"type": "context", "block_id": "c", "elements": [words("x")] * 11}),
    "no elements": message(actions()),
    "26 buttons": message(actions(*(button(str(at)) for at in range(26)))),
    "block_id twice": message(section(name="s"), section(name="s")),
    "block_id too long": message(section(name="s" * 256)),
    "action_id twice": message(actions(button("a"), button("a"))),
    "action_id too long": message(actions(button("a" * 256))),
    "button without value": message(actions(without(button(), "value"))),
    "button label too long": message(actions(button(text=words("x" * 76)))),
    "button value too long": message(actions(button(value="x" * 2001))),
    "button of another style": message(actions(button(style="green"))),
    "11 boxes": message(actions(box(11))),
    "no boxes": message(actions(box(0))),
    "empty initial options": message(actions(box(2, initial_options=[]))),
    "initial option from elsewhere": modal(asked(menu(2, initial_option=option("x", "9")))),
    "option label too long": modal(asked({**menu(1), "options": [option("x" * 76)]})),
    "option value too long": modal(asked({**menu(1), "options": [option("x", "v" * 151)]})),
    "option without value": modal(asked({**menu(1), "options": [option("x", "")]})),
    "description too long": modal(asked({**menu(1), "options": [option(description=words("x" * 76))]})),
    "101 options": modal(asked(menu(101))),
    "6 in an overflow": message(actions({**box(6), "type": "overflow"})),
    "two tables": message(table(name="t"), table(name="u")),
    "cells too long": message({**table(), "rows": [[words("x" * 6000, "raw_text")] * 2]}),
    "label in mrkdwn": modal(asked(TYPED, label=words("x", "mrkdwn"))),
    "101 rows": message(table(101)),
    "21 columns": message(table(2, 21)),
    "ragged table": message({**table(), "rows": [[words("x", "raw_text")], [words("x", "raw_text")] * 2]}),
    "empty cell": message({**table(), "rows": [[words("", "raw_text")]]}),
    "empty run": message(rich({"type": "rich_text_section", "elements": [{"type": "text", "text": ""}]})),
    "list of no kind": message(rich({"type": "rich_text_list", "elements": [PART]})),
    "list too deep": message(rich({"type": "rich_text_list", "style": "bullet", "indent": 9, "elements": [PART]})),
    "half a surrogate": message(section("\ud83d")),
    "table in a modal": modal(table()),
    "alert in a message": message({"type": "alert", "block_id": "a", "text": words("x")}),
    "input without submit": without(modal(asked(TYPED)), "submit"),
    "modal without title": without(modal(section()), "title"),
    "modal title too long": modal(section(), title=words("x" * 25)),
    "submit too long": modal(section(), submit=words("x" * 25)),
    "metadata too long": modal(section(), private_metadata="x" * 3001),
    "101 blocks": modal(*({"type": "divider", "block_id": str(at)} for at in range(101))),
    "empty modal": modal(),
    "initial value too long": modal(asked({**TYPED, "initial_value": "x" * 3001})),
    "input outside its block": message(actions(TYPED)),
    "number of no kind": modal(asked({"type": "number_input", "action_id": "n"})),
    "label too long": modal(asked(TYPED, label=words("x" * 2001))),
    "home with a title": home(section(), title=words("x")),
    "file on home": home(asked({"type": "file_input", "action_id": "f", "max_files": 1})),
    "11 files": modal(asked({"type": "file_input", "action_id": "f", "max_files": 11})),
}


@pytest.mark.parametrize("name", VALID)
def test_what_may_be_sent_has_no_faults(name: str) -> None:
    assert faults(VALID[name]) == []


@pytest.mark.parametrize("name", INVALID)
def test_what_slack_would_refuse_has_faults(name: str) -> None:
    assert faults(INVALID[name])


@pytest.mark.parametrize(
    ("broken", "said"),
    [
        (lambda found: found["blocks"].append(found["blocks"][0]), "block_id twice"),
        (lambda found: found["blocks"][0]["elements"].append(found["blocks"][0]["elements"][0]), "action_id twice"),
        (lambda found: found.update(text=""), "no text"),
    ],
)
def test_a_fault_is_named(broken: Callable[[Payload], object], said: str) -> None:
    payload = deepcopy(VALID["buttons"])
    broken(payload)
    assert any(said in fault for fault in faults(payload))
