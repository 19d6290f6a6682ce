"""Finding the verb, reading what follows, and saying clearly what could not be read."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from handlers import nearest, router
from handlers.router import Router
from tests.chat import Chat, Somebody, buttons, text


@pytest.fixture
def ann(chat: Chat) -> Somebody:
    somebody = chat.person("Ann")
    somebody.says("meeting new Forum end: 8 June 17:00")
    return somebody


@pytest.mark.parametrize(
    ("line", "verb"),
    [
        ("done T12", "done"),
        ("  DONE: T12", "done"),
        ("ｄｏｎｅ　Ｔ１２", "done"),
        ("完成T12", "done"),
        ("完成：3、5、7", "done"),
        ("/huihou done T12", "done"),
        ("/hh done T12", "done"),
        ("/done T12", "done"),
        ("@huihou done T12", "done"),
        ("@会后 完成 T12", "done"),
        ("@会后\u2005完成 T12", "done"),
        ("@会后完成 T12", "done"),
        ("/hh @huihou: /done T12", "done"),
        ("\u200bdone T12", "done"),
        ("done\nT12", "done"),
        ("meeting new Forum", "meeting new"),
        ("meeting\tnew Forum", "meeting new"),
        ("新建 会议 论坛", "meeting new"),
        ("模板列表", "template list"),
        ("template  list", "template list"),
        ("?", "help"),
        ("？", "help"),
        ("undone", None),
        ("done-ish", None),
        ("Donna", None),
        ("/hhh done", None),
        ("@huihoudone T3", None),
        ("", None),
    ],
)
def test_the_verb_is_found_whatever_stands_before_it(line: str, verb: str | None) -> None:
    match = router.find(line)
    assert (match.command.name if match else None) == verb


@given(st.text(max_size=40))
def test_a_verb_ends_inside_the_line(line: str) -> None:
    match = router.find(line)
    assert match is None or 0 < match.end <= len(line)


def test_no_two_commands_share_a_name() -> None:
    owners: dict[str, set[str]] = {}
    for command in router.commands:
        for name in command.names:
            owners.setdefault("".join(name.casefold().split()), set()).add(command.name)
    assert {name: who for name, who in owners.items() if len(who) > 1} == {}


@pytest.mark.parametrize("locale", ["en", "zh_CN"])
def test_every_help_line_says_what_and_how(locale: str) -> None:
    for command in router.commands:
        usage = command.usage(locale)
        assert usage.what
        assert router.find(usage.how) is not None, usage
        assert router.find(usage.how).command is command  # type: ignore[union-attr]
        if locale == "zh_CN":
            assert not usage.what.isascii(), f"not translated: {command.summary}"


def test_the_plain_greeting_of_the_bot_brings_help(ann: Somebody) -> None:
    for line in ("@huihou", "@会后 ", "/hh", "/huihou"):
        assert ann.says(line).name == "help/first", line


# --- refusals say what to type instead


@pytest.mark.parametrize(
    ("line", "name", "words"),
    [
        ("", "grammar/refusals/empty", "done T12"),
        ("why", "nudges/refusals/which", "why T12"),
        ("status T12", "grammar/refusals/too_much", "“T12”"),
        ("进度 foo", "grammar/refusals/too_much", "“foo”"),
        ("search", "grammar/refusals/missing", "search"),
        ("done T7-T3", "grammar/refusals/range", "T3-T7"),
        ("done T1-T99", "grammar/refusals/range", "60"),
        ("due T12 someday", "dates/refusals/unclear", "Friday 17:00"),
        ("due T12 2020-01-01", "dates/refusals/past", "2027-03-01"),
        ("x" * 5000, "grammar/refusals/too_long", "4000"),
    ],
)
def test_refusals(ann: Somebody, line: str, name: str, words: str) -> None:
    answer = ann.says(line)
    assert (answer.name, words in text(answer)) == (name, True), text(answer)


def test_a_refusal_leads_to_the_help_of_its_verb(ann: Somebody) -> None:
    ann.says("status T12")
    assert ann.presses("How to use status").title == "status"


@pytest.mark.parametrize(
    ("line", "understood"),
    [
        ("today?", "today"),
        ("今天？ ", "today"),
        ("list mine, please", "list mine"),
        ("列表 我的，谢谢", "list 我的"),
        ("watch T3 T4, thanks", "watch T3 T4"),
        ("关注 T3、T4 “谢谢”", "watch T3、T4"),
    ],
)
def test_what_was_understood_is_offered_without_the_rest(ann: Somebody, line: str, understood: str) -> None:
    assert ann.says(line).name == "grammar/refusals/too_much"
    assert ann.presses(understood).name == ann.says(understood).name


def test_nothing_is_offered_that_no_button_can_show(ann: Somebody) -> None:
    answer = ann.says(f"watch {' '.join(f'T{number}' for number in range(1, 30))}, thanks")
    assert answer.name == "grammar/refusals/too_much"
    assert [button.line for button in answer.buttons] == ["help watch"]


def test_a_field_that_does_not_fit_is_named(ann: Somebody) -> None:
    answer = ann.says("done", fields={"tasks": "the slides"})
    assert answer.name == "grammar/refusals/field"
    assert "the slides" in text(answer)


# --- slips


@pytest.mark.parametrize(
    ("line", "guess"),
    [
        ("lst mine", "list mine"),
        ("hlep", "help"),
        ("hlep 完成", "help 完成"),
        ("/hh stauts", "status"),
        ("template exprt", "template export"),
        ("情单", "清单"),
        ("日字", "日志"),
        ("搜锁 座签", "搜索 座签"),
        ("zhuangtai", "状态"),
        ("zhungtai", "状态"),
        ("Zhuang Tai", "状态"),
        ("bangzhu wancheng", None),
        ("sousuo 座签", "搜索 座签"),
        ("huiyi liebiao", "会议列表"),
        ("新建会义", None),
        ("jiangzhe liebiao第1页", "讲者 列表第1页"),
    ],
)
def test_a_slip_in_the_verb_is_put_right_on_a_button(ann: Somebody, line: str, guess: str | None) -> None:
    answer = ann.says(line)
    found = [button.line for button in buttons(answer)]
    if guess is None:
        assert not answer.name.endswith("/broken")
        return
    assert answer.name == "grammar/refusals/unknown"
    assert found[0] == guess
    assert not ann.says(found[0]).refused


def test_a_slip_before_there_is_a_meeting(chat: Chat) -> None:
    ann = chat.person("Ann")
    assert [button.line for button in buttons(ann.says("meeting lst"))] == ["meeting list"]


SENTENCES = (
    """
