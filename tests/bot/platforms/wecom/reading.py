"""What a reader of payloads sees and can say: the words without markup, the lines that presses make."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import unquote

from bot.platforms.wecom.presses import said

Payload = Mapping[str, Any]

_MARKUP = re.compile(
    r'<font color="\w+">|</font>|\*\*|`|^#+ |^(?:> ?)+|^\| [:\-| ]+\|$|\]\(https?://[^)]+\)', re.MULTILINE
)


def texts(payloads: Iterable[Payload]) -> list[str]:
    """The markdown or plain text of each payload that is no card."""
    return [one[one["msgtype"]]["content"] for one in payloads if one["msgtype"] != "template_card"]


def cards(payloads: Iterable[Payload], kind: str = "") -> list[Payload]:
    found = [one["template_card"] for one in payloads if one["msgtype"] == "template_card"]
    return [card for card in found if kind in {"", card["card_type"]}]


def bare(text: str) -> str:
    """Characters without blanks, marks of lists and quotes, page numbers; full-width ones as what they look like."""
    text = unicodedata.normalize("NFKC", unquote(re.sub(r"\n\n\d+/\d+$", "", text)))
    return re.sub(r"[\s·•–\-\"“”|]", "", text)


def read(text: str) -> str:
    """A text without its markup, bare."""
    return bare(_MARKUP.sub("", text))


def seen(payloads: Sequence[Payload]) -> str:
    """Everything that is shown, texts first."""
    return "".join([*map(read, texts(payloads)), *map(bare, on_cards(cards(payloads)))])


def on_cards(part: Any) -> Iterator[str]:
    """Every text that a reader of cards sees."""
    if isinstance(part, Mapping):
        for name, value in part.items():
            if isinstance(value, str) and name in {"text", "title", "desc", "sub_title_text"}:
                yield value
            elif not isinstance(value, str):
                yield from on_cards(value)
    elif isinstance(part, list):
        for value in part:
            yield from on_cards(value)


def presses(payloads: Sequence[Payload]) -> list[str]:
    """Every line that can be said by pressing: each button, each box alone, each option of a menu beside buttons."""
    return [line for card in cards(payloads) for line in _of_card(card)]


def _of_card(card: Payload) -> Iterator[str]:
    kind = card["card_type"]
    if kind == "vote_interaction":
        for option in card["checkbox"]["option_list"]:
            yield said(kind, card["submit_button"]["key"], {card["checkbox"]["question_key"]: [option["id"]]}).line
    elif kind == "multiple_interaction":
        yield said(kind, card["submit_button"]["key"], {}).line
    menu = card.get("button_selection") or {}
    for button in card.get("button_list", ()):
        for option in menu.get("option_list", ()):
            yield said(kind, button["key"], {menu["question_key"]: [option["id"]]}).line
        if not menu:
            yield said(kind, button["key"], {}).line
