"""The associations that the settings name, each with its own app: nothing of one is ever used for another."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from bot.platforms import Closed
from bot.platforms.wecom.client import Client
from bot.platforms.wecom.envelope import Envelopes
from bot.platforms.wecom.places import Place
from bot.sections import WecomApp
from bot.settings import Settings
from storage.base import Database

SHARED = "main"
"""The association of this name has the browser chat's workspace; any other has one of its own."""
PREFIX = "wecom:"


@dataclass(frozen=True)
class Entry:
    """``client`` is there where the app may speak, ``envelopes`` where WeCom calls it back."""

    name: str
    app: WecomApp
    client: Client | None
    envelopes: Envelopes | None

    @property
    def workspace(self) -> str:
        return SHARED if self.name == SHARED else f"{PREFIX}{self.name}"


Entries = Mapping[str, Entry]


def build(settings: Settings, database: Database, now: Callable[[], datetime]) -> Entries:
    return {name: _entry(name, app, settings, database, now) for name, app in settings.wecom.apps.items()}


def _entry(name: str, app: WecomApp, settings: Settings, database: Database, now: Callable[[], datetime]) -> Entry:
    client = Client(app, database, now, api_url=settings.wecom.api_url) if app.speaks else None
    token, key = app.token.get_secret_value(), app.aes_key.get_secret_value()
    return Entry(name, app, client, Envelopes(token, key, app.corp_id) if app.hears else None)


def of_workspace(entries: Entries, key: str) -> Entry | None:
    """Whose workspace that is; None where the settings no longer name it."""
    return entries.get(key.removeprefix(PREFIX)) if key == SHARED or key.startswith(PREFIX) else None


def client_of(entry: Entry) -> Client:
    """Raises ``Closed`` where the association has no app."""
    if entry.client is None:
        raise Closed("token")
    return entry.client


def hook_of(entry: Entry, place: Place) -> str:
    """A webhook's key. Raises ``Closed`` for one that the settings no longer name."""
    if place.id not in entry.app.hooks:
        raise Closed("hook")
    return entry.app.hooks[place.id].get_secret_value()
