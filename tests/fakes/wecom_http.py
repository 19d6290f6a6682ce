"""The fake WeCom as an HTTP server: what goes wrong on purpose, and the shape of every answer.

HTTP 200 always; a failure is an ``errcode`` in the body, repeated in the headers ``Error-Code`` and ``Error-Msg``.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, unquote, urlsplit

from tests.fakes import wecom_api, wecom_media
from tests.fakes.wecom_api import Request
from tests.fakes.wecom_state import Call, Refusal, Trouble

if TYPE_CHECKING:
    from tests.fakes.wecom import FakeWecom

Reply = tuple[int, dict[str, str], bytes]
_MORE = "https://open.work.weixin.qq.com/devtool/query?e="
_PAGE = b"<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body><center>nginx</center></body>\r\n</html>\r\n"


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, fake: FakeWecom) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.fake = fake

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is part of the play."""


class _Handler(BaseHTTPRequestHandler):
    server: Server
    protocol_version = "HTTP/1.1"
    wbufsize = -1
    disable_nagle_algorithm = True

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  the base class's name
        pass

    def do_GET(self) -> None:
        self._serve("GET")

    def do_POST(self) -> None:
        self._serve("POST")

    def _serve(self, verb: str) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        parts = urlsplit(self.path)
        path, query = parts.path.removeprefix("/cgi-bin/"), dict(parse_qsl(parts.query, keep_blank_values=True))
        if parts.path.startswith("/pic/"):
            self._reply(*_picture(self.server.fake, unquote(parts.path.removeprefix("/pic/"))))
            return
        if not parts.path.startswith("/cgi-bin/") or not wecom_api.known(path):
            self._reply(404, {"Content-Type": "text/html"}, b"<html>404 Not Found</html>")
            return
        try:
            self._reply(
                *answer(
                    self.server.fake,
                    Request(verb, path, query, {name.title(): value for name, value in self.headers.items()}, body),
                )
            )
        except ConnectionAbortedError:
            self.close_connection = True

    def _reply(self, status: int, headers: Mapping[str, str], body: bytes) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
        self.wfile.flush()


def answer(fake: FakeWecom, request: Request) -> Reply:
    """Raises ``ConnectionAbortedError`` where the connection is to be dropped."""
    trouble = _next_trouble(fake, request.path)
    if trouble.slow or trouble.hang:
        fake.released.wait(trouble.slow or trouble.hang)
    if trouble.drop or trouble.hang:
        raise ConnectionAbortedError
    if trouble.status or trouble.html:
        return trouble.status or 200, {"Content-Type": "text/html"}, _PAGE
    with fake.changed:
        reply = _answered(fake, request, trouble)
        fake.changed.notify_all()
    if trouble.drop_after:
        raise ConnectionAbortedError
    return reply


def _next_trouble(fake: FakeWecom, path: str) -> Trouble:
    with fake.lock:
        waiting = fake.troubles[path] or fake.troubles["*"]
        return waiting.pop(0) if waiting else Trouble()


def _answered(fake: FakeWecom, request: Request, trouble: Trouble) -> Reply:
    call = Call(request.path, {}, "", 0, fake.now())
    fake.calls.append(call)
    try:
        call.args = request.args()
        trouble.refuse()
        if wecom_api.is_open(request.path):
            return _ok(wecom_api.answer_all(fake, request, call.args))
        app = wecom_api.app_of(fake, request)
        call.corp, call.agent = app.corp, app.agent
        if request.path == "media/get":
            return wecom_media.get(fake, app, call.args, request.headers.get("Range"))
        return _ok(wecom_api.answer(fake, app, request, call.args))
    except Refusal as refusal:
        return _refused(fake, refusal)


def _refused(fake: FakeWecom, refusal: Refusal) -> Reply:
    hint = f"hint: [{int(fake.now())}{fake.number()}], from ip: 203.0.113.7, more info at {_MORE}{refusal.errcode}"
    return _json({"errcode": refusal.errcode, "errmsg": f"{refusal.errmsg}, {hint}"})


def _ok(body: Mapping[str, Any]) -> Reply:
    return _json({"errcode": 0, "errmsg": "ok", **body})


def _json(body: Mapping[str, Any]) -> Reply:
    errmsg = str(body["errmsg"]).encode().decode("latin-1")
    headers = {"Error-Code": str(body["errcode"]), "Error-Msg": errmsg}
    return 200, {"Content-Type": "application/json; charset=UTF-8", **headers}, json.dumps(body).encode()


def _picture(fake: FakeWecom, media_id: str) -> Reply:
    found = fake.media.get(media_id)
    return (404, {}, b"") if found is None else (200, {"Content-Type": "image/png"}, found.data)
