"""Lists of people come in after a preview that says all they would change, and can go again whole."""

from __future__ import annotations

from decimal import Decimal

import pytest
from sqlalchemy import select

from handlers.parties import importing
from messages.markdown import escape
from storage.crew import Shift, Volunteer
from storage.files import File
from storage.journal import Entry
from storage.parties import Capacity, Heading, Party, PartyKind, Twin
from storage.partners import Partner, PartnerKind
from storage.sponsors import Sponsor
from tests.chat import buttons
from tests.chat import text as words
from tests.handlers.attendance.conftest import Rows, book, text
from tests.handlers.parties.conftest import GUESTS, OWN, Desk, confirming

SPONSORS: Rows = [
    ["赞助单位", "级别", "合同编号", "赞助金额", "联系人", "职务", "手机"],
    ["广州星河集团有限公司", "钻石", "HT-1", "5万元", "陈静", "市场总监", "13800000009"],
    ["月湖股份有限公司", "黄金", "", "￥20000.00", "", "", "020-87654321"],
]


# --- the preview


TITLED: Rows = [
    ["姓名", "手机"],
    ["李娜教授", "13800000001"],
    ["Prof. Wang Qiang", "13800000002"],
    ["张伟", "13800000003"],
]


def test_titles_that_stand_in_names_are_told_and_parted_once_that_is_confirmed(desk: Desk) -> None:
    said = words(desk.shows(TITLED))
    assert "Titles that stand in names: 教授 in 1 name and Prof in 1 name. If you confirm" in said
    desk.bo.presses("Confirm")
    assert [(one.name, one.title) for one in desk.people().values()] == [
        ("李娜", "教授"),
        ("Wang Qiang", "Prof"),
        ("张伟", ""),
    ]


def test_names_stay_as_they_were_typed_where_somebody_says_so(desk: Desk) -> None:
    desk.shows(TITLED)
    kept = desk.bo.presses("Keep the names as typed")
    assert "Names stay as they were typed" in words(kept)
    desk.bo.presses("Confirm")
    assert [(one.name, one.title) for one in desk.people().values()] == [
        ("李娜教授", ""),
        ("Prof. Wang Qiang", ""),
        ("张伟", ""),
    ]
    desk.shows(TITLED, name="again.csv")
    assert "Nothing would change" in words(desk.bo.says("people import F2 as attendees title=ignore"))


def test_that_names_stay_as_they_were_typed_holds_for_the_next_list_until_somebody_parts_them(desk: Desk) -> None:
    desk.shows(TITLED)
    desk.bo.presses("Keep the names as typed")
    desk.bo.presses("Confirm")
    later = [TITLED[0], ["王芳 博士", "13800000004"]]
    said = words(desk.shows(later, name="later.csv"))
    assert "Names stay as they were typed, with the titles that stand in them: 博士 in 1 name. Next time too" in said
    desk.bo.presses("Part the titles from the names")
    desk.bo.presses("Confirm")
    assert [(one.name, one.title) for one in desk.people().values()][3:] == [("王芳", "博士")]
    assert "Titles that stand in names" in words(desk.shows([TITLED[0], ["李强 博士", "13800000005"]], name="last.csv"))
    assert desk.bo.says("people import F3 as attendees names=odd").name == "parties/refusals/which_names"


def test_that_names_stay_as_typed_is_no_word_about_which_column_has_them(desk: Desk) -> None:
    desk.shows(TITLED)
    desk.bo.says("people import F1 as attendees names=typed")
    desk.bo.presses("Confirm")
    rows: Rows = [["参会人姓名", "姓名", "手机"], ["别人", "李强", "13800000009"]]
    assert "“姓名”: full name" in words(desk.shows(rows, name="again.csv"))


def test_two_names_in_a_cell_are_left_out_with_what_to_do(desk: Desk) -> None:
    said = words(desk.shows([GUESTS[0], ["李娜、王强", "", "", "", ""], ["Li Na / Wang Qiang", "", "", "", ""]]))
    assert said.count("two names in one cell") == 2
    assert "Give each person a row with their own telephone and e-mail, save the list and send it again" in said


