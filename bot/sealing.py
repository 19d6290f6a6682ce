"""Encrypts what must not stand in the database in plain text; the keys come from the settings, the newest first."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

EMPTY = ""
"""Nothing, sealed, is nothing."""


class Unreadable(Exception):  # noqa: N818  a fact about the keys
    """None of the keys opens it, or it was sealed for something else."""


class Sealing:
    """``purpose`` is sealed in: what was written for one team does not open as another's."""

    def __init__(self, keys: Sequence[str]) -> None:
        self.fernet = MultiFernet([Fernet(key) for key in keys])

    def seal(self, secret: str, purpose: str, *, at: datetime) -> str:
        if not secret:
            return EMPTY
        return self.fernet.encrypt_at_time(f"{purpose}\n{secret}".encode(), int(at.timestamp())).decode()

    def open(self, sealed: str, purpose: str) -> str:
        return self._opened(sealed, purpose, None, None) if sealed else EMPTY

    def open_in_time(self, sealed: str, purpose: str, *, seconds: int, at: datetime) -> str:
        """The same, of something that is not older than that."""
        return self._opened(sealed, purpose, seconds, at)

    def _opened(self, sealed: str, purpose: str, seconds: int | None, at: datetime | None) -> str:
        try:
            if seconds is None or at is None:
                found = self.fernet.decrypt(sealed)
            else:
                found = self.fernet.decrypt_at_time(sealed, seconds, int(at.timestamp()))
        except (InvalidToken, ValueError):
            raise Unreadable(purpose) from None
        written, _, secret = found.decode().partition("\n")
        if written != purpose:
            raise Unreadable(purpose)
        return secret
