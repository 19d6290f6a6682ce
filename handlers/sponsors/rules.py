"""What becomes of a promise to a sponsor, what is still missing to show it, and who looks first. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum

from handlers.refused import Refused
from storage.sponsors import Benefit, BenefitState

PROMISED, DELIVERED, PARTLY, NOT, WAIVED = BenefitState

MOVES: Mapping[BenefitState, frozenset[BenefitState]] = {
    PROMISED: frozenset({PROMISED, DELIVERED, PARTLY, NOT, WAIVED}),
    DELIVERED: frozenset({PROMISED, DELIVERED, PARTLY, NOT}),
    PARTLY: frozenset({PROMISED, DELIVERED, PARTLY, NOT, WAIVED}),
    NOT: frozenset({PROMISED, DELIVERED, PARTLY, NOT, WAIVED}),
    WAIVED: frozenset({PROMISED, WAIVED}),
}
"""What may follow what. Nobody declines what they have had; what was declined is promised anew before anything."""

SHORT = frozenset({PARTLY, NOT})
GIVEN = frozenset({DELIVERED, PARTLY})

_WHERE, _WHY = {"where", "when", "method"}, {"explanation", "make_good"}
HOLDS: Mapping[BenefitState, frozenset[str]] = {
    PROMISED: frozenset(),
    DELIVERED: frozenset(_WHERE),
    PARTLY: frozenset(_WHERE | _WHY),
    NOT: frozenset(_WHY),
    WAIVED: frozenset({"explanation"}),
}
"""What there is to be said in each state; anything else is taken out when it is reached."""


@dataclass(frozen=True)
class Report:
    """What somebody says of a benefit: its state, how many, where, when, how counted; why it fell short, what instead.

    None is what nobody said.
    """

    state: BenefitState | None = None
    count: Decimal | None = None
    where: str | None = None
    when: str | None = None
    method: str | None = None
    explanation: str | None = None
    make_good: str | None = None

    def __bool__(self) -> bool:
        return any(value is not None for value in vars(self).values())


@dataclass(frozen=True)
class Standing:
    """How a benefit stands: the columns that tell it, each with a value that fits the others."""

    state: BenefitState
    delivered: Decimal | None = None
    where: str = ""
    when: str = ""
    method: str = ""
    explanation: str = ""
    make_good: str = ""


def standing(benefit: Benefit) -> Standing:
    """As it is kept."""
    return Standing(
        BenefitState(benefit.state),
        benefit.delivered,
        benefit.where,
        benefit.when,
        benefit.method,
        benefit.explanation,
        benefit.make_good,
    )


def reported(now: Standing, report: Report, *, promised: Decimal | None) -> Standing:
    """How it stands once that was said. Raises ``Refused`` for what cannot be."""
    state, delivered = _outcome(now, report, promised)
    if state not in MOVES[now.state]:
        raise Refused("sponsors/no_move", before=now.state, after=state)
    if any(getattr(report, name) for name in _WHY - HOLDS[state]):
        raise Refused("sponsors/nothing_short", state=state)
    said = {name: getattr(report, name) for name in _WHERE | _WHY if getattr(report, name) is not None}
    before = replace(now, explanation="") if state == WAIVED != now.state else now  # why it fell short is no reason
    return _holding(replace(before, **said), state, delivered)


def _holding(told: Standing, state: BenefitState, delivered: Decimal | None) -> Standing:
    return Standing(state, delivered, **{name: getattr(told, name) for name in HOLDS[state]})


def _outcome(now: Standing, report: Report, promised: Decimal | None) -> tuple[BenefitState, Decimal | None]:
    """The state that the numbers come to, whatever word was used, and how many were delivered.

    Where no quantity was promised a number alone does not say that it is all, so a part stays one.
    """
    stays = report.count is None or (report.count and promised is None and now.state == PARTLY)
    state = report.state or (now.state if stays else DELIVERED)
    if state in {PROMISED, WAIVED}:
        return state, None
    if state == NOT:
        return NOT, None if promised is None else Decimal(0)
    count = report.count
    if count is None:
        count = promised if state == DELIVERED and report.state else now.delivered
    if state == PARTLY:
        return _partly(count, promised, said=report.count is not None)
    return _delivered(count, promised)


def _partly(count: Decimal | None, promised: Decimal | None, *, said: bool) -> tuple[BenefitState, Decimal | None]:
    if promised is None:
        return PARTLY, count or None
    if count is None or (count >= promised and not said):
        raise Refused("sponsors/how_many", promised=promised)
    if count >= promised:
        raise Refused("sponsors/all_of_it", count=count, promised=promised)
    return (PARTLY, count) if count else (NOT, count)


def _delivered(count: Decimal | None, promised: Decimal | None) -> tuple[BenefitState, Decimal | None]:
    """Fewer than were promised are a part of it, and none at all nothing."""
    if count is None:
        return DELIVERED, None
    if not count:
        return NOT, None if promised is None else count
    return (PARTLY if promised is not None and count < promised else DELIVERED), count


def repromised(now: Standing, promised: Decimal | None) -> Standing:
    """How it stands once another quantity was promised: what was delivered may then be enough, or no longer."""
    if now.state not in GIVEN or now.delivered is None:
        return now
    return _holding(now, *_delivered(now.delivered, promised))


class Gap(StrEnum):
    """What is missing before a sponsor can be told. PROOF: of what was delivered. EXPLANATION: of what was not.

    OPEN: nobody has said what came of it.
    """

    PROOF = "proof"
    EXPLANATION = "explanation"
    OPEN = "open"


def gaps(benefit: Benefit, *, files: int) -> tuple[Gap, ...]:
    """The most urgent first: proof is lost soonest. ``files``: how many prove it."""
    if benefit.state == PROMISED:
        return (Gap.OPEN,)
    found = []
    if benefit.state in GIVEN and not (files or benefit.link):
        found.append(Gap.PROOF)
    if benefit.state in SHORT and not benefit.explanation:
        found.append(Gap.EXPLANATION)
    return tuple(found)


@dataclass(frozen=True)
class Tally:
    """How the benefits of one sponsor, or of all, stand."""

    total: int = 0
    delivered: int = 0
    short: int = 0
    waived: int = 0
    open: int = 0
    no_proof: int = 0
    no_explanation: int = 0

    @property
    def gaps(self) -> int:
        return self.no_proof + self.no_explanation + self.open


def tally(benefits: Iterable[Benefit], files: Mapping[int, Sequence[object]]) -> Tally:
    """``files`` are those that prove each benefit, by its id."""
    rows = list(benefits)
    missing = [gap for row in rows for gap in gaps(row, files=len(files.get(row.id, ())))]
    return Tally(
        len(rows),
        sum(row.state == DELIVERED for row in rows),
        sum(row.state in SHORT for row in rows),
        sum(row.state == WAIVED for row in rows),
        missing.count(Gap.OPEN),
        missing.count(Gap.PROOF),
        missing.count(Gap.EXPLANATION),
    )


def urgency(found: Tally) -> tuple[int, int, int]:
    """To sort by: who has most proof to collect first, then who has most to explain."""
    return -found.no_proof, -found.no_explanation, -found.open