def test_nothing_is_kept_before_somebody_confirms(desk: Desk) -> None:
    preview = desk.shows(GUESTS)
    assert "3 rows. Nothing is kept yet." in words(preview)
    assert "new: 3" in words(preview)
    assert (desk.people(), desk.intakes()) == ({}, [])


def test_telephones_and_addresses_are_masked(desk: Desk) -> None:
    said = words(desk.shows(GUESTS))
    assert "李娜 · 秘书长 · 甲公司 · l***@example.org · 138****0001" in said
    assert "13800000001" not in said
    assert "li@example.org" not in said


def test_a_list_is_in_once_it_is_confirmed(desk: Desk) -> None:
    answer = desk.imports(GUESTS)
    assert words(answer).startswith("I1 is in: attendees from list.csv")
    li = desk.people()["李娜"]
    assert (li.number, li.unit, li.position, li.kind) == (1, "甲公司", "秘书长", PartyKind.PERSON)
    assert desk.reached("李娜") == [("email", "li@example.org", 1), ("mobile", "+8613800000001", 1)]
    assert desk.took(Capacity.ATTENDEE) == ["李娜", "王强", "张伟"]
    with desk.chat.read() as db:
        file = db.scalars(select(File)).one()
    assert (file.personal, file.meeting_id) == (True, desk.team.meeting)


def test_again_changes_nothing_and_says_so(desk: Desk) -> None:
    desk.imports(GUESTS)
    before = desk.everything()
    answer = desk.shows(GUESTS, name="another.csv")
    assert "Nothing would change" in words(answer)
    assert not any(button.primary for button in buttons(answer))
    assert desk.everything() == before


def test_a_blank_overwrites_nothing_and_who_is_absent_stays(desk: Desk) -> None:
    desk.imports(GUESTS)
    answer = desk.shows([GUESTS[0], ["李娜", "", "会长", "13800000001", ""]])
    assert "P1 李娜\n  position: 秘书长 → 会长" in words(answer)
    desk.bo.says(confirming(answer))
    people = desk.people()
    assert (people["李娜"].position, people["李娜"].unit) == ("会长", "甲公司")
    assert list(people) == ["李娜", "王强", "张伟"]


def test_a_new_position_is_to_be_confirmed_again(desk: Desk) -> None:
    desk.imports(GUESTS)
    with desk.chat.app.database.write() as db:
        party = db.scalars(select(Party).where(Party.name == "李娜")).one()
        party.confirmed_by, party.confirmed_at = desk.bo.id, desk.chat.clock.now()
    before = desk.everything()
    desk.imports([GUESTS[0], ["李娜", "", "会长", "13800000001", ""]])
    assert desk.people()["李娜"].confirmed_at is None
    desk.bo.says("people import undo I2")
    assert desk.everything() == before


def test_the_confirmation_is_for_what_was_shown(desk: Desk) -> None:
    """Somebody else brings a list in between: what the button would do is another thing now."""
    desk.imports(GUESTS)
    preview = desk.shows([GUESTS[0], ["李娜", "", "会长", "13800000001", ""]])
    line = confirming(preview)
    desk.imports([GUESTS[0], ["李娜", "", "名誉会长", "13800000001", ""]])
    answer = desk.bo.says(line)
    assert answer.name == "parties/preview"
    assert "Something has changed since this was shown" in words(answer)
    assert desk.people()["李娜"].position == "名誉会长"
    desk.bo.says(confirming(answer))
    assert desk.people()["李娜"].position == "会长"


def test_the_same_button_twice_does_nothing_twice(desk: Desk) -> None:
    line = confirming(desk.shows(GUESTS))
    desk.bo.says(line)
    assert desk.bo.says(line).name == "parties/preview"
    assert len(desk.intakes()) == 1


def test_an_invented_confirmation_is_none(desk: Desk) -> None:
    desk.shows(GUESTS)
    assert desk.bo.says("people import F1 as attendees confirm 0123456789ab name=A").name == "parties/preview"
    assert desk.people() == {}


