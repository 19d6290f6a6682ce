"""What becomes of a promise, for every order in which people may tell it."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.refused import Refused
from handlers.sponsors.rules import (
    GIVEN,
    HOLDS,
    MOVES,
    SHORT,
    Gap,
    Report,
    Standing,
    gaps,
    reported,
    repromised,
    standing,
    tally,
    urgency,
)
from storage.sponsors import Benefit, BenefitState

counts = st.none() | st.decimals(0, 50, places=1)
promises = st.none() | st.decimals("0.5", 50, places=1)
words = st.none() | st.sampled_from(["", "in the hall", "rain"])
reports = st.builds(
    Report,
    state=st.none() | st.sampled_from(list(BenefitState)),
    count=counts,
    where=words,
    when=words,
    method=words,
    explanation=words,
    make_good=words,
)


def fits(now: Standing, promised: Decimal | None) -> None:
    """Every column agrees with the state."""
    state, delivered = now.state, now.delivered
    said = {name for name in ("where", "when", "method", "explanation", "make_good") if getattr(now, name)}
    assert said <= HOLDS[state]
    if state in {BenefitState.PROMISED, BenefitState.WAIVED}:
        assert delivered is None
    elif state == BenefitState.NOT_DELIVERED:
        assert not delivered
    elif delivered is not None:
        assert delivered > 0
        if promised is not None:
            assert (state == BenefitState.DELIVERED) == (delivered >= promised)


@given(st.lists(reports, max_size=6), promises)
def test_whatever_is_told_fits_together(told: list[Report], promised: Decimal | None) -> None:
    now = Standing(BenefitState.PROMISED)
    for report in told:
        before = now
        try:
            now = reported(now, report, promised=promised)
        except Refused:
            continue
        fits(now, promised)
        assert now.state in MOVES[before.state]


@given(st.lists(reports, max_size=3), reports, promises)
def test_told_twice_is_told_once(told: list[Report], again: Report, promised: Decimal | None) -> None:
    now = Standing(BenefitState.PROMISED)
    for report in [*told, again]:
        try:
            now = reported(now, report, promised=promised)
        except Refused:
            continue
    try:
        once = reported(now, again, promised=promised)
    except Refused:
        return
    assert reported(once, again, promised=promised) == once


@given(st.lists(reports, max_size=3), promises, promises)
def test_another_promise_is_measured_anew(told: list[Report], first: Decimal | None, then: Decimal | None) -> None:
    now = Standing(BenefitState.PROMISED)
    for report in told:
        try:
            now = reported(now, report, promised=first)
        except Refused:
            continue
    after = repromised(now, then)
    fits(after, then)
    assert after.state == now.state or {after.state, now.state} <= GIVEN


@given(st.sampled_from(list(BenefitState)), st.booleans(), st.booleans())
def test_nothing_short_or_unproven_passes_for_settled(state: BenefitState, proven: bool, explained: bool) -> None:  # noqa: FBT001
    row = Benefit(number=1, text="x", state=state, link="https://x" if proven else "", explanation="x" * explained)
    missing = gaps(row, files=0)
    assert (Gap.OPEN in missing) == (state == BenefitState.PROMISED)
    assert (Gap.PROOF in missing) == (state in GIVEN and not proven)
    assert (Gap.EXPLANATION in missing) == (state in SHORT and not explained)


def benefit(**columns: object) -> Benefit:
    plain = {"state": BenefitState.PROMISED, "where": "", "when": "", "method": "", "explanation": "", "make_good": ""}
    return Benefit(**{**plain, "link": "", **columns})


@pytest.mark.parametrize(
    ("report", "promised", "state", "delivered"),
    [
        (Report(BenefitState.DELIVERED), "2", BenefitState.DELIVERED, "2"),
        (Report(BenefitState.DELIVERED, Decimal(3)), "2", BenefitState.DELIVERED, "3"),
        (Report(BenefitState.DELIVERED, Decimal(1)), "2", BenefitState.PARTLY, "1"),
        (Report(BenefitState.DELIVERED, Decimal(0)), "2", BenefitState.NOT_DELIVERED, "0"),
        (Report(count=Decimal(2)), "2", BenefitState.DELIVERED, "2"),
        (Report(BenefitState.PARTLY, Decimal("1.5")), "2", BenefitState.PARTLY, "1.5"),
        (Report(BenefitState.PARTLY), None, BenefitState.PARTLY, None),
        (Report(BenefitState.NOT_DELIVERED, explanation="rain"), "2", BenefitState.NOT_DELIVERED, "0"),
        (Report(BenefitState.WAIVED), "2", BenefitState.WAIVED, None),
    ],
)
def test_outcomes(report: Report, promised: str | None, state: BenefitState, delivered: str | None) -> None:
    now = reported(standing(benefit()), report, promised=Decimal(promised) if promised else None)
    assert (now.state, now.delivered) == (state, Decimal(delivered) if delivered is not None else None)


@pytest.mark.parametrize(
    ("before", "report", "refusal"),
    [
        (BenefitState.PROMISED, Report(BenefitState.PARTLY), "how_many"),
        (BenefitState.PROMISED, Report(BenefitState.PARTLY, Decimal(2)), "all_of_it"),
        (BenefitState.PROMISED, Report(explanation="rain"), "nothing_short"),
        (BenefitState.DELIVERED, Report(make_good="a post"), "nothing_short"),
        (BenefitState.DELIVERED, Report(BenefitState.WAIVED), "no_move"),
        (BenefitState.WAIVED, Report(BenefitState.DELIVERED), "no_move"),
        (BenefitState.WAIVED, Report(count=Decimal(1)), "no_move"),
    ],
)
def test_what_cannot_be(before: BenefitState, report: Report, refusal: str) -> None:
    delivered = Decimal(2) if before == BenefitState.DELIVERED else None
    with pytest.raises(Refused) as caught:
        reported(Standing(before, delivered), report, promised=Decimal(2))
    assert caught.value.name == f"sponsors/{refusal}"


def test_whoever_lacks_proof_comes_first() -> None:
    unproven = tally([benefit(state=BenefitState.DELIVERED)], {})
    unexplained = tally([benefit(state=BenefitState.NOT_DELIVERED), benefit(state=BenefitState.NOT_DELIVERED)], {})
    untold = tally([benefit()] * 3, {})
    fine = tally([benefit(id=7, state=BenefitState.DELIVERED)], {7: ["a photo"]})
    assert sorted([fine, untold, unexplained, unproven], key=urgency) == [unproven, unexplained, untold, fine]
