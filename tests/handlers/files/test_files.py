"""Files are listed, looked at, moved, put right, labelled, dropped and brought back, in both languages."""

from __future__ import annotations

import pytest

from messages import Message
from storage.checklist import State
from storage.materials import Material, PhotoKind, Scope
from storage.meetings import Meeting, MeetingState
from storage.people import Role
from tests.chat import Somebody, buttons, text
from tests.handlers.checklist.conftest import PHOTO
from tests.handlers.files.conftest import Cabinet


def sends(cabinet: Cabinet, *names: str, who: Somebody | None = None, line: str = "") -> Message:
    return cabinet.gives(who or cabinet.bo, line, *names)


def lines(message: Message) -> list[str]:
    return [button.line for button in buttons(message)]


# --- looking


def test_files_are_listed_the_newest_first(cabinet: Cabinet) -> None:
    assert "No files yet" in text(cabinet.bo.says("files"))
    sends(cabinet, "主会场.jpg", "S3 张伟.pptx", "IMG_1.jpg", "策划案.docx")
    said = text(cabinet.bo.says("files"))
    assert "Files of" in said
    assert "4 files" in said
    assert said.index("F4 策划案.docx · event plan") < said.index("F1 主会场.jpg · photo (main hall) · T12 · Bo")
    assert "F2 S3 张伟.pptx · slides S3 张伟 · T11" in said


def test_files_are_found_by_task_kind_sender_and_place(cabinet: Cabinet) -> None:
    sends(cabinet, "主会场.jpg", "S3 张伟.pptx", "scan1.pdf")
    sends(cabinet, "银行流水.xlsx", who=cabinet.li)
    for line, refs in [
        ("files T12", ["F1"]),
        ("files slides", ["F2"]),
        ("files @li", ["F4"]),
        ("files Li", ["F4"]),
        ("files unfiled", ["F3"]),
        ("files dropped", []),
        ("文件 课件", ["F2"]),
        ("文件 未归类", ["F3"]),
        ("文件 列表 照片", ["F1"]),
        ("files M1 photo @bo", ["F1"]),
        ("files photo @li", []),
    ]:
        shown = cabinet.bo.says(line)
        assert shown.name == "files/list", line
        assert [row.text.split()[0].strip("`") for row in shown.rows] == refs, line


def test_what_is_asked_about_has_no_place_until_it_is_answered(cabinet: Cabinet) -> None:
    asked = sends(cabinet, "IMG_1.jpg", "keynote.pptx")
    assert "2 belong nowhere yet" in text(cabinet.bo.says("files"))
    assert (cabinet.file(1).material, cabinet.file(2).material) == (None, None)
    cabinet.bo.says(f"attach {lines(asked)[-1].split()[1]} F1")
    assert cabinet.file(1).material is not None
    assert len(cabinet.bo.says("files unfiled").rows) == 1


def test_what_came_with_a_refused_word_is_found_again(cabinet: Cabinet) -> None:
    assert sends(cabinet, "list.csv", line="done T1").refused
    assert "F1 list.csv" in text(cabinet.bo.says("files unfiled"))
    assert not cabinet.bo.says("file move F1 T3").refused
    assert cabinet.proves(1) == ["T3"]


def test_a_long_list_has_pages(cabinet: Cabinet) -> None:
    sends(cabinet, *(f"主会场 {number}.jpg" for number in range(20)))
    first = cabinet.bo.says("files photo")
    assert (len(first.rows), first.footer) == (15, "Page 1 of 2")
    more = cabinet.bo.presses("More")
    assert (len(more.rows), more.footer) == (5, "Page 2 of 2")
    assert cabinet.bo.presses("Back").rows == first.rows


def test_one_file_tells_all_that_is_known(cabinet: Cabinet) -> None:
    sends(cabinet, "S3 张伟.pptx")
    cabinet.bo.says("attach T20 F1")
    said = text(cabinet.bo.says("file show F1"))
    for part in (
        "What it is: slides S3 张伟",
        "Proves T11",
        "Proves T20",
        "One file, 2 tasks.",
        "nobody has said so, so it stays inside",
        "from Bo",
    ):
        assert part in said
    assert "Say its number: file show F7" in text(cabinet.bo.says("file show"))
    assert "There is no file F99 here" in text(cabinet.bo.says("文件 查看 F99"))


