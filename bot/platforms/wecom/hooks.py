"""A group's webhook (消息推送): it posts, and hears nobody. Its key is a secret and stands in no error."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import md5
from typing import Any
from urllib.parse import parse_qs, urlsplit

import requests

from bot.platforms.wecom.client import TIMES, Answer, upload_of
from bot.platforms.wecom.troubles import Trouble


@dataclass
class Hooks:
    """``api_url`` is where WeCom's API is; of a whole address only the key is used, so that nothing else is reached."""

    api_url: str
    http: requests.Session = field(default_factory=requests.Session)

    def post(self, secret: str, payload: Mapping[str, Any]) -> None:
        """Raises ``Trouble``; ``ConnectionError`` where there is no answer."""
        self._asked("webhook/send", {"key": _key(secret)}, json=dict(payload))

    def upload(self, secret: str, name: str, content: bytes, *, media_type: str) -> str:
        """The media id, for this webhook alone. Raises as ``post`` does."""
        file = upload_of(name, content, media_type)
        answer = self._asked("webhook/upload_media", {"key": _key(secret), "type": "file"}, **file)
        return str(answer["media_id"])

    def _asked(self, path: str, given: Mapping[str, str], **more: Any) -> Answer:
        try:
            times = {"timeout": TIMES, **more}
            answer = self.http.post(f"{self.api_url.rstrip('/')}/{path}", params=given, **times)
            answer.raise_for_status()
            told = answer.json()
        except requests.RequestException as error:
            raise ConnectionError(type(error).__name__) from None
        if not isinstance(told, dict):
            raise ConnectionError("no answer")
        if told.get("errcode"):
            raise Trouble(int(told["errcode"]))
        return told


def _key(secret: str) -> str:
    """The key, of which a whole address may have been given."""
    return parse_qs(urlsplit(secret).query).get("key", [""])[0] if "://" in secret else secret


def picture(content: bytes) -> dict[str, Any]:
    """A picture as a webhook takes it, up to 2 MB."""
    digest = md5(content, usedforsecurity=False).hexdigest()
    return {"msgtype": "image", "image": {"base64": b64encode(content).decode(), "md5": digest}}
