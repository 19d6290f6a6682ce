"""One whole story on the AI bot's line, in Chinese, in a group and alone; and what a press does to its card."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bot.platforms.wecom import bot_keeper
from storage import checklist
from storage.checklist import State
from tests.bot.platforms.wecom.bot_office import GROUP, QUICK, BotHouse, app_at, bot_house
from tests.bot.platforms.wecom.office import LI, WANG, own, words
from tests.bot.test_kinds import PNG
from tests.fakes.wecom_bot_talk import Pushed
from tests.fakes.wecom_state import Shown

NEW = "新建会议 2026年会 结束：2026-05-27 17:00"


@pytest.fixture
def house(tmp_path: Path) -> Iterator[BotHouse]:
    with bot_house(tmp_path) as made:
        made.connects()
        yield made


@pytest.fixture
def begun(house: BotHouse) -> BotHouse:
    """A meeting that a group follows; T59 and T60 need no proof, and are 王芳's."""
    for user in (LI, WANG):
        house.does(user, lambda user=user: house.bot.enters(user))  # type: ignore[misc]
    house.says(LI, NEW, group=GROUP)
    for title in ("浇花", "给会长回电"):
        house.says(LI, f"添加 {title} 阶段：5 截止：2026-05-29 12:00", group=GROUP)
    house.says(LI, "分配 T59 T60 @王芳", group=GROUP)
    return house


def state(house: BotHouse, number: int) -> State:
    with house.app.database.read() as db:
        task = checklist.get(db, 1, number)
        assert task is not None
        return task.state


def card(house: BotHouse, chat: str, kind: str = "vote_interaction", text: str = "") -> Shown:
    """The newest card of that kind there, with that text on it."""
    found = [one for one in house.bot.seen(chat) if one.kind == "template_card" and one.card["card_type"] == kind]
    return [one for one in found if text in one.words][-1]


def presses(house: BotHouse, user: str, on: Shown, what: str) -> tuple[Pushed, list[Shown]]:
    done: list[Pushed] = []

    def act() -> Pushed:
        is_ticked = on.card["card_type"] == "vote_interaction"
        done.append(house.bot.votes(user, on, [what]) if is_ticked else house.bot.presses(user, on, what))
        return done[0]

    said = house.does(on.user, act)
    return done[0], said


def ids(on: Shown) -> list[str]:
    return [one["id"] for one in on.card["checkbox"]["option_list"]]


def test_a_conference_is_wrapped_up_through_the_ai_bot(house: BotHouse, tmp_path: Path) -> None:
    # It greets whoever opens it, once; a meeting begins in a group.
    assert "会后" in words(house.does(LI, lambda: house.bot.enters(LI)))
    assert house.does(LI, lambda: house.bot.enters(LI)) == []
    assert "清单已备好" in words(house.says(LI, NEW, group=GROUP))
    assert "会后" in words(house.does(WANG, lambda: house.bot.enters(WANG)))
    assert "王芳" in words(house.says(LI, "角色 设置 会务 @王芳", group=GROUP))
    for title in ("浇花", "给会长回电", "寄感谢信"):
        house.says(LI, f"添加 {title} 阶段：5 截止：2026-05-29 12:00", group=GROUP)

    # A command after an @, and one in the middle of which the line is closed: said once.
    assert "T61" in words(house.says(WANG, "完成 61", group=GROUP))
    assert state(house, 61) == State.DONE
    before = len(house.bot.seen(GROUP))
    house.hears(lambda: house.bot.says(LI, "分配 T59 T60 @王芳", group=GROUP))
    house.bot.closes(1000)
    house.up(2)
    house.settle()
    assert len(house.bot.seen(GROUP)) == before + 1
    assert "T59" in house.bot.seen(GROUP)[-1].words

    # The bot reminds the group; somebody ticks, the card says so for all, and the answer follows.
    house.lives_until("2026-05-29 10:20")
    nudge = card(house, GROUP, text="早上好")
    assert {"M1-T59", "M1-T60"} <= set(ids(nudge))
    press, said = presses(house, WANG, nudge, "M1-T59")
    assert (press.acks, state(house, 59)) == ([0], State.DONE)
    assert "M1-T59" not in ids(nudge)
    assert "M1-T60" in ids(nudge)
    assert "T59" in nudge.words
    assert "已完成" in words(said)

    # Words that are quoted say which task is meant; a picture that is quoted is its proof.
    house.says(WANG, "完成", group=GROUP, quote=house.bot.quoted_text("T60 给会长回电 · 今天 12:00 到期"))
    assert state(house, 60) == State.DONE
    house.says(WANG, "完成 T1", group=GROUP, quote=house.bot.quoted_image(PNG))
    assert state(house, 1) == State.DONE

    # A file to the bot alone waits for its task; the button says which.
    said = house.does(WANG, lambda: house.bot.sends_file(WANG, "交接单.png", PNG + b"another"))
    assert "交接单.png" in words(said)
    house.says(WANG, "附件 T4 F2")
    house.says(WANG, "完成 T4")
    assert state(house, 4) == State.DONE

    # Another process takes over: it hears, and speaks in the same group.
    other = BotHouse(house.bot, house.wecom, app_at(house.bot, house.wecom, tmp_path))
    assert house.app.wecom is not None
    assert other.app.wecom is not None
    other.line.times = QUICK
    other.app.wecom.start()
    house.app.wecom.stop()
    other.up(3)
    assert "T62" in words(other.says(LI, "添加 订会议室 阶段：7 截止：2026-06-05 12:00", group=GROUP))
    assert "T62" in words(other.says(LI, "完成 T62", group=GROUP))
    other.app.wecom.stop()
    other.app.database.close()


