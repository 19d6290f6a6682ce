"""The matrix in chat: what has come, what is missing and whose it is, what will not come and who agreed."""

from __future__ import annotations

from messages import Message
from tests.chat import Chat, Somebody, buttons, text

PNG = {"hall.png": b"\x89PNG\r\n\x1a\n"}


def line(message: Message, code: str) -> tuple[str, ...]:
    assert message.table is not None
    return next(row[1:] for row in message.table.rows if row[0].startswith(code))


def test_nothing_has_come_yet(ann: Somebody) -> None:
    shown = ann.says("materials")
    assert shown.title == "Materials of Forum: 0 of 30 here"
    assert line(shown, "S1") == ("○", "○", "○", "○")
    assert "Mon 8 Jun · ○ main hall · ○ breakout room" in text(shown)
    assert text(shown).count("○ group photo") == 2


def test_what_comes_is_counted_where_it_belongs(chat: Chat, ann: Somebody) -> None:
    assert "Wanted: slides of S1" in text(ann.says("materials add S1 slides"))
    said = text(ann.says("materials add slides/S1", files={"talk.pptx": b"PK"}))
    assert "In: slides of S1" in said
    assert "Still missing of S1: recording, consent of 张三, and photo of 张三" in said
    assert line(ann.says("materials"), "S1") == ("✓", "○", "○", "○")
    assert "v2" in text(ann.says("资料 补交 课件 S1", files={"talk2.pptx": b"PK2"}))
    ann.says("materials add photo 张三", files=PNG)
    assert line(ann.says("materials"), "S1") == ("✓", "○", "✓", "○")
    ann.says("materials add 06-08 hall", files=PNG)
    assert "✓ main hall" in text(ann.says("materials"))
    ann.says("undo")
    assert "✓ main hall" not in text(ann.says("materials"))


def test_a_file_that_is_here_is_named(chat: Chat, ann: Somebody) -> None:
    ann.says("", files={"x.mp4": b"video"})
    ann.says("materials add recording/S2 F2")
    assert line(ann.says("materials"), "S2") == ("○", "✓", "○", "○")
    assert ann.says("materials add recording/S2 F77").name == "files/refusals/unknown"
    assert ann.says("materials add recording/S2", files=PNG).name == "materials/refusals/unfitting"
    assert ann.says("materials add photo/2026-06-08/hall", files={"a.pdf": b"%PDF"}).refused


def test_a_quota_of_two(ann: Somebody) -> None:
    ann.says("settings photos 2")
    said = text(ann.says("materials add 2026-06-08 group", files=PNG))
    assert "Kept for photo: group photo, Mon 8 Jun: 1 of 2" in said
    assert "○ group photo 1/2" in text(ann.says("materials"))
    assert ann.says("settings photos 0").name == "settings/refusals/photos"


def test_stands_are_photographed_once(ann: Somebody) -> None:
    ann.says("booth add 华为、中兴")
    assert "Stands · ○ 华为 · ○ 中兴" in text(ann.says("materials"))
    ann.says("materials add 华为", files=PNG)
    assert "✓ 华为 · ○ 中兴" in text(ann.says("materials"))


def test_a_stand_whose_name_is_too_long_is_one_stand(ann: Somebody) -> None:
    assert not ann.says(f"booth add {'华' * 300}").refused
    assert not ann.says(f"booth add {'华' * 300}, {'华' * 400}").refused
    assert text(ann.says("materials")).count("华" * 200) == 1


def test_what_is_missing_and_whose_it_is(ann: Somebody, li: Somebody) -> None:
    said = text(ann.says("materials missing"))
    assert "S1 智能制造的未来: slides, recording, consent of 张三, and photo of 张三 · Li" in said
    assert "S4 闭幕演讲: slides, recording, consent of 钱七, and photo of 钱七 · nobody yet, programme" in said
    ann.says("role set programme @Li")
    assert "photo of 钱七 · programme: Li" in text(ann.says("materials missing"))
    li.says("materials missing")
    assert li.presses("Send it").name == "materials/refusals/which_cell"
    assert "Wanted: slides of S1" in text(li.presses("slides of S1"))


def test_who_may_not_decide_asks_for_approval(chat: Chat, ann: Somebody, li: Somebody) -> None:
    ann.says("help", direct=True)
    li.says("help", direct=True)
    answer = li.says("materials skip slides/S3 讲者不同意公开")
    assert "I have asked Ann" in text(answer)
    assert line(ann.says("materials"), "S3")[0] == "?"
    assert "1 reported as not coming, not approved yet" in text(ann.says("materials"))
    chat.wait("2026-06-10 08:40")
    wanted = ann.heard()[-1]
    assert "“讲者不同意公开”" in text(wanted)
    ann.presses("Approve", wanted)
    assert line(ann.says("materials"), "S3")[0] == "–"
    chat.settle()
    assert "Ann agrees: slides of S3 will not come" in text(li.heard()[-1])
    assert "approved already" in text(ann.presses("Approve", wanted))
    assert li.says("materials approve slides/S1").name == "people/refusals/not_allowed"


def test_who_leads_decides_at_once_and_takes_it_back(ann: Somebody) -> None:
    ann.says("materials skip S3")
    ann.presses("All of these")
    ann.presses("The speaker declined")
    assert line(ann.says("materials"), "S3") == ("–", "–", "–", "–")
    assert "the speaker declined" in text(ann.says("materials approve slides/S3"))
    ann.says("materials unskip slides/S3")
    assert line(ann.says("materials"), "S3") == ("○", "–", "–", "–")
    ann.says("undo")
    assert line(ann.says("materials"), "S3")[0] == "–"
    assert ann.says("materials unskip slides/S1").name == "materials/refusals/no_excuse"


def test_a_reason_is_needed(ann: Somebody) -> None:
    asked = ann.says("materials skip slides/S2")
    assert asked.form is not None
    ann.fills(reason="The panel had none")
    assert line(ann.says("materials"), "S2")[0] == "–"
    assert ann.says(f"materials skip slides/S1 {'x' * 301}").name == "materials/refusals/long_reason"


def test_a_request_that_is_taken_back_is_not_made(chat: Chat, ann: Somebody, li: Somebody) -> None:
    ann.says("help", direct=True)
    chat.wait("2026-06-10 22:00")
    before = len(ann.heard())
    li.says("materials skip slides/S3 no")
    li.says("materials unskip slides/S3")
    chat.wait("2026-06-11 08:40")
    assert not any("says it will not come" in text(one) for one in ann.heard()[before:])


def test_without_a_programme_there_is_a_way_on(chat: Chat) -> None:
    ann = chat.person("Ann")
    ann.says("meeting new Forum end: 2026-06-09 17:00")
    shown = ann.says("materials")
    assert shown.upload is not None
    assert shown.upload.line == "programme import M1"
    assert [button.label for button in buttons(ann.says("programme"))] == []


def test_in_chinese_buttons_read_chinese(chat: Chat, ann: Somebody) -> None:
    luo = chat.person("罗敏", locale="zh_CN")
    said = text(luo.says("资料 缺口"))
    assert "S1 智能制造的未来：课件、音像、张三的授权和张三的照片" in said
    asked = text(luo.says("资料 补交 S1 课件"))
    assert "[不会有了] 资料 免交 M1 课件/S1" in asked
    assert not luo.says("资料 免交 M1 课件/S1 讲者不同意公开").refused
    assert line(ann.says("materials"), "S1")[0] == "?"
    assert not ann.says("资料 批准 M1 课件/S1").refused
    assert line(ann.says("materials"), "S1")[0] == "–"
