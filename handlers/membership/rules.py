"""Which move of a case follows which, what each needs, and when its owner is reminded. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal

from handlers.refused import Refused
from handlers.workdays import Calendar
from storage.membership import Case, Stage

MOVES: Mapping[Stage, tuple[Stage, ...]] = {
    Stage.APPLIED: (Stage.CHECKED, Stage.CLOSED),
    Stage.CHECKED: (Stage.APPROVED, Stage.CLOSED),
    Stage.APPROVED: (Stage.PAID, Stage.CLOSED),
    Stage.PAID: (Stage.RECEIPTED, Stage.CLOSED),
    Stage.RECEIPTED: (Stage.REGISTERED, Stage.CLOSED),
    Stage.REGISTERED: (),
    Stage.CLOSED: (Stage.APPLIED,),
}
"""Every move that is allowed, the next along the way first."""
ENDED = frozenset({Stage.REGISTERED, Stage.CLOSED})
DAYS = {Stage.CHECKED: 2, Stage.APPROVED: 5, Stage.PAID: 10, Stage.RECEIPTED: 3, Stage.REGISTERED: 3}
"""Working days that a step usually takes, by the stage to which it leads."""
MOST_FEE = Decimal(10_000_000)
WEEK = timedelta(days=7)
LATE = (0, 1, 3)
"""Working days after the due date on which the owner is reminded; from then on it is once a week."""
_FEE = re.compile(r"(?:[¥￥$€£]|rmb|cny)?\s*(\d{1,9}(?:\.\d{1,2})?)\s*(?:元|块|yuan|rmb|cny|[¥￥$€£])?", re.IGNORECASE)


def following(stage: Stage) -> Stage | None:
    """The next along the way; None at its end."""
    return None if stage in ENDED else MOVES[stage][0]


def move(case: Case, to: Stage) -> None:
    """Raises ``Refused`` for a move that is not allowed."""
    if to not in MOVES[case.stage]:
        raise Refused("membership/no_move", case=case, to=to, next=following(case.stage))
    case.stage = to


def fee(text: str) -> Decimal:
    """An amount as people write it: ``500``, ``¥1,000.00``, 500元. Raises ``Refused`` for anything else."""
    found = _FEE.fullmatch(text.replace(",", "").replace("，", "").strip())
    amount = Decimal(found[1]) if found else None
    if amount is None or amount > MOST_FEE:
        raise Refused("membership/fee", text=text)
    return amount


def due_day(stage: Stage, today: date, calendar: Calendar) -> date | None:
    """When the step that follows is to be taken; None where none follows."""
    to = following(stage)
    return calendar.shift(today, DAYS[to]) if to else None


def next_day(due: date, last: date | None, calendar: Calendar) -> date:
    """The day of the next reminder: the due date, the first and third working day after it, and then weekly.

    ``last`` is the day of the one before.
    """
    days = [calendar.shift(due, after) for after in LATE]
    if last is None:
        return days[0]
    return next((day for day in days if day > last), None) or calendar.shift(last + WEEK, 0)
