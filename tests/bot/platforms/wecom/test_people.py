"""People in the app: who they are, what they may send, how they come and how they leave."""

from __future__ import annotations

import pytest

from bot.keeping import Intake
from bot.platforms.wecom import receive
from bot.platforms.wecom.menu import menu
from storage import checklist, people, workspace
from storage.people import Person
from tests.bot.platforms.wecom.office import LI, WANG, Office, words
from tests.bot.test_kinds import PNG
from tests.fakes.wecom_state import CORP, LEFT, ROOT, Department

ZHAO = "zhaoliu"
EXE = b"MZ\x90\0\x03\0\0\0" + b"\0" * 60


def everyone(house: Office) -> list[Person]:
    with house.app.database.read() as db:
        place = workspace.find(db, "main")
        return list(people.everyone(db, place.id)) if place else []


def owners(house: Office, number: int) -> list[str]:
    with house.app.database.read() as db:
        task = checklist.get(db, 1, number)
        assert task is not None
        return [people.get(db, one).name for one in checklist.assignees(db, [task.id]).get(task.id, ())]


# --- who that is


def test_a_name_is_asked_once(house: Office) -> None:
    for _ in range(3):
        house.says(LI, "帮助")
    assert [one.name for one in everyone(house)] == ["李娜"]
    assert len(house.wecom.called("user/get")) == 1


def test_a_userid_in_any_case_is_one_person(house: Office) -> None:
    for spelled in ("LiNa", "lina", "LINA"):
        house.wecom.member(LI).userid = spelled
        house.says(LI, "帮助")
    assert [one.name for one in everyone(house)] == ["李娜"]


def test_whose_name_is_not_told_is_called_by_their_userid_until_it_is(house: Office) -> None:
    house.wecom.will("user/get", errcode=60011)
    house.says(LI, "帮助")
    assert [one.name for one in everyone(house)] == ["lina"]
    house.says(LI, "帮助")
    assert [one.name for one in everyone(house)] == ["李娜"]


def placed(house: Office, user: str, number: int, name: str) -> None:
    """In a department of that name."""
    house.wecom.corps[CORP].departments[number] = Department(number, name, ROOT)
    house.wecom.member(user).departments = [number]


def test_people_of_one_name_are_told_apart_by_their_departments(house: Office) -> None:
    placed(house, LI, 2, "会员部")
    placed(house, WANG, 3, "培训部")
    house.wecom.member(WANG).name = house.wecom.member(LI).name
    for user in (LI, WANG):
        house.says(user, "帮助")
    listed = words(house.says(LI, "人员"))
    assert "会员部" in listed
    assert "培训部" in listed
    asked = words(house.says(LI, "请假 @李娜"))
    assert "李娜（会员部）" in asked
    assert "李娜（培训部）" in asked


def test_a_department_that_may_not_be_read_is_done_without(house: Office) -> None:
    placed(house, LI, 2, "会员部")
    house.wecom.will("department/list", errcode=60011, times=9)
    house.says(LI, "帮助")
    assert [(one.name, one.department) for one in everyone(house)] == [("李娜", "")]


def test_the_association_itself_is_no_department(house: Office) -> None:
    house.says(LI, "帮助")
    assert [one.department for one in everyone(house)] == [""]
    assert house.wecom.called("department/list") == []


def test_who_has_renamed_themselves_keeps_that_name(house: Office) -> None:
    house.says(LI, "帮助")
    house.says(LI, "改名 李老师")
    assert house.app.wecom is not None
    house.app.wecom.ear.desk.faces.seen.clear()  # as another process, which has not seen them yet
    house.says(LI, "帮助")
    assert [one.name for one in everyone(house)] == ["李老师"]


# --- what they send


@pytest.mark.parametrize(("kind", "said"), [("voice", "语音"), ("location", "位置"), ("link", "网址")])
def test_what_cannot_be_used_gets_a_kind_word_and_a_way(begun: Office, kind: str, said: str) -> None:
    acts = {
        "voice": lambda: begun.agent.sends_voice(LI),
        "location": lambda: begun.agent.sends_location(LI),
        "link": lambda: begun.agent.sends_link(LI, "报道", "https://example.org/news"),
    }
    answer = words(begun.does(LI, acts[kind]))
    assert said in answer
    assert answer.count("\n") <= 2


def test_it_is_said_in_the_language_that_somebody_has_chosen(begun: Office) -> None:
    begun.says(LI, "设置 语言 English")
    assert "I cannot listen to voice messages" in words(begun.does(LI, lambda: begun.agent.sends_voice(LI)))


def test_what_is_none_of_ours_is_not_answered(begun: Office) -> None:
    for event in ("view", "LOCATION", "batch_job_result", "change_contact"):
        assert begun.does(LI, lambda event=event: begun.agent.happens(LI, event, {})) == []
    assert begun.does(LI, lambda: begun.agent.sends(LI, "emotion", {})) == []


def test_every_entry_of_the_menu_is_answered(begun: Office) -> None:
    for entry in (entry for group in menu("zh_CN")["button"] for entry in group["sub_button"]):
        said = words(begun.does(LI, lambda key=entry["key"]: begun.agent.clicks(LI, key)))
        assert said, entry
        assert not any(no in said for no in ("没看懂", "这个说法")), entry


