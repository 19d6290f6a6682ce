"""Whoever is told how the bot does: of every answer, of every attempt to keep a promise, of every tick."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from bot.ask import Ask
    from bot.delivery import Outcome
    from messages import Message
    from storage.lanes import Claimed


class Watcher(Protocol):
    """Each is told once it is over, and how many seconds it took. What is told must not raise."""

    def answered(self, ask: Ask, answer: Message, seconds: float) -> None: ...

    def attempted(self, claimed: Claimed, outcome: Outcome, seconds: float) -> None: ...

    def ticked(self, seconds: float) -> None: ...


def outcome(answer: Message) -> str:
    """``ok``, ``refused``: the person asked for what cannot be; ``failed``: the fault is ours."""
    if not answer.refused:
        return "ok"
    return "failed" if answer.name in {"common/refusals/broken", "common/refusals/busy"} else "refused"


def each(told: Sequence[Callable[..., None]]) -> Callable[..., None]:
    """All of them, one after the other."""

    def tell(*facts: Any) -> None:
        for one in told:
            one(*facts)

    return tell
