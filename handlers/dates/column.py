"""What stands first in a column's dates such as 6/11, day or month: as somebody says, else as is likelier. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

from handlers.dates.printed import day_in, days_first, either_way
from handlers.refused import Refused

DATES = "dates"
"""Where a command names columns: whether days or months stand first in 6/11."""
CALLED = ("日期写法", "dates are")
"""What else people call that."""
DAY, MONTH = "day", "month"
_WORDS: Mapping[str, str] = MappingProxyType(
    {
        **dict.fromkeys((DAY, "day first", "日", "日在前"), DAY),
        **dict.fromkeys((MONTH, "month first", "月", "月在前"), MONTH),
    }
)
YEAR = 366


@dataclass(frozen=True)
class Order:
    """Whether days stand before months in cells such as 6/11; else read from the column.

    ``said``: "day" or "month", as somebody says of this list; ``kept`` as they said of one before. ``cell`` is the
    first that may be two days, "" where none may be, and ``day`` what it is read as.
    """

    day_first: bool = False
    said: str = ""
    kept: str = ""
    cell: str = ""
    day: date | None = None

    @property
    def line(self) -> str:
        """What somebody says of it, as a command says it; else empty."""
        return f"{DATES}={self.said}" if self.said else ""

    @property
    def turned(self) -> str:
        """How a command says the other way round."""
        return f"{DATES}={MONTH if self.day_first else DAY}"

    @property
    def how(self) -> str:
        """What is to be remembered of it."""
        return self.said or self.kept


def stands_first(told: str) -> str:
    """DAY or MONTH, as was said; "" for nothing. Raises ``Refused``."""
    if told and told.casefold() not in _WORDS:
        raise Refused("dates/which_order", text=f"{DATES}={told}")
    return _WORDS[told.casefold()] if told else ""


def order_of(
    cells: Sequence[str],
    days: tuple[date, date],
    *,
    said: str = "",
    kept: str = "",
    unlikely: Callable[[date], int] | None = None,
) -> Order:
    """As somebody ``said``, else as other cells tell, else as was said before (``kept``), else as is likelier.

    ``days`` are the meeting's first and last, to which dates without a year are near; ``unlikely`` gives how unlikely
    a date is, by itself how far from the meeting. Where both ways are as likely, the month stands first.
    """
    doubtful = [cell for cell in cells if either_way(cell)]
    tells = days_first(cells)
    kept = kept if tells is None else ""
    first = (said or kept) == DAY if said or kept else tells
    if first is None and doubtful:
        judge = unlikely or (lambda day: abs((day - days[0]).days))
        first = _cost(doubtful, days, judge, day_first=True) < _cost(doubtful, days, judge, day_first=False)
    cell = doubtful[0] if doubtful else ""
    day = day_in(cell, *days, alone=True, day_first=bool(first)) if cell else None
    return Order(bool(first), said, kept, cell, day)


def _cost(cells: Sequence[str], days: tuple[date, date], judge: Callable[[date], int], *, day_first: bool) -> int:
    """Of all of them; what is no day that way costs a year."""
    read = (day_in(cell, *days, alone=True, day_first=day_first) for cell in cells)
    return sum(judge(day) if day else YEAR for day in read)
