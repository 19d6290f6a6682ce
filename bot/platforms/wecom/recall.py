"""What was said to one person through the app and no longer holds is taken back: WeCom lets that be for a day."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import structlog

from bot.platforms.wecom.client import Client
from bot.platforms.wecom.troubles import WAITS, Trouble
from storage import wecom, wecom_parts
from storage.base import Database

log = structlog.get_logger()

DAY_MS = 24 * 3_600_000


@dataclass
class Recall:
    database: Database
    now: Callable[[], datetime]

    def take_back(self, client: Client, room_id: int, said: str) -> bool:
        """Whether nothing of that message is left. Raises ``ConnectionError``, and ``Trouble`` where WeCom is busy.

        Nothing is taken back of what has been there for a day, or was not said through the app.
        """
        with self.database.read() as db:
            parts = wecom_parts.standing(db, room_id, said)
        since = int(self.now().timestamp() * 1000) - DAY_MS
        if not all(part.msgid and part.at_ms > since for part in parts):
            return False
        gone = [self._recall(client, part.key, part.number, part.msgid) for part in parts]
        if gone and all(gone):
            with self.database.write() as db:
                wecom.drop_cards(db, said)
        return bool(gone) and all(gone)

    def is_gone(self, room_id: int, said: str) -> bool:
        """Whether it was taken back, and nothing was said in its place since."""
        with self.database.read() as db:
            return wecom_parts.is_gone(db, room_id, said)

    def _recall(self, client: Client, key: str, number: int, msgid: str) -> bool:
        try:
            client.ask("message/recall", {"msgid": msgid})
        except Trouble as trouble:
            if trouble.code in WAITS:
                raise
            log.info("not recalled", key=key, error=str(trouble))
            return False
        with self.database.write() as db:
            wecom_parts.recall(db, key, number)
        return True
