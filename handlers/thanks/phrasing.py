"""What rows come to in the words of a letter: days, quantities, what a benefit came to; in the letter's language."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from zoneinfo import ZoneInfo

import messages
from messages.filters import of_many
from messages.markdown import plain
from storage.attendance import Tally
from storage.consents import Consent
from storage.crew import Shift
from storage.files import File
from storage.programme import ProgrammeSession
from storage.sponsors import Benefit


def day(one: date, locale: str) -> str:
    """2026年6月8日 · 8 June 2026."""
    return f"{one.day} {one:%B %Y}" if locale == "en" else f"{one.year}年{one.month}月{one.day}日"


def span(first: date, last: date, locale: str) -> str:
    """2026年6月6日至8日 · 6–8 June 2026: what both days share is said once."""
    if first == last:
        return day(first, locale)
    same_year, same_month = first.year == last.year, (first.year, first.month) == (last.year, last.month)
    if locale == "en":
        begin = f"{first.day}" if same_month else f"{first.day} {first:%B}" if same_year else day(first, locale)
        return f"{begin}–{day(last, locale)}" if same_month else f"{begin} – {day(last, locale)}"
    end = f"{last.day}日" if same_month else f"{last.month}月{last.day}日" if same_year else day(last, locale)
    return f"{day(first, locale)}至{end}"


def moments(first: datetime | None, last: datetime | None, zone: ZoneInfo, locale: str) -> str:
    """The day, and from when to when on it, as far as that is known."""
    if first is None:
        return ""
    begin = first.astimezone(zone)
    if last is None:
        return f"{day(begin, locale)} {begin:%H:%M}"
    return f"{day(begin, locale)} {begin:%H:%M}–{last.astimezone(zone):%H:%M}"


_TIERS = {
    "钻石": "Diamond",
    "白金": "Platinum",
    "铂金": "Platinum",
    "金牌": "Gold",
    "黄金": "Gold",
    "银牌": "Silver",
    "白银": "Silver",
    "铜牌": "Bronze",
    "青铜": "Bronze",
    "战略": "Strategic",
    "支持": "Supporting",
}
_RANK = re.compile(r"级?(?:赞助商?)?$")
"""What lists write behind a level: 黄金级, 金牌赞助商."""
_IN_CHINESE = {english.casefold(): chinese for chinese, english in reversed(_TIERS.items())}


def tier(said: str, locale: str) -> str:
    """A usual level of sponsorship in the language of the letter; what the association made up stays as it is."""
    bare = said.strip()
    return _TIERS.get(_RANK.sub("", bare), bare) if locale == "en" else _IN_CHINESE.get(bare.casefold(), bare)


def quantity(number: Decimal | None, unit: str) -> str:
    """3 次 · 3 prints · 1 print."""
    return "" if number is None else of_many(f"{number.normalize():f}", unit)


def hours(minutes: int) -> str:
    """7.5: to a tenth, without a needless nought."""
    return f"{minutes / 60:.1f}".removesuffix(".0")


def shift(row: Shift, zone: ZoneInfo, locale: str) -> str:
    return " ".join(filter(None, (moments(row.starts_at, row.ends_at, zone, locale), row.text)))


def session(row: ProgrammeSession, zone: ZoneInfo, locale: str) -> str:
    return moments(row.starts_at, row.ends_at, zone, locale)


def benefit(row: Benefit, proofs: Sequence[File], locale: str) -> dict[str, str]:
    """What was promised, what came of it, and what proves it; empty where nothing is known."""
    said = messages.write(
        "thanks/benefit",
        locale,
        promised=quantity(row.promised, row.unit),
        delivered=quantity(row.delivered or None, row.unit),
        where=row.where,
        when=row.when,
        method=row.method,
    )
    proved = " ".join(filter(None, (row.link, ", ".join(file.name for file in proofs))))
    return {"promised": plain(said.title), "delivered": plain(said.body), "proof": proved}


@cache
def allowed(scope: str | None, embargo: date | None, locale: str) -> str:
    """What a speaker lets be done with their materials, in words."""
    shown = day(embargo, locale) if embargo else ""
    return plain(messages.write("thanks/allowed", locale, scope=scope, embargo=shown).body)


def consent(rows: Sequence[Consent], locale: str) -> str:
    """By the newest that was not withdrawn."""
    standing = [row for row in rows if row.withdrawn_at is None]
    newest = standing[-1] if standing else None
    return allowed(newest.scope if newest else None, newest.embargo if newest else None, locale)


@cache
def package(what: str, scope: str, until: str, locale: str) -> str:
    """What the link to the results opens, for whom, until when, and that it may be withdrawn. ``until``: an ISO day."""
    shown = day(date.fromisoformat(until), locale) if until else ""
    return plain(messages.write("thanks/package", locale, what=what, scope=scope, until=shown).body)


@cache
def reach(tally: Tally, locale: str) -> list[str]:
    """How many came, by what lists say."""
    return [plain(row) for row in messages.write("thanks/reach", locale, tally=tally).body.split("\n") if row.strip()]


@cache
def part(what: str, locale: str) -> str:
    """What somebody was in a session; empty for who spoke."""
    return plain(messages.write("thanks/part", locale, part=what).body)


@cache
def case(stage: str, locale: str) -> tuple[str, str]:
    """How an application for membership stands, and what comes next."""
    told = messages.write("thanks/case", locale, stage=stage)
    return plain(told.body), plain(told.footer)
