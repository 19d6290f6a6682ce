"""A message leaves for Slack: posted, changed in place, or shown to one person; its files behind it."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property, partial
from typing import Any

import structlog
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot import unreachable
from bot.platforms import Closed, Impossible, NotNow, Outgoing
from bot.platforms.slack import render, troubles
from bot.platforms.slack.addresses import Addresses
from bot.platforms.slack.looking import Said, sought
from bot.platforms.slack.pages import Pages
from bot.platforms.slack.tiers import Tiers
from bot.platforms.slack.tokens import Tokens
from messages import Attachment
from storage import workspace
from storage.base import Database
from storage.files import FileStore

log = structlog.get_logger()

EVENT = "huihou"
"""The type of the metadata under which a message carries its key."""
SAYING = frozenset({"chat.postMessage", "chat.postEphemeral"})
"""Methods after which a message is there once more."""
MOST_BEGUN = 100
"""What others have ended is forgotten behind so many."""


@dataclass
class Slack:
    """Every workspace that the app is installed in. ``begun`` are messages of which not all has been said yet."""

    tokens: Tokens
    database: Database
    now: Callable[[], datetime]
    files: FileStore
    name: str = "slack"
    pace_ms: int = 1000
    begun: OrderedDict[str, Said] = field(default_factory=OrderedDict)
    addresses: Addresses = field(default_factory=Addresses)
    keys: dict[int, str] = field(default_factory=dict)
    direct: dict[str, str] = field(default_factory=dict)

    @cached_property
    def tiers(self) -> Tiers:
        return Tiers(self.now)

    @property
    def pages(self) -> Pages:
        return Pages(self.database, self.now)

    def send(self, outgoing: Outgoing) -> str:
        """The timestamp of its first page. Raises what ``Platform.send`` may raise."""
        try:
            sent = self._send(outgoing)
        except SlackApiError as error:
            answer = self._answer(outgoing, error)
        except Closed as closed:
            answer = closed
        else:
            self.addresses.forget(outgoing.key)
            return sent
        if isinstance(answer, Closed | Impossible):
            self.begun.pop(outgoing.key, None)
        if isinstance(answer, Closed):
            if self._said_otherwise(outgoing):
                return ""
            self._tell(outgoing, str(answer))
        raise answer

    def _said_otherwise(self, outgoing: Outgoing) -> bool:
        """The answer to a command that was said where the bot may not write: through the command's own address."""
        if outgoing.message.files or outgoing.reader:
            return False
        return self.addresses.said(outgoing.key, render.message(outgoing.message))

    def _tell(self, outgoing: Outgoing, reason: str) -> None:
        kind = troubles.kind_of(reason)
        everywhere = kind in troubles.EVERYWHERE
        now, pace = self.now(), self.pace_ms
        unreachable.tell(self.database, outgoing.room, reason, kind=kind, now=now, pace=pace, everywhere=everywhere)

    def _answer(self, outgoing: Outgoing, error: SlackApiError) -> Exception:
        answer = troubles.answer_to(error)
        if isinstance(answer, Impossible):
            told = (error.response.get("response_metadata") or {}).get("messages")
            log.error("not taken by slack", key=outgoing.key, error=str(answer), about=told)
        return answer

    def _send(self, outgoing: Outgoing) -> str:
        client = self.client(outgoing)
        if outgoing.reader and not outgoing.edits:
            return self._whisper(client, outgoing)
        channel = self.channel(client, outgoing.room.external)
        return self._change(client, channel, outgoing) if outgoing.edits else self._say(client, channel, outgoing)

    def find(self, outgoing: Outgoing) -> str | None:
        """What is there of it is remembered, so that ``send`` adds only the rest."""
        pages = render.message(outgoing.message)
        if outgoing.reader or (outgoing.edits and len(pages) == 1):
            return None
        try:
            client = self.client(outgoing)
            said = sought(client, self.channel(client, outgoing.room.external), _in_its_thread(outgoing))
        except SlackApiError as error:
            answer = troubles.answer_to(error)
            if isinstance(answer, NotNow | OSError):  # not to know is no reason to say it again
                raise answer from error
            return None
        except Closed:
            return None
        if outgoing.edits:
            self._added(outgoing, said)
            return None
        if said.pages:
            self.begun[outgoing.key] = said
        if _goes_on(outgoing, pages):
            self.pages.keep(outgoing.room.id, outgoing.key, said.pages)
        whole = len(said.pages) == len(pages) and (said.files or not outgoing.message.files)
        return said.pages[1] if said.pages and whole else None

    def _added(self, outgoing: Outgoing, said: Said) -> None:
        """Pages that a change has added before whoever said them died."""
        key, before = self.pages.beginning_with(outgoing.room.id, outgoing.edits or "")
        if said.pages.keys() - before.keys():
            self.pages.keep(outgoing.room.id, key, {**said.pages, **before})

    # --- where to

    def client(self, outgoing: Outgoing) -> WebClient:
        """Raises ``Closed`` where there is no token any more."""
        place = outgoing.room.workspace_id
        if place not in self.keys:
            with self.database.read() as db:
                self.keys[place] = workspace.get(db, place).key
        client = self.tokens.client(self.keys[place])
        client.before = partial(self.tiers.take, self.keys[place])
        client.ready = partial(_about_to_say, outgoing)
        return client

    def channel(self, client: WebClient, external: str) -> str:
        """A room's channel; where only the person is known, their own conversation with the bot."""
        if not external.startswith(("U", "W")):
            return external
        if external not in self.direct:
            self.direct[external] = str(client.conversations_open(users=external)["channel"]["id"])
        return self.direct[external]

    # --- saying

    def _say(self, client: WebClient, channel: str, outgoing: Outgoing) -> str:
        said = self._begun(outgoing)
        for number, page in enumerate(said.drawn, 1):
            if number not in said.pages:
                said.pages[number] = _post(client, channel, outgoing.thread, _marked(page, outgoing.key, number))
                self._paged(outgoing, said, number)
        if outgoing.message.files and not said.files:
            self._hand_out(client, channel, outgoing, outgoing.thread or said.pages[1])
            said.files = True
        self.begun.pop(outgoing.key, None)
        return said.pages[1]

    def _begun(self, outgoing: Outgoing) -> Said:
        """What has been said of it; its pages stay as they were drawn when it was begun.

        After each of them another process may have gone on, which then knows better how far it is.
        """
        said = self.begun.setdefault(outgoing.key, Said())
        if len(self.begun) > MOST_BEGUN:
            self.begun.popitem(last=False)
        said.drawn = said.drawn or render.message(outgoing.message)
        if _goes_on(outgoing, said.drawn):
            said.pages = {**self.pages.said(outgoing.room.id, outgoing.key), **said.pages}
        return said

    def _paged(self, outgoing: Outgoing, said: Said, number: int) -> None:
        """A page was said: the next one waits for its turn, as every message does. Raises ``NotNow``."""
        if _goes_on(outgoing, said.drawn):
            self.pages.keep(outgoing.room.id, outgoing.key, {number: said.pages[number]})
        if number < len(said.drawn):
            raise NotNow(self.pace_ms / 1000)

    def _whisper(self, client: WebClient, outgoing: Outgoing) -> str:
        """Only the reader sees it; where that cannot be, in their own conversation with the bot."""
        said = self._begun(outgoing)
        try:
            more: dict[str, Any] = {"thread_ts": outgoing.thread} if outgoing.thread else {}
            channel = self.channel(client, outgoing.room.external)
            for number, page in enumerate(said.drawn, 1):
                if number not in said.pages:
                    sent = client.chat_postEphemeral(channel=channel, user=outgoing.reader, **more, **page)
                    said.pages[number] = str(sent["message_ts"])
                    self._paged(outgoing, said, number)
        except SlackApiError as error:
            if troubles.name_of(error) not in troubles.WHISPER:
                raise
            return self._say(client, self.channel(client, outgoing.reader), _unthreaded(outgoing))
        if outgoing.message.files:  # a file cannot be shown to one person in a channel
            self._hand_out(client, self.channel(client, outgoing.reader), outgoing, "")
        self.begun.pop(outgoing.key, None)
        return said.pages[1]

    def _hand_out(self, client: WebClient, channel: str, outgoing: Outgoing, thread: str) -> None:
        found = [one for one in outgoing.message.files if self._is_there(one, outgoing)]
        uploads = [
            {"content": b"".join(self.files.pieces(one.digest)), "filename": one.name, "title": one.name}
            for one in found
        ]
        if uploads:
            client.files_upload_v2(file_uploads=uploads, channel=channel, thread_ts=thread or None)

    def _is_there(self, one: Attachment, outgoing: Outgoing) -> bool:
        there = self.files.has(one.digest)
        if not there:
            log.error("file not there", key=outgoing.key, digest=one.digest)
        return there

    # --- changing

    def _change(self, client: WebClient, channel: str, outgoing: Outgoing) -> str:
        """Page for page; pages that there were not before follow in its thread, those that are too many go."""
        first = outgoing.edits or ""
        drawn = render.message(outgoing.message, version=outgoing.key)
        key, before = self.pages.beginning_with(outgoing.room.id, first)
        for number, page in enumerate(drawn, 1):
            if number in before:
                client.chat_update(channel=channel, ts=before[number], **page)
            else:
                before[number] = _post(client, channel, outgoing.thread or first, _marked(page, outgoing.key, number))
                self.pages.keep(outgoing.room.id, key, before)
                if number < len(drawn):
                    raise NotNow(self.pace_ms / 1000)  # what is changed already is changed again, to the same
        for number in sorted(before)[len(drawn) :]:
            client.chat_delete(channel=channel, ts=before[number])
            self.pages.drop(outgoing.room.id, before[number])
        return first


