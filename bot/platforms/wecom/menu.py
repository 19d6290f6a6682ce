"""The menu at the foot of the app's chat: the commands that are marked for it. An entry says its command."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import messages
from handlers import router
from handlers.command import Command, Menu
from messages import Offer


def menu(locale: str) -> dict[str, Any]:
    """As ``menu/create`` takes it. What an entry is called, and what it says, is the command's own name.

    WeCom takes three headings of sixteen bytes, and below each five entries of forty; each says up to 128.
    """
    headings = messages.write("wecom/menu", locale, buttons=[Offer(f"menu_{heading}", "") for heading in Menu]).buttons
    groups = zip(headings, router.menu().values(), strict=True)
    return {"button": [_group(heading.label, commands, locale) for heading, commands in groups]}


def _group(label: str, commands: list[Command], locale: str) -> dict[str, Any]:
    return {"name": label, "sub_button": [_entry(one, locale) for one in commands]}


def _entry(command: Command, locale: str) -> dict[str, str]:
    verb = command.verb(locale)
    return {"type": "click", "name": verb[:1].upper() + verb[1:], "key": command.name}


def strange(told: Mapping[str, Any]) -> list[str]:
    """The names of the entries, as ``menu/get`` tells them, that no command of this release answers to."""
    entries = [entry for group in told.get("button", ()) for entry in group.get("sub_button") or [group]]
    pressed = [entry for entry in entries if entry.get("type") == "click"]
    return [str(entry.get("name")) for entry in pressed if router.find(str(entry.get("key"))) is None]
