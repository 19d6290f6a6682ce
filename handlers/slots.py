"""When a reminder may be said: in a room's slot, on a day that is worked, to nobody on leave. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from handlers.hours import DAY, Hours
from handlers.workdays import Calendar

LONGEST = 400  # days looked ahead; a bound for leave without end

Away = Sequence[tuple[date, date]]


def slot(day: date, hours: Hours, *, away: Away, calendar: Calendar, since: datetime) -> datetime | None:
    """The room's first slot from that day and that moment on, on a day that is worked and not one of leave.

    A slot in the quiet hours waits for their end. None where there is none within a year.
    """
    day = max(day, hours.day(since))
    for _ in range(LONGEST):
        if calendar.worked(day) and not any(first <= day <= last for first, last in away):
            found = next((at for at in _slots(day, hours) if at >= since and hours.day(at) == day), None)
            if found is not None:
                return found
        day += DAY
    return None


def _slots(day: date, hours: Hours) -> list[datetime]:
    times = [hours.dawn(day), *([hours.slot(day, hours.afternoon)] if hours.afternoon else [])]
    return [hours.quiet_until(at) or at for at in times]


def clear(at: datetime, hours: Hours, *, away: Away, calendar: Calendar) -> bool:
    """Whether a message that comes late may still be said at this moment."""
    day = hours.day(at)
    off = any(first <= day <= last for first, last in away)
    return calendar.worked(day) and not off and hours.quiet_until(at) is None
