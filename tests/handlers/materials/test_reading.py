"""What stands in the cells of agendas: names, organisations, titles, days and times."""

from __future__ import annotations

from datetime import date, time

import pytest

from handlers.dates.printed import clocks_in, day_in
from handlers.materials.talkers import talkers

FIRST, LAST = date(2026, 6, 8), date(2026, 6, 10)


@pytest.mark.parametrize(
    ("cell", "wanted"),
    [
        ("张三", ["张三"]),
        ("张三 / 李四", ["张三", "李四"]),
        ("张三、李四；王五", ["张三", "李四", "王五"]),
        ("张三 李四", ["张三", "李四"]),
        ("张 三", ["张三"]),
        ("华为 中兴", ["华为 中兴"]),
        ("中国信通院", ["中国信通院"]),
        ("Anna Lee, Bob Stone", ["Anna Lee", "Bob Stone"]),
        ("Smith, John", ["Smith, John"]),
        ("Institute of Science and Technology", ["Institute of Science and Technology"]),
        ("张三教授", ["张三"]),
        ("待定", []),
        ("TBA", []),
        ("", []),
        ("张三、张三", ["张三"]),
    ],
)
def test_who_is_named(cell: str, wanted: list[str]) -> None:
    assert [one.name for one in talkers(cell)] == wanted


def test_units_and_positions_go_to_each_or_to_all() -> None:
    each = talkers("张三 / 李四", units="华为 / 中兴", positions="CTO")
    assert [(one.unit, one.position) for one in each] == [("华为", "CTO"), ("中兴", "CTO")]
    assert [one.unit for one in talkers("张三、李四", units="华为")] == ["华为", "华为"]
    (firm,) = talkers("张三（西门子（中国）有限公司）")
    assert (firm.name, firm.unit) == ("张三", "西门子(中国)有限公司")
    (aside,) = talkers("张三（华为、终端部）")
    assert (aside.name, aside.unit) == ("张三", "华为、终端部")
    (titled,) = talkers("张三 院士", units="清华大学")
    assert (titled.name, titled.unit, titled.position) == ("张三", "清华大学", "院士")


@pytest.mark.parametrize(
    ("cell", "wanted"),
    [
        ("2026-06-09", date(2026, 6, 9)),
        ("2026/6/9", date(2026, 6, 9)),
        ("2026年6月9日（周二）", date(2026, 6, 9)),
        ("6月9日 上午", date(2026, 6, 9)),
        ("Day 2", date(2026, 6, 9)),
        ("第二天", date(2026, 6, 9)),
        ("Tuesday, 9 June", date(2026, 6, 9)),
        ("June 9th", date(2026, 6, 9)),
        ("2月30日", None),
        ("上午", None),
        ("6/9", None),
    ],
)
def test_which_day(cell: str, wanted: date | None) -> None:
    assert day_in(cell, FIRST, LAST) == wanted


def test_a_bare_day_in_its_own_column() -> None:
    assert day_in("6/9", FIRST, LAST, alone=True) == date(2026, 6, 9)
    assert day_in("6.9", FIRST, LAST, alone=True) == date(2026, 6, 9)
    assert day_in("1/2", date(2026, 12, 30), date(2027, 1, 3), alone=True) == date(2027, 1, 2)


@pytest.mark.parametrize(
    ("cell", "wanted"),
    [
        ("09:00-09:40", [time(9), time(9, 40)]),
        ("9：00～9：40", [time(9), time(9, 40)]),
        ("2026-06-08 09:00", [time(9)]),
        ("下午 2:00—3:30", [time(14), time(15, 30)]),
        ("9:00 am - 1:30 pm", [time(9), time(13, 30)]),
        ("9点", [time(9)]),
        ("下午2点半-3点半", [time(14, 30), time(15, 30)]),
        ("09:00:00", [time(9)]),
        ("晚上7点-12点", [time(19), time(0)]),
        ("中午12:00-1:30", [time(12), time(13, 30)]),
        ("晚上 18:00-21:30", [time(18), time(21, 30)]),
        ("12:00 am - 12:30", [time(0), time(0, 30)]),
        ("上午", []),
    ],
)
def test_which_times(cell: str, wanted: list[time]) -> None:
    assert clocks_in(cell) == wanted


def test_a_time_that_no_clock_shows() -> None:
    for cell in ("29:00", "晚上29:00"):
        with pytest.raises(ValueError, match="hour"):
            clocks_in(cell)
