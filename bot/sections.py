"""The sections of the settings, one for each platform that needs any."""

from __future__ import annotations

import re
import shlex
from base64 import b64decode, urlsafe_b64decode
from typing import Self

from pydantic import BaseModel, Field, SecretStr, ValidationInfo, field_validator, model_validator
from pydantic_core import PydanticCustomError

KEY_BYTES = 32
"""Of a key, before it is written in base64."""
LONGEST_NAME = 20
"""Of an association in WeCom: it is part of its workspace's key."""
AES_KEY_LENGTH = 43
"""Of WeCom's, which leaves out the last character of the base64."""
ADDRESS = re.compile(r"https://[^/?#\s]+(/[^?#\s]*)?|http://(127\.0\.0\.1|localhost)(:\d+)?/?")
"""Under which others reach this bot: with TLS, except on this computer."""
SOCKET = re.compile(r"wss://[^/?#\s]+(/[^?#\s]*)?|ws://(127\.0\.0\.1|localhost)(:\d+)?/?")
"""Of a WebSocket, which a secret is sent through: with TLS, except on this computer."""
HOST = re.compile(r"https://[^/?#\s]+/?|http://(127\.0\.0\.1|localhost)(:\d+)?/?")
"""The same without a path: the bot's pages lead to each other from the root."""


MAIL = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[^@\s.][^@\s]{0,250}\.[^@\s.]+")
"""A mail address, to be used as it stands."""
STORE = re.compile(r"https?://[^/?#\s]+/?")
"""Of a store for files, which may well be reached without TLS, in a network of one's own; each request is signed."""
SERVICE = re.compile(r"https://[^/?#\s]+(/[^?#\s]*)?|http://(127\.0\.0\.1|localhost)(:\d+)?(/[^?#\s]*)?")
"""Of an API, which a key is sent to: with TLS, except on this computer."""
DAEMON = re.compile(r"/.+|(\[[0-9a-fA-F:]+\]|[^/:\s]+):\d{1,5}")


def address(url: str, pattern: re.Pattern[str] = ADDRESS) -> str:
    """The address without a slash at its end. Raises for what is none."""
    if url and not pattern.fullmatch(url):
        raise PydanticCustomError("address", "no address")
    return url.rstrip("/")


class WebSettings(BaseModel):
    """The browser chat. Without ``secret`` it is off; beyond loopback it serves people with a password only."""

    host: str = Field("127.0.0.1", description="Address to listen on.")
    port: int = Field(8080, ge=0, le=65535, description="Port to listen on; 0 takes a free one.")
    secret: SecretStr = Field(
        SecretStr(""), description="Signs cookies, at least 32 characters. Empty: the chat is off."
    )
    proxies: str = Field(
        "127.0.0.1",
        description="Your proxies, addresses or networks with commas: whom we believe who is asking. *: everybody.",
    )


class MetricsSettings(BaseModel):
    """Figures for Prometheus, at an address of their own. They name no person and no meeting."""

    host: str = Field("127.0.0.1", description="Address on which figures are given to Prometheus.")
    port: int = Field(0, ge=0, le=65535, description="Port for them; 0: none are given.")


class FilesSettings(BaseModel):
    """What is done with files that come in. One way at most to look for viruses."""

    scan_command: str = Field(
        "", description="Command that looks for viruses; the path is put behind it. It ends with 0: clean, 1: infected."
    )
    clamd: str = Field("", description="A clamd that looks for viruses: host:port, or the path of its socket.")

    @field_validator("scan_command")
    @classmethod
    def _words(cls, command: str) -> str:
        try:
            shlex.split(command)
        except ValueError:
            raise PydanticCustomError("command", "no command") from None
        return command

    @field_validator("clamd")
    @classmethod
    def _daemon(cls, place: str) -> str:
        if place and not DAEMON.fullmatch(place):
            raise PydanticCustomError("daemon", "no daemon")
        return place

    @model_validator(mode="after")
    def _one(self) -> Self:
        if self.scan_command and self.clamd:
            raise PydanticCustomError("both", "both", {"about": "clamd", "choices": ("scan_command",)})
        return self


