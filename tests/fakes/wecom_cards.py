"""Template cards as WeCom's documents allow them: fields, list lengths, byte lengths.

How long a title should be is advice there (a screen cuts it), so it is not checked. A field that WeCom does not know is
refused here though WeCom would ignore it: it is a slip.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from tests.fakes.wecom_methods import size
from tests.fakes.wecom_state import Body, Refusal

_ALL = {"card_type", "source", "main_title", "task_id", "action_menu"}
_NOTICE = {"quote_area", "horizontal_content_list", "card_action"}
_FIELDS = {
    "text_notice": _ALL | _NOTICE | {"emphasis_content", "sub_title_text", "jump_list"},
    "news_notice": _ALL | _NOTICE | {"card_image", "image_text_area", "vertical_content_list", "jump_list"},
    "button_interaction": _ALL | _NOTICE | {"sub_title_text", "button_selection", "button_list"},
    "vote_interaction": _ALL | {"checkbox", "submit_button"},
    "multiple_interaction": _ALL | {"select_list", "submit_button"},
}
INTERACTIVE = {"button_interaction", "vote_interaction", "multiple_interaction"}
_TASK_ID = re.compile(r"[0-9A-Za-z_@-]{1,128}")
_LINKS = {1: "url", 2: "appid"}


@dataclass(frozen=True, kw_only=True)
class Where:
    """``line`` is app, bot or webhook; an ``update`` may hold what no first card may."""

    line: str = "app"
    update: bool = False


def check(card: object, *, line: str = "app", update: bool = False) -> Body:
    """The card itself; see ``Where``. Raises ``Refusal``."""
    if not isinstance(card, dict) or card.get("card_type") not in _FIELDS:
        raise Refusal(40058, "invalid template_card.card_type")
    kind = card["card_type"]
    if line == "webhook" and kind in INTERACTIVE:
        raise Refusal(40058, f"a webhook shows no {kind}")
    more = ({"replace_text"} if update and kind in INTERACTIVE else set()) | ({"feedback"} if line == "bot" else set())
    _known(card, _FIELDS[kind] | more, "template_card")
    _shared(card, kind, line)
    _CHECKS[kind](card, Where(line=line, update=update))
    needs = kind in INTERACTIVE or "action_menu" in card
    if "task_id" in card or (needs and not update):
        _task_id(card.get("task_id"))
    return card


def _shared(card: Body, kind: str, line: str) -> None:
    if "action_menu" in card:
        _action_menu(card["action_menu"])
    if "source" in card:
        _known(card["source"], {"icon_url", "desc", "desc_color"}, "source")
    if "main_title" in card:
        _known(card["main_title"], {"title", "desc"}, "main_title")
    if "quote_area" in card:
        _link(card["quote_area"], "quote_area", {0, 1, 2})
    _action(card, kind)
    kinds = {0, 1, 3} if line == "bot" else {0, 1, 2, 3}
    for row in _several(card, "horizontal_content_list", 0, 6):
        _row(row, kinds)
    for jump in _several(card, "jump_list", 0, 3):
        _needs(jump, "jump_list", "title")
        _link(jump, "jump_list", {0, 1, 2, 3} if line == "bot" else {0, 1, 2})


def _action(card: Body, kind: str) -> None:
    """Where a tap on the card leads: a notice must say it, else 42045."""
    action = card.get("card_action")
    if action is None and kind not in {"text_notice", "news_notice"}:
        return
    allowed = {0, 1, 2} if kind == "button_interaction" else {1, 2}
    if not isinstance(action, dict) or action.get("type", 0) not in allowed:
        raise Refusal(42045, "template_card.card_action is missing or invalid")
    wanted = _LINKS.get(action.get("type", 0))
    if wanted and not action.get(wanted):
        raise Refusal(42045, f"template_card.card_action.{wanted} is missing")


def _text_notice(card: Body, where: Where) -> None:
    if not card.get("main_title", {}).get("title") and not card.get("sub_title_text"):
        raise Refusal(40058, "main_title.title and sub_title_text are both missing")


def _news_notice(card: Body, where: Where) -> None:
    _needs(card.get("main_title"), "main_title", "title")
    if not card.get("card_image") and not card.get("image_text_area"):
        raise Refusal(40058, "card_image and image_text_area are both missing")
    for row in _several(card, "vertical_content_list", 0, 4):
        _needs(row, "vertical_content_list", "title")


def _button_interaction(card: Body, where: Where) -> None:
    _needs(card.get("main_title"), "main_title", "title")
    for button in _several(card, "button_list", 1, 6):
        _button(button, where.line)
    if "button_selection" in card:
        _selection(card["button_selection"], "button_selection", 10, where)


def _button(button: Body, line: str) -> None:
    _needs(button, "button_list", "text")
    _known(button, {"text", "style", "key"} | ({"type", "url"} if line == "app" else set()), "button_list")
    if button.get("type") == 1:
        _needs(button, "button_list", "url")
    else:
        _key(button, "button_list", "key", 1024)


def _vote_interaction(card: Body, where: Where) -> None:
    _needs(card.get("main_title"), "main_title", "title")
    checkbox = card.get("checkbox")
    if isinstance(checkbox, dict) and checkbox.get("mode", 0) not in {0, 1}:
        raise Refusal(40058, "invalid checkbox.mode")
    _selection(checkbox, "checkbox", 20, where)
    _submit(card, where)


def _multiple_interaction(card: Body, where: Where) -> None:
    _needs(card.get("main_title"), "main_title", "title")
    found = _several(card, "select_list", 1, 3)
    for selection in found:
        _selection(selection, "select_list", 10, where)
    _once((selection["question_key"] for selection in found), "select_list.question_key")
    _submit(card, where)


def _submit(card: Body, where: Where) -> None:
    if where.update and "submit_button" not in card:
        return
    _known(card.get("submit_button"), {"text", "key"}, "submit_button")
    _key(card["submit_button"], "submit_button", "key", 1024)


def _selection(selection: Any, name: str, most: int, where: Where) -> None:
    _needs(selection, name, "question_key")
    more = {"mode"} if name == "checkbox" else {"title", "selected_id"}
    _known(selection, {"question_key", "option_list"} | more | ({"disable"} if where.update else set()), name)
    _key(selection, name, "question_key", 1024)
    options = _several(selection, "option_list", 1, most)
    for option in options:
        _needs(option, f"{name}.option_list", "text")
        _key(option, f"{name}.option_list", "id", 128)
        _known(option, {"id", "text"} | ({"is_checked"} if name == "checkbox" else set()), f"{name}.option_list")
    _once((option["id"] for option in options), f"{name}.option_list.id")


_CHECKS = {
    "text_notice": _text_notice,
    "news_notice": _news_notice,
    "button_interaction": _button_interaction,
    "vote_interaction": _vote_interaction,
    "multiple_interaction": _multiple_interaction,
}


def _action_menu(menu: Any) -> None:
    if not isinstance(menu, dict):
        raise Refusal(40058, "invalid action_menu")
    entries = _several(menu, "action_list", 1, 3)
    for entry in entries:
        _needs(entry, "action_list", "text")
        _key(entry, "action_list", "key", 1024)
    _once((entry["key"] for entry in entries), "action_list.key")


def _row(row: Any, kinds: set[int]) -> None:
    _needs(row, "horizontal_content_list", "keyname")
    _known(row, {"type", "keyname", "value", "url", "media_id", "userid"}, "horizontal_content_list")
    kind = row.get("type", 0)
    wanted = {1: "url", 2: "media_id", 3: "userid"}.get(kind)
    if kind not in kinds or (wanted and not row.get(wanted)):
        raise Refusal(40058, f"invalid horizontal_content_list.type {kind}")


def _link(found: Any, name: str, kinds: set[int]) -> None:
    kind = found.get("type", 0) if isinstance(found, dict) else None
    wanted = _LINKS.get(kind or 0)
    if kind not in kinds or (wanted and not found.get(wanted)):
        raise Refusal(40058, f"invalid {name}")


def _task_id(found: object) -> None:
    if not isinstance(found, str) or not _TASK_ID.fullmatch(found):
        raise Refusal(42014, "invalid task_id")


def _needs(found: Any, name: str, key: str) -> None:
    if not isinstance(found, dict) or not isinstance(found.get(key), str) or not found[key]:
        raise Refusal(40058, f"missing {name}.{key}")


def _known(found: Any, allowed: set[str], name: str) -> None:
    if not isinstance(found, dict):
        raise Refusal(40058, f"invalid {name}")
    strangers = set(found) - allowed
    if strangers:
        raise Refusal(40058, f"unknown in {name}: {', '.join(sorted(strangers))}")


def _several(found: Body, name: str, least: int, most: int) -> list[Body]:
    rows = found.get(name, [])
    if not isinstance(rows, list) or not least <= len(rows) <= most:
        raise Refusal(40058, f"{name} holds {least} to {most}")
    return rows


def _key(found: Body, name: str, key: str, most: int) -> None:
    _needs(found, name, key)
    if size(found[key]) > most:
        raise Refusal(40058, f"{name}.{key} exceeds max length {most}")


def _once(values: Iterable[str], name: str) -> None:
    found = list(values)
    if len(set(found)) < len(found):
        raise Refusal(40058, f"{name} is there twice")
