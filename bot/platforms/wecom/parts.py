"""How far messages have come, and how much a place has been told, by whatever process: it is kept in the database.

WeCom drops in silence what reaches somebody too often, so it is told less than it would take. The lanes' pace holds
for messages; those of several parts are why parts are counted.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.insisting import insist
from bot.platforms import Outgoing
from bot.platforms.wecom.places import Place
from storage import wecom, wecom_parts
from storage.base import Database, Session

MINUTE_MS, HOUR_MS = 60_000, 3_600_000
IN_A_MINUTE, IN_AN_HOUR = 18, 900
"""WeCom lets 30 a minute and 1,000 an hour through to one person, and 20 a minute through one webhook."""
GOOD_FOR_MS = 72 * HOUR_MS
"""How long a card can be changed with its code."""


@dataclass(frozen=True)
class Told:
    """A part that was taken: WeCom's id of it, the card's, and the code with which that can be changed once."""

    msgid: str
    card: str = ""
    code: str = ""


@dataclass
class Parts:
    database: Database
    now: Callable[[], datetime]

    def begun(self, key: str) -> tuple[str, int]:
        """The id of a message of which something was said, and how many parts; "" and 0 for none."""
        with self.database.read() as db:
            return wecom_parts.begun(db, key)

    def keep(self, outgoing: Outgoing, place: Place, number: int, told: Told, *, said: str) -> None:
        """One more was taken; ``said`` is the id of the whole message. WeCom cannot be asked whether it was."""
        room, now = outgoing.room.id, self._ms()
        row = {"room_id": room, "place": str(place), "said": said, "msgid": told.msgid, "at_ms": now}

        def keep(db: Session) -> None:
            wecom_parts.keep(db, outgoing.key, number, **row)
            if told.card:
                wecom.keep_card(db, told.card, room_id=room, said=said, code=told.code, until_ms=now + GOOD_FOR_MS)

        insist(self.database, keep, may=outgoing.in_time)

    def wait(self, workspace_id: int, place: Place) -> float:
        """Seconds until something more may be said there; 0 for now.

        What several processes say there at this very moment is not counted yet: below the limits there is room for it.
        """
        now = self._ms()
        with self.database.read() as db:
            asked = {"since_ms": now - HOUR_MS, "most": IN_AN_HOUR}
            sent = wecom_parts.times(db, workspace_id, str(place), **asked)
        waits = [_left(sent, most, span, now) for most, span in ((IN_A_MINUTE, MINUTE_MS), (IN_AN_HOUR, HOUR_MS))]
        return max(waits) / 1000

    def _ms(self) -> int:
        return int(self.now().timestamp() * 1000)


def _left(sent: Sequence[int], most: int, span: int, now: int) -> int:
    """Milliseconds until fewer than ``most`` of these moments, the newest first, are within the span before."""
    return max(0, sent[most - 1] + span - now) if len(sent) >= most else 0
