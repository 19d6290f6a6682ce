"""Any list at all: twice is once, blanks change nothing, and taken back is as it was, to the last row."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from handlers.parties import applying
from handlers.parties.book import Plan
from handlers.parties.columns import columns_of
from handlers.parties.drafts import amount, read
from handlers.parties.planning import plan
from handlers.sheets import Grid
from storage import intake_undo, intakes
from storage.files import File
from storage.parties import Capacity, Intake
from tests.chat import Chat
from tests.handlers.checklist.conftest import found
from tests.handlers.parties.conftest import contents

NOW = datetime(2026, 6, 10, tzinfo=UTC)
_PEOPLE = ["姓名", "单位", "职务", "手机", "邮箱", "会员号"]
_CREW = ["姓名", "单位", "岗位", "手机", "服务时长", "贡献"]
HEADINGS = {
    Capacity.ATTENDEE: _PEOPLE,
    Capacity.SPEAKER: _PEOPLE,
    Capacity.VIP: _PEOPLE,
    Capacity.VOLUNTEER: _CREW,
    Capacity.STAFF: _CREW,
    Capacity.SPONSOR: ["赞助单位", "级别", "金额", "联系人", "手机", "统一社会信用代码"],
    Capacity.SPONSOR_CONTACT: ["姓名", "单位", "职务", "手机", "邮箱", "性别"],
    Capacity.PARTNER: ["单位", "类型", "服务内容", "联系人", "手机", "邮箱"],
    Capacity.MEDIA: ["媒体名称", "联系人", "手机", "邮箱", "服务", "地址"],
}
CELLS = {
    "姓名": ["李娜", "Li Na", "李 娜", "王强", "张伟", "", "张三、李四"],
    "联系人": ["李娜", "王强", "", "Li Na"],
    "单位": ["甲公司", "乙公司", "", "甲 公司"],
    "赞助单位": ["甲公司", "乙公司", "甲 公司", ""],
    "媒体名称": ["甲报", "乙台"],
    "职务": ["秘书长", "会长", ""],
    "手机": ["13800000001", "138 0000 0001", "13900000002", "", "1.38E+10", "010-62345678"],
    "邮箱": ["li@example.org", "LI@example.org", "w@example.org;v@example.org", "", "no"],
    "会员号": ["", "M1", "M2"],
    "岗位": ["签到组", "接待组", ""],
    "服务时长": ["6", "6.5小时", "", "很多"],
    "贡献": ["修好了话筒", ""],
    "级别": ["钻石", "黄金", ""],
    "金额": ["5万", "50,000", "", "面议"],
    "统一社会信用代码": ["", "91350100M000100Y43", "1"],
    "性别": ["女", "", "?"],
    "类型": ["场地", "供应商", "媒体", ""],
    "服务内容": ["搭建", ""],
    "服务": ["报道", ""],
    "地址": ["北京路1号", ""],
}
Rows = Sequence[Sequence[str]]


@st.composite
def lists(draw: st.DrawFn) -> tuple[Capacity, list[list[str]]]:
    capacity = draw(st.sampled_from(list(Capacity)))
    head = HEADINGS[capacity]
    rows = draw(st.lists(st.tuples(*(st.sampled_from(CELLS[name]) for name in head)).map(list), min_size=1, max_size=7))
    return capacity, [head, *rows]


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Chat, int]]:
    chat = Chat(Path(tmp_path_factory.mktemp("whole")))
    chat.person("Ann").says("hello", files={"list.csv": b"a,b\n1,2\n"})
    yield chat, found(chat)
    chat.close()


def planned(db: Session, meeting: int, capacity: Capacity, rows: Rows) -> tuple[Plan, Any]:
    columns = columns_of([Grid("", [list(row) for row in rows])], capacity, {}, {})
    book = applying.load(db, 1, meeting, capacity)
    return plan(read(columns, capacity, "CN").lines, capacity, book), book


def brought(db: Session, meeting: int, capacity: Capacity, rows: Rows) -> Intake:
    changes, book = planned(db, meeting, capacity, rows)
    values = {"workspace_id": 1, "number": intakes.next_number(db, 1), "meeting_id": meeting, "capacity": capacity}
    file = db.scalars(select(File.id)).first()
    counts: dict[str, Any] = {
        "file_id": file,
        "columns": {},
        "added": 0,
        "changed": 0,
        "same": 0,
        "person_id": 1,
        "at": NOW,
    }
    intake = intakes.begin(db, {**values, **counts})
    applying.apply(db, intake, changes, book, capacity)
    db.flush()
    return intake


quick = settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)


@quick
@given(before=st.lists(lists(), max_size=2), told=lists())
def test_twice_is_once(place: tuple[Chat, int], before: list[Any], told: tuple[Capacity, Rows]) -> None:
    chat, meeting = place
    with Session(chat.app.database.writer) as db:
        for one in before:
            brought(db, meeting, *one)
        brought(db, meeting, *told)
        changes, _ = planned(db, meeting, *told)
        assert (changes.added, changes.changed) == ([], [])
        db.rollback()


@quick
@given(before=st.lists(lists(), max_size=2), told=lists())
def test_taken_back_is_as_it_was_and_done_again_as_it_had_become(
    place: tuple[Chat, int], before: list[Any], told: tuple[Capacity, Rows]
) -> None:
    chat, meeting = place
    with Session(chat.app.database.writer) as db:
        for one in before:
            brought(db, meeting, *one)
        was = dict(contents(db))
        intake = brought(db, meeting, *told)
        became = dict(contents(db))
        assert intake_undo.take_back(db, intake.id) == []
        assert dict(contents(db)) == was
        assert intake_undo.do_again(db, intake.id, meeting)
        again = dict(contents(db))
        assert {name: _without_ids(name, rows) for name, rows in again.items()} == {
            name: _without_ids(name, rows) for name, rows in became.items()
        }
        db.rollback()


def _without_ids(name: str, rows: Sequence[Any]) -> list[Any]:
    """How somebody is reached and what they took part in is the same whatever the rows' own numbers."""
    return sorted(row[1:] for row in rows) if name in {"reach", "taking"} else list(rows)