def test_the_task_of_cleaning_the_list_is_offered_to_be_finished(desk: Desk) -> None:
    answer = desk.imports(GUESTS)
    line = next(button.line for button in buttons(answer) if button.line.startswith("done"))
    assert line.endswith("3 people in the cleaned list, no open question")
    assert desk.bo.says(line).name == "checklist/done"


# --- columns


def test_unknown_columns_stop_it_until_somebody_says_what_they_are(desk: Desk) -> None:
    odd: Rows = [["姓名", "手机", "午餐", "备注二"], ["李娜", "13800000001", "素", "晚到"]]
    answer = desk.shows(odd)
    assert "I do not know these columns: 午餐 and 备注二" in words(answer)
    assert "remark=C" in words(answer)
    assert "people import F1 as volunteers" in words(answer)
    assert "Confirm" not in [button.label for button in buttons(answer)]
    answer = desk.bo.says("people import F1 as attendees remark=备注二 ignore=午餐")
    desk.bo.says(confirming(answer))
    assert desk.people()["李娜"].remark == "晚到"


def test_who_stands_in_it_twice_is_counted_so_that_every_row_is_accounted_for(desk: Desk) -> None:
    rows: Rows = [["姓名", "手机"], ["李娜", "13800000001"], ["李 娜", "138 0000 0001"], ["", "13800000002"]]
    said = words(desk.shows(rows, "people import as volunteers"))
    assert "3 rows" in said
    assert "new: 1" in said
    assert "rows of somebody who stands above already: 1" in said
    assert "left out: 1" in said
    assert "people import F1 as speakers" in said


def test_one_button_leaves_them_all_out_and_is_remembered(desk: Desk) -> None:
    odd: Rows = [["序号", "姓名", "手机", "午餐", "T恤"], ["1", "李娜", "13800000001", "素", "M"]]
    desk.shows(odd)
    answer = desk.bo.presses("Leave these columns out")
    assert "午餐" in words(answer)
    desk.bo.says(confirming(answer))
    assert {row.name: row.field for row in desk.rows(Heading)} == {"午餐": "", "t恤": ""}
    again = desk.shows([odd[0], ["2", "王强", "13800000002", "荤", "L"]])
    assert [button.label for button in buttons(again) if button.primary] == ["Confirm"]


def test_one_press_leaves_them_out_and_brings_the_list_in(desk: Desk) -> None:
    desk.shows([["姓名", "手机", "午餐", "T恤"], ["李娜", "13800000001", "素", "M"]])
    assert desk.bo.presses("Leave these columns out and confirm").name == "parties/imported"
    assert {row.name: row.field for row in desk.rows(Heading)} == {"午餐": "", "t恤": ""}


@pytest.mark.parametrize(
    ("headings", "row", "title", "position"),
    [
        (["Name", "Title", "Company"], ["Tom Hill", "CTO", "Acme"], "", "CTO"),
        (["Name", "Title", "Position", "Company"], ["Tom Hill", "Prof. Dr.", "Dean", "Acme"], "Prof. Dr.", "Dean"),
        (["Name", "Title", "Email"], ["Tom Hill", "Dr", "tom@example.org"], "Dr", ""),
    ],
)
def test_an_english_title_is_what_its_cells_and_the_other_columns_say(
    desk: Desk, headings: list[str], row: list[str], title: str, position: str
) -> None:
    shown = desk.shows([headings, row], "people import as speakers")
    assert "I do not know" not in shown.body
    desk.bo.says(confirming(shown))
    (person,) = [one for one in desk.rows(Party) if one.name == "Tom Hill"]
    assert (person.title, person.position) == (title, position)


def test_a_row_whose_entry_has_another_name_is_told_before_it_is_taken_as_new(desk: Desk) -> None:
    desk.bo.says(confirming(desk.shows([["姓名", "邮箱"], ["陈小明", "chen@example.org"]])))
    rows: Rows = [["Entry", "姓名", "邮箱"], ["P1", "林芳", "lin@example.org"], ["P1", "陈小明", "new@example.org"]]
    shown = desk.shows(rows, name="again.csv")
    assert "row 2: no entry P1 has that name" in words(shown)
    assert "row 3" not in words(shown)


