"""Whoever is told how the bot does: of every answer, of every attempt to keep a promise, of every tick."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Protocol

from pydantic import BaseModel, Field, SecretStr, field_validator

from bot.sections import address

if TYPE_CHECKING:
    from bot.ask import Ask
    from bot.delivery import Outcome
    from messages import Message
    from storage.lanes import Claimed

COLLECTOR = re.compile(r"https?://[^/?#\s]+(/[^?#\s]*)?")
"""Of a service that is told figures and no secrets, often in a network of one's own."""


class TelemetrySettings(BaseModel):
    """Services of the operator's that are told how the bot does. Nobody's words are told to either."""

    otlp: str = Field(
        "", description="Address to which OpenTelemetry's traces go over HTTP, such as http://127.0.0.1:4318/v1/traces."
    )
    sentry_dsn: SecretStr = Field(SecretStr(""), description="DSN of a Sentry that is told of the bot's own faults.")

    @field_validator("otlp")
    @classmethod
    def _address(cls, url: str) -> str:
        return address(url, COLLECTOR)


OURS = frozenset(f"common/refusals/{block}" for block in ("broken", "full", "locked", "away"))
"""Refusals for which nobody is to blame who asked; each stands in the log by the reference that they name."""


class Watcher(Protocol):
    """Each is told once it is over, and how many seconds it took. What is told must not raise."""

    def answered(self, ask: Ask, answer: Message, seconds: float) -> None: ...

    def attempted(self, claimed: Claimed, outcome: Outcome, seconds: float) -> None: ...

    def ticked(self, seconds: float) -> None: ...


def outcome(answer: Message) -> str:
    """``ok``, ``refused``: the person asked for what cannot be; ``failed``: the fault is ours."""
    if not answer.refused:
        return "ok"
    return "failed" if answer.name in OURS else "refused"


def each(told: Sequence[Callable[..., None]]) -> Callable[..., None]:
    """All of them, one after the other."""

    def tell(*facts: Any) -> None:
        for one in told:
            one(*facts)

    return tell
