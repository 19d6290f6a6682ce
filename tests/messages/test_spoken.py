"""What a reader of Chinese is shown in place of a button's English line means the same, word for word."""

from __future__ import annotations

from typing import Any

import pytest

from handlers import router
from handlers.command import arguments
from handlers.context import Context, voice
from handlers.spoken import by_hand, spoken
from messages import Message
from storage import people, rooms, workspace
from tests.chat import TEAM, Chat, buttons

SAID = [
    "help",
    "help 全部",
    "列表",
    "列表 M1 第 5 阶段",
    "列表 未完成",
    "今天",
    "进度",
    "查看 T5",
    "分配 T5",
    "分配 T5 @李娜",
    "截止 M1 第 5 阶段 会后10个工作日",
    "完成",
    "完成 T1",
    "完成 T5",
    "稍后提醒 T33 明天",
    "为什么 T33",
    "日志",
    "撤销",
    "角色 列表",
    "角色 设置 财务 @李娜",
    "请假 2026-07-01..2026-07-05 由 @李娜",
    "请假 2026-07-02..2026-07-06 由 @李娜",
    "请假 列表",
    "人员",
    "设置",
    "设置 放假 2026-12-31",
    "设置 日历",
    "设置 提醒",
    "关联账号",
    "会议列表",
    "查看会议",
    "会议改期 M1 2026-06-20 17:00",
    "关联会议",
    "关闭会议 M1",
    "模板 列表",
    "模板 查看",
    "模板 查看 after-meeting 第 3 阶段",
    "无人知晓",
]


def _lines(message: Message) -> list[str]:
    return [*(button.line for button in buttons(message)), *([message.form.line] if message.form else [])]


def _values(ctx: Context, line: str) -> tuple[str, dict[str, Any]]:
    match = router.find(line)
    assert match is not None, line
    values = arguments(match.command, ctx, line[match.end :])
    texts = {one.name: bool(values[one.name]) for one in match.command.parameters if one.kind == "text"}
    return match.command.name, {**values, **texts}


@pytest.fixture
def shown(chat: Chat) -> dict[str, str]:
    """Every line on the buttons and forms of many answers, with what a reader of Chinese sees."""
    ann = chat.person("陈静", locale="zh_CN")
    for name in ("李娜", "王芳", "罗敏"):
        chat.person(name)
    answers = [ann.says("新建会议 2026 年会 结束：2026-06-08 17:00"), *map(ann.says, SAID)]
    answers += [
        ann.says("新建会议 另一个会 结束：2026-06-09 17:00", room="乙"),
        *(ann.says(line, room="乙") for line in SAID),
    ]
    return {line: spoken(router, line, "zh_CN") for answer in answers for line in _lines(answer)}


def test_it_means_the_same(chat: Chat, shown: dict[str, str]) -> None:
    assert len(shown) > 100
    with chat.app.database.write() as db:
        place = workspace.by_key(db, "main")
        ctx = voice(db, place, rooms.met(db, place.id, "console", TEAM), chat.clock.now())
        ctx.person, ctx.router = people.everyone(db, place.id)[0], router
        meant = {line: _values(ctx, line) for line in shown}
        assert {line: _values(ctx, said) for line, said in shown.items()} == meant


@pytest.mark.parametrize(
    ("english", "chinese"),
    [
        ("snooze M1-T33 tomorrow", "稍后提醒 M1-T33 明天"),
        ("snooze M1-T33 off", "稍后提醒 M1-T33 取消"),
        ("settings nudges off", "设置 提醒 关"),
        ("settings day 2026-12-31 default", "设置 日历 2026-12-31 恢复"),
        ("away @#1 2026-07-01..2026-07-05 cover @#2 replace", "请假 @#1 2026-07-01..2026-07-05 由 @#2 替换"),
    ],
)
def test_the_words_of_a_text_do_the_same(chat: Chat, english: str, chinese: str) -> None:
    ann, _ = chat.person("Ann"), chat.person("Li")
    ann.says("meeting new Annual Conference 2026 end: 8 June 17:00")
    ann.says("settings dayoff 2026-12-31")
    assert spoken(router, english, "zh_CN") == chinese
    answers = [ann.says(chinese), ann.says(english)]
    assert answers[0].body == answers[1].body
    assert not answers[0].refused


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("undo no. 12", "撤销 第 12 条"),
        ("list M1 due this week page 2", "列表 M1 本周 第 2 页"),
        ("assign M1 phase 5 me", "分配 M1 第 5 阶段 我"),
        ("help done", "帮助 完成"),
        ("meeting move M1 2026-06-20 17:00 confirm 0123456789ab", "会议改期 M1 2026-06-20 17:00 确认 0123456789ab"),
        ("wait M1-T5 me and my hotel", "等待 M1-T5 me and my hotel"),
        ("note M1-T5 confirm the date", "备注 M1-T5 confirm the date"),
        ("hello there", "hello there"),
        ("搞定 T3", "搞定 T3"),
    ],
)
def test_only_the_words_of_the_grammar_change(line: str, said: str) -> None:
    assert spoken(router, line, "zh_CN") == said
    assert spoken(router, line, "en") == line


@pytest.mark.parametrize(("line", "hand"), [("done T3", True), ("done M1-T3", False), ("list M1 phase 5", False)])
def test_people_write_ids_as_they_see_them(line: str, *, hand: bool) -> None:
    assert by_hand(line) == hand


def test_no_english_word_is_left(shown: dict[str, str]) -> None:
    left = {
        line: said
        for line, said in shown.items()
        if any(word.islower() and word.isalpha() and word.isascii() for word in said.split())
    }
    assert left == {}