@pytest.mark.parametrize("cell", ["", " "])
def test_a_title_column_in_which_nothing_stands_is_not_asked_about(desk: Desk, cell: str) -> None:
    rows: Rows = [["Name", "Title", "Email"], ["Tom Hill", cell, "tom@example.org"]]
    shown = desk.shows(rows, "people import as speakers")
    assert "Title" not in shown.body
    assert [button.label for button in shown.buttons] == ["Confirm"]


@pytest.mark.parametrize(
    ("label", "position"), [("“Title” is the position", "Scaling"), ("“Title” is the talk: leave it out", "")]
)
def test_of_speakers_without_a_company_a_title_is_asked_about(desk: Desk, label: str, position: str) -> None:
    rows: Rows = [["Speaker", "Title", "Bio", "Photo"], ["Tom Hill", "Scaling", "long", "x.jpg"]]
    shown = desk.shows(rows, "people import as speakers")
    assert "title of the talk" in shown.body
    assert not any("confirm" in button.line for button in buttons(shown))
    desk.bo.says(confirming(desk.bo.presses(label)))
    assert desk.people()["Tom Hill"].position == position
    again = desk.shows([["Name", "Title", "Company"], ["Ann Lee", "CTO", "Acme"]], "people import as speakers")
    assert "“Title”: position" in again.body


def test_a_corrected_heading_is_remembered_and_can_be_forgotten(desk: Desk) -> None:
    odd: Rows = [["姓名", "打这个"], ["李娜", "13800000001"]]
    desk.shows(odd)
    desk.bo.says(confirming(desk.bo.says("people import F1 as attendees 手机=打这个")))
    assert {row.name: row.field for row in desk.rows(Heading)} == {"打这个": "phone"}
    desk.imports([odd[0], ["王强", "13800000002"]])
    assert desk.reached("王强") == [("mobile", "+8613800000002", 1)]
    desk.shows([odd[0], ["张伟", "13800000003"]])
    desk.bo.says(confirming(desk.bo.says("people import F3 as attendees 备注=打这个")))
    assert {row.name: row.field for row in desk.rows(Heading)} == {"打这个": "remark"}


def test_titles_totals_and_two_telephone_columns(desk: Desk) -> None:
    rows: Rows = [
        ["序号", "姓名", "单位", "手机", "电话", "性别"],
        ["1", "李娜", "甲公司", "13800000001", "010-62345678转802", "女"],
        ["合计", "1人", "", "", "", ""],
    ]
    desk.imports(book(rows, titles=["2026 年会", "参会人员名单"]), name="名单.xlsx")
    assert list(desk.people()) == ["李娜"]
    assert desk.people()["李娜"].gender == "female"
    assert desk.reached("李娜") == [("mobile", "+8613800000001", 1), ("phone", "+861062345678", 1)]


def test_a_salutation_is_no_gender(desk: Desk) -> None:
    desk.imports([["First name", "Last name", "Salutation", "E-mail"], ["Ann", "Lee", "Ms", "ann@example.org"]])
    ann = desk.people()["Ann Lee"]
    assert (ann.title, ann.gender) == ("Ms", "")


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030", "utf-16", "big5"])
def test_whatever_it_was_saved_in(desk: Desk, encoding: str) -> None:
    head = ["姓名", "單位", "手機"] if encoding == "big5" else ["姓名", "单位", "手机"]
    desk.imports(text([head, ["陳小明", "台北公司", "13800000001"]], encoding))
    assert list(desk.people()) == ["陳小明"]


# --- who is who


def test_the_same_mobile_in_other_words_is_the_same_person(desk: Desk) -> None:
    desk.imports(GUESTS)
    desk.imports(
        [["Name", "Mobile", "Email"], ["Li Na", "+86 138 0000 0001", "na@example.org"]], "people import as speakers"
    )
    people = desk.people()
    assert list(people) == ["李娜", "王强", "张伟"]
    assert people["李娜"].latin == "Li Na"
    assert desk.reached("李娜")[:2] == [("email", "li@example.org", 1), ("email", "na@example.org", 2)]
    assert desk.took(Capacity.SPEAKER) == ["李娜"]


