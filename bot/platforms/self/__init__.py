"""The bot's promises to itself: a command line to run later, as the person who asked for it.

Such a command must be idempotent: it may be run again if the process dies between running and marking it;
its event id is the promise's key, so that a run that was committed is not repeated.
"""

from __future__ import annotations

import json
from dataclasses import dataclass

from bot.ask import Ask
from bot.dispatch import Dispatch
from bot.platforms import Outgoing


@dataclass
class Oneself:
    dispatch: Dispatch
    name: str = "self"
    pace_ms: int = 0

    def send(self, outgoing: Outgoing) -> str:
        """Runs the command; its answer is promised to the room in the same transaction.

        Raises what kept it from being answered: delivery comes again. ``Unknown`` where another release that is at
        work may know the command.
        """
        promised = json.loads(outgoing.message.body)
        room = outgoing.room
        ask = Ask(
            platform=room.platform,
            account="",
            room=room.external,
            line=promised["line"],
            event_id=f"self:{outgoing.key}",
            workspace=promised["workspace"],
            promised_by=promised["person"],
        )
        self.dispatch.carry_out(ask)
        self.dispatch.after()
        return outgoing.key

    def find(self, outgoing: Outgoing) -> str | None:  # noqa: ARG002  the inbox knows, under the same key
        return None
