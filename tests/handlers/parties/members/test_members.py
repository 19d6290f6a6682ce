"""A membership secretary after a conference: her list in, what the conference taught, approved, and given back."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

import pytest

from handlers.sheets import read
from messages import Message
from storage import members, workspace
from storage.checklist import Proof
from storage.members import Member, MemberUpdate
from storage.parties import Reach, ReachKind
from storage.people import Role
from tests.chat import text
from tests.handlers.attendance.conftest import Rows
from tests.handlers.attendance.conftest import text as saved
from tests.handlers.parties.conftest import Desk, confirming, contents

REGISTER: Sequence[Sequence[object]] = [
    ["会员编号", "会员级别", "单位名称", "会员代表", "职务", "手机", "电子邮箱", "入会日期", "到期日"],
    ["D001", "理事", "甲科技有限公司", "李娜", "经理", "138 0000 0001", "li@example.org", "2019-03-01", "2026-12-31"],
    ["D002", "会员", "乙贸易有限公司", "王强", "", "13800000002", "", "2020-05-01", "2026-12-31"],
    ["D003", "会员", "丙咨询有限公司", "赵敏", "总监", "13800000003", "zhao@example.org", "2021-01-01", "2026-12-31"],
    ["D004", "会员", "丁食品有限公司", "陈静", "", "13800000004", "", "2021-01-01", ""],
]
CAME: Sequence[Sequence[object]] = [
    ["姓名", "单位", "职务", "手机", "邮箱"],
    ["李娜", "甲科技有限公司", "副总经理", "13900000009", "li@example.org"],
    ["王强", "乙贸易有限公司", "会长", "13800000002", "wang@example.org"],
    ["赵敏", "戊控股集团", "总监", "13800000003", "zhao@example.org"],
    ["孙丽", "己文化有限公司", "主任", "13800000006", ""],
    ["陈静", "丁食品有限公司", "", "13700000007", ""],
]
CARRIED = "members import F{} ignore=all"


class Office:
    """``mei`` looks after members, ``bo`` leads."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.mei = desk.chat.person("Mona")
        desk.team.hold(Role.MEMBERSHIP, self.mei)
        self.bo = desk.bo

    def registers(self, rows: Rows = REGISTER, name: str = "会员名单.csv") -> Message:
        preview = self.mei.says("members import", files={name: saved(rows, "gb18030")})
        if any(button.line.endswith("ignore=all") for button in preview.buttons):
            preview = self.mei.presses(next(b.label for b in preview.buttons if b.line.endswith("ignore=all")))
        assert preview.name == "parties/preview", preview.body
        return self.mei.says(confirming(preview))

    def came(self, rows: Rows = CAME) -> Message:
        return self.desk.imports(rows)

    def cells(self) -> list[dict[str, str]]:
        with self.desk.chat.read() as db:
            return [dict(one.cells) for one in db.query(Member).order_by(Member.number)]

    def book(self, message: Message) -> list[list[str]]:
        sheet = next(one for one in message.files if one.name.endswith("xlsx"))
        with self.desk.chat.app.files.open(sheet.digest) as stream:
            return read(sheet.name, stream)[0].rows

    def text(self, message: Message) -> bytes:
        sheet = next(one for one in message.files if one.name.endswith("csv"))
        with self.desk.chat.app.files.open(sheet.digest) as stream:
            return stream.read()


@pytest.fixture
def office(desk: Desk) -> Office:
    return Office(desk)


def rows_of(message: Message) -> str:
    return "\n".join(row.text for row in message.rows)


