"""Lists of every kind come in after a preview, and go again; what cannot be read says why."""

from __future__ import annotations

import time
from typing import Any

import pytest
from sqlalchemy import select

from messages import Message
from storage import checklist
from storage.attendance import RollKind, RollRow
from storage.files import File
from storage.journal import Entry
from storage.materials import Material, Scope
from storage.meetings import Meeting, MeetingState
from tests.chat import SHANGHAI, buttons
from tests.chat import text as words
from tests.handlers.attendance.conftest import BOOKED, SIGNED, WATCHED, Desk, Rows, book, text


def rows(desk: Desk) -> list[RollRow]:
    with desk.chat.read() as db:
        return list(db.scalars(select(RollRow).order_by(RollRow.id)))


def confirming(message: Message) -> str:
    return next(button.line for button in buttons(message) if button.primary)


# --- the preview


def test_nothing_is_kept_before_somebody_confirms(desk: Desk) -> None:
    preview = desk.shows("报名表.csv", text(BOOKED))
    assert "4 rows. Nothing is kept yet." in words(preview)
    assert (desk.rolls(), rows(desk)) == ([], [])
    assert desk.bo.says("attendance").name == "attendance/none"


def signed(*cells: str) -> bytes:
    return text([["姓名", "签到时间"], *([f"客人{n}", cell] for n, cell in enumerate(cells))])


def test_times_of_arrival_are_read_as_their_column_tells_and_can_be_turned(desk: Desk) -> None:
    said = words(desk.shows("签到表.csv", signed("06/07/2026 9:05 AM", "07/06/2026 12:15 am", "8 Jun 2026 1:30 PM")))
    assert "“06/07/2026 9:05 AM” is read as Sun 7 Jun, the month before the day." in said
    shown = desk.bo.presses("The day stands first")
    assert "is read as Mon 6 Jul, the day before the month" in words(shown)
    desk.bo.says(confirming(shown))
    moments = [f"{row.at.astimezone(SHANGHAI):%m-%d %H:%M}" for row in rows(desk) if row.at]
    assert moments == ["07-06 09:05", "06-07 00:15", "06-08 13:30"]


def test_one_cell_tells_how_all_times_of_arrival_are_written(desk: Desk) -> None:
    desk.imports("签到表.csv", signed("05/06/2026 09:05", "13/06/2026 09:06"))
    assert [f"{row.at:%m-%d}" for row in rows(desk) if row.at] == ["06-05", "06-13"]
    desk.shows("签到.csv", signed("2026-06-08 09:05", "6月8日 09:06"))
    assert "is read as" not in words(desk.bo.says("attendance import F2"))


def test_a_preview_masks_telephones_and_addresses(desk: Desk) -> None:
    said = words(desk.shows("报名表.csv", text(BOOKED)))
    assert "李娜 · 甲公司 · 秘书长 · l***@example.org · 138****0001" in said
    assert "13800000001" not in said
    assert "li@example.org" not in said


def test_a_preview_tells_columns_unknown_ones_and_problem_rows(desk: Desk) -> None:
    heads = ["姓名", "联系电话", "E-mail", "午餐偏好"]
    bad: Rows = [
        heads,
        ["李娜", "123", "li", "素"],
        ["", "", "", "荤"],
        ["甲、乙", "1.38E+10", "", ""],
        ["王强", "", "", ""],
    ]
    said = words(desk.shows("orders.csv", text(bad)))
    assert "“联系电话”: telephone" in said
    assert "Not used: 午餐偏好" in said
    assert "row 2: the telephone number is too short" in said
    assert "row 2: no e-mail address" in said
    assert "row 4: two names in one cell, 甲、乙" in said
    assert "row 4: the spreadsheet has cut the telephone number" in said


def test_the_button_carries_what_was_shown(desk: Desk) -> None:
    preview = desk.shows("签到.csv", text(SIGNED))
    assert confirming(preview) == "attendance import M1 F1 as checkin confirm name=A phone=B at=C"


def test_the_word_confirm_alone_confirms_nothing(desk: Desk) -> None:
    assert desk.shows("签到.csv", text(SIGNED), "attendance import confirm").name == "attendance/preview"
    assert desk.rolls() == []


def test_kind_and_columns_can_be_put_right(desk: Desk) -> None:
    odd: Rows = [["谁", "打这个", "单位", "姓名拼音"], ["李娜", "13800000001", "甲公司", "lina"]]
    assert desk.shows("a.csv", text(odd)).name == "attendance/refusals/nobody_named"
    preview = desk.bo.says("attendance import F1 as checkin 姓名=谁 手机=B")
    assert words(preview).startswith("Import F1 (check-in list)?")
    desk.bo.says(confirming(preview))
    (row,) = rows(desk)
    assert (row.name, row.phone, row.unit, row.came) == ("李娜", "13800000001", "甲公司", True)


