"""One settings model, read from the environment (``HUIHOU_…``) and an optional ``.env`` file."""

from __future__ import annotations

from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import BaseModel, Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict


class WebSettings(BaseModel):
    """The browser chat. Without ``secret`` it is off; beyond loopback it serves people with a password only."""

    host: str = Field("127.0.0.1", description="Address to listen on.")
    port: int = Field(8080, ge=0, le=65535, description="Port to listen on; 0 takes a free one.")
    secret: SecretStr = Field(
        SecretStr(""), description="Signs cookies, at least 32 characters. Empty: the chat is off."
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
    zone: str = Field("Asia/Shanghai", description="Time zone of a new workspace (IANA name).")
    largest_file_mb: int = Field(500, ge=1, le=10_000, description="Largest file that is taken, in megabytes.")
    tick_seconds: int = Field(20, ge=1, le=600, description="How often the bot looks for what is due.")
    demo: bool = Field(default=False, description="Act as anybody, move the clock. Loopback only; never for real work.")
    web: WebSettings = WebSettings()

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
