"""Quantities and what became of them, as people write them."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.grammar import Cursor
from handlers.refused import Refused
from handlers.sponsors.naming import Told, _Told
from handlers.sponsors.quantities import MOST, Promise, amount, counted, promise, quantity, written
from handlers.sponsors.rules import Report
from storage.sponsors import BenefitState

DELIVERED, PARTLY, NOT = BenefitState.DELIVERED, BenefitState.PARTLY, BenefitState.NOT_DELIVERED


@pytest.mark.parametrize(
    ("words", "text", "count", "unit"),
    [
        ("Logo on backdrop x2 prints", "Logo on backdrop", "2", "prints"),
        ("主背景板标志 2块", "主背景板标志", "2", "块"),
        ("主背景板标志２块", "主背景板标志", "2", "块"),
        ("欢迎晚宴席位两桌", "欢迎晚宴席位", "2", "桌"),
        ("展位 9平方米", "展位", "9", "平方米"),
        ("会刊封二广告：1页", "会刊封二广告", "1", "页"),
        ("席位 1,000 个", "席位", "1000", "个"),
        ("Talk, 30 minutes", "Talk", "30", "minutes"),
        ("Logo ×2", "Logo", "2", ""),
        ("Box x2", "Box", "2", ""),
        ("Stand 3 x 3 m", "Stand 3 x 3 m", None, ""),
        ("会刊第3页", "会刊第3页", None, ""),
        ("2026年会标志", "2026年会标志", None, ""),
        ("Ad in the programme on page 3", "Ad in the programme on page 3", None, ""),
        ("Full page ad, 2026 yearbook", "Full page ad, 2026 yearbook", None, ""),
        ("Flyers, 2000 pieces", "Flyers", "2000", "pieces"),
        ("会刊 2026份", "会刊", "2026", "份"),
        ("展位 3m x 3m", "展位 3m x 3m", None, ""),
        ("展位 ３×３米", "展位 ３×３米", None, ""),
        ("Cable 3m x2", "Cable 3m", "2", ""),
        ("Interview, 8 March", "Interview, 8 March", None, ""),
        ("专访：3月", "专访：3月", None, ""),
        ("Advert, 3rd page", "Advert, 3rd page", None, ""),
        ("友情链接，1年", "友情链接", "1", "年"),
        ("手册 x2 月刊", "手册", "2", "月刊"),
        ("x2", "x2", None, ""),
        ("Logo x0", "Logo x0", None, ""),
    ],
)
def test_what_is_promised(words: str, text: str, count: str | None, unit: str) -> None:
    assert promise(words) == Promise(text, Decimal(count) if count else None, unit)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("200,000", "200000"),
        ("20万", "200000"),
        ("20万元", "200000"),
        ("¥ 200000.50", "200000.5"),
        ("CNY 1.2亿", "120000000"),
        ("1.23456万", "12345.6"),
        ("1.23456789亿", "123456789"),
        ("12.345", "12.35"),
        ("０.２万", "2000"),
        ("200 000.50", "200000.5"),
        ("人民币20万元整", "200000"),
        ("2万美元", "20000"),
        ("200.000,50", None),
        ("1,5万", None),
        ("20,0000", None),
        ("2 0", None),
        ("5 apples", None),
        ("many", None),
        ("-5", None),
        ("1e9", None),
        ("99999亿", None),
    ],
)
def test_money(text: str, found: str | None) -> None:
    read = amount(text)
    assert (read and read.number) == (Decimal(found) if found else None)


@pytest.mark.parametrize(
    ("text", "fits"),
    [
        ("30000", "CNY USD"),
        ("USD 30000", "USD"),
        ("30000 usd", "USD"),
        ("3万美元", "USD"),
        ("$30,000", "USD"),
        ("€30000", ""),
        ("¥30000", "CNY"),
        ("3万元", "CNY"),
        ("rmb 3万元", "CNY"),
        ("USD 3万元", ""),
    ],
)
def test_what_is_said_of_its_currency(text: str, fits: str) -> None:
    read = amount(text)
    assert read
    assert [code for code in ("CNY", "USD") if read.may_be(code)] == fits.split()


@pytest.mark.parametrize("text", ["1,5", "1,0000", "1.2.3", "２,５"])
def test_a_comma_that_parts_no_thousands_is_not_passed_over(text: str) -> None:
    assert quantity(text) is None


@given(st.decimals(0, MOST, places=4))
def test_a_number_reads_as_it_is_written(number: Decimal) -> None:
    text = written(number)
    assert "E" not in text
    assert quantity(text) == number
    assert written(quantity(text)) == text


@given(st.text(max_size=40))
def test_nothing_typed_breaks_it(text: str) -> None:
    found = promise(text)
    assert found.quantity is None or found.quantity > 0
    count, rest = counted(text)
    assert count is None or len(rest) < len(text)
    try:
        Told("", None, text).report("prints")
    except Refused as refused:
        assert refused.name == "sponsors/unclear"  # noqa: PT017  nothing typed may raise anything else


def told(line: str, unit: str = "") -> Report:
    found = _Told().take(Cursor.over(line), None)  # type: ignore[arg-type]
    assert found
    return found.report(unit)


@pytest.mark.parametrize(
    ("line", "report"),
    [
        ("delivered 2 at main hall on 3/8", Report(DELIVERED, Decimal(2), "main hall", "3/8")),
        ("delivered 2 prints in main hall, on stage", Report(DELIVERED, Decimal(2), "main hall, stage")),
        ("delivered 30 of 30 at 14:00 in hall A", Report(DELIVERED, Decimal(30), "hall A", "14:00")),
        ("delivered at the 2 entrances", Report(DELIVERED, None, "the 2 entrances")),
        ("已实现 2块 在主会场 3月8日", Report(DELIVERED, Decimal(2), "主会场", "3月8日")),
        ("已兑现2块，主会场，3月8日", Report(DELIVERED, Decimal(2), "主会场", "3月8日")),
        ("已实现 3次 开幕式、闭幕式 主会场", Report(DELIVERED, Decimal(3), "主会场", "开幕式、闭幕式")),
        ("兑现 两块", Report(DELIVERED, Decimal(2))),
        ("已兑现 3月8日 主会场", Report(DELIVERED, where="主会场", when="3月8日")),
        ("delivered 8 March at the main hall", Report(DELIVERED, where="the main hall", when="8 March")),
        ("delivered 8/3 in hall A", Report(DELIVERED, where="hall A", when="8/3")),
        ("delivered 14:00 in hall A", Report(DELIVERED, where="hall A", when="14:00")),
        ("delivered 2026-03-08", Report(DELIVERED, when="2026-03-08")),
        ("delivered 2026 prints", Report(DELIVERED, Decimal(2026))),
        ("delivered 2026 yearbook", Report(DELIVERED, where="2026 yearbook")),
        ("已兑现 200人次 统计方式：扫码", Report(DELIVERED, Decimal(200), method="扫码")),
        (
            "partly 1 because the printer broke instead two posts",
            Report(PARTLY, Decimal(1), explanation="the printer broke", make_good="two posts"),
        ),
        (
            "部分兑现 1块 因为布展时间不够 补救：推文两篇",
            Report(PARTLY, Decimal(1), explanation="布展时间不够", make_good="推文两篇"),
        ),
        (
            "未兑现 因为展位改为线上，补救：加推两篇",
            Report(NOT, explanation="展位改为线上", make_good="加推两篇"),
        ),
        ("not delivered because no time", Report(NOT, explanation="no time")),
        ("because of rain", Report(explanation="rain")),
        ("waived", Report(BenefitState.WAIVED)),
        ("2块 主会场", Report(count=Decimal(2), where="主会场")),
    ],
)
def test_what_came_of_it(line: str, report: Report) -> None:
    assert told(line, "prints") == report


def test_a_day_is_a_count_where_days_are_counted() -> None:
    assert counted("3日 官网", "日") == (Decimal(3), " 官网")
    assert counted("3日 官网", "块") == (None, "3日 官网")


@pytest.mark.parametrize("line", ["not yet delivered", "blah because of rain", "主会场很好"])
def test_what_is_not_understood_is_not_guessed(line: str) -> None:
    with pytest.raises(Refused):
        told(line)