good morning everyone|thanks a lot|I think we should talk about the dinner|hello|ok|great job|what a day
dajia hao|haode|shou dao
see you tomorrow|the weather is fine|not now|donna will come|let us meet at three|research takes time|yes|no
大家早上好|谢谢|收到|今晚一起吃饭吧|明天见|好的|辛苦了|哈哈哈|近日天气不错|手锁坏了|我们下午开会|辛苦各位老师|没问题
""".replace("\n", "|")
    .strip("|")
    .split("|")
)


@pytest.mark.parametrize("line", SENTENCES)
def test_plain_talk_brings_no_silly_guess(ann: Somebody, line: str) -> None:
    answer = ann.says(line)
    assert "I do not know" not in text(answer)


@given(st.text(max_size=30))
def test_a_guess_keeps_what_follows_the_verb(line: str) -> None:
    names = [name for command in router.commands for name in command.names]
    for fixed in nearest.corrected(line, names):
        assert any(fixed.startswith(name) for name in names)


def test_a_router_without_a_fallback_refuses_in_words(chat: Chat) -> None:
    assert Router().find("done T12") is None


# --- nothing that a person types breaks anything

NAMES = [name for command in router.commands for name in command.names]
PIECES = st.one_of(
    st.sampled_from(
        "T3 T5 T999 M1-T12 M9-T1 3、5 T3-T7 T7-T3 @Ann @li @ me 我 @“O’Brien” phase 阶段5 第2页 page all mine 全部 "
        "Friday 下周三 会后3个工作日 11-20..11-27 due: 截止： title: end: owner: @nobody none off finance lead M1 M77 "
        'no. 第3条 https://x.example anyway: " “ ” 「 % {0} {{x}} {%if%} \\ ` * <b> ١٢ ² 2026-13-45 99:99 E+3wd'.split()
    ),
    st.text(max_size=12),
)
LINES = st.one_of(
    st.text(max_size=80),
    st.tuples(
        st.sampled_from(NAMES), st.lists(PIECES, max_size=5), st.sampled_from(["", " ", "：", "\n", "\u3000"])
    ).map(lambda parts: parts[0] + parts[2] + " ".join(parts[1])),
)


@given(line=LINES, direct=st.booleans(), thread=st.sampled_from([(), ("M1-T5",), ("M1-T5", "M1-T7")]))
@settings(max_examples=400, suppress_health_check=[HealthCheck.function_scoped_fixture])
@pytest.mark.slow
def test_whatever_is_typed_gets_an_answer(ann: Somebody, line: str, direct: bool, thread: tuple[str, ...]) -> None:  # noqa: FBT001
    answer = ann.says(line, direct=direct, thread=thread)
    assert not answer.name.startswith("common/refusals/"), f"{line!r}: {answer.name}"
    assert text(answer).strip()
