"""Message ↔ windows: a form becomes a view, a view that was sent becomes fields again."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from bot.platforms.slack import blocks
from bot.platforms.slack.blocks import OPTION, OPTION_VALUE, Block
from bot.platforms.slack.render import edition, own_words, titled, units
from bot.platforms.slack.render_rows import of_lines
from bot.platforms.slack.render_text import read, size
from messages import Message
from messages.lines import Line, Run, clean, place
from messages.markdown import plain
from messages.message import Choice, Field

View = dict[str, Any]

CALLBACK = "form"
MOST_BLOCKS = 100
TITLE = 24
LABEL, HINT, INPUT, METADATA, OPTIONS = 2000, 2000, 3000, 3000, 100
ROOM = 500
"""Characters left free in each part of a long text, to write in."""
NOTHING = "∅"
"""The value of an option that stands for no value: Slack takes no empty ones."""
_NUMBER = re.compile(r"-?\d+(\.\d+)?")


@dataclass(frozen=True)
class Given:
    """A form as it was sent: the line to say, its fields, and what the window was opened with."""

    line: str
    fields: dict[str, str]
    about: dict[str, str] = field(default_factory=dict)


def modal(message: Message, about: Mapping[str, str] | None = None) -> View:
    """A window for a message: with its form, if it has one, else only to be read.

    ``about`` comes back with the form: where the answer goes, what the form was asked for with.
    Raises ``ValueError`` when it and the hidden fields have more than 3,000 characters.
    """
    own = own_words(message.locale)
    title = " ".join(plain(message.title).split()) or own["title"]
    shown = list(titled(read(message.title))) if size(title) > TITLE else []
    drawn = [block for unit in [*shown, *units(message, window=True)] for block in unit.blocks]
    form = message.form
    asked = [block for one in form.fields for block in _asked(one)] if form else []
    view = {
        "type": "modal",
        "callback_id": CALLBACK,
        "title": blocks.plain_text(title, TITLE),
        "close": blocks.plain_text(own["cancel" if form else "close"], TITLE),
        "private_metadata": _metadata(message, about or {}),
        "blocks": blocks.numbered(
            within([*drawn, *asked], MOST_BLOCKS, more=own["more"], keep=len(asked)), edition(message)
        ),
    }
    return {**view, "submit": blocks.plain_text(form.submit, TITLE)} if form else view


def loading(locale: str) -> View:
    """Opened at once, while the real one is being made; ``views.update`` replaces it."""
    own = own_words(locale)
    return {
        "type": "modal",
        "callback_id": "loading",
        "title": blocks.plain_text(own["title"], TITLE),
        "close": blocks.plain_text(own["cancel"], TITLE),
        "blocks": [{"block_id": "loading", **blocks.aside(own["body"])}],
    }


def errors(view: View, message: Message, *, field: str = "") -> dict[str, Any]:
    """The answer to a form that was not accepted: the words below the field, else below the first one.

    A window that asks nothing is replaced by the words.
    """
    inputs = [block["block_id"] for block in view["blocks"] if block["type"] == "input"]
    below = next((name for name in inputs if _of(name)[0] == field), inputs[0] if inputs else None)
    if below is None:
        return {"response_action": "update", "view": modal(message)}
    return {"response_action": "errors", "errors": {below: plain(message.body) or plain(message.title)}}


def within(drawn: Sequence[Block], most: int, *, more: str, keep: int = 0) -> list[Block]:
    """No more than ``most`` blocks; the words ``more`` where there would be more. The last ``keep`` stay."""
    if len(drawn) <= most:
        return list(drawn)
    last = list(drawn[len(drawn) - keep :])[: most - 1]
    return [*drawn[: most - 1 - len(last)], blocks.aside(more), *last]


def _metadata(message: Message, about: Mapping[str, str]) -> str:
    form = message.form
    hidden = {one.name: one.value for one in form.fields if one.kind == "hidden"} if form else {}
    told = {"line": form.line if form else "", "hidden": hidden, "about": dict(about)}
    text = json.dumps(told, ensure_ascii=False, separators=(",", ":"))
    if size(text) > METADATA:
        raise ValueError(f"{size(text)} characters to be carried by a window, which bears {METADATA}")
    return text


# --- what is asked


def _asked(one: Field) -> Iterator[Block]:
    if one.kind == "hidden":
        return
    if one.kind == "choice" and all(size(choice.value) <= OPTION_VALUE for choice in one.choices):
        yield from _choice(one)
    elif one.kind == "number" and _NUMBER.fullmatch(one.value or "0"):
        yield _input(one, {"type": "number_input", "is_decimal_allowed": True, **_initial(one.value)})
    else:
        yield from _texts(one)


def _initial(value: str) -> Block:
    return {"initial_value": value} if value else {}


def _input(one: Field, element: Block, *, part: int = 0, gap: int = 0, required: bool | None = None) -> Block:
    """``part`` and ``gap``: see ``_texts``; they stand in the block's id."""
    needed = one.required if required is None else required
    return {
        "type": "input",
        "block_id": f"{one.name}/{part}/{gap}",
        "label": blocks.plain_text(one.label if not part else f"{one.label} ({part + 1})", LABEL),
        "optional": not needed,
        "element": {**element, "action_id": "given"},
        **({"hint": blocks.plain_text(one.hint, HINT)} if one.hint and not part else {}),
    }


