"""Columns that were guessed are put right, left out, and confirmed as they were shown."""

from __future__ import annotations

import pytest

from handlers.refused import Refused
from handlers.sheets import Grid, Vocabulary, exactly, sheet_of
from handlers.sheets.people import PERSON

WORDS = Vocabulary("attendance", PERSON, frozenset({"name", "phone"}))
GRID = Grid("", [["二〇二六年名单"], ["姓名", "手机", "单位", "谁的电话"], ["李娜", "13800000001", "甲公司", "1"]])


def test_the_line_names_every_column_by_its_letter() -> None:
    assert sheet_of([GRID], WORDS, {}).line == "name=A phone=B unit=C"


@pytest.mark.parametrize("heading", ["谁的电话", "D", "d"])
def test_a_column_is_named_by_heading_or_letter(heading: str) -> None:
    assert sheet_of([GRID], WORDS, {"phone": heading}).found.fields == {"name": 0, "unit": 2, "phone": 3}


@pytest.mark.parametrize("word", ["ignore", "Ignore", "忽略"])
def test_a_field_that_is_none_is_left_out(word: str) -> None:
    sheet = sheet_of([GRID], WORDS, {"unit": word})
    assert sheet.found.fields == {"name": 0, "phone": 1}
    assert sheet.found.unknown == {2: "单位", 3: "谁的电话"}


def test_what_was_confirmed_is_read_and_nothing_else() -> None:
    assert exactly([GRID], WORDS, {"name": "A", "unit": "ignore"}).found.fields == {"name": 0}


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ({"phone": "传真"}, "attendance/no_column"),
        ({"phone": "ZZ"}, "attendance/no_column"),
        ({"name": "ignore", "phone": "ignore"}, "attendance/nobody_named"),
    ],
)
def test_what_cannot_be_is_refused(said: dict[str, str], reason: str) -> None:
    with pytest.raises(Refused) as refused:
        sheet_of([GRID], WORDS, said)
    assert refused.value.name == reason
