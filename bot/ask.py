"""The one shape of "in": whatever a platform heard becomes an Ask."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date


@dataclass(frozen=True)
class Upload:
    """A file that came with an ask; its bytes are already in the file store under ``digest``.

    ``locked``: a password keeps readers out. ``taken_on``: the day that a camera wrote into a photo.
    """

    name: str
    digest: str
    size: int
    media_type: str
    locked: bool = False
    taken_on: date | None = None


@dataclass(frozen=True)
class Ask:
    """Who said what, where.

    ``event_id`` is the platform's own id of the event: the same id again is the same ask. ``room`` is the
    platform's address of the room; ``direct`` when it is a conversation between this person and the bot.
    ``thread`` names the tasks (``M1-T12``) of the message that was replied to. ``fields`` are a form's.
    Text comes out without what no database keeps: NUL, and halves of characters.
    """

    platform: str
    account: str
    room: str
    line: str
    event_id: str
    workspace: str = "main"
    direct: bool = False
    name: str = ""
    room_name: str = ""
    thread: tuple[str, ...] = ()
    fields: Mapping[str, str] = field(default_factory=dict)
    files: tuple[Upload, ...] = ()
    deferred: bool = False
    """The answer is promised to the room instead of only being handed back: the platform may ask again meanwhile."""
    window: frozenset[str] = frozenset()
    """What of a deferred answer the platform shows in a way of its own instead: "form", "refusal", "private"."""
    answer_in: str = ""
    """Where in the room the answer belongs, as the platform names a thread."""
    ticket: str = field(default="", repr=False)
    """The token of the one-time page that it came by: used up with what the ask changes, and only if it is accepted."""
    stands_as: str = ""
    """The key of the line that will hold the answer, where the conversation is kept here and not promised."""
    promised_by: int | None = None
    """The person as whom the bot runs what it promised to itself; the answer is then promised to the room."""

    def __post_init__(self) -> None:
        for name in ("account", "event_id", "line", "name", "room", "room_name"):
            object.__setattr__(self, name, storable(getattr(self, name)))
        object.__setattr__(self, "fields", {name: storable(value) for name, value in self.fields.items()})


def storable(text: str) -> str:
    """Without NUL, and with question marks for halves of characters."""
    return text.encode("utf-8", "replace").decode().replace("\0", "")
