"""Files at the fake Slack: uploads to an address, downloads for whoever has the token."""

from __future__ import annotations

import mimetypes
from email.parser import BytesParser
from typing import TYPE_CHECKING, Any

from tests.fakes.slack_state import File

if TYPE_CHECKING:
    from tests.fakes.slack import FakeSlack

Reply = tuple[int, dict[str, str], bytes]


def parts(kind: str, body: bytes) -> dict[str, Any]:
    """The fields of a multipart body."""
    found = BytesParser().parsebytes(b"Content-Type: " + kind.encode() + b"\r\n\r\n" + body)
    payload = found.get_payload()
    return {
        str(part.get_param("name", header="content-disposition")): bytes(part.get_payload(decode=True)).decode()  # type: ignore[union-attr]
        for part in (payload if isinstance(payload, list) else [])
    }


def add(slack: FakeSlack, name: str, data: bytes, *, team: str, user: str, mimetype: str = "") -> File:
    """A file that somebody has put there, ready to be downloaded."""
    kind = mimetype or mimetypes.guess_type(name)[0] or "application/octet-stream"
    file = File(slack.id("F"), name, team, user, len(data), kind, data, complete=True)
    slack.files[file.id] = file
    return file


def drawn(slack: FakeSlack, file: File) -> dict[str, Any]:
    shares = {channel: [{"ts": ts}] for channel, ts in file.shares.items()}
    return {
        "id": file.id,
        "name": file.name,
        "title": file.name,
        "mimetype": file.mimetype,
        "filetype": file.name.rpartition(".")[2],
        "size": file.size,
        "user": file.user,
        "mode": "hosted",
        "is_external": False,
        "url_private": address(slack, file),
        "url_private_download": address(slack, file),
        "shares": {"public": shares} if shares else {},
    }


def address(slack: FakeSlack, file: File) -> str:
    return f"http://{slack.address}/files-pri/{file.team}-{file.id}/{file.name}"


def download(slack: FakeSlack, path: str, token: str) -> Reply:
    """Whoever has no token of the file's team is sent to a page to sign in, as a person would be."""
    team, _, file_id = path.split("/")[2].partition("-")
    file = slack.files.get(file_id)
    if file is None or file.team != team:
        return 404, {}, b"Not found"
    if token not in slack.teams[team].tokens or "files:read" not in slack.teams[team].scopes:
        return 302, {"Location": f"http://{slack.address}/signin"}, b""
    return 200, {"Content-Type": file.mimetype}, file.data


def uploaded(slack: FakeSlack, path: str, body: bytes) -> Reply:
    file = slack.files.get(path.rpartition("/")[2])
    if file is None or len(body) != file.size:
        return 400, {}, b"length mismatch"
    file.data = body
    return 200, {"Content-Type": "text/plain"}, f"OK - {len(body)}".encode()
