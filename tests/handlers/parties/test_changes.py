"""The change log of a cleaned list: what became what, by which rule, who decided; kept as the proof of its task."""

from __future__ import annotations

import io

import pytest

from handlers.parties import changes
from handlers.sheets import read
from messages import Message
from storage.checklist import Proof
from storage.parties import Party, PartyKind
from tests.chat import buttons, text
from tests.handlers.parties.conftest import Desk, confirming

FIRST = [
    ["姓名", "单位", "职务", "手机", "邮箱"],
    ["张三", "甲协", "经理", "138 0000 0001", "Zhang@Example.org"],
    ["李娜", "乙协会", "", "13800000002", ""],
    ["Li Na", "乙协会", "主任", "0086-13800000002", "li@example.org"],
    ["王强", "甲公司", "", "13900000003", ""],
    ["", "丁厂", "", "", ""],
]
LATER = [["姓名", "单位", "职务", "手机"], ["张三", "", "总经理", "13800000001"], ["王强", "甲公司", "", "13900000009"]]


def sheets(desk: Desk, answer: Message) -> dict[str, list[list[str]]]:
    """Without their headings, by name."""
    with desk.chat.app.files.open(answer.files[0].digest) as stream:
        return {one.name: one.rows[1:] for one in read("log.xlsx", io.BytesIO(stream.read()))}


@pytest.fixture
def cleaned(desk: Desk) -> Desk:
    desk.bo.says("contact add 甲行业协会")
    with desk.chat.app.database.write() as db:
        db.get_one(Party, 1).kind = PartyKind.UNIT
    desk.bo.says("contact alias P1 甲协")
    desk.imports(FIRST)
    desk.imports(LATER)
    return desk


def test_every_change_has_its_rule_and_who_decided(cleaned: Desk) -> None:
    refs = {party.name: party.ref for party in cleaned.rows(Party)}
    two = [party.ref for party in cleaned.rows(Party) if party.name == "王强"]
    cleaned.bo.says(f"contact apart {' '.join(two)}")
    cleaned.mei.says(f"contact edit {refs['李娜']} position: 会长")
    answer = cleaned.bo.says("people changes")
    assert answer.private
    book = sheets(cleaned, answer)
    assert [row[:2] + row[4:8] for row in book["List as it stands"]][:2] == [
        [refs["张三"], "张三", "总经理", "甲行业协会", "13800000001", "zhang@example.org"],
        [refs["李娜"], "李娜", "会长", "乙协会", "13800000002", "li@example.org"],
    ]
    log = [row[1:] for row in book["Changes"]]
    uniform, later = "written as it is dialled or mailed", "the list says so; a blank overwrites nothing"
    alias = "a known organisation, by another of its names"
    same = "rows with the same mobile number and a name that may be one are one"
    for line in (
        ["I1 · 2", refs["张三"], "张三", "telephone", "138 0000 0001", "+8613800000001", uniform, "Bo"],
        ["I1 · 2", refs["张三"], "张三", "e-mail", "Zhang@Example.org", "zhang@example.org", uniform, "Bo"],
        ["I1 · 2", refs["张三"], "张三", "organisation", "甲协", "甲行业协会", alias, "Bo"],
        ["I1 · 4", refs["李娜"], "李娜", "", "Li Na", "李娜", same, "the rule, by itself"],
        ["I2 · 2", refs["张三"], "张三", "position", "经理", "总经理", later, "Bo"],
        ["", refs["李娜"], "李娜", "position", "主任", "会长", "by hand: contact edit", "Mei"],
    ):
        assert line in log
    (apart,) = [row for row in log if row[6].startswith("not one")]
    assert apart[4:6] == [f"{ref} 王强" for ref in two]
    assert [row[0] for row in book["Where it came from"]] == ["I1", "I2"]
    assert book["Left out and asked"] == [["I1", "6", "row 6 is left out: it names nobody"]]


def test_a_name_that_lost_its_title_is_in_the_log_as_it_was_typed(desk: Desk) -> None:
    desk.imports([FIRST[0], ["顾维新 教授", "甲公司", "", "13800000001", ""], ["王 强", "", "", "13800000002", ""]])
    rows = [row[3:8] for row in sheets(desk, desk.bo.says("people changes"))["Changes"]]
    rule = "the title that was typed in the name stands beside it"
    assert [row for row in rows if row[4] == rule] == [["顾维新", "full name", "顾维新 教授", "顾维新", rule]]


