"""One time for every process of a rehearsal: it passes as it does, and leaps ahead when nobody is at work."""

from __future__ import annotations

import mmap
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path

from tests.faults.beat import Beat


@dataclass(frozen=True)
class Strides(Beat):
    """``file`` holds by how many nanoseconds it has leapt; every process has it in its memory."""

    file: Path = Path()

    def __post_init__(self) -> None:
        if not self.file.exists():
            self.file.write_bytes(bytes(8))

    @property
    def real(self) -> bool:
        return False

    def seconds(self) -> float:
        return super().seconds() + _leapt(self.file)[0] / 1e9

    def leap(self, to: datetime) -> None:
        """Everybody is there from now on; never back."""
        _leapt(self.file)[0] += max(0, int((to - self.now()).total_seconds() * 1e9))


@cache
def _leapt(file: Path) -> memoryview:
    with file.open("r+b") as stream:
        return memoryview(mmap.mmap(stream.fileno(), 8)).cast("q")