def _texts(one: Field) -> Iterator[Block]:
    """A text too long for one input is asked in parts, cut at ``gap`` line ends that are put back between them."""
    for part, (gap, text) in enumerate(_parts(clean(one.value))):
        long = one.kind == "long" or "\n" in text or part > 0
        element = {"type": "plain_text_input", "multiline": long, "max_length": INPUT, **_initial(text)}
        yield _input(one, element, part=part, gap=gap, required=one.required and not part)


def _parts(text: str) -> Iterator[tuple[int, str]]:
    gap = 0
    while size(text) > INPUT:
        at = place(text, (INPUT - ROOM) // (2 if size(text) > len(text) else 1))
        head, text = text[:at], text[at:]
        yield gap, head.rstrip("\n")
        gap = len(head) - len(head.rstrip("\n")) + len(text) - len(text.lstrip("\n"))
        text = text.lstrip("\n")
    yield gap, text


def _choice(one: Field) -> Iterator[Block]:
    """Labels that are too long for an option are listed whole before the menu."""
    options = [_option(choice) for choice in one.choices if choice.label.strip()]
    long = [choice.label for choice in one.choices if size(choice.label) > 2 * OPTION]
    told = of_lines(Line("bullet", (Run(clean(label)),)) for label in long)
    yield from (block for unit in told for block in unit.blocks)
    chosen = next((option for option in options if option["value"] == (one.value or NOTHING)), None)
    initial = {"initial_option": chosen} if chosen else {}
    if not options:
        yield from _texts(one)
    elif len(options) > OPTIONS:
        yield _input(one, {"type": "external_select", "min_query_length": 0, **initial})
    else:
        yield _input(one, {"type": "static_select", "options": options, **initial})


def _option(choice: Choice) -> Block:
    label = " ".join(choice.label.split())
    most = OPTION // (2 if size(label) > len(label) else 1)
    at = place(label, most) if size(label) > OPTION else len(label)
    return blocks.option(label[:at].rstrip(), choice.value or NOTHING, label[at:].strip())


def options(choices: Iterable[Choice], typed: str) -> dict[str, Any]:
    """The answer to a menu that asks while somebody types: what holds every word, at most 100."""
    wanted = typed.casefold().split()
    found = (one for one in choices if one.label.strip() and all(word in one.label.casefold() for word in wanted))
    return {"options": [_option(one) for one, _ in zip(found, range(OPTIONS), strict=False)]}


# --- what was given


def given(view: Mapping[str, Any]) -> Given:
    """The form of a view as Slack sends it. Raises ``ValueError`` for one that is not ours."""
    try:
        told = json.loads(view["private_metadata"])
        values = view.get("state", {}).get("values", {})
        return Given(str(told["line"]), {**told["hidden"], **_joined(values)}, told["about"])
    except (AttributeError, KeyError, StopIteration, TypeError, ValueError) as error:
        raise ValueError("not a window of ours") from error


def _joined(values: Mapping[str, Mapping[str, Any]]) -> dict[str, str]:
    found: dict[str, str] = {}
    for block_id in sorted(values, key=_of):
        name, _, gap = _of(block_id)
        text = _value(next(iter(values[block_id].values())))
        before = found.get(name, "")
        found[name] = before + "\n" * (gap if before and text else 0) + text
    return found


def _of(block_id: str) -> tuple[str, int, int]:
    """Name, part and gap of an input's id. Raises ``ValueError``."""
    name, part, gap = block_id.rsplit("/", 2)
    return name, int(part), int(gap)


def _value(state: Mapping[str, Any]) -> str:
    chosen = state.get("selected_option")
    value = chosen["value"] if chosen else state.get("value") or ""
    return "" if value == NOTHING else str(value)