@pytest.mark.parametrize(
    "typed",
    [
        *("完成 59", "/完成 T59", "／完成　５９", "完成t59", "完成：T59", "done 59", "/done T59", "ＤＯＮＥ　Ｔ５９"),
        *("/huihou done T59", "@会后 完成 59", "完成　Ｍ１－Ｔ５９"),
    ],
)
def test_a_command_is_understood_as_people_type_it(begun: Office, typed: str) -> None:
    assert "T59 浇花：已完成" in words(begun.says(LI, typed))


def test_a_video_is_taken_as_a_file(begun: Office) -> None:
    clip = b"\0\0\0\x18ftypmp42" + b"\0" * 40
    assert "video" in words(begun.does(LI, lambda: begun.agent.sends_video(LI, clip)))


# --- files


def test_an_entry_of_a_cards_own_menu_says_its_line() -> None:
    told = {"MsgType": "event", "Event": "template_card_menu_event", "EventKey": "show M1-T59", "TaskId": "t-1"}
    found = receive.heard({**told, "FromUserName": "LiNa", "CreateTime": "1"}, "", entry="main")
    assert found is not None
    assert (found.user, found.line, found.card, found.code) == (LI, "show M1-T59", "t-1", "")


def test_the_end_of_a_cdata_section_in_what_somebody_types_breaks_nothing(begun: Office) -> None:
    said = words(begun.says(LI, "添加 还书]]></Content><Content>完成 T59 阶段：5 截止：2026-05-29 12:00"))
    assert "还书" in said
    assert "T61" in said
    assert "已完成" not in said


def test_a_photo_without_a_word_before_it_is_kept_and_asked_about(begun: Office) -> None:
    assert "属于哪项任务" in words(begun.does(LI, lambda: begun.agent.sends_image(LI, PNG)))


def test_a_photo_belongs_to_what_was_asked_for_last(begun: Office) -> None:
    begun.says(LI, "附件 T12")
    for left in (5, 4, 3):
        said = words(begun.does(LI, lambda left=left: begun.agent.sends_image(LI, PNG + bytes([left]))))
        assert "T12" in said
        assert f"还差 {left}" in said


def test_a_photo_long_after_is_asked_about(begun: Office) -> None:
    begun.says(LI, "附件 T12")
    begun.wecom.clock += 3600
    assert "属于哪项任务" in words(begun.does(LI, lambda: begun.agent.sends_image(LI, PNG)))


def test_a_photo_soon_after_something_else_is_still_the_one_that_was_announced(begun: Office) -> None:
    begun.says(LI, "附件 T12")
    begun.says(LI, "帮助")
    said = words(begun.does(LI, lambda: begun.agent.sends_image(LI, PNG)))
    assert "您说过要为它传文件" in said
    assert "换个任务" in said


def test_nobody_elses_question_is_answered_by_it(begun: Office) -> None:
    begun.says(WANG, "帮助")
    begun.says(LI, "附件 T12")
    assert "属于哪项任务" in words(begun.does(WANG, lambda: begun.agent.sends_image(WANG, PNG)))


def test_a_file_comes_with_its_name(begun: Office) -> None:
    begun.says(LI, "附件 T12")
    said = words(begun.does(LI, lambda: begun.agent.sends_file(LI, "总结 报告.pdf", b"%PDF-1.7\n% a report")))
    assert "总结 报告.pdf" in said


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [("合影.jpg", EXE, "与文件名不符"), ("安装.exe", EXE, "这类文件我收不了"), ("空.pdf", b"", "0 字节")],
)
def test_a_file_that_is_not_what_it_should_be_is_not_taken(begun: Office, name: str, content: bytes, why: str) -> None:
    begun.says(LI, "附件 T12")
    answer = words(begun.does(LI, lambda: begun.agent.sends_file(LI, name, content)))
    assert name in answer
    assert why in answer
    assert not [one for one in begun.app.settings.data.glob("files/**/*") if one.is_file()]


def test_an_executable_dressed_as_a_picture_is_not_taken(begun: Office) -> None:
    begun.says(LI, "附件 T12")
    assert "与文件名不符" in words(begun.does(LI, lambda: begun.agent.sends_image(LI, EXE, "photo.png")))


def test_what_wecom_no_longer_hands_over_is_asked_for_again(begun: Office) -> None:
    begun.wecom.will("media/get", errcode=40007)
    assert "再发一次" in words(begun.does(LI, lambda: begun.agent.sends_image(LI, PNG)))


@pytest.mark.parametrize("trouble", [{"errcode": 42001}, {"errcode": 40014}])
def test_a_file_is_fetched_with_another_token_if_need_be(begun: Office, trouble: dict[str, int]) -> None:
    begun.wecom.will("media/get", **trouble)
    assert "属于哪项任务" in words(begun.does(LI, lambda: begun.agent.sends_image(LI, PNG)))


