"""How Slack is called. Until what it says leaves, a call can be stopped."""

from __future__ import annotations

import ssl
from collections.abc import Callable, Mapping
from functools import cache
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from json import JSONDecodeError
from typing import Any
from urllib.error import URLError
from urllib.request import HTTPHandler, HTTPSHandler, Request, build_opener

from slack_sdk import WebClient
from slack_sdk.http_retry.builtin_handlers import ConnectionErrorRetryHandler
from slack_sdk.web import SlackResponse
from slack_sdk.web.file_upload_v2_result import FileUploadV2Result

from bot.settings import Settings
from bot.uploads import Body

SECONDS = 10
"""A call that takes longer has failed."""
UPLOAD_SECONDS = 60
"""Between two pieces of a file on its way there, and until Slack has taken it."""


class Client(WebClient):
    """``before`` hears of every method that is about to be called, ``ready`` of each part that is about to leave.

    The connection stands by then; first comes the head of the call, then its body. What either raises stops the
    call: at most its head has left, which says nothing. Half an answer is no answer: a ``ConnectionError``.
    """

    before: Callable[[str], None] | None = None
    ready: Callable[[str], None] | None = None

    def api_call(self, api_method: str, **given: Any) -> SlackResponse:
        if self.before is not None:
            self.before(api_method)
        try:
            return super().api_call(api_method, **given)
        except OSError:
            raise
        except (HTTPException, JSONDecodeError) as error:
            raise ConnectionError(type(error).__name__) from error

    def _perform_urllib_http_request_internal(self, url: str, req: Request) -> dict[str, Any]:
        """Instead of slack_sdk's own, which cannot tell when a call leaves, and reads all certificates anew."""

        def leaves() -> None:
            if self.ready is not None:
                self.ready(url.rpartition("/")[2])

        with build_opener(_Plain(leaves), _Secure(leaves)).open(req, timeout=self.timeout) as answer:
            charset = answer.headers.get_content_charset() or "utf-8"
            return {"status": answer.code, "headers": answer.headers, "body": answer.read().decode(charset)}

    def _upload_file(self, *, url: str, data: bytes, **_given: Any) -> FileUploadV2Result:
        """Instead of slack_sdk's own, which gives all of a file no more time than a call."""
        file = Request(url, Body(data), {"Content-Length": str(len(data))}, method="POST")  # noqa: S310  as Slack told it
        with build_opener(HTTPSHandler(context=certificates())).open(file, timeout=UPLOAD_SECONDS) as answer:
            return FileUploadV2Result(status=answer.status, body=answer.read().decode())


def connect(settings: Settings, token: str | None, *, team: str = "") -> Client:
    """Tries again only what never left: of anything else the caller must find out whether it has arrived.

    An organisation's token needs to be told in which ``team`` it speaks.
    """
    unsent = ConnectionErrorRetryHandler(error_types=[URLError])
    return Client(token, settings.slack.api_url, timeout=SECONDS, retry_handlers=[unsent], team_id=team or None)


def introduced(settings: Settings, token: str) -> Mapping[str, Any]:
    """Who the bot is, by Slack's own word. Raises ``SlackApiError`` and ``OSError``."""
    answer: Any = connect(settings, token).auth_test()
    return dict(answer.data)


@cache
def certificates() -> ssl.SSLContext:
    """Whom to believe, by what the machine says. Read once: it takes longer than a call."""
    return ssl.create_default_context()


class _Plain(HTTPHandler):
    def __init__(self, leaves: Callable[[], None]) -> None:
        super().__init__()
        self.kind = _told(HTTPConnection, leaves)

    def http_open(self, req: Request) -> Any:
        return self.do_open(self.kind, req)


class _Secure(HTTPSHandler):
    def __init__(self, leaves: Callable[[], None]) -> None:
        super().__init__(context=certificates())
        self.kind = _told(HTTPSConnection, leaves)

    def https_open(self, req: Request) -> Any:
        return self.do_open(self.kind, req, context=certificates())


def _told(kind: type[HTTPConnection], leaves: Callable[[], None]) -> type[HTTPConnection]:
    """That kind of connection; ``leaves`` is called right before each part of a call does."""

    def send(self: HTTPConnection, data: Any) -> None:
        if self.sock is None:
            self.connect()
        leaves()
        kind.send(self, data)

    return type(kind.__name__, (kind,), {"send": send})
