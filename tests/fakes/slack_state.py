"""What a workspace of the fake Slack consists of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

HOME = "T0001"
SECRET = "8f742231b10e8888abcd99yyyzzz85a5"
APP, APP_TOKEN, CLIENT, CLIENT_SECRET = "A0001", "xapp-1-A0001", "111.222", "client-secret"
SCOPES = (
    "app_mentions:read channels:history channels:read chat:write commands files:read files:write groups:history "
    "groups:read im:history im:read im:write mpim:history mpim:read reactions:read reactions:write users:read"
)


class Refusal(Exception):  # noqa: N818  an answer of Slack's
    """``ok: false`` with Slack's name for it, and what else the answer carries."""

    def __init__(self, error: str, **more: Any) -> None:
        super().__init__(error)
        self.body = {"ok": False, "error": error, **more}


@dataclass(frozen=True)
class Call:
    method: str
    args: Mapping[str, Any]
    token: str
    at: float


@dataclass(frozen=True)
class Trouble:
    """What goes wrong with a call. ``slow`` is in seconds; ``drop_after`` does the work and then hangs up."""

    error: str = ""
    status: int = 0
    retry_after: int | None = None
    slow: float = 0
    drop: bool = False
    drop_after: bool = False


@dataclass
class Team:
    """``tokens`` and when each ends, None for never."""

    id: str
    name: str
    bot_user: str
    bot_id: str
    tokens: dict[str, float | None] = field(default_factory=dict)
    scopes: set[str] = field(default_factory=lambda: set(SCOPES.split()))


@dataclass
class User:
    id: str
    name: str
    team: str
    tz: str = "Asia/Shanghai"
    locale: str = "zh-CN"
    is_bot: bool = False
    is_restricted: bool = False
    is_admin: bool = False
    deleted: bool = False

    def drawn(self, *, locale: bool = True) -> dict[str, Any]:
        """Slack gives a locale only to those who ask for it."""
        return {
            "id": self.id,
            "team_id": self.team,
            "name": self.name.casefold().replace(" ", "."),
            "real_name": self.name,
            "tz": self.tz,
            "tz_offset": 28_800,
            "deleted": self.deleted,
            "is_bot": self.is_bot,
            "is_app_user": False,
            "is_admin": self.is_admin,
            "is_owner": False,
            "is_restricted": self.is_restricted,
            "is_ultra_restricted": False,
            "profile": {
                "real_name": self.name,
                "display_name": self.name,
                "email": f"{self.id.casefold()}@example.org",
            },
            **({"locale": self.locale} if locale else {}),
        }


@dataclass
class Channel:
    id: str
    name: str
    team: str
    members: list[str] = field(default_factory=list)
    messages: list[dict[str, Any]] = field(default_factory=list)
    is_im: bool = False
    is_private: bool = False
    is_archived: bool = False
    user: str = ""

    def drawn(self) -> dict[str, Any]:
        kind = {"is_im": True, "user": self.user} if self.is_im else {"is_channel": True, "name": self.name}
        return {
            "id": self.id,
            "is_private": self.is_private,
            "is_archived": self.is_archived,
            "context_team_id": self.team,
            **kind,
        }

    def find(self, ts: object) -> dict[str, Any] | None:
        return next((message for message in self.messages if message["ts"] == ts), None)


@dataclass
class View:
    """A window or a Home tab as it stands; ``hash`` is another one after every change."""

    id: str
    team: str
    user: str
    body: dict[str, Any]
    hash: str
    root: str = ""

    def drawn(self, bot: str) -> dict[str, Any]:
        return {
            "id": self.id,
            "team_id": self.team,
            "state": {"values": {}},
            "hash": self.hash,
            "root_view_id": self.root or self.id,
            "app_id": "A0001",
            "bot_id": bot,
            **self.body,
        }


@dataclass
class File:
    id: str
    name: str
    team: str
    user: str
    size: int
    mimetype: str = "application/octet-stream"
    data: bytes = b""
    shares: dict[str, str] = field(default_factory=dict)
    complete: bool = False


@dataclass
class ResponseUrl:
    channel: str
    user: str
    at: float
    ts: str = ""
    uses: int = 0
