"""Socket Mode: the server's half of a WebSocket, as much of RFC 6455 as Slack's clients use."""

from __future__ import annotations

import base64
import hashlib
import itertools
import json
import struct
import threading
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from typing import Any

_GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
TEXT, CLOSE, PING, PONG = 1, 8, 9, 10


@dataclass
class Link:
    """One connection. ``send`` is called from the test's thread, ``read`` from its own."""

    handler: BaseHTTPRequestHandler
    lock: threading.Lock = field(default_factory=threading.Lock)

    def send(self, payload: bytes, kind: int = TEXT) -> None:
        """Unmasked, as servers do."""
        size = len(payload)
        head = bytes([0x80 | kind])
        head += (
            bytes([size])
            if size < 126
            else struct.pack("!BH", 126, size)
            if size < 65_536
            else struct.pack("!BQ", 127, size)
        )
        with self.lock:
            self.handler.wfile.write(head + payload)
            self.handler.wfile.flush()

    def read(self) -> Iterator[tuple[int, bytes]]:
        """Frames until the other side is gone."""
        while head := self._exactly(2):
            kind, size = head[0] & 0x0F, head[1] & 0x7F
            if size >= 126:
                size = int.from_bytes(self._exactly(2 if size == 126 else 8))
            mask, body = self._exactly(4), self._exactly(size)
            yield kind, bytes(byte ^ mask[at % 4] for at, byte in enumerate(body))

    def _exactly(self, size: int) -> bytes:
        found = self.handler.rfile.read(size)
        return found if len(found) == size else b""

    def drop(self) -> None:
        with suppress(OSError):
            self.handler.connection.shutdown(2)


@dataclass
class Sockets:
    """``links`` are the connections that are open; ``acks`` what was answered, by envelope."""

    links: list[Link] = field(default_factory=list)
    acks: dict[str, dict[str, Any]] = field(default_factory=dict)
    changed: threading.Condition = field(default_factory=threading.Condition)
    count: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def serve(self, handler: BaseHTTPRequestHandler) -> None:
        """Shake hands, say hello, listen until the connection ends."""
        key = handler.headers["Sec-WebSocket-Key"] + _GUID
        accept = base64.b64encode(hashlib.sha1(key.encode()).digest()).decode()  # noqa: S324  the protocol's
        handler.send_response(101)
        for name, value in (("Upgrade", "websocket"), ("Connection", "Upgrade"), ("Sec-WebSocket-Accept", accept)):
            handler.send_header(name, value)
        handler.end_headers()
        link = Link(handler)
        self._say(
            link, {"type": "hello", "num_connections": len(self.links) + 1, "connection_info": {"app_id": "A0001"}}
        )
        with self.changed:
            self.links.append(link)
            self.changed.notify_all()
        with suppress(OSError):
            self._listen(link)
        with self.changed:
            self.links.remove(link)
            self.changed.notify_all()

    def _listen(self, link: Link) -> None:
        for kind, body in link.read():
            if kind == CLOSE:
                link.send(body, CLOSE)
                return
            if kind == PING:
                link.send(body, PONG)
            elif kind == TEXT:
                ack = json.loads(body)
                with self.changed:
                    self.acks[ack["envelope_id"]] = ack.get("payload") or {}
                    self.changed.notify_all()

    def _say(self, link: Link, body: dict[str, Any]) -> None:
        link.send(json.dumps(body).encode())

    # --- what a test does

    def wait_for(self, links: int = 1, seconds: float = 5) -> bool:
        with self.changed:
            return self.changed.wait_for(lambda: len(self.links) == links, seconds)

    def send(self, kind: str, payload: dict[str, Any], *, retry: int = 0, reason: str = "timeout") -> str:
        """An envelope to one of the connections, in turn; its id."""
        number = next(self.count)
        envelope = {
            "envelope_id": f"envelope-{number}",
            "type": kind,
            "payload": payload,
            "accepts_response_payload": kind != "events_api",
            **({"retry_attempt": retry, "retry_reason": reason if retry else ""} if kind == "events_api" else {}),
        }
        self._say(self.links[number % len(self.links)], envelope)
        return str(envelope["envelope_id"])

    def acked(self, envelope_id: str, seconds: float = 5) -> dict[str, Any] | None:
        """What the app answered; None when it did not in time."""
        with self.changed:
            self.changed.wait_for(lambda: envelope_id in self.acks, seconds)
            return self.acks.get(envelope_id)

    def refresh(self) -> None:
        """What Slack says before it closes a connection that has lived for hours."""
        for link in list(self.links):
            self._say(link, {"type": "disconnect", "reason": "refresh_requested", "debug_info": {"host": "fake"}})

    def close(self) -> None:
        """Hang up without a word."""
        for link in list(self.links):
            link.drop()
