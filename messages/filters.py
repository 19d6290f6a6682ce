"""What templates may do with facts: dates, names, numbers and terms in the reader's language."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from enum import StrEnum
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from babel.core import Locale
from babel.dates import format_date, format_datetime, format_timedelta, get_timezone_location
from babel.lists import format_list
from babel.numbers import format_decimal, format_percent
from jinja2 import pass_context
from jinja2.runtime import Context

from messages.markdown import Safe, escape

_MOMENT = {"zh_CN": "M月d日（EEE）HH:mm", "en": "EEE d MMM, HH:mm"}
_DAY = {"zh_CN": "M月d日（EEE）", "en": "EEE d MMM"}
_FULL_MOMENT = {"zh_CN": "y年M月d日（EEE）HH:mm", "en": "EEE d MMM y, HH:mm"}
_PLURAL = re.compile(r"(?<=[b-df-hj-np-tv-z])ies$|(?<=[a-z])(?:(?<=x|s)es|(?<=[cs]h)es|(?<![aious])s)$", re.IGNORECASE)
"""How an English plural ends; what ends otherwise, like bus, stays as it is."""
_ONE = {"ies": "y"}
_FULL_DAY = {"zh_CN": "y年M月d日（EEE）", "en": "EEE d MMM y"}


@cache
def tongue(locale: str) -> Locale:
    """Looked up once: Babel searches all of its thousand locales whenever it is given a mere name."""
    return Locale.parse(locale)


def _local(context: Context, moment: datetime) -> datetime:
    return moment.astimezone(ZoneInfo(context["zone"]))


@pass_context
def moment(context: Context, value: datetime) -> Safe:
    """6月17日（周三）18:00 · Wed 17 Jun, 18:00, in the reader's zone; with the year, if it is another than this."""
    locale, local = context["locale"], _local(context, value).replace(tzinfo=None)
    shapes = _FULL_MOMENT if _another_year(context, local) else _MOMENT
    return Safe(format_datetime(local, shapes[locale], locale=tongue(locale)))


@pass_context
def day(context: Context, value: date | datetime) -> Safe:
    """6月17日（周三） · Wed 17 Jun; with the year, if it is another than this."""
    return _dated(context, value, _FULL_DAY if _another_year(context, value) else _DAY)


def _another_year(context: Context, value: date) -> bool:
    """Where the message knows no ``now``, every year is this one."""
    now = context.get("now")
    if not isinstance(now, datetime):
        return False
    year = _local(context, value).year if isinstance(value, datetime) and value.tzinfo else value.year
    return bool(year != _local(context, now).year)


@pass_context
def full_day(context: Context, value: date | datetime) -> Safe:
    """The day with its year, for headings and records."""
    return _dated(context, value, _FULL_DAY)


def _dated(context: Context, value: date | datetime, shapes: Mapping[str, str]) -> Safe:
    locale = context["locale"]
    if isinstance(value, datetime):
        value = _local(context, value).date()
    return Safe(format_date(value, shapes[locale], locale=tongue(locale)))


@pass_context
def clock(context: Context, value: datetime) -> Safe:
    """18:00, in the reader's zone."""
    return Safe(_local(context, value).strftime("%H:%M"))


def hm(value: time) -> Safe:
    """08:30: a time of day that belongs to no date."""
    return Safe(f"{value:%H:%M}")


@pass_context
def territory(context: Context, value: str) -> str:
    """中国 · China, from an ISO 3166 code; a part of a country keeps its code."""
    code, _, part = value.partition("-")
    name = tongue(context["locale"]).territories.get(code, code)
    return f"{name} ({part})" if part else name


@pass_context
def zone_name(context: Context, value: str) -> str:
    """北京 · Beijing Time or the like, from an IANA zone."""
    return get_timezone_location(value, locale=tongue(context["locale"]))


@pass_context
def ago(context: Context, value: datetime, now: datetime) -> Safe:
    """3 天前 · 3 days ago (or 后 · in)."""
    span: timedelta = value.astimezone(UTC) - now.astimezone(UTC)
    return Safe(format_timedelta(span, add_direction=True, locale=tongue(context["locale"])))


@pass_context
def listed(context: Context, values: Iterable[object]) -> Safe:
    """张三、李四和王五 · Zhang San, Li Si, and Wang Wu."""
    return Safe(format_list([escape(value) for value in values], locale=tongue(context["locale"])))


@pass_context
def percent(context: Context, value: float) -> Safe:
    return Safe(format_percent(value, locale=tongue(context["locale"])))


@pass_context
def titled(context: Context, row: Any) -> str:
    """The title or name of a row that has one in each language; the other language where one is empty."""
    for stem in ("title", "name"):
        if hasattr(row, f"{stem}_zh"):
            chinese, english = getattr(row, f"{stem}_zh"), getattr(row, f"{stem}_en")
            return str((chinese or english) if context["locale"] == "zh_CN" else (english or chinese))
    return str(row.name)


@pass_context
def in_language(context: Context, words: Any) -> str:
    """The reader's side of ``{zh: …, en: …}``, or of anything with ``zh`` and ``en``."""
    chinese, english = (words["zh"], words["en"]) if isinstance(words, dict) else (words.zh, words.en)
    return str((chinese or english) if context["locale"] == "zh_CN" else (english or chinese))


def of_many(count: str, unit: str) -> str:
    """How many of what, as people write it: 2 块, 2 pages; one of it in English is 1 page, 1 copy, 1 box."""
    if count == "1" and not unit.casefold().endswith("series"):
        unit = _PLURAL.sub(lambda found: _ONE.get(found[0].casefold(), ""), unit)
    return f"{count} {unit}".strip()


def made(value: str) -> Safe:
    """Markdown that a template put together in ``{% set %}``: its parts were escaped when they were printed."""
    return Safe(value)


def cell(context: Context, value: object) -> str:
    """A value in a table cell: plain characters, not markdown."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return str(moment(context, value))
    if isinstance(value, date):
        return str(day(context, value))
    if isinstance(value, StrEnum):
        return context.environment.globals["term_text"](context, value)  # type: ignore[operator,no-any-return]
    if isinstance(value, int | float | Decimal) and not isinstance(value, bool):
        return format_decimal(value, locale=tongue(context["locale"]))
    return str(value)


FILTERS = {
    "moment": moment,
    "day": day,
    "full_day": full_day,
    "clock": clock,
    "hm": hm,
    "territory": territory,
    "zone_name": zone_name,
    "ago": ago,
    "listed": listed,
    "percent": percent,
    "titled": titled,
    "in_language": in_language,
    "made": made,
    "of_many": of_many,
}
