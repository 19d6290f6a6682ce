"""The Home tab: what is open for the reader first, then how the meeting stands."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from bot.platforms.slack import blocks
from bot.platforms.slack.blocks import Block
from bot.platforms.slack.modal import MOST_BLOCKS, within
from bot.platforms.slack.render import edition, own_words, units
from messages import Message


@dataclass(frozen=True)
class Home:
    """``mine`` are the reader's tasks, ``progress`` the meeting's; None where there is no meeting."""

    mine: Message
    progress: Message | None = None


def home(given: Home) -> dict[str, Any]:
    """A view for views.publish."""
    drawn: list[Block] = []
    for message in filter(None, (given.mine, given.progress)):
        drawn += [*([{"type": "divider"}] if drawn else []), *_part(message, taken=_tables(drawn))]
    shown = within(drawn, MOST_BLOCKS, more=own_words(given.mine.locale)["more"])
    version = edition(given.mine) + (edition(given.progress) if given.progress else "")
    return {"type": "home", "callback_id": "home", "blocks": blocks.numbered(shown, version)}


def _part(message: Message, *, taken: int) -> list[Block]:
    """A view has one table; others are set with blanks."""
    drawn = [block for unit in units(message) for block in unit.blocks]
    if taken + _tables(drawn) <= 1:
        return drawn
    return [block for unit in units(message, tables=False) for block in unit.blocks]


def _tables(drawn: list[Block]) -> int:
    return sum(block["type"] == "table" for block in drawn)
