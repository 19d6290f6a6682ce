"""A phrase that a person types, and the moment or the days it names."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from handlers.dates import Due, later, read, resolve, span
from handlers.refused import Refused
from handlers.workdays import Calendar
from tests.handlers.phrases import FIRST, REFUSED, SECOND

SHANGHAI = ZoneInfo("Asia/Shanghai")
BERLIN = ZoneInfo("Europe/Berlin")
NEW_YORK = ZoneInfo("America/New_York")
CHINA = Calendar()
NOW = datetime(2026, 6, 10, 10, tzinfo=SHANGHAI)  # a Wednesday
END = datetime(2026, 6, 8, 17, tzinfo=SHANGHAI)  # a Monday


def due(text: str, now: datetime = NOW, end: datetime | None = END, calendar: Calendar = CHINA) -> Due:
    return read(text, now=now, end=end, calendar=calendar)


def shown(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M}"


def answer(text: str) -> str:
    try:
        return shown(due(text).at)
    except Refused:
        return REFUSED


def refusal(call: Callable[[], object]) -> str:
    with pytest.raises(Refused) as caught:
        call()
    return caught.value.name


def at(text: str, zone: ZoneInfo = SHANGHAI) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone)


# Phrases


def test_read_knows_both_lists(capsys: pytest.CaptureFixture[str]) -> None:
    read_as = {text: (answer(text), expected) for text, expected in (FIRST | SECOND).items()}
    missed = {text: pair for text, pair in read_as.items() if pair[0] != pair[1]}
    wrong = {text: pair for text, pair in missed.items() if pair[0] != REFUSED}
    right = [sum(text not in missed for text in phrases) for phrases in (FIRST, SECOND)]
    with capsys.disabled():
        print(f"\ndates: first list {right[0]}/{len(FIRST)}, second list {right[1]}/{len(SECOND)}; wrong {len(wrong)}")
    assert (len(FIRST), len(SECOND) >= 36) == (47, True)
    assert not wrong
    assert not missed


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("会后3个工作日", "E+3wd 18:00"),
        ("会后第3个工作日 17点", "E+3wd 17:00"),
        ("会后首个工作日", "E+1wd 18:00"),
        ("next working day after the conference", "E+1wd 18:00"),
        ("大会闭幕后10天", "E+10 18:00"),
        ("会后十日内", "E+10 18:00"),
        ("会议结束后两周", "E+2w 18:00"),
        ("会后半个月", "E+15 18:00"),
        ("会后一个月内", "E+1m 18:00"),
        ("会后一年", "E+12m 18:00"),
        ("会后次日", "E+1 18:00"),
        ("within 10 days of the conference", "E+10 18:00"),
        ("D+5wd 09:30", "E+5wd 09:30"),
        ("E + 2 weeks", "E+2w 18:00"),
        ("E+3个工作日", "E+3wd 18:00"),
        ("2026-06-20", ""),
        ("3个工作日内", ""),
    ],
)
def test_read_keeps_the_rule_of_phrases_about_the_conference(text: str, rule: str) -> None:
    found = due(text)
    assert found.rule == rule
    assert not rule or found.at == resolve(rule, end=END, calendar=CHINA)


@pytest.mark.parametrize("text", ["会议结束前三天", "闭幕前3天", "3 days before the end of the conference", "E-3"])
def test_read_counts_back_from_an_end_to_come(text: str) -> None:
    assert due(text, end=at("2026-06-20 17:00")).rule == "E-3 18:00"
    assert shown(due(text, end=at("2026-06-20 17:00")).at) == "2026-06-17 18:00"


def test_read_counts_from_the_local_day_of_the_end() -> None:
    assert shown(due("E+3", end=datetime(2026, 6, 8, 17, tzinfo=UTC)).at) == "2026-06-12 18:00"


@pytest.mark.parametrize(
    ("text", "guessed"),
    [
        ("明天", ("time",)),
        ("明天17点", ()),
        ("明早", ("time",)),
        ("Friday noon", ()),
        ("周五三点", ("afternoon",)),
        ("Fri 5:30", ("afternoon",)),
        ("Fri 05:30", ()),
        ("5pm", ("day",)),
        ("half past five", ("afternoon", "day")),
        ("in 2 hours", ()),
        ("会后3天", ("time",)),
    ],
)
def test_read_says_what_it_guessed(text: str, guessed: tuple[str, ...]) -> None:
    assert due(text).guessed == guessed


@pytest.mark.parametrize(
    ("text", "now", "expected"),
    [
        ("周三", "2026-06-10 17:59", "2026-06-10 18:00"),
        ("周三", "2026-06-10 18:00", "2026-06-17 18:00"),
        ("Wed 9am", "2026-06-10 08:59", "2026-06-10 09:00"),
        ("下周三", "2026-06-08 10:00", "2026-06-17 18:00"),
        ("下周三", "2026-06-14 10:00", "2026-06-17 18:00"),
        ("next Sunday", "2026-06-14 10:00", "2026-06-21 18:00"),
        ("this Friday", "2026-06-10 10:00", "2026-06-12 18:00"),
        ("10号", "2026-06-10 17:00", "2026-06-10 18:00"),
        ("10号", "2026-06-10 19:00", "2026-07-10 18:00"),
        ("17:00", "2026-06-10 16:00", "2026-06-10 17:00"),
        ("17:00", "2026-06-10 17:00", "2026-06-11 17:00"),
        ("today", "2026-06-10 19:00", "2026-06-10 23:59"),
        ("今天17点", "2026-06-10 19:00", "2026-06-10 17:00"),
        ("2026-06-09", "2026-06-10 10:00", "2026-06-09 18:00"),
        ("本周内", "2026-09-16 10:00", "2026-09-20 18:00"),  # a worked Sunday
        ("本周内", "2026-04-29 10:00", "2026-04-30 18:00"),  # 五一 is the Friday
        ("国庆前", "2026-09-30 10:00", "2026-09-30 18:00"),
        ("国庆前", "2026-10-02 10:00", "2027-09-30 18:00"),
        ("国庆后", "2026-10-04 10:00", "2026-10-08 18:00"),
        ("端午后第一个工作日", "2026-06-20 10:00", "2026-06-22 18:00"),
        ("国庆节后第三个工作日", "2026-06-10 10:00", "2026-10-10 18:00"),  # a worked Saturday
        ("1月5日", "2026-12-30 10:00", "2027-01-05 18:00"),
        ("12月31日", "2027-01-15 10:00", "2027-12-31 18:00"),
        ("一个月后", "2027-01-31 10:00", "2027-02-28 18:00"),
        ("2月底", "2028-02-03 10:00", "2028-02-29 18:00"),
        ("31号", "2026-09-05 10:00", "2026-10-31 18:00"),
    ],
)
def test_read_depends_on_the_hour_and_the_day(text: str, now: str, expected: str) -> None:
    assert shown(due(text, now=at(now)).at) == expected


@pytest.mark.parametrize(
    ("text", "now"),
    [
        ("6月9日", "2026-06-10 10:00"),
        ("6月3日", "2026-06-10 10:00"),
        ("12月31日", "2027-01-03 10:00"),
        ("昨天", "2026-06-10 10:00"),
        ("本周一", "2026-06-10 10:00"),
        ("this Monday", "2026-06-10 10:00"),
        ("本周内", "2026-06-13 10:00"),
        ("2026-06-08", "2026-06-10 10:00"),
        ("20 June 2025", "2026-06-10 10:00"),
        ("会后当天", "2026-06-10 10:00"),
        ("E-3", "2026-06-10 10:00"),
        ("5月底", "2026-06-03 10:00"),
    ],
)
def test_read_refuses_what_is_over(text: str, now: str) -> None:
    assert refusal(lambda: due(text, now=at(now))) == "dates/past"


def test_read_takes_a_day_eight_days_past_for_next_years() -> None:
    assert shown(due("6月2日").at) == "2027-06-02 18:00"


def test_read_needs_an_end_for_phrases_about_the_conference() -> None:
    assert refusal(lambda: due("会后3天", end=None)) == "dates/no_end"
    assert shown(due("3天后", end=None).at) == "2026-06-13 18:00"


def test_read_quotes_what_it_refuses() -> None:
    with pytest.raises(Refused) as caught:
        due("尽快")
    assert (caught.value.name, caught.value.facts) == ("dates/unclear", {"text": "尽快"})


@pytest.mark.parametrize(
    "text",
    [
        *(
            "周末",
            "下周前",
            "周5点",
            "月初",
            "7月中旬",
            "6月",
            "June",
            "2026-06",
            "13月1日",
            "June 31",
            "Feb 29",
            "6/31",
        ),
        *("1.5", "3-5", "3-5天", "下午3-5", "3-5前", "6.20", "sat 20", "12 June Thursday", "20号周五"),
        *(
            "3天",
            "3 days",
            "in 0 days",
            "within weeks",
            "过两天",
            "过几天",
            "一个半月后",
            "in a couple of weeks",
        ),
        *(
            "days after the conference",
            "3 days before the conference",
            "会前3天",
            "周会后3天",
            "会后周五",
            "会后第三天",
        ),
        *(
            "周五12am",
            "周五凌晨12点",
            "晚上3点",
            "上午15点",
            "12:60",
            "周五上午或下午",
            "下午3点到5点",
            "Friday 3pm-5pm",
            "at 8pm 9pm",
        ),
        *(
            "端午节",
            "端午前一天",
            "before Christmas",
            "before June",
            "after Friday",
            "by a June",
            "the week of June 20",
        ),
        *(
            "明后天",
            "早点",
            "晚点",
            "晚一点",
            "明天早一点",
            "尽早",
            "马上",
            "以后",
            "待定",
            "TBD",
            "n/a",
            "-",
            "?",
            "周五?",
            "每月底",
        ),
        *("2037-06-20", "9999-12-31", "E+", "T", "D", "E+3x", "E+1000", "x" * 1000, "明天" * 60),
    ],
)
def test_read_does_not_guess(text: str) -> None:
    assert refusal(lambda: due(text)) == "dates/unclear"


@pytest.mark.parametrize(
    "text",
    [
        "6月17日（周三）18:00",
        "Wed 17 Jun, 18:00",
        "2026年6月17日（周三）18:00",
        "Wed 17 Jun 2026 18:00",
        "2026-06-17T18:00",
    ],
)
def test_read_understands_what_the_bot_itself_writes(text: str) -> None:
    assert shown(due(text).at) == "2026-06-17 18:00"


def test_read_takes_a_chinese_phrase_month_first() -> None:
    assert shown(due("7/8前").at) == "2026-07-08 18:00"
    assert shown(due("7.8前").at) == "2026-07-08 18:00"
    assert refusal(lambda: due("by 7/8")) == "dates/either"


def test_read_takes_the_order_that_the_reader_is_used_to() -> None:
    assert shown(read("12/5 14:30", now=NOW, end=END, calendar=CHINA, month_first=True).at) == "2026-12-05 14:30"
    assert shown(read("12.5", now=NOW, end=END, calendar=CHINA, month_first=True).at) == "2026-12-05 18:00"
    assert refusal(lambda: read("3-5", now=NOW, end=END, calendar=CHINA, month_first=True)) == "dates/unclear"
    assert shown(later("7/8", now=NOW, calendar=CHINA, month_first=True)) == "2026-07-08 09:00"
    assert span("7/8 - 7/9", now=NOW, month_first=True) == (date(2026, 7, 8), date(2026, 7, 9))
    for text in ("12-1..12-5", "12-01..12-05", "12/1-12/5"):
        assert span(text, now=NOW, month_first=True) == (date(2026, 12, 1), date(2026, 12, 5))


@pytest.mark.parametrize(
    ("text", "readings"),
    [
        ("12/5 14:30", ["2027-05-12 14:30", "2026-12-05 14:30"]),
        ("by 06/07/2026", ["by 2026-07-06"]),
        ("9/6", ["2026-09-06"]),  # the 9th of June was yesterday
        ("Sat 7/8", ["sat 2026-08-07", "sat 2026-07-08"]),
    ],
)
def test_read_says_which_days_may_be_meant(text: str, readings: list[str]) -> None:
    with pytest.raises(Refused) as caught:
        due(text)
    assert caught.value.name == "dates/either"
    assert [phrase for _, phrase in caught.value.facts["readings"]] == readings


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("上周五", "2026-06-05"),
        ("上周五下午3点", "2026-06-05"),
        ("上上周五", "2026-05-29"),
        ("last Friday", "2026-06-05"),
        ("last Monday", "2026-06-08"),
        ("前天", "2026-06-08"),
        ("三天前", "2026-06-07"),
        ("three days ago", "2026-06-07"),
        ("上个月20号", "2026-05-20"),
        ("6月9日", "2026-06-09"),
        ("2026-05-20", "2026-05-20"),
        ("this Monday", "2026-06-08"),
    ],
)
def test_read_says_which_day_is_over(text: str, day: str) -> None:
    for call in (lambda: due(text), lambda: later(text, now=NOW, calendar=CHINA)):
        with pytest.raises(Refused) as caught:
            call()
        assert (caught.value.name, str(caught.value.facts["day"])) == ("dates/past", day)


def test_read_finds_the_holidays_of_the_calendars_country() -> None:
    berlin = at("2026-06-10 10:00", BERLIN)
    assert shown(due("before Christmas", now=berlin, calendar=Calendar("DE")).at) == "2026-12-24 18:00"
    assert shown(due("圣诞节后", now=berlin, calendar=Calendar("DE")).at) == "2026-12-28 18:00"
    assert shown(due("before Thanksgiving", now=berlin, calendar=Calendar("US")).at) == "2026-11-25 18:00"


@given(st.dates(date(2026, 6, 10), date(2036, 12, 31)), st.times())
def test_read_echoes_an_iso_date(day: date, clock: time) -> None:
    assert due(f"{day}").at.date() == day
    assert shown(due(f"{day} {clock:%H}:30").at)[:13] in (f"{day} {clock:%H}", f"{day} {clock.hour + 12}")


@given(
    st.dates(date(2026, 6, 10), date(2035, 12, 31)), st.sampled_from(["{0.year}年{0.month}月{0.day}日", "{0:%d %B %Y}"])
)
def test_read_echoes_a_date_in_words(day: date, form: str) -> None:
    assert due(form.format(day)).at.date() == day


PIECES = [
    *"今明后天下周三五日月号点半会后前内到第个工作二十",
    "工作日",
    "周五",
    "国庆",
    "6月",
    "20",
    "3",
    "5pm",
    "17:00",
    "noon",
]
PIECES += [
    "fri",
    "next",
    "week",
    "days",
    "after",
    "the",
    "conference",
    "end",
    "of",
    "june",
    "in",
    "E+",
    "-",
    "..",
    "/",
    " ",
]
WORDS = st.lists(st.sampled_from(PIECES), max_size=12).map("".join)


def name_of(call: Callable[[], object]) -> tuple[str, dict[str, object]] | None:
    try:
        call()
    except Refused as refused:
        return refused.name, refused.facts
    return None


@given(st.one_of(st.text(), WORDS))
@example("9999-12-31 23:59")
@example("0000-00-00")
@example("E+999m")
@example("后" * 80)
@example("3JUN")
def test_anything_typed_is_read_or_refused(text: str) -> None:
    for call in (
        lambda: due(text),
        lambda: due(text, end=datetime(9999, 12, 30, tzinfo=UTC)),
        lambda: later(text, now=NOW, calendar=CHINA),
        lambda: span(text, now=NOW),
    ):
        found = name_of(call)
        assert found is None or (found[0] in {"dates/unclear", "dates/past"} and found[1]["text"] == text)


@given(WORDS)
def test_read_never_answers_with_a_day_long_past(text: str) -> None:
    try:
        found = due(text)
    except Refused:
        return
    assert found.at >= NOW - timedelta(days=1)
    assert found.at.tzinfo is SHANGHAI


MOMENTS = st.builds(datetime.combine, st.dates(date(2026, 1, 1), date(2030, 1, 1)), st.times(), st.just(SHANGHAI))
PAIRS = st.sampled_from(
    list(zip("一二三四五六日", ["Mon", "tues", "Wednesday", "Thurs", "Fri", "sat", "Sunday"], strict=True))
)


@given(MOMENTS, PAIRS)
def test_weekday_alone_is_the_next_one_to_come(now: datetime, pair: tuple[str, str]) -> None:
    chinese, english = (due(text, now=now).at for text in (f"周{pair[0]}", f"by {pair[1]}"))
    assert chinese == english
    assert f"{chinese:%a}" == pair[1][:3].title()
    assert now < chinese <= now + timedelta(days=7)


@given(MOMENTS, PAIRS)
def test_next_weekday_stands_in_the_next_calendar_week(now: datetime, pair: tuple[str, str]) -> None:
    chinese, english = (due(text, now=now).at for text in (f"下周{pair[0]}", f"next {pair[1]}"))
    assert chinese == english
    assert chinese.isocalendar()[:2] == (now + timedelta(days=7)).isocalendar()[:2]


# Rules


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("E", "2026-06-08 18:00"),
        ("D", "2026-06-08 18:00"),
        ("E+0", "2026-06-08 18:00"),
        ("E+7", "2026-06-15 18:00"),
        ("E-7", "2026-06-01 18:00"),
        ("E+5wd", "2026-06-15 18:00"),
        ("D+5wd", "2026-06-15 18:00"),
        ("E-1wd", "2026-06-05 18:00"),
        ("E+2w", "2026-06-22 18:00"),
        ("E+1m", "2026-07-08 18:00"),
        ("E+3wd 09:30", "2026-06-11 09:30"),
        ("E+9wd", "2026-06-22 18:00"),  # over 端午节
    ],
)
def test_resolve_counts_from_the_end(rule: str, expected: str) -> None:
    assert shown(resolve(rule, end=END, calendar=CHINA)) == expected


def test_resolve_counts_months_to_the_last_day_of_a_short_one() -> None:
    end = at("2027-01-31 12:00")
    assert shown(resolve("E+1m", end=end, calendar=CHINA)) == "2027-02-28 18:00"
    assert shown(resolve("E-2m", end=end, calendar=CHINA)) == "2026-11-30 18:00"


def test_resolve_moves_zero_working_days_to_the_next_worked_one() -> None:
    assert shown(resolve("E+0wd", end=at("2026-06-20 12:00"), calendar=CHINA)) == "2026-06-22 18:00"


@pytest.mark.parametrize(
    "rule",
    ["", "e", "E+", "E+3 wd", "E+3d", "E3", "T+3", "E+1000", "E 24:00", "E 9:00", "E+3wd 18:00 ", "E+٣", "2026-06-20"],
)
def test_resolve_raises_for_what_is_no_rule(rule: str) -> None:
    with pytest.raises(ValueError, match="rule"):
        resolve(rule, end=END, calendar=CHINA)


def test_resolve_raises_for_an_end_without_a_zone() -> None:
    with pytest.raises(ValueError, match="zone"):
        resolve("E+3", end=END.replace(tzinfo=None), calendar=CHINA)


@pytest.mark.parametrize("rule", ["E+999", "E+999m", "E+999wd"])
def test_resolve_raises_beyond_the_calendar(rule: str) -> None:
    with pytest.raises(ValueError, match="beyond"):
        resolve(rule, end=datetime(9999, 12, 1, tzinfo=UTC), calendar=Calendar(""))


RULES = st.builds(
    "E{}{}{} {:%H:%M}".format,
    st.sampled_from("+-"),
    st.integers(1, 200),
    st.sampled_from(["", "w", "m", "wd"]),
    st.times(),
)


@given(RULES)
def test_resolve_agrees_with_read(rule: str) -> None:
    moment = resolve(rule, end=END, calendar=CHINA)
    if NOW <= moment < datetime(2036, 1, 1, tzinfo=UTC) and not rule[-5:-3].startswith("0"):
        spoken = due(rule)
        assert spoken.at.date() == moment.date()


@given(st.integers(0, 300), st.sampled_from(["E+{}", "E+{}w", "E+{}m", "E+{}wd"]))
def test_resolve_never_turns_back(n: int, form: str) -> None:
    first, second = (resolve(form.format(k), end=END, calendar=CHINA) for k in (n, n + 1))
    assert first < second


@given(st.integers(0, 300), st.dates(date(2020, 1, 1), date(2030, 1, 1)))
def test_resolve_ends_on_a_worked_day(n: int, day: date) -> None:
    moment = resolve(f"E+{n}wd", end=at(f"{day} 17:00"), calendar=CHINA)
    assert CHINA.worked(moment.date())


# Summer time


@pytest.mark.parametrize(
    ("text", "zone", "offset", "expected"),
    [
        ("2027-03-28 02:30", BERLIN, 2, "2027-03-28 03:30"),  # does not exist
        ("2026-10-25 02:30", BERLIN, 2, "2026-10-25 02:30"),  # comes twice, the first is summer's
        ("2027-03-14 02:30", NEW_YORK, -4, "2027-03-14 03:30"),
        ("2026-11-01 01:30", NEW_YORK, -4, "2026-11-01 01:30"),
        ("2026-10-25", BERLIN, 1, "2026-10-25 18:00"),
    ],
)
def test_read_keeps_to_the_clocks_of_the_zone(text: str, zone: ZoneInfo, offset: int, expected: str) -> None:
    moment = due(text, now=at("2026-06-10 10:00", zone)).at
    assert (shown(moment), moment.utcoffset(), moment.fold) == (expected, timedelta(hours=offset), 0)


def test_resolve_moves_out_of_a_gap() -> None:
    moment = resolve("E+1 02:30", end=at("2027-03-27 12:00", BERLIN), calendar=Calendar("DE"))
    assert moment == datetime(2027, 3, 28, 1, 30, tzinfo=UTC)


def test_wait_is_counted_in_real_hours_over_a_change_of_clocks() -> None:
    night = at("2026-10-25 00:30", BERLIN)
    assert later("4 hours", now=night, calendar=Calendar("DE")).astimezone(UTC) - night.astimezone(UTC) == timedelta(
        hours=4
    )
    assert shown(later("4 hours", now=night, calendar=Calendar("DE"))) == "2026-10-25 03:30"


# Snoozes


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("tomorrow", "2026-06-11 09:00"),
        ("明天", "2026-06-11 09:00"),
        ("明天下午", "2026-06-11 15:00"),
        ("tomorrow at 2pm", "2026-06-11 14:00"),
        ("3 days", "2026-06-13 09:00"),
        ("3天", "2026-06-13 09:00"),
        ("a week", "2026-06-17 09:00"),
        ("两周", "2026-06-24 09:00"),
        ("3个工作日", "2026-06-15 09:00"),
        ("2 hours", "2026-06-10 12:00"),
        ("2小时后", "2026-06-10 12:00"),
        ("半小时", "2026-06-10 10:30"),
        ("half an hour", "2026-06-10 10:30"),
        ("90 min", "2026-06-10 11:30"),
        ("下周一", "2026-06-15 09:00"),
        ("until Fri", "2026-06-12 09:00"),
        ("周三", "2026-06-17 09:00"),
        ("今晚", "2026-06-10 20:00"),
        ("下午", "2026-06-10 15:00"),
        ("国庆后", "2026-10-08 09:00"),
        ("6月20日", "2026-06-20 09:00"),
    ],
)
def test_later_names_a_moment_to_come(text: str, expected: str) -> None:
    assert shown(later(text, now=NOW, calendar=CHINA)) == expected


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("today", "dates/past"),
        ("今天9点", "dates/past"),
        ("yesterday", "dates/past"),
        ("3 days ago", "dates/past"),
        ("3天前", "dates/past"),
        ("next week", "dates/unclear"),
        ("会后3天", "dates/unclear"),
        ("稍后", "dates/unclear"),
        ("later", "dates/unclear"),
        ("0 hours", "dates/unclear"),
        ("12", "dates/unclear"),
        ("", "dates/unclear"),
    ],
)
def test_later_refuses(text: str, name: str) -> None:
    assert refusal(lambda: later(text, now=NOW, calendar=CHINA)) == name


# Spans


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("11-20..11-27", "2026-11-20", "2026-11-27"),
        ("2026-11-20..2026-11-27", "2026-11-20", "2026-11-27"),
        ("2026-11-20-2026-11-27", "2026-11-20", "2026-11-27"),
        ("11月20日到11月27日", "2026-11-20", "2026-11-27"),
        ("从11月20日至27日", "2026-11-20", "2026-11-27"),
        ("11月28日到3日", "2026-11-28", "2026-12-03"),
        ("11/20-11/27", "2026-11-20", "2026-11-27"),
        ("11/20-27", "2026-11-20", "2026-11-27"),
        ("20 Nov to 27 Nov", "2026-11-20", "2026-11-27"),
        ("20-27 Nov", "2026-11-20", "2026-11-27"),
        ("from Nov 20 through Nov 27", "2026-11-20", "2026-11-27"),
        ("12-28..01-05", "2026-12-28", "2027-01-05"),
        ("12月28日～1月5日", "2026-12-28", "2027-01-05"),
        ("20号到27号", "2026-06-20", "2026-06-27"),
        ("28号到3号", "2026-06-28", "2026-07-03"),
        ("8号到12号", "2026-06-08", "2026-06-12"),  # it began two days ago
        ("6月8日到周五", "2026-06-08", "2026-06-12"),
        ("昨天到周五", "2026-06-09", "2026-06-12"),
        ("明天到周五", "2026-06-11", "2026-06-12"),
        ("明天到3天后", "2026-06-11", "2026-06-13"),
        ("周一到周五", "2026-06-15", "2026-06-19"),
        ("Fri to Tue", "2026-06-12", "2026-06-16"),
        ("下周一到下周三", "2026-06-15", "2026-06-17"),
        ("下周一到周三", "2026-06-15", "2026-06-17"),
        ("下周", "2026-06-15", "2026-06-21"),
        ("next week", "2026-06-15", "2026-06-21"),
        ("this week", "2026-06-08", "2026-06-14"),
        ("下个月", "2026-07-01", "2026-07-31"),
        ("明天", "2026-06-11", "2026-06-11"),
        ("June 20", "2026-06-20", "2026-06-20"),
    ],
)
def test_span_names_the_first_and_the_last_day(text: str, first: str, last: str) -> None:
    assert span(text, now=NOW) == (date.fromisoformat(first), date.fromisoformat(last))


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("", "dates/unclear"),
        ("..", "dates/unclear"),
        ("soon", "dates/unclear"),
        ("11-27..11-20", "dates/reversed"),
        ("2026-11-27..2026-11-20", "dates/reversed"),
        ("11月27日到11月20日", "dates/reversed"),
        ("27 Nov to 20 Nov", "dates/reversed"),
        ("下周五到下周一", "dates/reversed"),
        ("6月5日到6月1日", "dates/unclear"),
        ("2026-07-01..2027-07-01", "dates/unclear"),
        ("6/8-6/12", "dates/unclear"),
        ("20", "dates/unclear"),
        ("明天下午到周五", "dates/unclear"),
        ("20号到明天", "dates/reversed"),
        ("明天到周五到周日", "dates/unclear"),
        ("6月1日到6月5日", "dates/past"),
        ("yesterday", "dates/past"),
        ("2025-06-20", "dates/past"),
    ],
)
def test_span_refuses(text: str, name: str) -> None:
    assert refusal(lambda: span(text, now=NOW)) == name


def test_span_turns_round_what_runs_backwards() -> None:
    with pytest.raises(Refused) as caught:
        span("11-27..11-20", now=NOW)
    assert (caught.value.facts["first"], caught.value.facts["last"]) == (date(2026, 11, 20), date(2026, 11, 27))


@given(st.dates(date(2026, 6, 10), date(2030, 1, 1)), st.integers(0, 200), st.sampled_from(["..", "到", " to ", "-"]))
def test_span_echoes_iso_dates(first: date, days: int, between: str) -> None:
    last = first + timedelta(days)
    assert span(f"{first}{between}{last}", now=NOW) == (first, last)
