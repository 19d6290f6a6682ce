"""Files are handed over to WeCom before they are sent: to the app, to the AI bot, or to one webhook."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

import structlog

from bot.platforms import Closed, Outgoing
from bot.platforms.wecom.entries import Entry, client_of, hook_of
from bot.platforms.wecom.hooks import Hooks, picture
from bot.platforms.wecom.places import OF_THE_BOT, Kind, Place
from bot.platforms.wecom.render import Payload
from messages import Attachment
from storage.files import FileStore

if TYPE_CHECKING:
    from bot.platforms.wecom.line import BotLine

log = structlog.get_logger()

MEGABYTE = 1_000_000
LARGEST_PICTURE, LARGEST_FILE, SMALLEST = 10 * MEGABYTE, 20 * MEGABYTE, 6
LARGEST_SHOWN_BY_HOOK = 2 * MEGABYTE
PICTURES = frozenset({"image/png", "image/jpeg"})
GOOD_FOR = timedelta(days=2)
"""WeCom keeps a file for three days."""
MOST_HELD = 100
"""What others have sent is forgotten behind so many messages."""


class Held(NamedTuple):
    """A file that WeCom has, by its media id, and until when it is sure to have it."""

    media: str
    until: datetime


@dataclass
class Handover:
    """``uploaded`` are the files of messages that are on their way: by the message's key, then by place and digest.

    A file that has to be sent again is the same to WeCom, which drops it, only if it is not handed over anew. Nor is
    there time to do so at each attempt: it may take longer than a message may be held.
    """

    files: FileStore
    hooks: Hooks
    now: Callable[[], datetime]
    uploaded: OrderedDict[str, dict[tuple[Place, str], Held]] = field(default_factory=OrderedDict)

    def can_go(self, one: Attachment, outgoing: Outgoing) -> bool:
        """Its name stands in the words in any case."""
        there = self.files.has(one.digest)
        fits = SMALLEST <= one.size <= LARGEST_FILE
        if not (there and fits):
            log.error("file not sent", key=outgoing.key, digest=one.digest, there=there, size=one.size)
        return there and fits

    def payload(self, entry: Entry, place: Place, one: Attachment, *, key: str, line: BotLine | None) -> Payload:
        """Raises as ``Client.upload``, ``Hooks.upload`` and ``BotLine.upload`` do; ``Closed`` where there is no way."""
        content = b"".join(self.files.pieces(one.digest))
        is_picture, of_hook = one.media_type in PICTURES and len(content) <= LARGEST_PICTURE, place.kind is Kind.HOOK
        if of_hook and is_picture and len(content) <= LARGEST_SHOWN_BY_HOOK:
            return picture(content)
        kind = "image" if is_picture and not of_hook else "file"
        upload: Callable[[str, bytes], str]
        if of_hook:
            upload = partial(self.hooks.upload, hook_of(entry, place), media_type=one.media_type)
        elif place.kind not in OF_THE_BOT:
            upload = partial(client_of(entry).upload, kind=kind, media_type=one.media_type)
        elif line is None:
            raise Closed("bot")
        else:
            upload = partial(line.upload, entry, kind=kind)
        media = self._media(key, (place, one.digest), partial(upload, one.name, content))
        return {"msgtype": kind, kind: {"media_id": media}}

    def _media(self, key: str, what: tuple[Place, str], upload: Callable[[], str]) -> str:
        """Its id, and the file handed over where WeCom has it not, or may soon have it no more."""
        held = self.uploaded.setdefault(key, {})
        if len(self.uploaded) > MOST_HELD:
            self.uploaded.popitem(last=False)
        found = held.get(what)
        if found is None or found.until < self.now():
            found = held[what] = Held(upload(), self.now() + GOOD_FOR)
        return found.media

    def let_go(self, outgoing: Outgoing) -> None:
        """It is sent, or waits for longer than WeCom keeps files."""
        self.uploaded.pop(outgoing.key, None)
