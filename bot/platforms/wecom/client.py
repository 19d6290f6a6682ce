"""One app's way to WeCom's API: wechatpy's client, with one token for all, time-outs, and errors without secrets."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from email.message import Message as Headers
from typing import Any

import requests
from wechatpy.enterprise import WeChatClient
from wechatpy.exceptions import WeChatClientException

from bot.platforms.wecom.tokens import Tokens
from bot.platforms.wecom.troubles import STALE, Trouble
from bot.sections import WecomApp
from bot.uploads import Body
from storage.base import Database

TIMES = (3.0, 10.0)
"""Seconds: to connect, and between two pieces of an answer."""
UPLOAD_TIMES = (10.0, 60.0)
"""The same for a file on its way there: between two pieces of it too, and until WeCom has looked at it."""
USUAL_SECONDS = 7200
A_PIECE = 65_536
LONGEST_ERROR = 10_000
"""Bytes of an error, where a file was asked for."""

Answer = dict[str, Any]
File = tuple[str, bytes, str]
"""Name, content, media type."""


class Client(WeChatClient):  # type: ignore[misc]
    """Raises ``Trouble`` for an error of WeCom's and ``ConnectionError`` where there is no answer to be had.

    wechatpy's own client asks for new tokens without end where each is refused, lets every thread fetch its own,
    waits for ever, and puts the token into its exceptions.
    """

    def __init__(self, app: WecomApp, database: Database, now: Callable[[], datetime], *, api_url: str) -> None:
        secret = app.secret.get_secret_value()
        super().__init__(app.corp_id, secret, timeout=TIMES, auto_retry=False)
        self.API_BASE_URL = api_url.rstrip("/") + "/"
        self.agent_id = app.agent_id
        self.tokens = Tokens(f"{app.corp_id}:{app.agent_id}", secret, database, now, self._new_token)

    @property
    def access_token(self) -> str:
        return self.tokens.current()

    def ask(
        self,
        path: str,
        data: Mapping[str, Any] | None = None,
        *,
        given: Mapping[str, Any] | None = None,
        leaves: Callable[[], None] = lambda: None,
    ) -> Answer:
        """An endpoint's answer: to a POST with ``data`` as JSON, else to a GET; ``given`` stands in the address.

        ``leaves`` is called right before it leaves, once its token is there, and again before it does with another
        token; what it raises stops the call.
        """
        if data is None:
            return self._asked("get", path, params=given, leaves=leaves)
        return self._asked("post", path, params=given, leaves=leaves, data=dict(data))

    def upload(self, name: str, content: bytes, *, kind: str, media_type: str) -> str:
        """The media id, good for three days. ``kind``: image, voice, video, file."""
        file = (name, content, media_type)
        return str(self._asked("post", "media/upload", params={"type": kind}, file=file)["media_id"])

    @contextmanager
    def opened(self, media_id: str) -> Iterator[tuple[str, Iterator[bytes]]]:
        """What somebody sent: its name, empty where WeCom tells none, and its bytes piece by piece."""
        token = self.access_token
        answer = self._media(media_id, token)
        try:
            if _code(answer) in STALE:
                answer.close()
                answer = self._media(media_id, self.tokens.other_than(token))
            if code := _code(answer):
                raise Trouble(code)
            yield name_of(answer), _pieces(answer)
        finally:
            answer.close()

    def _asked(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, Any] | None = None,
        leaves: Callable[[], None] = lambda: None,
        **more: Any,
    ) -> Answer:
        token = self.access_token
        leaves()
        try:
            return self._once(method, path, params={**(params or {}), "access_token": token}, **more)
        except Trouble as trouble:
            if trouble.code not in STALE:
                raise
        other = self.tokens.other_than(token)
        leaves()
        return self._once(method, path, params={**(params or {}), "access_token": other}, **more)

    def _once(self, method: str, path: str, *, file: File | None = None, **more: Any) -> Answer:
        # Drawn up for each attempt: a second one would find it read to its end, and upload nothing.
        with _scrubbed():
            answer = self._request(method, path, **more, **(upload_of(*file) if file else {}))
        if not isinstance(answer, dict):  # a page of a proxy, which wechatpy hands out as it is
            raise ConnectionError("no answer")
        return answer

    def _new_token(self) -> tuple[str, int]:
        """Another answer than a token (a wrong secret, an address that is not trusted) is a ``Trouble``."""
        given = {"corpid": self.corp_id, "corpsecret": self.secret}
        with _scrubbed():
            answer = self._http.get(f"{self.API_BASE_URL}gettoken", params=given, timeout=TIMES)
            answer.raise_for_status()
            told = self._handle_result(answer)
        if not isinstance(told, dict) or "access_token" not in told:
            raise ConnectionError("no answer")
        return str(told["access_token"]), int(told.get("expires_in") or USUAL_SECONDS)

    def _media(self, media_id: str, token: str) -> requests.Response:
        given = {"access_token": token, "media_id": media_id}
        with _scrubbed():
            answer = self._http.get(f"{self.API_BASE_URL}media/get", params=given, stream=True, timeout=TIMES)
            answer.raise_for_status()
        return answer  # type: ignore[no-any-return]


def upload_of(name: str, content: bytes, media_type: str) -> dict[str, Any]:
    """A file as requests is to send it, once: piece by piece, where it would send all of it within one time-out."""
    form = requests.Request("POST", "http://form", files={"media": (name, content, media_type)}).prepare()
    headers = {"Content-Type": form.headers["Content-Type"]}
    return {"data": Body(form.body), "headers": headers, "timeout": UPLOAD_TIMES}  # type: ignore[arg-type]  # a form is bytes


def _pieces(answer: requests.Response) -> Iterator[bytes]:
    with _scrubbed():
        yield from answer.iter_content(A_PIECE)


def name_of(answer: requests.Response) -> str:
    """As the header tells it; a name that is not ASCII comes as UTF-8 bytes that were read as Latin-1."""
    told = Headers()
    told["Content-Disposition"] = answer.headers.get("Content-Disposition", "")
    name = told.get_filename() or ""
    try:
        return name.encode("latin-1").decode()
    except UnicodeError:
        return name


def _code(answer: requests.Response) -> int:
    """The error that stands where a file was asked for; 0 for a file, which may well be JSON."""
    told = answer.headers.get("Error-Code", "")
    if told.lstrip("-").isdecimal():
        return int(told)
    kind, offered = answer.headers.get("Content-Type", ""), answer.headers.get("Content-Disposition", "")
    if "json" not in kind or offered.startswith("attachment"):
        return 0
    try:
        return int(json.loads(next(answer.iter_content(LONGEST_ERROR), b""))["errcode"])
    except (KeyError, TypeError, ValueError):
        raise ConnectionError("no answer") from None


@contextmanager
def _scrubbed() -> Iterator[None]:
    """Errors with a name and a number; those of the libraries hold the address, and with it the token."""
    try:
        yield
    except WeChatClientException as error:
        if error.errcode is None:
            raise ConnectionError("no answer") from None
        raise Trouble(int(error.errcode), str(error.errmsg)) from None
    except requests.RequestException as error:
        raise ConnectionError(type(error).__name__) from None
