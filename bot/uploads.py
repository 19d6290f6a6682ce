"""A file on its way out: the line may be slow, but must not stand still, nor take for ever."""

from __future__ import annotations

import time
from io import BytesIO

SLOWEST = 125_000
"""Bytes a second: a line of 1 Mbit/s."""
AT_LEAST = 60.0
"""Seconds that even the smallest file has."""


def seconds(size: int) -> float:
    """How long so many bytes may take as a whole."""
    return AT_LEAST + size / SLOWEST


class Body(BytesIO):
    """A body that is read piece by piece as it leaves, so that a time-out holds for each piece and not for them all.

    Reading it raises ``TimeoutError`` once the whole has taken too long.
    """

    def __init__(self, content: bytes) -> None:
        super().__init__(content)
        self.until = time.monotonic() + seconds(len(content))

    def read(self, size: int | None = -1, /) -> bytes:
        if time.monotonic() > self.until:
            raise TimeoutError("too slow a line")
        return super().read(size)
