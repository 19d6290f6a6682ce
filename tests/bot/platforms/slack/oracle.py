"""Judges payloads as Slack would, by three independent readers: slack_sdk's models, slackblocks, and our own checks.

``faults`` lists what is wrong; an empty list is a payload that may be sent.
"""

from __future__ import annotations

import json
import logging
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from slack_sdk.errors import SlackObjectFormationError
from slack_sdk.models.blocks import Block as SdkBlock
from slack_sdk.models.views import View as SdkView
from slackblocks.errors import InvalidUsageError

from tests.bot.platforms.slack.builder import build_message, build_view

Payload = Mapping[str, Any]

MOST_TEXT = 4000
MOST_JSON = 13_000
MOST_CELLS = 10_000
SURFACES = {
    "message": "actions context context_actions divider file header image input markdown rich_text section table video",
    "modal": "actions alert context divider header image input rich_text section video",
    "home": "actions context divider header image input rich_text section table video",
}
_OPTIONS = {"checkboxes": 10, "radio_buttons": 10, "overflow": 5, "static_select": 100, "multi_static_select": 100}
_PLAIN = {"header", "input", "button"}
_WORDY = {"plain_text", "mrkdwn", "raw_text", "text"}


def faults(payload: Payload) -> list[str]:
    """Of a message (``text`` and ``blocks``) or of a view (``type`` modal or home)."""
    readers: list[Callable[[Payload], Iterator[str]]] = [_sdk, _slackblocks, _own]
    return [f"{reader.__name__[1:]}: {fault}" for reader in readers for fault in reader(payload)]


def surface(payload: Payload) -> str:
    return str(payload.get("type", "message"))


# --- the other readers


class _Complaints(logging.Handler):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.found.append(record.getMessage())


def _sdk(payload: Payload) -> Iterator[str]:
    """Parse, validate, and compare what comes out with what went in."""
    complaints, logger = _Complaints(), logging.getLogger("slack_sdk.models")
    logger.addHandler(complaints)
    try:
        if surface(payload) != "message":
            yield from _differences(SdkView(**payload).to_dict(), payload, "view")
        else:
            for at, block in enumerate(payload.get("blocks", ())):
                parsed = SdkBlock.parse(dict(block))
                yield from [f"blocks[{at}]: unknown"] if parsed is None else _differences(parsed.to_dict(), block, at)
    except (SlackObjectFormationError, TypeError, KeyError, AttributeError, ValueError) as error:
        yield f"{type(error).__name__}: {error}"
    finally:
        logger.removeHandler(complaints)
    yield from complaints.found


def _differences(seen: Any, sent: Any, where: object) -> Iterator[str]:
    if isinstance(sent, Mapping) and isinstance(seen, Mapping):
        for key in {*sent, *seen}:
            yield from _differences(seen.get(key), sent.get(key), f"{where}.{key}")
    elif isinstance(sent, list) and isinstance(seen, list) and len(sent) == len(seen):
        for at, (one, other) in enumerate(zip(seen, sent, strict=True)):
            yield from _differences(one, other, f"{where}[{at}]")
    elif seen != sent:
        yield f"{where}: {sent!r} is read as {seen!r}"


def _slackblocks(payload: Payload) -> Iterator[str]:
    try:
        build_message(payload) if surface(payload) == "message" else build_view(payload)
    except (InvalidUsageError, TypeError, KeyError, AttributeError, ValueError) as error:
        yield f"{type(error).__name__}: {error}"


# --- our own


def _own(payload: Payload) -> Iterator[str]:
    found = list(payload.get("blocks") or ())
    kind = surface(payload)
    yield from _message(payload, found) if kind == "message" else _view(payload, found, kind)
    for block in found:
        if block.get("type") not in SURFACES.get(kind, "").split():
            yield f"{block.get('type')} does not belong on {kind}"
        yield from _block(block, kind)
    yield from (f"block_id twice: {name}" for name in _twice(block.get("block_id") for block in found))
    if sum(block.get("type") == "table" for block in found) > 1:
        yield "two tables"
    yield from _hollow(payload, "")


def _message(payload: Payload, found: list[Any]) -> Iterator[str]:
    text = payload.get("text")
    if not isinstance(text, str) or not text.strip():
        yield "no text"
    elif len(text) > MOST_TEXT:
        yield f"text has {len(text)} characters"
    elif any(mark in text for mark in ("<!", "<@", "<#", "<http")):
        yield "text mentions or links"
    if len(found) > 50:
        yield f"{len(found)} blocks"
    tables = [block for block in found if block.get("type") == "table"]
    others = [block for block in found if block.get("type") != "table"]
    if len(json.dumps(others, ensure_ascii=False)) > MOST_JSON:
        yield "msg_blocks_too_long"
    if sum(len(cell.get("text", "")) for table in tables for row in table["rows"] for cell in row) > MOST_CELLS:
        yield "cells too long"


