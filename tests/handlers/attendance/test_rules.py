"""Every row of every list ends in one person or says why not, whatever the order in which lists came."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.attendance.cells import email_key, external_key, name_key, phone_key, unit_key
from handlers.attendance.rules import Line, Result, reconcile
from storage.attendance import RollKind

REGISTRATION, CHECKIN, ONLINE = RollKind.REGISTRATION, RollKind.CHECKIN, RollKind.ONLINE

names = st.sampled_from(["", "李娜", "李 娜", "Li Na", "王强", "张伟", "张伟、王强", "Ann Lee"])
units = st.sampled_from(["", "甲公司", "乙公司", "甲 公司"])
phones = st.sampled_from(["", "13800000001", "+86 138 0000 0001", "13900000002", "020-88886666", "1.38E+10"])
emails = st.sampled_from(["", "li@example.org", "LI@example.org", "wang@example.org", "nothing"])
externals = st.sampled_from(["", "1", "A0001", "A0002"])
statuses = st.sampled_from(["", "已签到", "取消", "Attending"])


@st.composite
def lists(draw: st.DrawFn) -> list[Line]:
    found: list[Line] = []
    for roll in range(draw(st.integers(0, 4))):
        kind, by_name = draw(st.sampled_from(list(RollKind))), draw(st.booleans())
        for _ in range(draw(st.integers(0, 5))):
            found.append(
                Line(
                    key=len(found),
                    roll=roll,
                    kind=kind,
                    came=draw(st.booleans()),
                    name=draw(names),
                    unit=draw(units),
                    phone=draw(phones),
                    email=draw(emails),
                    external=draw(externals),
                    status=draw(statuses),
                    by_name=by_name,
                )
            )
    return found


def together(result: Result) -> set[frozenset[int]]:
    """The rows of each person."""
    found: dict[int, set[int]] = defaultdict(set)
    for key, number in result.whose.items():
        found[number].add(key)
    return {frozenset(keys) for keys in found.values()}


def facts(result: Result) -> list[dict[str, Any]]:
    return sorted(result.people, key=str)


@given(lists())
def test_every_row_ends_in_one_person_or_has_a_remark(lines: list[Line]) -> None:
    result = reconcile(lines)
    assert result.whose.keys() | result.remarks.keys() == {line.key for line in lines}
    assert not result.whose.keys() & result.remarks.keys()
    assert set(result.whose.values()) == {person["number"] for person in result.people}
    assert [person["number"] for person in result.people] == list(range(1, len(result.people) + 1))


@given(lists(), st.randoms(use_true_random=False))
def test_the_order_of_lists_and_rows_is_nothing_to_it(lines: list[Line], chance: Any) -> None:
    mixed = list(lines)
    chance.shuffle(mixed)
    numbers = list(range(5))
    chance.shuffle(numbers)
    renumbered = [replace(line, roll=numbers[line.roll]) for line in mixed]
    first, second = reconcile(lines), reconcile(renumbered)
    assert together(first) == together(second)
    assert first.remarks == second.remarks
    assert first.people == second.people


@given(lists())
def test_the_same_again_is_the_same(lines: list[Line]) -> None:
    assert reconcile(lines) == reconcile(lines)


@given(lists())
def test_nobody_is_merged_by_a_name_alone_without_leave(lines: list[Line]) -> None:
    lines = [replace(line, by_name=False) for line in lines]
    for keys in together(reconcile(lines)):
        if len(keys) > 1:
            assert all(_known(line) for line in lines if line.key in keys)


def _known(line: Line) -> bool:
    return bool(line.unit or phone_key(line.phone) or email_key(line.email) or external_key(line.external))


@given(lists())
def test_two_telephones_in_one_list_are_two_people_of_one_name(lines: list[Line]) -> None:
    pair = [
        Line(900, 90, REGISTRATION, came=False, name="赵敏", unit="丙公司", phone="13700000007"),
        Line(901, 90, REGISTRATION, came=False, name="赵敏", unit="丙公司", phone="13700000008"),
    ]
    result = reconcile([*lines, *pair])
    assert result.whose[900] != result.whose[901]


@given(lists(), lists(), st.sets(st.integers(0, 4)))
def test_after_a_purge_everybody_stays_who_they_were(lines: list[Line], later: list[Line], gone: set[int]) -> None:
    before = reconcile(lines)
    kept = [
        replace(line, phone="", email="", settled=before.whose.get(line.key)) for line in lines if line.roll not in gone
    ]
    new = [replace(line, key=line.key + 100, roll=line.roll + 10) for line in later]
    after = reconcile([*kept, *new], taken=len(before.people))
    assert {key: number for key, number in after.whose.items() if key in before.whose} == {
        line.key: line.settled for line in kept if line.settled
    }
    fresh = set(after.whose.values()) - set(before.whose.values())
    assert fresh == set(range(len(before.people) + 1, len(before.people) + 1 + len(fresh)))


# --- by example


def line(key: int, kind: RollKind = REGISTRATION, *, came: bool | None = None, **values: Any) -> Line:
    rolls = {REGISTRATION: 1, CHECKIN: 2, ONLINE: 3}
    return Line(key, rolls[kind], kind, kind != REGISTRATION if came is None else came, **values)


def one(*lines: Line) -> dict[str, Any]:
    result = reconcile(lines)
    assert result.remarks == {}
    (person,) = result.people
    return person


def status(person: dict[str, Any]) -> tuple[bool, bool, bool]:
    return person["registered"], person["attended"], person["online"]


@pytest.mark.parametrize(
    "values",
    [
        {"phone": "13800000001"},
        {"phone": "＋８６ １３８－００００－０００１"},
        {"phone": "008613800000001"},
        {"phone": "13800000001.0"},
        {"email": "LI.NA@Example.org"},
        {"external": "A-1001"},
        {"name": "李 娜", "unit": "甲公司"},
        {"name": "李娜", "unit": "甲 公司"},
        {"name": "Li Na", "phone": "13800000001"},
        {"name": "李娜-甲公司", "phone": "13800000001"},
    ],
)
def test_the_same_person_in_two_lists(values: Any) -> None:
    booked = line(
        1,
        name="李娜",
        unit="甲公司",
        phone="13800000001",
        email="li.na@example.org",
        external="a-1001",
        position="秘书长",
    )
    person = one(booked, line(2, CHECKIN, **values))
    assert status(person) == (True, True, False)
    assert (person["name"], person["position"]) == ("李娜", "秘书长")


def test_walk_in_no_show_and_online() -> None:
    result = reconcile(
        [
            line(1, name="李娜", phone="13800000001"),
            line(2, name="王强", phone="13800000002"),
            line(3, CHECKIN, name="张伟", phone="13800000003"),
            line(4, ONLINE, phone="13800000002", minutes=50),
            line(5, ONLINE, phone="13800000002", minutes=45),
        ]
    )
    found = {person["name"]: (*status(person), person["online_minutes"]) for person in result.people}
    assert found == {
        "李娜": (True, False, False, None),
        "王强": (True, False, True, 95),
        "张伟": (False, True, False, None),
    }


def test_a_name_alone_is_a_question() -> None:
    booked, signed = line(1, name="李娜", unit="甲公司"), line(2, CHECKIN, name="李娜")
    result = reconcile([booked, signed])
    assert result.remarks == {2: "name_only"}
    assert status(result.people[0]) == (True, False, False)
    assert status(one(booked, replace(signed, by_name=True))) == (True, True, False)


def test_a_name_that_several_have_stays_a_question_even_with_leave() -> None:
    two = [line(1, name="李娜", unit="甲公司"), line(2, name="李娜", unit="乙公司")]
    result = reconcile([*two, line(3, CHECKIN, name="李娜", by_name=True)])
    assert result.remarks == {3: "several"}


def test_a_name_that_nobody_else_has_is_somebody() -> None:
    assert status(one(line(1, CHECKIN, name="李娜"))) == (False, True, False)


def test_colleagues_with_one_telephone_stay_apart() -> None:
    booked = [line(n, name=name, phone="13800000001") for n, name in enumerate(("李娜", "王强", "张伟"), 1)]
    result = reconcile(
        [*booked, line(9, CHECKIN, name="王强", phone="13800000001"), line(10, ONLINE, phone="13800000001")]
    )
    assert len(result.people) == 3
    assert result.whose[9] == result.whose[2]
    assert result.remarks == {10: "shared"}
    assert {person["question"] for person in result.people} == {""}


def test_two_names_in_one_list_are_two_people_whatever_they_are_written_in() -> None:
    booked = [line(1, name="李娜", phone="13800000001"), line(2, name="Ann Lee", phone="13800000001")]
    assert len(reconcile(booked).people) == 2


def test_another_name_with_the_same_telephone_is_asked_about() -> None:
    result = reconcile([line(1, name="李娜", phone="13800000001"), line(2, CHECKIN, name="王强", phone="13800000001")])
    assert [person["question"] for person in result.people] == ["shared", "shared"]


def test_the_same_name_of_another_organisation_is_asked_about() -> None:
    result = reconcile([line(1, name="李娜", unit="甲公司"), line(2, CHECKIN, name="李娜", unit="甲省公司")])
    assert [person["question"] for person in result.people] == ["same_name", "same_name"]


@pytest.mark.parametrize(
    ("values", "remark"),
    [
        ({"unit": "甲公司"}, "nobody"),
        ({"name": "李娜", "status": "已取消"}, "cancelled"),
        ({"name": "李娜", "status": "Not Attending"}, "cancelled"),
        ({"name": "李娜 / 王强"}, "two_names"),
        ({"name": "李娜、王强"}, "two_names"),
    ],
)
def test_what_is_nobody(values: Any, remark: str) -> None:
    assert reconcile([line(1, **values)]).remarks == {1: remark}


def test_a_check_in_list_with_those_who_did_not_come_is_one_of_who_was_expected() -> None:
    signed = [
        line(1, CHECKIN, name="李娜", unit="甲公司"),
        line(2, CHECKIN, name="王强", unit="甲公司", came=False),
        line(3, CHECKIN, name="张伟", unit="甲公司", ticket="现场报名"),
    ]
    found = {person["name"]: status(person) for person in reconcile(signed).people}
    assert found == {"李娜": (True, True, False), "王强": (True, False, False), "张伟": (False, True, False)}
    found = {person["name"]: status(person) for person in reconcile([*signed, line(4, name="陈静")]).people}
    assert found["李娜"] == (False, True, False), "there is a better list of who was expected"


def test_numbers_that_every_list_begins_anew_are_nobodys() -> None:
    result = reconcile([line(1, name="李娜", external="12"), line(2, CHECKIN, external="12", name="王强")])
    assert len(result.people) == 2
    assert {person["question"] for person in result.people} == {""}


def test_ten_thousand_with_one_address_take_no_time() -> None:
    lines = [line(n, name=f"人{n}", unit="志愿者", email="office@example.org") for n in range(10_000)]
    assert len(reconcile(lines).people) == 10_000
    lines = [line(n, name="志愿者", unit="甲公司", phone=f"138{n:08}") for n in range(10_000)]
    assert len(reconcile(lines).people) == 10_000


@pytest.mark.parametrize(
    ("key", "same"),
    [
        (
            phone_key,
            ["138 0000 0001", "+8613800000001", "86-138-0000-0001", "１３８０００００００１", "0086-13800000001"],
        ),
        (phone_key, ["13800000001", "020-87654321 / 13800000001", "13800000001.0"]),
        (email_key, ["a@b.cn", " A@B.CN ", "ａ＠ｂ．ｃｎ", "Ann <a@b.cn>", "a@b.cn; ann@b.cn"]),
        (name_key, ["欧阳修", "欧阳 修", "欧阳修（主席）", "欧阳·修"]),
        (unit_key, ["甲公司", "甲 公司", "甲-公司"]),
    ],
)
def test_keys_look_through_how_things_are_written(key: Any, same: list[str]) -> None:
    assert len({key(text) for text in same}) == 1


@pytest.mark.parametrize("phone", ["", "12345", "020-88886666", "0755 8888 6666", "1.38E+10", "无"])
def test_what_is_nobodys_own_telephone(phone: str) -> None:
    assert phone_key(phone) == ""
