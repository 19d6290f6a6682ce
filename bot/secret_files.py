"""Secrets from files, as containers are given them: ``HUIHOU_…_FILE`` names the file in which a secret stands."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType

from pydantic_settings import BaseSettings, EnvSettingsSource

SUFFIX = "_FILE"
PREFIX = "HUIHOU_"


class Unread(Exception):  # noqa: N818  a fact about the environment, which the caller words
    """The file that ``name`` names cannot be read, or, without a ``path``, the secret is set directly as well."""

    def __init__(self, name: str, path: str = "", reason: str = "") -> None:
        super().__init__(name)
        self.name, self.path, self.reason = name, path, reason


class FromFiles(EnvSettingsSource):
    """``is_secret`` tells of a variable whether it is one that may stand in a file. Raises ``Unread``.

    ``beside`` are variables that do not stand in the environment but in ``.env``.
    """

    def __init__(
        self,
        settings: type[BaseSettings],
        is_secret: Callable[[str], bool],
        beside: Mapping[str, str | None] = MappingProxyType({}),
    ) -> None:
        self.is_secret, self.beside = is_secret, beside
        super().__init__(settings)

    def _load_env_vars(self) -> Mapping[str, str | None]:
        named = {name.upper(): path for name, path in {**self.beside, **os.environ}.items() if path}
        return {
            name.removesuffix(SUFFIX).lower(): _content(name, path, named)
            for name, path in named.items()
            if name.startswith(PREFIX) and name.endswith(SUFFIX) and self.is_secret(name.removesuffix(SUFFIX))
        }


def _content(name: str, path: str, environment: Mapping[str, str]) -> str:
    """Without the end of the line that editors put there."""
    if name.removesuffix(SUFFIX) in environment:
        raise Unread(name)
    try:
        return Path(path).read_text(encoding="utf-8").rstrip("\r\n")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "UTF-8"
        raise Unread(name, path, str(reason)) from None