class S3Settings(BaseModel):
    """Files are kept in a bucket instead of the data folder as soon as ``bucket`` is set."""

    bucket: str = Field("", description="Keep files in this bucket instead of the data folder.")
    endpoint: str = Field("", description="Address of the store, https://…; empty: AWS.")
    region: str = Field("us-east-1", description="Region of the bucket.")
    key_id: str = Field("", description="Access key id; empty: the rights that the cloud gives this machine.")
    secret: SecretStr = Field(SecretStr(""), description="The secret access key.")
    prefix: str = Field("", description="Folder in the bucket; empty: its root.")
    bucket_in_host: bool = Field(
        default=False, description="The bucket's name stands in the host, as Aliyun OSS and Tencent COS want it."
    )

    @property
    def on(self) -> bool:
        return bool(self.bucket)

    @field_validator("endpoint")
    @classmethod
    def _address(cls, url: str) -> str:
        return address(url, STORE)

    @field_validator("prefix")
    @classmethod
    def _plain(cls, prefix: str) -> str:
        return prefix.strip("/")

    @model_validator(mode="after")
    def _whole(self) -> Self:
        """Whether what is set can work together."""
        for wants, parts in (("key_id", ("secret", "bucket")), ("secret", ("key_id",)), ("endpoint", ("bucket",))):
            missing = tuple(part for part in parts if not _is_set(getattr(self, part)))
            if _is_set(getattr(self, wants)) and missing:
                raise PydanticCustomError("needs", "incomplete", {"about": wants, "choices": missing, "given": ""})
        return self


class EmailSettings(BaseModel):
    """Letters go by mail as soon as ``host`` is set. A password is never sent without TLS."""

    host: str = Field("", description="Mail server that letters are handed to; empty: none go by mail.")
    port: int = Field(0, ge=0, le=65535, description="Its port; 0: 587 for starttls, 465 for tls, 25 for none.")
    tls: str = Field(
        "starttls",
        pattern="^(starttls|tls|none)$",
        description="How the connection is guarded: starttls, tls from its start, or none.",
    )
    ca_file: str = Field(
        "", description="Certificates (PEM) to trust instead of the system's, for a mail server with its own."
    )
    user: str = Field("", description="User at the mail server; empty: nobody signs in.")
    password: SecretStr = Field(SecretStr(""), description="That user's password or authorisation code.")
    sender: str = Field("", description="Address that letters come from, such as office@example.org.")
    sender_name: str = Field("", description="Name beside it; empty: the name in the letterhead.")
    reply_to: str = Field("", description="Address that answers go to; empty: the sender's.")
    most_per_minute: int = Field(30, ge=1, le=6000, description="So many mails a minute at most.")
    largest_mb: int = Field(15, ge=1, le=100, description="So many megabytes of files at most in one mail.")

    @property
    def on(self) -> bool:
        return bool(self.host)

    @property
    def at_port(self) -> int:
        return self.port or {"starttls": 587, "tls": 465, "none": 25}[self.tls]

    @property
    def domain(self) -> str:
        """In which the names of mails are made."""
        return self.sender.rpartition("@")[2].encode("idna").decode()

    @field_validator("sender", "reply_to")
    @classmethod
    def _one(cls, text: str) -> str:
        if text and not MAIL.fullmatch(text):
            raise PydanticCustomError("mail", "no address")
        return text

    @model_validator(mode="after")
    def _whole(self) -> Self:
        """Whether what is set can work together."""
        wanted = {"host": ("sender",), "user": ("password", "host"), "password": ("user",), "ca_file": ("host",)}
        for about, parts in wanted.items():
            missing = tuple(part for part in parts if not _is_set(getattr(self, part)))
            if _is_set(getattr(self, about)) and missing:
                raise PydanticCustomError("needs", "incomplete", {"about": about, "choices": missing, "given": ""})
        if self.tls == "none" and self.user:
            raise PydanticCustomError("open", "open", {"about": "user", "choices": ("tls",)})
        return self


