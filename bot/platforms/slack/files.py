"""A file comes from Slack: streamed with the bot's token, checked while it comes, kept under its hash."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from email.message import Message as Headers
from http.client import HTTPException
from typing import IO, Any
from urllib.error import HTTPError
from urllib.parse import quote, urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

from slack_sdk import WebClient

from bot.ask import Upload
from bot.keeping import Intake

A_PIECE = 65_536
SECONDS = 20
_AS_IT_IS = ":/?#[]@!$&'()*+,;=%~"
"""What an address may hold; a name's other characters are written as it wants them."""


class NotTaken(Exception):  # noqa: N818  a fact about the file, which the caller words
    """A file that is not taken: ``reason`` is lost (it cannot be had), elsewhere (Slack does not keep it) or large."""

    def __init__(self, reason: str, name: str) -> None:
        super().__init__(reason)
        self.reason = reason
        self.name = name


class _AtHome(HTTPRedirectHandler):
    """Follows to the same host only: the token goes along."""

    def redirect_request(  # noqa: PLR0917  as the base class has it
        self, req: Request, fp: IO[bytes], code: int, msg: str, headers: Headers, newurl: str
    ) -> Request | None:
        if (urlsplit(newurl).scheme, urlsplit(newurl).netloc) != (urlsplit(req.full_url).scheme, req.host):
            raise HTTPError(newurl, code, "leads elsewhere", headers, fp)
        return super().redirect_request(req, fp, code, msg, headers, newurl)  # type: ignore[arg-type]


def fetch(client: WebClient, file: Mapping[str, Any], intake: Intake) -> Upload:
    """Raises ``kinds.Unwanted``, ``NotTaken``, ``storage.files.TooLarge``; ``OSError`` where the store refuses."""
    name = str(file.get("name") or file.get("title") or "file")
    address = str(file.get("url_private_download") or file.get("url_private") or "")
    if file.get("is_external") or file.get("mode") == "external":
        raise NotTaken("elsewhere", name)
    if not address or not _is_slack(address, client.base_url):
        raise NotTaken("lost", name)
    return intake.keep(name, _pieces(client, address, name))


def _is_slack(address: str, base_url: str) -> bool:
    """The token is shown to Slack's own hosts only."""
    parts, home = urlsplit(address), urlsplit(base_url)
    if (parts.scheme, parts.netloc) == (home.scheme, home.netloc):
        return True
    host = parts.hostname or ""
    return parts.scheme == "https" and (host == "slack.com" or host.endswith((".slack.com", ".slack-files.com")))


def _pieces(client: WebClient, address: str, name: str) -> Iterator[bytes]:
    request = Request(quote(address, safe=_AS_IT_IS), headers={"Authorization": f"Bearer {client.token}"})  # noqa: S310  only http(s) gets here
    try:
        with build_opener(_AtHome).open(request, timeout=SECONDS) as answer:
            if "text/html" in answer.headers.get("Content-Type", ""):  # a page to sign in on: there is no such file
                raise NotTaken("lost", name)
            while piece := answer.read(A_PIECE):
                yield piece
    except (OSError, ValueError, HTTPException) as error:
        raise NotTaken("lost", name) from error
