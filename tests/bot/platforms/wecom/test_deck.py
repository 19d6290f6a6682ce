"""Cards after they were sent: they show what was done, as long as WeCom lets them, and never what is not so."""

from __future__ import annotations

from typing import Any

import pytest

from bot.app import build
from bot.platforms.wecom.cards import NOTHING
from storage import wecom
from tests.bot.platforms.wecom.office import LI, WANG, Office, words
from tests.fakes.wecom_state import HOUR, Body, Shown

NEEDS_APPROVAL = "T29"


def updates(house: Office) -> list[Any]:
    return house.wecom.called("message/update_template_card")


def presses(house: Office, card: Shown, button: str, **selected: str) -> list[Shown]:
    return house.does(card.user, lambda: house.agent.presses(card, button, selected=selected))


def tidies(house: Office) -> None:
    """Reminders are set right at the next tick."""
    house.app.ticks.tick()
    house.settle()


@pytest.fixture
def card(begun: Office) -> Shown:
    """T59 by itself: what can be done with it stands on buttons."""
    begun.says(LI, "查看 T59")
    return begun.card()


@pytest.fixture
def nudge(begun: Office) -> Shown:
    """The reminder of the morning, in the lead's own chat: of T59 and T60."""
    begun.does(WANG, lambda: begun.agent.enters(WANG))
    begun.says(LI, "分配 T59 T60 我")
    begun.says(LI, "分配 T8 T19 T21 T22 T23 T25 T27 T28 T29 @王芳")
    begun.wecom.inboxes.clear()
    begun.lives_until("2026-05-29T09:40")
    found = begun.card()
    assert {"M1-T59", "M1-T60", NOTHING} == set(found.options)
    return found


# --- after a press


def test_a_card_whose_button_did_something_says_so_and_cannot_be_pressed_again(begun: Office, card: Shown) -> None:
    assert "T59 浇花：已完成" in words(presses(begun, card, "完成"))
    assert (card.replaced, card.buttons, card.updates) == ("完成", {}, 1)


def test_a_press_that_another_process_answers_changes_the_card_too(begun: Office, card: Shown) -> None:
    """The code with which it can be changed is kept with what was pressed."""
    assert begun.agent.presses(card, "完成").status == 200
    other = build(begun.app.settings, clock=begun.app.clock)
    for _ in range(5):
        other.delivery.drain()
        begun.wecom.clock += 4
    other.database.close()
    assert (card.replaced, card.buttons, card.updates) == ("完成", {}, 1)


def test_a_button_that_only_shows_something_leaves_the_card(begun: Office, card: Shown) -> None:
    presses(begun, card, "提醒记录")
    assert (card.replaced, card.updates) == ("", 0)
    assert "完成" in card.buttons


def test_a_press_that_was_refused_leaves_the_card(begun: Office) -> None:
    begun.says(LI, "查看 T1")
    first = begun.card()
    assert "佐证" in words(presses(begun, first, "完成"))
    assert (first.replaced, first.updates) == ("", 0)


def test_a_card_with_a_menu_can_be_used_for_the_next(begun: Office) -> None:
    begun.says(LI, "我的任务")
    menu = begun.card(kind="button_interaction")
    assert "T8" in words(presses(begun, menu, "详情", picked="M1-T8"))
    assert "T19" in words(presses(begun, menu, "详情", picked="M1-T19"))
    assert menu.updates == 0


def test_a_menu_of_which_nothing_was_chosen_says_to_choose(begun: Office) -> None:
    begun.says(LI, "我的任务")
    said = words(presses(begun, begun.card(kind="button_interaction"), "详情"))
    assert "T" in said


# --- requests, and questions that are no longer asked