def test_a_file_is_handed_to_who_asks_alone(cabinet: Cabinet) -> None:
    sends(cabinet, "主会场.jpg")
    given = cabinet.li.says("file get F1")
    assert (given.private, [file.name for file in given.files]) == (True, ["主会场.jpg"])
    assert cabinet.wang.says("file get F1").refused


def test_lists_of_people_are_for_who_keeps_them(cabinet: Cabinet) -> None:
    cabinet.hold(Role.PUBLICITY, cabinet.wang)
    sends(cabinet, "签到表.xlsx")
    assert cabinet.file(1).personal
    assert cabinet.wang.says("file get F1").refused
    assert not cabinet.bo.says("file get F1").refused


# --- moving


def test_a_file_is_moved_to_another_task(cabinet: Cabinet) -> None:
    sends(cabinet, "主会场.jpg")
    said = cabinet.bo.says("file move F1 T1")
    assert "F1 主会场.jpg is now with T1" in text(said)
    assert "It is no longer with T12." in text(said)
    assert cabinet.proves(1) == ["T1"]
    cabinet.bo.presses("Undo")
    assert cabinet.proves(1) == ["T12"]


def test_the_answer_to_a_file_lets_it_be_moved(cabinet: Cabinet) -> None:
    sends(cabinet, "主会场.jpg")
    asked = cabinet.bo.presses("Belongs elsewhere")
    assert "Which task should F1 主会场.jpg go to?" in text(asked)
    assert "file move F1 none" in lines(asked)
    cabinet.bo.presses("To no task")
    assert cabinet.proves(1) == []


def test_who_works_on_the_task_that_a_file_proves_may_take_it_from_there(cabinet: Cabinet) -> None:
    cabinet.bo.says("assign T1 @Wang")
    cabinet.wang.says("attach T1", files={"合影.jpg": b"\xff\xd8\xff\xe0 photo"})
    assert cabinet.proves(1) == ["T1"]
    assert not cabinet.wang.says("file move F1 none").refused
    assert cabinet.proves(1) == []


def test_what_was_finished_with_a_file_stays_finished_and_is_named(cabinet: Cabinet) -> None:
    sends(cabinet, "a.jpg", line="done T1")
    said = cabinet.bo.says("文件 移动 F1 T12")
    assert "T1 was finished with it and stays finished." in text(said)
    assert cabinet.task(1).state == State.DONE
    cabinet.bo.presses("Reopen T1")
    assert cabinet.task(1).state == State.OPEN


def test_several_files_move_together_and_to_one_task_only(cabinet: Cabinet) -> None:
    sends(cabinet, "主会场.jpg", "合影.jpg")
    cabinet.bo.says("file move F1 F2 T3")
    assert (cabinet.proves(1), cabinet.proves(2)) == (["T3"], ["T3"])
    assert "Name one task" in text(cabinet.bo.says("file move F1 T3 T4"))


def test_who_does_not_work_on_it_moves_only_their_own(cabinet: Cabinet) -> None:
    sends(cabinet, "主会场.jpg")
    assert "F1 is not yours to change. Ask Bo." in text(cabinet.wang.says("file move F1 T3"))
    assert cabinet.proves(1) == ["T12"]


# --- what it is


def test_what_a_file_is_can_be_put_right(cabinet: Cabinet) -> None:
    sends(cabinet, "scan.pdf")
    assert "F1 scan.pdf: slides S3 张伟" in text(cabinet.bo.says("file kind F1 slides S3 张伟"))
    file = cabinet.file(1)
    assert (file.material, file.session_id, file.speaker_id) == (Material.SLIDES, 2, 1)
    cabinet.bo.presses("Undo")
    assert cabinet.file(1).material is None


@pytest.mark.parametrize(
    ("line", "name", "value"),
    [
        ("文件 归类 F1 票据", "material", Material.VOUCHER),
        ("file kind F1 sign-in sheet", "material", Material.SIGN_IN),
        ("file kind F1 S1", "session_id", 1),
        ("file kind F1 华为", "booth_id", 1),
        ("file kind F1 group photo", "photo", PhotoKind.GROUP),
        ("文件 归类 F1 照片 主会场", "photo", PhotoKind.HALL),
        ("文件 归类 F1 其他", "material", Material.OTHER),
    ],
)
def test_each_side_of_a_file_can_be_said(cabinet: Cabinet, line: str, name: str, value: object) -> None:
    sends(cabinet, "scan.jpg")
    assert cabinet.bo.says(line).name == "files/kind"
    assert getattr(cabinet.file(1), name) == value