def test_another_kind_takes_the_place_of_the_first(desk: Desk) -> None:
    desk.imports("名单.csv", text(BOOKED))
    preview = desk.bo.says("attendance import F1 as checkin")
    assert "was imported before as R1" in words(preview)
    desk.bo.says(confirming(preview))
    assert [(roll.number, roll.kind) for roll in desk.rolls()] == [(2, RollKind.CHECKIN)]
    assert (desk.tally().registered, desk.tally().attended) == (0, 4)


def test_words_that_say_nothing_are_asked_about(desk: Desk) -> None:
    answer = desk.shows("a.csv", text(BOOKED), "attendance import whatever")
    assert answer.name == "attendance/refusals/which_kind"
    assert len(answer.buttons) == 3


# --- what lists look like


EXPORTS: list[tuple[str, Rows, RollKind, dict[str, Any]]] = [
    (
        "pretix check-in list.csv",
        [
            ["Order code", "Attendee name", "Product", "Price", "Checked in", "Paid", "E-mail", "Company", "Diet"],
            ["ABC12", "Ann Lee", "Member", "10.00", "2026-06-08 09:00", "Yes", "ann@example.org", "Acme", "none"],
            ["ABC12", "Bob Ray", "Member", "10.00", "", "Yes", "ann@example.org", "Acme", ""],
        ],
        RollKind.CHECKIN,
        {"people": 2, "registered": 2, "attended": 1, "no_show": 1},
    ),
    (
        "eventbrite attendees.csv",
        [
            ["Order #", "Order Date", "First Name", "Surname", "Email", "Ticket Type", "Attendee #", "Attendee Status"],
            ["9000001", "2026-05-01", "Ann", "Lee", "ann@example.org", "Standard", "8000001", "Checked In"],
            ["9000002", "2026-05-01", "Bob", "Ray", "bob@example.org", "Standard", "8000002", "Attending"],
            ["9000003", "2026-05-01", "Cid", "Orr", "cid@example.org", "Standard", "8000003", "Not Attending"],
        ],
        RollKind.REGISTRATION,
        {"people": 2, "registered": 2, "attended": 1, "no_show": 1},
    ),
    (
        "orders.csv",
        [
            ["Order#", "Order Date", "Status", "Payment Type", "First Name", "Last Name", "Email", "Company"],
            ["O-77001", "2026-05-01", "completed", "free", "Ann", "Lee", "ann@example.org", "Acme"],
        ],
        RollKind.REGISTRATION,
        {"people": 1, "registered": 1, "attended": 0, "no_show": 1},
    ),
    (
        "registrants.csv",
        [
            ["Submitter", "Submitter Email", "Submission Date"],
            ["Ann Lee", "ann@example.org", "2026-05-01T10:00:00+02:00"],
        ],
        RollKind.REGISTRATION,
        {"people": 1, "registered": 1},
    ),
    (
        "腾讯会议.csv",
        [["用户昵称", "手机号", "首次进入时间", "累计时长"], ["李娜", "13800000001", "2026-06-08 09:01", "1:35:20"]],
        RollKind.ONLINE,
        {"people": 1, "online": 1, "attended": 0},
    ),
    (
        "签到软件导出.csv",
        [["姓名", "单位", "签到状态", "票种"], ["李娜", "甲", "已签到", "会员"], ["王强", "乙", "未签到", "会员"]],
        RollKind.CHECKIN,
        {"people": 2, "registered": 2, "attended": 1, "no_show": 1},
    ),
]


@pytest.mark.parametrize(("name", "table", "kind", "expected"), EXPORTS, ids=[one[0] for one in EXPORTS])
def test_exports_of_all_sorts(desk: Desk, name: str, table: Rows, kind: RollKind, expected: dict[str, int]) -> None:
    desk.imports(name, text(table))
    assert [roll.kind for roll in desk.rolls()] == [kind]
    assert {field: getattr(desk.tally(), field) for field in expected} == expected


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
def test_csv_in_every_usual_encoding(desk: Desk, encoding: str) -> None:
    desk.imports("报名表.csv", text(BOOKED, encoding))
    assert set(desk.people()) == {"李娜", "王强", "张伟", "陈静"}


