"""Looks an installation over: what is well, what is doubtful, what keeps it from working."""

from __future__ import annotations

import shlex
import shutil
import tempfile
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import available_timezones

from bot import scanning
from bot.finding import Finding, Level
from bot.platforms.email import check as email
from bot.platforms.slack import check as slack
from bot.platforms.web.site import SHORTEST_SECRET, is_on
from bot.platforms.wecom import check as wecom
from bot.settings import given, is_read
from bot.web import refuse_to_listen
from handlers.workdays import Calendar
from storage import conversation, migrations, pages, workspace
from storage.base import Unreachable

if TYPE_CHECKING:
    from bot.settings import Settings
    from storage.base import Database, Session
    from storage.files import FileStore

GIGABYTE = 1_000_000_000
LEAST_FREE = GIGABYTE // 10
ENOUGH_FREE = GIGABYTE
MOST_ZONES = 400
"""A system without time zone data knows a handful."""
FEWEST_CHARACTERS = 10
"""So many different ones at least are in a secret that a machine has drawn."""
PUBLISHED = datetime.fromisoformat("2026-01-01T00:00:00+00:00")
ANNOUNCED = 12
"""China tells the next year's days off in November; from this month on they are missed."""


def examine(settings: Settings, database: Database, store: FileStore, now: datetime) -> Iterator[Finding]:
    """Everything, in the order in which it should be put right."""
    yield from _names()
    yield _folder(settings)
    yield from _files(settings, store)
    yield _zones(settings)
    yield from _holidays(now)
    found = _database(database)
    yield found
    yield Finding("console", "ok")
    yield from _web(settings)
    for platform in (slack, wecom, email):
        yield from platform.examine(settings, database if found.name == "database" else None, now)
    if found.name == "database":
        with database.read() as db:
            yield from _contents(db, settings, now)


def _names() -> Iterator[Finding]:
    """A misspelt variable is ignored in silence, so it is named here."""
    strange = sorted(name for name in given() if not is_read(name))
    yield Finding("unknown_settings", "warn", {"names": strange}) if strange else Finding("settings", "ok")


def _folder(settings: Settings) -> Finding:
    folder = settings.data.absolute()
    try:
        with tempfile.NamedTemporaryFile(dir=folder, prefix=".doctor-"):
            free = shutil.disk_usage(folder).free
    except OSError as error:
        return Finding("folder_closed", "fail", {"folder": str(folder), "reason": error.strerror or str(error)})
    facts = {"folder": str(folder), "free": round(free / GIGABYTE, 1)}
    if free < LEAST_FREE:
        return Finding("disk_full", "fail", facts)
    return Finding("disk_low", "warn", facts) if free < ENOUGH_FREE else Finding("folder", "ok", facts)


def _files(settings: Settings, store: FileStore) -> Iterator[Finding]:
    """Where their bytes are kept, and whether whoever looks for viruses can be asked."""
    facts = {"address": store.address, "on": settings.s3.on}
    try:
        store.probe()
        yield Finding("files", "ok", facts)
    except OSError as error:
        yield Finding("files_closed", "fail", {**facts, "reason": error.strerror or str(error)})
    if settings.files.clamd:
        yield _clamd(settings.files.clamd)
    if settings.files.scan_command:
        command = shlex.split(settings.files.scan_command)[0]
        found = shutil.which(command) is not None
        yield Finding("scan_command" if found else "no_scan_command", "ok" if found else "fail", {"command": command})


def _clamd(address: str) -> Finding:
    try:
        scanning.ping(address)
    except OSError as error:
        return Finding("clamd_away", "fail", {"address": address, "reason": error.strerror or str(error)})
    return Finding("clamd", "ok", {"address": address})


def _zones(settings: Settings) -> Finding:
    known = len(available_timezones())
    level: Level = "ok" if known >= MOST_ZONES else "fail"
    return Finding("zones" if level == "ok" else "no_zones", level, {"own": settings.zone, "known": known})


def _holidays(now: datetime) -> Iterator[Finding]:
    calendar = Calendar("CN")
    for year in (now.year, now.year + 1):
        if calendar.confirmed(year):
            yield Finding("holidays", "ok", {"year": year})
        else:
            late = year == now.year or now.month >= ANNOUNCED
            yield Finding("holidays_late" if late else "holidays_open", "warn" if late else "ok", {"year": year})


def _database(database: Database) -> Finding:
    facts: dict[str, Any] = {"address": database.url.render_as_string(hide_password=True)}
    try:
        standing = migrations.standing(database)
    except migrations.Foreign:
        return Finding("database_foreign", "fail", facts)
    except migrations.Newer as newer:
        return Finding("database_newer", "fail", {**facts, "step": str(newer)})
    except Unreachable as error:
        reason = str(getattr(error, "orig", None) or error).strip().split("\n", 1)[0]
        return Finding("database_away", "fail", {**facts, "reason": reason})
    facts |= {"step": standing.step, "newest": standing.newest}
    if standing.empty:
        return Finding("database_empty", "ok", facts)
    if standing.ahead:
        return Finding("database_ahead", "warn", facts)
    return Finding("database", "ok", facts) if standing.current else Finding("database_behind", "fail", facts)


def _web(settings: Settings) -> Iterator[Finding]:
    secret = settings.web.secret.get_secret_value()
    facts = {"host": settings.web.host, "port": settings.web.port, "least": SHORTEST_SECRET, "length": len(secret)}
    if secret and len(secret) < SHORTEST_SECRET:
        yield Finding("secret_short", "fail", facts)
    elif secret and len(set(secret)) < FEWEST_CHARACTERS:
        yield Finding("secret_weak", "warn", facts)
    refusal = refuse_to_listen(settings)
    if refusal is not None:
        yield Finding("listening", "fail", {"reason": refusal})
    elif settings.demo:
        yield Finding("demo", "warn", facts)
    else:
        yield Finding("web" if is_on(settings) else "web_off", "ok", facts)


def _contents(db: Session, settings: Settings, now: datetime) -> Iterator[Finding]:
    """What the rows tell: whether the clock has gone back, and whether anybody can sign in."""
    newest = conversation.last_at(db)
    behind = newest is not None and now < newest - timedelta(minutes=1)
    wrong = now < PUBLISHED or (behind and not settings.demo)
    yield (
        Finding("clock_wrong", "fail", {"now": now, "newest": newest})
        if wrong
        else Finding("clock", "ok", {"now": now})
    )
    place = workspace.find(db, "main")
    accounts = pages.accounts(db, place.id, "web") if place else []
    if is_on(settings) and not settings.demo and not any(account.password for account, _ in accounts):
        yield Finding("nobody", "warn")
