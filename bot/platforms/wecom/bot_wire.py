"""One connection of an AI bot: WeCom's own client, with time limits and errors of ours, and a log that tells nothing.

That client reconnects after some ends and falls silent after others, waits without end for an answer to its
subscription, and logs what people say. Here a connection that ends has ended; whoever holds it makes another one.
"""

from __future__ import annotations

import asyncio
import re
import warnings
from collections.abc import Callable, Mapping
from importlib.util import find_spec
from typing import Any

import structlog

from bot.platforms.wecom.bot_receive import EVENT, MESSAGE, Frame
from bot.platforms.wecom.troubles import Trouble
from bot.sections import WecomApp

log = structlog.get_logger()

CONNECTED_WITHIN, ANSWERED_WITHIN, CLOSED_WITHIN = 10.0, 8.0, 5.0
"""Seconds. WeCom's client itself gives up an answer after five, counted from when it has sent."""
_REFUSED = re.compile(
    r"Reply ack error: errcode=(-?\d{1,9})\b|Authentication failed: .*\(code: (-?\d{1,9})\)$", re.DOTALL
)
_ENDED = frozenset({846609})
"""The socket is open, but WeCom no longer takes it for the bot's."""


def available() -> bool:
    """Whether WeCom's client is installed: it is an extra."""
    return find_spec("aibot") is not None


class Quiet:
    """The log of WeCom's client: which warning it is, and nothing of what follows, as that may be what people say."""

    def debug(self, message: str, *_: object) -> None:
        pass

    info = debug

    def warn(self, message: str, *_: object) -> None:
        log.info("wecom bot", told=re.split("[:({]", message, maxsplit=1)[0].strip())

    error = warn


class Wire:
    """``came`` is called, in the connection's own loop, with every message and event."""

    def __init__(self, app: WecomApp, url: str, came: Callable[[Frame], None], *, beat: float) -> None:
        """``beat``: seconds between two signs of life."""
        self.client = _client(url, beat)
        self.client.set_credentials(app.bot_id, app.bot_secret.get_secret_value())
        self.client.on_message = self._take
        self.came = came
        self.ended = False
        self.asked = 0

    @property
    def is_up(self) -> bool:
        return not self.ended and bool(self.client.is_connected)

    async def connect(self) -> None:
        """Subscribed, when it returns. Raises ``Trouble`` where WeCom refuses that, ``ConnectionError`` else."""
        ready: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.client.on_authenticated = lambda: None if ready.done() else ready.set_result(None)
        self.client.on_error = lambda error: self._broke(ready, error)
        try:
            async with asyncio.timeout(CONNECTED_WITHIN):
                await self.client.connect()
                await ready
        except TimeoutError:
            raise ConnectionError("no answer") from None

    async def ask(self, cmd: str, body: Mapping[str, Any], *, req_id: str = "") -> Mapping[str, Any]:
        """The body of the answer. Raises ``Trouble``; ``ConnectionError`` where none has come, whatever was done."""
        self.asked += 1
        try:
            async with asyncio.timeout(ANSWERED_WITHIN):
                answer = await self.client.send_reply(req_id or _number(cmd), dict(body), cmd)
        except Exception as error:  # noqa: BLE001  whatever it is, there is no answer
            raise self._failed(error) from None
        finally:
            self.asked -= 1
        return answer.get("body") or {}

    def _failed(self, error: Exception) -> Exception:
        trouble = _trouble(error)
        if isinstance(trouble, Trouble) and trouble.code in _ENDED:
            self.ended = True
        return trouble

    async def close(self) -> None:
        """Answers that are on their way are waited for; then it says goodbye."""
        waits = CLOSED_WITHIN
        while self.asked and self.is_up and waits > 0:
            await asyncio.sleep(0.05)
            waits -= 0.05
        self.ended = True
        before = asyncio.all_tasks()
        self.client.disconnect()
        if goodbye := asyncio.all_tasks() - before:
            await asyncio.wait(goodbye, timeout=CLOSED_WITHIN)

    def _broke(self, ready: asyncio.Future[None], error: Exception) -> None:
        """Later on, WeCom's client no longer listens, though the socket may still be open."""
        if ready.done():
            self.ended = True
        else:
            ready.set_exception(_trouble(error))

    def _take(self, frame: Frame) -> None:
        """Raises nothing: WeCom's client would no longer listen."""
        try:
            if frame.get("cmd") in {MESSAGE, EVENT}:
                self.came(frame)
        except Exception:
            log.exception("frame not taken")


def _trouble(error: Exception) -> Exception:
    """WeCom's client tells a refusal by its words alone."""
    found = _REFUSED.match(str(error))
    return Trouble(int(found[1] or found[2])) if found else ConnectionError(type(error).__name__)


def _client(url: str, beat: float) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # it imports what its own library no longer recommends
        from aibot import ws  # noqa: PLC0415  an extra, and heavy
    if url.startswith("ws://"):
        ws._SSL_CONTEXT = None  # noqa: SLF001  there is no other way to tell it
    return ws.WsConnectionManager(Quiet(), int(beat * 1000), max_reconnect_attempts=0, ws_url=url)


def _number(cmd: str) -> str:
    from aibot.utils import generate_req_id  # noqa: PLC0415  as above

    return str(generate_req_id(cmd))
