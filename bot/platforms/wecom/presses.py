"""What a press on a card says, and how the card changes after it: greyed, or with what is settled taken out."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from bot.platforms.wecom.cards import BOT, BUTTON, GAP, NOTHING, Card, short
from bot.platforms.wecom.own_words import finished, own


@dataclass(frozen=True)
class Press:
    line: str
    fields: dict[str, str] = field(default_factory=dict)


def said(kind: str, key: str, chosen: Mapping[str, Sequence[str]]) -> Press:
    """The line that a press says, and a form's fields.

    ``kind`` is the card's type, ``key`` the pressed button's, ``chosen`` the ids of the options by question.
    """
    picked = {name: [one for one in ids if one != NOTHING] for name, ids in chosen.items()}
    every = [one for ids in picked.values() for one in ids]
    if kind == "vote_interaction":
        return Press(" ".join([key, *every]))
    if kind == "multiple_interaction":
        return Press(key, {name: ",".join(ids) for name, ids in picked.items()})
    if not chosen:
        return Press(key)
    words = (" ".join(every) if word == GAP else word for word in key.split(" "))
    return Press(" ".join(filter(None, words)))


def greyed(locale: str, label: str = "") -> dict[str, Any]:
    """For ``update_template_card``: the card can no longer be pressed, and says ``label`` (else that it was)."""
    return {"button": {"replace_name": short(label, BUTTON) or own(locale).taken}}


def pressed(card: Card, line: str) -> dict[str, Any]:
    """The card with nothing on it but the button that was pressed, ticked: the AI bot's cards know no grey ones."""
    found = next(one for one in card["button_list"] if one["key"] == line)
    ticked = {**found, "text": short(f"✓ {found['text']}", BUTTON), "style": 2}
    left = {name: value for name, value in card.items() if name != "button_selection"}
    return {"template_card": {**left, "button_list": [ticked]}}


def settled(card: Card, refs: Collection[str], locale: str) -> dict[str, Any]:
    """The card of boxes anew, without those whose tasks are settled; all ticked and greyed when none is left."""
    box = card["checkbox"]
    left = [one for one in box["option_list"] if one["id"] not in refs]
    gone = [one["id"] for one in box["option_list"] if one["id"] in refs]
    told = finished([ref.rpartition("-")[2] for ref in gone], locale) if gone else ""
    title = {**card["main_title"], **({"desc": short(told, BOT.about)} if told else {})}
    if left:
        return {"template_card": {**card, "main_title": title, "checkbox": {**box, "option_list": left}}}
    every = [{**one, "is_checked": True} for one in box["option_list"]]
    closed = {**box, "option_list": every, "disable": True}
    return {"template_card": {**card, "main_title": title, "checkbox": closed, "replace_text": own(locale).taken}}
