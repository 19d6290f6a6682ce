"""Slack's side of the wire on loopback: the Web API, files, response addresses, Socket Mode.

A thread per connection from the standard library, so that a connection can also be held or dropped, and the same port
can turn into a WebSocket. Time stands until a test moves it: ``slack.clock += 4``.
"""

from __future__ import annotations

import itertools
import json
import threading
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import parse_qsl, urlsplit

from tests.fakes import slack_api, slack_files, slack_talk
from tests.fakes.slack_socket import Sockets
from tests.fakes.slack_state import HOME, Call, Channel, File, Refusal, ResponseUrl, Team, Trouble, User, View


@dataclass
class FakeSlack:
    """``url`` ends in ``/api/``, as slack_sdk's ``base_url``. One team, ``HOME``, is there from the start.

    ``strict`` answers 429 to more than one message a second and channel; ``rotating`` makes tokens expire.
    """

    clock: float = 1_780_000_000.0
    strict: bool = False
    rotating: bool = False
    teams: dict[str, Team] = field(default_factory=dict)
    users: dict[str, User] = field(default_factory=dict)
    channels: dict[str, Channel] = field(default_factory=dict)
    views: dict[str, View] = field(default_factory=dict)
    homes: dict[str, View] = field(default_factory=dict)
    files: dict[str, File] = field(default_factory=dict)
    triggers: dict[str, list[Any]] = field(default_factory=dict)
    response_urls: dict[str, ResponseUrl] = field(default_factory=dict)
    codes: dict[str, str] = field(default_factory=dict)
    refresh_tokens: dict[str, str] = field(default_factory=dict)
    ephemeral: list[dict[str, Any]] = field(default_factory=list)
    calls: list[Call] = field(default_factory=list)
    troubles: dict[str, list[Trouble]] = field(default_factory=lambda: defaultdict(list))
    last_post: dict[str, float] = field(default_factory=dict)
    count: Iterator[int] = field(default_factory=lambda: itertools.count(1))
    lock: threading.RLock = field(default_factory=threading.RLock)
    sockets: Sockets = field(default_factory=Sockets)
    released: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        self.server = _Server(("127.0.0.1", 0), _Handler)
        self.server.slack = self
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.01,), name="fake slack", daemon=True)
        self.add_team(HOME, "Association")

    # --- coming and going

    def __enter__(self) -> Self:
        self.thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.released.set()
        self.sockets.close()
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.server.server_address[1]}"

    @property
    def url(self) -> str:
        return f"http://{self.address}/api/"

    # --- what is there

    def id(self, letter: str) -> str:
        return f"{letter}{next(self.count):08d}"

    def add_team(self, team_id: str, name: str = "") -> Team:
        team = Team(team_id, name or team_id, bot_user=f"UBOT{team_id}", bot_id=f"BBOT{team_id}")
        self.teams[team_id] = team
        self.add_token(team, f"xoxb-{team_id}")
        self.add_user(team.bot_user, "huihou", team=team_id, is_bot=True)
        return team

    def add_token(self, team: Team, token: str, *, seconds: float | None = None) -> str:
        team.tokens[token] = None if seconds is None else self.clock + seconds
        return token

    def add_user(self, user_id: str, name: str, *, team: str = HOME, **more: Any) -> User:
        self.users[user_id] = User(user_id, name, team, **more)
        return self.users[user_id]

    def add_channel(self, channel_id: str, name: str = "", *, team: str = HOME, **more: Any) -> Channel:
        members = more.pop("members", [self.teams[team].bot_user])
        self.channels[channel_id] = Channel(channel_id, name, team, members=list(members), **more)
        return self.channels[channel_id]

    def trigger(self, team: str = HOME) -> str:
        """A trigger as it comes with a press: good for three seconds, once."""
        found = f"{next(self.count)}.{team}.trigger"
        self.triggers[found] = [self.clock, False]
        return found

    def response_url(self, channel: str, user: str, ts: str = "") -> str:
        key = str(next(self.count))
        self.response_urls[key] = ResponseUrl(channel, user, self.clock, ts)
        return f"http://{self.address}/commands/{key}"

    def code(self, team: str) -> str:
        """What the authorization page of Slack sends back when somebody has agreed."""
        found = f"code.{next(self.count)}"
        self.codes[found] = team
        return found

    # --- switches and what was heard

    def will(self, method: str, *, times: int = 1, **trouble: Any) -> None:
        """The next calls go wrong: ``error``, ``status``, ``retry_after``, ``slow``, ``drop`` or ``drop_after``."""
        self.troubles[method] += [Trouble(**trouble)] * times

    def called(self, method: str) -> list[Mapping[str, Any]]:
        return [call.args for call in self.calls if call.method == method]

    def posted(self, channel: str) -> list[dict[str, Any]]:
        """The messages of a channel as they stand, the oldest first."""
        return list(self.channels[channel].messages)

    # --- answering

    def answer(self, method: str, args: dict[str, Any], token: str) -> tuple[int, dict[str, str], dict[str, Any]]:
        """Status, headers and body. Raises ``ConnectionAbortedError`` where the connection is to be dropped."""
        with self.lock:
            self.calls.append(Call(method, args, token, self.clock))
            waiting = self.troubles[method] or self.troubles["*"]
            trouble = waiting.pop(0) if waiting else Trouble()
        if trouble.slow:
            self.released.wait(trouble.slow)
        if trouble.drop:
            raise ConnectionAbortedError
        if trouble.status or trouble.retry_after is not None:
            return _turned_away(trouble)
        body = self._body(method, args, token, trouble)
        if trouble.drop_after:
            raise ConnectionAbortedError
        retry_after = body.pop("retry_after", None)
        if retry_after is not None:
            return 429, {"Retry-After": str(retry_after)}, body
        return 200, {"x-oauth-scopes": ",".join(sorted(self._scopes(token)))}, body

    def _body(self, method: str, args: dict[str, Any], token: str, trouble: Trouble) -> dict[str, Any]:
        if trouble.error:
            return {"ok": False, "error": trouble.error}
        with self.lock:
            try:
                return {"ok": True, **slack_api.call(self, method, args, token)}
            except Refusal as refusal:
                return refusal.body

    def _scopes(self, token: str) -> set[str]:
        return next((team.scopes for team in self.teams.values() if token in team.tokens), set())