def test_what_a_later_row_says_again_stays_where_it_was_first_said(desk: Desk) -> None:
    twice: Rows = [["姓名", "邮箱"], ["李娜", "li@example.org; na@example.org"], ["李娜", "li@example.org"]]
    desk.imports(twice)
    assert desk.reached("李娜") == [("email", "li@example.org", 1), ("email", "na@example.org", 2)]


def test_the_same_name_alone_is_not(desk: Desk) -> None:
    desk.imports(GUESTS)
    desk.imports([["姓名", "单位"], ["李娜", "甲公司"]], "people import as volunteers")
    assert len(desk.rows(Party)) == 4


def test_who_looks_like_somebody_is_asked_about_and_the_question_goes_with_them(desk: Desk) -> None:
    desk.imports(GUESTS)
    before = desk.everything()
    again: Rows = [["姓名", "单位"], ["李娜", "甲公司"]]
    answer = desk.imports(again, "people import as volunteers")
    assert "1 may be somebody who is there already" in words(answer)
    assert "P1 李娜 and P4 李娜: the same name and organisation" in words(answer)
    assert [(row.why, row.answer) for row in desk.rows(Twin)] == [("name_and_unit", "open")]
    assert "Nothing would change" in words(
        desk.shows([["姓名", "单位"], ["李娜", "甲公司"]], "people import as volunteers")
    )
    desk.bo.says("people import undo I2")
    assert desk.everything() == before
    desk.bo.says("undo")
    assert len(desk.rows(Twin)) == 1


def test_of_a_long_list_the_questions_follow(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importing, "AT_ONCE", 2)
    answer = desk.imports([*GUESTS, ["李娜", "甲公司", "", "", ""]])
    assert "any questions follow here" in words(answer)
    assert desk.rows(Twin) == []
    desk.chat.settle()
    assert any("1 may be somebody" in words(said) for said in desk.chat.room().heard())
    assert len(desk.rows(Twin)) == 1
    assert "nobody in it looks like" in words(desk.bo.says("people import questions I1"))


def test_a_secretary_s_address_makes_nobody_one(desk: Desk) -> None:
    rows: Rows = [["姓名", "邮箱"], ["李娜", "office@example.org"], ["王强", "office@example.org"]]
    desk.imports(rows)
    assert list(desk.people()) == ["李娜", "王强"]


# --- what they were to the meeting


def test_sponsors_come_with_their_contract_and_whom_one_deals_with(desk: Desk) -> None:
    desk.imports(SPONSORS, "people import as sponsors")
    people = desk.people()
    first, second = desk.rows(Sponsor)
    unit, chen = people["广州星河集团有限公司"], people["陈静"]
    assert (unit.kind, chen.unit_id, chen.position) == (PartyKind.UNIT, unit.id, "市场总监")
    assert (first.tier, first.contract_no, first.cash, first.addressee_id) == ("钻石", "HT-1", Decimal(50000), chen.id)
    assert (second.tier, second.cash, second.addressee_id) == ("黄金", Decimal(20000), None)
    assert desk.reached("月湖股份有限公司") == [("phone", "+862087654321", 1)]
    assert desk.took(Capacity.SPONSOR_CONTACT) == ["陈静"]
    assert "Nothing would change" in words(desk.shows(SPONSORS, "people import as sponsors"))


def test_two_contacts_in_a_cell_are_nobody_and_the_sponsor_comes_all_the_same(desk: Desk) -> None:
    rows: Rows = [["赞助单位", "联系人", "手机"], ["月湖公司", "李娜/王强", "13800000001"]]
    preview = desk.shows(rows, "people import as sponsors")
    assert "row 2: two names in one cell, 李娜/王强, so nobody is taken" in words(preview)
    desk.bo.says(confirming(preview))
    assert list(desk.people()) == ["月湖公司"]


