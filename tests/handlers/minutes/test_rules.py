"""Votes add up or are refused; what they come to follows from them alone."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.minutes.rules import Votes, carried, checked, number, settled
from handlers.refused import Refused
from storage.minutes import Majority

counts = st.integers(0, 500)


@given(counts, counts, counts)
def test_votes_that_add_up_stand_as_they_are(for_: int, against: int, abstained: int) -> None:
    votes = Votes(for_ + against + abstained, for_, against, abstained)
    assert checked(votes) == votes
    assert checked(Votes(None, for_, against, abstained)) == votes


@given(counts, counts, counts, st.integers(-500, 500).filter(bool))
def test_votes_that_do_not_add_up_are_refused_with_their_sum(for_: int, against: int, abstained: int, off: int) -> None:
    total = for_ + against + abstained
    with pytest.raises(Refused) as caught:
        checked(Votes(max(0, total + off) if total + off >= 0 else total + 1, for_, against, abstained))
    assert caught.value.name == "minutes/sum"
    assert caught.value.facts["total"] == total


@given(counts, counts, counts)
def test_two_thirds_are_never_less_than_half(for_: int, against: int, abstained: int) -> None:
    votes = Votes(for_ + against + abstained, for_, against, abstained)
    assert carried(votes, Majority.SIMPLE) or not carried(votes, Majority.TWO_THIRDS)


@pytest.mark.parametrize(
    ("for_", "present", "half", "two_thirds"),
    [(0, 0, False, False), (20, 40, False, False), (21, 40, True, False), (26, 40, True, False), (27, 40, True, True)],
)
def test_the_edges_of_majorities(*, for_: int, present: int, half: bool, two_thirds: bool) -> None:
    votes = Votes(present, for_, present - for_, 0)
    assert (carried(votes, Majority.SIMPLE), carried(votes, Majority.TWO_THIRDS)) == (half, two_thirds)


@given(counts, st.integers(1, 500))
def test_without_a_quorum_nothing_is_carried(present: int, short: int) -> None:
    assert not carried(Votes(present, present, 0, 0, quorum=present + short), Majority.SIMPLE)


def test_by_acclamation() -> None:
    assert checked(Votes()) == Votes()
    assert carried(Votes(), Majority.TWO_THIRDS)
    assert not carried(Votes(quorum=30), Majority.SIMPLE), "nobody said how many were there"


def test_another_outcome_needs_a_reason() -> None:
    assert settled(found=True, said=None, reason="") == (True, "")
    assert settled(found=True, said=True, reason="for nothing") == (True, "")
    assert settled(found=False, said=True, reason="the chair decides") == (True, "the chair decides")
    with pytest.raises(Refused):
        settled(found=False, said=True, reason="")


@pytest.mark.parametrize(("text", "count"), [("45", 45), ("45人", 45), (" 3 票", 3), ("", None)])
def test_numbers_of_people(text: str, count: int | None) -> None:
    assert number({"present": text}, "present") == count


@pytest.mark.parametrize("text", ["all", "-3", "4.5", "99999999", "四十"])
def test_what_is_no_number_of_people(text: str) -> None:
    with pytest.raises(Refused):
        number({"present": text}, "present")
