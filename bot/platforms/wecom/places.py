"""Where WeCom's people and groups are: the address of a room, and who can do what there. No network."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Self


class Kind(StrEnum):
    """USER: one person and the app. BOT: one person and the AI bot. GROUP: a group in which the AI bot is.

    APPCHAT: a group that the app has made. HOOK: a group with a webhook. The last two can be told something, and
    nothing that is said there reaches the bot.
    """

    USER = "user"
    BOT = "bot"
    GROUP = "group"
    APPCHAT = "appchat"
    HOOK = "hook"


OF_ONE_PERSON = frozenset({Kind.USER, Kind.BOT})
OF_THE_APP = frozenset({Kind.USER, Kind.APPCHAT})
OF_THE_BOT = frozenset({Kind.BOT, Kind.GROUP})
HEARD = frozenset({Kind.USER, Kind.BOT, Kind.GROUP})


@dataclass(frozen=True)
class Place:
    """``id`` is a userid (WeCom tells capital letters and small ones not apart), a chat's id or a webhook's name."""

    kind: Kind
    id: str

    def __str__(self) -> str:
        return f"{self.kind}:{self.id}"

    @classmethod
    def of(cls, external: str) -> Self:
        """The place of a room. Raises ``ValueError`` for an address that is none."""
        kind, _, key = external.partition(":")
        return cls(Kind(kind), key)


def person(userid: str) -> str:
    """An account's name, the same however its userid is written."""
    return userid.strip().lower()