class RewordingSettings(BaseModel):
    """Paragraphs of letters are reworded by a model as soon as ``base_url`` is set. Off by itself."""

    base_url: str = Field("", description="AI service of OpenAI's kind, https://…/v1; empty: AI help is off.")
    model: str = Field("", description="Its model.")
    key: SecretStr = Field(SecretStr(""), description="Its key.")
    timeout_seconds: int = Field(30, ge=1, le=120, description="So many seconds at most for an answer.")

    @property
    def on(self) -> bool:
        return bool(self.base_url)

    @field_validator("base_url")
    @classmethod
    def _address(cls, url: str) -> str:
        return address(url, SERVICE)

    @model_validator(mode="after")
    def _whole(self) -> Self:
        for about, wanted in (("base_url", "model"), ("model", "base_url"), ("key", "base_url")):
            if _is_set(getattr(self, about)) and not _is_set(getattr(self, wanted)):
                raise PydanticCustomError("needs", "incomplete", {"about": about, "choices": (wanted,), "given": ""})
        return self


class SlackSettings(BaseModel):
    """Slack is on with ``bot_token`` (one workspace) or ``client_id`` (as many as install the app), never with both."""

    transport: str = Field(
        "socket",
        pattern="^(socket|http)$",
        description="How Slack reaches the bot: socket needs no public address, http does.",
    )
    bot_token: SecretStr = Field(
        SecretStr(""), description="Bot token of the one workspace, xoxb-…; empty with several workspaces."
    )
    app_token: SecretStr = Field(SecretStr(""), description="Socket Mode: the app-level token, xapp-….")
    signing_secret: SecretStr = Field(SecretStr(""), description="HTTP: the app's signing secret.")
    client_id: str = Field("", description="Several workspaces: the app's client id, such as 123.456.")
    client_secret: SecretStr = Field(SecretStr(""), description="Several workspaces: the app's client secret.")
    token_key: SecretStr = Field(
        SecretStr(""), description="Several workspaces: keys that encrypt their tokens, by commas, the newest first."
    )
    public_url: str = Field("", description="Address under which Slack reaches this bot; empty: HUIHOU_PUBLIC_URL.")
    api_url: str = Field("https://slack.com/api/", description="Slack's Web API; another one only for tests.")

    @property
    def on(self) -> bool:
        return bool(self.bot_token.get_secret_value() or self.client_id)

    @property
    def keys(self) -> tuple[str, ...]:
        """The first encrypts, all of them decrypt."""
        return tuple(key.strip() for key in self.token_key.get_secret_value().split(",") if key.strip())

    @field_validator("bot_token", "app_token")
    @classmethod
    def _kind(cls, token: SecretStr, info: ValidationInfo) -> SecretStr:
        starts = ("xapp-",) if info.field_name == "app_token" else ("xoxb-", "xoxe.xoxb-")
        if token.get_secret_value() and not token.get_secret_value().startswith(starts):
            raise PydanticCustomError("token", "another token", {"choices": starts[:1]})
        return token

    @field_validator("token_key")
    @classmethod
    def _sound(cls, keys: SecretStr) -> SecretStr:
        for key in filter(None, map(str.strip, keys.get_secret_value().split(","))):
            if not _is_key(key):
                raise PydanticCustomError("key", "no key")
        return keys

    @field_validator("public_url")
    @classmethod
    def _address(cls, url: str) -> str:
        return address(url)

    @model_validator(mode="after")
    def _whole(self) -> Self:
        """Whether what is set can work together."""
        if self.bot_token.get_secret_value() and self.client_id:
            raise PydanticCustomError("either", "both", {"about": "client_id", "choices": ("bot_token",)})
        for about, parts in self._needs().items():
            missing = tuple(part for part in parts if not _is_set(getattr(self, part)))
            if missing:
                given = self.transport if about == "transport" else ""
                raise PydanticCustomError("needs", "incomplete", {"about": about, "choices": missing, "given": given})
        return self

    def _needs(self) -> dict[str, tuple[str, ...]]:
        """What goes with what is set, by the setting that asks for it."""
        reached = ("app_token",) if self.transport == "socket" else ("signing_secret",)
        several = ("client_secret", "token_key", "public_url")
        return {**({"transport": reached} if self.on else {}), **({"client_id": several} if self.client_id else {})}


def _is_set(value: object) -> bool:
    return bool(value.get_secret_value() if isinstance(value, SecretStr) else value)


