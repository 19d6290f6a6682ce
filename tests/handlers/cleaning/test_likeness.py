"""Nobody is merged by a name alone, and nobody who shares something is missed."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.cleaning.likeness import (
    MOST_ALIKE,
    Body,
    Human,
    Pair,
    Why,
    judge_people,
    judge_units,
    people_alike,
    units_alike,
)

HUMANS = st.builds(
    Human,
    id=st.integers(1, 99),
    names=st.lists(
        st.sampled_from(["李娜", "Na Li", "章三", "张三", "張三", "王小明", "WANG Xiaoming", ""]), max_size=2
    ).map(tuple),
    unit=st.sampled_from(["", "华星科技（深圳）有限公司", "华星科技", "北方大学"]),
    mails=st.frozensets(st.sampled_from(["a@example.cn", "b@example.cn"]), max_size=2),
    mobiles=st.frozensets(st.sampled_from(["+8613800000001", "+8613800000002"]), max_size=1),
)
BODIES = st.builds(
    Body,
    id=st.integers(1, 99),
    names=st.tuples(st.sampled_from(["华星科技", "华星科技有限公司", "北方大学", "华星科枝"])),
    credit_code=st.sampled_from(["", "91110000802100433B", "9144030071526726XG"]),
)


def numbered(rows: list[Human]) -> list[Human]:
    return [replace(row, id=number) for number, row in enumerate(rows, 1)]


@given(HUMANS, HUMANS)
def test_people_are_judged_the_same_from_both_sides(one: Human, other: Human) -> None:
    assert judge_people(one, other) == judge_people(other, one)


@given(BODIES, BODIES)
def test_units_are_judged_the_same_from_both_sides_and_never_merged(one: Body, other: Body) -> None:
    assert judge_units(one, other) == judge_units(other, one)
    assert all(not pair.same for pair in units_alike([replace(one, id=1), replace(other, id=2)]))


@given(HUMANS)
def test_who_can_be_reached_is_like_themselves(human: Human) -> None:
    shared = bool(human.mails or human.mobiles)
    if shared and any(human.names):
        assert judge_people(human, human) in {Why.SAME_MAIL, Why.SAME_MOBILE}


@given(HUMANS, HUMANS)
def test_never_the_same_without_a_shared_address_or_mobile(one: Human, other: Human) -> None:
    if one.mails.isdisjoint(other.mails) and one.mobiles.isdisjoint(other.mobiles):
        assert judge_people(one, other) not in {Why.SAME_MAIL, Why.SAME_MOBILE}


@given(st.lists(HUMANS, max_size=MOST_ALIKE).map(numbered))
def test_looking_up_misses_nobody_that_comparing_all_would_find(people: list[Human]) -> None:
    every = [Pair(one.id, other.id, why) for one, other in combinations(people, 2) if (why := judge_people(one, other))]
    assert people_alike(people) == every


@given(st.lists(HUMANS, max_size=MOST_ALIKE).map(numbered), st.frozensets(st.integers(1, MOST_ALIKE)))
def test_only_the_fresh_are_asked_about(people: list[Human], fresh: frozenset[int]) -> None:
    wanted = [pair for pair in people_alike(people) if pair.one in fresh or pair.other in fresh]
    assert people_alike(people, fresh) == wanted


MAIL, MOBILE = frozenset({"a@example.cn"}), frozenset({"+8613800000001"})
LI = Human(1, ("李娜",))


@pytest.mark.parametrize(
    ("one", "other", "why"),
    [
        (replace(LI, mails=MAIL), Human(2, ("Na Li",), mails=MAIL), Why.SAME_MAIL),
        (replace(LI, mobiles=MOBILE), Human(2, ("李 娜",), mobiles=MOBILE), Why.SAME_MOBILE),
        (replace(LI, mails=MAIL), Human(2, ("章三",), mails=MAIL), Why.MAIL_OTHER_NAME),
        (replace(LI, mobiles=MOBILE), Human(2, ("章三",), mobiles=MOBILE), Why.MOBILE_OTHER_NAME),
        (replace(LI, unit="华星科技"), Human(2, ("李娜",), "華星科技有限公司"), Why.NAME_AND_UNIT),
        (Human(1, ("张三",), "华星"), Human(2, ("章三",), "华星"), Why.SOUND_AND_UNIT),
        (replace(LI, unit="华星科技"), replace(LI, id=2), Why.NAME_ONLY),
        (replace(LI, unit="华星科技"), Human(2, ("李娜",), "北方大学"), None),
        (replace(LI, mobiles=MOBILE), Human(2, ("李娜",), mobiles=frozenset({"+8613800000002"})), None),
        (Human(1, ("张三",)), Human(2, ("章三",)), None),
    ],
)
def test_reasons(one: Human, other: Human, why: Why | None) -> None:
    assert judge_people(one, other) == why


def test_units_with_credit_codes_of_their_own_are_two_whatever_their_names() -> None:
    one, other = Body(1, ("华星科技",), "91110000802100433B"), Body(2, ("华星科技",), "9144030071526726XG")
    assert judge_units(one, other) is None
    assert judge_units(one, replace(other, credit_code="91110000802100433B")) == Why.CREDIT_CODE
    assert judge_units(one, replace(other, credit_code="")) == Why.UNIT_NAME


def test_a_name_that_many_have_asks_nothing_and_an_address_that_many_have_finds_its_own() -> None:
    """Two thousand people of one office, three of whom are one."""
    office = frozenset({"office@example.cn"})
    people = [Human(number, (f"员工{number}",), mails=office) for number in range(2000)]
    people += [Human(2000 + number, ("李娜",), mails=office) for number in range(3)]
    people += [Human(3000 + number, ("王伟",)) for number in range(1000)]
    assert [(pair.one, pair.other, pair.same) for pair in people_alike(people)] == [
        (2000, 2001, True),
        (2000, 2002, True),
        (2001, 2002, True),
    ]


def test_a_list_of_one_person_over_and_over_is_compared_in_one_row() -> None:
    people = [Human(number, ("李娜",), mails=frozenset({"a@x.cn"})) for number in range(20_000)]
    assert len(people_alike(people)) == len(people) - 1