def test_a_session_can_be_taken_away(cabinet: Cabinet) -> None:
    sends(cabinet, "S3 张伟.pptx")
    cabinet.bo.says("file kind F1 no session no speaker")
    assert (cabinet.file(1).session_id, cabinet.file(1).speaker_id) == (None, None)
    assert cabinet.file(1).material == Material.SLIDES


def test_a_kind_is_asked_for_in_a_form(cabinet: Cabinet) -> None:
    sends(cabinet, "scan.pdf")
    asked = cabinet.bo.says("file kind F1")
    assert asked.form is not None
    assert ("slides", "slides") in [(one.value, one.label) for one in asked.form.fields[0].choices]
    cabinet.bo.fills(material="contract")
    assert cabinet.file(1).material == Material.CONTRACT
    assert "I find no session" in text(cabinet.bo.says("file kind F1 blah"))


# --- who may see it


def test_files_are_labelled(cabinet: Cabinet) -> None:
    sends(cabinet, "主会场.jpg", "合影.jpg")
    assert "public" in text(cabinet.bo.says("file label F1 F2 公开"))
    assert [cabinet.file(number).scope for number in (1, 2)] == [Scope.PUBLIC, Scope.PUBLIC]
    cabinet.bo.says("文件 标注 F1 内部")
    assert cabinet.file(1).scope == Scope.INTERNAL
    cabinet.bo.presses("Undo")
    assert cabinet.file(1).scope == Scope.PUBLIC


def test_a_label_beyond_the_consent_is_told_and_not_given(cabinet: Cabinet) -> None:
    sends(cabinet, "S3 张伟.pptx")
    said = cabinet.bo.says("file label F1 members")
    assert "Nobody has said how far F1 S3 张伟.pptx may be shown" in text(said)
    assert "Not heard from: 张伟" in text(said)
    cabinet.allows(Scope.ATTENDEES)
    said = cabinet.bo.says("file label F1 public")
    assert "may be shown to: attendees. You asked for: public." in text(said)
    assert "张伟: attendees" in text(said)
    assert cabinet.file(1).scope is None
    cabinet.bo.presses("Label it “attendees”")
    assert cabinet.file(1).scope == Scope.ATTENDEES
    cabinet.bo.presses("Label it so anyway", said)
    assert cabinet.file(1).scope == Scope.PUBLIC


def test_the_newest_word_about_slides_counts(cabinet: Cabinet) -> None:
    sends(cabinet, "S3 张伟.pptx")
    cabinet.allows(Scope.INTERNAL)
    cabinet.allows(Scope.PUBLIC, material=Material.SLIDES)
    cabinet.allows(Scope.INTERNAL, material=Material.VIDEO)
    assert not cabinet.bo.says("file label F1 public").refused


def test_only_who_leads_may_label_anyway(cabinet: Cabinet) -> None:
    cabinet.hold(Role.PROGRAMME, cabinet.wang)
    sends(cabinet, "S3 张伟.pptx", who=cabinet.wang)
    assert lines(cabinet.wang.says("file label F1 public")) == ["file label F1 internal"]
    assert "Only whoever leads" in text(cabinet.wang.says("file label F1 public anyway"))
    assert cabinet.file(1).scope is None


def test_lists_of_people_stay_inside(cabinet: Cabinet) -> None:
    sends(cabinet, "签到表.xlsx")
    assert "stays inside" in text(cabinet.bo.says("file label F1 public"))
    assert cabinet.file(1).scope is None


# --- dropping


