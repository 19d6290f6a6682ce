"""The menu at the foot of the app's chat: what is said most often, in three groups. An entry says its line."""

from __future__ import annotations

from typing import Any

import messages
from messages import Offer


def menu(locale: str) -> dict[str, Any]:
    """As ``menu/create`` takes it: three groups of five entries at most.

    A group's name has room for sixteen bytes, an entry's line for 128.
    """
    groups = (
        [
            Offer("menu_tasks", ""),
            Offer("mine", "list mine"),
            Offer("today", "today"),
            Offer("overdue", "list overdue"),
            Offer("status", "status"),
            Offer("list", "list"),
        ],
        [
            Offer("menu_meetings", ""),
            Offer("menu_all", "meeting list"),
            Offer("menu_this", "meeting show"),
            Offer("menu_new", "meeting new"),
            Offer("menu_people", "people"),
        ],
        [
            Offer("menu_help", ""),
            Offer("help", "help"),
            Offer("menu_settings", "settings"),
            Offer("menu_log", "log"),
            Offer("undo", "undo"),
        ],
    )
    return {"button": [_group(offers, locale) for offers in groups]}


def _group(offers: list[Offer], locale: str) -> dict[str, Any]:
    title, *entries = messages.write("wecom/menu", locale, buttons=offers).buttons
    return {
        "name": title.label,
        "sub_button": [{"type": "click", "name": entry.label, "key": entry.line} for entry in entries],
    }
