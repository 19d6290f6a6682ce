"""Forms and places for files: WeCom has none, so a message that needs one leads to a page that opens once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from bot import tickets
from bot.platforms import Outgoing
from bot.platforms.wecom.enter import door
from bot.platforms.wecom.entries import SHARED, Entry
from bot.platforms.wecom.places import OF_ONE_PERSON, Kind, Place
from bot.settings import Settings
from storage.base import Database


@dataclass
class Pages:
    settings: Settings
    database: Database
    now: Callable[[], datetime]

    def address(self, entry: Entry, outgoing: Outgoing, place: Place) -> str:
        """The page's, for the one person who sees the message; empty for a group, and where pages cannot be reached.

        For a webhook's group it is the browser chat, where there is one for this association and no nearer way to say
        something to the bot.

        Where WeCom can tell who opens it, it leads there by way of WeCom; else whoever has it is taken for that person.
        """
        if place.kind is Kind.HOOK:
            return self._chat(entry)
        if not self.settings.public_url or place.kind not in OF_ONE_PERSON:
            return ""
        said, room, guarded = outgoing.message, outgoing.room, entry.app.trusted_domain
        issue = tickets.form_token if said.form else tickets.upload_token
        make = tickets.form_address if said.form else tickets.upload_address
        with self.database.write() as db:
            token = issue(db, said, room=room, account=place.id, now=self.now(), door=guarded)
        return door(self.settings, entry, token) if guarded else make(self.settings.public_url, token)

    def _chat(self, entry: Entry) -> str:
        address, secret = self.settings.public_url, self.settings.web.secret.get_secret_value()
        nearer = entry.client is not None or entry.app.bot_id
        return f"{address}/" if address and secret and entry.name == SHARED and not nearer else ""
