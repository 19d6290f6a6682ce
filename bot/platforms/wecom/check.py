"""Looks WeCom over for ``huihou doctor``: each association's app, its callback, its bot and its webhooks."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from bot.finding import Finding, Level
from bot.platforms.wecom import bot_wire, entries, troubles
from bot.platforms.wecom.entries import Entry
from bot.platforms.wecom.menu import strange
from bot.platforms.wecom.troubles import Trouble, kind_of
from bot.settings import Settings
from storage.base import Database


def examine(settings: Settings, database: Database | None, now: datetime) -> Iterator[Finding]:
    """``database`` is None where it cannot be asked: then the apps are not either, as their tokens are kept there."""
    if not settings.wecom.on:
        yield Finding("wecom_off", "ok")
        return
    found = entries.build(settings, database, lambda: now) if database else {}
    for name, app in settings.wecom.apps.items():
        if name in found and found[name].client is not None:
            yield from _asked(found[name])
        elif app.speaks:
            yield Finding("wecom_unasked", "warn", {"name": name})
        if app.speaks:
            yield _callback(settings, name, hears=app.hears)
        if app.bot_id:
            level: Level = "ok" if bot_wire.available() else "fail"
            yield Finding("wecom_bot" if level == "ok" else "wecom_no_client", level, {"name": name})
        if app.hooks:
            yield Finding("wecom_hooks", "ok", {"name": name, "groups": sorted(app.hooks)})
        if app.speaks and not settings.public_url:
            yield Finding("wecom_pages", "warn", {"name": name})


def _asked(entry: Entry) -> Iterator[Finding]:
    """What WeCom itself says of the app, and if it answers, of its menu."""
    app = _app(entry)
    yield app
    if app.level == "ok":
        yield from _menu(entry)


def _menu(entry: Entry) -> Iterator[Finding]:
    """It stays at WeCom as it was put there, whatever this release has renamed since."""
    assert entry.client is not None  # noqa: S101  the caller has looked
    try:
        told = entry.client.ask("menu/get", given={"agentid": entry.app.agent_id})
    except troubles.UNASKED:
        return  # there is none, which is nothing to put right
    if names := strange(told):
        yield Finding("wecom_menu", "warn", {"name": entry.name, "entries": names})


def _app(entry: Entry) -> Finding:
    """Its name, or why WeCom tells none."""
    assert entry.client is not None  # noqa: S101  the caller has looked
    facts = {"name": entry.name}
    try:
        told = entry.client.ask("agent/get", given={"agentid": entry.app.agent_id})
    except Trouble as trouble:
        kind = kind_of(trouble.code) or "other"
        name = {"address": "wecom_address", "token": "wecom_secret"}.get(kind, "wecom_refused")
        said = trouble.address if kind == "address" else trouble.said.partition(", hint")[0]
        return Finding(name, "fail", {**facts, "reason": str(trouble.code), "said": said})
    except OSError as error:
        return Finding("wecom_away", "warn", {**facts, "reason": str(error)})
    return Finding("wecom", "ok", {**facts, "app": str(told.get("name") or entry.app.agent_id)})


def _callback(settings: Settings, name: str, *, hears: bool) -> Finding:
    facts = {"name": name, "address": f"{settings.public_url or 'https://…'}/wecom/{name}"}
    return Finding("wecom_callback", "ok", facts) if hears else Finding("wecom_deaf", "warn", facts)
