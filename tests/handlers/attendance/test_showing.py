"""The numbers with what they are a share of, and the spreadsheet for those who may have it."""

from __future__ import annotations

import io

from handlers.sheets import Grid, read
from messages import Message
from storage import pages, workspace
from tests.chat import Somebody, buttons
from tests.chat import text as words
from tests.handlers.attendance.conftest import BOOKED, SIGNED, WATCHED, Desk, text


def all_in(desk: Desk) -> None:
    desk.imports("报名表.csv", text(BOOKED))
    desk.imports("签到.csv", text(SIGNED))
    desk.imports("zoom.csv", text(WATCHED))


def sheets(desk: Desk, message: Message) -> dict[str, list[list[str]]]:
    (file,) = message.files
    with desk.chat.app.files.open(file.digest) as stream:
        grids: list[Grid] = read(file.name, stream)
    return {grid.name: grid.rows for grid in grids}


def may_fetch(desk: Desk, who: Somebody, message: Message) -> bool:
    (file,) = message.files
    with desk.chat.read() as db:
        place = workspace.by_key(db, "main")
        return pages.file(db, place.id, file.digest, person_id=who.id) is not None


def test_the_numbers_with_their_bases(desk: Desk) -> None:
    all_in(desk)
    said = words(desk.wang.says("attendance"))
    assert "4 registered" in said
    assert "2 came: 1 of those registered (25%), and 1 walk-in (50% of those who came)" in said
    assert "3 no-shows (75% of those registered)" in said
    assert "1 online (50% of the 2 who took part)" in said
    assert "only a name, and somebody else in the lists has it" in said
    assert "138" not in said


def test_in_chinese(chinese: Desk) -> None:
    all_in(chinese)
    said = words(chinese.bo.says("参会"))
    assert "**" not in said
    assert "报名 4 人" in said
    assert "未到 3 人" in said


def test_a_name_will_do_once_somebody_says_so(desk: Desk) -> None:
    all_in(desk)
    desk.bo.says("attendance")
    answer = desk.bo.presses("In R2 the name will do")
    assert "3 came: 2 of those registered (50%)" in words(answer)
    desk.bo.presses("Undo", answer)
    assert desk.tally().attended == 2


def test_the_report_has_three_sheets_for_who_may_see_it(desk: Desk) -> None:
    all_in(desk)
    answer = desk.mei.says("attendance report")
    assert answer.private
    found = sheets(desk, answer)
    assert list(found) == ["Summary", "People", "Belongs to nobody"]
    assert ["No-shows, of those registered", "3", "75.0%", "4"] in found["Summary"]
    people = {row[1]: row for row in found["People"]}
    assert people["李娜"][2:6] == ["甲公司", "秘书长", "13800000001", "li@example.org"]
    assert people["李娜"][8:14] == ["✓", "✓", "", "", "✓", "35"]
    assert people["赵敏"][8:11] == ["", "✓", "✓"]
    assert [row[:4] for row in found["Belongs to nobody"][1:]] == [["R2", "签到.csv", "4", "王强"]]


def test_who_did_not_come(desk: Desk) -> None:
    all_in(desk)
    answer = desk.bo.says("谁没来")
    assert answer.private
    assert "3 people registered and did not come: 75% of 4." in words(answer)
    assert [row[1] for row in sheets(desk, answer)["People"][1:]] == ["张伟", "王强", "陈静"]


def test_others_get_neither_the_file_nor_its_address(desk: Desk) -> None:
    all_in(desk)
    report = desk.bo.says("attendance report")
    assert desk.wang.says("attendance report").name == "people/refusals/not_allowed"
    assert desk.wang.says("attendance noshow").name == "people/refusals/not_allowed"
    assert [may_fetch(desk, who, report) for who in (desk.bo, desk.mei, desk.team.ann, desk.wang)] == [
        True,
        True,
        True,
        False,
    ]
    assert "attendance report" not in {button.line for button in buttons(desk.wang.says("attendance"))}


def test_before_there_is_anything(desk: Desk) -> None:
    assert desk.bo.says("attendance report").name == "attendance/refusals/no_lists"
    assert desk.bo.says("attendance drop R9").name == "attendance/refusals/no_list"
    desk.imports("报名表.csv", text(BOOKED))
    assert "No list says yet who came." in words(desk.bo.says("attendance noshow"))


def test_bytes_of_a_report_are_a_workbook(desk: Desk) -> None:
    desk.imports("签到.csv", text(SIGNED))
    (file,) = desk.bo.says("attendance report").files
    with desk.chat.app.files.open(file.digest) as stream:
        assert read(file.name, io.BytesIO(stream.read()))
