"""Temporary media at the fake WeCom: uploaded in parts, fetched as they are or in ranges."""

from __future__ import annotations

import mimetypes
import re
from typing import TYPE_CHECKING
from urllib.parse import quote

from tests.fakes.wecom_content import is_picture
from tests.fakes.wecom_state import DAY, App, Args, Body, Media, Refusal

if TYPE_CHECKING:
    from tests.fakes.wecom import FakeWecom

MB = 1 << 20
_MOST = {"image": 10 * MB, "voice": 2 * MB, "video": 10 * MB, "file": 20 * MB}
_BOUNDARY = re.compile(r'multipart/form-data;.*boundary="?([^";]+)')
_FILE = re.compile(r'(?i)content-disposition: *form-data;(?=.*\bname="media").*\bfilename="([^"]+)"')
_RANGE = re.compile(r"bytes=(\d+)-(\d*)")
_FILENAME = re.compile(r'filename="([^"]*)"')
Reply = tuple[int, dict[str, str], bytes]


def upload(fake: FakeWecom, args: Args, kind: str, body: bytes, *, corp: str = "", robot: str = "") -> Body:
    """``type`` is in the address, the bytes in a part called ``media`` with a file name."""
    of = args.get("type")
    if of not in _MOST or (robot and of not in {"file", "voice"}):
        raise Refusal(40005, "invalid media type")
    name, data = _part(kind, body)
    _checked(str(of), data)
    found = fake.add_media(str(of), name, data, corp=corp, robot=robot)
    return {"type": found.kind, "media_id": found.id, "created_at": str(int(found.at))}


def _part(kind: str, body: bytes) -> tuple[str, bytes]:
    """Name and bytes of the part called ``media``; a name is UTF-8 as it stands."""
    boundary = _BOUNDARY.search(kind)
    for part in body.split(b"--" + boundary[1].encode()) if boundary else []:
        head, _, data = part.partition(b"\r\n\r\n")
        name = _FILE.search(head.decode())
        if name:
            return name[1], data.removesuffix(b"\r\n")
    raise Refusal(41005, "media data missing")


def _checked(kind: str, data: bytes) -> None:
    if not data:
        raise Refusal(44001, "empty media data")
    if len(data) <= 5:
        raise Refusal(40006, "invalid media size")
    if len(data) > _MOST[kind]:
        raise Refusal(45001, "media size out of limit")
    if kind == "image" and not is_picture(data):
        raise Refusal(40004, "invalid media type")


def get(fake: FakeWecom, app: App, args: Args, wanted: str | None) -> Reply:
    """Whole, or the range that was asked for; raises ``Refusal`` for what is not there any more."""
    found = fake.media.get(str(args.get("media_id", "")))
    if found is None or found.corp != app.corp or fake.now() - found.at > 3 * DAY:
        raise Refusal(40007, "invalid media_id")
    headers = {
        "Content-Type": mimetypes.guess_type(found.name)[0] or "application/octet-stream",
        "Content-Disposition": f'attachment; filename="{found.name.encode().decode("latin-1")}"',
        "Accept-Ranges": "bytes",
    }
    return _ranged(headers, found.data, _RANGE.fullmatch(wanted or ""))


def _ranged(headers: dict[str, str], data: bytes, asked: re.Match[str] | None) -> Reply:
    if asked is None:
        return 200, headers, data
    first, last = int(asked[1]), min(int(asked[2] or len(data)), len(data) - 1)
    if first > last:
        return 416, {"Content-Range": f"bytes */{len(data)}"}, b""
    return 206, {**headers, "Content-Range": f"bytes {first}-{last}/{len(data)}"}, data[first : last + 1]


def picture_address(fake: FakeWecom, media: Media) -> str:
    """``PicUrl`` of a picture that somebody sent: anybody may fetch it."""
    return f"http://{fake.address}/pic/{quote(media.id)}"