@pytest.fixture
def request_card(begun: Office) -> Shown:
    """What 王芳 asks of 李娜, who leads the meeting."""
    begun.does(WANG, lambda: begun.agent.enters(WANG))
    begun.says(LI, f"分配 {NEEDS_APPROVAL} @王芳")
    begun.wecom.inboxes.clear()
    begun.says(WANG, f"完成 {NEEDS_APPROVAL} 请过目")
    asked = begun.card(LI)
    assert "批准" in asked.buttons
    return asked


def test_a_request_that_was_taken_back_is_recalled(begun: Office, request_card: Shown) -> None:
    begun.says(WANG, "撤销")
    assert request_card.recalled
    assert request_card not in begun.wecom.seen(LI)
    assert updates(begun) == []


def test_a_request_that_cannot_be_recalled_any_more_can_no_longer_be_granted(
    begun: Office, request_card: Shown
) -> None:
    begun.wecom.will("message/recall", errcode=40058)
    begun.says(WANG, "撤销")
    assert not request_card.recalled
    assert (request_card.replaced, request_card.buttons, request_card.updates) == ("已处理", {}, 1)


def test_a_request_that_was_granted_in_words_can_no_longer_be_pressed(begun: Office, request_card: Shown) -> None:
    begun.says(LI, f"批准 {NEEDS_APPROVAL}")
    assert (request_card.replaced, request_card.buttons) == ("已处理", {})
    assert len([one for one in begun.wecom.seen(LI) if "请您批准" in one.words]) == 1


# --- boxes


def boxes(house: Office) -> Shown:
    house.says(LI, "添加 归还钥匙 阶段：5 截止：2026-05-29 12:00")
    house.says(LI, "列表 阶段5")
    return house.card(kind="vote_interaction")


def votes(house: Office, card: Shown, *refs: str) -> list[Shown]:
    return house.does(card.user, lambda: house.agent.votes(card, refs))


def test_what_was_ticked_and_is_settled_leaves_the_card(begun: Office) -> None:
    card = boxes(begun)
    before = set(card.options)
    votes(begun, card, "M1-T59", "M1-T60")
    assert set(card.options) == before - {"M1-T59", "M1-T60"}
    assert "已完成：T59和T60" in card.words
    votes(begun, card, "M1-T61")
    assert set(card.options) == before - {"M1-T59", "M1-T60", "M1-T61"}


def test_when_nothing_is_left_to_tick_the_card_is_closed(begun: Office) -> None:
    begun.says(LI, "不适用 T42 T43 T44 T45 T46 T47 本届不需要")
    card = boxes(begun)
    votes(begun, card, "M1-T59", "M1-T60", "M1-T61")
    assert card.card["checkbox"]["disable"] is True
    with pytest.raises(LookupError):
        begun.agent.votes(card, ["M1-T61"])


def test_what_cannot_be_settled_by_a_tick_stays(begun: Office) -> None:
    begun.says(LI, "列表 阶段1")
    card = begun.card(kind="vote_interaction")
    assert "佐证" in words(votes(begun, card, "M1-T1", "M1-T4"))
    assert {"M1-T1", "M1-T4"} <= set(card.options)


def test_a_box_that_was_settled_elsewhere_meanwhile_is_settled_once(begun: Office) -> None:
    card = boxes(begun)
    begun.says(LI, "完成 T59")
    said = words(votes(begun, card, "M1-T59", "M1-T60"))
    assert "T60" in said
    assert not {"M1-T59", "M1-T60"} & set(card.options)


# --- reminders


def test_a_reminder_shows_what_is_left_after_its_own_button(begun: Office, nudge: Shown) -> None:
    presses(begun, nudge, "完成", picked="M1-T59")
    tidies(begun)
    assert nudge.updates == 1
    assert "T59" not in words([nudge])
    assert nudge.buttons


def test_a_reminder_shows_what_was_settled_elsewhere(begun: Office, nudge: Shown) -> None:
    before = len(begun.wecom.seen(LI))
    begun.wecom.clock += 60
    begun.says(LI, "完成 T59 T60")
    tidies(begun)
    assert nudge.updates == 1
    assert not nudge.buttons, nudge.words
    assert [one for one in begun.wecom.seen(LI)[before:] if "早上好" in one.words] == []