def _view(payload: Payload, found: list[Any], kind: str) -> Iterator[str]:
    if not 1 <= len(found) <= 100:
        yield f"{len(found)} blocks"
    if kind == "home":
        yield from (f"home with {key}" for key in ("title", "submit", "close") if key in payload)
        return
    if "title" not in payload:
        yield "no title"
    for key in ("title", "submit", "close"):
        if key in payload and (payload[key].get("type") != "plain_text" or len(payload[key]["text"]) > 24):
            yield f"{key} is not 24 characters of plain text"
    if "submit" not in payload and any(block.get("type") == "input" for block in found):
        yield "input without submit"
    if len(payload.get("private_metadata", "")) > 3000:
        yield "private_metadata too long"


def _block(block: Payload, kind: str) -> Iterator[str]:
    if block.get("type") == "table":
        yield from _table(block)
    parts = [block] if block.get("type") in {"header", "input"} else block.get("elements", ())
    plain = [part.get(key) for part in parts for key in ("text", "label", "hint") if part.get("type") in _PLAIN]
    if any(isinstance(text, Mapping) and text.get("type") != "plain_text" for text in plain):
        yield "not plain text"
    inside = [block["element"]] if "element" in block else list(block.get("elements", ()))
    elements = [one for one in [*inside, block.get("accessory")] if isinstance(one, Mapping)]
    yield from (f"action_id twice: {name}" for name in _twice(one.get("action_id") for one in elements))
    if block.get("type") in {"actions", "input"} and not all(one.get("action_id") for one in elements):
        yield "no action_id"
    for one in elements:
        yield from _element(one, kind, asked=block.get("type") == "input")


def _table(block: Payload) -> Iterator[str]:
    rows = block.get("rows", [])
    if len(rows) > 100 or any(len(row) > 20 for row in rows):
        yield "table too large"
    if len({len(row) for row in rows}) > 1:
        yield "table with ragged rows"


def _element(one: Payload, kind: str, *, asked: bool) -> Iterator[str]:
    name = str(one.get("type"))
    if name == "file_input" and kind != "modal":
        yield f"file_input on {kind}"
    if name.endswith("_input") and not asked:
        yield f"{name} outside an input block"
    if name == "button" and not asked and not (one.get("value") or one.get("url")):
        yield "button without value"
    options = [*one.get("options", ()), *(o for group in one.get("option_groups", ()) for o in group["options"])]
    if name in _OPTIONS and not 1 <= len(options) <= _OPTIONS[name]:
        yield f"{len(options)} options in {name}"
    for option in options:
        yield from _option(option, plain=name not in {"checkboxes", "radio_buttons"})
    chosen = [one["initial_option"]] if "initial_option" in one else list(one.get("initial_options", ()))
    if name in _OPTIONS and any(choice not in options for choice in chosen):
        yield "initial option is not among the options"
    if len(str(one.get("initial_value", ""))) > one.get("max_length", 3000):
        yield "initial_value too long"


def _option(option: Payload, *, plain: bool) -> Iterator[str]:
    for key in ("text", "description"):
        if len(option.get(key, {}).get("text", "")) > 75:
            yield f"option {key} too long"
    if not 1 <= len(option.get("value", "")) <= 150:
        yield "option value"
    if plain and option["text"]["type"] != "plain_text":
        yield "option text is not plain"


def _twice(names: Any) -> list[str]:
    return [name for name, times in Counter(name for name in names if name).items() if times > 1]


def _hollow(part: Any, where: str) -> Iterator[str]:
    """Empty arrays and empty texts, anywhere."""
    if isinstance(part, Mapping):
        if part.get("type") in _WORDY and "text" in part and not part["text"]:
            yield f"{where}: empty text"
        for key, value in part.items():
            yield from _hollow(value, f"{where}.{key}")
    elif isinstance(part, list | tuple):
        if not part:
            yield f"{where}: empty array"
        for at, value in enumerate(part):
            yield from _hollow(value, f"{where}[{at}]")
    elif isinstance(part, str) and any("\ud800" <= character <= "\udfff" for character in part):
        yield f"{where}: half a surrogate pair"
