"""The AI bot answers a message as a reply to it while it can, and of its own accord afterwards; each answer once."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bot.platforms.wecom import bot_keeper
from tests.bot.platforms.wecom.bot_office import GROUP, QUICK, BotHouse, app_at, bot_house
from tests.bot.platforms.wecom.office import LI, WANG, words

NEW = "新建会议 2026年会 结束：2026-05-27 17:00"
ADD = "添加 浇花 阶段：5 截止：2026-05-29 12:00"


@pytest.fixture
def house(tmp_path: Path) -> Iterator[BotHouse]:
    """A meeting that a group follows."""
    with bot_house(tmp_path) as made:
        made.connects()
        made.says(LI, NEW, group=GROUP)
        made.bot.frames.clear()
        yield made


def replies(house: BotHouse) -> list[dict[str, Any]]:
    return house.bot.calls("aibot_respond_msg")


def sent(house: BotHouse) -> list[dict[str, Any]]:
    return house.bot.calls("aibot_send_msg")


def answers(house: BotHouse) -> int:
    """How often the answer to ``ADD`` stands in the group."""
    return len([one for one in house.bot.seen(GROUP) if "T59" in one.words])


@pytest.mark.parametrize("group", [GROUP, ""])
def test_an_answer_is_a_reply_that_ends_at_once(house: BotHouse, group: str) -> None:
    came = house.hears(lambda: house.bot.says(LI, "查看 T4", group=group))
    house.settle()
    assert sent(house) == []
    assert came.acks == [0] * len(replies(house))
    streams = [one["stream"] for one in replies(house) if one["msgtype"] == "stream"]
    assert streams
    assert all(stream["finish"] and stream["id"] for stream in streams)
    assert len({stream["id"] for stream in streams}) == len(streams)
    assert "T4" in words(house.bot.seen(group or LI))
    assert "template_card" in {one["msgtype"] for one in replies(house)}


def test_what_the_bot_does_not_take_is_replied_to_as_well(house: BotHouse) -> None:
    house.does(LI, lambda: house.bot.sends_file(LI, "program.exe", b"MZ" + b"x" * 100))
    assert len(replies(house)) == 1
    assert sent(house) == []


def test_a_reminder_and_the_answer_to_a_press_are_no_replies(house: BotHouse) -> None:
    house.says(LI, ADD, group=GROUP)
    house.bot.frames.clear()
    house.lives_until("2026-05-29 10:20")
    assert sent(house)
    assert replies(house) == []


def test_after_some_minutes_it_speaks_of_its_own_accord(house: BotHouse, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bot_keeper, "REPLIED_WITHIN", 0.0)
    house.says(LI, ADD, group=GROUP)
    assert (len(replies(house)), len(sent(house)), answers(house)) == (0, 1, 1)


def test_on_another_connection_it_speaks_of_its_own_accord(house: BotHouse) -> None:
    house.hears(lambda: house.bot.says(LI, ADD, group=GROUP))
    house.bot.closes(1000)
    house.up(2)
    house.settle()
    assert (len(replies(house)), len(sent(house)), answers(house)) == (0, 1, 1)


def test_another_process_speaks_of_its_own_accord(house: BotHouse, tmp_path: Path) -> None:
    house.hears(lambda: house.bot.says(LI, ADD, group=GROUP))
    other = BotHouse(house.bot, house.wecom, app_at(house.bot, house.wecom, tmp_path))
    assert house.app.wecom is not None
    assert other.app.wecom is not None
    house.app.wecom.stop()
    other.line.times = QUICK
    other.app.wecom.start()
    other.up(2)
    other.settle()
    assert (len(replies(house)), len(sent(house)), answers(house)) == (0, 1, 1)
    other.app.wecom.stop()
    other.app.database.close()


def test_where_wecom_no_longer_knows_the_message_it_speaks_of_its_own_accord(house: BotHouse) -> None:
    house.bot.will("aibot_respond_msg", 846605)
    house.says(LI, ADD, group=GROUP)
    assert (len(replies(house)), len(sent(house)), answers(house)) == (1, 1, 1)


def test_a_reply_that_cannot_be_taken_now_is_one_later(house: BotHouse) -> None:
    house.bot.will("aibot_respond_msg", 45009)
    house.says(LI, ADD, group=GROUP)
    assert (len(replies(house)), len(sent(house)), answers(house)) == (2, 0, 1)


@pytest.mark.parametrize("line", [ADD, "帮助"], ids=["card", "words"])
def test_a_reply_whose_receipt_was_lost_is_not_said_twice(house: BotHouse, line: str) -> None:
    whole = len(house.says(WANG, line))
    house.bot.frames.clear()
    wire = house.line.keepers["main"].wire
    assert wire is not None
    wire.client._reply_ack_timeout = 0.05  # noqa: SLF001  there is no other way to tell it
    house.bot.drops_acks = 1
    shown = house.says(LI, line)
    assert (len(replies(house)), len(sent(house)), len(shown)) == (whole + 1, 0, whole)


def test_a_reply_that_could_not_be_marked_is_tried_again_and_stands_there_once(
    house: BotHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is marked after WeCom has taken it, never before: nothing is lost in between."""
    parts = house.app.platforms["wecom"].parts  # type: ignore[attr-defined]
    keep, left = parts.keep, [OSError("full")]

    def full(*given: Any, **more: Any) -> None:
        if left:
            raise left.pop()
        keep(*given, **more)

    monkeypatch.setattr(parts, "keep", full)
    house.says(LI, ADD, group=GROUP)
    assert not left
    assert (len(replies(house)), len(sent(house)), answers(house)) == (2, 0, 1)


def test_what_one_alone_is_to_see_is_no_reply_in_the_group(house: BotHouse) -> None:
    house.does(WANG, lambda: house.bot.enters(WANG))
    house.bot.frames.clear()
    assert house.says(WANG, "截止 T4", group=GROUP) == []
    assert "T4" in words(house.bot.seen(WANG))
    assert replies(house) == []
