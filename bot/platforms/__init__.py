"""Platform, the only port: how a message leaves, and the names of what can be switched on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from messages import Message
from storage.rooms import Address

KNOWN = ("console", "web", "slack", "wecom", "email")
"""Every platform there is; each is a folder here and a section of the settings. ``self`` is always on."""


@dataclass(frozen=True)
class Outgoing:
    """A message on its way.

    ``edits`` is the platform's id of an earlier message that this one replaces; ``tried`` when the first attempt
    to send it was made, before which a look-up need not search. ``thread`` is where in the room it belongs, as the
    platform names it; ``reader`` the account that alone is to see it, if only one is. ``in_time`` is asked right
    before it leaves: whether whoever holds it now may still send it, or somebody else may be about to.
    """

    key: str
    room: Address
    message: Message
    edits: str | None = None
    tried: datetime | None = None
    thread: str = ""
    reader: str = ""
    in_time: Callable[[], bool] = lambda: True


class NotNow(Exception):  # noqa: N818  a provider's answer
    """The provider asks for patience, or time ran out before it was asked: again after ``seconds``; no attempt."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"again in {seconds} s")
        self.seconds = seconds


class Later(Exception):  # noqa: N818  a provider's answer
    """One message must wait for ``seconds`` or longer; others in its lane go before it. The text says why."""

    def __init__(self, seconds: float, reason: str) -> None:
        super().__init__(reason)
        self.seconds = seconds


class Impossible(Exception):  # noqa: N818  a provider's answer
    """A message that can never be sent; the lane goes on. The text says why."""


class Closed(Exception):  # noqa: N818  a provider's answer
    """The room cannot be reached until a person acts; the lane waits. The text says why."""


class Unknown(Exception):  # noqa: N818  a fact about this release
    """It was promised by another release, and this one does not know what to do. The text says what it is."""


class Platform(Protocol):
    """A chat service as delivery sees it. ``pace_ms`` is the shortest time between two messages in a room."""

    name: str
    pace_ms: int

    def send(self, outgoing: Outgoing) -> str:
        """The platform's id of the message.

        Raises ``NotNow``, ``Later``, ``Impossible``, ``Closed``, ``Unknown``. Anything else is a failed attempt: eight
        of them and the message is given up, except that an ``OSError`` (no connection, time-out) is taken for an outage
        and tried for a day.
        """
        ...

    def find(self, outgoing: Outgoing) -> str | None:
        """The id under which this key was accepted before, if the platform can tell; asked before a second attempt."""
        ...
