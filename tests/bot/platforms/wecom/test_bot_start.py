"""The AI bot where WeCom's client is not installed, and with everything that runs beside it in a real process."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from bot.platforms.wecom import bot_wire, check
from messages import write
from tests.bot.platforms.wecom.bot_office import GROUP, BotHouse, bot_house
from tests.bot.platforms.wecom.office import LI, WANG
from tests.bot.terminal import shell

ONLY: dict[str, Any] = {"bot_id": "aibWkZ0000000000", "bot_secret": "bot-secret-1"}


@contextmanager
def delivering(house: BotHouse) -> Iterator[None]:
    """With workers, as in a real process."""
    workers = threading.Thread(target=house.app.delivery.run)
    workers.start()
    try:
        yield
    finally:
        house.app.delivery.stop()
        workers.join()


def test_with_workers_of_its_own_a_press_is_answered_in_time(tmp_path: Path) -> None:
    with bot_house(tmp_path) as house:
        house.connects()
        house.says(LI, "新建会议 2026年会 结束：2026-05-27 17:00", group=GROUP)
        house.says(LI, "添加 浇花 阶段：5 截止：2026-05-29 12:00", group=GROUP)
        (*_, shown) = house.says(LI, "显示 T59", group=GROUP)
        house.passes(60)
        with delivering(house):
            press = house.bot.presses(WANG, shown, "完成")
            assert house.bot.wait(lambda: press.acks == [0] and "已完成" in house.bot.chats[GROUP][-1].words)


def test_what_was_started_is_stopped(tmp_path: Path) -> None:
    with bot_house(tmp_path) as house:
        before = threading.active_count()
        house.connects()
        assert house.app.wecom is not None
        house.app.wecom.stop()
        assert house.bot.wait(lambda: house.bot.client is None)
        assert not [one.name for one in threading.enumerate() if "wecom bot" in one.name and "fake" not in one.name]
        assert threading.active_count() <= before + 1  # the fake's own, of the connection that has just ended
        assert house.holder() == ""


def test_where_wecoms_client_is_missing_doctor_says_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bot_wire, "find_spec", lambda _name: None)
    with bot_house(tmp_path, apps={"main": ONLY}) as house:
        assert house.app.wecom is not None
        assert house.app.wecom.line is None
        assert house.app.wecom.silent == ["main"]
        found = list(check.examine(house.app.settings, house.app.database, house.app.clock.now()))
        assert [(one.name, one.level) for one in found] == [("wecom_no_client", "fail")]
        assert "huihou[wecom-bot]" in write("cli/wecom_no_client", "zh_CN", names=["main"]).body


def test_where_it_is_installed_doctor_asks_for_nothing(tmp_path: Path) -> None:
    with bot_house(tmp_path, apps={"main": ONLY}) as house:
        found = list(check.examine(house.app.settings, house.app.database, house.app.clock.now()))
        assert [(one.name, one.level) for one in found] == [("wecom_bot", "ok")]


def test_doctor_words_it_in_both_languages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bot_wire, "find_spec", lambda _name: None)
    with shell(tmp_path) as huihou:
        huihou.env |= {f"HUIHOU_WECOM__APPS__MAIN__{name.upper()}": value for name, value in ONLY.items()}
        for language in ("en", "zh"):
            assert "huihou[wecom-bot]" in huihou("doctor", "--lang", language, code=None).stdout