def test_a_preview_counts_hours_as_people_do_and_tells_organisations_from_people(desk: Desk) -> None:
    desk.imports(GUESTS)
    rows: Rows = [["姓名", "手机", "服务时长"], ["李娜", "13800000001", "8"], ["王强", "13800000002", "1.5"]]
    said = words(desk.shows(rows, "people import as volunteers", "v.csv"))
    assert "hours worked: – → 8 hours" in said
    assert "hours worked: – → 1 h 30 min" in said
    said = words(desk.shows(SPONSORS, "people import as sponsors", "s.csv"))
    assert "new: 3, organisations: 2, people whom you deal with there: 1" in said
    assert "020****4321" in said


def test_volunteers_come_with_post_hours_and_what_they_did(desk: Desk) -> None:
    rows: Rows = [
        ["姓名", "手机", "岗位", "服务时长", "贡献"],
        ["李娜", "13800000001", "签到组", "6.5小时", "修好了话筒"],
    ]
    desk.imports(rows, "people import as volunteers")
    (one,) = desk.rows(Volunteer)
    assert (one.role, one.contribution, one.staff) == ("签到组", "修好了话筒", False)
    assert [(row.minutes, row.starts_at) for row in desk.rows(Shift)] == [(390, None)]
    desk.imports([rows[0], ["李娜", "13800000001", "", "8", ""]], "people import as volunteers")
    assert [row.minutes for row in desk.rows(Shift)] == [480]
    desk.bo.says("people import undo I2")
    assert [row.minutes for row in desk.rows(Shift)] == [390]


def test_partners_say_their_kind_in_the_row_or_in_the_heading(desk: Desk) -> None:
    rows: Rows = [["合作单位", "类型", "服务内容"], ["东方酒店", "场地", "会场"], ["某某公司", "", "不明"]]
    preview = desk.shows(rows, "people import as partners")
    assert "row 3 is left out: it does not say what kind of partner" in words(preview)
    desk.bo.says(confirming(preview))
    desk.imports([["支持单位"], ["市科协"]], "people import as partners")
    desk.imports([["媒体名称", "联系人", "手机"], ["晚报", "周记者", "13800000007"]], "people import as media")
    assert [(row.kind, row.service) for row in desk.rows(Partner)] == [
        (PartnerKind.VENUE, "会场"),
        (PartnerKind.SUPPORTER, ""),
        (PartnerKind.MEDIA, ""),
    ]


# --- what is wrong


def test_every_fault_is_told_and_a_file_has_them_all(desk: Desk) -> None:
    bad: Rows = [
        ["姓名", "手机", "邮箱"],
        ["李娜", "123", "li@gmail.con"],
        ["", "13800000002", ""],
        ["甲、乙", "", ""],
        ["王强", "1.38E+10", "no"],
        *([f"客人{n}", "12", ""] for n in range(9)),
    ]
    preview = desk.shows(bad)
    said = words(preview)
    assert "row 2: 123 is no whole telephone number and is not taken" in said
    assert "row 2: li@gmail.con is taken as it is; perhaps it should be li@gmail.com?" in said
    assert "row 3 is left out: it names nobody" in said
    assert "row 4 is left out: two names in one cell" in said
    assert "left out: 2" in said
    assert "And 7 more, in the file behind the button." in said
    answer = desk.bo.presses("All remarks as a file")
    assert answer.private
    assert [file.name[-5:] for file in answer.files] == [".xlsx"]
    assert "15 remarks" in words(answer)


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("people import", "parties/refusals/one_file"),
        ("people import F1", "parties/refusals/which_kind"),
        ("people import F1 as whatever", "parties/refusals/which_kind"),
        ("people import F1 as attendees phone=传真", "parties/refusals/no_column"),
        ("people import F1 as attendees name=ignore", "parties/refusals/nobody_named"),
        ("people import F1 as sponsors unit=ignore", "parties/refusals/nobody_named"),
        ("people import undo I9", "parties/refusals/no_import"),
        ("people import undo", "parties/refusals/no_import"),
    ],
)
def test_what_cannot_be_is_refused(desk: Desk, line: str, name: str) -> None:
    desk.shows(GUESTS)
    assert desk.bo.says(line).name == name


