"""Messages leave for WeCom whole, once, at its pace; what keeps them from it is answered by its number."""

from __future__ import annotations

import errno
import itertools
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pytest

from bot import insisting
from bot.app import build
from bot.platforms.wecom import client, sending
from bot.platforms.wecom.handover import MOST_HELD, Handover
from bot.platforms.wecom.sending import Wecom
from messages import Message
from messages.message import Attachment, Button
from storage import outbox, people, rooms, wecom_parts, workspace
from storage.folder import Folder
from storage.lanes import LEASE_MS
from storage.outbox import Promise
from storage.people import Role, RoleHolder
from storage.rooms import Room
from tests.bot.platforms.wecom.office import LI, WANG, Office, words
from tests.bot.test_kinds import PNG
from tests.fakes.wecom_state import ROOT, Shown

LONG = "\n\n".join(f"{number} " + "会后的事情很多。" * 20 for number in range(1, 25))
PDF = b"%PDF-1.7\n% a report\n"
Promises = Callable[..., None]


def word(text: str, **more: Any) -> Message:
    return Message(name="x", locale="zh_CN", body=text, **more)


def pressed(text: str) -> Message:
    return word(text, buttons=(Button(label="好", line="today"),))


@dataclass
class Desk:
    """Promises to a person's own chat, in its lane."""

    house: Office

    def room(self, user: str = LI) -> Room:
        with self.house.app.database.write() as db:
            place = workspace.by_key(db, "main", locale="zh_CN", zone="Asia/Shanghai")
            person = people.met(db, place.id, "wecom", user, name=self.house.wecom.member(user).name)
            return rooms.met(db, place.id, "wecom", f"user:{user}", name=person.name, person_id=person.id)

    def promises(self, key: str, message: Message, *, user: str = LI, **more: Any) -> None:
        room = self.room(user)
        now, pace = int(self.house.wecom.now() * 1000), self.house.app.platforms["wecom"].pace_ms
        place: dict[str, Any] = {"lane_key": f"room:{room.id}", "platform": "wecom", "interval_ms": pace}
        with self.house.app.database.write() as db:
            payload = message.model_dump_json()
            outbox.promise(db, key, payload=payload, now_ms=now, room_id=room.id, **place, **more)

    def says(self, key: str, message: Message, *, user: str = LI, **more: Any) -> list[Shown]:
        before = len(self.house.wecom.seen(user))
        self.promises(key, message, user=user, **more)
        self.house.settle()
        return self.house.wecom.seen(user)[before:]

    def leads(self, user: str = LI) -> None:
        """Whoever that is, they are the one to be told of what goes wrong."""
        room = self.room(user)
        with self.house.app.database.write() as db:
            assert room.person_id is not None
            people.get(db, room.person_id).admin = True

    def state(self, key: str) -> Promise:
        with self.house.app.database.read() as db:
            found = outbox.promised(db, key)
        assert found is not None
        return found[1]

    def dies(self) -> None:
        """Another process goes on: it knows nothing of what this one has begun."""
        self.handover.uploaded.clear()

    @property
    def handover(self) -> Handover:
        wecom = self.house.app.platforms["wecom"]
        assert isinstance(wecom, Wecom)
        return wecom.handover

    def stores(self, name: str, content: bytes, media_type: str) -> Attachment:
        stored = self.house.app.files.put([content], limit=100_000_000)
        return Attachment(name=name, digest=stored.digest, size=stored.size, media_type=media_type)


@pytest.fixture
def desk(house: Office) -> Desk:
    return Desk(house)


def texts(shown: list[Shown]) -> list[str]:
    """Without the blanks that tell messages apart."""
    return [one.words.translate({0x200B: None, 0x200C: None}) for one in shown]


def tries(house: Office, path: str = "message/send") -> list[float]:
    return [call.at for call in house.wecom.calls if call.path == path]