def test_a_secretary_updates_her_register(office: Office) -> None:
    mei = office.mei
    preview = mei.says("members import", files={"会员名单.csv": saved(REGISTER, "gb18030")})
    assert "会员级别" in preview.body
    assert "I do not know these columns" in preview.body
    assert not office.desk.rows(Member)
    done = office.registers()
    assert "**new:** 4" in done.body
    office.came()
    seen = mei.says("members compare")
    told = rows_of(seen)
    assert "position: 经理 → 副总经理" in told
    assert "attendees, I2" in told
    assert "telephone: 138 0000 0001 → 13900000009" in told
    assert "e-mail: – → wang@example.org" in told
    assert "**members of whom the conference says nothing:** 1" in seen.body
    assert "赵敏, your contact at 丙咨询有限公司, is now at 戊控股集团" in seen.body
    assert "may be" in seen.body
    assert "陈静" in seen.body
    whole = office.book(mei.says("members compare file"))
    assert [cell for at, cell in enumerate(next(row for row in whole if "position" in row)) if at not in {3, 7}] == [
        "changed",
        "D001",
        "甲科技有限公司 · 李娜",
        "position",
        "经理",
        "副总经理",
    ]
    mei.says("members keep 李娜 phone")
    assert "13900000009" not in rows_of(mei.says("members compare"))
    mei.says("undo")
    seen = mei.says("members compare")
    applied = mei.says(confirming(seen))
    assert applied.name == "members/applied"
    assert "**changed:** 2" in applied.body
    assert office.cells()[0]["phone"] == "13900000009"
    assert office.cells()[0]["position"] == "副总经理"
    assert "Nothing is to be changed" in mei.says("members compare").body
    assert mei.says(confirming(seen)).refused
    given = mei.says("members export")
    sheet = office.book(given)
    assert sheet[0] == [str(one) for one in REGISTER[0]]
    assert sheet[1] == [
        *("D001", "理事", "甲科技有限公司", "李娜", "副总经理", "13900000009", "li@example.org", "2019-03-01"),
        "2026-12-31",
    ]
    assert sheet[4] == [str(one) for one in REGISTER[4]]
    assert office.text(given).startswith(b"\xef\xbb\xbf")
    assert list(csv.reader(io.StringIO(office.text(given).decode("utf-8-sig")))) == sheet
    assert [row[0] for row in office.book(mei.says("members export changes"))[1:]] == ["D001", "D002"]
    task = office.desk.team.task("member-db-update")
    assert task.id in {proof.task_id for proof in office.desk.rows(Proof)}


def test_an_address_with_a_slip_in_it_is_asked_about_before_it_is_in_the_register(office: Office) -> None:
    office.registers()
    office.came([CAME[0], ["赵敏", "丙咨询有限公司", "总监", "13800000003", "zhao@gmail.con"]])
    seen = office.mei.says("members compare")
    assert "**1 address** that may have a slip in it" in seen.body
    assert "zhao@gmail.con is taken as it is; perhaps it should be zhao@gmail.com?" in seen.body
    whole = office.book(office.mei.says("members compare file"))
    assert any("zhao@gmail.com" in row[-1] for row in whole)
    line = next(part for part in seen.body.split("`") if part.startswith("contact edit"))
    office.mei.says(line)
    with office.desk.chat.read() as db:
        ways = [one.value for one in db.query(Reach).filter_by(kind=ReachKind.EMAIL).order_by(Reach.place, Reach.id)]
    assert {"zhao@gmail.com", "zhao@example.org"} <= set(ways)
    assert "zhao@gmail.con" not in ways
    seen = office.mei.says("members compare")
    assert "slip" not in seen.body
    assert "zhao@gmail.com" in rows_of(seen)


def test_who_applied_and_was_taken_in_is_added(office: Office) -> None:
    office.registers()
    office.came()
    mei = office.mei
    assert "**took part, no members:** 1" in mei.says("members compare").body.replace(": 2", ": 1")
    for line in ("case new 孙丽 fee: 500", "case check C1", "case approve C1", "case paid C1", "case receipt C1 R-1"):
        assert not mei.says(line).refused
    assert "**applications on their way:** 1" in mei.says("members compare").body
    mei.says("case register C1 D005")
    seen = mei.says("members compare")
    assert "**new members:** 1" in seen.body
    assert "case C1" in rows_of(seen)
    mei.says(confirming(seen))
    row = office.book(mei.says("members export"))[-1]
    assert row[0] == "D005"
    assert row[3] == "孙丽"
    assert row[5] == "13800000006"
    assert row[7].startswith("2026")


