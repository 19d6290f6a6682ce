"""The address book: found, put right, checked; who stands there twice is asked about, merged and parted."""

from __future__ import annotations

import pytest

from storage.parties import Merge, Twin
from tests.chat import buttons, text
from tests.handlers.parties.conftest import Desk

HEADINGS = ["姓名", "单位", "职务", "手机", "邮箱"]
NASTY = ["{{ 7*7 }}", "**bold** [x](http://a.cn)", "<script>alert(1)</script>", "<!channel>", "a\u202egnp.exe", "=1+1"]


def fill(desk: Desk) -> None:
    rows = [
        HEADINGS,
        ["李娜", "华星科技（深圳）有限公司", "秘书长", "13800000001", "li@example.org"],
        ["张三", "北方大学", "", "13800000002", "zhang@example.org"],
    ]
    desk.imports(rows, "people import as speakers")


def test_found_by_name_unit_number_and_capacity(desk: Desk) -> None:
    fill(desk)
    assert "P1" in text(desk.bo.says("contacts 李娜"))
    assert "张三" in text(desk.bo.says("contacts 北方"))
    assert "李娜" in text(desk.bo.says("contacts +8613800000001"))
    said = text(desk.bo.says("contacts as speakers"))
    assert "李娜" in said
    assert "138****0001" in said
    assert "13800000001" not in said
    assert "Nobody was found" in text(desk.bo.says("contacts 王"))
    assert "13800000001" in text(desk.bo.says("contact show P1", direct=True))


def test_the_names_of_a_page_are_checked_at_once(desk: Desk) -> None:
    fill(desk)
    desk.bo.says("contact confirm P2")
    shown = desk.bo.says("contacts as speakers")
    said = desk.bo.presses("This name and title are right", shown)
    assert said.name == "contacts/confirmed"
    assert all(one.confirmed_at for one in desk.people().values() if one.name in {"李娜", "张三"})
    assert "are right" not in text(desk.bo.says("contacts as speakers"))
    assert "are right" not in text(desk.bo.says("contacts"))


def test_who_may_not_is_refused(desk: Desk) -> None:
    fill(desk)
    assert desk.wang.says("contacts").refused
    assert desk.wang.says("contact merge P1 P2").refused
    assert not desk.mei.says("contacts").refused


def test_who_wants_mail_again_can_be_given_it_long_after_it_was_stopped(desk: Desk) -> None:
    fill(desk)
    shown = desk.bo.says("contact show P1", direct=True)
    assert desk.bo.presses("Wants no mailings", shown).name == "contacts/stopped"
    desk.bo.says("contact edit P1 address: 北京路1号")  # so that it is not the newest thing to undo
    assert desk.wang.says("contact resume P1").refused
    assert desk.people()["李娜"].opted_out_at is not None
    shown = desk.bo.says("contact show P1", direct=True)
    said = desk.bo.presses("Wants mail again", shown)
    assert "Only they can decide that" in text(said)
    assert desk.people()["李娜"].opted_out_at is None
    again = desk.bo.says("联系人 恢复 P1")
    assert again.refused
    assert "was never taken off" in again.body


def test_a_changed_title_must_be_checked_again(desk: Desk) -> None:
    fill(desk)
    desk.bo.says("contact confirm P1 P2")
    assert desk.people()["李娜"].confirmed_at is not None
    desk.bo.says("contact edit P1 address: 北京路1号")
    assert desk.people()["李娜"].confirmed_at is not None
    desk.bo.says("contact edit P1 title: 教授 email: na@example.org")
    assert (desk.people()["李娜"].title, desk.people()["李娜"].confirmed_at) == ("教授", None)
    assert ("email", "na@example.org", 1) in desk.reached("李娜")
    assert ("email", "li@example.org", 1) not in desk.reached("李娜")
    desk.bo.says("undo")
    assert desk.people()["李娜"].confirmed_at is not None
    assert ("email", "li@example.org", 1) in desk.reached("李娜")


def test_whose_name_kept_a_letter_back_is_drafted_to_once_more(desk: Desk) -> None:
    fill(desk)
    desk.bo.says("thanks draft")
    assert "Draft the letters again" in [button.label for button in buttons(desk.bo.says("contact confirm P1"))]


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("contact edit P1 email: nobody", "contacts/refusals/email"),
        ("contact edit P1 phone: 12", "contacts/refusals/phone"),
        ("contact edit P1 what", "contacts/refusals/no_field"),
        ("contact merge P1 P1", "contacts/refusals/one_already"),
        ("contact part P1", "contacts/refusals/not_merged"),
        ("contact part P999", "contacts/refusals/not_merged"),
    ],
)
def test_what_cannot_be_changes_nothing(desk: Desk, line: str, name: str) -> None:
    fill(desk)
    before = desk.everything()
    assert desk.bo.says(line).name == name
    assert desk.everything() == before


def test_the_form_says_what_stands_there(desk: Desk) -> None:
    fill(desk)
    desk.bo.says("contact edit P1")
    desk.bo.fills(title="Dr")
    assert desk.people()["李娜"].title == "Dr"
    assert desk.bo.says("contact add").form is not None
    desk.bo.fills(name="Ann Berg", email="ann@example.org")
    assert ("email", "ann@example.org", 1) in desk.reached("Ann Berg")


