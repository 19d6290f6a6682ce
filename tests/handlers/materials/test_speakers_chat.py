"""Speakers as people look them up: sessions, what is missing, what they allow, their letter, the next step."""

from __future__ import annotations

from tests.chat import Somebody, buttons, text


def test_everybody_of_the_programme_and_what_is_missing(ann: Somebody) -> None:
    said = text(ann.says("speakers"))
    assert "5 speakers · 5 lack something · 5 are not in the address book yet" in said
    assert "张三 · S1 智能制造的未来" in said
    assert "missing: slides, recording, consent, and photo · not in the address book" in said


def test_from_a_name_of_the_programme_to_a_speaker_with_a_letter_to_come(ann: Somebody) -> None:
    shown = ann.says("speaker show 张三")
    assert "no letter can go yet" in text(shown)
    added = ann.presses("Put into the address book", shown)
    assert "P1 张三 is a speaker of" in text(added)
    assert "清华大学" in text(ann.says("contacts 张三"))
    ann.says("consent S1 张三 slides members CC-BY until 2026-07-10")
    shown = ann.says("speaker show P1")
    assert "consent: there" in text(shown)
    assert "allows slides: members, CC-BY, not before" in text(shown)
    assert "slides of S1: missing" in text(shown)
    assert "letter: not drafted yet" in text(shown)
    assert [one.line for one in buttons(shown) if one.line.startswith("materials add")] == [
        "materials add M1 slides/S1",
        "materials add M1 recording/S1",
        "materials add M1 photo 张三",
    ]


def test_a_button_says_a_photo_in_the_words_of_its_reader(ann: Somebody) -> None:
    ann.says("settings language Chinese")
    asked = ann.says("资料 补交 照片")
    lines = [one.line for one in buttons(asked)]
    assert "materials add M1 照片 主会场 6月8日" in lines
    assert {ann.says(line).name for line in lines} == {"materials/send"}
    ann.says("资料 补交 照片 张三", files={"zhang.jpg": b"\xff\xd8\xff\xe0 a photo"})
    assert "照片：已有" in text(ann.says("讲者 查看 张三"))


def test_the_address_book_tells_the_same(ann: Somebody) -> None:
    ann.says("speaker add 张三")
    ann.says("consent S1 张三 public CC-BY")
    shown = text(ann.says("contact show P1"))
    assert "As a speaker of Forum" in shown
    assert "S1 智能制造的未来" in shown
    assert "allows everything: public, CC-BY" in shown
    assert "recording of S1: missing" in shown


def test_who_only_stands_in_the_address_book(ann: Somebody) -> None:
    ann.says("people import as speakers", files={"speakers.csv": "姓名,单位\n周八,北京大学\n".encode()})
    ann.presses("Confirm")
    assert "周八" in text(ann.says("speakers"))
    assert "not on the programme" in text(ann.says("speaker show 周八"))


def test_somebody_who_may_be_another_is_asked_about(ann: Somebody) -> None:
    ann.says("contact add 张三丰 unit: 武当")
    asked = ann.says("speaker add 张三")
    assert asked.refused
    assert [one.line for one in buttons(asked) if one.line.startswith("speaker add")] == [
        "speaker add M1 #1 as P1",
        "speaker add M1 #1 as +张三",
    ]
    ann.says("speaker add M1 #1 as +张三")
    assert "P2 张三" in text(ann.says("speakers"))


def test_nobody_and_several(ann: Somebody) -> None:
    assert ann.says("speaker show 吴九").name == "materials/refusals/which_speaker"
    asked = ann.says("speaker show")
    assert "speaker show M1 #1" in [one.line for one in buttons(asked)]


def test_in_chinese_and_undone(ann: Somebody) -> None:
    ann.says("language zh_CN")
    assert "5 位讲者" in text(ann.says("讲者"))
    added = ann.says("讲者 添加 张三")
    assert added.name == "materials/speaker_added"
    assert ann.says("撤销").name == "journal/undone"
    assert "5 位尚未列入通讯录" in text(ann.says("讲者"))
