"""One settings model, read from the environment (``HUIHOU_…``) and an optional ``.env`` file."""

from __future__ import annotations

import re
from base64 import urlsafe_b64decode
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import BaseModel, Field, SecretStr, ValidationInfo, field_validator, model_validator
from pydantic.fields import FieldInfo
from pydantic_core import PydanticCustomError
from pydantic_settings import BaseSettings, SettingsConfigDict

KEY_BYTES = 32
"""Of a key for tokens, before it is written in base64."""


class WebSettings(BaseModel):
    """The browser chat. Without ``secret`` it is off; beyond loopback it serves people with a password only."""

    host: str = Field("127.0.0.1", description="Address to listen on.")
    port: int = Field(8080, ge=0, le=65535, description="Port to listen on; 0 takes a free one.")
    secret: SecretStr = Field(
        SecretStr(""), description="Signs cookies, at least 32 characters. Empty: the chat is off."
    )


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
    public_url: str = Field("", description="Address under which Slack and people reach this bot, https://….")
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
        if url and not re.fullmatch(r"https://[^/?#\s]+(/[^?#\s]*)?|http://(127\.0\.0\.1|localhost)(:\d+)?/?", url):
            raise PydanticCustomError("address", "no address")
        return url.rstrip("/")

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


def _is_set(value: str | SecretStr) -> bool:
    return bool(value.get_secret_value() if isinstance(value, SecretStr) else value)


def _is_key(text: str) -> bool:
    try:
        return len(urlsafe_b64decode(text)) == KEY_BYTES
    except ValueError:
        return False


class Settings(BaseSettings):
    """Every setting has a description: the table in docs/operating.md is made from them."""

    model_config = SettingsConfigDict(
        env_prefix="HUIHOU_", env_nested_delimiter="__", env_file=".env", extra="ignore", frozen=True
    )

    data: Path = Field(Path("data"), description="Folder for the database and the files.")
    database_url: str = Field("", description="SQLAlchemy address; empty: SQLite in the data folder.")
    synchronous: str = Field(
        "FULL",
        pattern="^(FULL|NORMAL)$",
        description="SQLite: NORMAL is faster and may lose the last commits on power loss.",
    )
    locale: str = Field("zh_CN", pattern="^(zh_CN|en)$", description="Language of a new workspace: zh_CN or en.")
    zone: str = Field("Asia/Shanghai", description="Time zone of a new workspace (IANA name).")
    largest_file_mb: int = Field(500, ge=1, le=10_000, description="Largest file that is taken, in megabytes.")
    tick_seconds: int = Field(20, ge=1, le=600, description="How often the bot looks for what is due.")
    demo: bool = Field(default=False, description="Act as anybody, move the clock. Loopback only; never for real work.")
    web: WebSettings = WebSettings()
    slack: SlackSettings = SlackSettings()

    @field_validator("zone")
    @classmethod
    def _known(cls, name: str) -> str:
        try:
            ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError, IsADirectoryError):
            raise ValueError("not a time zone; try Asia/Shanghai or Europe/Berlin") from None
        return name

    @property
    def database(self) -> str:
        return self.database_url or f"sqlite:///{self.data / 'huihou.db'}"


@dataclass(frozen=True)
class Fault:
    """A setting that cannot be used: what was given, and what it may be.

    ``kind`` is "number", "switch", "choice", "zone" or "other", or one of ``OWN``; ``given`` is empty where it may be
    a secret. ``choices`` are what it may be or, with "needs" and "either", other settings.
    """

    name: str
    given: str
    kind: str
    choices: tuple[str, ...] = ()
    least: int | None = None
    most: int | None = None


def fault(error: Mapping[str, Any]) -> Fault:
    """One of pydantic's errors, as facts for a sentence."""
    path = [str(part) for part in error["loc"]]
    if error["type"] in OWN:
        return _own(error["type"], path, **error.get("ctx", {}))
    field = _field(path)
    told = field.metadata if field else []
    limits = {key: getattr(one, key) for one in told for key in ("ge", "le") if hasattr(one, key)}
    choices = next((tuple(re.findall(r"\w+", one.pattern)) for one in told if getattr(one, "pattern", None)), ())
    kind = "choice" if choices else "number" if limits else _KINDS.get(error["type"], "other")
    given = "" if _is_secret(path[-1], field) else str(error["input"])
    return Fault(_variable(path), given, kind, choices, limits.get("ge"), limits.get("le"))


OWN = ("token", "key", "address", "needs", "either")
"""The faults that a section finds by itself: of one setting, or (the last two) of how several go together."""


def _own(kind: str, path: Sequence[str], *, about: str = "", choices: Sequence[str] = (), given: str = "") -> Fault:
    if not about:
        return Fault(_variable(path), "", kind, tuple(choices))
    return Fault(_variable([*path, about]), given, kind, tuple(_variable([*path, other]) for other in choices))


_KINDS = {"bool_parsing": "switch", "bool_type": "switch", "value_error": "zone"}


def _field(path: Sequence[str]) -> FieldInfo | None:
    """The setting at the end of a path such as web, port; None for one that there is not."""
    model: Any = Settings
    field = None
    for part in path:
        field = model.model_fields.get(part) if model else None
        model = _section(field) if field else None
    return field


def _section(field: FieldInfo) -> type[BaseModel] | None:
    kind = field.annotation
    return kind if isinstance(kind, type) and issubclass(kind, BaseModel) else None


def _is_secret(name: str, field: FieldInfo | None) -> bool:
    return field is None or field.annotation is SecretStr or name == "database_url"


def _variable(path: Sequence[str]) -> str:
    return f"HUIHOU_{'__'.join(path).upper()}"


def described(model: type[BaseModel] = Settings, *path: str) -> Iterator[tuple[str, str, str]]:
    """Every setting as it is written in the environment, its default and what it is for; sections come last."""
    fields = model.model_fields.items()
    for name, field in fields:
        if _section(field) is None:
            yield _variable([*path, name]), _default(field.default), field.description or ""
    for name, field in fields:
        section = _section(field)
        if section is not None:
            yield from described(section, *path, name)


def _default(value: object) -> str:
    return "" if isinstance(value, SecretStr) else str(value).lower() if isinstance(value, bool) else str(value)


def secrets(settings: BaseModel) -> Iterator[str]:
    """Every secret that is set, sections included."""
    for name in type(settings).model_fields:
        value = getattr(settings, name)
        if isinstance(value, SecretStr):
            yield value.get_secret_value()
        elif isinstance(value, BaseModel):
            yield from secrets(value)
