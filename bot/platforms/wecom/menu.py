"""The menu at the foot of the app's chat: what is said most often, in three groups. An entry says its line."""

from __future__ import annotations

from typing import Any

import messages
from messages import Offer

GROUPS = {
    "menu_tasks": ("list mine", "today", "list overdue", "status", "list"),
    "menu_meetings": ("meeting list", "meeting show", "meeting new", "people", "settings"),
    "menu_help": ("help", "undo", "log"),
}
"""WeCom takes three groups of five entries; a group's name has 16 bytes at most, an entry's line 128."""


def menu(locale: str) -> dict[str, Any]:
    """As ``menu/create`` takes it."""
    groups = [_group(name, lines, locale) for name, lines in GROUPS.items()]
    return {"button": groups}


def _group(name: str, lines: tuple[str, ...], locale: str) -> dict[str, Any]:
    offers = [Offer(name, ""), *(Offer(_label(line), line) for line in lines)]
    title, *entries = messages.write("wecom/menu", locale, buttons=offers).buttons
    return {
        "name": title.label,
        "sub_button": [{"type": "click", "name": entry.label, "key": entry.line} for entry in entries],
    }


def _label(line: str) -> str:
    return f"menu_{line.replace(' ', '_')}"
