"""A clamd on loopback that answers as its manual says: PING, and INSTREAM with its chunks and its limit."""

from __future__ import annotations

import socket
import socketserver
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
"""What every scanner calls a virus, and none is."""


@dataclass
class Clamd:
    """``most`` is its StreamMaxLength; ``says`` is what it answers instead, if anything."""

    address: str = ""
    most: int = 10_000_000
    says: bytes | None = None
    heard: list[bytes] = field(default_factory=list)

    def answer(self, line: socket.socket) -> bytes:
        command = b""
        while not command.endswith(b"\0"):
            command += line.recv(1) or b"\0"
        if command == b"zPING\0":
            return b"PONG\0" if self.says is None else self.says
        assert command == b"zINSTREAM\0", command
        content = b""
        with line.makefile("rb") as coming:
            while size := struct.unpack("!L", coming.read(4))[0]:
                content += coming.read(size)
                if len(content) > self.most:
                    return b"INSTREAM size limit exceeded. ERROR\0"
        self.heard.append(content)
        if self.says is not None:
            return self.says
        return b"stream: Win.Test.EICAR_HDB-1 FOUND\0" if EICAR in content else b"stream: OK\0"


@contextmanager
def clamd(path: Path | None = None) -> Iterator[Clamd]:
    """On a port, or on a socket of that path."""
    fake = Clamd()

    class Answering(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            self.request.sendall(fake.answer(self.request))

    server: socketserver.BaseServer
    if path is None:
        server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Answering)
        fake.address = f"127.0.0.1:{server.server_address[1]}"
    else:
        server = socketserver.ThreadingUnixStreamServer(str(path), Answering)
        fake.address = str(path)
    with server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        yield fake
        server.shutdown()
        thread.join()