DATED = [
    ["会员编号", "会员姓名", "手机", "入会日期", "缴费日期"],
    ["D001", "孙丽", "13800000006", "05/03/2019", "30/12/2025"],
    ["D002", "陈静", "13700000007", "04/05/2020", "06/05/2025"],
]


def paid_up(office: Office, *names: str) -> None:
    for n, name in enumerate(names, 1):
        office.mei.says(f"case new renewal {name} fee: 500")
        for step in ("check", "approve", "paid", "receipt", "register"):
            said = office.mei.says(f"case {step} C{n} {'R-1' if step == 'receipt' else ''}".strip())
            assert not said.refused, said.body


def test_days_of_the_register_are_read_as_their_column_tells_and_written_as_it_writes_them(office: Office) -> None:
    preview = office.mei.says("members import", files={"会员名单.csv": saved(DATED)})
    assert "“05/03/2019” is read as Tue 5 Mar 2019, the day before the month." in text(preview)
    office.mei.says(confirming(preview))
    paid_up(office, "孙丽", "陈静")
    seen = office.mei.says("members compare")
    assert "30/12/2025 → 10/06/2026" in rows_of(seen)
    assert "06/05/2025 → 10/06/2026" in rows_of(seen)
    office.mei.says(confirming(seen))
    assert [row[3:] for row in office.book(office.mei.says("members export"))[1:]] == [
        ["05/03/2019", "10/06/2026"],
        ["04/05/2020", "10/06/2026"],
    ]
    assert not office.mei.says("members compare").rows


def test_what_was_said_of_the_register_s_days_holds_for_the_next_list(office: Office) -> None:
    rows = [DATED[0], ["D001", "孙丽", "13800000006", "05/03/2019", "06/05/2025"]]
    office.mei.says("members import", files={"会员名单.csv": saved(rows)})
    turned = office.mei.presses("The day stands first")
    assert "is read as Tue 5 Mar 2019" in text(turned)
    office.mei.says(confirming(turned))
    again = [*rows, ["D002", "陈静", "13700000007", "04/05/2020", ""]]
    assert "is read as Tue 5 Mar 2019" in text(office.mei.says("members import", files={"会员名单.csv": saved(again)}))
    office.mei.presses("The month stands first")
    office.mei.says(confirming(office.mei.says("members import F2 dates=month")))
    assert "is read as Fri 3 May 2019" in text(office.mei.says("members import F1"))


def test_what_changed_since_it_was_seen_is_asked_again_and_named(office: Office) -> None:
    office.registers()
    office.came()
    seen = office.mei.says("members compare")
    office.bo.says("contact edit 王强 position: 秘书长")
    again = office.mei.says(confirming(seen))
    assert "Something has changed since you saw this" in again.body
    assert "position" in again.body
    assert not office.desk.rows(MemberUpdate)
    assert office.mei.says(confirming(again)).name == "members/applied"


def test_only_who_looks_after_members_or_leads_approves(office: Office) -> None:
    office.registers()
    office.came()
    paul = office.desk.chat.person("Paul")
    office.desk.team.hold(Role.PROGRAMME, paul)
    seen = paul.says("members compare")
    assert not any("apply" in button.line for button in seen.buttons)
    assert "needs the approval of Mona" in seen.body.replace("Bo, ", "")
    digest = confirming(office.mei.says("members compare"))
    assert paul.says(digest).name == "people/refusals/not_allowed"
    assert office.desk.wang.says("members compare").refused
    assert office.desk.wang.says("members export").refused
    assert not office.mei.says(digest).refused