def test_a_file_that_was_dropped_proves_nothing_and_comes_back(cabinet: Cabinet) -> None:
    sends(cabinet, "a.jpg", line="attach T1")
    assert "Why drop F1 a.jpg?" in text(cabinet.bo.says("file drop F1"))
    said = cabinet.bo.fills(reason="it is of another meeting")
    assert "F1 a.jpg counts no more: it is of another meeting" in text(said)
    assert "its evidence is there: 1 file" in text(cabinet.bo.says("done T1"))
    assert "(dropped)" in text(cabinet.bo.says("show T1"))
    assert "Nothing has been dropped." not in text(cabinet.bo.says("files dropped"))
    assert "No files yet" in text(cabinet.bo.says("files"))
    assert "counts again, with T1." in text(cabinet.bo.says("文件 恢复 F1"))
    assert not cabinet.bo.says("done T1").refused


def test_dropping_can_be_undone(cabinet: Cabinet) -> None:
    sends(cabinet, "a.jpg", line="attach T1")
    cabinet.bo.says("文件 移除 F1 重复了")
    cabinet.bo.presses("Undo")
    assert cabinet.file(1).dropped_at is None


def test_a_task_that_was_finished_with_it_stays_so_and_is_offered(cabinet: Cabinet) -> None:
    sends(cabinet, "a.jpg", line="done T1")
    said = cabinet.bo.says("file drop F1 wrong picture")
    assert "T1 was finished with it and stays finished." in text(said)
    assert lines(said)[0] == "reopen M1-T1"
    assert cabinet.task(1).state == State.DONE


def test_the_same_bytes_come_anew_after_they_were_dropped(cabinet: Cabinet) -> None:
    cabinet.bo.says("attach T1", files={"a.jpg": PHOTO})
    cabinet.bo.says("file drop F1 wrong")
    cabinet.bo.says("attach T1", files={"a.jpg": PHOTO})
    assert cabinet.proves(2) == ["T1"]
    assert "F1 was dropped: wrong. file restore F1 brings it back" in text(cabinet.bo.says("attach T3 F1"))


def test_others_files_are_dropped_by_who_leads_or_has_the_task(cabinet: Cabinet) -> None:
    sends(cabinet, "a.jpg", line="attach T1")
    assert "F1 is not yours to change" in text(cabinet.li.says("file drop F1 no"))
    sends(cabinet, "银行流水.xlsx")
    assert not cabinet.li.says("file drop F2 no").refused
    assert "was dropped: no" in text(cabinet.li.says("file get F2"))
    assert not cabinet.bo.says("file get F2").refused


def test_after_the_close_files_stay_as_they_are(cabinet: Cabinet) -> None:
    sends(cabinet, "a.jpg", line="attach T1")
    with cabinet.chat.app.database.write() as db:
        db.get_one(Meeting, cabinet.meeting).state = MeetingState.CLOSED
    for line in ("file drop F1 no", "file move F1 T3", "file kind F1 slides", "file label F1 public"):
        assert "meeting reopen M1" in lines(cabinet.bo.says(line)), line
    assert not cabinet.bo.says("files").refused


def test_the_journal_tells_it_in_words(cabinet: Cabinet) -> None:
    sends(cabinet, "scan.pdf")
    cabinet.bo.says("file kind F1 slides S3 张伟")
    cabinet.bo.says("file label F1 internal")
    cabinet.bo.says("file drop F1 wrong file")
    said = text(cabinet.bo.says("log"))
    assert "F1 scan.pdf · kind of material: nothing → slides; session: nothing → S3; speaker: nothing → 张伟" in said
    assert "F1 scan.pdf · who may see it: nothing → internal" in said
    assert "why it was dropped: nothing → wrong file" in said


def test_it_speaks_chinese(cabinet: Cabinet) -> None:
    zhao = cabinet.chat.person("赵敏", locale="zh_CN")
    cabinet.hold(Role.LEAD, zhao)
    sends(cabinet, "S3 张伟.pptx", who=zhao)
    assert "F1 S3 张伟.pptx · 课件 S3 张伟" in text(zhao.says("文件"))
    shown = zhao.says("文件 查看 F1")
    assert "文件 移动 F1" in text(shown)
    assert "还没有人说过 F1 S3 张伟.pptx 能给谁看" in text(zhao.says("文件 标注 F1 公开"))
    assert "写上编号：文件 移除 F7。" in text(zhao.says("文件 移除"))
    assert "F1 S3 张伟.pptx 不再算数" in text(zhao.says("文件 移除 F1 发错了"))
