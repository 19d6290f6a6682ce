"""Ids, people, pages and fields as people really write them."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers import ids
from handlers.context import Context
from handlers.grammar import Cursor, Details, OneOf, PageNumber, People, PhaseNumber, fold, lower
from handlers.ids import TaskRef
from handlers.refused import Refused
from storage import people, rooms, workspace
from tests.chat import Chat, text

IDS = [
    ("T3 T5 T7", [3, 5, 7], ""),
    ("3、5、7", [3, 5, 7], ""),
    ("３，５，７", [3, 5, 7], ""),
    ("3 5 7", [3, 5, 7], ""),
    ("t3,t5 and t7", [3, 5, 7], ""),
    ("T3, 5 and 7", [3, 5, 7], ""),
    ("T3和T5跟T7", [3, 5, 7], ""),
    ("#3 #5", [3, 5], ""),
    ("任务3、任务5", [3, 5], ""),
    ("第3项", [3], ""),
    ("task 3", [3], ""),
    ("T3/T5", [3, 5], ""),
    ("T3-T5", [3, 4, 5], ""),
    ("T3～T5", [3, 4, 5], ""),
    ("T3 - T5", [3, 4, 5], ""),
    ("T3到T5", [3, 4, 5], ""),
    ("3-5", [3, 4, 5], ""),
    ("T3。", [3], ""),
    ("T3: the slides", [3], "the slides"),
    ("T3搞定", [3], "搞定"),
    ("T3 5 slides", [3], "5 slides"),
    ("T3, 5 slides", [3], ", 5 slides"),
    ("3 5 boxes came", [3], "5 boxes came"),
    ("3、5 周五", [3, 5], "周五"),
    ("3,5 Friday", [3, 5], "Friday"),
    ("3 5 @li", [3, 5], "@li"),
    ("3 17:00", [3], "17:00"),
    ("3 6月20日", [3], "6月20日"),
    ("T3到20号", [3], "到20号"),
    ("T3 - 12 invoices", [3], "- 12 invoices"),
    ("5 20 June", [5], "20 June"),
    ("3d", [], "3d"),
    ("8 个任务", [], "8 个任务"),
    ("8 boxes of badges came back", [], "8 boxes of badges came back"),
    ("T3.5", [], "T3.5"),
    ("T123456", [], "T123456"),
    ("slides", [], "slides"),
    ("", [], ""),
]


@pytest.mark.parametrize(("line", "numbers", "rest"), IDS)
def test_ids_as_people_write_them(line: str, numbers: list[int], rest: str) -> None:
    found, end = ids.read(fold(line), 0)
    assert ([ref.number for ref in found], fold(line)[end:].strip()) == (numbers, rest)


def test_the_meeting_is_named_before_a_dash() -> None:
    assert ids.read("M2-T12 M3-T1", 0)[0] == [TaskRef(12, 2), TaskRef(1, 3)]
    assert ids.read("m2-t3-t4", 0)[0] == [TaskRef(3, 2), TaskRef(4, 2)]


@pytest.mark.parametrize("line", ["T7-T3", "T1-T61", "9-3"])
def test_a_range_that_cannot_be_is_refused(line: str) -> None:
    with pytest.raises(Refused, match="grammar/range"):
        ids.read(line, 0)


@given(
    st.lists(st.integers(1, 99999), min_size=1, max_size=8), st.sampled_from([" ", "、", ",", ", ", " and ", "和", "/"])
)
def test_a_row_of_ids_comes_back_as_it_was_written(numbers: list[int], joint: str) -> None:
    assert ids.read(joint.join(f"T{number}" for number in numbers), 0)[0] == list(map(TaskRef, numbers))


@given(st.text(max_size=60))
def test_never_more_ids_than_numbers_in_the_line(line: str) -> None:
    try:
        found, end = ids.read(fold(line), 0)
    except Refused:
        return
    assert 0 <= end <= len(line)
    if not re.search(r"[-~–—至到]|\.\.", fold(line)):
        assert len(found) <= len(re.findall(r"\d+", fold(line)))


@given(st.text(max_size=80))
def test_the_line_that_is_read_is_as_long_as_the_line_that_was_typed(line: str) -> None:
    assert len(fold(line)) == len(line) == len(lower(line))


@given(st.text(max_size=80))
def test_the_rest_of_a_line_is_what_was_typed(line: str) -> None:
    rest = Cursor.over(line).rest()
    assert rest in line
    assert not rest or line.rstrip().endswith(rest)


def take(reader: Any, line: str) -> tuple[Any, str]:
    cursor = Cursor.over(line)
    return reader.__metadata__[0].take(cursor, None), cursor.rest()


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("phase 5", (5, "")),
        ("阶段五", (5, "")),
        ("第五阶段", (5, "")),
        ("P5 @li", (5, "@li")),
        ("第2页", (None, "第2页")),
        ("phase 12", (None, "phase 12")),
        ("第3项", (None, "第3项")),
    ],
)
def test_phases(line: str, found: tuple[int | None, str]) -> None:
    assert take(PhaseNumber, line) == found


@pytest.mark.parametrize(
    ("line", "found"), [("第2页", (2, "")), ("page 12", (12, "")), ("第5阶段", (None, "第5阶段")), ("page 0", (1, ""))]
)
def test_pages(line: str, found: tuple[int | None, str]) -> None:
    assert take(PageNumber, line) == found


def test_details_know_their_keys_in_both_languages() -> None:
    reader = Details({"title": ("标题",), "due": ("截止",)})

    class NoForm:
        fields: dict[str, str] = {}  # noqa: RUF012  nobody writes to it

    def read(line: str) -> dict[str, str] | None:
        return reader.take(Cursor.over(line), NoForm())  # type: ignore[arg-type]

    assert read("寄相册，截止：周五 标题：“相册”") == {"": "寄相册", "due": "周五", "title": "相册"}
    assert read("see https://example.org DUE= Friday") == {"": "see https://example.org", "due": "Friday"}
    assert read("tıtle: x") == {"": "tıtle: x"}
    assert read('"Return badges" due D+3wd, title x') == {"": "Return badges", "due": "D+3wd", "title": "x"}
    assert read("“寄相册” 截止 周五") == {"": "寄相册", "due": "周五"}
    assert read('"Smart" cities due soon') == {"": '"Smart" cities due soon'}
    assert read('"Smart" and "Green" due: Friday') == {"": '"Smart" and "Green"', "due": "Friday"}


def test_one_of_takes_the_longest_name_and_no_part_of_a_word() -> None:
    reader = OneOf({"mine": ("my", "我的"), "week": ("due this week",)})

    def read(line: str) -> str | None:
        return reader.take(Cursor.over(line), None)  # type: ignore[arg-type]

    assert (read("MINE"), read("我的清单"), read("due  this week"), read("due this week")) == (
        "mine",
        "mine",
        None,
        "week",
    )
    assert read("minerals") is None


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("@O'Brien", ["O'Brien"]),
        ("@O’Brien", ["O'Brien"]),
        ("@“O’Brien” @李娜", ["O'Brien", "李娜"]),
        ("@李娜和@王", ["李娜", "王小明"]),
        ("＠李娜、＠王小明", ["李娜", "王小明"]),
        ("@lina, me", ["李娜", "Ann"]),
        ("我 and @wang", ["Ann", "王小明"]),
        ("meeting", []),
    ],
)
def test_people_by_mention(chat: Chat, line: str, names: list[str]) -> None:
    ann = chat.person("Ann")
    for name in ("O'Brien", "李娜", "王小明"):
        chat.person(name)
    with chat.app.database.write() as db:
        place = workspace.by_key(db, "main")
        room = rooms.met(db, place.id, "console", "team")
        ctx = Context(db, place, people.get(db, ann.id), room, chat.clock.now())
        found = People.__metadata__[0].take(Cursor.over(line), ctx)  # type: ignore[attr-defined]
        assert [person.name for person in found or ()] == names


def test_a_mention_of_nobody_is_refused_in_words(chat: Chat) -> None:
    ann = chat.person("Ann")
    ann.says("meeting new Forum end: 8 June 17:00")
    answer = ann.says("assign T1 @nobody")
    assert answer.refused
    assert "nobody" in text(answer)
