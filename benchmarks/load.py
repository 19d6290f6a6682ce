"""Connections that ask over HTTP, wait for the answer, and ask again: hardly more than sockets."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

LENGTH = re.compile(rb"content-length: (\d+)", re.IGNORECASE)


@dataclass(frozen=True)
class Load:
    """``times`` in milliseconds, of every request; ``seconds`` for all of them together."""

    times: Sequence[float]
    seconds: float

    @property
    def rate(self) -> float:
        """Requests a second."""
        return len(self.times) / self.seconds


def put(port: int, connections: Sequence[Sequence[bytes]]) -> Load:
    """Each connection sends its requests one after the other, all connections at once.

    Raises ``SystemExit`` for an answer that is not 200.
    """
    return asyncio.run(_put(port, connections))


async def _put(port: int, connections: Sequence[Sequence[bytes]]) -> Load:
    loop = asyncio.get_running_loop()
    lines = [_Line(iter(requests), loop.create_future()) for requests in connections]
    for line in lines:
        await loop.create_connection(lambda line=line: line, "127.0.0.1", port)  # type: ignore[misc]
    begun = time.perf_counter()
    for line in lines:
        line.ask()
    await asyncio.gather(*(line.done for line in lines))
    return Load([one for line in lines for one in line.times], time.perf_counter() - begun)


@dataclass
class _Line(asyncio.Protocol):
    requests: Iterator[bytes]
    done: asyncio.Future[None]
    times: list[float] = field(default_factory=list)
    heard: bytes = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport: asyncio.Transport = transport  # type: ignore[assignment]

    def ask(self) -> None:
        request = next(self.requests, None)
        if request is None:
            self.done.set_result(None)
            self.transport.close()
            return
        self.heard = b""
        self.begun = time.perf_counter()
        self.transport.write(request)

    def data_received(self, data: bytes) -> None:
        self.heard += data
        head, _, body = self.heard.partition(b"\r\n\r\n")
        length = LENGTH.search(head)
        if length is None or len(body) < int(length[1]):
            return
        self.times.append((time.perf_counter() - self.begun) * 1000)
        if head.startswith(b"HTTP/1.1 200"):
            self.ask()
        else:
            self.transport.abort()

    def connection_lost(self, _error: Exception | None) -> None:
        if not self.done.done():
            self.done.set_exception(SystemExit(f"answered {self.heard[:200]!r}"))
