"""What an operator's own services are told, over real HTTP: what was done and how long it took, and nobody's words."""

from __future__ import annotations

import gzip
import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import sentry_sdk
import structlog
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span, Status

from bot import logs
from bot.faults import Faults
from tests.chat import Chat
from tests.logged import put_back


@dataclass
class Heard:
    """A service that takes whatever is posted to it."""

    port: int = 0
    posts: list[tuple[str, bytes]] = field(default_factory=list)

    def events(self) -> list[dict[str, object]]:
        """What Sentry was told, an item each."""
        lines = [json.loads(line) for _, body in self.posts for line in body.splitlines()]
        return [line for line in lines if "exception" in line]

    def spans(self) -> list[Span]:
        found = [ExportTraceServiceRequest.FromString(body) for _, body in self.posts]
        return [
            span
            for one in found
            for resource in one.resource_spans
            for scope in resource.scope_spans
            for span in scope.spans
        ]


@pytest.fixture
def service() -> Iterator[Heard]:
    heard = Heard()

    class Take(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            heard.posts.append((self.path, gzip.decompress(body) if body[:2] == b"\x1f\x8b" else body))
            self.send_response(200)
            self.send_header("content-length", "2")
            self.end_headers()
            self.wfile.write(b"{}")

        def log_message(self, *_: object) -> None:
            """Nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Take)
    heard.port = server.server_port
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield heard
    server.shutdown()
    thread.join()
    server.server_close()


# --- OpenTelemetry


def told(span: Span) -> dict[str, object]:
    return {one.key: one.value.string_value or one.value.int_value for one in span.attributes}


def test_a_collector_gets_what_was_done_and_how_long_it_took(tmp_path: Path, service: Heard) -> None:
    chat = Chat(tmp_path, telemetry={"otlp": f"http://127.0.0.1:{service.port}/v1/traces"})
    ann = chat.person("Unmistakable")
    ann.says("meeting new Secret end 2026-06-01")
    ann.says("done T99")
    chat.app.settle()
    chat.app.close()
    spans = service.spans()
    answers = [told(span) for span in spans if span.name == "answer"]
    assert [one["huihou.outcome"] for one in answers] == ["ok", "refused"]
    assert {one["huihou.platform"] for one in answers} == {"console"}
    assert {span.name for span in spans} >= {"answer", "tick"}
    assert all(0 < span.end_time_unix_nano - span.start_time_unix_nano < 60e9 for span in spans)
    said = b"".join(body for _, body in service.posts)
    assert b"Unmistakable" not in said
    assert b"Secret" not in said
    chat.close()


def test_a_fault_of_ours_is_an_error_in_its_trace(
    tmp_path: Path, service: Heard, monkeypatch: pytest.MonkeyPatch
) -> None:
    chat = Chat(tmp_path, telemetry={"otlp": f"http://127.0.0.1:{service.port}/v1/traces"})
    monkeypatch.setattr("bot.dispatch.router.answer", lambda *_: 1 / 0)
    chat.person("Ann").says("help")
    chat.app.close()
    assert [span.status.code for span in service.spans()] == [Status.STATUS_CODE_ERROR]
    chat.close()


def test_where_nobody_asks_nothing_is_told(chat: Chat) -> None:
    assert chat.app.traces is None


# --- Sentry


@pytest.fixture
def sentry(service: Heard) -> Iterator[Heard]:
    with put_back():
        yield service
        sentry_sdk.get_client().close()
        sentry_sdk.init(default_integrations=False, auto_enabling_integrations=False)


def begin(sentry: Heard) -> None:
    """From here on, as the standard error that is captured is another one while a test is set up."""
    faults = Faults(f"http://public@127.0.0.1:{sentry.port}/1", logs.Cleaner(["geheim"]))
    logs.configure(json=True, told=[faults])


def test_sentry_is_told_where_it_broke_and_nothing_of_anybody(sentry: Heard) -> None:
    begin(sentry)
    private = "words of her own"[::-1]  # only as a value: the lines of code themselves are told
    try:
        int("geheim 13812345678 li.na@example.org")
    except ValueError:
        structlog.get_logger().exception("job failed", job="sweep", to="li.na@example.org", length=len(private))
    sentry_sdk.flush(5)
    (event,) = sentry.events()
    said = json.dumps(event, ensure_ascii=False)
    assert "ValueError" in said
    assert "test_sentry_is_told_where_it_broke" in said
    assert '"job": "sweep"' in said
    for secret in ("geheim 1", "13812345678", "li.na@example.org", private):
        assert secret not in said


def test_what_is_no_fault_is_not_told(sentry: Heard) -> None:
    begin(sentry)
    structlog.get_logger().warning("promise not kept", error="OSError")
    structlog.get_logger().info("stopping")
    sentry_sdk.flush(5)
    assert sentry.events() == []


def test_the_line_is_in_the_log_all_the_same(sentry: Heard, capsys: pytest.CaptureFixture[str]) -> None:
    begin(sentry)
    try:
        int("x")
    except ValueError as error:
        structlog.get_logger().error("broken", exc_info=error)
    sentry_sdk.flush(5)
    line = json.loads(capsys.readouterr().err)
    assert line["event"] == "broken"
    assert "ValueError" in line["exception"]
    assert len(sentry.events()) == 1
