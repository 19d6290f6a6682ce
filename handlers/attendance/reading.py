"""The rows of a list → what they say of whom, and which of them are hard to use. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from handlers.attendance.cells import (
    cancelled,
    email_key,
    has_come,
    has_not_come,
    phone_key,
)
from handlers.attendance.columns import minute
from handlers.cleaning.cells import full_name, two_names
from handlers.cleaning.phones import is_cut, whole
from handlers.dates.column import Order, order_of
from handlers.dates.printed import clocks_in, day_in
from handlers.sheets import Row, Sheet
from storage.attendance import RollKind

LENGTHS = {"external": 100, "name": 200, "unit": 200, "position": 100, "email": 200, "phone": 50, "ticket": 100}
_MOMENT = re.compile(
    r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?\s*T?\s*(\d{1,2})[:：时点](\d{1,2})", re.IGNORECASE
)
_YEAR = re.compile(
    r"(?<!\d)(?:(\d{4})\s*[-/.年]\s*\d{1,2}\s*[-/.月]\s*\d{1,2}|\d{1,2}\s*[-/.]\s*\d{1,2}\s*[-/.]\s*(\d{4}))(?!\d)"
)
YEARS = range(1970, 2201)
"""Programs write others where there is no time: 0001-01-01, 1899-12-30, 9999-12-31."""
_CLOCK = re.compile(r"(\d{1,3}):(\d{2})(?::(\d{2}))?")
_PART = re.compile(r"(\d+(?:\.\d+)?)\s*(小时|时|h\w*|分钟|分|m\w*|秒|s\w*)", re.IGNORECASE)
_WORTH = {"小": 60.0, "时": 60.0, "h": 60.0, "分": 1.0, "m": 1.0, "秒": 1 / 60, "s": 1 / 60}
DAY = 24 * 60 * 31


@dataclass(frozen=True)
class Problem:
    """A row that is hard to use. ``why``: "nobody", "two_names", "phone", "phone_cut", "email"."""

    number: int
    why: str
    value: str = ""


@dataclass(frozen=True)
class Read:
    """``rows`` as they are kept, ``problems`` in the order of the sheet."""

    rows: list[dict[str, Any]]
    problems: list[Problem]
    order: Order = field(default_factory=Order)


@dataclass(frozen=True)
class Scene:
    """By what bare dates and times are meant: the meeting's first and last day, in its zone; and the order of both."""

    days: tuple[date, date]
    zone: ZoneInfo
    dates: str = ""
    """What stands first in them, as somebody says."""
    day_first: bool = False


def read_rows(sheet: Sheet, kind: RollKind, scene: Scene) -> Read:
    """Every row below the headings."""
    rows = list(sheet.found.rows(sheet.grid.rows))
    tells = any(map(_tells, rows))
    order = order_of([_at(row.values) for row in rows], scene.days, said=scene.dates)
    scene = replace(scene, day_first=order.day_first)
    kept = [_kept(row, sheet, kind, scene, tells=tells) for row in rows]
    return Read(kept, [problem for row in kept for problem in _problems(row)], order)


def _tells(row: Row) -> bool:
    """Whether the list says of each row if somebody came: it then need not have been everybody."""
    get = row.values.get
    told = has_come(get("status", "")) or has_not_come(get("status", ""))
    return bool(told or get("at", "") or get("minutes", ""))


def _kept(row: Row, sheet: Sheet, kind: RollKind, scene: Scene, *, tells: bool) -> dict[str, Any]:
    get = row.values.get
    plain: dict[str, Any] = {name: get(name, "")[:length] for name, length in LENGTHS.items()}
    minutes = _minutes(get("minutes", ""), minute(sheet))
    plain["name"] = (plain["name"] or full_name(get("first", ""), get("last", "")))[: LENGTHS["name"]]
    plain["phone"] = whole(plain["phone"])
    status = get("status", "")
    came = _came(row.values, minutes) if tells else kind != RollKind.REGISTRATION
    return {
        **plain,
        "number": row.number,
        "at": _moment(_at(row.values), scene),
        "minutes": minutes,
        "status": status[:50],
        "came": came and (not cancelled(status) or bool(_at(row.values))),
        "attendee": None,
        "remark": "",
    }


def _came(values: Mapping[str, str], minutes: int | None) -> bool:
    at, status = _at(values), values.get("status", "")
    if has_come(status) or (at and not has_not_come(at)):
        return True
    return bool(minutes) and not has_not_come(status)


def _at(values: Mapping[str, str]) -> str:
    """The cell of the time of arrival; empty, too, where it says a year that stands for none."""
    cell = values.get("at", "")
    year = _YEAR.search(cell)
    return cell if year is None or int(year[1] or year[2]) in YEARS else ""


def _moment(text: str, scene: Scene) -> datetime | None:
    """As the list's program writes it; None where day or time is missing."""
    try:
        if match := _MOMENT.search(text):
            found = datetime(*map(int, match.groups()), tzinfo=scene.zone)  # type: ignore[misc,arg-type]
            return found if found.year in YEARS else None
        day = day_in(text, *scene.days, alone=True, day_first=scene.day_first)
        return datetime.combine(day, clocks_in(text)[0], scene.zone) if day else None
    except (ValueError, IndexError):
        return None


def _minutes(text: str, unit: float) -> int | None:
    """``95``, ``95分钟``, ``1小时35分``, ``1:35``, ``1:35:20``; None where it says no such thing."""
    if clock := _CLOCK.fullmatch(text.strip()):
        found = int(clock[1]) * 60 + int(clock[2]) + int(clock[3] or 0) / 60
    elif parts := _PART.findall(text):
        found = sum(float(number) * _WORTH[word[0].lower()] for number, word in parts)
    else:
        try:
            found = float(text.replace(",", "")) * unit
        except ValueError:
            return None
    return round(min(found, DAY)) if found >= 0 else None  # of nothing is nan so


def _problems(row: Mapping[str, Any]) -> Iterator[Problem]:
    number, phone, email = row["number"], row["phone"], row["email"]
    if not (row["name"] or phone_key(phone) or email_key(email) or row["external"]):
        yield Problem(number, "nobody")
        return
    if two_names(row["name"]):
        yield Problem(number, "two_names", row["name"])
    if is_cut(phone):
        yield Problem(number, "phone_cut")
    elif phone and not phone_key(phone) and len(re.sub(r"\D", "", phone)) < 7:  # noqa: PLR2004  the shortest numbers
        yield Problem(number, "phone")
    if email and not email_key(email):
        yield Problem(number, "email")
