"""Template cards at the fake WeCom: what they may hold, how they change, and what a press sends."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from wechatpy.enterprise import parse_message

from tests.fakes import wecom_cards
from tests.fakes.wecom import FakeWecom
from tests.fakes.wecom_state import AGENT, HOUR, Refusal
from tests.fakes.wecom_stranger import Stranger, refused

Card = dict[str, Any]
OPTIONS = [{"id": f"T{at}", "text": f"任务 {at}"} for at in range(1, 21)]
LINK = {"type": 1, "url": "https://example.org"}


def notice(**more: Any) -> Card:
    return {"card_type": "text_notice", "main_title": {"title": "年会"}, "card_action": LINK, **more}


def news(**more: Any) -> Card:
    picture = {"url": "https://example.org/a.png"}
    return {**notice(card_image=picture), "card_type": "news_notice", **more}


def buttons(**more: Any) -> Card:
    found = [{"text": "完成", "key": "done T12", "style": 1}, {"text": "看板", "type": 1, "url": "https://example.org"}]
    title = {"title": "设备归还", "desc": "今天到期"}
    return {"card_type": "button_interaction", "main_title": title, "button_list": found, "task_id": "t-1", **more}


def vote(**more: Any) -> Card:
    box = {"question_key": "tasks", "option_list": OPTIONS, "mode": 1}
    submit = {"text": "提交", "key": "done"}
    title = {"title": "今天的任务"}
    found = {"main_title": title, "checkbox": box, "submit_button": submit, "task_id": "v-1"}
    return {"card_type": "vote_interaction", **found, **more}


def lists(**more: Any) -> Card:
    one = {"question_key": "who", "title": "负责人", "option_list": OPTIONS[:10], "selected_id": "T2"}
    two = {"question_key": "day", "option_list": OPTIONS[:2]}
    found = {"main_title": {"title": "指派"}, "select_list": [one, two], "submit_button": {"key": "assign"}}
    return {"card_type": "multiple_interaction", "task_id": "m-1", **found, **more}


@pytest.mark.parametrize("card", [notice(), news(), buttons(), vote(), lists()])
def test_all_five_kinds_are_shown(wecom: FakeWecom, client: Stranger, card: Card) -> None:
    sent = client.shows(card, "zhangsan|lisi")
    assert ("response_code" in sent) == (card["card_type"] in wecom_cards.INTERACTIVE)
    assert [wecom.seen(who)[0].card for who in ("zhangsan", "lisi")] == [card, card]


def _box(**more: Any) -> Card:
    return vote(checkbox={**vote()["checkbox"], **more})


WRONG: dict[str, tuple[Card, int]] = {
    "no card_action": ({"card_type": "text_notice", "main_title": {"title": "x"}}, 42045),
    "card_action leads nowhere": (notice(card_action={"type": 0}), 42045),
    "card_action without url": (news(card_action={"type": 1}), 42045),
    "no words": (notice(main_title={"desc": "x"}), 40058),
    "no picture": ({**news(), "card_image": None}, 40058),
    "7 rows": (notice(horizontal_content_list=[{"keyname": "x"}] * 7), 40058),
    "4 jumps": (notice(jump_list=[{"title": "x"}] * 4), 40058),
    "jump without url": (notice(jump_list=[{"title": "x", "type": 1}]), 40058),
    "member row without userid": (notice(horizontal_content_list=[{"keyname": "x", "type": 3}]), 40058),
    "5 paragraphs": (news(vertical_content_list=[{"title": "x"}] * 5), 40058),
    "menu without task_id": (notice(action_menu={"desc": "x", "action_list": [{"text": "x", "key": "k"}]}), 42014),
    "menu of 4": (buttons(action_menu={"action_list": [{"text": "x", "key": str(at)} for at in range(4)]}), 40058),
    "a menu that is none": (buttons(action_menu=["x"]), 40058),
    "menu key twice": (buttons(action_menu={"action_list": [{"text": "x", "key": "k"}] * 2}), 40058),
    "no button": (buttons(button_list=[]), 40058),
    "7 buttons": (buttons(button_list=[{"text": "x", "key": str(at)} for at in range(7)]), 40058),
    "key of 1025 bytes": (buttons(button_list=[{"text": "x", "key": "键" * 341 + "xx"}]), 40058),
    "button without key": (buttons(button_list=[{"text": "x"}]), 40058),
    "link without url": (buttons(button_list=[{"text": "x", "type": 1}]), 40058),
    "no task_id": ({**buttons(), "task_id": ""}, 42014),
    "task_id with a blank": (buttons(task_id="t 1"), 42014),
    "task_id of 129": (buttons(task_id="t" * 129), 42014),
    "no option": (_box(option_list=[]), 40058),
    "21 options": (_box(option_list=[*OPTIONS, {"id": "T21", "text": "x"}]), 40058),
    "option twice": (_box(option_list=[OPTIONS[0], OPTIONS[0]]), 40058),
    "option id of 129 bytes": (_box(option_list=[{"id": "x" * 129, "text": "x"}]), 40058),
    "mode 2": (_box(mode=2), 40058),
    "disabled from the start": (_box(disable=True), 40058),
    "nothing to submit": ({**vote(), "submit_button": None}, 40058),
    "4 lists": (lists(select_list=[{**lists()["select_list"][0], "question_key": str(at)} for at in range(4)]), 40058),
    "11 in a list": (lists(select_list=[{"question_key": "q", "option_list": OPTIONS[:11]}]), 40058),
    "list twice": (lists(select_list=[lists()["select_list"][0]] * 2), 40058),
    "a slip": (buttons(buttons=[]), 40058),
    "no kind": ({"card_type": "poll"}, 40058),
}


@pytest.mark.parametrize("case", WRONG)
def test_a_wrong_card_is_refused(client: Stranger, case: str) -> None:
    card, errcode = WRONG[case]
    assert refused(lambda: client.shows(card)) == errcode


def test_a_bot_and_a_robot_may_show_less(wecom: FakeWecom) -> None:
    assert wecom_cards.check(notice(feedback={"id": "f"}), line="bot")
    with pytest.raises(Refusal, match="unknown in button_list"):
        wecom_cards.check(buttons(), line="bot")
    with pytest.raises(Refusal, match="a webhook shows no"):
        wecom_cards.check(vote(), line="webhook")


def test_a_task_id_is_used_once_in_an_app(wecom: FakeWecom, client: Stranger) -> None:
    client.shows(buttons())
    assert refused(lambda: client.shows(vote(task_id="t-1"))) == 42014
    other = Stranger(wecom, wecom.add_app(7, "secret-7"))
    assert other.message.send(7, "lisi", msg={"msgtype": "template_card", "template_card": buttons()})["errcode"] == 0


def test_an_app_without_a_callback_shows_nothing_to_press(wecom: FakeWecom, client: Stranger) -> None:
    wecom.app().has_callback = False
    assert refused(lambda: client.shows(buttons())) == 40058
    assert client.shows(notice())["errcode"] == 0


# --- changed afterwards


def update(client: Stranger, code: str, **change: Any) -> Any:
    given = {"userids": ["ZhangSan"], "agentid": AGENT, "response_code": code, **change}
    return client.post("message/update_template_card", data=given)


GREY = {"button": {"replace_name": "已完成"}}


def test_a_button_is_greyed_for_those_who_are_named(wecom: FakeWecom, client: Stranger) -> None:
    code = client.shows(buttons(), "zhangsan|lisi")["response_code"]
    assert update(client, code, userids=["ZhangSan", "nobody"], **GREY)["invaliduser"] == ["nobody"]
    mine, theirs = wecom.seen("zhangsan")[0], wecom.seen("lisi")[0]
    assert (mine.replaced, mine.buttons, mine.updates) == ("已完成", {}, 1)
    assert (theirs.replaced, theirs.buttons) == ("", {"完成": "done T12"})
    assert refused(lambda: update(client, code, **GREY)) == 40058


def test_a_card_is_replaced_for_all(wecom: FakeWecom, client: Stranger) -> None:
    code = client.shows(vote(), "zhangsan|lisi")["response_code"]
    done = {**vote(), "replace_text": "已提交"}
    done["checkbox"] = {**done["checkbox"], "disable": True}
    assert refused(lambda: update(client, code, template_card={**done, "task_id": "not valid"})) == 42014
    client.shows(buttons(task_id="taken"))
    assert refused(lambda: update(client, code, template_card={**done, "task_id": "taken"})) == 42014
    update(client, code, atall=1, userids=[], template_card=done)
    assert [wecom.seen(who)[0].replaced for who in ("zhangsan", "lisi")] == ["已提交", "已提交"]
    assert wecom.seen("lisi")[0].task_id == "v-1"


def test_a_code_is_good_for_72_hours_and_its_own_app(wecom: FakeWecom, client: Stranger) -> None:
    code = client.shows(buttons())["response_code"]
    other = Stranger(wecom, wecom.add_app(7, "secret-7"))
    assert refused(lambda: update(other, code, agentid=7, **GREY)) == 40058
    assert refused(lambda: update(client, code)) == 40058
    wecom.clock += 72 * HOUR + 1
    client.fetch_access_token()
    assert refused(lambda: update(client, code, **GREY)) == 40058


# --- pressed


@pytest.fixture
def heard(wecom: FakeWecom) -> list[dict[str, Any]]:
    """What the app is told, as wechatpy reads it."""
    found: list[dict[str, Any]] = []
    app = wecom.app()
    app.post = lambda method, address, body: (200, b"")
    deliver = app.delivers

    def noted(envelope: Any) -> Any:
        found.append(parse_message(envelope.plain)._data)  # noqa: SLF001  wechatpy knows no card events
        return deliver(envelope)

    app.delivers = noted  # type: ignore[method-assign]
    return found


def test_a_press_says_what_was_pressed_and_brings_a_code(
    wecom: FakeWecom, client: Stranger, heard: list[dict[str, Any]]
) -> None:
    menu = {"desc": "更多", "action_list": [{"text": "推迟", "key": "snooze T12"}]}
    client.shows(buttons(action_menu=menu))
    (card,) = wecom.seen("zhangsan")
    wecom.app().presses(card, "完成")
    wecom.app().opens_menu(card, "推迟")
    first, second = heard
    assert (first["FromUserName"], first["Event"], first["EventKey"]) == ("ZhangSan", "template_card_event", "done T12")
    assert (first["TaskId"], first["CardType"], first["AgentID"]) == ("t-1", "button_interaction", str(AGENT))
    assert (second["Event"], second["EventKey"]) == ("template_card_menu_event", "snooze T12")
    assert update(client, first["ResponseCode"], **GREY)["errcode"] == 0
    assert first["ResponseCode"] != second["ResponseCode"]


def test_answers_of_lists_come_with_the_press(wecom: FakeWecom, client: Stranger, heard: list[dict[str, Any]]) -> None:
    client.shows(vote())
    client.shows(lists())
    client.shows(buttons(button_selection={"question_key": "day", "option_list": OPTIONS[:2]}))
    votes, choices, pick = wecom.seen("zhangsan")
    wecom.app().votes(votes, ["T1", "T20"])
    wecom.app().selects(choices, {"day": "T1"})
    wecom.app().presses(pick, "done T12", selected={"day": "T2"})
    told = [one["SelectedItems"]["SelectedItem"] for one in heard]
    assert told[0] == {"QuestionKey": "tasks", "OptionIds": {"OptionId": ["T1", "T20"]}}
    assert [one["OptionIds"]["OptionId"] for one in told[1]] == ["T2", "T1"]
    assert told[2] == {"QuestionKey": "day", "OptionIds": {"OptionId": "T2"}}


def test_nobody_presses_what_is_not_there(wecom: FakeWecom, client: Stranger, heard: list[dict[str, Any]]) -> None:
    app = wecom.app()
    code = client.shows(buttons())["response_code"]
    msgid = client.shows(vote())["msgid"]
    client.shows(lists())
    client.shows(vote(task_id="v-2", checkbox={**vote()["checkbox"], "mode": 0}))
    card, votes, choices, single = wecom.seen("zhangsan")
    update(client, code, **GREY)
    client.post("message/recall", data={"msgid": msgid})
    impossible: list[Callable[[], object]] = [
        lambda: app.presses(card, "完成"),
        lambda: app.opens_menu(card, "推迟"),
        lambda: app.votes(votes, ["T1"]),
        lambda: app.votes(single, ["T99"]),
        lambda: app.votes(single, ["T1", "T2"]),
        lambda: app.selects(choices, {"day": "T9"}),
        lambda: app.selects(choices, {"when": "T1"}),
        lambda: app.types("nobody", "x"),
    ]
    for act in impossible:
        with pytest.raises(LookupError):
            act()
    assert heard == []
