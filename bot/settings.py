"""One settings model, read from the environment (``HUIHOU_…``) and an optional ``.env`` file."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import BaseModel, Field, SecretStr, field_validator, model_validator
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, DotEnvSettingsSource, PydanticBaseSettingsSource, SettingsConfigDict

from bot.retention import KeepSettings
from bot.secret_files import PREFIX, SUFFIX, FromFiles
from bot.sections import (
    HOST,
    EmailSettings,
    FilesSettings,
    MetricsSettings,
    RewordingSettings,
    S3Settings,
    SlackSettings,
    WebSettings,
    WecomSettings,
    address,
)
from bot.watching import TelemetrySettings


class PostgresSettings(BaseModel):
    """How long PostgreSQL lets one process wait, and how many connections it gets; see ``storage.base.Limits``."""

    statement_seconds: int = Field(60, ge=0, le=3600, description="PostgreSQL: longest for one statement; 0: no limit.")
    lock_seconds: int = Field(
        30, ge=1, le=600, description="PostgreSQL: longest wait for what another has locked, or for a connection."
    )
    idle_seconds: int = Field(
        300, ge=150, le=3600, description="PostgreSQL: longest silence within a transaction before it is undone."
    )
    connections: int = Field(
        12, ge=3, le=200, description="PostgreSQL: most connections of one process; one more hears notices."
    )


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
    zone: str = Field(
        "Asia/Shanghai", description="Time zone of a new workspace (IANA name), whose public holidays are days off."
    )
    largest_file_mb: int = Field(500, ge=1, le=10_000, description="Largest file that is taken, in megabytes.")
    public_url: str = Field("", description="Address under which people reach this bot's pages, https://….")
    tick_seconds: int = Field(20, ge=1, le=600, description="How often the bot looks for what is due.")
    asks_a_minute: int = Field(120, ge=0, le=10_000, description="Most that one person asks in a minute; 0: no limit.")
    demo: bool = Field(default=False, description="Act as anybody, move the clock. Loopback only; never for real work.")
    postgres: PostgresSettings = PostgresSettings()
    files: FilesSettings = FilesSettings()
    s3: S3Settings = S3Settings()
    web: WebSettings = WebSettings()
    metrics: MetricsSettings = MetricsSettings()
    telemetry: TelemetrySettings = TelemetrySettings()
    keep: KeepSettings = KeepSettings()
    slack: SlackSettings = SlackSettings()
    wecom: WecomSettings = WecomSettings()
    email: EmailSettings = EmailSettings()
    rewording: RewordingSettings = RewordingSettings()

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Secrets may also stand in files. Raises ``bot.secret_files.Unread``."""
        beside = dotenv_settings.env_vars if isinstance(dotenv_settings, DotEnvSettingsSource) else {}
        named = FromFiles(settings_cls, is_secret, beside)
        return init_settings, env_settings, named, dotenv_settings, file_secret_settings

    @model_validator(mode="before")
    @classmethod
    def _one_address(cls, given: dict[str, Any]) -> dict[str, Any]:
        """Slack reaches the bot where people do, unless it is told otherwise."""
        slack, url = given.get("slack"), str(given.get("public_url") or "")
        if isinstance(slack, dict) and not slack.get("public_url") and HOST.fullmatch(url):
            given = {**given, "slack": {**slack, "public_url": url}}
        return given

    @field_validator("public_url")
    @classmethod
    def _address(cls, url: str) -> str:
        return address(url, HOST)

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
    a secret. ``choices`` are what it may be or, with "needs", "either" and "both", other settings.
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


OWN = (
    "token",
    "key",
    "aes_key",
    "address",
    "mail",
    "socket",
    "command",
    "daemon",
    "name",
    "needs",
    "either",
    "both",
    "open",
)
"""The faults that a section finds by itself: of one setting, or (the last four) of how several go together."""


