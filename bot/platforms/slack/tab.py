"""The Home tab: published when somebody opens it, and again after what they themselves changed."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from typing import Any

import structlog

from bot.ask import Ask
from bot.platforms.slack import troubles
from bot.platforms.slack.desk import Desk, Stage
from bot.platforms.slack.home import Home, home
from bot.platforms.slack.receive import Heard
from messages import Message

log = structlog.get_logger()


@dataclass
class Tab:
    """``open`` are those who have looked at it since this process began; nobody else's is published."""

    desk: Desk
    open: set[tuple[str, str]] = field(default_factory=set)

    def opened(self, stage: Stage, user: str, mark: str) -> None:
        self.open.add((stage.key, user))
        self.publish(stage, user, mark)

    def after(self, stage: Stage, user: str, message: Message | None) -> None:
        """What can be undone has changed something; the person's own tab follows, while they go on."""
        changed = message is not None and any(one.line.startswith("undo") for one in message.buttons)
        if changed and (stage.key, user) in self.open:
            self.desk.pool.submit(self.publish, stage, user, secrets.token_hex(8))

    def publish(self, stage: Stage, user: str, mark: str) -> None:
        """Failing is no harm: the next opening publishes it again."""
        view = self._drawn(stage, user, mark)
        if view is None:
            return
        try:
            self.desk.slack.tokens.client(stage.key).views_publish(user_id=user, view=view)
        except troubles.UNASKED as error:
            log.warning("home not published", error=type(error).__name__)

    def _drawn(self, stage: Stage, user: str, mark: str) -> dict[str, Any] | None:
        """Two questions as that person, in their own conversation; they change nothing, so the journal has none."""
        ask = self.desk.ask(stage, Heard(user, "list mine", f"home:{mark}:mine"), deferred=False)
        if ask is None:
            return None
        mine = self.desk.dispatch.answer(ask)
        progress = None if mine.refused else self.desk.dispatch.answer(_next(ask, "status", f"home:{mark}:status"))
        return home(Home(mine, progress))


def _next(ask: Ask, line: str, event_id: str) -> Ask:
    return Ask(ask.platform, ask.account, ask.room, line, event_id, ask.workspace, direct=ask.direct, name=ask.name)