def _turned_away(trouble: Trouble) -> tuple[int, dict[str, str], dict[str, Any]]:
    if trouble.retry_after is not None:
        return 429, {"Retry-After": str(trouble.retry_after)}, {"ok": False, "error": "ratelimited"}
    return trouble.status, {}, {"ok": False, "error": "internal_error"}


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    slack: FakeSlack

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is part of the play."""


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    protocol_version = "HTTP/1.1"

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  the base class's name
        pass

    def do_GET(self) -> None:
        path = urlsplit(self.path).path
        if path == "/link":
            self.close_connection = True
            self.server.slack.sockets.serve(self)
        elif path.startswith("/files-pri/"):
            self.reply(*slack_files.download(self.server.slack, path, self.bearer()))
        elif path == "/signin":
            self.reply(200, {"Content-Type": "text/html"}, b"<!DOCTYPE html><title>Sign in</title>")
        else:
            self.do_POST()

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        path, slack = urlsplit(self.path).path, self.server.slack
        try:
            if path.startswith("/upload/"):
                self.reply(*slack_files.uploaded(slack, path, body))
            elif path.startswith("/commands/"):
                self.reply_json(*slack_talk.respond(slack, path.rpartition("/")[2], json.loads(body)))
            else:
                args = self.arguments(body)
                token = str(args.pop("token", "") or self.bearer())
                self.reply_json(*slack.answer(path.removeprefix("/api/"), args, token))
        except ConnectionAbortedError:
            self.close_connection = True

    def bearer(self) -> str:
        return self.headers.get("Authorization", "").removeprefix("Bearer ")

    def arguments(self, body: bytes) -> dict[str, Any]:
        """JSON, a form, or parts; where a client may send JSON inside a form, it is read."""
        kind = self.headers.get("Content-Type", "")
        if kind.startswith("application/json"):
            return dict(json.loads(body))
        if kind.startswith("multipart/form-data"):
            return slack_files.parts(kind, body)
        found = dict(parse_qsl(body.decode() or urlsplit(self.path).query, keep_blank_values=True))
        return {key: _unpacked(value) for key, value in found.items()}

    def reply_json(self, status: int, headers: Mapping[str, str], body: Mapping[str, Any]) -> None:
        self.reply(status, {"Content-Type": "application/json; charset=utf-8", **headers}, json.dumps(body).encode())

    def reply(self, status: int, headers: Mapping[str, str], body: bytes) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def _unpacked(value: str) -> Any:
    """Text that only begins like JSON is text: an id that somebody made up."""
    if value[:1] in {"{", "["}:
        with suppress(ValueError):
            return json.loads(value)
    return value