def _own(kind: str, path: Sequence[str], *, about: str = "", choices: Sequence[str] = (), given: str = "") -> Fault:
    if not about:
        return Fault(_variable(path), "", kind, tuple(choices))
    return Fault(_variable([*path, about]), given, kind, tuple(_variable([*path, other]) for other in choices))


_KINDS = {"bool_parsing": "switch", "bool_type": "switch", "value_error": "zone"}


def _field(path: Sequence[str]) -> FieldInfo | None:
    """The setting at the end of a path such as web, port; None for one that there is not."""
    model: Any = Settings
    field = None
    names = iter(path)
    for part in names:
        field = model.model_fields.get(part) if model else None
        model = _section(field) if field else None
        if field is not None and _is_named(field):
            next(names, None)
    return field


def _section(field: FieldInfo) -> type[BaseModel] | None:
    """What the setting is made of, if it is a section or several of the same kind by their names."""
    kind = get_args(field.annotation)[1] if _is_named(field) else field.annotation
    return kind if isinstance(kind, type) and issubclass(kind, BaseModel) else None


def _is_named(field: FieldInfo) -> bool:
    return getattr(field.annotation, "__origin__", None) is dict


def _is_secret(name: str, field: FieldInfo | None) -> bool:
    return field is None or field.annotation is SecretStr or name == "database_url"


def _variable(path: Sequence[str]) -> str:
    return f"HUIHOU_{'__'.join(path).upper()}"


NAME = "NAME"
"""Stands, where settings are described, for a name that whoever installs the bot chooses."""


def described() -> Iterator[tuple[str, str, str]]:
    """Every setting as it is written in the environment, its default and what it is for; sections come last."""
    return ((_variable(path), _default(field.default), field.description or "") for path, field in _fields(Settings))


def _fields(model: type[BaseModel], *path: str) -> Iterator[tuple[list[str], FieldInfo]]:
    fields = model.model_fields.items()
    for name, field in fields:
        if _section(field) is None:
            yield [*path, name, NAME] if _is_named(field) else [*path, name], field
    for name, field in fields:
        section = _section(field)
        if section is not None:
            yield from _fields(section, *path, name, *([NAME] if _is_named(field) else []))


def given() -> set[str]:
    """The names of all variables of ours that are set, in the environment or in ``.env``."""
    names = {name.upper() for name in DotEnvSettingsSource(Settings).env_vars} | set(os.environ)
    return {name for name in names if name.startswith(PREFIX)}


def is_read(variable: str) -> bool:
    """Whether a variable of the environment is one of the settings, or names the file of one that is a secret."""
    if variable.endswith(SUFFIX) and is_secret(variable.removesuffix(SUFFIX)):
        return True
    return any(_matches(path, variable) for path, _ in _fields(Settings))


def is_secret(variable: str) -> bool:
    """Whether it is a setting of which nobody is to know."""
    return any(_holds_secret(path, field) and _matches(path, variable) for path, field in _fields(Settings))


def _holds_secret(path: Sequence[str], field: FieldInfo) -> bool:
    return _is_secret(path[-1], field) or SecretStr in get_args(field.annotation)


def _matches(path: Sequence[str], variable: str) -> bool:
    return re.fullmatch(re.escape(_variable(path)).replace(f"__{NAME}", r"__[\w-]+"), variable) is not None


def _default(value: object) -> str:
    if (value in ("", 0, {}) and not isinstance(value, bool)) or isinstance(value, SecretStr):
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)


def secrets(settings: BaseModel) -> Iterator[str]:
    """Every secret that is set, sections included."""
    for name in type(settings).model_fields:
        yield from _secret_in(getattr(settings, name))


def _secret_in(value: object) -> Iterator[str]:
    if isinstance(value, SecretStr):
        yield value.get_secret_value()
    elif isinstance(value, BaseModel):
        yield from secrets(value)
    elif isinstance(value, dict):
        for one in value.values():
            yield from _secret_in(one)
