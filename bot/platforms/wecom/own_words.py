"""What WeCom's cards say beside the messages themselves, and commands as a reader would type them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import messages
from handlers import router
from handlers.spoken import spoken
from messages import Offer


@dataclass(frozen=True)
class Own:
    """Plain words of one language; those that lead a list end in a colon."""

    next: str
    tick: str
    pick: str
    which: str
    choose: str
    open: str
    fill: str
    chat: str
    instead: str
    taken: str
    say: str
    say_any: str
    private: str
    private_any: str


@cache
def own(locale: str) -> Own:
    offers = [
        Offer("next", ""),
        Offer("tick", ""),
        Offer("pick", ""),
        Offer("which", ""),
        Offer("choose", ""),
        Offer("open", ""),
        Offer("fill", ""),
        Offer("chat", ""),
        Offer("instead", ""),
        Offer("taken", ""),
        Offer("say", ""),
        Offer("say_any", ""),
        Offer("private", ""),
        Offer("private_any", ""),
    ]
    return Own(*(button.label for button in messages.write("wecom/card", locale, buttons=offers).buttons))


def finished(refs: Sequence[str], locale: str) -> str:
    """``refs`` are numbers of tasks, as they are read."""
    offer = Offer("ticked", "", facts={"refs": refs})
    return messages.write("wecom/card", locale, buttons=[offer]).buttons[0].label


@cache
def typed(line: str, locale: str) -> str:
    """A command as a reader of that language would type it."""
    return spoken(router, line, locale)