# --- presses


def test_the_button_of_a_task_is_ticked_and_the_others_go(begun: BotHouse) -> None:
    begun.says(LI, "显示 T59", group=GROUP)
    shown = card(begun, GROUP, "button_interaction")
    press, said = presses(begun, WANG, shown, "完成")
    assert press.acks == [0]
    assert [one["text"] for one in shown.card["button_list"]] == ["✓ 完成"]
    assert "T59" in words(said)
    again, said = presses(begun, LI, shown, "✓ 完成")
    assert (again.acks, said) == ([], [])
    assert "T59" in begun.bot.seen(LI)[-1].words


def test_all_that_is_ticked_is_closed_for_good(begun: BotHouse) -> None:
    for number in range(61, 65):
        begun.says(LI, f"添加 第 {number} 件 阶段：5 截止：2026-05-29 12:00", group=GROUP)
    begun.says(LI, "不适用 T1-T58 今年不做", group=GROUP)
    begun.lives_until("2026-05-29 10:20")
    nudge = card(begun, GROUP, text="早上好")
    for left in list(ids(nudge)):
        presses(begun, WANG, nudge, left)
    assert nudge.card["checkbox"]["disable"]


def test_what_is_not_done_leaves_the_card_as_it_is(begun: BotHouse) -> None:
    begun.says(LI, "显示 T4", group=GROUP)
    shown = card(begun, GROUP, "button_interaction")
    press, said = presses(begun, LI, shown, "完成")
    assert state(begun, 4) != State.DONE
    assert press.acks == []
    assert words(said) or words(begun.bot.seen(LI))


def test_a_press_that_is_answered_too_late_leaves_the_card_as_it_is(
    begun: BotHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bot_keeper, "PRESSED_WITHIN", 0.0)
    begun.says(LI, "显示 T59", group=GROUP)
    shown = card(begun, GROUP, "button_interaction")
    press, said = presses(begun, WANG, shown, "完成")
    assert (press.acks, state(begun, 59)) == ([], State.DONE)
    assert "T59" in words(said)


def test_a_press_is_answered_where_it_was_heard_which_alone_can_change_the_card(
    begun: BotHouse, tmp_path: Path
) -> None:
    begun.says(LI, "显示 T59", group=GROUP)
    shown = card(begun, GROUP, "button_interaction")
    press = begun.hears(lambda: begun.bot.presses(WANG, shown, "完成"))
    other = app_at(begun.bot, begun.wecom, tmp_path)
    assert other.platforms["wecom-in"].name in other.delivery.platforms
    assert other.delivery.drain() == 0
    begun.settle()
    assert (press.acks, state(begun, 59)) == ([0], State.DONE)
    assert [one["text"] for one in shown.card["button_list"]] == ["✓ 完成"]
    other.database.close()