def test_it_is_kept_with_the_task_which_then_may_be_finished(cleaned: Desk) -> None:
    """Of another list, or to who keeps no address book, nothing is kept or told."""
    before = len(cleaned.rows(Proof))
    questions = cleaned.bo.says("people changes as speakers")
    assert questions.name == "parties/refusals/nobody_yet"
    assert cleaned.wang.says("people changes").name == "people/refusals/not_allowed"
    asked = cleaned.bo.says("people changes")
    assert "still asked: 1" in text(asked)
    assert "kept as a proof of “Clean the final list of attendees”" in text(asked)
    cleaned.bo.says(f"contact apart {' '.join(one.ref for one in cleaned.rows(Party) if one.name == '王强')}")
    answer = cleaned.bo.says("people changes")
    (finish,) = [one for one in answer.buttons if one.label.startswith("Finish")]
    assert cleaned.bo.says(finish.line).name == "checklist/done"
    kept = [row.value for row in cleaned.rows(Proof)[before:] if row.kind == "file"]
    assert len(kept) == 2
    assert all(value.startswith("Change log, attendees-M1-") for value in kept)
    assert "kept as a proof" not in text(cleaned.bo.says("people changes"))


def test_a_list_that_was_taken_back_is_no_part_of_it_and_one_that_is_gone_says_so(cleaned: Desk) -> None:
    cleaned.bo.says("people import undo I2")
    book = sheets(cleaned, cleaned.bo.says("people changes"))
    assert [row[0] for row in book["Where it came from"]] == ["I1"]
    for file in (cleaned.chat.app.settings.data / "files").rglob("*"):
        if file.is_file():
            file.unlink()
    answer = cleaned.bo.says("people changes")
    assert "1 list can no longer be opened" in text(answer)
    assert [row[-1] for row in sheets(cleaned, answer)["Where it came from"]] == ["?"]


def test_the_same_in_chinese(chinese: Desk) -> None:
    chinese.imports(FIRST, "人员 导入 作为参会人员")
    chinese.bo.says("contact add 王老五")
    chinese.bo.says("contact merge P3 P4")
    answer = chinese.bo.says("人员 变更记录")
    assert answer.title == "参会者名单的变更记录"
    assert "统一写法：2" in text(answer)
    assert [row[-2:] for row in sheets(chinese, answer)["变更记录"] if row[5] == "Li Na"] == [
        ["手机相同、姓名相容的行算同一人", "规则自动判断"]
    ]
    (merged,) = [row for row in sheets(chinese, answer)["变更记录"] if row[7].startswith("合并")]
    assert (merged[2], merged[5:7], merged[8]) == ("P4", ["王老五", "P3 王强"], "Bo")


def test_a_long_log_is_written_while_nobody_waits(cleaned: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(changes, "AT_ONCE", 1)
    assert cleaned.bo.says("people changes", direct=True).name == "parties/changes_begun"
    cleaned.chat.settle()
    answer = cleaned.bo.heard()[-1]
    assert answer.name == "parties/changes"
    assert answer.files[0].name.startswith("Change log")


def test_the_language_of_letters_goes_out_with_the_list_and_comes_back(desk: Desk) -> None:
    told = [["姓名", "邮箱", "语言"], ["李娜", "li@example.org", "English"], ["Tom Hill", "tom@example.org", "中文"]]
    said = desk.imports([*told, ["Ann Lee", "lee@example.org", "Klingon"]])
    assert said.name == "parties/imported"
    assert [one.locale for one in desk.rows(Party)] == ["en", "zh_CN", ""]
    made = sheets(desk, desk.bo.says("people changes"))
    assert [row[8] for row in made["List as it stands"]] == ["English", "中文", ""]
    assert "Klingon" in made["Left out and asked"][0][2]
    assert "letters in English" in text(desk.bo.says("contact show P1"))
    back = {"back.csv": "Entry,Name,Language\nP1,李娜,中文\nP2,Tom Hill,\n".encode()}
    shown = desk.bo.says("people import as attendees", files=back)
    assert "language of letters: English → 中文" in text(shown)
    desk.bo.says(confirming(shown))
    assert [one.locale for one in desk.rows(Party)] == ["zh_CN", "zh_CN", ""]
    desk.bo.says("undo")
    assert desk.rows(Party)[0].locale == "en"


def test_the_list_as_it_stands_comes_back_and_changes_nothing(cleaned: Desk) -> None:
    with cleaned.chat.app.files.open(cleaned.bo.says("people changes").files[0].digest) as stream:
        whole = {"list.xlsx": stream.read()}
    shown = cleaned.bo.says("people import as attendees", files=whole)
    shown = cleaned.bo.says(next(button.line for button in buttons(shown) if button.line.endswith("ignore=all")))
    assert "**Nothing would change:**" in shown.body
