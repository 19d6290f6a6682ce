"""Calls leave once, or not at all; what a line or a proxy does to them has a name."""

from __future__ import annotations

import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from urllib.error import URLError

import pytest

from bot import uploads
from bot.platforms import NotNow
from bot.platforms.slack import wire
from bot.platforms.slack.wire import Client
from bot.settings import Settings
from tests.fakes.mail import certificate
from tests.fakes.slow import LONG, slow_line

WHOLE = b'{"ok": true, "ts": "17.1"}'


@contextmanager
def answering(answer: bytes, *, claimed: int = 0, paper: Path | None = None) -> Iterator[tuple[str, list[str]]]:
    """The address of a server and what it was asked. It says that its answer is so long; with a paper it speaks TLS."""
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = int(self.headers["Content-Length"])
            if len(self.rfile.read(length)) < length:
                return
            asked.append(self.path)
            self.send_response(200)
            self.send_header("Content-Length", str(claimed or len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *given: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        if paper is not None:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(paper)
            server.socket = context.wrap_socket(server.socket, server_side=True)
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"{'https' if paper else 'http'}://localhost:{server.server_port}/api/", asked
        server.shutdown()
        thread.join()


def speaking(address: str) -> Client:
    own = {"transport": "http", "bot_token": "xoxb-1", "signing_secret": "s" * 32, "api_url": address}
    return wire.connect(Settings(_env_file=None, slack=own), "xoxb-1")  # type: ignore[arg-type]


@pytest.mark.parametrize("claimed", [len(WHOLE) // 2, len(WHOLE)])
def test_half_an_answer_is_an_outage_and_no_fault_of_the_message(claimed: int) -> None:
    with answering(WHOLE[: len(WHOLE) // 2], claimed=claimed) as (address, _), pytest.raises(ConnectionError):
        speaking(address).chat_postMessage(channel="C1", text="hello")


@pytest.mark.parametrize("parts", [0, 1], ids=["nothing", "the head"])
def test_until_its_body_leaves_a_call_can_be_stopped(parts: int) -> None:
    left = iter(range(parts))

    def stop(method: str) -> None:
        if next(left, None) is None:
            raise NotNow(len(method))

    with answering(WHOLE) as (address, asked):
        client = speaking(address)
        client.ready = stop
        with pytest.raises(NotNow):
            client.chat_postMessage(channel="C1", text="hello")
        assert asked == []
        client.ready = None
        client.chat_postMessage(channel="C1", text="hello")
    assert asked == ["/api/chat.postMessage"]


def test_a_file_on_a_slow_line_has_longer_than_a_call(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wire, "SECONDS", 0.5)
    with slow_line(1.0) as (address, arrived):
        speaking(address).files_upload_v2(content=b"x" * LONG, filename="a.pdf", channel="C1")
    assert arrived == [LONG]


def test_a_file_has_not_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uploads, "seconds", lambda _size: 0.1)
    with slow_line(0.5) as (address, arrived):
        with pytest.raises(OSError, match="too slow a line"):
            speaking(address).files_upload_v2(content=b"x" * LONG, filename="a.pdf", channel="C1")
        assert arrived == []


def test_slack_has_to_prove_who_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    paper = certificate(tmp_path / "slack.pem")
    wire.certificates.cache_clear()
    with answering(WHOLE, paper=paper) as (address, asked):
        with pytest.raises(URLError, match="CERTIFICATE_VERIFY_FAILED"):
            speaking(address).chat_postMessage(channel="C1", text="hello")
        assert asked == []
        monkeypatch.setenv("SSL_CERT_FILE", str(paper))
        wire.certificates.cache_clear()
        assert speaking(address).chat_postMessage(channel="C1", text="hello")["ts"] == "17.1"
    wire.certificates.cache_clear()
