"""No mark of markdown and no hole is left standing in what people really read, in either language."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from messages import Message, collect
from messages.markdown import html, plain, tokens
from tests.chat import Chat, Somebody, buttons

PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
LINES = {
    "en": """
        help | help all | help done | help all page 3 | help nothing at all
        meeting new Bridges (2026) end: 8 June 17:00 | meeting list | meeting show | meeting use | meeting edit
        people add li_na* | people | people merge | role set finance @li_na* | role list | role set
        role set nobody @x
        list | list page 2 | list overdue | list phase 3 | list mine | search report | status | today | show T12
        show T999
        start T1 | wait T5 the *hotel* has `not` sent {it} | wait T6 | skip T53 no audit | skip T54
        carry T57 @li_na* board
        done T12 | done T15 | done T1 T2 | done T3 anyway: lost | reopen T1 | note T4 ~~soon~~ | due T9 Friday
        due T9 someday
        add Send the **album** due: Friday | add | edit T9 | assign T9 @li_na* | assign T9 @nobody | assign T9
        unassign T9
        watch T10 | unwatch T10 | attach T12 | approve T12 | snooze T10 tomorrow | why T10 | log | log T9 | undo
        undo | undo no. 1
        away tomorrow cover @li_na* | away | away list | away cancel | people rename @li_na* Li_Na
        admin add @Li_Na | link
        settings | settings limit 3 | settings limit none | settings quiet 20:00-08:30 | settings zone Nowhere
        settings zone
        template list | template show after-meeting | template show after-meeting phase 3
        template diff after-meeting
        template export | template upgrade | meeting move 12 June | meeting close | gibberish *of* `mine` | done
        the slides are online | settings workday 2026-10-10 | meeting new Bridges (2026) end: 8 June 17:00
    """,
    "zh_CN": """
        帮助 | 帮助 全部 | 帮助 完成 | help all page 3 | 帮助 没有的
        新建会议 桥梁年会（2026） 结束: 6月8日 17:00 | 会议列表 | 查看会议 | 关联会议 | 编辑会议
        人员 添加 li_na* | 人员 | 人员 合并 | 角色 设置 财务 @li_na* | 角色 列表 | 角色 设置 | 角色 设置 没有 @x
        列表 | 列表 第2页 | 逾期 | list phase 3 | 我的任务 | 搜索 报告 | 状态 | 今天 | 查看 T12 | 查看 T999
        开始 T1 | 等待 T5 *酒店* `还没` 开{发票} | 等待 T6 | 不适用 T53 不要求审计 | 不适用 T54
        结转 T57 @li_na* 等理事会
        完成 T12 | 完成 T15 | 完成 T1 T2 | 完成 T3 例外：丢了 | 重开 T1 | 备注 T4 ~~快了~~ | 截止 T9 周五
        截止 T9 改天
        新增 寄出**相册** 截止: 周五 | 新增 | 编辑 T9 | 分配 T9 @li_na* | 分配 T9 @没有 | 分配 T9 | 取消分配 T9
        关注 T10 | 取消关注 T10 | 附件 T12 | 批准 T12 | 稍后提醒 T10 明天 | 为什么 T10 | 日志 | 日志 T9 | 撤销
        撤销 | undo no. 1
        请假 明天 代班 @li_na* | 请假 | 请假 列表 | 销假 | 改名 @li_na* 李_娜 | 管理员 添加 @李_娜 | 关联账号
        设置 | 设置 上限 3 | 设置 上限 无 | 设置 免打扰 20:00-08:30 | 设置 时区 没有 | 设置 时区
        模板 列表 | 模板 查看 after-meeting | template show after-meeting phase 3 | 模板 对比 after-meeting
        模板 导出 | 模板 升级 | 会议改期 6月12日 | 关闭会议 | 胡言*乱*`语` | 完成
        课件都上线了 | 设置 上班 2026-10-10 | 新建会议 桥梁年会（2026） 结束: 6月8日 17:00
    """,
}
TYPED = re.compile(
    r"\*\*album\*\*|\*\*相册\*\*|~~soon~~|~~快了~~|`not`|`还没`|`mine`|`语`|\{it\}|\{发票\}|li_na\*|\*hotel\*|\*酒店\*|\*of\*|\*乱\*"
)
"""What the people of the conversation type themselves, which is shown as they typed it."""
STANDING = re.compile(r"\*\*|~~|`|\{\w+\}|\\[*_`~\[\]]")


def speak(chat: Chat, locale: str) -> Iterator[Message]:
    ann = chat.person("Ann", locale=locale)
    for line in re.split(r"\s*[|\n]\s*", LINES[locale].strip()):
        yield ann.says(line)
    yield ann.says("done T12 https://a.example/slides" if locale == "en" else "完成 T12 https://a.example/slides")
    yield ann.says("T15", files={"a_*report*.pdf": PDF})
    yield ann.says("done T20 T21", files={"report.pdf": PDF})
    yield from later(chat, ann)


def later(chat: Chat, ann: Somebody) -> Iterator[Message]:
    """A morning's nudges, a task that is struck through in one, and Monday's summary."""
    ann.says("help", direct=True)
    chat.wait("2026-06-11 10:00")
    ann.says("skip M1-T1 M1-T10 ~~soon~~")
    chat.wait("2026-06-16 12:00")
    yield from chat.room().heard()
    yield from ann.heard()


def texts(message: Message) -> list[str]:
    return [message.title, message.body, message.footer, *(row.text for row in message.rows)]


def labels(message: Message) -> list[str]:
    """What is drawn as it is."""
    form = message.form
    fields = (
        [] if form is None else [form.submit, *(text for one in form.fields for text in (one.label, one.hint) if text)]
    )
    return [*(button.label for button in buttons(message)), *(message.table.columns if message.table else ()), *fields]


def shown(text: str) -> str:
    """What is left for the eye, without the commands that stand in code."""
    return TYPED.sub("", plain(text))


@pytest.fixture(scope="module", params=["en", "zh_CN"])
def said(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> list[Message]:
    chat = Chat(tmp_path_factory.mktemp("chat"), locale=request.param)
    found = list(speak(chat, request.param))
    chat.close()
    return found


def test_no_mark_is_left_standing(said: list[Message]) -> None:
    found = [(message.name, text) for message in said for text in texts(message) if STANDING.search(shown(text))]
    assert found == []


def test_the_browser_shows_none_either(said: list[Message]) -> None:
    for message in said:
        for text in texts(message):
            words = re.sub(r"<[^>]*>", "", html(text))
            assert not STANDING.search(TYPED.sub("", words)), (message.name, words)


def test_labels_are_drawn_as_they_are(said: list[Message]) -> None:
    found = [
        (message.name, label) for message in said for label in labels(message) if STANDING.search(TYPED.sub("", label))
    ]
    assert found == []


def test_every_message_has_words_and_every_button_a_label(said: list[Message]) -> None:
    assert all(any(texts(message)) for message in said)
    assert all(label.strip() for message in said for label in labels(message))


def test_blank_lines_stand_alone_and_between_words(said: list[Message]) -> None:
    found = [text for message in said for text in texts(message)]
    assert [text for text in found if "\n\n\n" in text or text != text.strip()] == []


def test_the_conversation_is_a_long_one_about_many_things(said: list[Message]) -> None:
    names = {message.name for message in said}
    assert {name.split("/")[0] for name in names} >= {
        *"checklist meetings people settings journal help nudges templates".split()
    }
    wanted = (
        "nudges/slot nudges/summary checklist/done checklist/waiting journal/undone checklist/card checklist/skipped"
    )
    assert set(wanted.split()) <= names
    struck = [token for message in said for text in texts(message) for token in tokens(text) if "~~" in token.content]
    assert struck


# --- the catalog itself: what no conversation came by

FACTS = {"day": "6月17日（周三）", "date": "6月17日（周三）", "moment": "6月17日（周三）18:00", "n": "3"}
SENTENCES = [
    (message.id, text)
    for message in collect.catalog("zh_CN")
    if message.id
    for text in (message.string if isinstance(message.string, tuple | list) else [message.string or ""])
]


def test_no_translation_leaves_a_mark_standing() -> None:
    """Stars do not close between a full-width mark and a character: the mark belongs behind them."""
    left = []
    for original, text in SENTENCES:
        filled = re.sub(r"\{(\w+)\}", lambda fact: FACTS.get(fact[1], "名"), text)
        if STANDING.search(plain(filled)):
            left.append((original, text))
    assert left == []


def test_a_translation_is_marked_up_as_the_original_is() -> None:
    """Code stays code; bold may be taken away by Chinese that does without, but is not put in."""
    for original, text in SENTENCES:
        source = original[0] if isinstance(original, tuple) else original
        assert source.count("`") % 2 == text.count("`") % 2 == 0, original
        assert text.count("**") % 2 == 0, original