def test_twins_are_asked_about_merged_parted_and_not_asked_again(desk: Desk) -> None:
    fill(desk)
    desk.bo.says("contact add 李娜 unit: 華星科技 phone: 13900000009")
    before = desk.everything()
    said = desk.bo.says("contact twins")
    assert [row.text.split()[0] for row in said.rows] == ["**P1**", "**P3**"]
    assert "same name and the same organisation" in text(said)
    desk.bo.presses("The same")
    assert [way[1] for way in desk.reached("李娜")] == ["li@example.org", "+8613800000001", "+8613900000009"]
    assert "No question is open" in text(desk.bo.says("contact twins"))
    desk.bo.says("contact part P3")
    after = desk.everything()
    assert {name: rows for name, rows in after.items() if name not in {"twin", "merge"}} == {
        name: rows for name, rows in before.items() if name not in {"twin", "merge"}
    }
    assert "No question is open" in text(desk.bo.says("contact twins"))


def test_a_merge_is_undone(desk: Desk) -> None:
    fill(desk)
    before = desk.everything()
    desk.bo.says("contact merge P1 P2")
    assert desk.everything() != before
    desk.bo.says("undo")
    assert desk.everything() == before


@pytest.mark.parametrize("key", ["电话", "座机", "tel", "phone"])
def test_a_telephone_number_is_no_part_of_the_unit(desk: Desk, key: str) -> None:
    shown = desk.bo.says(f"contact add 李伟 unit: 富士康 {key}: 13800138000")
    assert "13800138000" not in text(shown)
    assert "138****8000" in text(desk.bo.says("contact show 李伟"))


def test_the_same_address_and_a_fitting_name_are_merged_by_themselves_and_said(desk: Desk) -> None:
    fill(desk)
    desk.bo.says("contact add Na Li email: li@example.org")
    desk.bo.says("contact add 章三 email: zhang@example.org")
    said = text(desk.bo.says("contact twins"))
    assert "P3 Na Li is now P1 李娜" in said
    assert "the same e-mail, but other names" in said
    assert len(desk.rows(Merge)) == 1
    desk.bo.says("undo")
    assert desk.rows(Merge) == []
    assert desk.rows(Twin) == []


def test_everybody_is_looked_over_again_once_what_was_found_is_answered(desk: Desk) -> None:
    fill(desk)
    desk.bo.says("contact add 李娜 unit: 華星科技")
    assert "Question 1 of 1" in text(desk.bo.says("contact twins"))
    desk.bo.says("contact add 张三 unit: 北方大学")
    asked = desk.bo.says("contact twins")
    assert "Question 1 of 1" in text(asked)
    assert "张三" not in text(asked)
    desk.bo.presses("Different", asked)
    assert "张三" in text(desk.bo.says("contact twins"))


def test_different_stays_different(desk: Desk) -> None:
    fill(desk)
    desk.bo.says("contact add 李娜 unit: 華星科技")
    desk.bo.says("contact twins")
    assert "stay two" in text(desk.bo.presses("Different"))
    assert "No question is open" in text(desk.bo.says("contact twins"))


@pytest.mark.parametrize("name", NASTY)
def test_a_name_is_a_name(desk: Desk, name: str) -> None:
    with desk.chat.app.database.write() as db:
        from storage import parties  # noqa: PLC0415  beside its use

        parties.add(db, 1, parties.PartyKind.PERSON, name)
    for line in ("contacts", "contact show P1"):
        said = desk.bo.says(line)
        assert not said.refused
        assert "49" not in said.body


def test_in_chinese(chinese: Desk) -> None:
    fill(chinese)
    assert "138****0001" in text(chinese.bo.says("通讯录 作为讲者"))
    chinese.bo.says("联系人 添加 李娜 单位：华星科技")
    said = chinese.bo.says("联系人 疑似重复")
    assert "单位相同" in text(said)
    assert {"是同一个", "不是同一个"} <= {button.label for button in buttons(said)}
    chinese.bo.presses("是同一个")
    assert "已拆分" in text(chinese.bo.says("联系人 拆分 P3"))
    assert chinese.rows(Merge)[0].undone_at is not None
    assert "已核对" in text(chinese.bo.says("联系人 核对 张三"))


def test_somebody_wishes_letters_in_another_language(desk: Desk) -> None:
    fill(desk)
    desk.bo.says("contact edit P1 language: English")
    assert desk.people()["李娜"].locale == "en"
    assert "Letters to them: in English" in text(desk.bo.says("contact show P1"))
    desk.bo.says("contact edit P1")
    desk.bo.fills(language="中文")
    assert desk.people()["李娜"].locale == "zh_CN"
    assert "in English or Chinese, not in “Klingon”" in text(desk.bo.says("contact edit P1 language: Klingon"))
    desk.bo.says("contact edit P1 language: -")
    assert desk.people()["李娜"].locale == ""
