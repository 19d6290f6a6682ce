"""Files are handed over to WeCom before they are sent: to the app, to the AI bot, or to one webhook."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

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


@dataclass
class Handover:
    """``uploaded`` are the media ids, by the message's key and the file's digest, of messages that are on their way.

    A file that has to be sent again is the same to WeCom, which drops it, only if it is not handed over anew.
    """

    files: FileStore
    hooks: Hooks
    uploaded: dict[tuple[str, str], str] = field(default_factory=dict)

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
        is_picture = one.media_type in PICTURES and len(content) <= LARGEST_PICTURE
        if place.kind is Kind.HOOK:
            if is_picture and len(content) <= LARGEST_SHOWN_BY_HOOK:
                return picture(content)
            media = self.hooks.upload(hook_of(entry, place), one.name, content, media_type=one.media_type)
            return {"msgtype": "file", "file": {"media_id": media}}
        kind = "image" if is_picture else "file"
        if place.kind in OF_THE_BOT:
            if line is None:
                raise Closed("bot")
            return {"msgtype": kind, kind: {"media_id": line.upload(entry, one.name, content, kind=kind)}}
        if (key, one.digest) not in self.uploaded:
            media = client_of(entry).upload(one.name, content, kind=kind, media_type=one.media_type)
            self.uploaded[key, one.digest] = media
        return {"msgtype": kind, kind: {"media_id": self.uploaded[key, one.digest]}}

    def let_go(self, outgoing: Outgoing) -> None:
        """It is sent, or waits for longer than WeCom keeps files."""
        for one in outgoing.message.files:
            self.uploaded.pop((outgoing.key, one.digest), None)
