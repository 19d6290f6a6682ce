"""Slack, or a proxy before it, breaks off in the middle of an answer."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from bot.platforms.slack.vault import connect
from bot.settings import Settings

HALF = b'{"ok": true, "ts": "17'


@contextmanager
def answering(claimed: int) -> Iterator[str]:
    """The address of a server that sends half an answer, and says that it is so long."""

    class Half(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.send_response(200)
            self.send_header("Content-Length", str(claimed))
            self.end_headers()
            self.wfile.write(HALF)

        def log_message(self, *given: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Half) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/api/"
        server.shutdown()
        thread.join()


@pytest.mark.parametrize("claimed", [len(HALF), 2 * len(HALF)])
def test_half_an_answer_is_an_outage_and_no_fault_of_the_message(claimed: int) -> None:
    with answering(claimed) as address:
        own = {"transport": "http", "bot_token": "xoxb-1", "signing_secret": "s" * 32, "api_url": address}
        client = connect(Settings(_env_file=None, slack=own), "xoxb-1")  # type: ignore[arg-type]
        with pytest.raises(ConnectionError):
            client.chat_postMessage(channel="C1", text="hello")
