"""What happened, one JSON line each, written by whoever saw it, whole or not at all."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.faults.beat import Beat

Event = dict[str, Any]


@dataclass
class History:
    """A file to which several processes add; one write is one line. ``at`` is seconds of the round's time."""

    file: Path
    beat: Beat
    handle: int = field(init=False)

    def __post_init__(self) -> None:
        self.handle = os.open(self.file, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)

    def add(self, what: str, **more: Any) -> float:
        """When that was."""
        at = self.beat.seconds()
        os.write(self.handle, (json.dumps({"at": at, "what": what, **more}) + "\n").encode())
        return at

    def close(self) -> None:
        os.close(self.handle)


def read(*files: Path) -> list[Event]:
    """In the order in which it happened."""
    lines = [json.loads(line) for file in files for line in file.read_text().splitlines()]
    return sorted(lines, key=lambda event: event["at"])
