"""An AI service of OpenAI's kind, on loopback: it says what it is told to, or does what servers should not."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class Model(ThreadingHTTPServer):
    """``heard`` are the requests' bodies and keys; ``says`` is the next answer, ``how`` what is done instead.

    ``meanwhile`` is what happens elsewhere before it answers.
    """

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Door)
        self.heard: list[tuple[dict[str, Any], str]] = []
        self.says, self.how = "", ""
        self.meanwhile: Callable[[], object] = lambda: None
        self.released = threading.Event()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/v1"


class _Door(BaseHTTPRequestHandler):
    server: Model

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.heard.append((body, self.headers.get("Authorization", "")))
        self.server.meanwhile()
        how = self.server.how
        if how == "hangs":
            self.server.released.wait()
        elif how == "drips":
            self._drip()
        elif how == "fails":
            self._answer(500, b"no")
        elif how == "moves":
            self._answer(302, b"", location="http://192.0.2.1/")
        elif how == "nonsense":
            self._answer(200, b'{"choices": []}')
        elif how == "huge":
            self._answer(200, b"x" * 200_000)
        elif how == "closes":
            self.connection.close()
        else:
            said = {"choices": [{"message": {"role": "assistant", "content": self.server.says}}]}
            self._answer(200, json.dumps(said).encode())

    def _drip(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "1000")
        self.end_headers()
        while not self.server.released.wait(0.05):
            try:
                self.wfile.write(b" ")
                self.wfile.flush()
            except OSError:
                return

    def _answer(self, status: int, content: bytes, location: str = "") -> None:
        self.send_response(status)
        if location:
            self.send_header("Location", location)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        """Nothing is printed."""


@contextmanager
def model() -> Iterator[Model]:
    server = Model()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.released.set()
        server.shutdown()
        server.server_close()
        thread.join()