@quick
@given(told=lists(), chance=st.randoms(use_true_random=False))
def test_a_blank_overwrites_nothing(place: tuple[Chat, int], told: tuple[Capacity, Rows], chance: Any) -> None:
    chat, meeting = place
    capacity, (head, *rows) = told
    keep = {"姓名", "联系人", "单位", "赞助单位", "媒体名称", "手机", "邮箱", "会员号", "统一社会信用代码", "类型"}
    thinner = [
        [cell if name in keep or chance.random() < 0.5 else "" for name, cell in zip(head, row, strict=True)]
        for row in rows
    ]
    with Session(chat.app.database.writer) as db:
        brought(db, meeting, capacity, [head, *rows])
        for one in planned(db, meeting, capacity, [head, *thinner])[0].subjects:
            assert all(value not in {"", None} for value in {**one.values, **one.part}.values())
        db.rollback()


@quick
@given(told=lists(), chance=st.randoms(use_true_random=False))
def test_the_order_of_rows_is_nothing_to_who_is_who(
    place: tuple[Chat, int], told: tuple[Capacity, Rows], chance: Any
) -> None:
    chat, meeting = place
    capacity, (head, *rows) = told
    mixed = list(rows)
    chance.shuffle(mixed)
    with Session(chat.app.database.writer) as db:
        brought(db, meeting, capacity, [head, *rows])
        changes, _ = planned(db, meeting, capacity, [head, *mixed])
        assert changes.added == []
        db.rollback()


@quick
@given(first=lists(), second=lists())
def test_what_a_later_list_changed_stays(
    place: tuple[Chat, int], first: tuple[Capacity, Rows], second: tuple[Capacity, Rows]
) -> None:
    """Whoever is left is named, and nothing of theirs is touched; everybody else is gone."""
    chat, meeting = place
    with Session(chat.app.database.writer) as db:
        intake = brought(db, meeting, *first)
        brought(db, meeting, *second)
        stood = dict(contents(db))
        left = intake_undo.take_back(db, intake.id)
        now = dict(contents(db))
        stay = [row for row in stood["party"] if row[0] in left]
        assert [row for row in now["party"] if row[0] in left] == stay
        for name, whose in (("reach", 1), ("taking", 2)):
            of_them = [[row for row in rows[name] if row[whose] in left] for rows in (stood, now)]
            assert of_them[0] == of_them[1]
        db.rollback()


@pytest.mark.parametrize(
    ("cell", "sum_"),
    [
        ("50,000元", "50000"),
        ("￥5万", "50000"),
        ("2千万", "20000000"),
        ("3百万", "3000000"),
        ("1.5亿", "150000000"),
        ("RMB 50000.005", "50000.01"),
        ("1亿5千万", None),
        ("50.000,00", None),
        ("1,5万", None),
        ("十万", None),
        ("-5", None),
    ],
)
def test_a_sum_in_a_list_is_read_as_it_stands_or_not_at_all(cell: str, sum_: str | None) -> None:
    assert amount(cell) == (None if sum_ is None else Decimal(sum_))
