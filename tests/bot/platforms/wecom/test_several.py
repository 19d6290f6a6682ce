"""Two associations on one bot: tokens, people, rooms and files of one are never the other's."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from storage import checklist, meetings, people, workspace
from storage.checklist import State
from tests.bot.platforms.wecom.office import LI, WANG, Office, office, own, words
from tests.bot.test_kinds import PNG
from tests.fakes.wecom import FakeWecom
from tests.fakes.wecom_state import App, Shown
from tests.fakes.wecom_talk import xml

OTHER, THERE, SECRET = "ww9999999999999999", 1_000_009, "app-secret-2"
TOKEN, KEY = "othertoken", "b" * 42 + "A"


@pytest.fixture
def two(tmp_path: Path) -> Iterator[Office]:
    """In the other corp somebody has the same userid as 李娜. In each a meeting has begun."""

    def prepare(wecom: FakeWecom) -> None:
        wecom.add_corp(OTHER)
        wecom.add_app(THERE, SECRET, corp=OTHER, token=TOKEN, aes_key=KEY)
        wecom.add_member("LiNa", "赵敏", corp=OTHER)

    society = own(corp_id=OTHER, agent_id=THERE, secret=SECRET, token=TOKEN, aes_key=KEY)
    with office(tmp_path, apps={"society": society}, prepare=prepare) as made:
        made.says(LI, "新建会议 水渠论坛 结束：2026-05-27 17:00")
        there(made, "新建会议 灯会大典 结束：2026-05-27 17:00")
        yield made


def other(house: Office) -> App:
    return house.wecom.app(THERE, OTHER)


def there(house: Office, text: str) -> list[Shown]:
    """What 赵敏 says, and then sees."""
    before = len(seen(house))
    assert other(house).types(LI, text).status == 200
    house.settle()
    return seen(house)[before:]


def seen(house: Office) -> list[Shown]:
    return house.wecom.seen(LI, corp=OTHER)


def state(house: Office, key: str, number: int) -> State:
    with house.app.database.read() as db:
        place = workspace.find(db, key)
        assert place is not None
        [meeting] = meetings.all_of(db, place.id)
        task = checklist.get(db, meeting.id, number)
        assert task is not None
        return task.state


def test_each_sees_its_own(two: Office) -> None:
    for line in ("会议列表", "列表", "人员", "进度", "日志", "今天", "设置", "搜索 论坛"):
        ours, theirs = words(two.says(LI, line)), words(there(two, line))
        assert "灯会" not in ours, line
        assert "赵敏" not in ours, line
        assert "水渠" not in theirs, line
        assert "李娜" not in theirs.replace("人员 添加 李娜", "").replace("@李娜", ""), line  # as in the examples
    assert "水渠论坛" in words(two.says(LI, "会议列表"))
    assert "灯会大典" in words(there(two, "会议列表"))


def test_one_userid_of_two_corps_is_two_people(two: Office) -> None:
    with two.app.database.read() as db:
        for key, name in (("main", "李娜"), ("wecom:society", "赵敏")):
            place = workspace.find(db, key)
            assert place is not None
            assert [one.name for one in people.everyone(db, place.id)] == [name]


def test_each_changes_its_own(two: Office) -> None:
    two.says(LI, "添加 浇花 阶段：5 截止：2026-05-29 12:00")
    there(two, "添加 浇花 阶段：5 截止：2026-05-29 12:00")
    there(two, "完成 T59")
    assert [state(two, key, 59) for key in ("main", "wecom:society")] == [State.OPEN, State.DONE]


def test_everything_is_asked_with_the_token_of_the_corp(two: Office) -> None:
    for day in ("2026-05-29", "2026-06-01"):
        two.lives_until(f"{day}T09:40")
    assert words(two.wecom.seen(LI)).count("早上好") > 0
    assert words(seen(two)).count("早上好") > 0
    sent = [call for call in two.wecom.calls if call.path in {"message/send", "message/update_template_card"}]
    assert {(call.corp, call.args["agentid"]) for call in sent} == {(two.agent.corp, two.agent.agent), (OTHER, THERE)}
    assert len({args["corpsecret"] for args in two.wecom.called("gettoken")}) == 2
    assert "灯会" not in words(two.wecom.seen(LI))
    assert "水渠" not in words(seen(two))


def test_a_token_that_ends_is_fetched_for_its_corp_alone(two: Office) -> None:
    before = len(two.wecom.called("gettoken"))
    two.wecom.expire(other(two))
    there(two, "帮助")
    two.says(LI, "帮助")
    assert [args["corpsecret"] for args in two.wecom.called("gettoken")[before:]] == [SECRET]


def test_files_stay_where_they_were_sent(two: Office) -> None:
    before = len(seen(two))
    other(two).sends_image(LI, PNG, "灯会合影.png")
    two.settle()
    assert "F1" in words(seen(two)[before:])
    assert "没有文件 F1" in words(two.says(LI, "附件 T1 F1"))
    assert state(two, "main", 1) == State.OPEN
    assert "灯会合影" not in words(two.wecom.seen(LI))


def test_a_callback_of_one_is_none_of_the_others(two: Office) -> None:
    """Its envelope at the other's address, and the other's key for a message to the first."""
    with two.agent.held() as waiting:
        two.agent.types(LI, "完成 T8 谢谢大家")
        [heard] = waiting
        waiting.clear()
    envelope = heard.envelope
    assert two.post("POST", f"/wecom/society?{_query(envelope.query)}", envelope.body)[0] == 403
    two.settle()
    assert [state(two, key, 8) for key in ("main", "wecom:society")] == [State.OPEN, State.OPEN]


def _query(given: dict[str, str]) -> str:
    return "&".join(f"{name}={value}" for name, value in given.items())


def test_the_same_message_id_of_two_corps_is_two_messages(two: Office) -> None:
    for app in (two.agent, other(two)):
        told = {"ToUserName": app.corp, "FromUserName": "LiNa", "CreateTime": "1", "MsgType": "text", "MsgId": "17"}
        assert app.delivers(app.sealed(xml({**told, "Content": "完成 T8 谢谢大家"}))).status == 200
    two.settle()
    assert [state(two, key, 8) for key in ("main", "wecom:society")] == [State.DONE, State.DONE]


def test_a_card_of_one_cannot_be_pressed_at_the_other(two: Office) -> None:
    two.says(LI, "查看 T8")
    card = two.card()
    key = card.buttons["完成"]
    fields = {"EventKey": key, "TaskId": card.task_id, "CardType": "button_interaction", "ResponseCode": "forged"}
    assert other(two).happens(LI, "template_card_event", fields).status == 200
    two.settle()
    assert card.updates == 0
    assert state(two, "main", 8) == State.OPEN


def test_where_one_is_shut_the_other_goes_on(two: Office) -> None:
    other(two).ip_listed = False
    assert "水渠论坛" in words(two.says(LI, "会议列表"))
    before = len(seen(two))
    other(two).types(LI, "会议列表")
    for _ in range(5):
        two.app.delivery.drain()
        two.wecom.clock += 60
    assert len(seen(two)) == before
    other(two).ip_listed = True
    two.wecom.clock += 300
    two.settle()
    assert "灯会大典" in words(seen(two)[before:])


def test_who_leaves_one_stays_in_the_other(two: Office) -> None:
    two.does(WANG, lambda: two.agent.enters(WANG))
    other(two).unsubscribes(LI)
    two.settle()
    assert "水渠论坛" in words(two.says(LI, "会议列表"))
    assert "赵敏" not in words(two.wecom.seen(LI) + two.wecom.seen(WANG))
