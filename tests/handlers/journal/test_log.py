"""The journal in words: newest first, by meeting, task and person; nobody's private words."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select

from handlers.journal.telling import UNSAID
from messages import catalog
from storage.base import Base
from tests.chat import Chat, Somebody, buttons, text


@pytest.fixture
def ann(chat: Chat) -> Somebody:
    somebody = chat.person("Ann")
    somebody.says("meeting new Forum end: 8 June 17:00")
    return somebody


def numbers(said: str) -> list[int]:
    return [int(number) for number in re.findall(r"No\. (\d+)", said)]


def test_newest_first_with_who_where_line_and_change(ann: Somebody) -> None:
    ann.says("start T5")
    ann.says("due T5 Friday 17:00")
    said = text(ann.says("log"))
    assert numbers(said) == [3, 2, 1]
    assert "Ann · team" in said
    assert "“due T5 Friday 17:00”" in said
    assert re.search(r"due: .* → Fri 12 Jun, 17:00", said)
    assert "state: to do → in progress" in said


def test_no_json_and_no_column_names(ann: Somebody, chat: Chat) -> None:
    chat.person("Li").says("today")
    for line in (
        "edit T12 title: Print it priority: high phase: 5",
        "assign T12 @Li",
        "note T12 hello",
        "carry T57 @Li until the board meets",
        "done T10 anyway: lost in the post",
        "role set finance @Li",
        "away 11-20..11-27 cover @Li",
        "settings nudges off",
        "settings quiet 21:00-08:00",
        "settings dayoff 2026-12-31",
        "snooze T5 tomorrow",
        "meeting edit M1 venue: Hall B expected: 300",
    ):
        assert not ann.says(line).refused, line
    said = text(ann.says("log all")) + text(ann.says("log all page 2"))
    assert not re.search(r"[{}\[]\"|_at\b|_id\b|None|True|T\d\d:\d\d|\+00:00", said)
    for words in ("finance: Li", "priority: normal → high", "carried over to: nothing → Li", "venue: nothing → Hall B"):
        assert words in said


@pytest.mark.parametrize("locale", ["zh_CN", "en"])
def test_every_column_that_is_told_has_a_word(locale: str) -> None:
    mappers = [mapper for mapper in Base.registry.mappers if getattr(mapper.class_, "journalled", True)]
    names = {column.key for mapper in mappers for column in mapper.columns} - UNSAID - DERIVED
    bare = [name for name in sorted(names) if word(name, locale) == name.replace("_", " ")]
    assert set(bare) <= ({"platform"} | PLAIN if locale == "en" else set())


DERIVED = {"version", "next_nudge_at", "next_summary_at", "next_materials_at", "next_at", "seen"}
PLAIN = set(
    "state reason phase priority role optional round text value name edition venue goals currency admin day "
    "department title track hall position licence note place "
    "nudges password quiet_from added_by approved_by credit_code delivered due fee gender gift postcode "
    "promised rating service tier told_by website when where".split()
)
"""Columns that are called what people call them."""


def word(name: str, locale: str) -> str:
    source = catalog.environment().get_template("journal/parts/field.md.j2")
    return source.render(name=name, locale=locale, zone="UTC").strip()


def test_of_a_task_of_a_person_and_of_everything(chat: Chat, ann: Somebody) -> None:
    li = chat.person("Li")
    ann.says("start T5")
    li.says("note T12 the courier comes")
    ann.says("settings name Society of Bridges")
    assert numbers(text(ann.says("log T12"))) == [3, 1]
    assert numbers(text(ann.says("log @Li"))) == [3]
    assert numbers(text(ann.says("log"))) == [3, 2, 1]
    assert numbers(text(ann.says("log all"))) == [4, 3, 2, 1]
    assert li.says("log all").name == "people/refusals/not_allowed"
    assert numbers(text(li.says("log"))) == [3, 2, 1]


def test_page_by_page(ann: Somebody) -> None:
    for n in range(12):
        ann.says(f"note T12 number {n}")
    first = ann.says("log T12")
    assert numbers(text(first)) == list(range(13, 3, -1))
    second = ann.presses("More")
    assert numbers(text(second)) == [3, 2, 1]
    assert "Page 2 of 2" in text(second)
    assert "More" not in [button.label for button in buttons(second)]


def test_in_the_thread_of_a_task(ann: Somebody) -> None:
    told = ann.says("start T5")
    ann.says("start T7")
    assert numbers(text(ann.replies("log", told))) == [2, 1]


def test_what_was_typed_in_private_stays_private(chat: Chat, ann: Somebody) -> None:
    li = chat.person("Li")
    li.says("note T12 my own words: dull", direct=True)
    li.says("start T5", direct=True)
    theirs = text(ann.says("log"))
    assert "“start T5”" not in theirs
    assert "in progress" in theirs
    assert "in a direct conversation" in theirs
    assert "“start T5”" in text(li.says("log", direct=True))


def test_what_was_taken_back_says_so(ann: Somebody) -> None:
    ann.says("start T5")
    ann.says("undo")
    said = text(ann.says("log T5"))
    assert "Took back no. 2" in said
    assert "Taken back since." in said


def test_many_rows_are_counted(ann: Somebody) -> None:
    assert "58 tasks added" in text(ann.says("log"))


def test_in_chinese(chat: Chat, ann: Somebody) -> None:
    li = chat.person("李娜", locale="zh_CN")
    li.says("开始 T5")
    said = text(li.says("日志 T5"))
    assert "状态：待办 → 进行中" in said
    assert not re.search(r"state|to do|in progress", said)


def test_erased_details_say_so(chat: Chat, ann: Somebody) -> None:
    from storage import chain  # noqa: PLC0415  only here
    from storage.journal import Entry  # noqa: PLC0415  only here

    with chat.app.database.write() as db:
        entry = db.scalars(select(Entry)).one()
        entry.body = chain.without(entry.body, lambda _piece: True) or ""
        entry.line = entry.room = ""
    assert "The details were removed." in text(ann.says("log"))


def test_lines_of_buttons_are_in_the_language_of_the_reader(chat: Chat) -> None:
    luo = chat.person("罗敏", locale="zh_CN")
    luo.says("新建会议 论坛 结束：2026-06-08 17:00")
    luo.says("start M1-T5")
    said = text(luo.says("日志"))
    assert "“开始 M1-T5”" in said
    assert "“新建会议 论坛 结束：2026-06-08 17:00”" in said
    ann = chat.person("Ann", locale="en")
    assert "“start M1-T5”" in text(ann.says("log"))


def test_what_a_person_typed_stays_as_it_was_typed(chat: Chat) -> None:
    ann, luo = chat.person("Ann", locale="en"), chat.person("罗敏", locale="zh_CN")
    ann.says("meeting new Forum end: 8 June 17:00")
    luo.says("start T5")
    luo.says("开始 T6")
    said = text(luo.says("日志"))
    assert "“start T5”" in said
    assert "“开始 T6”" in said
    assert "“meeting new Forum end: 8 June 17:00”" in said


def test_snoozing_and_leave_read_as_people_say_them(ann: Somebody, chat: Chat) -> None:
    chat.person("Li")
    ann.says("snooze T5 tomorrow")
    ann.says("snooze T5 off")
    ann.says("away 2026-07-01..2026-07-05 cover @Li")
    ann.says("away cancel")
    said = text(ann.says("log all"))
    assert re.search(r"T5 .* · snoozed until Thu 11 Jun", said)
    assert re.search(r"T5 .* · no longer snoozed", said)
    assert "Ann away from Wed 1 Jul to Sun 5 Jul, covered by Li" in said
    assert "Ann's leave from Wed 1 Jul to Sun 5 Jul is taken back\n" in said