def test_a_code_is_used_once(begun: Office, nudge: Shown) -> None:
    """Without another press the card cannot change a second time, and WeCom is not asked to."""
    begun.says(LI, "完成 T59")
    tidies(begun)
    begun.says(LI, "完成 T60")
    tidies(begun)
    assert nudge.updates == 1
    codes = [call["response_code"] for call in updates(begun)]
    assert len(codes) == len(set(codes)) == 1


def test_every_press_brings_another_code(begun: Office, nudge: Shown) -> None:
    begun.says(LI, "完成 T59")
    tidies(begun)
    presses(begun, nudge, "完成")
    tidies(begun)
    assert nudge.updates == 2
    assert len({call["response_code"] for call in updates(begun)}) == 2


def test_after_three_days_nothing_is_changed_and_a_press_tells_how_things_stand(begun: Office, nudge: Shown) -> None:
    begun.wecom.clock += 72 * HOUR + 60
    begun.says(LI, "完成 T59")
    tidies(begun)
    assert updates(begun) == []
    said = words(presses(begun, nudge, "完成", picked="M1-T59"))
    assert "T59" in said
    assert "已" in said
    assert "M1-T59" not in nudge.options
    assert nudge.updates == 1


def test_a_reminder_that_reads_as_it_did_is_left_as_it_is(begun: Office, nudge: Shown) -> None:
    presses(begun, nudge, "完成", picked=NOTHING)
    assert nudge.updates == 0


def test_a_request_that_could_not_be_closed_is_closed_by_its_press(begun: Office, request_card: Shown) -> None:
    begun.wecom.clock += 72 * HOUR + 60
    begun.says(LI, f"批准 {NEEDS_APPROVAL}")
    assert "批准" in request_card.buttons
    presses(begun, request_card, "批准")
    assert (request_card.replaced, request_card.buttons) == ("已处理", {})


@pytest.mark.parametrize("trouble", [{"errcode": 40058}, {"status": 502}, {"drop": True}, {"errcode": 45009}])
def test_a_card_that_cannot_be_changed_keeps_nobody_waiting(
    begun: Office, card: Shown, trouble: dict[str, Any]
) -> None:
    begun.wecom.will("message/update_template_card", **trouble)
    assert "T59 浇花：已完成" in words(presses(begun, card, "完成"))
    assert len(updates(begun)) == (0 if trouble.get("drop") or trouble.get("status") else 1)
    again = words(presses(begun, card, "完成"))
    assert "T59" in again
    assert "已" in again


def test_a_card_of_which_nothing_is_known_is_answered_all_the_same(begun: Office, card: Shown) -> None:
    with begun.app.database.write() as db:
        while wecom.forget_cards(db, before_ms=int(begun.wecom.now() * 1000) + 100 * HOUR * 1000):
            pass
        assert wecom.find_card(db, card.task_id) is None
    assert "T59 浇花：已完成" in words(presses(begun, card, "完成"))
    assert card.updates == 0


def test_somebody_elses_press_of_a_card_of_ten_pages_changes_the_right_one(begun: Office) -> None:
    """The cards of a message are changed in the order of their numbers, of which the tenth is no second."""
    ids = [f"abc-{number}" for number in range(1, 12)]
    with begun.app.database.write() as db:
        for one in ids:
            wecom.keep_card(db, one, room_id=1, said="abc-1", code="", until_ms=1)
        assert [row["task_id"] for row in wecom.cards_of(db, "abc-1")] == ids


def test_a_card_that_is_changed_keeps_its_id(begun: Office, nudge: Shown) -> None:
    before = nudge.task_id
    presses(begun, nudge, "完成", picked="M1-T59")
    tidies(begun)
    assert nudge.task_id == before
    body: Body = updates(begun)[-1]
    assert body["userids"] == [LI]
