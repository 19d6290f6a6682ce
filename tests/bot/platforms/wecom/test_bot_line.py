"""The AI bot's connection: who holds it, how it ends and begins again, and that nothing is lost or said twice."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select
from structlog.testing import capture_logs

import messages
from bot import uploads
from bot.platforms import Closed, NotNow
from bot.platforms.wecom import bot_wire
from bot.platforms.wecom.places import Kind, Place
from bot.platforms.wecom.troubles import Trouble, answer_to
from handlers.context import voice
from messages import Message
from messages.message import Attachment
from storage import people, rooms, unkept, workspace
from storage.leases import LEASE_MS
from storage.outbox import outbox
from tests.bot.platforms.wecom.bot_office import GROUP, QUICK, BotHouse, app_at, bot_house
from tests.bot.platforms.wecom.office import LI, WANG, own, words
from tests.fakes.wecom_bot_talk import Pushed
from tests.fakes.wecom_state import SECRET

AT_LI, AT_GROUP = Place(Kind.BOT, LI), Place(Kind.GROUP, GROUP)
HELLO: dict[str, Any] = {"msgtype": "markdown", "markdown": {"content": "你好"}}


@pytest.fixture
def made(tmp_path: Path) -> Iterator[BotHouse]:
    with bot_house(tmp_path) as found:
        yield found


@pytest.fixture
def house(made: BotHouse) -> BotHouse:
    made.connects()
    return made


def says(house: BotHouse, place: Place = AT_LI, payload: dict[str, Any] | None = None) -> None:
    house.line.say(house.line.entries["main"], place, payload or HELLO, part="one-1")


@contextmanager
def second(house: BotHouse) -> Iterator[BotHouse]:
    """Another process on the same database."""
    app = app_at(house.bot, house.wecom, house.app.settings.data)
    assert app.wecom is not None
    try:
        yield BotHouse(house.bot, house.wecom, app)
    finally:
        app.wecom.stop()
        app.database.close()


# --- speaking


def test_it_speaks_to_one_and_to_a_group(house: BotHouse) -> None:
    house.bot.enters(LI)
    house.bot.says(WANG, "x", group=GROUP)
    says(house)
    says(house, AT_GROUP)
    assert [one["chat_type"] for one in house.bot.calls("aibot_send_msg")] == [1, 2]
    assert [words(house.bot.seen(chat)) for chat in (LI, GROUP)] == ["你好", "你好"]


@pytest.mark.parametrize("code", [93001, 93006, 93008])
def test_where_nobody_has_spoken_it_waits_until_somebody_does(house: BotHouse, code: int) -> None:
    house.says(LI, "新建会议 2026年会 结束：2026-05-27 17:00", group=GROUP)
    house.bot.will("aibot_respond_msg", 846605)
    house.bot.will("aibot_send_msg", code)
    assert house.says(LI, "帮助", group=GROUP) == []
    with house.app.database.read() as db:
        assert unkept.is_paused(db, "main", platform="wecom", room=f"group:{GROUP}")
    assert "T59" in words(house.says(LI, "添加 浇花 阶段：5 截止：2026-05-29 12:00", group=GROUP))


@pytest.mark.parametrize(("code", "kind"), [(45009, NotNow), (-1, NotNow), (93001, Closed)])
def test_errors_have_the_names_that_delivery_knows(house: BotHouse, code: int, kind: type[Exception]) -> None:
    house.bot.will("aibot_send_msg", code)
    with pytest.raises(Trouble) as found:
        says(house)
    assert found.value.code == code
    assert isinstance(answer_to(found.value), kind)


def test_a_file_goes_up_in_pieces_and_arrives_whole(house: BotHouse) -> None:
    content = bytes(range(256)) * 4000
    entry = house.line.entries["main"]
    media = house.line.upload(entry, "总结.pdf", content, kind="file")
    house.bot.enters(LI)
    says(house, payload={"msgtype": "file", "file": {"media_id": media}})
    (shown,) = house.bot.seen(LI)
    assert shown.media is not None
    assert (shown.media.name, shown.media.data) == ("总结.pdf", content)
    assert [one["chunk_index"] for one in house.bot.calls("aibot_upload_media_chunk")] == [0, 1, 2]


def test_a_file_has_not_for_ever(house: BotHouse, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uploads, "seconds", lambda _size: 0.0)
    with pytest.raises(ConnectionError):
        house.line.upload(house.line.entries["main"], "a.pdf", b"x" * 5_000_000, kind="file")


def test_a_file_is_handed_over_once_however_often_it_is_told_to_wait(house: BotHouse) -> None:
    stored = house.app.files.put([b"%PDF-1.7 report"], limit=1000)
    report = Attachment(name="报告.pdf", digest=stored.digest, size=stored.size, media_type="application/pdf")
    house.says(LI, "帮助")
    before = len(house.bot.seen(LI))
    house.bot.will("aibot_send_msg", 0)
    house.bot.will("aibot_send_msg", 45009, times=3)
    promised(house, "files", Message(name="x", locale="zh_CN", body="在这里", files=(report,)), AT_LI)
    house.settle()
    assert [one.kind for one in house.bot.seen(LI)[before:]] == ["markdown", "file"]
    assert len(house.bot.calls("aibot_upload_media_finish")) == 1


def test_an_answer_that_does_not_come_is_an_outage(house: BotHouse, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bot_wire, "ANSWERED_WITHIN", 0.05)
    house.bot.enters(LI)
    house.bot.drops_acks = 1
    with pytest.raises(ConnectionError):
        says(house)


def test_a_card_whose_answer_was_lost_is_not_said_twice(house: BotHouse, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bot_wire, "ANSWERED_WITHIN", 0.05)
    house.hears(lambda: house.bot.enters(LI))
    house.bot.drops_acks = 1
    house.settle()
    assert len(house.bot.calls("aibot_send_msg")) == 2
    assert len(house.bot.seen(LI)) == 1


def test_a_process_without_a_connection_says_nothing_yet(made: BotHouse) -> None:
    with pytest.raises(NotNow) as wait:
        says(made)
    assert wait.value.seconds == 1


# --- ends


@pytest.mark.parametrize("code", [1000, 1001, 1011])
def test_whatever_it_is_closed_with_it_connects_again(house: BotHouse, code: int) -> None:
    house.bot.closes(code)
    house.up(2)
    assert words(house.says(LI, "帮助"))


def test_it_connects_again_after_the_line_was_cut(house: BotHouse) -> None:
    house.bot.aborts()
    house.up(2)
    assert words(house.says(LI, "帮助"))


def test_it_connects_again_where_its_subscription_was_forgotten(house: BotHouse) -> None:
    house.bot.enters(LI)
    house.bot.unsubscribes()
    with pytest.raises(Trouble):
        says(house)
    house.up(2)
    says(house)
    assert words(house.bot.seen(LI)).endswith("你好")


def test_it_connects_again_where_nobody_answers_its_signs_of_life(made: BotHouse) -> None:
    made.line.times = replace(QUICK, beat=0.02)
    made.bot.answers_pings = False
    assert made.app.wecom is not None
    made.app.wecom.start()
    made.up(2)


def test_a_frame_that_is_none_does_not_make_it_deaf(house: BotHouse) -> None:
    for strange in ({"cmd": "aibot_msg_callback"}, {"cmd": "aibot_event_callback", "headers": 1, "body": [1]}):
        house.bot.sends(strange)
    assert words(house.says(LI, "帮助"))
    assert house.bot.subscriptions == 1
    house.bot.sends({"headers": 1})  # WeCom's client no longer listens after it
    house.up(2)


def test_what_is_said_while_it_is_away_waits_and_is_said_once(house: BotHouse) -> None:
    house.says(LI, "新建会议 2026年会 结束：2026-05-27 17:00", group=GROUP)
    house.hears(lambda: house.bot.says(LI, "添加 浇花 阶段：5 截止：2026-05-29 12:00", group=GROUP))
    house.bot.closes(1000)
    house.up(2)
    house.settle()
    assert len([one for one in house.bot.seen(GROUP) if "T59" in one.words]) == 1


# --- secrets


def test_a_secret_that_is_not_accepted_is_told_once_where_it_can_be(tmp_path: Path) -> None:
    wrong = {"main": own(bot_id="aib1", bot_secret="wrong-secret")}
    with bot_house(tmp_path, apps=wrong, public_url="https://huihou.example.org") as made, capture_logs() as logged:
        spoke = threading.Event()
        alarm = made.line.parts["trouble"]

        def noted(*told: Any) -> None:
            alarm(*told)
            spoke.set()

        administrator(made)
        made.line.parts["trouble"] = noted
        made.line.times = QUICK
        assert made.app.wecom is not None
        made.app.wecom.start()
        for _ in range(3):
            spoke.clear()
            assert spoke.wait(5)
        made.settle()
        assert len([one for one in made.wecom.seen(LI) if "连不上" in one.words]) == 1
        assert "wrong-secret" not in str(logged)


def administrator(house: BotHouse) -> None:
    """李娜, who talks to the app too."""
    with house.app.database.write() as db:
        place = workspace.by_key(db, "main")
        who = people.met(db, place.id, "wecom", LI, name="李娜")
        who.admin = True
        rooms.met(db, place.id, "wecom", f"user:{LI}", name="李娜", person_id=who.id)


def test_the_log_holds_neither_words_nor_secrets(house: BotHouse) -> None:
    with capture_logs() as logged:
        house.says(LI, "confidential")
        house.bot.sends({"headers": {"req_id": "x"}, "errcode": 1, "errmsg": "confidential"})
        house.bot.closes(1011, "confidential")
        house.up(2)
    assert "unknown frame" in str(logged)
    assert "confidential" not in str(logged)
    assert house.bot.secret not in str(logged)
    assert SECRET not in str(logged)


# --- who holds it


def test_only_who_has_the_lease_connects_and_another_takes_over(house: BotHouse) -> None:
    house.says(LI, "新建会议 2026年会 结束：2026-05-27 17:00")
    with second(house) as other:
        assert other.app.wecom is not None
        other.line.times = QUICK
        other.app.wecom.start()
        with pytest.raises(NotNow):
            says(other)
        assert house.app.wecom is not None
        house.app.wecom.stop()
        other.up(2)
        assert "T59" in words(other.says(LI, "添加 浇花 阶段：5 截止：2026-05-29 12:00"))
        assert house.bot.subscriptions == 2
        with pytest.raises(NotNow):
            says(house)


def test_what_the_bot_is_to_say_is_claimed_only_where_its_connection_is(house: BotHouse) -> None:
    """The other process says what it can, and leaves alone what it cannot."""
    house.says(LI, "新建会议 2026年会 结束：2026-05-27 17:00", group=GROUP)
    hello = messages.write("wecom/alone", "zh_CN")
    with second(house) as other:
        promised(house, "bot", hello, AT_GROUP)
        promised(house, "app", hello, Place(Kind.USER, LI))
        house.passes(5)
        assert other.app.delivery.drain() == 1
        assert tried(house) == {"bot": 0, "app": 1}
        assert len(house.wecom.seen(LI)) == 1
        assert house.app.delivery.drain() == 1
        assert tried(house) == {"bot": 1, "app": 1}


def test_while_the_connection_is_away_nobody_claims_what_it_is_to_say(house: BotHouse) -> None:
    house.says(LI, "帮助")
    assert house.app.wecom is not None
    house.app.wecom.stop()
    promised(house, "bot", messages.write("wecom/alone", "zh_CN"), AT_LI)
    house.passes(5)
    assert house.app.delivery.drain() == 0
    house.app.wecom.start()
    house.up(2)
    assert house.app.delivery.drain() == 1


def promised(house: BotHouse, key: str, said: Message, place: Place) -> None:
    with house.app.database.write() as db:
        home = workspace.by_key(db, "main")
        room = rooms.met(db, home.id, "wecom", str(place))
        voice(db, home, room, house.app.clock.now(), house.app.dispatch.pace).promise(key, room, said)


def tried(house: BotHouse) -> dict[str, int]:
    """How often each was attempted."""
    question = select(outbox.c.dedupe_key, outbox.c.attempt).where(outbox.c.dedupe_key.in_(("bot", "app")))
    with house.app.database.read() as db:
        return {row.dedupe_key: row.attempt for row in db.execute(question)}


def test_a_process_that_died_is_followed_when_its_lease_is_over(house: BotHouse) -> None:
    def dead() -> bool:
        raise RuntimeError("no longer there")

    keeper = house.line.keepers["main"]
    keeper._claim = dead  # type: ignore[method-assign]  # noqa: SLF001  it no longer renews
    keeper.ends_at = float("inf")
    with second(house) as other:
        assert other.app.wecom is not None
        other.line.times = QUICK
        other.app.wecom.start()
        house.passes(LEASE_MS / 1000)
        other.up(2)
        assert "会议" in words(other.says(LI, "帮助"))


def test_a_process_that_lost_its_lease_lets_go(house: BotHouse) -> None:
    keeper = house.line.keepers["main"]
    keeper._claim = lambda: False  # type: ignore[method-assign]  # noqa: SLF001  somebody else has it
    assert house.bot.wait(lambda: house.bot.client is None)
    with pytest.raises(NotNow):
        says(house)


def test_while_the_database_is_away_it_stays_as_long_as_the_lease(house: BotHouse) -> None:
    asked = threading.Event()

    def away() -> bool:
        asked.set()
        raise OSError("away")

    keeper = house.line.keepers["main"]
    keeper._claim = away  # type: ignore[method-assign]  # noqa: SLF001
    assert asked.wait(5)
    asked.clear()
    assert asked.wait(5)
    assert house.bot.client is not None
    keeper.ends_at = 0.0
    assert house.bot.wait(lambda: house.bot.client is None)


def test_who_is_kicked_out_by_a_stranger_tells_the_administrator_once(house: BotHouse) -> None:
    administrator(house)
    for times in (2, 3):
        house.bot.kicks()
        house.up(times)
    house.settle()
    told = [one for one in house.wecom.seen(LI) if "另一个程序" in one.words]
    assert len(told) == 1


def test_who_is_kicked_out_waits_longer_each_time(house: BotHouse) -> None:
    keeper = house.line.keepers["main"]
    keeper.times = replace(QUICK, kicked=100.0, longest=250.0)
    waits = []
    for subscriptions in (2, 3, 4):
        house.bot.kicks()
        house.until(lambda: keeper.again_at > time.monotonic())
        waits.append(keeper.again_at - time.monotonic())
        keeper.again_at = 0.0
        house.up(subscriptions)
    assert [round(wait, -1) for wait in waits] == [100, 200, 250]


# --- what came


def kept(house: BotHouse) -> int:
    """How many frames have been written down."""
    with house.app.database.read() as db:
        inward = select(func.count()).select_from(outbox).where(outbox.c.dedupe_key.like("wecom-in:%"))
        return db.scalar(inward) or 0


def test_what_came_is_written_down_before_the_connection_is_given_up(house: BotHouse) -> None:
    holding, goes_on = threading.Event(), threading.Event()
    assert house.app.wecom is not None
    keep = house.app.wecom.bot_ear.keep

    def slow(*what: Any) -> None:
        holding.set()
        assert goes_on.wait(5)
        keep(*what)

    house.app.wecom.bot_ear.keep = slow
    house.bot.says(LI, "帮助")
    house.bot.says(LI, "状态")
    assert holding.wait(5)
    stopping = threading.Thread(target=house.app.wecom.stop)
    stopping.start()
    assert house.bot.wait(lambda: house.bot.client is None)
    stopping.join(0.2)
    assert stopping.is_alive()
    assert house.holder()
    goes_on.set()
    stopping.join(5)
    assert kept(house) == 2
    assert not house.holder()


def test_what_cannot_be_written_down_is_tried_again(house: BotHouse, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.platforms.wecom.bot_ear.FIRST_WAIT", 0.01)
    assert house.app.wecom is not None
    keep, left = house.app.wecom.bot_ear.keep, [OSError("full"), OSError("full")]

    def full(*what: Any) -> None:
        if left:
            raise left.pop()
        keep(*what)

    house.app.wecom.bot_ear.keep = full
    assert words(house.says(LI, "帮助"))
    assert not left


def test_the_same_message_again_does_nothing(house: BotHouse) -> None:
    came = house.hears(lambda: house.bot.says(LI, "帮助"))
    house.settle()
    before = len(house.bot.seen(LI))

    def again() -> Pushed:
        house.bot.sends(came.frame)
        return came

    house.hears(again)
    house.settle()
    assert len(house.bot.seen(LI)) == before
    assert kept(house) == 1
