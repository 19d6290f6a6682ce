"""What goes wrong at WeCom, by WeCom's numbers → names of our own, and what delivery is to do about it. No network.

The numbers are those of WeCom's list of global error codes.
"""

from __future__ import annotations

import re

from bot.platforms import Closed, Impossible, NotNow

BUSY, TOO_MANY = -1, 45009
WAITS = {BUSY: 10.0, TOO_MANY: 60.0, 45033: 10.0}
"""Seconds until WeCom is asked again: it is busy, it was asked too often in a minute, or too often at once."""
STALE = frozenset({40001, 40014, 42001})
"""The access token is not, or no longer, good; a new one may be."""
SAID_BEFORE = 42014
"""A card of that id is there already."""

NO_SUCH_ASK, STREAM_OVER = 846605, 846608
"""The AI bot was asked nothing under that number, or no longer; a stream has been finished."""
THERE_ALREADY = 86215
"""A group of that id is there already."""

_NAMES = {
    "token": STALE | {40013, 40091, 41001, 301007},
    "address": frozenset({60020}),
    "rights": frozenset({48002, 60011, 301002, 40056, 42009}),
    "unseen": frozenset({81013}),
    "gone": frozenset({40003, 46004, 60111}),
    "chat": frozenset({86003, 86004, 86008, 86220}),
    "few": frozenset({86006}),
    "members": frozenset({86007, 86216}),
    "hook": frozenset({93000, 93004, 93017}),
    "bot": frozenset({93001, 93006, 93008}),
}
"""Why a place cannot be reached until a person acts.

token: the app's secret is wrong or it was switched off. address: this machine's is not on the list of trusted IPs.
rights: the app may not do that. unseen: nobody is in the app's visible range. gone: there is no such person.
chat, hook, bot: there is no such group, webhook or conversation with the AI bot. few: a group would have fewer than
two people. members: not everybody may be in that group.
"""


_FROM = re.compile(r"from ip: ([0-9a-fA-F.:]{1,45})")


class Trouble(Exception):  # noqa: N818  a provider's answer
    """WeCom's answer was an error. Neither the request nor the answer is kept: both hold the access token."""

    def __init__(self, code: int, said: str = "") -> None:
        super().__init__(f"{code} {kind_of(code)}".rstrip())
        self.code = code
        self.said = said

    @property
    def address(self) -> str:
        """Ours, as WeCom has seen it; empty where it does not tell."""
        found = _FROM.search(self.said)
        return found[1] if found else ""


def kind_of(code: int) -> str:
    """Why the place is closed, as above; empty for any other error."""
    return next((name for name, codes in _NAMES.items() if code in codes), "")


def answer_to(trouble: Trouble) -> Exception:
    """What delivery is to be told: ``NotNow``, ``Closed``, else ``Impossible``."""
    if trouble.code in WAITS:
        return NotNow(WAITS[trouble.code])
    kind = kind_of(trouble.code)
    return Closed(kind) if kind else Impossible(str(trouble.code))


EVERYWHERE = frozenset({"token", "address"})
"""Why nothing of the app's is taken anywhere."""
ONE_PERSON = frozenset({"bot", "unseen", "unlicensed", "gone"})
"""Why one person cannot be reached; it says nothing of others."""
UNASKED = (Trouble, OSError)
"""Whatever keeps WeCom from answering a question that can do without."""
