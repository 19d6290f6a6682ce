"""Two rows of the register that are one member: neither is touched, and which stays is not guessed."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from storage.members import Member
from tests.chat import text
from tests.handlers.attendance.conftest import text as saved
from tests.handlers.parties.conftest import Desk, confirming, contents
from tests.handlers.parties.members.test_members import REGISTER, Office, rows_of

AGAIN: Sequence[object] = [
    "D005",
    "会员",
    "甲科技集团",
    "周平",
    "",
    "13800000008",
    "zhou@a.example.org",
    "2024-01-01",
    "",
]
CAME: Sequence[Sequence[object]] = [
    ["姓名", "单位", "职务", "手机", "邮箱"],
    ["李娜", "甲科技有限公司", "副总经理", "13800000001", ""],
    ["周平", "甲科技集团", "主任", "13800000008", "zhou@example.org"],
    ["王强", "乙贸易有限公司", "会长", "13800000002", ""],
]


@pytest.fixture
def office(desk: Desk) -> Office:
    """With a register in which 甲科技 stands in rows 1 and 5, which are one contact."""
    made = Office(desk)
    made.registers([*REGISTER, AGAIN])
    made.came(CAME)
    people = desk.people()
    one, other = people["甲科技有限公司"].ref, people["甲科技集团"].ref
    assert "副总经理" in rows_of(made.mei.says("members compare"))
    assert not made.bo.says(f"contact merge {one} {other}").refused
    return made


def test_neither_row_is_touched_until_one_is_gone(office: Office) -> None:
    mei, before = office.mei, office.cells()
    seen = mei.says("members compare")
    assert "row 1 (D001 · 甲科技有限公司 · 李娜) and row 5 (D005 · 甲科技集团 · 周平)" in seen.body
    assert "李娜" not in rows_of(seen)
    assert "周平" not in rows_of(seen)
    assert not mei.says(confirming(seen)).refused
    after = office.cells()
    assert (after[0], after[4]) == (before[0], before[4])
    assert after[1]["position"] == "会长"
    assert [row[0] for row in office.book(mei.says("members export"))[1:]] == ["D001", "D002", "D003", "D004", "D005"]


def test_one_row_is_taken_out_and_put_back(office: Office) -> None:
    mei = office.mei
    whole = office.desk.rows(Member)
    assert mei.says("members strike row 2").name == "members/refusals/once"
    assert office.desk.wang.says("members strike row 5").refused
    struck = mei.says("members strike row 5")
    assert struck.name == "members/struck", text(struck)
    seen = mei.says("members compare")
    assert "twice" not in seen.body
    assert "副总经理" in rows_of(seen)
    assert [row[0] for row in office.book(mei.says("members export"))[1:]] == ["D001", "D002", "D003", "D004"]
    assert not mei.presses("Undo", struck).refused
    assert [one.cells for one in office.desk.rows(Member)] == [one.cells for one in whole]
    assert mei.says("members strike row 5").name == "members/struck"
    assert not mei.presses("Part P5 甲科技集团", mei.says("people import undo I1")).refused
    assert not mei.says("people import undo I1").refused
    assert "D005" not in {one.cells["member_no"] for one in office.desk.rows(Member)}


def test_parted_they_are_two_again(office: Office) -> None:
    part = next(row.buttons[0].line for row in office.bo.says("contact show 甲科技有限公司").rows)
    office.bo.says(part)
    seen = office.mei.says("members compare")
    assert "row 5" not in seen.body
    assert "副总经理" in rows_of(seen)
    assert "zhou@example.org" in rows_of(seen)


def test_the_list_once_more_leaves_both_rows(office: Office) -> None:
    """Be it in another order: what the one lacks is not taken from the other, and the name that went is still known."""
    before = [one.cells for one in office.desk.rows(Member)]
    with office.desk.chat.read() as db:
        stood = dict(contents(db))
    again = office.mei.says("members import", files={"会员名单.csv": saved([REGISTER[0], AGAIN, *REGISTER[1:]])})
    assert "Nothing would change" in again.body, again.body
    assert [one.cells for one in office.desk.rows(Member)] == before
    with office.desk.chat.read() as db:
        assert dict(contents(db)) == stood
