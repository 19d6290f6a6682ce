"""A stand-in for providers, in a process of its own: one that can be asked what it has taken, one that cannot.

The first speaks as much of Slack's Web API as it takes to say something and to look it up, the second as much of a
WeCom webhook as it takes to post. Everything is appended to a file, which is what readers have seen. The address says
which process calls: ``/NAME/api/…``, ``/NAME/cgi-bin/…``.
"""

from __future__ import annotations

import asyncio
import json
import random
import re
import signal
from collections import defaultdict
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.faults.beat import Beat
from tests.faults.history import History

KEY = re.compile(r"tally:\d+:\d+")
LONGEST_WAIT = 120
"""Seconds of ``Retry-After`` at most."""
HOOKS_WAIT = 60
"""Seconds after which a webhook that was told too much takes something again; it does not say so."""
WRONGS = ("limited", "broken", "late", "torn", "snapped")
"""429 with Retry-After; 5xx; taken, no answer in time; taken, and half an answer that claims to be whole, or not."""

AFTER = frozenset({"late", "torn", "snapped"})
"""What goes wrong after it was taken."""


@dataclass(frozen=True)
class Manner:
    """How it behaves: whether it can be asked, and the share of calls in which each of ``WRONGS`` happens.

    An answer that is late takes ``late`` seconds.
    """

    tells: bool = True
    wrong: float = 0.0
    late: float = 3.0
    seed: str = ""


@dataclass
class Provider:
    manner: Manner
    history: History
    posted: dict[str, list[tuple[str, str]]] = field(default_factory=lambda: defaultdict(list))
    tries: dict[str, int] = field(default_factory=lambda: defaultdict(int))

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            while await self._one(reader, writer):
                pass
        writer.close()

    async def _one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        target, headers = head.split(" ", 2)[1], head.lower()
        length = re.search(r"content-length: (\d+)", headers)
        body = (await reader.readexactly(int(length[1]))).decode() if length else ""
        given = _given(target, headers, body)
        _, name, *_, method = urlsplit(target).path.split("/")
        said = "webhook" if method == "send" else method
        wrong = self._wrong(said, given)
        status, answer, wait = getattr(self, f"_{said.replace('.', '_')}")(name, given, wrong)
        if wrong == "late":
            await asyncio.sleep(self.manner.late)
        writer.write(_drawn(status, answer, wait, wrong))
        await writer.drain()
        return wrong not in AFTER and "connection: close" not in headers

    def _wrong(self, method: str, given: Mapping[str, Any]) -> str:
        """What is to go wrong: by the seed the same for the same attempt at the same message."""
        what = f"{method}:{_key(given) or given.get('channel', '')}"
        self.tries[what] += 1
        chance = random.Random(f"{self.manner.seed}:{what}:{self.tries[what]}")  # noqa: S311  repeatable, not secret
        share = chance.random()
        return WRONGS[int(share / self.manner.wrong)] if share < self.manner.wrong * len(WRONGS) else ""

    def _taken(self, lane: str, name: str, given: Mapping[str, Any], wrong: str, *, asked: bool) -> int | None:
        """Until when to wait, 0 for not at all; None for what was taken."""
        key = _page(given)
        if wrong == "limited":
            chance = random.Random(f"{self.manner.seed}:{key}:wait")  # noqa: S311  as above
            wait = chance.randint(1, LONGEST_WAIT) if asked else HOOKS_WAIT
            self.history.add("refused", lane=lane, key=key, by=name, until=self.history.beat.seconds() + wait)
            return wait
        if wrong == "broken":
            self.history.add("broken", lane=lane, key=key, by=name)
            return 0
        answer = wrong if wrong in AFTER else "whole"
        self.history.add("accepted", lane=lane, key=key, by=name, answer=answer, asked=asked)
        return None

    # --- one that can be asked

    def _chat_postMessage(self, name: str, given: Mapping[str, Any], wrong: str) -> tuple[int, Any, int]:  # noqa: N802  its name at Slack
        lane = str(given["channel"])
        wait = self._taken(lane, name, given, wrong, asked=True)
        if wait is not None:
            return _refusal(wait)
        ts = f"{self.history.beat.now().timestamp():.6f}"
        where = f"{lane}/{given['thread_ts']}" if given.get("thread_ts") else lane
        self.posted[where].append((ts, json.dumps(given["metadata"])))
        return 200, {"ok": True, "ts": ts, "channel": lane}, 0

    def _chat_update(self, name: str, given: Mapping[str, Any], wrong: str) -> tuple[int, Any, int]:
        """What it reads as now is told by the ids of its blocks."""
        blocks = given["blocks"] if isinstance(given["blocks"], list) else json.loads(given["blocks"])
        mark = blocks[0]["block_id"].partition(".")[0]
        self.history.add("changed", lane=given["channel"], ts=given["ts"], mark=mark, by=name)
        return 200, {"ok": True, "ts": given["ts"], "channel": given["channel"]}, 0

    def _chat_delete(self, name: str, given: Mapping[str, Any], wrong: str) -> tuple[int, Any, int]:
        return 200, {"ok": True, "ts": given["ts"], "channel": given["channel"]}, 0

    def _conversations_history(self, name: str, given: Mapping[str, Any], wrong: str) -> tuple[int, Any, int]:
        """The newest first. Whoever cannot be asked says that there is nothing."""
        return self._told(given["channel"], name, given, wrong)

    def _conversations_replies(self, name: str, given: Mapping[str, Any], wrong: str) -> tuple[int, Any, int]:
        """What stands in the thread of a message."""
        return self._told(f"{given['channel']}/{given['ts']}", name, given, wrong)

    def _told(self, where: str, name: str, given: Mapping[str, Any], wrong: str) -> tuple[int, Any, int]:
        if wrong in {"limited", "broken"}:
            return _refusal(LONGEST_WAIT if wrong == "limited" else 0)
        self.history.add("looked up", lane=given["channel"], by=name)
        since = float(given.get("oldest") or 0)
        found = [(ts, mark) for ts, mark in reversed(self.posted[where]) if float(ts) > since]
        begin, most = int(given.get("cursor") or 0), int(given.get("limit") or 100)
        page = [{"ts": ts, "metadata": json.loads(mark)} for ts, mark in found[begin : begin + most]]
        more = str(begin + most) if len(found) > begin + most else ""
        messages = page if self.manner.tells else []
        return 200, {"ok": True, "messages": messages, "response_metadata": {"next_cursor": more}}, 0

    # --- one that cannot

    def _webhook(self, name: str, given: Mapping[str, Any], wrong: str) -> tuple[int, Any, int]:
        """It says with an error of its own, and no ``Retry-After``, that it was told too much."""
        wait = self._taken(str(given["key"]), name, given, wrong, asked=False)
        if wait is None:
            return 200, {"errcode": 0, "errmsg": "ok"}, 0
        return (200, {"errcode": 45009, "errmsg": "api freq out of limit"}, 0) if wait else _refusal(0)


