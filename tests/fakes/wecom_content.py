"""What may stand in a message: the types, their fields and lengths, wherever it is sent to."""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tests.fakes import wecom_cards
from tests.fakes.wecom_methods import cut_to, mapping, size, text_of
from tests.fakes.wecom_state import DAY, Args, Body, Media, Refusal

if TYPE_CHECKING:
    from tests.fakes.wecom import FakeWecom

TEXT, ROBOT_MARKDOWN = 2048, 4096
MEDIA_KINDS = {"image", "voice", "video", "file"}
_AT = re.compile(r"<@([^<>\s]+)>")


@dataclass(frozen=True)
class Content:
    kind: str
    body: Body
    cut: bool = False
    media: Media | None = None
    mentioned: list[str] = field(default_factory=list)


def of(fake: FakeWecom, args: Args, *, kinds: set[str], corp: str, line: str = "app") -> Content:
    """The content of a message to people or to an app's group; what is too long is cut, as WeCom cuts it."""
    kind = args.get("msgtype")
    if kind not in kinds:
        raise Refusal(40008, "invalid message type")
    body = mapping(args, str(kind))
    if kind in MEDIA_KINDS:
        return Content(kind, dict(body), media=media_of(fake, body, kind, corp=corp))
    if kind == "template_card":
        return Content(kind, wecom_cards.check(body, line=line))
    if kind == "textcard":
        return _textcard(body)
    if kind == "news":
        return _news(body)
    content, cut = cut_to(text_of(body, "content", 44004), TEXT)
    return Content(kind, {**body, "content": content}, cut, mentioned=_mentioned(body, content))


def of_robot(fake: FakeWecom, args: Args, robot: str) -> Content:
    """The content of a webhook's message: what is too long is refused."""
    kind = args.get("msgtype")
    if kind not in {"text", "markdown", "markdown_v2", "image", "news", "file", "voice", "template_card"}:
        raise Refusal(40008, "invalid message type")
    body = mapping(args, str(kind))
    if kind in {"file", "voice"}:
        return Content(kind, dict(body), media=media_of(fake, body, kind, robot=robot))
    if kind == "template_card":
        return Content(kind, wecom_cards.check(body, line="webhook"))
    if kind == "image":
        return Content(kind, dict(body), media=_picture(fake, body))
    if kind == "news":
        return _news(body)
    content, most = text_of(body, "content", 44004), TEXT if kind == "text" else ROBOT_MARKDOWN
    if size(content) > most:
        raise Refusal(40058, f"{kind}.content exceed max length {most}. invalid Request Parameter")
    return Content(kind, dict(body), mentioned=[] if kind == "markdown_v2" else _mentioned(body, content))


def media_of(fake: FakeWecom, body: Args, kind: str, *, corp: str = "", robot: str = "") -> Media:
    """A file that was uploaded in the last three days, by this corp or for this robot."""
    found = fake.media.get(text_of(body, "media_id", 40007))
    if found is None or fake.now() - found.at > 3 * DAY or (found.corp, found.robot) != (corp, robot):
        raise Refusal(40007, "invalid media_id")
    if found.kind != kind:
        raise Refusal(40004, f"media_id is of a {found.kind}")
    return found


def _textcard(body: Body) -> Content:
    title, first = cut_to(text_of(body, "title"), 128)
    description, second = cut_to(text_of(body, "description"), 512)
    if size(text_of(body, "url")) > TEXT:
        raise Refusal(40058, "textcard.url exceeds max length 2048")
    button = str(body.get("btntxt", "详情"))
    cut = first or second or len(button) > 4
    return Content("textcard", {**body, "title": title, "description": description, "btntxt": button[:4]}, cut)


def _news(body: Body) -> Content:
    articles = body.get("articles")
    if not isinstance(articles, list) or not 1 <= len(articles) <= 8:
        raise Refusal(40058, "news.articles holds 1 to 8")
    for article in articles:
        text_of(article, "title", 41016)
        text_of(article, "url")
    return Content("news", dict(body))


def _picture(fake: FakeWecom, body: Body) -> Media:
    """A webhook's picture comes inside the message."""
    try:
        data = base64.b64decode(text_of(body, "base64"), validate=True)
    except ValueError:
        raise Refusal(40058, "image.base64 is none") from None
    if hashlib.md5(data, usedforsecurity=False).hexdigest() != body.get("md5"):
        raise Refusal(301019, "image.md5 does not match")
    if len(data) > 2 << 20:
        raise Refusal(40009, "invalid image size")
    if not is_picture(data):
        raise Refusal(40004, "neither JPG nor PNG")
    return Media(fake.id("picture"), "image", "image", data, fake.now())


def is_picture(data: bytes) -> bool:
    return data.startswith((b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n"))


def _mentioned(body: Body, content: str) -> list[str]:
    """Who is called by name: the list, the mobiles, and ``<@userid>`` in the text."""
    lists = [*(body.get("mentioned_list") or []), *(body.get("mentioned_mobile_list") or [])]
    return [str(one).casefold() for one in [*lists, *_AT.findall(content)]]
