"""Dates, names and numbers are the reader's own, in language and in zone."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jinja2 import UndefinedError

from messages import catalog, filters
from messages.markdown import Safe
from storage.checklist import State
from storage.meetings import Meeting
from storage.people import Role
from tests.chat import Chat

EVENING = datetime(2026, 6, 17, 10, 0, tzinfo=UTC)
"""18:00 in Shanghai, on a Wednesday."""
HERE = ("zh_CN", "en")


def render(source: str, locale: str = "en", zone: str = "Asia/Shanghai", **facts: object) -> str:
    return catalog.environment().from_string(source).render(locale=locale, zone=zone, **facts)


@pytest.mark.parametrize(
    ("name", "chinese", "english"),
    [
        ("moment", "6月17日（周三）18:00", "Wed 17 Jun, 18:00"),
        ("day", "6月17日（周三）", "Wed 17 Jun"),
        ("full_day", "2026年6月17日（周三）", "Wed 17 Jun 2026"),
        ("clock", "18:00", "18:00"),
    ],
)
def test_moments_in_both_languages(name: str, chinese: str, english: str) -> None:
    assert [render(f"{{{{ x | {name} }}}}", locale, x=EVENING) for locale in HERE] == [chinese, english]


@pytest.mark.parametrize(
    ("name", "chinese", "english"),
    [("day", "6月17日（周三）", "Wed 17 Jun"), ("full_day", "2026年6月17日（周三）", "Wed 17 Jun 2026")],
)
def test_days_that_belong_to_no_zone(name: str, chinese: str, english: str) -> None:
    found = [render(f"{{{{ x | {name} }}}}", locale, "America/New_York", x=date(2026, 6, 17)) for locale in HERE]
    assert found == [chinese, english]


@pytest.mark.parametrize("number", range(7))
def test_every_weekday_has_its_name(number: int) -> None:
    monday = date(2026, 6, 15)
    chinese, english = (render("{{ x | day }}", locale, x=monday + timedelta(number)) for locale in HERE)
    assert f"（周{'一二三四五六日'[number]}）" in chinese
    assert english[:3] == "Mon Tue Wed Thu Fri Sat Sun".split()[number]


@pytest.mark.parametrize(
    ("zone", "said", "day"),
    [
        ("Asia/Shanghai", "Thu 18 Jun, 02:30", "Thu 18 Jun"),
        ("UTC", "Wed 17 Jun, 18:30", "Wed 17 Jun"),
        ("America/Los_Angeles", "Wed 17 Jun, 11:30", "Wed 17 Jun"),
        ("Asia/Kathmandu", "Thu 18 Jun, 00:15", "Thu 18 Jun"),
        ("Pacific/Kiritimati", "Thu 18 Jun, 08:30", "Thu 18 Jun"),
    ],
)
def test_a_moment_is_shown_where_its_reader_is(zone: str, said: str, day: str) -> None:
    late = datetime(2026, 6, 17, 18, 30, tzinfo=UTC)
    assert render("{{ x | moment }}", zone=zone, x=late) == said
    assert render("{{ x | day }}", zone=zone, x=late) == day
    assert render("{{ x | clock }}", zone=zone, x=late) == said[-5:]


def test_the_year_is_the_readers_too() -> None:
    new_year = datetime(2026, 12, 31, 16, 0, tzinfo=UTC)
    assert render("{{ x | full_day }}", x=new_year) == "Fri 1 Jan 2027"
    assert render("{{ x | full_day }}", zone="UTC", x=new_year) == "Thu 31 Dec 2026"


@pytest.mark.parametrize(
    ("moment", "said"),
    [
        ("2026-03-29T00:59:00+00:00", "Sun 29 Mar, 00:59"),  # the last minute of winter time
        ("2026-03-29T01:00:00+00:00", "Sun 29 Mar, 02:00"),  # 01:00 to 01:59 do not exist
        ("2026-10-25T00:30:00+00:00", "Sun 25 Oct, 01:30"),  # half past one, in summer time
        ("2026-10-25T01:30:00+00:00", "Sun 25 Oct, 01:30"),  # and once more, in winter time
        ("2026-10-25T02:00:00+00:00", "Sun 25 Oct, 02:00"),
    ],
)
def test_the_clocks_change_in_london(moment: str, said: str) -> None:
    assert render("{{ x | moment }}", zone="Europe/London", x=datetime.fromisoformat(moment)) == said


def test_shanghai_once_had_summer_time() -> None:
    assert render("{{ x | clock }}", x=datetime(1988, 7, 1, 0, 0, tzinfo=UTC)) == "09:00"
    assert render("{{ x | clock }}", x=datetime(2026, 7, 1, 0, 0, tzinfo=UTC)) == "08:00"


@given(st.datetimes(datetime(2020, 1, 1), datetime(2040, 1, 1), timezones=st.timezones()))  # noqa: DTZ001
def test_the_same_moment_reads_the_same_in_whatever_zone_it_is_kept(moment: datetime) -> None:
    for name in ("moment", "day", "full_day", "clock"):
        source = f"{{{{ x | {name} }}}}"
        assert render(source, x=moment) == render(source, x=moment.astimezone(UTC))


@given(st.datetimes(datetime(2020, 1, 1), datetime(2040, 1, 1), timezones=st.just(UTC)), st.timezones())  # noqa: DTZ001
def test_a_moment_is_its_day_and_its_clock(moment: datetime, zone: ZoneInfo) -> None:
    for locale, between in zip(HERE, ("", ", "), strict=True):
        source = "{{ x | moment }}|{{ x | day }}" + between + "{{ x | clock }}"
        whole, parts = render(source, locale, str(zone), x=moment).split("|")
        assert whole == parts


def test_a_time_of_day_belongs_to_no_zone() -> None:
    assert render("{{ x | hm }}", zone="Asia/Tokyo", x=time(8, 5)) == "08:05"


@pytest.mark.parametrize(
    ("days", "chinese", "english"),
    [(-3, "3天前", "3 days ago"), (2, "2天后", "in 2 days"), (-21, "3周前", "3 weeks ago")],
)
def test_how_long_ago(days: int, chinese: str, english: str) -> None:
    then = (EVENING + timedelta(days=days)).astimezone(ZoneInfo("Asia/Tokyo"))
    assert [render("{{ x | ago(now) }}", locale, x=then, now=EVENING) for locale in HERE] == [chinese, english]


# --- names and numbers


@pytest.mark.parametrize(
    ("names", "chinese", "english"),
    [
        ([], "", ""),
        (["Li"], "Li", "Li"),
        (["Li", "Wu"], "Li和Wu", "Li and Wu"),
        (["Li", "Wu", "Xu"], "Li、Wu和Xu", "Li, Wu, and Xu"),
    ],
)
def test_lists(names: list[str], chinese: str, english: str) -> None:
    assert [render("{{ x | listed }}", locale, x=names) for locale in HERE] == [chinese, english]


def test_what_is_listed_is_escaped_once() -> None:
    assert render("{{ x | listed }}", x=["*a*", Safe("**b**")]) == r"\*a\* and **b**"


@pytest.mark.parametrize("locale", HERE)
def test_percent(locale: str) -> None:
    assert [render("{{ x | percent }}", locale, x=x) for x in (0, 0.5, 0.126, 1)] == ["0%", "50%", "13%", "100%"]


@pytest.mark.parametrize(
    ("chinese", "english", "said"),
    [
        ("年会", "Congress", ["年会", "Congress"]),
        ("年会", "", ["年会", "年会"]),
        ("", "Congress", ["Congress", "Congress"]),
    ],
)
def test_a_row_is_called_in_the_readers_language_else_in_the_other(chinese: str, english: str, said: list[str]) -> None:
    rows = [Meeting(name_zh=chinese, name_en=english), SimpleNamespace(title_zh=chinese, title_en=english)]
    for row in rows:
        assert [render("{{ x | titled }}", locale, x=row) for locale in HERE] == said
    for words in ({"zh": chinese, "en": english}, SimpleNamespace(zh=chinese, en=english)):
        assert [render("{{ x | in_language }}", locale, x=words) for locale in HERE] == said


def test_a_row_with_one_name_and_a_title_before_a_name() -> None:
    assert render("{{ x | titled }}", x=SimpleNamespace(name="Li")) == "Li"
    both = SimpleNamespace(title_zh="题", title_en="Title", name_zh="名", name_en="Name")
    assert render("{{ x | titled }}", x=both) == "Title"


def test_names_that_people_gave_are_escaped() -> None:
    assert render("{{ x | titled }}", x=SimpleNamespace(name="[a](b)")) == r"\[a\](b)"
    assert render("{{ x | in_language }}", x={"zh": "", "en": "**a**"}) == r"\*\*a\*\*"


@pytest.mark.parametrize(
    ("code", "said"), [("CN", ["中国", "China"]), ("DE-BY", ["德国 (BY)", "Germany (BY)"]), ("XX", ["XX"] * 2)]
)
def test_countries(code: str, said: list[str]) -> None:
    assert [render("{{ x | territory }}", locale, x=code) for locale in HERE] == said


def test_zones_are_called_after_their_place() -> None:
    assert [render("{{ x | zone_name }}", locale, x="Europe/London") for locale in HERE] == [
        "英国时间",
        "United Kingdom Time",
    ]


def test_what_a_template_put_together_is_not_escaped_again() -> None:
    assert render("{% set a %}{{ x }}{% endset %}{{ a | made }}", x="*") == r"\*"


# --- cells


@pytest.mark.parametrize(
    ("value", "chinese", "english"),
    [
        (None, "", ""),
        ("*plain*", "*plain*", "*plain*"),
        (12345, "12,345", "12,345"),
        (Decimal("1234.50"), "1,234.5", "1,234.5"),
        (0, "0", "0"),
        (EVENING, "6月17日（周三）18:00", "Wed 17 Jun, 18:00"),
        (date(2026, 6, 17), "6月17日（周三）", "Wed 17 Jun"),
        (Role.LEAD, "项目负责人", "project lead"),
        (State.NOT_APPLICABLE, "不适用", "does not apply"),
    ],
)
def test_cells_are_plain_characters_in_the_readers_language(value: object, chinese: str, english: str) -> None:
    context = [
        catalog.environment().from_string("").new_context({"locale": locale, "zone": "Asia/Shanghai"})
        for locale in HERE
    ]
    assert [filters.cell(one, value) for one in context] == [chinese, english]


def test_a_table_is_headed_and_filled_for_its_reader(chat: Chat) -> None:
    ann = chat.person("Ann", locale="zh_CN")
    ann.says("新建会议 桥梁年会 结束: 6月8日 17:00")
    table = ann.says("状态").table
    assert table is not None
    assert table.columns == ("阶段", "进度", "已办结", "总数")
    assert table.numbers == (2, 3)
    assert all(row[2] == "0" and row[3].isdecimal() for row in table.rows)


def test_an_unknown_name_is_an_error_not_a_hole() -> None:
    with pytest.raises(UndefinedError):
        render("{{ nobody | listed }}")


@pytest.mark.parametrize(
    ("unit", "one"),
    [("pages", "page"), ("copies", "copy"), ("boxes", "box"), ("launches", "launch"), ("Sessions", "Session")]
    + [(word, word) for word in ("booth", "块", "bus", "series", "glass", "")],
)
def test_one_of_it_is_not_many(unit: str, one: str) -> None:
    assert filters.of_many("1", unit) == f"1 {one}".strip()
    assert filters.of_many("2", unit) == f"2 {unit}".strip()