def _is_key(text: str) -> bool:
    try:
        return len(urlsafe_b64decode(text)) == KEY_BYTES
    except ValueError:
        return False


def _is_aes_key(text: str) -> bool:
    try:
        return len(text) == AES_KEY_LENGTH and len(b64decode(text + "=", validate=True)) == KEY_BYTES
    except ValueError:
        return False


class WecomApp(BaseModel):
    """One association in WeCom: its own app, its AI bot, its groups' webhooks; any of the three, each whole."""

    corp_id: str = Field("", max_length=64, description="The app: the corp's id, ww….")
    agent_id: int = Field(0, ge=0, description="The app: its AgentId.")
    secret: SecretStr = Field(SecretStr(""), description="The app: its Secret.")
    token: SecretStr = Field(SecretStr(""), description="To hear: the Token of its callback.")
    aes_key: SecretStr = Field(SecretStr(""), description="To hear: the EncodingAESKey of its callback, 43 characters.")
    trusted_domain: bool = Field(
        default=False, description="The app trusts the public address's domain: pages ask WeCom who opens them."
    )
    bot_id: str = Field("", description="The AI bot's id.")
    bot_secret: SecretStr = Field(SecretStr(""), description="The AI bot's secret for the long connection.")
    hooks: dict[str, SecretStr] = Field(
        {}, description="A group's webhook, its key or whole address; NAME is what the group is called here."
    )

    @property
    def speaks(self) -> bool:
        """Whether the app is there to speak through."""
        return _is_set(self.secret)

    @property
    def hears(self) -> bool:
        """Whether WeCom calls back."""
        return _is_set(self.token)

    @field_validator("aes_key")
    @classmethod
    def _sound(cls, key: SecretStr) -> SecretStr:
        if key.get_secret_value() and not _is_aes_key(key.get_secret_value()):
            raise PydanticCustomError("aes_key", "no key")
        return key

    @model_validator(mode="after")
    def _whole(self) -> Self:
        """Whether what is set can work together."""
        for wants, parts in _WECOM_NEEDS.items():
            missing = tuple(part for part in parts if not _is_set(getattr(self, part)))
            if _is_set(getattr(self, wants)) and missing:
                raise PydanticCustomError("needs", "incomplete", {"about": wants, "choices": missing, "given": ""})
        if not (self.speaks or self.bot_id or self.hooks):
            raise PydanticCustomError("needs", "incomplete", {"about": "corp_id", "choices": ("secret",), "given": ""})
        return self


_WECOM_NEEDS = {
    "secret": ("corp_id", "agent_id"),
    "token": ("aes_key", "secret"),
    "aes_key": ("token",),
    "trusted_domain": ("secret",),
    "bot_id": ("bot_secret",),
    "bot_secret": ("bot_id",),
}


class WecomSettings(BaseModel):
    """WeCom is on with the first association that is named; ``main`` shares the browser chat's workspace."""

    apps: dict[str, WecomApp] = Field({}, description="Associations by a name of your own, such as main.")
    api_url: str = Field(
        "https://qyapi.weixin.qq.com/cgi-bin/", description="WeCom's API; another one only for tests or a proxy."
    )
    bot_url: str = Field(
        "wss://openws.work.weixin.qq.com", description="Where the AI bot connects; another one only for tests."
    )

    @property
    def on(self) -> bool:
        return bool(self.apps)

    @field_validator("bot_url")
    @classmethod
    def _guarded(cls, url: str) -> str:
        if not SOCKET.fullmatch(url):
            raise PydanticCustomError("socket", "no socket")
        return url

    @property
    def hears(self) -> bool:
        """Whether any app is called back over HTTP."""
        return any(app.hears for app in self.apps.values())

    @field_validator("apps")
    @classmethod
    def _named(cls, apps: dict[str, WecomApp]) -> dict[str, WecomApp]:
        """The name stands in addresses and in the workspace's key."""
        for name in apps:
            if not re.fullmatch("[a-z0-9]+([_-][a-z0-9]+)*", name) or len(name) > LONGEST_NAME:
                raise PydanticCustomError("name", "no name")
        return apps
