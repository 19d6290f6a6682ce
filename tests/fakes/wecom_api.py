"""The API of the fake WeCom: which method it is, whose token comes with it, and what is then answered."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.fakes import wecom_groups, wecom_media, wecom_messages, wecom_people  # noqa: F401  their methods
from tests.fakes.wecom_methods import METHODS
from tests.fakes.wecom_state import App, Args, Body, Refusal

if TYPE_CHECKING:
    from tests.fakes.wecom import FakeWecom

_GETS = {
    *("gettoken", "user/get", "user/simplelist", "department/list", "agent/get", "auth/getuserinfo", "media/get"),
    *("menu/get", "menu/delete", "appchat/get"),
}
_OPEN = {"gettoken", "webhook/send", "webhook/upload_media"}
_UPLOADS = {"media/upload", "webhook/upload_media"}


def known(path: str) -> bool:
    return path in METHODS or path in _OPEN or path in {"media/upload", "media/get"}


@dataclass(frozen=True)
class Request:
    """``path`` is without ``/cgi-bin/``."""

    verb: str
    path: str
    query: dict[str, str]
    headers: Mapping[str, str]
    body: bytes

    def args(self) -> Body:
        """What the address and the JSON say together, without the token; raises ``Refusal`` for what is no JSON."""
        if (self.verb == "GET") != (self.path in _GETS):
            raise Refusal(*((43001, "require GET method") if self.path in _GETS else (43002, "require POST method")))
        asked = {key: value for key, value in self.query.items() if key != "access_token"}
        return asked if self.path in _GETS | _UPLOADS else {**asked, **_json(self.body)}

    def uploaded(self, fake: FakeWecom, *, corp: str = "", robot: str = "") -> Body:
        kind = self.headers.get("Content-Type", "")
        return wecom_media.upload(fake, self.query, kind, self.body, corp=corp, robot=robot)


def _json(body: bytes) -> Body:
    try:
        found = json.loads(body)
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise Refusal(47001, "data format error")
    return found


def is_open(path: str) -> bool:
    """Whether nobody asks for a token there."""
    return path in _OPEN


def answer_all(fake: FakeWecom, request: Request, args: Args) -> Body:
    """What stands beside ``errcode`` 0 where no token is asked for; raises ``Refusal``."""
    if request.path == "gettoken":
        return _token(fake, args)
    if request.path == "webhook/send":
        return wecom_groups.post(fake, args)
    return request.uploaded(fake, robot=wecom_groups.webhook_of(fake, args).key)


def answer(fake: FakeWecom, app: App, request: Request, args: Args) -> Body:
    """What stands beside ``errcode`` 0; raises ``Refusal``."""
    if request.path == "media/upload":
        return request.uploaded(fake, corp=app.corp)
    return METHODS[request.path](fake, app, args)


def app_of(fake: FakeWecom, request: Request) -> App:
    """Whose token it is; raises ``Refusal`` for none, an old one, one from a strange address."""
    token = request.query.get("access_token")
    if not token:
        raise Refusal(41001, "access_token missing")
    found = next((app for corp in fake.corps.values() for app in corp.apps.values() if token in app.tokens), None)
    if found is None:
        raise Refusal(40014, "invalid access_token")
    if found.always_expired or found.tokens[token] <= fake.now():
        raise Refusal(42001, "access_token expired")
    if not found.ip_listed:
        raise Refusal(60020, "not allow to access from your ip")
    return found


def _token(fake: FakeWecom, args: Args) -> Body:
    corp = fake.corps.get(str(args.get("corpid", "")))
    if corp is None:
        raise Refusal(40013, "invalid corpid")
    app = next((app for app in corp.apps.values() if app.secret == args.get("corpsecret")), None)
    if app is None:
        raise Refusal(40001, "invalid credential")
    app.fetched += 1
    return {"access_token": fake.token(app), "expires_in": 7200}
