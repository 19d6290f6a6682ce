"""When a meeting took place, and in which time zone."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.dates import occasion, zone
from handlers.refused import Refused
from handlers.workdays import Calendar

SHANGHAI = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 6, 10, 10, tzinfo=SHANGHAI)  # a Wednesday


def read(text: str, now: datetime = NOW) -> str:
    return f"{occasion(text, now=now, calendar=Calendar('CN')).at:%Y-%m-%d %H:%M}"


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-06-08 17:00", "2026-06-08 17:00"),
        ("2026-06-08T17:00", "2026-06-08 17:00"),
        ("6月8日 17:00", "2026-06-08 17:00"),
        ("6月8日（周一）17:00", "2026-06-08 17:00"),
        ("2026年6月8日（周一）下午五点", "2026-06-08 17:00"),
        ("Mon 8 Jun 2026 17:00", "2026-06-08 17:00"),
        ("8 June", "2026-06-08 18:00"),
        ("6月20日", "2026-06-20 18:00"),
        ("上周五", "2026-06-05 18:00"),
        ("上个星期五 17:00", "2026-06-05 17:00"),
        ("上周一", "2026-06-01 18:00"),
        ("上上周五", "2026-05-29 18:00"),
        ("last Friday", "2026-06-05 18:00"),
        ("Friday last week", "2026-06-05 18:00"),
        ("last week Friday", "2026-06-05 18:00"),
        ("this Monday", "2026-06-08 18:00"),
        ("本周一", "2026-06-08 18:00"),
        ("next Friday", "2026-06-19 18:00"),
        ("yesterday 17:00", "2026-06-09 17:00"),
        ("昨天下午5点", "2026-06-09 17:00"),
        ("前天", "2026-06-08 18:00"),
        ("大前天", "2026-06-07 18:00"),
        ("day before yesterday", "2026-06-08 18:00"),
        ("三天前", "2026-06-07 18:00"),
        ("3 days ago", "2026-06-07 18:00"),
        ("两周前", "2026-05-27 18:00"),
        ("a week ago", "2026-06-03 18:00"),
        ("8号", "2026-06-08 18:00"),
        ("28日", "2026-05-28 18:00"),
        ("31号", "2026-05-31 18:00"),
        ("上个月28号", "2026-05-28 18:00"),
        ("last month 28th", "2026-05-28 18:00"),
        ("28th of last month", "2026-05-28 18:00"),
        ("今天 17:00", "2026-06-10 17:00"),
        ("tomorrow noon", "2026-06-11 12:00"),
    ],
)
def test_occasion_looks_both_ways(text: str, moment: str) -> None:
    assert read(text) == moment


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Monday",  # this week's or the next
        "last Monday",  # two days ago or nine
        "6月8日（周二）",  # it was a Monday
        "2月30日",
        "0号",
        "上周",
        "5pm",
        "会后3天",
        "2062-06-08",
        "9999999 days ago",
        "999 months ago",
        "6月6日至8日",
    ],
)
def test_occasion_refuses_rather_than_guesses(text: str) -> None:
    with pytest.raises(Refused) as caught:
        read(text)
    assert caught.value.name == "dates/unclear"
    assert caught.value.facts["text"] == text


def test_a_day_that_is_far_off_in_every_year_needs_its_year() -> None:
    with pytest.raises(Refused) as caught:
        read("11月20日")
    assert caught.value.name == "dates/which_year"
    assert read("2026年11月20日") == "2026-11-20 18:00"
    assert read("12月20日", NOW.replace(month=1)) == "2025-12-20 18:00"


def test_the_usual_time_is_the_callers() -> None:
    assert occasion("6月6日", now=NOW, calendar=Calendar("CN"), at=time(9)).at.hour == 9
    assert occasion("6月6日 8:30", now=NOW, calendar=Calendar("CN"), at=time(9)).at.hour == 8
    assert occasion("6月6日", now=NOW, calendar=Calendar("CN")).guessed == ("time",)


@given(st.dates(date(2025, 1, 1), date(2028, 1, 1)), st.integers(-120, 120))
def test_a_day_and_month_mean_the_nearest_year(today: date, away: int) -> None:
    day = today + timedelta(away)
    now = datetime.combine(today, time(10), SHANGHAI)
    if (day.month, day.day) != (2, 29):
        assert read(f"{day.month}月{day.day}日", now) == f"{day} 18:00"
    assert read(str(day), now) == f"{day} 18:00"


@given(st.dates(date(2025, 1, 1), date(2028, 1, 1)), st.sampled_from("mon tue wed thu fri sat sun".split()))
def test_last_weekday_is_lately_behind_or_refused(today: date, name: str) -> None:
    try:
        found = date.fromisoformat(read(f"last {name}", datetime.combine(today, time(10), SHANGHAI))[:10])
    except Refused:
        return
    assert timedelta(0) < today - found <= timedelta(7)
    assert f"{found:%a}".casefold() == name


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Asia/Shanghai", "Asia/Shanghai"),
        ("北京时间", "Asia/Shanghai"),
        ("UTC+8", "Asia/Shanghai"),
        ("Berlin", "Europe/Berlin"),
        ("berlin time", "Europe/Berlin"),
        ("柏林时间", "Europe/Berlin"),
        ("New York", "America/New_York"),
        ("new_york", "America/New_York"),
        ("香港", "Asia/Hong_Kong"),
        ("ＵＴＣ", "UTC"),
    ],
)
def test_zone_knows_names_and_places(text: str, name: str) -> None:
    assert zone(text) == name


@pytest.mark.parametrize("text", ["CST", "EST", "", "Atlantis", "Asia", "time", "+8"])
def test_zone_refuses_what_names_no_single_zone(text: str) -> None:
    with pytest.raises(Refused) as caught:
        zone(text)
    assert caught.value.name == "dates/zone"


def test_zone_offers_what_is_spelt_alike() -> None:
    with pytest.raises(Refused) as caught:
        zone("Amsterdm")
    assert caught.value.facts["close"] == ["Europe/Amsterdam"]
