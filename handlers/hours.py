"""A room's clock: when it may be spoken to. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from handlers.dates.clock import moment

DAY = timedelta(days=1)


@dataclass(frozen=True)
class Hours:
    """A room's clock: its slots and its quiet hours, which may pass midnight; equal ends mean none. Moments are UTC."""

    zone: tzinfo
    morning: time
    afternoon: time | None
    quiet_from: time
    quiet_to: time

    def day(self, at: datetime) -> date:
        return at.astimezone(self.zone).date()

    def slot(self, day: date, at: time) -> datetime:
        """A wall time that summer time skips moves forward; of one that happens twice the first counts."""
        return moment(day, at, self.zone).astimezone(UTC)

    def dawn(self, day: date) -> datetime:
        return self.slot(day, self.morning)

    def opening(self, at: datetime) -> datetime:
        """``at``, or that day's morning slot if it is still to come: what waits goes out together."""
        return max(at, self.dawn(self.day(at)))

    def quiet_until(self, at: datetime) -> datetime | None:
        """The end of the quiet hours that hold at ``at``; None outside of them."""
        local = at.astimezone(self.zone)
        wall, begin, end = local.time(), self.quiet_from, self.quiet_to
        if not (begin <= wall < end if begin <= end else wall >= begin or wall < end):
            return None
        if wall < end:
            return local.replace(hour=end.hour, minute=end.minute, second=0, microsecond=0).astimezone(UTC)
        return self.slot(local.date() + DAY, end)
