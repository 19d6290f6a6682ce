"""Files that come without their task: where they surely belong, what was said before, and one question for the rest."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from messages import Message
from storage import checklist, conversation, files, journal
from storage.files import File
from storage.materials import Material, PhotoKind
from storage.meetings import Meeting, MeetingState
from storage.people import Role
from storage.programme import Booth, ProgrammeSession, Speaker, Speaking
from tests.chat import buttons, text
from tests.handlers.checklist.conftest import PHOTO, Team
from tests.handlers.test_filing import jpeg


def kept(team: Team, number: int) -> File:
    with team.chat.app.database.read() as db:
        found = files.by_number(db, 1, number)
    assert found is not None
    return found


def count(team: Team) -> int:
    with team.chat.app.database.read() as db:
        return len(files.of_meeting(db, team.meeting, dropped=True))


def proofs(team: Team, number: int) -> list[str]:
    with team.chat.app.database.read() as db:
        task = team.task(number)
        given = checklist.proofs(db, task.id, task.round)
        return [row.ref for row in files.some(db, [one.file_id for one in given if one.file_id]).values()]


def lines(message: Message) -> list[str]:
    return [button.line for button in buttons(message)]


@pytest.fixture
def programme(team: Team) -> Team:
    with team.chat.app.database.write() as db:
        db.add_all(
            [
                ProgrammeSession(id=1, meeting_id=team.meeting, code="S1", title="开幕"),
                ProgrammeSession(id=2, meeting_id=team.meeting, code="S3", title="数据治理"),
                Speaker(id=1, meeting_id=team.meeting, name="张伟"),
                Booth(id=1, meeting_id=team.meeting, name="华为技术有限公司"),
            ]
        )
        db.flush()
        db.add(Speaking(session_id=2, speaker_id=1))
    return team


# --- by name


def test_one_sure_match_is_kept_at_once(team: Team) -> None:
    said = team.gives(team.bo, "", "主会场.jpg")
    assert "主会场.jpg is kept with T12" in text(said)
    assert "going by its name" in text(said)
    assert "1 of 6 are here. 5 more files are needed" in text(said)
    assert lines(said)[0] == "file move F1"
    assert lines(said)[1].startswith("undo no.")
    file = kept(team, 1)
    assert (file.meeting_id, file.material, file.photo) == (team.meeting, Material.PHOTO, PhotoKind.HALL)
    assert proofs(team, 12) == ["F1"]
    team.bo.presses("Undo")
    assert proofs(team, 12) == []


def test_words_beside_it_tell_as_well_and_are_named(team: Team) -> None:
    assert "is kept with T12 Gather photos of all six kinds, going by its name and your words" in text(
        team.gives(team.bo, "主会场的照片", "IMG_0001.jpg")
    )


def test_a_file_is_known_by_session_and_speaker(programme: Team) -> None:
    said = programme.gives(programme.bo, "", "S3 zhang wei.pptx")
    assert "is kept with T11" in text(said)
    file = kept(programme, 1)
    assert (file.material, file.session_id, file.speaker_id, file.version) == (Material.SLIDES, 2, 1, 1)


def test_a_stand_and_a_day_are_filled_in(programme: Team) -> None:
    programme.gives(programme.bo, "", "20260607 华为展位.jpg")
    file = kept(programme, 1)
    assert (file.photo, file.booth_id, file.day) == (PhotoKind.BOOTH, 1, date(2026, 6, 7))


def test_a_photo_has_the_day_on_which_it_was_taken(team: Team) -> None:
    team.bo.says("", files={"合影.jpg": jpeg("2026:06:08 10:00:00"), "晚宴.jpg": jpeg("2019:06:08 10:00:00")})
    assert [kept(team, number).day for number in (1, 2)] == [date(2026, 6, 8), None]


def test_the_words_beside_a_file_say_what_it_is(team: Team) -> None:
    said = team.gives(team.bo, "场地的票据", "IMG_0001.jpg")
    assert "is kept with T10" in text(said)
    assert kept(team, 1).material == Material.VOUCHER


def test_an_id_beside_a_file_says_where_it_goes(team: Team) -> None:
    said = team.gives(team.bo, "T3 的照片", "IMG_0001.jpg")
    assert "is kept with T3" in text(said)
    assert kept(team, 1).material == Material.INVENTORY


def test_what_no_task_asks_for_is_filed_with_the_meeting(team: Team) -> None:
    said = team.gives(team.bo, "", "场地合同.pdf")
    assert "is filed with the meeting as contract. No task asks for it." in text(said)
    assert (kept(team, 1).material, kept(team, 1).meeting_id) == (Material.CONTRACT, team.meeting)
    assert "file move F1" in lines(said)


def test_two_tasks_that_fit_are_both_offered_first(team: Team) -> None:
    said = team.gives(team.bo, "", "发票.pdf")
    assert {line.split()[1] for line in lines(said)[:2]} == {"M1-T10", team_ref(team, "fapiao-issue")}
    assert proofs(team, 10) == []


def team_ref(team: Team, key: str) -> str:
    return f"M1-{team.task(key).ref}"


def test_own_tasks_come_first_in_the_question(team: Team) -> None:
    team.hold(Role.LOGISTICS, team.wang)
    mine = {task.ref for task in team.tasks() if task.owner_role == Role.LOGISTICS}
    said = team.gives(team.wang, "", "IMG_0001.jpg")
    offered = [line.split("-")[1].split()[0] for line in lines(said)]
    assert offered[0] in mine
    own = [ref in mine for ref in offered]
    assert own == sorted(own, reverse=True)
    other = team.gives(team.ann, "", "IMG_0002.jpg")
    assert lines(other)[0].startswith("attach M1-T12 ")


def test_whose_task_it_is_not_keeps_the_file_and_is_told(team: Team) -> None:
    said = team.gives(team.wang, "", "银行流水.xlsx")
    owner = team.task("ledger-complete")
    assert owner.owner_role == Role.FINANCE
    assert said.refused
    assert "F1" in text(said)
    assert proofs(team, owner.number) == []


def test_several_files_at_once_go_each_to_its_own(team: Team) -> None:
    said = team.gives(team.ann, "", "主会场.jpg", "合影.jpg", "场地交接单.pdf", "IMG_0007.jpg", "策划案.docx")
    assert "T12" in text(said)
    assert "T4" in text(said)
    assert "as event plan" in text(said)
    assert "I have kept 1 file. What does it belong to?" in text(said)
    assert (proofs(team, 12), proofs(team, 4)) == (["F1", "F2"], ["F3"])
    assert lines(said)[0] == "attach M1-T12 F4"


# --- said before


def test_files_that_were_announced_belong_to_that_task_for_ten_minutes(team: Team) -> None:
    asked = team.bo.says("attach T3")
    assert "Files that you send here within the next 10 minutes go to T3, without a word." in text(asked)
    said = team.gives(team.bo, "", "IMG_1.jpg")
    assert "is kept with T3" in text(said)
    assert "for which you said files would come" in text(said)
    assert "What does it belong to?" in text(team.gives(team.li, "", "IMG_2.jpg"))
    assert "What does it belong to?" in text(team.bo.says("", room="other", files={"x.jpg": PHOTO + b"x"}))
    team.chat.clock.move_to(team.chat.clock.now() + timedelta(minutes=10))
    assert "What does it belong to?" in text(team.gives(team.bo, "", "IMG_4.jpg"))


def test_the_newest_word_counts(team: Team) -> None:
    team.bo.says("attach T3")
    team.bo.says("attach T4")
    assert "is kept with T4" in text(team.gives(team.bo, "", "IMG_1.jpg"))
    assert "is kept with T1 " in text(team.gives(team.bo, "attach T1", "IMG_2.jpg"))
    team.bo.says("done T4")
    assert "What does it belong to?" in text(team.gives(team.bo, "", "IMG_3.jpg"))


# --- one conversation


def test_files_one_after_the_other_are_asked_about_once(team: Team) -> None:
    team.gives(team.ann, "", "IMG_1.jpg")
    team.gives(team.ann, "", "IMG_2.jpg")
    said = team.gives(team.ann, "", "IMG_3.jpg")
    assert "I have kept 3 files. What do they belong to?" in text(said)
    assert lines(said)[0] == "attach M1-T12 F1 F2 F3"
    team.ann.presses(buttons(said)[0].label, said)
    assert proofs(team, 12) == ["F1", "F2", "F3"]
    assert "I have kept 1 file." in text(team.gives(team.ann, "", "IMG_4.jpg"))


def test_where_the_conversation_is_kept_here_the_earlier_question_gives_way(team: Team) -> None:
    def sends(number: int) -> None:
        message = team.bo.says("", files={f"IMG_{number}.jpg": PHOTO + bytes([number])}, stands_as=f"answer:{number}")
        with team.chat.app.database.write() as db:
            row = team.chat.room().row(db)
            assert row is not None
            payload = message.model_dump_json()
            conversation.say(db, row.id, key=f"answer:{number}", at=team.chat.clock.now(), payload=payload)

    sends(1)
    sends(2)
    assert text(team.chat.room().heard()[0]) == "I ask below about all 2 files at once."
    assert "I have kept 2 files." in text(team.chat.room().heard()[1])


def test_what_comes_later_or_from_another_is_asked_about_alone(team: Team) -> None:
    team.gives(team.bo, "", "IMG_1.jpg")
    assert "I have kept 1 file." in text(team.gives(team.li, "", "IMG_2.jpg"))
    team.chat.clock.move_to(team.chat.clock.now() + timedelta(minutes=2))
    assert "I have kept 1 file." in text(team.gives(team.bo, "", "IMG_3.jpg"))


# --- again


def test_the_same_bytes_are_kept_once(team: Team) -> None:
    team.bo.says("", files={"主会场.jpg": PHOTO})
    again = team.bo.says("", files={"主会场 2.jpg": PHOTO})
    assert "F1 主会场.jpg was here already, byte for byte, with T12; nothing is kept twice." in text(again)
    assert count(team) == 1
    assert not any(line.startswith("undo") for line in lines(again))
    with team.chat.app.database.read() as db:
        assert len(journal.entries(db, 1)) == 1


def test_a_file_that_proves_two_tasks_says_so(team: Team) -> None:
    team.bo.says("attach T12", files={"a.jpg": PHOTO})
    said = team.bo.says("attach T1", files={"b.jpg": PHOTO})
    assert "F1 is one file, and proves T12 as well." in text(said)
    assert (count(team), proofs(team, 1), proofs(team, 12)) == (1, ["F1"], ["F1"])


def test_a_file_that_finishes_a_task_twice_is_one(team: Team) -> None:
    team.bo.says("attach T12", files={"a.jpg": PHOTO})
    team.bo.says("attach T12", files={"a.jpg": PHOTO})
    assert proofs(team, 12) == ["F1"]
    team.bo.says("done T1", files={"a.jpg": PHOTO})
    assert (count(team), str(team.task(1).state)) == (1, "done")


@pytest.mark.parametrize(
    ("first", "then", "version"),
    [
        ("S3.pptx", "S3 final.pptx", 2),
        ("S3.pptx", "S1.pptx", 1),
        ("张伟 v1.pptx", "张伟 终稿.pptx", 2),
        ("场地合同.pdf", "场地合同 (1).pdf", 2),
        ("场地合同.pdf", "餐饮合同.pdf", 1),
        ("发票.pdf", "发票.pdf", 1),
        ("合影.jpg", "合影.jpg", 1),
    ],
)
def test_the_same_again_is_a_later_version(programme: Team, first: str, then: str, version: int) -> None:
    programme.bo.says("", files={first: PHOTO})
    said = programme.bo.says("", files={then: PHOTO + b"2"})
    assert kept(programme, 2).version == version
    if version > 1 and "合同" not in then:
        assert f"is version {version}; the earlier one is kept too." in text(said)


def test_a_name_that_came_for_the_task_before_is_its_next_version(team: Team) -> None:
    team.bo.says("attach T20", files={"目标.xlsx": PHOTO})
    said = team.bo.says("attach T20", files={"目标_v2.xlsx": PHOTO + b"2"})
    assert "F2 目标_v2.xlsx is version 2" in text(said)


def test_in_chinese(team: Team) -> None:
    zhao = team.chat.person("赵敏", locale="zh_CN")
    team.hold(Role.LEAD, zhao)
    said = text(team.gives(zhao, "", "主会场.jpg"))
    assert "主会场.jpg" in said
    assert "已有 1 个，需要 6 个" in said
    assert "按文件名，已把 1 份归到 T12" in said
    assert "10 分钟内" in text(zhao.says("附件 T3"))


def test_a_meeting_that_is_closed_takes_nothing(team: Team) -> None:
    with team.chat.app.database.write() as db:
        db.get_one(Meeting, team.meeting).state = MeetingState.CLOSED
    assert team.gives(team.bo, "", "主会场.jpg").refused


# --- what was said of a file stays


def test_what_the_words_beside_it_say_is_kept_with_its_task(programme: Team) -> None:
    programme.gives(programme.bo, "S3 张伟", "talk.pptx")
    assert (kept(programme, 1).session_id, kept(programme, 1).speaker_id) == (2, 1)


def test_what_was_put_right_by_hand_stays_when_it_is_attached(programme: Team) -> None:
    programme.bo.says("attach T20", files={"IMG_1.jpg": PHOTO})
    programme.bo.says("file kind F1 photo group")
    programme.bo.says("attach T12 F1")
    assert (kept(programme, 1).material, kept(programme, 1).photo) == (Material.PHOTO, PhotoKind.GROUP)


def test_an_older_file_does_not_become_a_newer_version(programme: Team) -> None:
    programme.gives(programme.bo, "", "S3.pptx", "S3 final.pptx")
    assert [kept(programme, n).version for n in (1, 2)] == [1, 2]
    programme.bo.says("attach T20 F1")
    assert [kept(programme, n).version for n in (1, 2)] == [1, 2]


@pytest.mark.parametrize(
    "names", [("频道TV1.pdf", "频道TV2.pdf"), ("semifinal.pdf", "semi.pdf"), ("photocopy.pdf", "photo.pdf")]
)
def test_names_that_only_end_alike_are_not_versions(team: Team, names: tuple[str, str]) -> None:
    for at, name in enumerate(names):
        team.bo.says("attach T20", files={name: b"%PDF-1.4" + bytes([65 + at])})
    assert kept(team, 2).version == 1


@pytest.mark.parametrize("name", ["报名信息.xlsx", "registrants.csv", "腾讯会议.csv"])
def test_every_list_of_people_is_personal(team: Team, name: str) -> None:
    team.gives(team.bo, "attach T15", name)
    assert kept(team, 1).personal
    assert team.bo.says("file label F1 public anyway").name == "files/refusals/personal"


def test_a_wrong_guess_is_put_right_by_who_keeps_lists(team: Team) -> None:
    team.li.says("attach T15", files={"嘉宾签到.jpg": PHOTO})
    team.li.says("file kind F1 photo")
    assert kept(team, 1).personal
    team.bo.says("file kind F1 photo")
    assert not kept(team, 1).personal


def test_what_is_moved_to_a_task_is_what_the_task_asks_for(team: Team) -> None:
    team.bo.says("", files={"IMG_1.jpg": PHOTO})
    team.bo.says("file move F1 T12")
    assert kept(team, 1).material == Material.PHOTO


def test_an_invoice_is_offered_to_what_its_name_says_and_to_nothing_else(team: Team) -> None:
    asked = team.bo.says("", files={"酒店发票.pdf": b"%PDF-1.4"})
    assert lines(asked) == ["attach M1-T10 F1", "attach M1-T51 F1"]


def test_what_came_with_a_refused_word_alone_is_found_there_again(team: Team) -> None:
    assert team.li.says("done T1", files={"list.csv": b"a,b\n"}, direct=True).refused
    assert "list.csv" in text(team.li.says("files unfiled", direct=True))
    assert "list.csv" not in text(team.bo.says("files unfiled"))
    team.li.says("file drop F1 wrong", direct=True)
    assert "list.csv" not in text(team.li.says("files", direct=True))