def test_what_a_dead_process_has_heard_is_answered_by_whoever_follows(begun: BotHouse, tmp_path: Path) -> None:
    begun.says(LI, "显示 T59", group=GROUP)
    shown = card(begun, GROUP, "button_interaction")
    press = begun.hears(lambda: begun.bot.presses(WANG, shown, "完成"))
    other = BotHouse(begun.bot, begun.wecom, app_at(begun.bot, begun.wecom, tmp_path))
    assert begun.app.wecom is not None
    assert other.app.wecom is not None
    begun.app.wecom.stop()
    other.line.times = QUICK
    other.app.wecom.start()
    other.up(2)
    other.settle()
    assert (press.acks, state(begun, 59)) == ([], State.DONE)
    assert "T59" in begun.bot.seen(GROUP)[-1].words
    other.app.wecom.stop()
    other.app.database.close()


def test_boxes_that_could_not_be_changed_in_time_are_set_right_by_the_next_press(
    begun: BotHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun.lives_until("2026-05-29 10:20")
    nudge = card(begun, GROUP, text="早上好")
    with monkeypatch.context() as late:
        late.setattr(bot_keeper, "PRESSED_WITHIN", 0.0)
        presses(begun, WANG, nudge, "M1-T59")
    assert "M1-T59" in ids(nudge)
    press, _ = presses(begun, WANG, nudge, "M1-T59")
    assert press.acks == [0]
    assert "M1-T59" not in ids(nudge)
    assert "M1-T60" in ids(nudge)


# --- what only one is to see


def test_a_form_that_is_asked_for_in_a_group_is_one_persons_own(begun: BotHouse) -> None:
    before = len(begun.bot.seen(LI))
    assert begun.says(LI, "截止 T59", group=GROUP) == []
    assert "T59" in words(begun.bot.seen(LI)[before:])


def test_who_has_never_spoken_to_the_bot_alone_has_the_app(house: BotHouse) -> None:
    house.says(LI, NEW, group=GROUP)
    assert house.says(LI, "截止 T58", group=GROUP) == []
    assert "T58" in words(house.wecom.seen(LI))
    assert "T59" in words(house.says(LI, "添加 浇花 阶段：5 截止：2026-05-29 12:00", group=GROUP))


def test_without_an_app_the_group_hears_how_it_can_be_had_and_nobody_waits(tmp_path: Path) -> None:
    only: dict[str, Any] = {"bot_id": "aibWkZ0000000000", "bot_secret": "bot-secret-1"}
    with bot_house(tmp_path, apps={"main": only}) as house:
        house.connects()
        house.says(LI, NEW, group=GROUP)
        assert "只能给您一个人看" in words(house.says(LI, "截止 T58", group=GROUP))
        assert "没有" in words(house.says(LI, "完成 T99", group=GROUP))
        assert "T59" in words(house.says(LI, "添加 浇花 阶段：5 截止：2026-05-29 12:00", group=GROUP))
        house.does(LI, lambda: house.bot.enters(LI))
        before = len(house.bot.seen(LI))
        assert house.says(LI, "截止 T58", group=GROUP) == []
        assert "T58" in words(house.bot.seen(LI)[before:])


def test_two_bots_of_two_associations_never_meet(tmp_path: Path) -> None:
    """The second has no connection here: what is meant for it waits, and goes nowhere else."""
    other = {"bot_id": "aibOther", "bot_secret": "another-secret"}
    apps = {"main": own(bot_id="aibWkZ0000000000", bot_secret="bot-secret-1"), "other": other}
    with bot_house(tmp_path, apps=apps) as house:
        house.connects()
        house.says(LI, NEW, group=GROUP)
        assert set(house.line.keepers) == {"main", "other"}
        assert house.line.keepers["other"].wire is None
        assert house.bot.subscriptions == 1
