"""The AI bots' line: what this process says through the connections that it holds, from any of its threads."""

from __future__ import annotations

import asyncio
import os
import secrets
import threading
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import Any, TypeVar

from bot import uploads
from bot.platforms import NotNow
from bot.platforms.wecom import bot_media
from bot.platforms.wecom.bot_keeper import SHORTEST_WAIT, Keeper, Times
from bot.platforms.wecom.bot_receive import Frame
from bot.platforms.wecom.bot_wire import Wire
from bot.platforms.wecom.entries import Entry
from bot.platforms.wecom.places import OF_THE_BOT, Kind, Place
from bot.platforms.wecom.render import Payload
from bot.platforms.wecom.troubles import NO_SUCH_ASK, STREAM_OVER, Trouble
from storage.base import Database
from storage.lanes import Elsewhere

Answer = TypeVar("Answer")

ANSWERED_WITHIN = 40.0
"""Seconds until whoever waits for the loop is told that there is no answer, whatever became of it; more for a file."""


class BotLine:
    """All of this process's bots, in a thread of their own with a loop of its own."""

    def __init__(
        self,
        entries: Mapping[str, Entry],
        database: Database,
        now: Callable[[], datetime],
        *,
        url: str,
        heard: Callable[[Entry, Frame], None],
        trouble: Callable[[Entry, str], None],
        times: Times | None = None,
    ) -> None:
        me = f"{os.uname().nodename[:30]}:{os.getpid()}:{secrets.token_hex(2)}"
        self.url, self.me = url, me
        self.parts: dict[str, Any] = {"url": url, "database": database, "now": now, "heard": heard, "trouble": trouble}
        self.entries = {name: entry for name, entry in entries.items() if entry.app.bot_id}
        self.times = times or Times()
        self.keepers: dict[str, Keeper] = {}
        self.thread: threading.Thread | None = None
        self.loop: asyncio.AbstractEventLoop | None = None

    # --- coming and going

    def start(self) -> None:
        begun = threading.Event()
        self.thread = threading.Thread(target=lambda: asyncio.run(self._run(begun)), name="wecom bot", daemon=True)
        self.thread.start()
        begun.wait()

    def stop(self) -> None:
        """Everything that came is written down, every lease given back."""
        if self.thread is not None and self.loop is not None:
            self.loop.call_soon_threadsafe(self.over.set)
            self.thread.join()
        self.thread = None

    async def _run(self, begun: threading.Event) -> None:
        self.over = asyncio.Event()
        self.keepers = {
            name: Keeper(entry, **self.parts, times=self.times, me=self.me) for name, entry in self.entries.items()
        }
        self.loop = asyncio.get_running_loop()
        begun.set()
        try:
            await asyncio.gather(*(keeper.run(self.over) for keeper in self.keepers.values()))
        finally:
            self.loop = None

    def elsewhere(self) -> Elsewhere | None:
        """The rooms of the bots whose connection is not in this process, or not now."""
        away = (entry.workspace for name, entry in self.entries.items() if not self._holds(name))
        workspaces = tuple(away)
        begins = tuple(f"{kind}:" for kind in sorted(OF_THE_BOT))
        return Elsewhere("wecom", workspaces, begins) if workspaces else None

    def _holds(self, name: str) -> bool:
        keeper = self.keepers.get(name)
        return keeper is not None and keeper.is_up

    # --- speaking, from any other thread

    def say(self, entry: Entry, place: Place, payload: Payload, *, part: str, reply: str = "") -> None:
        """As a reply to the message of which ``reply`` is kept, where this connection has heard it; else of itself.

        ``part`` is the same when it is tried again, and for no other. Raises ``NotNow`` where this process does not
        hold the connection, ``Trouble``, ``ConnectionError``.
        """
        self._do(entry, lambda keeper: _said(keeper, place, payload, part, reply))

    def upload(self, entry: Entry, name: str, content: bytes, *, kind: str) -> str:
        """A media id. Raises as ``say`` does."""
        within = ANSWERED_WITHIN + uploads.seconds(len(content))
        return self._do(entry, lambda keeper: _uploaded(keeper.at_once(), name, content, kind), within=within)

    def update(self, entry: Entry, press: str, card: Payload) -> None:
        """The card after a press, in its place; nothing where it is too late, or not this process was pressed.

        Raises as ``say`` does.
        """
        self._do(entry, lambda keeper: _updated(keeper, press, card))

    def _do(
        self, entry: Entry, work: Callable[[Keeper], Awaitable[Answer]], *, within: float = ANSWERED_WITHIN
    ) -> Answer:
        loop, keeper = self.loop, self.keepers.get(entry.name)
        if loop is None or keeper is None:
            raise NotNow(SHORTEST_WAIT)
        doing = _done(keeper, work)
        try:
            future = asyncio.run_coroutine_threadsafe(doing, loop)
        except RuntimeError:  # the loop has just ended
            doing.close()
            raise NotNow(SHORTEST_WAIT) from None
        return future.result(within)


async def _done(keeper: Keeper, work: Callable[[Keeper], Awaitable[Answer]]) -> Answer:
    return await work(keeper)


async def _said(keeper: Keeper, place: Place, payload: Payload, part: str, reply: str) -> None:
    wire, asked = keeper.at_once(), keeper.ask(reply)
    if asked and await _replied(wire, payload, part, asked):
        return
    chat = {"chatid": place.id, "chat_type": 2 if place.kind is Kind.GROUP else 1}
    await wire.ask("aibot_send_msg", {**chat, **payload})


async def _replied(wire: Wire, payload: Payload, part: str, asked: str) -> bool:
    """Whether it stands there as a reply; words as a stream that ends at once.

    A stream that has ended already is this one: it was said, and the answer to that was lost.
    """
    try:
        await wire.ask("aibot_respond_msg", _streamed(payload, part), req_id=asked)
    except Trouble as trouble:
        if trouble.code not in {NO_SUCH_ASK, STREAM_OVER}:
            raise
        return trouble.code == STREAM_OVER
    return True


def _streamed(payload: Payload, part: str) -> Payload:
    if payload["msgtype"] != "markdown":
        return payload
    return {"msgtype": "stream", "stream": {"id": part, "finish": True, "content": payload["markdown"]["content"]}}


async def _uploaded(wire: Wire, name: str, content: bytes, kind: str) -> str:
    try:
        async with asyncio.timeout(uploads.seconds(len(content))):
            return await bot_media.upload(wire.ask, name, content, kind=kind)
    except TimeoutError:
        raise ConnectionError("no answer") from None


async def _updated(keeper: Keeper, press: str, card: Payload) -> None:
    if keeper.take(press):
        given = {"response_type": "update_template_card", **card}
        await keeper.at_once().ask("aibot_respond_update_msg", given, req_id=press)
