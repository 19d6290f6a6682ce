"""The built-in checklist as the model knows it: what stands in its YAML, and what its due rules mean."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from pathlib import Path

import yaml

SOURCE = Path(__file__).parents[3] / "handlers" / "checklist" / "after_meeting.yaml"
CLOSE = time(18)


@dataclass(frozen=True)
class Item:
    title: str
    phase: int
    due: str
    role: str
    priority: str
    kind: str
    every: str
    until: str


def _items() -> list[Item]:
    found = []
    for number, phase in enumerate(yaml.safe_load(SOURCE.read_text(encoding="utf-8"))["phases"], 1):
        for one in phase["items"]:
            again, kind = one.get("repeats", {}), one.get("evidence", {}).get("kind", "none")
            more = (one.get("priority", "normal"), kind, again.get("every", ""), again.get("until", ""))
            found.append(Item(one["title"]["en"], number, one["due"], one["owner"], *more))
    return found


ITEMS = _items()


def due_of(rule: str, end: datetime) -> datetime:
    """``E+7 12:00``: so many days after the end, at that time, else at the close of the day."""
    days, _, at = rule.removeprefix("E+").partition(" ")
    return datetime.combine(end.date() + timedelta(days=int(days)), time.fromisoformat(at) if at else CLOSE, end.tzinfo)
