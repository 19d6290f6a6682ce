"""How long the bot remembers what it needs only for a while; what these days are for stands in docs/privacy.md."""

from __future__ import annotations

from datetime import timedelta

from pydantic import BaseModel, Field


class KeepSettings(BaseModel):
    """Days. Below the least of each, something would be done twice that was done once."""

    asks_days: int = Field(7, ge=2, le=3650, description="Days for which an event that comes again is known.")
    sent_days: int = Field(30, ge=7, le=3650, description="Days for which what was sent is kept, and never sent again.")
    journal_days: int = Field(
        1095, ge=0, le=36500, description="Days for which the journal is kept, at least 90; 0: for ever."
    )

    @property
    def asks(self) -> timedelta:
        return timedelta(days=self.asks_days)

    @property
    def sent(self) -> timedelta:
        return timedelta(days=self.sent_days)

    @property
    def journal(self) -> timedelta | None:
        return timedelta(days=max(self.journal_days, SHORTEST_JOURNAL)) if self.journal_days else None


SHORTEST_JOURNAL = 90
"""What is asked of a journal at the end of a conference goes back that far."""
