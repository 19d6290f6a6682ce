"""Frames of the AI bot's connection, read; whatever comes, nothing breaks."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.platforms.wecom.bot_receive import MOST_FILES, MOST_TASKS, event, heard, tasks_in, unmentioned
from bot.platforms.wecom.receive import LONGEST_LINE, Heard, Sent


def frame(kind: str, content: Any, *, group: str = "", quote: Any = None, **more: Any) -> dict[str, Any]:
    body: dict[str, Any] = {"msgid": "m1", "chattype": "group" if group else "single", "from": {"userid": "LiNa"}}
    body |= {"msgtype": kind, kind: content, **({"chatid": group} if group else {}), **more}
    body |= {"quote": quote} if quote else {}
    cmd = "aibot_event_callback" if kind == "event" else "aibot_msg_callback"
    return {"cmd": cmd, "headers": {"req_id": "r1"}, "body": body}


def read(*what: Any, **more: Any) -> Heard:
    found = heard(frame(*what, **more), entry="main")
    assert found is not None
    return found


def test_words_of_one_person() -> None:
    found = read("text", {"content": " 完成 12 "})
    assert (found.user, found.place, found.mark, found.line) == ("lina", "bot:lina", "main:bot:m1", "完成 12")


def test_words_in_a_group_come_without_the_bots_name() -> None:
    found = read("text", {"content": "@会后 完成 12"}, group="wrAb")
    assert (found.place, found.line) == ("group:wrAb", "完成 12")


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("@会后 完成 12", "完成 12"),
        ("  @会后\u2005完成 12", "完成 12"),
        ("@会后 助手\u2005完成 12", "完成 12"),
        ("@会后\u3000完成 12", "完成 12"),
        ("@会后 分配 T12 @王芳", "分配 T12 @王芳"),
        ("@会后 分配 T12 @王芳\u2005", "分配 T12 @王芳"),
        ("完成 12 @会后", "完成 12"),
        ("分配 T12 @王芳 @会后", "分配 T12 @王芳 @会后"),
        ("@会后", ""),
        ("发给 a@b.org", "发给 a@b.org"),
    ],
)
def test_only_the_bots_own_name_is_taken_out(said: str, meant: str) -> None:
    assert unmentioned(said) == meant


def test_what_is_said_alone_keeps_its_names() -> None:
    assert read("text", {"content": "@王芳 是谁"}).line == "@王芳 是谁"


def test_a_voice_message_is_heard_as_words() -> None:
    assert read("voice", {"content": "完成十二"}).line == "完成十二"


def test_pictures_between_words_are_files() -> None:
    items = [
        {"msgtype": "text", "text": {"content": "@会后 完成 12"}},
        {"msgtype": "image", "image": {"url": "u1", "aeskey": "k1"}},
        {"msgtype": "text", "text": {"content": "都还了"}},
        {"msgtype": "image", "image": {"url": "u2", "aeskey": "k2"}},
    ]
    found = read("mixed", {"msg_item": items}, group="wr")
    assert found.line == "完成 12 都还了"
    assert [(one.address, one.key) for one in found.files] == [("u1", "k1"), ("u2", "k2")]
    assert len({one.name for one in found.files}) == 2


@pytest.mark.parametrize(("kind", "name"), [("image", "photo-m1.jpg"), ("video", "video-m1.mp4"), ("file", "file-m1")])
def test_a_file_alone(kind: str, name: str) -> None:
    assert read(kind, {"url": "u", "aeskey": "k"}).files == (Sent(name=name, address="u", key="k"),)


def test_what_is_quoted_is_meant_too() -> None:
    found = read("text", {"content": "完成"}, quote={"msgtype": "text", "text": {"content": "M1-T12 到期"}})
    assert (found.line, found.quoted, found.files) == ("完成", "M1-T12 到期", ())
    found = read(
        "text", {"content": "@会后"}, group="w", quote={"msgtype": "file", "file": {"url": "u", "aeskey": "k"}}
    )
    assert (found.line, found.files[0].address) == ("", "u")
    items = [{"msgtype": "text", "text": {"content": "T3"}}, {"msgtype": "image", "image": {"url": "u"}}]
    found = read("text", {"content": "完成"}, quote={"msgtype": "mixed", "mixed": {"msg_item": items}})
    assert (found.quoted, found.files[0].address) == ("T3", "u")


@pytest.mark.parametrize(
    ("quoted", "tasks"),
    [
        ("T60 给会长回电 明天截止", ("T60",)),
        ("已新增：M2-T59 浇花", ("M2-T59",)),
        ("- **T8** 感谢\n- **T4** 交接 · 要等 T1 先办完\n\n- 开始：`开始 M1-T8`", ("T8", "T4")),
        ("1. T8 感谢\n2. M1-T9 送离", ("T8", "M1-T9")),
        ("会务 T3 和 T5 都逾期了，T3 更急", ("T3", "T5")),
        ("会务的 T3 逾期了，办完请说 `完成 M1-T3`", ("T3",)),
        ("RT60、T-shirt、T123456", ()),
        ("", ()),
    ],
)
def test_the_tasks_of_a_quoted_message_are_those_that_it_lists(quoted: str, tasks: tuple[str, ...]) -> None:
    assert tasks_in(quoted) == tasks


def test_no_more_tasks_than_somebody_can_mean() -> None:
    assert len(tasks_in("\n".join(f"T{number}" for number in range(100)))) == MOST_TASKS


def test_a_press_is_the_line_of_its_button_and_can_be_answered() -> None:
    press = {"card_type": "button_interaction", "event_key": "done M1-T12", "task_id": "t1"}
    found = read("event", {"eventtype": "template_card_event", "template_card_event": press})
    assert (found.line, found.card, found.code) == ("done M1-T12", "t1", "r1")


def test_boxes_that_were_ticked_stand_behind_the_line() -> None:
    item = {"question_key": "ticked", "option_ids": {"option_id": ["M1-T3", "M1-T4"]}}
    press = {"card_type": "vote_interaction", "event_key": "done", "task_id": "t1"}
    press["selected_items"] = {"selected_item": [item]}  # type: ignore[assignment]
    assert read("event", {"eventtype": "template_card_event", "template_card_event": press}).line == "done M1-T3 M1-T4"


def test_events_that_are_none_of_ours() -> None:
    assert read("event", {"eventtype": "enter_chat"}).arrived
    for kind in ("feedback_event", "disconnected_event", "made_up"):
        assert heard(frame("event", {"eventtype": kind}), entry="main") is None
    assert event(frame("event", {"eventtype": "disconnected_event"})) == "disconnected_event"
    assert event(frame("text", {"content": "disconnected_event"})) == ""


def test_a_message_without_a_number_is_known_by_what_it_is() -> None:
    first, other = (frame("text", {"content": text}, msgid="") for text in ("一", "二"))
    marks = [getattr(heard(one, entry="main"), "mark", "") for one in (first, first, other)]
    assert marks[0] == marks[1] != marks[2]
    assert len(read("text", {"content": "x"}, msgid="m" * 500).mark) < 100


def test_halves_of_characters_and_endless_words_are_cut() -> None:
    assert read("text", {"content": "完成 \ud83d"}).line == "完成 ?"
    assert len(read("text", {"content": "长" * 100_000}).line) == LONGEST_LINE
    items = [{"msgtype": "image", "image": {"url": "u"}}] * 100
    assert len(read("mixed", {"msg_item": items}).files) == MOST_FILES


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
FIELDS = ("msgtype", "text", "mixed", "quote", "event", "from", "chattype", "chatid", "msgid", "file", "image")


@given(
    cmd=st.sampled_from(["aibot_msg_callback", "aibot_event_callback"]),
    body=st.dictionaries(st.sampled_from(FIELDS), JSON, max_size=6),
    kind=st.sampled_from(["text", "mixed", "file", "event", "voice"]),
    headers=JSON,
)
def test_no_shape_breaks_it(cmd: str, body: dict[str, Any], kind: str, headers: Any) -> None:
    for more in ({}, {"from": {"userid": "lina"}, "msgtype": kind}):
        found = heard({"cmd": cmd, "headers": headers, "body": {**body, **more}}, entry="main")
        assert found is None or found.model_dump_json()
