"""WeCom's template cards as plain dicts, within the limits that its pages give."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from messages.lines import breadth, clean, place
from messages.message import Button

Card = dict[str, Any]

KEY, OPTION_ID = 1024, 128
"""Bytes."""
BUTTONS, TICKS, SELECTS, CHOICES = 6, 20, 3, 10
BUTTON, SELECT_TITLE = 20, 26
"""How broad they may be; see ``Sizes``."""
GAP = "{}"
"""Where in a button's key the id of the option goes that was picked beside it."""
NOTHING = "∅"
"""The id of an option that stands for no value: WeCom takes no empty ones, and selects the first if none is."""


@dataclass(frozen=True)
class Sizes:
    """What is seen of a card's words, in halves of a Chinese character; the rest would be cut on the screen."""

    title: int
    about: int
    words: int
    tick: int
    choice: int


APP = Sizes(title=72, about=88, words=320, tick=34, choice=32)
BOT = Sizes(title=52, about=60, words=224, tick=22, choice=20)
HOOK = BOT


@dataclass(frozen=True)
class Top:
    """A card's title, what stands small below it, and what stands below that; notices and buttons have the last."""

    title: str
    about: str = ""
    words: str = ""


@dataclass(frozen=True)
class Option:
    id: str
    text: str


@dataclass(frozen=True)
class Select:
    """A menu. ``chosen`` is the id of the option that it opens with."""

    key: str
    title: str
    options: tuple[Option, ...]
    chosen: str


def card_id(key: str, page: int, *, version: str = "") -> str:
    """The ``task_id`` of a message's card: another one for another outbox key, page or edition."""
    return f"{_base(key, version)}-{page}"


def _base(key: str, version: str) -> str:
    return hashlib.sha256(f"{key}\0{version}".encode()).hexdigest()[:40]


def flat(text: str) -> str:
    """Words for a card: one line, and nothing in them that could be taken for a mention."""
    return " ".join(clean(text).replace("<", "＜").split())


def short(text: str, most: int) -> str:
    """At most so broad, with … where something is missing: for what is shown whole elsewhere."""
    text = flat(text)
    if breadth(text) <= most:
        return text
    at = most
    while breadth(text[:at]) > most - 2:
        at -= 1
    return text[: place(text, at)].rstrip() + "…"


# --- the five kinds


def buttons(top: Top, given: Sequence[Button], select: Select | None = None) -> Card:
    """Their keys are the command lines, with ``{}`` where the id of the option goes."""
    return {
        "card_type": "button_interaction",
        **_head(top),
        **({"button_selection": _select(select)} if select else {}),
        "button_list": [
            {"text": button.label, "style": 1 if button.primary else 2, "key": button.line} for button in given
        ],
    }


def ticks(top: Top, options: Sequence[Option], submit: Button) -> Card:
    """Boxes to tick; the ids of those that were stand behind the button's line."""
    return {
        "card_type": "vote_interaction",
        **_head(top),
        "checkbox": {
            "question_key": "ticked",
            "mode": 1,
            "option_list": [{"id": one.id, "text": one.text, "is_checked": False} for one in options],
        },
        "submit_button": {"text": submit.label, "key": submit.line},
    }


def choices(top: Top, selects: Sequence[Select], submit: Button) -> Card:
    return {
        "card_type": "multiple_interaction",
        **_head(top),
        "select_list": [_select(select) for select in selects],
        "submit_button": {"text": submit.label, "key": submit.line},
    }


def notice(top: Top, label: str, url: str) -> Card:
    """The whole card leads to a page, and so does a line that says it."""
    return {
        "card_type": "text_notice",
        **_head(top),
        "jump_list": [{"type": 1, "title": label, "url": url}],
        "card_action": {"type": 1, "url": url},
    }


def _head(top: Top) -> Card:
    title = {"title": top.title, **({"desc": top.about} if top.about else {})}
    return {"main_title": title, **({"sub_title_text": top.words} if top.words else {})}


def _select(select: Select) -> Card:
    return {
        "question_key": select.key,
        "title": select.title,
        "selected_id": select.chosen,
        "option_list": [{"id": one.id, "text": one.text} for one in select.options],
    }