def test_only_who_keeps_contacts_may(desk: Desk) -> None:
    desk.imports(GUESTS)
    for line in (
        "people import F1 as attendees",
        "people imports",
        "people import undo I1",
        "people import problems F1 as attendees",
    ):
        assert desk.wang.says(line).name == "people/refusals/not_allowed"
    assert desk.mei.says("people imports").name == "parties/imports"


# --- taking it back


def test_a_whole_import_goes_again(desk: Desk) -> None:
    desk.imports(GUESTS)
    before = desk.everything()
    desk.imports(SPONSORS, "people import as sponsors")
    answer = desk.bo.presses("Take the list back")
    assert "I2 is taken back: the address book is as it was before." in words(answer)
    assert desk.everything() == before
    assert desk.bo.says("people import undo I2").name == "parties/refusals/undone_before"
    assert "taken back" in words(desk.bo.says("people imports"))


def test_plain_undo_takes_it_back_too_and_an_undo_of_that_brings_it_again(desk: Desk) -> None:
    desk.imports(GUESTS)
    full = desk.everything()
    assert desk.bo.says("undo").name == "journal/undone"
    assert desk.people() == {}
    desk.imports(GUESTS, name="again.csv")
    desk.bo.says("people import undo I2")
    assert desk.people() == {}
    assert desk.bo.says("undo").name == "journal/undone"
    assert list(desk.people()) == ["李娜", "王强", "张伟"]
    assert [len(rows) for rows in desk.everything().values()] == [len(rows) for rows in full.values()]


def test_more_than_one_statement_takes_come_in_whole_and_go_and_come_again(desk: Desk) -> None:
    """Marks of the notes' own form stand in the cells, too."""
    rows = [[f"李{'},{'}{n}", f'甲"}},{{"乙{n}', "秘书长", f"138{n:08d}", f"n{n}@example.org"] for n in range(130)]
    desk.imports(book([GUESTS[0], *rows]), name="list.xlsx")
    people = desk.people()
    assert [(one.name, one.unit, one.number) for one in people.values()] == [
        (row[0], row[1], n) for n, row in enumerate(rows, 1)
    ]
    assert desk.reached(rows[77][0]) == [("email", "n77@example.org", 1), ("mobile", "+8613800000077", 1)]
    full = desk.everything()
    desk.bo.says("people import undo I1")
    assert desk.people() == {}
    desk.bo.says("undo")
    again = desk.everything()
    assert {name: len(rows) for name, rows in again.items()} == {name: len(rows) for name, rows in full.items()}
    assert again["party"] == full["party"]


def test_what_was_changed_since_stays_and_is_named(desk: Desk) -> None:
    desk.imports(GUESTS)
    desk.imports([GUESTS[0], ["李娜", "", "会长", "13800000001", ""]])
    answer = desk.bo.says("people import undo I1")
    assert "except for 1 entry that has been changed" in words(answer)
    assert "P1 李娜" in words(answer)
    assert list(desk.people()) == ["李娜"]


@pytest.mark.parametrize("line", ["contact merge P1 P2", "contact merge P2 P1"])
def test_an_import_whose_people_were_merged_is_taken_back_once_they_are_parted(desk: Desk, line: str) -> None:
    desk.bo.says("contact add 李纳 unit: 北方大学 email: other@example.org")
    before = desk.everything()
    desk.imports(GUESTS)
    desk.bo.says(line)
    merged = desk.everything()
    answer = desk.bo.says("people import undo I1")
    assert answer.name == "parties/refusals/merged_since"
    assert "Part them first" in words(answer)
    assert desk.everything() == merged
    desk.bo.says(next(one.line for one in buttons(answer) if one.line.startswith("contact part")))
    assert desk.bo.says("people import undo I1").name == "parties/undone"
    assert list(desk.people()) == ["李纳"]
    after = desk.everything()
    skip = {"twin", "merge"}
    assert {one: rows for one, rows in after.items() if one not in skip} == {
        one: rows for one, rows in before.items() if one not in skip
    }