def test_csv_in_big5(desk: Desk) -> None:
    taiwan: Rows = [
        ["姓名", "單位", "手機"],
        ["陳怡君", "臺灣資訊產業協會", "0912345678"],
        ["黃淑芬", "國立臺灣大學", ""],
    ]
    desk.imports("list.csv", text(taiwan, "big5"))
    assert {(one.name, one.unit, one.phone) for one in desk.people().values()} == {
        ("陳怡君", "臺灣資訊產業協會", "0912345678"),
        ("黃淑芬", "國立臺灣大學", ""),
    }


def test_a_workbook_with_merged_titles_and_telephones_as_numbers(desk: Desk) -> None:
    table = [BOOKED[0], *([*row[:3], float(str(row[3])), row[4]] for row in BOOKED[1:])]
    desk.imports("报名表.xlsx", book(table, titles=["2026 年会", "报名表"]))
    assert [one.phone for one in sorted(desk.people().values(), key=lambda one: one.phone)] == [
        f"1380000000{n}" for n in range(1, 5)
    ]
    assert [row.number for row in rows(desk)] == [4, 5, 6, 7]


def test_headings_in_two_rows(desk: Desk) -> None:
    table: Rows = [
        ["序号", "姓名", "单位", "联系方式", ""],
        ["", "", "", "手机", "邮箱"],
        ["1", "李娜", "甲公司", "13800000001", "li@example.org"],
    ]
    desk.imports("报名表.xlsx", book(table))
    one = desk.people()["李娜"]
    assert (one.unit, one.phone, one.email) == ("甲公司", "13800000001", "li@example.org")


def test_csv_with_telephones_as_fractions_and_apostrophes(desk: Desk) -> None:
    table: Rows = [["姓名", "手机"], ["李娜", "13800000001.0"], ["王强", "'13800000002"]]
    desk.imports("报名表.csv", text(table))
    assert {one.phone for one in desk.people().values()} == {"13800000001", "13800000002"}


def test_other_sheets_are_named_and_left(desk: Desk) -> None:
    said = words(desk.shows("报名表.xlsx", book(BOOKED, more={"说明": [["请勿转发"]]})))
    assert "Only this sheet is read." in said
    assert "说明" in said


def test_ten_thousand_rows(desk: Desk) -> None:
    table = [BOOKED[0], *([f"人{n}", f"单位{n % 500}", "", f"138{n:08}", ""] for n in range(10_000))]
    began = time.monotonic()
    desk.imports("报名表.csv", text(table))
    assert desk.tally().registered == 10_000
    assert desk.bo.says("attendance report").files
    assert time.monotonic() - began < 60


# --- what is none


@pytest.mark.parametrize(
    "said",
    ["0001-01-01 00:00:00", "1/1/0001 12:00:00 AM", "01.01.0001 00:00", "1899-12-30 00:00", "9999-12-31 23:59:59"],
)
def test_a_date_that_stands_for_none_is_no_time_of_arrival(desk: Desk, said: str) -> None:
    desk.imports("签到表.csv", signed("06/07/2026 9:05 AM", said, "13/06/2026 09:06"))
    assert [(row.came, row.at and f"{row.at:%m-%d}") for row in rows(desk)] == [
        (True, "07-06"),
        (False, None),
        (True, "06-13"),
    ]


@pytest.mark.parametrize("said", ["2026-06-08 0001-01-01 00:00:00", "10001-01-01 00:00"])
def test_no_time_of_arrival_is_beyond_what_can_be_kept(desk: Desk, said: str) -> None:
    desk.imports("签到表.csv", signed("2026-06-08 09:05", said))
    assert [row.came for row in rows(desk)] == [True, True]


@pytest.mark.parametrize("said", ["inf", "1e999", "nan", "-5"])
def test_a_duration_that_is_none_breaks_nothing(desk: Desk, said: str) -> None:
    answer = desk.shows("线上记录.csv", text([["姓名", "手机号", "时长"], ["李娜", "13800000001", said]]))
    assert not answer.refused


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("a.csv", b"", "a.csv is empty."),
        ("a.xlsx", b"PK\x03\x04 broken", "I cannot open a.xlsx: it seems to be damaged."),
        ("a.xlsx", book(BOOKED)[:2000], "I cannot open a.xlsx: it seems to be damaged."),
        ("a.pdf", b"%PDF-1.4", "a.pdf is no list that I can read."),
        (
            "a.csv",
            text([["甲", "乙"], ["丙", "丁"]]),
            "I know none of the headings in this list. It begins",
        ),
        ("a.csv", text([["单位", "职务"], ["甲公司", "主席"]]), "No column of this list names people."),
        ("a.csv", text([["姓名", "手机"]]), "a.csv has headings (姓名 and 手机), but nobody below them."),
    ],
)
def test_what_cannot_be_imported_says_what_to_do(desk: Desk, name: str, content: bytes, told: str) -> None:
    answer = desk.shows(name, content)
    assert answer.refused
    assert told in words(answer)
    assert desk.rolls() == []


