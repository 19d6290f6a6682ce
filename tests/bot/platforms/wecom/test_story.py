"""One whole story in Chinese, in the association's own app: from the first greeting to the meeting's close."""

from __future__ import annotations

import pytest

from storage import checklist, meetings
from storage.checklist import State
from storage.meetings import MeetingState
from tests.bot.platforms.wecom.office import LI, WANG, Office, words
from tests.bot.test_kinds import PNG
from tests.fakes.wecom_state import Shown

REPORT = b"%PDF-1.7\n% a report\n"


def state(house: Office, number: int) -> State:
    with house.app.database.read() as db:
        task = checklist.get(db, 1, number)
        assert task is not None
        return task.state


def presses(house: Office, card: Shown, button: str, **selected: str) -> list[Shown]:
    return house.does(card.user, lambda: house.agent.presses(card, button, selected=selected))


def votes(house: Office, card: Shown, *refs: str) -> list[Shown]:
    return house.does(card.user, lambda: house.agent.votes(card, refs))


@pytest.mark.parametrize("times", [1, 3])
def test_a_conference_is_wrapped_up_at_wecom(house: Office, times: int) -> None:
    agent = house.agent
    agent.times = times

    # 李娜 opens the app: she is greeted, and once; a button leads to a form on a page.
    assert "您好，我是“会后”" in words(house.does(LI, lambda: agent.enters(LI)))
    assert house.does(LI, lambda: agent.enters(LI)) == []
    assert "哪个会议结束了？" in words(presses(house, house.card(), "先建一个会议"))
    assert house.fills(house.page(), name_zh="2026年会", end="2026-05-27 17:00")[0] == 200
    assert "“2026年会”的会后清单已备好" in words(house.wecom.seen(LI))
    assert "下一项" in words(house.says(LI, "列表"))

    # 王芳 comes, is given a role, and finds what is hers.
    house.does(WANG, lambda: agent.enters(WANG))
    assert "宣传：王芳" in words(house.says(LI, "角色 设置 宣传 @王芳"))
    assert "T12" in words(presses(house, house.card(WANG), "我的任务"))

    # In words, taken back, said again; then by a button with a choice beside it.
    assert "T8 感谢现场团队和合作伙伴：已完成" in words(house.says(LI, "完成 T8 现场已逐一致谢"))
    assert "已撤销" in words(presses(house, house.card(), "撤销"))
    assert state(house, 8) == State.OPEN
    house.says(LI, "完成 T8 现场已逐一致谢")
    house.says(LI, "我的任务")
    assert "T19" in words(presses(house, house.card(), "详情", picked="M1-T19"))
    presses(house, house.card(), "开始")
    assert state(house, 19) == State.DOING

    # Boxes are ticked: what can be is finished at once, and the card shows what is left.
    for title in ("浇花", "给会长回电", "归还钥匙"):
        house.says(LI, f"新增 {title} 阶段：1 截止：2026-05-29 12:00 负责人：我")
    house.says(LI, "列表 阶段1")
    ticked = house.card(kind="vote_interaction")
    votes(house, ticked, "M1-T59", "M1-T60")
    assert [state(house, number) for number in (59, 60, 61)] == [State.DONE, State.DONE, State.OPEN]
    assert not {"M1-T59", "M1-T60"} & set(ticked.options)
    assert "M1-T61" in ticked.options

    # The morning's reminder comes into everybody's own chat; it is put off with the card's button, and asked about.
    house.lives_until("2026-05-29T09:40")
    nudge = house.card(WANG)
    assert "早上好" in words(house.wecom.seen(WANG))
    assert "T39" in words(presses(house, nudge, "完成", picked="M1-T39"))
    assert house.fills(house.page(WANG), note="在群里发了邀请")[0] == 200
    assert state(house, 39) == State.DONE
    assert "T38" in words(house.says(WANG, "稍后提醒 T38 6月4日"))
    assert "6月1日" in words(house.says(WANG, "请假 6月1日..6月3日 由 @李娜 代"))

    # A photo and a file are the proof of something: sent after it was asked for, and on a page.
    assert "1 个文件" in words(house.says(LI, "完成 T1"))
    assert "T1 撤场，恢复场地原状：已完成" in words(house.does(LI, lambda: agent.sends_image(LI, PNG)))
    house.says(LI, "完成 T5")
    assert "已发到聊天里" in house.uploads(house.page(), {"归还单.pdf": REPORT})
    assert "T5 归还租赁设备，检查完好性：已完成" in words(house.wecom.seen(LI)[-1:])

    # What needs a word is asked of whoever may give it, and given.
    asked = house.says(WANG, "完成 T36")
    assert state(house, 36) != State.DONE, words(asked)
    house.says(LI, "批准 T36")

    # It ends: what is left does not apply, and then nothing is.
    assert "还不能关闭" in words(house.says(LI, "会议 关闭"))
    left = [number for number in range(1, 62) if state(house, number) not in {State.DONE, State.NOT_APPLICABLE}]
    house.says(LI, f"不适用 {' '.join(f'T{number}' for number in left)} 本届不需要")
    assert "“2026年会”已关闭，大家辛苦了！" in words(house.says(LI, "会议 关闭"))
    with house.app.database.read() as db:
        assert meetings.get(db, 1).state == MeetingState.CLOSED
    assert house.wecom.dropped == []