def test_what_wecom_took_is_not_said_again_because_the_disk_was_full(
    house: Office, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    full, real = itertools.repeat(OSError(errno.ENOSPC, "full"), 2), wecom_parts.keep

    def unsure(*given: Any, **how: Any) -> None:
        for failure in full:
            raise failure
        real(*given, **how)

    monkeypatch.setattr(wecom_parts, "keep", unsure)
    monkeypatch.setattr(insisting, "AGAIN_S", 0.0)
    assert texts(desk.says("one", word("好"))) == ["好"]
    assert len(tries(house)) == 1


# --- patience


def test_who_was_held_up_until_right_before_the_call_leaves_it_to_others(house: Office, desk: Desk) -> None:
    moments = itertools.chain([0, 0, LEASE_MS / 1000], itertools.repeat(0))
    house.app.delivery.stopwatch = lambda: next(moments)
    desk.promises("one", word("好"))
    house.app.delivery.drain()
    assert tries(house) == []
    house.settle()
    assert texts(house.wecom.seen(LI)) == ["好"]


@pytest.mark.parametrize("refused", [0, 1], ids=["none yet", "the first refused"])
def test_who_was_held_up_by_a_token_leaves_it_to_others(house: Office, desk: Desk, refused: int) -> None:
    house.app.delivery.stopwatch = lambda: len(house.wecom.called("gettoken")) * LEASE_MS / 1000
    if refused:
        desk.says("first", word("一"))
        house.wecom.clock += 4
        house.wecom.will("message/send", errcode=42001)
    before = len(tries(house))
    desk.promises("one", word("好"))
    house.app.delivery.drain()
    assert len(tries(house)) - before == refused
    house.settle()
    assert texts(house.wecom.seen(LI))[-1] == "好"


@pytest.mark.parametrize(("number", "seconds"), [(-1, 10), (45009, 60), (45033, 10)])
def test_what_wecom_cannot_take_now_is_tried_again_and_not_lost(
    house: Office, desk: Desk, number: int, seconds: int
) -> None:
    house.wecom.will("message/send", times=12, errcode=number)
    assert texts(desk.says("one", word("你好"))) == ["你好"]
    waits = [then - at for at, then in itertools.pairwise(tries(house))]
    assert len(waits) == 12
    assert min(waits) >= seconds


@pytest.mark.parametrize("number", [40001, 40014, 42001])
def test_a_token_that_is_refused_is_fetched_anew_once(house: Office, desk: Desk, number: int) -> None:
    desk.says("first", word("一"))
    house.wecom.will("message/send", errcode=number)
    if number == 42001:
        house.wecom.expire(house.agent)
    assert texts(desk.says("one", word("你好"))) == ["你好"]
    assert desk.state("one") == Promise.SENT


def test_tokens_that_are_always_refused_are_not_asked_for_without_end(house: Office, desk: Desk) -> None:
    house.agent.always_expired = True
    desk.promises("one", word("你好"))
    for _ in range(30):
        house.app.delivery.drain()
        house.wecom.clock += 10
    assert len(tries(house, "gettoken")) <= 6
    assert desk.state("one") == Promise.READY
    house.agent.always_expired = False
    house.wecom.clock += 600
    house.settle()
    assert texts(house.wecom.seen(LI))[0] == "你好"


@pytest.mark.parametrize("trouble", [{"drop": True}, {"status": 502}, {"html": True}, {"status": 500, "html": True}])
def test_an_outage_is_waited_for(house: Office, desk: Desk, trouble: dict[str, Any]) -> None:
    house.wecom.will("message/send", times=20, **trouble)
    assert texts(desk.says("one", word("你好"))) == ["你好"]


def test_an_answer_that_does_not_come_is_waited_for(house: Office, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client, "TIMES", (0.2, 0.2))
    house.wecom.will("message/send", hang=1.0)
    assert texts(desk.says("one", word("你好"))) == ["你好"]


def test_a_message_that_wecom_will_never_take_is_given_up_and_the_next_goes_on(house: Office, desk: Desk) -> None:
    house.wecom.will("message/send", errcode=40058)
    desk.promises("one", word("你好"))
    assert texts(desk.says("two", word("再见"))) == ["再见"]
    assert desk.state("one") == Promise.DEAD


# --- once


@pytest.mark.parametrize("message", [word("你好"), pressed("你好")], ids=["words", "card"])
@pytest.mark.parametrize("trouble", [{"drop": True}, {"drop_after": True}])
def test_whatever_happens_on_the_way_it_stands_there_once(
    house: Office, desk: Desk, message: Message, trouble: dict[str, Any]
) -> None:
    house.wecom.will("message/send", **trouble)
    desk.promises("one", message)
    house.app.delivery.drain()
    desk.dies()
    house.wecom.clock += 60
    house.settle()
    assert len(house.wecom.seen(LI)) == 1
    assert desk.state("one") == Promise.SENT


@pytest.mark.parametrize("message", [word("没有了。"), pressed("没有了。"), word(LONG)], ids=["words", "card", "long"])
def test_the_same_answer_to_two_questions_is_said_twice(house: Office, desk: Desk, message: Message) -> None:
    first, second = desk.says("one", message), desk.says("two", message)
    assert texts(first) == texts(second)
    assert house.wecom.duplicates == []


# --- several parts


def test_a_long_message_comes_whole_and_uncut(house: Office, desk: Desk) -> None:
    shown = desk.says("long", word(LONG))
    assert len(shown) > 3
    assert not [one for one in shown if one.cut]
    said = [re.sub(r"\s*\d+/\d+$", "", one) for one in texts(shown)]
    assert "".join("".join(said).split()) == "".join(LONG.split())


@pytest.mark.parametrize("trouble", [{"errcode": 45009}, {"drop": True}, {"drop_after": True}, {"status": 503}])
@pytest.mark.parametrize("dies", [True, False])
def test_what_was_begun_goes_on_where_it_was(house: Office, desk: Desk, trouble: dict[str, Any], *, dies: bool) -> None:
    whole = texts(desk.says("before", word(LONG)))
    house.wecom.clock += 3600
    house.wecom.inboxes.clear()
    house.wecom.will("message/send")
    house.wecom.will("message/send")
    house.wecom.will("message/send", **trouble)
    desk.promises("long", word(LONG))
    house.app.delivery.drain()
    if dies:
        desk.dies()
    house.settle()
    assert texts(house.wecom.seen(LI)) == whole


def test_more_than_may_come_in_a_minute_comes_in_the_next(house: Office, desk: Desk) -> None:
    many = word("\n\n".join([LONG] * 7))
    shown = desk.says("many", many)
    assert len(shown) > sending.Wecom.pace_ms / 1000
    assert len(shown) > 18
    times = tries(house)
    assert all(sum(at <= other < at + 60 for other in times) <= 18 for at in times)
    assert house.wecom.dropped == []


def test_two_processes_go_on_with_each_others_messages_and_count_together(house: Office, desk: Desk) -> None:
    """Whoever has the lane next says what is left, and neither says more in a minute than one alone would."""
    desk.promises("many", word("\n\n".join([LONG] * 7)))
    other = build(house.app.settings, clock=house.app.clock)
    for turn in range(100):
        (other if turn % 2 else house.app).delivery.drain()
        house.wecom.clock += 3
    other.database.close()
    assert desk.state("many") == Promise.SENT
    shown = texts(house.wecom.seen(LI))
    assert [re.findall(r"(\d+)/(\d+)$", one)[0][0] for one in shown] == [str(at) for at in range(1, len(shown) + 1)]
    assert len(shown) > 36
    times = tries(house)
    assert all(sum(at <= then < at + 60 for then in times) <= 18 for at in times)


def test_nobody_waits_for_what_somebody_else_is_told(house: Office, desk: Desk) -> None:
    desk.promises("many", word("\n\n".join([LONG] * 7)))
    desk.promises("one", word("你好"), user=WANG)
    house.app.delivery.drain()
    assert texts(house.wecom.seen(WANG)) == ["你好"]


# --- who cannot be reached


@pytest.fixture
def told(desk: Desk) -> Desk:
    """王芳 is an admin, and has talked with the bot."""
    desk.leads(WANG)
    desk.says("hello", word("你好"), user=WANG)
    return desk


def hides(house: Office, why: str) -> None:
    """Li can no longer be reached: alone in a message (81013), or named in the answer."""
    if why == "range":
        house.agent.hidden.add(LI)
    else:
        house.wecom.member(LI).licensed = False


@pytest.mark.parametrize(("why", "said"), [("range", "可见范围"), ("licence", "许可")])
def test_who_cannot_be_reached_is_told_of_once_in_private_and_gets_all_of_it_afterwards(
    house: Office, told: Desk, why: str, said: str
) -> None:
    hides(house, why)
    told.promises("one", word("你好"))
    told.promises("two", word("再见"))
    for _ in range(3):
        house.app.delivery.drain()
        house.wecom.clock += 600
    notices = [one for one in texts(house.wecom.seen(WANG)) if "李娜" in one]
    assert len(notices) == 1
    assert said in notices[0]
    assert "消息不会丢" in notices[0]
    assert house.wecom.seen(LI) == []
    house.wecom.member(LI).licensed = True
    house.does(LI, lambda: house.agent.subscribes(LI))
    assert texts(house.wecom.seen(LI))[:2] == ["你好", "再见"]


def test_one_of_two_in_an_answer_is_told_of_by_name(house: Office, told: Desk) -> None:
    """WeCom answers with errcode 0 and names who did not get it."""
    house.agent.departments = {ROOT}
    house.wecom.will("message/send", errcode=81013)
    told.promises("one", word("你好"))
    for _ in range(3):
        house.app.delivery.drain()
        house.wecom.clock += 60
    assert [one for one in texts(house.wecom.seen(WANG)) if "81013" in one]


def test_whoever_comes_back_gets_what_waited(house: Office, told: Desk) -> None:
    hides(house, "range")
    told.promises("one", word("你好"))
    house.app.delivery.drain()
    house.agent.hidden.clear()
    house.does(LI, lambda: house.agent.enters(LI))
    assert texts(house.wecom.seen(LI))[0] == "你好"


def test_an_address_that_is_not_trusted_keeps_all_of_it_until_it_is(house: Office, told: Desk) -> None:
    house.agent.ip_listed = False
    told.promises("one", word("你好"))
    told.promises("two", word("再见"), user=WANG)
    house.app.delivery.drain()
    house.wecom.clock += 3600
    house.app.delivery.drain()
    assert house.wecom.seen(LI) == []
    house.agent.ip_listed = True
    house.wecom.clock += 600
    house.settle()
    assert texts(house.wecom.seen(LI)) == ["你好"]
    assert "再见" in texts(house.wecom.seen(WANG))


def test_after_days_one_message_that_goes_through_brings_the_others(house: Office, told: Desk) -> None:
    house.agent.ip_listed = False
    told.promises("one", word("你好"))
    for _ in range(30):
        house.app.delivery.drain()
        house.wecom.clock += 3600
    before = len(tries(house))
    house.wecom.clock += 3600
    house.app.delivery.drain()
    assert len(tries(house)) == before
    house.agent.ip_listed = True
    told.says("two", word("再见"), user=WANG)
    house.settle()
    assert texts(house.wecom.seen(LI)) == ["你好"]


# --- reminders


@pytest.mark.parametrize("minute", [0, 30])
def test_reminders_keep_away_from_the_hour_and_the_half_hour(house: Office, desk: Desk, minute: int) -> None:
    for number in range(20):
        house.wecom.add_member(f"member{number}", f"会员{number}")
        desk.room(f"member{number}")
    house.wecom.clock = datetime.fromisoformat(f"2026-05-28T12:{minute:02}:00+08:00").timestamp()
    begun = house.wecom.clock
    for number in range(20):
        nudge = Message(name="nudges/digest", locale="zh_CN", body="早上好")
        desk.promises(f"nudge:{number}", nudge, user=f"member{number}")
    desk.promises("answer", word("好的"), user=WANG)
    for _ in range(400):
        house.app.delivery.drain()
        house.wecom.clock += 1
    times = {call.args["touser"]: call.at - begun for call in house.wecom.calls if call.path == "message/send"}
    assert times.pop(WANG) == 0
    assert len(times) == 20
    assert min(times.values()) >= 60
    assert max(times.values()) <= 310
    assert len({round(at / 20) for at in times.values()}) > 5


# --- files


def test_pictures_and_files_go_out_after_the_words(house: Office, desk: Desk) -> None:
    files = (desk.stores("合影.png", PNG, "image/png"), desk.stores("总结 报告.pdf", PDF, "application/pdf"))
    shown = desk.says("files", word("都在这里", files=files))
    assert [one.kind for one in shown] == ["markdown", "image", "file"]
    assert [one.media.data for one in shown if one.media] == [PNG, PDF]
    assert [one.media.name for one in shown if one.media] == ["合影.png", "总结 报告.pdf"]
    assert "总结 报告.pdf" in texts(shown)[0]


@pytest.mark.parametrize("size", [3, 20_000_001])
def test_a_file_that_wecom_would_not_take_is_named_and_not_tried(house: Office, desk: Desk, size: int) -> None:
    shown = desk.says("files", word("在这里", files=(desk.stores("录音.bin", b"x" * size, "application/zip"),)))
    assert [one.kind for one in shown] == ["markdown"]
    assert "录音.bin" in texts(shown)[0]
    assert house.wecom.called("media/upload") == []


def test_a_file_that_is_no_longer_there_is_named(house: Office, desk: Desk) -> None:
    lost = desk.stores("合影.png", PNG, "image/png")
    Folder(house.app.settings.data / "files").path(lost.digest).unlink()
    shown = desk.says("files", word("在这里", files=(lost,)))
    assert [one.kind for one in shown] == ["markdown"]
    assert desk.state("files") == Promise.SENT


@pytest.mark.parametrize("trouble", [{"drop_after": True}, {"errcode": 45009}])
def test_a_file_is_handed_over_and_sent_once(house: Office, desk: Desk, trouble: dict[str, Any]) -> None:
    house.wecom.will("message/send")
    house.wecom.will("message/send", **trouble)
    shown = desk.says("files", word("在这里", files=(desk.stores("报告.pdf", PDF, "application/pdf"),)))
    assert [one.kind for one in shown] == ["markdown", "file"]
    assert len(house.wecom.called("media/upload")) == 1


@pytest.fixture
def held(house: Office, desk: Desk) -> Desk:
    """The words are said, the file is handed over, and WeCom wants to be left in peace before it is sent."""
    house.wecom.will("message/send")
    house.wecom.will("message/send", errcode=45009)
    desk.handover.uploaded |= {f"of others {number}": {} for number in range(MOST_HELD)}
    desk.promises("files", word("在这里", files=(desk.stores("报告.pdf", PDF, "application/pdf"),)))
    house.app.delivery.drain()
    assert len(house.wecom.called("media/upload")) == 1
    return desk


def test_a_file_that_wecom_may_have_forgotten_is_handed_over_anew(house: Office, held: Desk) -> None:
    house.wecom.clock += 3 * 86_400
    house.settle()
    assert held.state("files") == Promise.SENT
    assert [one.kind for one in house.wecom.seen(LI)] == ["markdown", "file"]
    assert len(house.wecom.called("media/upload")) == 2


def test_files_that_others_have_sent_are_not_kept_in_mind_for_ever(held: Desk) -> None:
    assert (len(held.handover.uploaded), "files" in held.handover.uploaded) == (MOST_HELD, True)


def test_the_same_file_is_sent_again_when_it_is_asked_for_again(house: Office, desk: Desk) -> None:
    message = word("在这里", files=(desk.stores("报告.pdf", PDF, "application/pdf"),))
    assert [[one.kind for one in desk.says(key, message)] for key in ("one", "two")] == [["markdown", "file"]] * 2


# --- in the place of


def test_an_answer_takes_the_place_of_how_far_it_has_come(house: Office, desk: Desk) -> None:
    desk.says("work:1", word("正在做"))
    desk.says("work:2", word("做了一半"), edits="work:1")
    assert texts(house.wecom.seen(LI)) == ["正在做"]
    desk.says("work:answer", word("做好了"), edits="work:1")
    assert texts(house.wecom.seen(LI)) == ["做好了"]
    assert len(tries(house, "message/recall")) == 1


@pytest.mark.parametrize("trouble", [{"errcode": 40058}, {"drop": True}, {"status": 500}])
def test_an_answer_is_said_even_if_nothing_can_be_taken_back(
    house: Office, desk: Desk, trouble: dict[str, Any]
) -> None:
    desk.says("work:1", word("正在做"))
    house.wecom.will("message/recall", **trouble)
    desk.says("work:answer", word("做好了"), edits="work:1")
    assert texts(house.wecom.seen(LI)) == ["正在做", "做好了"]


def test_an_answer_is_taken_back_and_said_once_even_if_it_is_tried_twice(house: Office, desk: Desk) -> None:
    desk.says("work:1", word("正在做"))
    house.wecom.will("message/send", drop_after=True)
    desk.says("work:answer", word("做好了"), edits="work:1")
    assert texts(house.wecom.seen(LI)) == ["做好了"]


def test_the_lead_of_the_meeting_is_told_of_its_room(house: Office, told: Desk) -> None:
    """Of somebody's own chat the admins are told; of a room that works on a meeting, whoever leads that."""
    house.says(LI, "新建会议 2026年会 结束：2026-05-27 17:00")
    house.wecom.inboxes.clear()
    with house.app.database.write() as db:
        room = rooms.met(db, 1, "wecom", "hook:none", name="工作群")
        room.meeting_id = 1
        person = people.account(db, 1, "wecom", WANG)
        assert person is not None
        people.get(db, person.person_id).admin = False
        assert [one.role for one in people.holders(db, 1)] == [Role.LEAD]
        assert isinstance(people.holders(db, 1)[0], RoleHolder)
        now = int(house.wecom.now() * 1000)
        payload = word("早上好").model_dump_json()
        place: dict[str, Any] = {"lane_key": f"room:{room.id}", "platform": "wecom", "interval_ms": 1000}
        outbox.promise(db, "hook", payload=payload, now_ms=now, room_id=room.id, **place)
    house.app.delivery.drain()
    house.wecom.clock += 5
    house.app.delivery.drain()
    assert "工作群" in words(house.wecom.seen(LI))
    assert house.wecom.seen(WANG) == []
