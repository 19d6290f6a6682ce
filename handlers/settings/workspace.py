"""What holds for the whole association: its name, its calendar, its language and how many nudges a day are enough."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Annotated

from handlers import dates
from handlers.context import Context
from handlers.grammar import Text, TextSaying
from handlers.permissions import admin, allow
from handlers.refused import Refused
from handlers.router import Router
from handlers.settings import reading, rules
from handlers.settings.speaking import ask, changed, look_again
from handlers.workdays import Calendar
from messages import Entry, Message, Offer
from storage import workspace

router = Router("settings")

LONGEST_NAME = 200
MOST_DAYS = 31
Day = Annotated[str, TextSaying({"default": "恢复"})]
_BACK = re.compile(rf"\s*(?:{'|'.join(sorted(reading.DEFAULT, key=len, reverse=True))})\s*$", re.IGNORECASE)


@router.command("settings name", zh="设置 名称", also=("设置 协会名称", "设置 名字"))
def name(ctx: Context, value: Text = "") -> Message:
    """What the association is called: settings name Society of Bridges"""
    allow(ctx, admin, None)
    if not value:
        return ask(ctx, "name", "settings name", ctx.workspace.name)
    if len(value) > LONGEST_NAME:
        raise Refused("settings/long_name", most=LONGEST_NAME)
    ctx.workspace.name = " ".join(value.split())
    return changed(ctx, "name", ctx.workspace.name)


@router.command("settings limit", zh="设置 上限", also=("设置 每日上限", "设置 提醒上限"))
def limit(ctx: Context, value: Text = "") -> Message:
    """How many reminder messages a person gets a day at most: settings limit 3"""
    allow(ctx, admin, None)
    if not value:
        return ask(ctx, "limit", "settings limit", str(ctx.workspace.nudges_a_day))
    ctx.workspace.nudges_a_day = rules.limit(reading.said(value))
    look_again(ctx)
    return changed(ctx, "limit", ctx.workspace.nudges_a_day)


@router.command("settings photos", zh="设置 照片", also=("设置 照片数量", "设置 照片张数"))
def photos(ctx: Context, value: Text = "") -> Message:
    """How many photos of each kind a meeting's day is to leave behind: settings photos 2"""
    allow(ctx, admin, None)
    if not value:
        return ask(ctx, "photos", "settings photos", str(ctx.workspace.photos_a_kind))
    ctx.workspace.photos_a_kind = rules.photos(reading.said(value))
    return changed(ctx, "photos", ctx.workspace.photos_a_kind)


@router.command("settings country", zh="设置 国家", also=("设置 国家地区", "设置 地区", "settings region"))
def country(ctx: Context, value: Text = "") -> Message:
    """Whose public holidays are days off: settings country CN"""
    allow(ctx, admin, None)
    if not value:
        return ask(ctx, "country", "settings country", ctx.workspace.country)
    ctx.workspace.country = reading.country(value, ctx.now.date())
    look_again(ctx)
    return changed(ctx, "country", ctx.workspace.country, open_year=open_year(ctx))


@router.command("settings default language", zh="设置 默认语言", also=("设置 默认 语言",))
def default_language(ctx: Context, value: Text = "") -> Message:
    """The language for who has not chosen one: settings default language 中文"""
    allow(ctx, admin, None)
    if not value:
        return ask(ctx, "default_language", "settings default language")
    ctx.workspace.locale = reading.language(value, "settings default language") or ctx.workspace.locale
    return changed(ctx, "default_language", ctx.workspace.locale)


@router.command("settings default zone", zh="设置 默认时区", also=("设置 默认 时区", "settings default time zone"))
def default_zone(ctx: Context, value: Text = "") -> Message:
    """The time zone for who has not chosen one: settings default zone Asia/Shanghai"""
    allow(ctx, admin, None)
    if not value:
        return ask(ctx, "default_zone", "settings default zone", ctx.workspace.zone)
    ctx.workspace.zone = reading.zone(value, "settings default zone") or ctx.workspace.zone
    look_again(ctx)
    return changed(ctx, "default_zone", ctx.workspace.zone)


@router.command("settings workday", zh="设置 上班", also=("设置 上班日", "设置 调休上班", "settings working day"))
def workday(ctx: Context, value: Text = "") -> Message:
    """A day on which the association works, whatever the calendar says: settings workday 2026-10-10"""
    return _mark(ctx, "workday", value, worked=True)


@router.command("settings dayoff", zh="设置 放假", also=("设置 休息日", "settings day off", "settings holiday"))
def dayoff(ctx: Context, value: Text = "") -> Message:
    """A day, or several, that the association has off: settings dayoff 2026-12-31"""
    return _mark(ctx, "dayoff", value, worked=False)


@router.command("settings day", zh="设置 日历", also=("settings calendar", "设置 日期"))
def day(ctx: Context, value: Day = "") -> Message:
    """The association's own working days, and how to take one back: settings day 2026-12-31 default"""
    named = _BACK.sub("", value)
    if not named:
        return _calendar(ctx)
    if named == value:
        offers = [Offer("workday", f"settings workday {value}"), Offer("dayoff", f"settings dayoff {value}")]
        raise Refused("settings/which_day", text=value, buttons=offers)
    return _mark(ctx, "day", named, worked=None)


def _mark(ctx: Context, key: str, text: str, *, worked: bool | None) -> Message:
    allow(ctx, admin, None)
    if not text:
        return ask(ctx, key, f"settings {key}")
    with dates.offering(f"settings {key}", " default" if worked is None else ""):
        first, last = dates.span(text, now=ctx.now.astimezone(ctx.zone), month_first=ctx.month_first)
    if (last - first).days >= MOST_DAYS:
        raise Refused("settings/many_days", most=MOST_DAYS)
    chosen = [first + timedelta(n) for n in range((last - first).days + 1)]
    for one in chosen:
        workspace.mark_day(ctx.db, ctx.workspace.id, one, worked=worked)
    look_again(ctx)
    return changed(ctx, "days", worked, first=first, last=last, count=len(chosen), now_worked=_worked(ctx, first))


def _worked(ctx: Context, one: date) -> bool:
    return Calendar(ctx.workspace.country, workspace.day_rules(ctx.db, ctx.workspace.id)).worked(one)


def _calendar(ctx: Context) -> Message:
    today = ctx.now.astimezone(ctx.zone).date()
    known = sorted(workspace.day_rules(ctx.db, ctx.workspace.id).items())
    rows = [
        Entry({"day": one, "worked": worked}, [Offer("back", f"settings day {one} default")])
        for one, worked in known
        if one >= today
    ]
    return ctx.words("settings/days", country=ctx.workspace.country, open_year=open_year(ctx), rows=rows)


def open_year(ctx: Context) -> int | None:
    """Next year, while its holidays are not announced yet."""
    year = ctx.now.astimezone(ctx.zone).year + 1
    calendar = Calendar(ctx.workspace.country, workspace.day_rules(ctx.db, ctx.workspace.id))
    return None if calendar.confirmed(year) else year
