"""Rows become people: the same address or mobile with names that may be one, and nothing less; in whatever order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from handlers.cleaning.names import compatible
from handlers.parties.drafts import Draft
from handlers.parties.matching import Known, Match, entry_key, keys_of, match
from handlers.parties.side_by_side import Line
from storage.parties import PartyKind, ReachKind

PERSON, UNIT = PartyKind.PERSON, PartyKind.UNIT
names = st.sampled_from(["李娜", "李 娜", "Li Na", "李纳", "王强", "Wang Qiang", "张伟"])
mails = st.sampled_from(["", "", "li@example.org", "office@example.org"])
mobiles = st.sampled_from(["", "", "+8613800000001", "+8613800000002"])
units = st.sampled_from(["", "甲公司", "乙公司"])


def draft(name: str, mail: str = "", mobile: str = "", unit: str = "", **values: str) -> Draft:
    ways = {(ReachKind.EMAIL, mail): mail} if mail else {}
    ways |= {(ReachKind.MOBILE, mobile): mobile} if mobile else {}
    told = {"name": name, **({"unit": unit} if unit else {}), **values}
    return Draft(PERSON, 1, told, ways)


def test_the_number_of_an_entry_says_who_it_is_where_the_name_may_be_theirs() -> None:
    there = replace(known(7, draft("李娜", unit="甲公司")), keys=entry_key(7))
    fits, other = draft("Li Na", mail="new@example.org"), draft("王强", mail="wang@example.org")
    fits.entry = other.entry = 7
    assert match(PERSON, [fits, other], [there]) == [Match((0,), 7), Match((1,), None)]
    other.entry = 99
    assert match(PERSON, [other], [there]) == [Match((0,), None)]


drafts = st.lists(st.builds(draft, names, mails, mobiles, units), max_size=8)


def known(number: int, one: Draft, *, unreached: bool = False) -> Known:
    names_ = (one.values["name"],)
    return Known(
        number, number, names_, keys_of(PERSON, one.values, one.ways), one.values.get("unit", ""), unreached=unreached
    )


books = st.lists(st.builds(draft, names, mails, mobiles, units), max_size=4).map(
    lambda some: [known(number, one, unreached=not one.ways) for number, one in enumerate(some, 1)]
)


@settings(max_examples=2000)
@given(drafts, books)
def test_every_row_is_in_one_match_and_everybody_known_in_one_at_most(rows: list[Draft], book: list[Known]) -> None:
    found = match(PERSON, rows, book)
    assert sorted(at for one in found for at in one.drafts) == list(range(len(rows)))
    parties = [one.party for one in found if one.party]
    assert len(parties) == len(set(parties))


@settings(max_examples=2000)
@given(drafts, books)
def test_who_is_one_has_something_in_common_and_names_that_fit(rows: list[Draft], book: list[Known]) -> None:
    by_id = {one.id: one for one in book}
    for one in match(PERSON, rows, book):
        together = [rows[at] for at in one.drafts]
        for row in together:
            assert all(compatible(row.values["name"], other.values["name"]) for other in together)
            if one.party and not by_id[one.party].unreached:
                assert compatible(row.values["name"], by_id[one.party].names[0])
        if len(together) > 1:
            keys = [keys_of(PERSON, row.values, row.ways) for row in together]
            others = [by_id[one.party].keys] if one.party else []
            assert all(
                any(key & other for other in [*keys[:at], *keys[at + 1 :], *others]) for at, key in enumerate(keys)
            )


@settings(max_examples=2000)
@given(drafts, books, st.randoms(use_true_random=False))
def test_the_order_of_rows_is_nothing_to_who_they_are(rows: list[Draft], book: list[Known], chance: Any) -> None:
    places = list(range(len(rows)))
    chance.shuffle(places)
    assert _who(match(PERSON, rows, book), rows) == _who(
        match(PERSON, [rows[at] for at in places], book), [rows[at] for at in places]
    )


def _who(found: Sequence[Match], rows: Sequence[Draft]) -> list[Any]:
    """Each match by what its rows say, as rows that say the same cannot be told apart."""
    told = [
        (one.party or 0, sorted(str((rows[at].values, sorted(rows[at].ways))) for at in one.drafts)) for one in found
    ]
    return sorted(told)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (draft("李娜", "li@example.org"), draft("Li Na", "li@example.org"), True),
        (draft("李娜", mobile="+8613800000001"), draft("李 娜", mobile="+8613800000001"), True),
        (draft("李娜", "li@example.org"), draft("王强", "li@example.org"), False),
        (draft("张三", mobile="+8613800000001"), draft("章三", mobile="+8613800000001"), False),
        (draft("李娜", unit="甲公司"), draft("李娜", unit="甲公司"), False),
        (draft("李娜", member_no="M-1"), draft("Li Na", member_no="m-1"), True),
    ],
)
def test_two_rows(one: Draft, other: Draft, same: bool) -> None:  # noqa: FBT001
    assert len(match(PERSON, [one, other], [])) == (1 if same else 2)


def test_a_third_who_fits_both_brings_two_others_not_together() -> None:
    rows = [draft("李娜", "a@example.org"), draft("Li Na", "a@example.org"), draft("李纳", "a@example.org")]
    assert len(match(PERSON, rows, [])) == 3


def test_of_several_known_each_row_is_the_one_with_whom_it_shares_most() -> None:
    father = known(3, draft("李强", "father@example.org", "+8613800000001"))
    son = known(12, draft("李强", "son@example.org", "+8613800000001"))
    rows = [draft("李强", "son@example.org", "+8613800000001"), draft("李强", "father@example.org", "+8613800000001")]
    assert [(one.drafts, one.party) for one in match(PERSON, rows, [father, son])] == [((0,), 12), ((1,), 3)]


def test_rows_that_nothing_tells_apart_are_those_who_came_before_one_by_one() -> None:
    book = [known(1, draft("张伟"), unreached=True), known(2, draft("张伟"), unreached=True)]
    assert [one.party for one in match(PERSON, [draft("张伟")] * 3, book)] == [1, 2, None]


def test_units_are_one_by_their_credit_code_or_full_name() -> None:
    code, other = "91350100M000100Y43", "91110000600037341L"
    rows = [
        Draft(UNIT, 1, {"name": "星河有限公司", "credit_code": code}),
        Draft(UNIT, 2, {"name": "星河（广州）有限公司", "credit_code": code}),
        Draft(UNIT, 3, {"name": "星河 有限公司"}),
        Draft(UNIT, 4, {"name": "月湖有限公司", "credit_code": other}),
    ]
    assert [one.drafts for one in match(UNIT, rows, [])] == [(0, 1, 2), (3,)]


@pytest.mark.parametrize(
    ("one", "other", "differs"),
    [("王 伟", "王伟", False), ("王伟", "王玮", True), ("張偉", "张伟", True), ("", "王伟", False)],
)
def test_side_by_side_a_blank_in_a_name_is_no_difference(one: str, other: str, *, differs: bool) -> None:
    assert Line("name", one, other).differs is differs