def test_plain_undo_is_all_or_nothing(desk: Desk) -> None:
    desk.imports(GUESTS)
    with desk.chat.app.database.write() as db:
        db.scalars(select(Party).where(Party.name == "李娜")).one().position = "会长"
    before = desk.everything()
    answer = desk.bo.says("undo")
    assert answer.name == "parties/refusals/changed_since"
    assert desk.everything() == before
    assert [one.undone_at for one in desk.intakes()] == [None]
    desk.bo.presses("Take back the others")
    assert list(desk.people()) == ["李娜"]


def test_the_journal_has_the_import_and_not_its_rows(desk: Desk) -> None:
    desk.imports(GUESTS)
    with desk.chat.read() as db:
        entry = db.scalars(select(Entry).order_by(Entry.seq.desc())).first()
    assert entry is not None
    assert {change.table for change in entry.changes()} <= {*OWN, "file", "proof"}
    assert "13800000001" not in entry.body


# --- a file without a word


def test_a_list_that_says_whose_it_is_needs_no_words(desk: Desk) -> None:
    assert desk.shows(SPONSORS, "", "2026赞助商名单.csv").name == "parties/preview"
    assert desk.shows([["讲者姓名", "手机"], ["李娜", "13800000001"]], "", "speakers.csv").name == "parties/preview"


@pytest.mark.parametrize(
    "name", ["赞助商权益.csv", "志愿者班次.csv", "讲者课件清单.csv", "whatever.csv", "参会名单.csv"]
)
def test_another_s_list_is_left_to_them(desk: Desk, name: str) -> None:
    assert desk.shows(GUESTS, "", name).name != "parties/preview"


# --- in Chinese, and what is dangerous


def test_the_same_in_chinese(chinese: Desk) -> None:
    preview = chinese.shows(GUESTS, "人员 导入 作为讲者")
    said = words(preview)
    assert said.startswith("把 F1 作为讲者名单导入吗？")
    assert "新增：3" in said
    assert "“手机”：" in said
    assert words(chinese.bo.says(confirming(preview))).startswith("I1 已导入：讲者名单，来自 list.csv")
    assert "I1 已撤回，通讯录恢复到导入之前的样子。" in words(chinese.bo.says("人员 撤回导入 I1"))


@pytest.mark.parametrize(
    "name",
    [
        '=HYPERLINK("x.example","click")',
        "+1+1",
        "@everyone",
        "<!channel>",
        "**bold** [a](javascript:x)",
        "{{ 7*7 }}",
        "李\u202e娜gpj.exe",
        "<b onclick=x>",
        "a`b`c",
        "# 标题",
    ],
)
def test_a_name_is_a_name_whatever_it_says(desk: Desk, name: str) -> None:
    quoted = '"' + name.replace('"', '""') + '"'
    preview = desk.shows(f"姓名,手机,单位\r\n{quoted},13800000001,{quoted}\r\n".encode())
    assert preview.rows[0].text.startswith(escape(name))
    desk.bo.says(confirming(preview))
    (party,) = desk.rows(Party)
    assert party.name == name
    assert party.unit == name
    assert "Nothing would change" in words(desk.bo.says("people import F1 as attendees"))


# --- what one is known by


HEAD = ["姓名", "手机", "邮箱", "会员号"]


def test_an_address_that_is_anothers_of_that_name_stays_there_and_is_told(desk: Desk) -> None:
    desk.imports([HEAD, ["李娜", "13900000002", "w@example.org", ""], ["李娜", "13800000001", "li@example.org", ""]])
    rows = [HEAD, ["李娜", "13800000001", "", ""], ["李娜", "13800000001", "w@example.org, v@example.org", ""]]
    answer = desk.shows(rows)
    assert "row 3" in words(answer)
    assert "belongs to P" in words(answer)
    assert "13800000001" not in words(answer)
    desk.bo.says(confirming(answer))
    before = desk.everything()
    assert "Nothing would change" in words(desk.shows(rows, name="again.csv"))
    assert desk.everything() == before


def test_a_member_number_that_stands_is_kept_and_told(desk: Desk) -> None:
    desk.imports([HEAD, ["王强", "13800000002", "", "M1"]])
    answer = desk.shows([HEAD, ["王强", "13800000002", "", "M2"]])
    assert "the member number stays M1, not “M2”" in words(answer)
    assert desk.people()["王强"].member_no == "M1"
