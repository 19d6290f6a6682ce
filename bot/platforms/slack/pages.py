"""What takes more than one message at Slack, files among them: any process knows which pages are said."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from storage import outbox, slack_pages
from storage.base import Database


@dataclass(frozen=True)
class Pages:
    """Of a message of one page and no file nothing is kept: its promise knows its timestamp."""

    database: Database
    now: Callable[[], datetime]

    def said(self, room_id: int, key: str) -> dict[int, str]:
        """Timestamps by number."""
        with self.database.read() as db:
            return slack_pages.of_key(db, room_id, key)

    def keep(self, room_id: int, key: str, said: Mapping[int, str]) -> None:
        with self.database.write() as db:
            known = slack_pages.of_key(db, room_id, key)
            for number, ts in said.items():
                if number not in known:
                    slack_pages.keep(db, room_id, ts, key=key, number=number, at_ms=self._ms())

    def drop(self, room_id: int, ts: str) -> None:
        with self.database.write() as db:
            slack_pages.remove(db, room_id, ts)

    def beginning_with(self, room_id: int, first: str) -> tuple[str, dict[int, str]]:
        """The key of the message whose first page this is, and all its pages."""
        with self.database.read() as db:
            key = slack_pages.key_of(db, room_id, first)
            if key is not None:
                return key, slack_pages.of_key(db, room_id, key)
            return outbox.key_of(db, room_id, first) or first, {1: first}

    def _ms(self) -> int:
        return int(self.now().timestamp() * 1000)
