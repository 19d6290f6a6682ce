"""A name that was typed finds its one person, or nobody is touched."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.names import apart_by, find_person
from handlers.refused import Refused
from storage.people import Person

NAMES = [
    "李娜",
    "李和平",
    "王五",
    "Li Wei",
    "Ann",
    "Anna Berg",
    "Siobhán O’Brien",
    "张伟",
    "张伟",
    "Ｌｕ",
    "J.R. Smith",
]
TEAM = [Person(id=number, workspace_id=1, name=name) for number, name in enumerate(NAMES, 1)]


@pytest.mark.parametrize(
    ("text", "name", "length"),
    [
        ("李娜", "李娜", 2),
        ("李娜和@王五", "李娜", 2),
        ("王和@李娜", "王五", 1),
        ("李和平、王五", "李和平", 3),
        ("王 2026-11-20", "王五", 1),
        ("王五代", "王五", 2),
        ("wangwu", "王五", 6),
        ("wang T3", "王五", 4),
        ("Li Na tomorrow", "李娜", 5),
        ("li wei T3", "Li Wei", 6),
        ("ann", "Ann", 3),
        ("Anna", "Anna Berg", 4),
        ("Ann Berg", "Ann", 3),
        ("siobhán o'brien, T3", "Siobhán O’Brien", 15),
        ("Siobhan", "Siobhán O’Brien", 7),
        ('"Li Wei" T3', "Li Wei", 8),
        ('"o brien"', None, 0),
        ("lu", "Ｌｕ", 2),
        ("#2 T3", "李和平", 2),
        ("j.r. smith", "J.R. Smith", 10),
    ],
)
def test_a_name_finds_its_person(text: str, name: str | None, length: int) -> None:
    if name is None:
        with pytest.raises(Refused):
            find_person(TEAM, text)
        return
    person, size = find_person(TEAM, text)
    assert (person.name, size) == (name, length)


@pytest.mark.parametrize(
    ("text", "refusal"),
    [
        ("li", "people/which"),
        ("张伟", "people/which"),
        ("李", "people/which"),
        ("赵六", "people/unknown"),
        ("李明", "people/unknown"),
        ("#99", "people/unknown"),
        ("Annabel", "people/unknown"),
        ("", "people/unknown"),
        ('""', "people/unknown"),
        ("①", "people/unknown"),
    ],
)
def test_nobody_and_several_are_refused(text: str, refusal: str) -> None:
    with pytest.raises(Refused) as caught:
        find_person(TEAM, text)
    assert caught.value.name == refusal


def test_the_line_is_offered_again_with_each_who_may_be_meant() -> None:
    with pytest.raises(Refused) as caught:
        find_person(TEAM, "张伟 @王五", line="role set finance @张伟 @王五")
    offers = caught.value.facts["buttons"]
    assert [offer.line for offer in offers] == ["role set finance @#8 @王五", "role set finance @#9 @王五"]
    assert {offer.facts["apart"] for offer in offers} == {"number"}


@pytest.mark.parametrize(
    ("departments", "apart"),
    [
        (["会员部"], [""]),
        (["会员部", "培训部"], ["department", "department"]),
        (["会员部", "会员部"], ["number", "number"]),
        (["会员部", ""], ["number", "number"]),
    ],
)
def test_people_of_one_name_are_told_apart_by_departments_that_differ(departments: list[str], apart: list[str]) -> None:
    team = [Person(id=at, name="李娜", department=one) for at, one in enumerate(departments, 1)]
    shown = [*team, Person(id=99, name="王芳", department="会员部")]
    assert [apart_by(one, shown) for one in shown] == [*apart, ""]


def test_a_name_without_its_mark_is_offered_with_one() -> None:
    with pytest.raises(Refused) as caught:
        find_person(TEAM, "张伟", line="角色 设置 财务 张伟")
    assert [offer.line for offer in caught.value.facts["buttons"]] == ["角色 设置 财务 @#8", "角色 设置 财务 @#9"]


def test_a_name_from_a_form_is_not_put_into_the_line() -> None:
    with pytest.raises(Refused) as caught:
        find_person(TEAM, "张伟", line="role set finance")
    assert caught.value.facts["buttons"] == []


def test_a_longer_name_in_pinyin_comes_before_a_shorter_one_as_it_is() -> None:
    team = [Person(id=1, workspace_id=1, name="Li"), Person(id=2, workspace_id=1, name="李娜")]
    assert find_person(team, "Li Na")[0].name == "李娜"
    assert find_person(team, "Li Nana")[0].name == "Li"


@given(st.text(max_size=40))
def test_whatever_is_typed_finds_somebody_of_the_team_or_is_refused(text: str) -> None:
    with contextlib.suppress(Refused):
        person, length = find_person(TEAM, text, line=f"x {text}")
        assert person in TEAM
        assert 0 < length <= len(text)


@given(st.sampled_from([person for person in TEAM if person.name != "张伟"]), st.sampled_from([" T3", "、x", "。", ""]))
def test_everybody_is_found_by_their_whole_name(person: Person, behind: str) -> None:
    assert find_person(TEAM, person.name + behind) == (person, len(person.name))
