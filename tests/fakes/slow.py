"""A line that stands still for a while before it takes what is long; whoever asks anything there hears yes."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

LONG = 20_000_000
"""Bytes: more than any system holds on the way."""


@contextmanager
def slow_line(seconds: float) -> Iterator[tuple[str, list[int]]]:
    """Its address, and the lengths of what has arrived whole and was long."""
    arrived: list[int] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            here = f"http://127.0.0.1:{server.server_port}/upload"
            of_wecom = {"errcode": 0, "access_token": "t", "media_id": "m"}
            answer = json.dumps({"ok": True, "file_id": "F1", "upload_url": here, "files": [], **of_wecom}).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def do_POST(self) -> None:
            length = int(self.headers["Content-Length"])
            if length >= LONG:
                time.sleep(seconds)
            if len(self.rfile.read(length)) < length:
                return
            if length >= LONG:
                arrived.append(length)
            self.do_GET()

        def log_message(self, *given: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/", arrived
        finally:
            server.shutdown()
            thread.join()
