"""What was said to one person and no longer holds is taken back, whole, for a day; and said anew if it holds again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from messages import Message
from storage.outbox import Promise
from tests.bot.platforms.wecom.office import LI, WANG, Office, words
from tests.bot.platforms.wecom.test_deck import nudge, presses, tidies, updates
from tests.bot.platforms.wecom.test_sending import LONG, Desk, desk, pressed, texts, tries, word
from tests.fakes.wecom_state import DAY, Shown

__all__ = ["desk", "nudge"]

GONE = word("不算数了。", withdrawn=True)


def recalls(house: Office) -> int:
    return len(house.wecom.called("message/recall"))


# --- messages


@pytest.mark.parametrize("said", [word("请来一趟"), pressed("请来一趟"), word(LONG)], ids=["words", "card", "long"])
def test_all_of_it_is_taken_back_and_nothing_is_said_instead(house: Office, desk: Desk, said: Message) -> None:
    parts = len(desk.says("one", said))
    assert desk.says("one:gone:1", GONE, edits="one") == []
    assert house.wecom.seen(LI) == []
    assert recalls(house) == parts
    assert desk.state("one:gone:1") == Promise.SENT


@pytest.mark.parametrize("trouble", [{"drop": True}, {"status": 502}, {"errcode": 45009}, {"errcode": -1}])
def test_what_keeps_it_from_being_taken_back_is_waited_for(house: Office, desk: Desk, trouble: dict[str, Any]) -> None:
    desk.says("one", word(LONG))
    house.wecom.will("message/recall")
    house.wecom.will("message/recall", **trouble)
    desk.says("one:gone:1", GONE, edits="one")
    assert house.wecom.seen(LI) == []


def test_after_a_day_it_stands_and_wecom_is_not_asked(house: Office, desk: Desk) -> None:
    desk.says("one", word("请来一趟"))
    house.wecom.clock += DAY
    desk.says("one:gone:1", GONE, edits="one")
    assert texts(house.wecom.seen(LI)) == ["请来一趟"]
    assert recalls(house) == 0


def test_what_wecom_does_not_take_back_can_at_least_not_be_pressed(house: Office, desk: Desk) -> None:
    (card,) = desk.says("one", pressed("请来一趟"))
    house.wecom.will("message/recall", errcode=40058)
    desk.says("one:gone:1", GONE, edits="one")
    assert (card.recalled, card.replaced) == (False, "已处理")


def test_what_only_reads_otherwise_is_not_taken_back(house: Office, desk: Desk) -> None:
    desk.says("one", word("请来一趟"))
    desk.says("one:edit:1", word("已经来过了"), edits="one")
    assert texts(house.wecom.seen(LI)) == ["请来一趟"]
    assert recalls(house) == 0


@pytest.mark.parametrize("again", [False, True])
def test_what_holds_again_and_asks_for_something_is_said_again(house: Office, desk: Desk, *, again: bool) -> None:
    desk.says("one", pressed("请来一趟"))
    desk.says("one:edit:1", GONE, edits="one")
    assert desk.says("one:edit:2", word("说过了"), edits="one") == []
    (card,) = desk.says("one:edit:3", pressed("还是请来一趟"), edits="one")
    assert card.buttons
    if again:
        desk.says("one:edit:4", GONE, edits="one")
        assert house.wecom.seen(LI) == []
    else:
        desk.says("one:edit:4", word("说过了"), edits="one")
        assert (card.recalled, card.replaced) == (False, "已处理")


def test_another_process_knows_what_to_take_back(house: Office, desk: Desk) -> None:
    desk.says("one", word(LONG))
    desk.dies()
    desk.says("one:gone:1", GONE, edits="one")
    assert house.wecom.seen(LI) == []


def test_a_group_keeps_what_it_was_told(house: Office, desk: Desk) -> None:
    """WeCom recalls what the app said to people, and not what it said in groups."""
    house.agent.departments = {1}
    house.says(LI, "新建会议 2026年会 结束：2026-05-27 17:00")
    house.does(WANG, lambda: house.agent.enters(WANG))
    house.says(LI, "群 新建 善后群 @王芳")
    before = recalls(house)
    house.says(LI, "撤销")
    assert recalls(house) == before


# --- reminders


def test_a_reminder_that_was_wrong_is_taken_back(begun: Office, nudge: Shown) -> None:
    begun.says(LI, "截止 T59 T60 2026-06-05 12:00")
    tidies(begun)
    assert nudge.recalled
    assert updates(begun) == []


def test_one_of_which_something_was_done_stays(begun: Office, nudge: Shown) -> None:
    begun.says(LI, "完成 T59")
    begun.says(LI, "截止 T60 2026-06-05 12:00")
    tidies(begun)
    assert not nudge.recalled


def test_a_reminder_that_holds_again_comes_again_and_can_be_pressed(begun: Office, nudge: Shown) -> None:
    begun.says(LI, "截止 T59 T60 2026-06-05 12:00")
    tidies(begun)
    begun.says(LI, "撤销")
    tidies(begun)
    again = begun.card()
    assert again is not nudge
    assert "M1-T59" in again.options
    assert "T59" in words(presses(begun, again, "完成", picked="M1-T59"))
    tidies(begun)
    assert "M1-T59" not in again.options


# --- what people hear of each other


def undone(begun: Office, line: str, heard: Callable[[], list[Shown]]) -> tuple[Shown, list[Shown]]:
    """What 王芳 is told of what 李娜 says; and what then, once that is undone."""
    begun.says(LI, line)
    told = heard()[-1]
    before = len(heard())
    begun.says(LI, "撤销")
    return told, heard()[before - 1 :]


@pytest.mark.parametrize(
    ("line", "said"), [("分配 T59 @王芳", "T59"), ("请假 2026-06-01..2026-06-05 代班 @王芳", "请假")]
)
def test_what_was_undone_is_taken_back_and_whoever_heard_it_hears_that(begun: Office, line: str, said: str) -> None:
    begun.does(WANG, lambda: begun.agent.enters(WANG))
    told, after = undone(begun, line, lambda: begun.wecom.seen(WANG))
    assert said in told.words
    assert told.recalled
    assert len(after) == 1
    assert said in words(after)


def test_an_approval_that_was_undone_is_taken_back_too(begun: Office) -> None:
    begun.does(WANG, lambda: begun.agent.enters(WANG))
    begun.says(LI, "分配 T29 @王芳")
    begun.says(WANG, "完成 T29 请过目")
    told, after = undone(begun, "批准 T29", lambda: begun.wecom.seen(WANG))
    assert told.recalled
    assert "撤回了对 T29" in words(after).replace("*", "")


def test_the_answer_at_the_end_of_long_work_recalls_all_that_was_said_before(house: Office, desk: Desk) -> None:
    desk.says("work:1", word(LONG))
    desk.says("work:answer", word("做好了"), edits="work:1")
    assert texts(house.wecom.seen(LI)) == ["做好了"]
    assert len(tries(house, "message/recall")) > 1