def _refusal(wait: int) -> tuple[int, Any, int]:
    return (429, {"ok": False, "error": "ratelimited"}, wait) if wait else (503, {"ok": False}, 0)


def _given(target: str, headers: str, body: str) -> dict[str, Any]:
    """What a method is called with, wherever it stands."""
    query = {name: values[-1] for name, values in parse_qs(urlsplit(target).query).items()}
    if "application/json" in headers:
        return {**query, **json.loads(body or "{}")}
    return {**query, **{name: values[-1] for name, values in parse_qs(body).items()}}


def _key(given: Mapping[str, Any]) -> str:
    """The key of a message: from its metadata or, where there is no room for it, from its words."""
    marked = given.get("metadata")
    if isinstance(marked, str):
        marked = json.loads(marked)
    if marked:
        return str(marked["event_payload"]["key"])
    found = KEY.search(json.dumps(given))
    return found[0] if found else ""


def _page(given: Mapping[str, Any]) -> str:
    """The key of a message, with the number of its page from the second on."""
    marked = json.loads(given["metadata"]) if isinstance(given.get("metadata"), str) else given.get("metadata")
    number = marked["event_payload"].get("page", 1) if marked else 1
    return f"{_key(given)}#{number}" if number > 1 else _key(given)


def _drawn(status: int, answer: Any, wait: int, wrong: str) -> bytes:
    body = json.dumps(answer).encode()
    sent = body[: len(body) // 2] if wrong in {"torn", "snapped"} else body
    claimed = len(sent) if wrong == "torn" else len(body)
    retry = f"Retry-After: {wait}\r\n" if wait else ""
    head = f"HTTP/1.1 {status} -\r\nContent-Type: application/json\r\nContent-Length: {claimed}\r\n{retry}\r\n"
    return head.encode() + sent


def main(connection: Connection, file: Path, beat: Beat, manner: Manner) -> None:
    """Tell the port, then serve until the other end of the connection is closed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    asyncio.run(_serve(connection, Provider(manner, History(file, beat))))


async def _serve(connection: Connection, provider: Provider) -> None:
    server = await asyncio.start_server(provider.serve, "127.0.0.1", 0)
    connection.send(server.sockets[0].getsockname()[1])
    over = asyncio.Event()
    asyncio.get_running_loop().add_reader(connection.fileno(), over.set)
    await over.wait()