def _about_to_say(outgoing: Outgoing, method: str) -> None:
    """Raises ``NotNow`` where somebody else may be about to say it too."""
    if method in SAYING and not outgoing.in_time():
        raise NotNow(0)


def _marked(page: dict[str, Any], key: str, number: int) -> dict[str, Any]:
    """It carries the key of what it is a page of, so that it is known again."""
    return {**page, "metadata": {"event_type": EVENT, "event_payload": {"key": key, "page": number}}}


def _goes_on(outgoing: Outgoing, pages: Sequence[object]) -> bool:
    """Whether anything comes behind its first page, be it files: that may wait for long, and be another process's."""
    return len(pages) > 1 or bool(outgoing.message.files)


def _in_its_thread(outgoing: Outgoing) -> Outgoing:
    """Where the pages are that a change adds."""
    return replace(outgoing, thread=outgoing.thread or outgoing.edits or "")


def _unthreaded(outgoing: Outgoing) -> Outgoing:
    return Outgoing(outgoing.key, outgoing.room, outgoing.message)


def _post(client: WebClient, channel: str, thread: str, page: dict[str, Any]) -> str:
    """A thread whose beginning is gone is no reason not to say it."""
    what = {"channel": channel, "unfurl_links": False, "unfurl_media": False, **page}
    try:
        return str(client.chat_postMessage(**{**what, **({"thread_ts": thread} if thread else {})})["ts"])
    except SlackApiError as error:
        if not thread or troubles.name_of(error) != troubles.NO_THREAD:
            raise
        return str(client.chat_postMessage(**what)["ts"])
