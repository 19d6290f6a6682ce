"""Looks Slack over for ``huihou doctor``: tokens, scopes, transport, clock. Without a network it says so."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

from slack_sdk.errors import SlackApiError

from bot.finding import Finding, Level
from bot.platforms import NotNow
from bot.platforms.slack import troubles
from bot.platforms.slack.install import BEGIN
from bot.platforms.slack.manifest import ADDRESS, SCOPES
from bot.platforms.slack.wire import connect
from bot.sealing import Sealing, Unreadable
from bot.settings import Settings
from storage import slack
from storage.base import Database

DOUBTFUL, FATAL = timedelta(minutes=1), timedelta(minutes=5)
"""How far the clocks may be apart: beyond five minutes signed requests are refused."""


def examine(settings: Settings, database: Database | None, now: datetime) -> Iterator[Finding]:
    """``database`` is None where it cannot be asked: then the workspaces that have installed the app are left out."""
    own = settings.slack
    if not own.on:
        yield Finding("slack_off", "ok")
    elif own.client_id:
        yield from _several(settings, database, now)
    else:
        yield from _asked(settings, own.bot_token.get_secret_value(), now)
    if own.on:
        yield from _transport(settings)


def _asked(settings: Settings, token: str, now: datetime) -> Iterator[Finding]:
    """What Slack itself says of the token, and by the way what time it is there."""
    try:
        answer = connect(settings, token).auth_test()
    except OSError as error:
        yield Finding("slack_away", "warn", {"reason": str(getattr(error, "reason", "") or error)})
        return
    except SlackApiError as error:
        yield _refused(error)
        return
    headers = {name.lower(): value for name, value in answer.headers.items()}
    granted = {scope.strip() for scope in str(headers.get("x-oauth-scopes", "")).split(",")}
    yield _scopes(str(answer["team"]), granted)
    yield from _clock(headers, now)


def _refused(error: SlackApiError) -> Finding:
    name = troubles.name_of(error)
    if isinstance(troubles.answer_to(error), OSError | NotNow):
        return Finding("slack_away", "warn", {"reason": name or str(error.response.status_code)})
    return Finding("slack_token", "fail", {"reason": name})


def _scopes(team: str, granted: set[str]) -> Finding:
    missing = sorted(SCOPES.keys() - granted)
    if missing:
        return Finding("slack_scopes", "fail", {"team": team, "missing": missing})
    return Finding("slack", "ok", {"team": team})


def _clock(headers: Mapping[str, Any], now: datetime) -> Iterator[Finding]:
    try:
        apart = now - parsedate_to_datetime(str(headers.get("date", "")))
    except ValueError:
        return
    if abs(apart) > DOUBTFUL:
        level: Level = "fail" if abs(apart) > FATAL else "warn"
        facts = {"seconds": round(abs(apart).total_seconds()), "ahead": apart > timedelta()}
        yield Finding("slack_clock", level, facts)


def _transport(settings: Settings) -> Iterator[Finding]:
    own = settings.slack
    if own.transport == "http":
        address = f"{own.public_url}{ADDRESS}" if own.public_url else f"https://…{ADDRESS}"
        yield Finding("slack_http", "ok", {"address": address})
        return
    try:
        connect(settings, None).apps_connections_open(app_token=own.app_token.get_secret_value())
    except OSError:
        return  # said of the other token already
    except SlackApiError as error:
        found = _refused(error)
        yield Finding("slack_app_token", "fail", found.facts) if found.level == "fail" else found
    else:
        yield Finding("slack_socket", "ok")


def _several(settings: Settings, database: Database | None, now: datetime) -> Iterator[Finding]:
    if database is None:
        return
    with database.read() as db:
        rows = [dict(row) for row in slack.everywhere(db) if row["token"]]
    if not rows:
        yield Finding("slack_nobody", "warn", {"address": f"{settings.slack.public_url}{BEGIN}"})
    readable = {row["team"]: token for row in rows if (token := _opened(settings, row))}
    closed = [row["name"] for row in rows if row["team"] not in readable]
    if closed:
        yield Finding("slack_key", "fail", {"teams": closed})
    elif any(not _opened(settings, row, newest=True) for row in rows):
        yield Finding("slack_rotate", "warn")
    for row in rows:
        yield from _team(row, now)
    if readable:
        yield from _reached(settings, next(iter(readable.values())), now)


def _team(row: Mapping[str, Any], now: datetime) -> Iterator[Finding]:
    """What the row of a workspace tells without asking Slack."""
    if row["ends_at"] and row["ends_at"] <= now:
        yield Finding("slack_ended", "warn", {"team": row["name"]})
    found = _scopes(row["name"], set(str(row["scopes"]).split(",")))
    yield replace(found, level="warn") if found.level == "fail" else found


def _reached(settings: Settings, token: str, now: datetime) -> Iterator[Finding]:
    """Of what Slack says to one token only what concerns them all."""
    yield from (found for found in _asked(settings, token, now) if found.name in {"slack_away", "slack_clock"})


def _opened(settings: Settings, row: Mapping[str, Any], *, newest: bool = False) -> str:
    keys = settings.slack.keys
    try:
        return Sealing(keys[:1] if newest else keys).open(row["token"], row["team"])
    except Unreadable:
        return ""
