"""When somebody is told of what is missing: a function of the end, what was said and the calendar. Pure."""

from __future__ import annotations

from datetime import date, timedelta

from handlers.hours import DAY
from handlers.workdays import Calendar

WEEK = timedelta(days=7)
EVERY = 2
"""Working days between two messages in the first week after the end."""


def next_day(end: date, last: date | None, calendar: Calendar) -> date:
    """From E+1 on, every second working day until E+7, then weekly; ``last`` is the day of the message before."""
    if last is None:
        return calendar.shift(end + DAY, 0)
    soon = calendar.shift(last, EVERY)
    return soon if soon <= end + WEEK else calendar.shift(last + WEEK, 0)