def test_an_applied_difference_is_undone_whole(office: Office) -> None:
    office.registers()
    office.came()
    before = office.cells()
    seen = office.mei.says("members compare")
    office.mei.says(confirming(seen))
    assert office.cells() != before
    office.mei.says("undo")
    assert office.cells() == before
    assert not office.desk.rows(MemberUpdate)
    assert confirming(office.mei.says("members compare")) == confirming(seen)


def test_the_same_list_once_more_changes_nothing_and_a_blank_takes_nothing(office: Office) -> None:
    office.registers()
    stood = office.cells()
    again = office.mei.says("members import", files={"会员名单.csv": saved(REGISTER)})
    assert "Nothing would change" in again.body
    fewer = [REGISTER[0], ["D001", "", "甲科技有限公司", "李娜", "", "13800000001", "", "", ""]]
    office.registers(fewer)
    assert {**office.cells()[0], "phone": "138 0000 0001"} == stood[0]
    assert len(office.cells()) == 4


def test_the_list_is_taken_back_whole(office: Office) -> None:
    with office.desk.chat.read() as db:
        before = dict(contents(db))
    office.registers()
    office.mei.says("people import undo I1")
    assert not office.desk.rows(Member)
    with office.desk.chat.read() as db:
        assert dict(contents(db)) == before


def test_it_does_not_matter_which_list_came_first(office: Office) -> None:
    office.came()
    office.registers()
    told = rows_of(office.mei.says("members compare"))
    assert "e-mail: – → wang@example.org" in told
    assert "position: 经理 → 副总经理" in told


def test_a_file_called_members_needs_no_words(office: Office) -> None:
    shown = office.mei.says("", files={"2026会员名册.csv": saved(REGISTER)})
    assert shown.name == "parties/preview"
    assert "members" in shown.title


def test_what_looks_like_a_formula_stays_text(office: Office) -> None:
    rows = [REGISTER[0], ["D001", "=1+1", "甲科技有限公司", "李娜", "@SUM(A1)", "+8613800000001", "", "", "-5"]]
    office.registers(rows)
    line = office.text(office.mei.says("members export")).decode("utf-8-sig").splitlines()[1]
    assert line == "D001,'=1+1,甲科技有限公司,李娜,'@SUM(A1),+8613800000001,,,-5"


def test_another_workspace_has_a_register_of_its_own(office: Office) -> None:
    office.registers()
    office.came()
    assert office.mei.says("members export", workspace="other").refused
    with office.desk.chat.read() as db:
        other = workspace.find(db, "other")
        assert other is not None
        assert not members.everyone(db, other.id)
        assert members.layout(db, other.id) is None
        assert not members.told_by(db, other.id)
        assert not members.ways(db, other.id)


def test_in_chinese(chinese: Desk) -> None:
    office = Office(chinese)
    office.registers()
    office.came()
    seen = office.mei.says("会员 比对")
    assert "职务: 经理 → 副总经理" in rows_of(seen)
    assert text(office.mei.says(confirming(seen))).startswith("U1")
    assert office.mei.says("会员 导出").files[0].name.startswith("会员")


def test_a_list_that_is_wanted_is_asked_for_in_its_own_words(desk: Desk) -> None:
    asked = desk.mei.says("members import")
    assert asked.upload is not None
    assert "with the words `members import`" in asked.upload.here
    assert "`people import`" in desk.mei.says("people import as speakers").upload.here  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("columns", "rows"),
    [("phone=Q9", REGISTER), ("", [["会员级别", "到期日", "手机"], ["理事", "2026-12-31", "13800000001"]])],
)
def test_a_column_that_is_not_there_is_answered_with_a_list_of_members(
    office: Office, columns: str, rows: Rows
) -> None:
    refused = office.mei.says(f"members import {columns}", files={"会员名单.csv": saved(rows, "gb18030")})
    assert refused.refused
    assert "members import F7 name=B" in text(refused)
    assert "people import" not in text(refused)
