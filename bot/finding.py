"""What ``huihou doctor`` has found: one thing that is well, doubtful, or keeps Huihou from working."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

Level = Literal["ok", "warn", "fail"]


@dataclass(frozen=True)
class Finding:
    """``name`` is also the block of messages/cli/doctor that words it."""

    name: str
    level: Level
    facts: dict[str, Any] = field(default_factory=dict)