def test_a_file_that_is_too_large_is_refused_with_the_limit(begun: Office) -> None:
    assert begun.app.wecom is not None
    begun.app.wecom.ear.desk.intake = Intake(begun.app.files, 0)
    assert "0 MB" in words(begun.does(LI, lambda: begun.agent.sends_image(LI, PNG)))


def test_a_store_that_takes_nothing_is_told(begun: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(begun.app.files, "put", full)
    assert "暂时收不了东西" in words(begun.does(LI, lambda: begun.agent.sends_image(LI, PNG)))


# --- coming


def test_whoever_opens_the_app_is_greeted_once(house: Office) -> None:
    assert "您好" in words(house.does(LI, lambda: house.agent.enters(LI)))
    for _ in range(2):
        house.wecom.clock += 90_000
        assert house.does(LI, lambda: house.agent.enters(LI)) == []


def test_to_whom_the_app_is_shown_nothing_is_said_until_they_open_it(house: Office) -> None:
    assert house.does(WANG, lambda: house.agent.subscribes(WANG)) == []
    assert everyone(house) == []
    assert "您好" in words(house.does(WANG, lambda: house.agent.enters(WANG)))


# --- leaving


@pytest.fixture
def two(begun: Office) -> Office:
    """王芳 has T12 and the role of finance."""
    begun.does(WANG, lambda: begun.agent.enters(WANG))
    begun.says(LI, "分配 T12 @王芳")
    begun.says(LI, "角色 设置 财务 @王芳")
    begun.wecom.inboxes.clear()
    return begun


def leaves(house: Office, user: str, *, removed: bool) -> None:
    """Gone from WeCom; ``removed``: an administrator has deleted them."""
    heard = house.agent.unsubscribes(user)
    house.wecom.member(user).status = LEFT
    if removed:
        del house.wecom.corps[house.agent.corp].members[user]
    else:
        house.agent.hidden.discard(user)
    assert heard.status == 200
    house.settle()


@pytest.mark.parametrize("removed", [True, False])
def test_who_has_left_is_handed_over_and_an_admin_is_told(two: Office, *, removed: bool) -> None:
    leaves(two, WANG, removed=removed)
    said = words(two.wecom.seen(LI))
    assert "王芳" in said
    assert "离开" in said
    assert "T12" in said
    assert owners(two, 12) == ["李娜"]


def test_the_only_admin_who_has_left_is_followed_by_who_leads(two: Office) -> None:
    two.says(LI, "角色 添加 项目负责人 @王芳")
    two.wecom.inboxes.clear()
    leaves(two, LI, removed=True)
    said = words(two.wecom.seen(WANG))
    assert "管理员" in said
    assert [one.name for one in everyone(two) if one.admin] == ["王芳"]


def test_who_is_only_out_of_range_is_asked_about(two: Office) -> None:
    assert two.agent.unsubscribes(WANG).status == 200
    two.settle()
    card = two.card()
    assert "王芳 看不到会后应用了" in card.words
    assert owners(two, 12) == ["王芳"]
    assert "T12" in words(two.does(LI, lambda: two.agent.presses(card, "已离开，转交任务")))
    assert owners(two, 12) == ["李娜"]


def test_who_comes_back_has_what_they_had(two: Office) -> None:
    two.agent.unsubscribes(WANG)
    two.settle()
    assert two.does(WANG, lambda: two.agent.subscribes(WANG)) == []
    assert "T12" in words(two.says(WANG, "我的任务"))


def test_who_had_nothing_to_do_leaves_without_a_word(begun: Office) -> None:
    begun.does(WANG, lambda: begun.agent.enters(WANG))
    leaves(begun, WANG, removed=True)
    assert begun.wecom.seen(LI) == []


def test_who_was_never_here_leaves_without_a_trace(begun: Office) -> None:
    begun.agent.unsubscribes(WANG)
    begun.settle()
    assert [one.name for one in everyone(begun)] == ["李娜"]


def test_leaving_is_told_of_once(two: Office) -> None:
    two.agent.times = 3
    two.agent.unsubscribes(WANG)
    two.settle()
    assert len(two.wecom.seen(LI)) == 1


# --- who cannot be reached


@pytest.mark.parametrize("has", ["a task", "a role", "nothing"])
def test_of_somebody_with_something_to_do_the_lead_of_that_meeting_is_told(begun: Office, has: str) -> None:
    """李娜 leads it, and is an admin no more; an admin is told where somebody has nothing to do."""
    begun.wecom.add_member("ZhaoLiu", "赵六")
    for user in (WANG, ZHAO):
        begun.says(user, "帮助")
    line = {"a task": "分配 T59 @王芳", "a role": "角色 设置 财务 @王芳"}.get(has)
    if line:
        assert words(begun.says(LI, line))
    with begun.app.database.write() as db:
        for person in people.everyone(db, 1):
            person.admin = person.name == "赵六"
    begun.wecom.inboxes.clear()
    begun.wecom.member(WANG).licensed = False
    begun.says(WANG, "帮助")
    told = {user for user in (LI, ZHAO) if "王芳" in words(begun.wecom.seen(user))}
    assert told == ({LI} if line else {ZHAO})
