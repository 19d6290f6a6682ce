"""Nothing of an app's is taken: the admin is told wherever else they are, and in WeCom as soon as it is over."""

from __future__ import annotations

import itertools

import pytest
from structlog.testing import capture_logs

from bot.app import build
from bot.ask import Ask
from messages import Message
from storage import outages, people, rooms
from tests.bot.platforms.wecom.office import LI, WANG, Office
from tests.bot.platforms.wecom.test_sending import Desk, desk, texts, word
from tests.chat import lines_in, text

__all__ = ["desk"]
ADDRESS = "203.0.113.7"


@pytest.fixture
def admin(desk: Desk) -> Desk:
    """王芳 is an admin, and talks with the bot in WeCom only."""
    desk.leads(WANG)
    desk.says("hello", word("你好"), user=WANG)
    desk.house.wecom.inboxes.clear()
    return desk


def in_the_browser(house: Office) -> list[Message]:
    """What 王芳 finds in the browser chat, in which she has a room from now on."""
    with house.app.database.write() as db:
        known = people.account(db, 1, "wecom", WANG)
        assert known is not None
        room = rooms.met(db, 1, "web", "dm:wang", name="王芳", person_id=known.person_id)
        lines = lines_in(db, room.id, person_id=known.person_id)
    return [Message.model_validate_json(line.payload) for line in lines if line.payload]


def tries(house: Office, times: int = 4) -> None:
    for _ in range(times):
        house.app.delivery.drain()
        house.wecom.clock += 310


def since(house: Office) -> int | None:
    with house.app.database.read() as db:
        found = outages.find(db, 1, "wecom")
    return found["since_ms"] if found else None


def test_it_is_one_clear_line_in_the_log(house: Office, admin: Desk) -> None:
    house.agent.ip_listed = False
    with capture_logs() as logged:
        admin.promises("one", word("你好"))
        admin.promises("two", word("你好"), user=WANG)
        tries(house)
    (line,) = [one for one in logged if one["log_level"] == "error"]
    assert line["event"] == "nothing is taken, huihou doctor says what to do"
    assert {name: line[name] for name in ("platform", "workspace", "reason", "address")} == {
        "platform": "wecom",
        "workspace": "main",
        "reason": "60020",
        "address": ADDRESS,
    }


def test_an_admin_hears_of_it_once_wherever_else_they_are(house: Office, admin: Desk) -> None:
    assert in_the_browser(house) == []
    house.agent.ip_listed = False
    admin.promises("one", word("你好"))
    admin.promises("two", word("再见"), user=WANG)
    tries(house)
    (told,) = in_the_browser(house)
    for said in (ADDRESS, "60020", "企业可信IP", "huihou doctor", "不会丢"):
        assert said in text(told)


def test_as_soon_as_it_is_over_the_admin_hears_of_it_in_wecom(house: Office, admin: Desk) -> None:
    began = int(house.wecom.now() * 1000)
    house.agent.ip_listed = False
    admin.promises("one", word("你好"))
    tries(house)
    assert since(house) == began
    assert house.wecom.seen(WANG) == []
    house.agent.ip_listed = True
    house.settle()
    assert texts(house.wecom.seen(LI)) == ["你好"]
    (told,) = texts(house.wecom.seen(WANG))
    for said in ("10:05", ADDRESS, "60020", "固定 IP"):
        assert said in told
    assert since(house) is None


def test_after_a_restart_it_is_still_known_and_over_for_all(house: Office, admin: Desk) -> None:
    house.agent.ip_listed = False
    admin.promises("one", word("你好"))
    tries(house)
    other = build(house.app.settings, clock=house.app.clock)
    house.agent.ip_listed = True
    for _ in range(10):
        other.delivery.drain()
        house.wecom.clock += 10
    other.database.close()
    assert len(texts(house.wecom.seen(WANG))) == 1
    assert since(house) is None
    house.settle()
    assert len(texts(house.wecom.seen(WANG))) == 1


def test_a_secret_that_is_no_longer_accepted_is_told_in_the_same_way(house: Office, admin: Desk) -> None:
    in_the_browser(house)
    house.agent.always_expired = True
    admin.promises("one", word("你好"))
    tries(house)
    assert "Secret" in text(in_the_browser(house)[0])
    house.agent.always_expired = False
    house.settle()
    assert "Secret" in texts(house.wecom.seen(WANG))[0]


def test_the_settings_say_so_to_an_admin_as_long_as_it_lasts(house: Office, admin: Desk) -> None:
    events = itertools.count()

    def told(name: str) -> str:
        ask = Ask("web", name, f"dm:{name}", "设置", f"event {next(events)}", direct=True)
        return text(house.app.dispatch.answer(ask))

    with house.app.database.write() as db:
        people.met(db, 1, "web", "boss", name="陈主任").admin = True
    assert "不收我的消息" not in told("boss")
    house.agent.ip_listed = False
    admin.promises("one", word("你好"))
    tries(house)
    assert "从 5月28日（周四）10:05 起，企业微信不收我的消息" in told("boss")
    assert ADDRESS in told("boss")
    assert "不收我的消息" not in told("guest")
    house.agent.ip_listed = True
    house.settle()
    assert "不收我的消息" not in told("boss")
