"""Who came stays once telephones and addresses are gone, whatever becomes of the lists afterwards."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from storage.attendance import RollRow
from tests.chat import text as words
from tests.handlers.attendance.conftest import Desk, Rows, text

BOOKED: Rows = [["姓名", "手机"], ["张三", "13800000001"], ["李四", "13800000002"], ["王五", "13800000003"]]
SIGNED: Rows = [
    ["姓名", "手机", "签到时间"],
    ["张三", "13800000001", "2026-06-08 09:00"],
    ["李四", "13800000002", "2026-06-08 09:05"],
]
WATCHED: Rows = [["姓名", "手机", "时长"], ["赵六", "13800000009", "30"]]
LATER: Rows = [["姓名", "手机", "时长"], ["钱七", "13800000007", "40"], ["张三", "13800000008", "50"]]


@pytest.fixture
def desk(desk: Desk) -> Desk:
    """Three lists, R1 to R3: 张三 and 李四 registered and came, 王五 did not come, 赵六 watched."""
    desk.imports("报名表.csv", text(BOOKED))
    desk.imports("签到表.csv", text(SIGNED))
    desk.imports("直播记录.csv", text(WATCHED))
    return desk


def purge(desk: Desk, until: str = "2026-06-10 08:05") -> None:
    desk.team.ann.says("archive purge M1")
    desk.team.ann.presses("Remove it for good")
    desk.chat.settle()
    desk.chat.wait(until)


def whose(desk: Desk) -> dict[str, set[int | None]]:
    """Whose the rows of each name are, also those of lists that were taken back."""
    found: dict[str, set[int | None]] = {}
    with desk.chat.read() as db:
        for row in db.scalars(select(RollRow)):
            found.setdefault(row.name, set()).add(row.attendee)
    return found


def test_people_are_counted_once_however_many_rows_they_have(desk: Desk) -> None:
    desk.imports("报名表二.csv", text([*BOOKED, ["孙八", "13800000005"]]))
    desk.bo.says("attendance drop R1")
    desk.bo.says("attendance drop R3")
    line = "telephone numbers and e-mail addresses of 5 people"
    assert line in words(desk.team.ann.says("archive purge M1"))
    purge(desk)
    assert line in words(desk.chat.room().heard()[-1])


def test_a_list_that_goes_or_comes_takes_nobody_apart(desk: Desk) -> None:
    before = whose(desk)
    purge(desk)
    said = words(desk.bo.says("attendance drop R3"))
    assert "belong to nobody" not in said
    tally = desk.tally()
    assert (tally.registered, tally.came, tally.no_show, tally.online) == (3, 2, 1, 0)
    desk.bo.says("undo")
    assert (desk.tally().came, whose(desk)) == (3, before)
    desk.bo.says("attendance names R2")
    assert (desk.tally().came, whose(desk)) == (3, before)
    assert {one.phone for one in desk.people().values()} == {""}


def test_a_list_that_comes_later_is_matched_beside_them(desk: Desk) -> None:
    before = whose(desk)
    purge(desk)
    desk.bo.says("attendance drop R3")
    desk.imports("补录.csv", text(LATER))
    assert (desk.tally().people, desk.tally().came, desk.tally().online) == (5, 4, 2)
    assert {number for name in ("钱七", "张三") for number in whose(desk)[name]} == {*before["张三"], 5, 6}
    desk.bo.says("attendance drop R4")
    assert (desk.tally().people, desk.tally().came) == (3, 2)


def test_a_second_purge_settles_what_came_after_the_first(desk: Desk) -> None:
    purge(desk)
    desk.imports("补录.csv", text(LATER))
    before = whose(desk)
    desk.bo.says("attendance drop R3")
    purge(desk, "2026-06-10 08:10")
    desk.bo.says("undo")
    assert (desk.tally().people, whose(desk)) == (6, before)
    desk.bo.says("attendance drop R1")
    assert (desk.tally().people, whose(desk)) == (5, before)


def test_a_list_taken_back_before_it_takes_nobody_s_place_when_it_returns(desk: Desk) -> None:
    desk.bo.says("attendance drop R2")
    desk.bo.says("attendance drop R1")
    purge(desk)
    desk.bo.says("undo")
    assert (desk.tally().people, desk.tally().registered, desk.tally().online) == (4, 3, 1)
    assert whose(desk)["赵六"] == {1}