def test_without_a_file_it_asks_for_one(desk: Desk) -> None:
    answer = desk.bo.says("attendance import")
    assert answer.name == "attendance/refusals/one_file"
    assert answer.upload is not None
    assert answer.upload.line == "attendance import M1"


def test_a_column_that_is_not_there(desk: Desk) -> None:
    desk.shows("报名表.csv", text(BOOKED))
    assert "no column “电报”" in words(desk.bo.says("attendance import F1 手机=电报"))


# --- again, back, and who may


def test_the_same_file_again_changes_nothing(desk: Desk) -> None:
    desk.imports("报名表.csv", text(BOOKED))
    before = desk.tally()
    answer = desk.shows("报名表 (1).csv", text(BOOKED))
    assert answer.name == "attendance/same"
    assert desk.bo.says(
        "attendance import F1 as registration confirm name=A unit=B position=C phone=D email=E"
    ).name == ("attendance/same")
    assert (desk.tally(), len(desk.rolls()), len(rows(desk))) == (before, 1, 4)


def test_drop_undo_and_undo_of_an_import(desk: Desk) -> None:
    desk.imports("报名表.csv", text(BOOKED))
    desk.imports("签到.csv", text(SIGNED))
    whole = desk.tally()
    desk.bo.says("attendance drop R1")
    assert (desk.tally().registered, desk.tally().attended) == (0, 3)
    desk.bo.presses("Undo")
    assert desk.tally() == whole
    imported = desk.imports("线上.csv", text(WATCHED))
    assert desk.tally().online == 1
    desk.bo.presses("Undo", imported)
    assert desk.tally() == whole
    assert len(rows(desk)) == 7


def test_no_personal_data_in_journal_and_log(desk: Desk) -> None:
    desk.imports("报名表.csv", text(BOOKED))
    with desk.chat.read() as db:
        kept = "".join(entry.body + entry.line for entry in db.scalars(select(Entry)))
    assert "13800000001" not in kept
    assert "li@example.org" not in kept
    assert "李娜" not in kept
    assert "list R1 imported: 4 rows, registration list" in words(desk.bo.says("log"))


def test_the_file_is_personal_and_proves_the_task(desk: Desk) -> None:
    desk.imports("报名表.csv", text(BOOKED))
    desk.imports("签到.csv", text(SIGNED))
    task = desk.team.task("checkin-data")
    with desk.chat.read() as db:
        kept = {file.name: file for file in db.scalars(select(File))}
        assert [proof.value for proof in checklist.proofs(db, task.id, 1)] == ["签到.csv"]
    assert kept["报名表.csv"].material == Material.ATTENDANCE
    file = kept["签到.csv"]
    assert (file.material, file.personal, file.scope) == (Material.SIGN_IN, True, Scope.INTERNAL)


def test_the_task_is_finished_with_the_number(desk: Desk) -> None:
    desk.imports("签到.csv", text(SIGNED))
    desk.bo.presses(f"Finish {desk.team.task('checkin-data').ref} with 3")
    task = desk.team.task("checkin-data")
    assert str(task.state) == "done"
    with desk.chat.read() as db:
        assert [note.text for note in checklist.notes(db, task.id)] == ["3 took part: 3 on site, 0 online"]


def test_who_may_bring_lists_in(desk: Desk) -> None:
    answer = desk.wang.says("attendance import", files={"报名表.csv": text(BOOKED)})
    assert "for membership and for logistics" in words(answer)
    assert desk.mei.says("attendance import F1").name == "attendance/preview"


def test_a_list_that_comes_alone_can_be_counted(desk: Desk) -> None:
    answer = desk.bo.says("", files={"6月8日签到表.xlsx": book(SIGNED)})
    assert desk.bo.presses("Import the check-in list", answer).name == "attendance/preview"
    answer = desk.bo.says(f"attach {desk.team.task('checkin-data').ref}", files={"zoom.csv": text(WATCHED)})
    assert desk.bo.presses("Import the online list", answer).name == "attendance/preview"
    assert "Import the" not in words(desk.bo.says("", files={"合影.jpg": b"\xff\xd8\xff photo"}))


def test_a_closed_meeting_takes_no_lists(desk: Desk) -> None:
    with desk.chat.app.database.write() as db:
        db.get_one(Meeting, desk.team.meeting).state = MeetingState.CLOSED
    assert desk.bo.says("attendance import M1").name == "meetings/refusals/closed"
