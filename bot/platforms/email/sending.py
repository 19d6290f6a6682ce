"""Mail, a platform that only sends: a promised letter is drawn, enclosed with its files and handed to the server."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.platforms import Closed, Impossible, Later, Outgoing
from bot.platforms.email.composing import Enclosed, NoAddress, Sheet, ascii_address, compose
from bot.platforms.email.wire import Busy, Wire
from bot.settings import Settings
from handlers.context import voice
from handlers.thanks.certifying import stored_with, with_letter
from handlers.thanks.rules import called
from messages import Offer
from messages.papers import Paper, certificate
from messages.papers.pdf import NotInstalled
from storage import files, letters, people, rooms, workspace
from storage.base import Database, Session
from storage.files import FileStore
from storage.letters import BULK, Letter
from storage.parties import Party
from storage.rooms import Address

PDF = "application/pdf"
MEGABYTE = 1024 * 1024
REMEMBERED = 1000
LONGEST_BUSY = timedelta(days=1)
MINUTE_MS = 60_000


@dataclass
class Mail:
    """SMTP cannot be asked what it has accepted: only this process remembers, for the case that marking it fails."""

    settings: Settings
    database: Database
    now: Callable[[], datetime]
    store: FileStore
    wire: Wire
    accepted: OrderedDict[str, str] = field(default_factory=OrderedDict)
    busy_since: datetime | None = None
    """Since when the server has taken nothing, as far as this process knows."""
    name: str = "email"
    pace_ms: int = 0

    def send(self, outgoing: Outgoing) -> str:
        """The Message-ID, which is the same at every attempt. Raises as ``Wire.deliver`` does."""
        own = self.settings.email
        with self.database.read() as db:
            sheet = self._sheet(db, outgoing)
        try:
            facts = {"sender": own.sender, "sender_name": own.sender_name, "reply_to": own.reply_to}
            message, to = compose(sheet, **facts, now=self.now()), ascii_address(sheet.to)
        except NoAddress:
            raise Impossible("553 5.1.3 no mail address") from None
        try:
            self.wire.deliver(message, sender=ascii_address(own.sender), to=to)
        except Busy as busy:
            closed = self._busy_for_too_long(busy)
            if closed is None:
                raise
            self._tell(outgoing.room, str(closed))
            raise closed from busy
        except (Later, Impossible):
            self.busy_since = None  # it has listened, and refuses this letter
            raise
        except Closed as closed:
            self._tell(outgoing.room, str(closed))
            raise
        self.busy_since = None
        self._remember(outgoing.key, sheet.message_id)
        return sheet.message_id

    def find(self, outgoing: Outgoing) -> str | None:
        return self.accepted.get(outgoing.key)

    def _busy_for_too_long(self, busy: Busy) -> Closed | None:
        """What nobody hears of would wait for ever: after a day it is for somebody to act. Then it counts anew."""
        self.busy_since = self.busy_since or self.now()
        if self.now() - self.busy_since < LONGEST_BUSY:
            return None
        self.busy_since = None
        return Closed(f"busy: {busy.said}")

    def _remember(self, key: str, message_id: str) -> None:
        self.accepted[key] = message_id
        if len(self.accepted) > REMEMBERED:
            self.accepted.popitem(last=False)

    def _tell(self, room: Address, closed: str) -> None:
        """The admins hear, in private and once a day, that nothing leaves and what to do."""
        kind, _, reason = closed.partition(": ")
        facts = {"kind": kind, "reason": reason, "host": self.settings.email.host}
        with self.database.write() as db:
            place = workspace.get(db, room.workspace_id)
            admins = people.admins(db, place.id)
            for own in rooms.direct(db, [one.id for one in admins]):
                ctx = voice(db, place, own, self.now())
                said = ctx.words("email/closed", **facts, buttons=[Offer("outbox", "outbox")], tone="warn")
                ctx.promise(f"email/closed:{kind}:{self.now():%Y-%m-%d}:{own.id}", own, said)

    def _sheet(self, db: Session, outgoing: Outgoing) -> Sheet:
        letter = db.get(Letter, json.loads(outgoing.message.body)["letter"])
        if letter is None:
            raise Impossible("no such letter")
        bulk, party = letter.audience in BULK, db.get_one(Party, letter.party_id)
        return Sheet(
            paper=Paper.model_validate(letter.content),
            message_id=letters.message_id(outgoing.key, letter.digest, self.settings.email.domain),
            to=letter.address,
            name=called(party.name, party.latin, letter.locale),
            bulk=bulk,
            unsubscribe=self._page(letter) if bulk else "",
            enclosed=self._enclosed(db, letter),
        )

    def _page(self, letter: Letter) -> str:
        secret = self.settings.web.secret.get_secret_value()
        if not (self.settings.public_url and secret):
            return ""
        return f"{self.settings.public_url}/unsubscribe/{token(secret, letter.id)}"

    def _enclosed(self, db: Session, letter: Letter) -> list[Enclosed]:
        """Raises ``Impossible`` for more than a mail may carry, and for what is no longer there."""
        known = files.some(db, stored_with(letter.facts))
        most = self.settings.email.largest_mb * MEGABYTE
        if sum(file.size for file in known.values()) > most:
            raise Impossible("552 5.3.4 too much is enclosed")
        try:
            stored = [Enclosed(file.name, file.media_type, self._bytes(file.digest)) for file in known.values()]
            drawn = [Enclosed(name, PDF, certificate.draw([one])) for name, one in with_letter(letter.facts)]
        except FileNotFoundError:
            raise Impossible("an enclosed file is gone") from None
        except NotInstalled:
            raise Impossible("the extra pdf is not installed") from None
        if sum(len(one.data) for one in (*stored, *drawn)) > most:
            raise Impossible("552 5.3.4 too much is enclosed")
        return [*stored, *drawn]

    def _bytes(self, digest: str) -> bytes:
        with self.store.open(digest) as stream:
            return stream.read()


def build(settings: Settings, database: Database, now: Callable[[], datetime], store: FileStore) -> Mail:
    pace = MINUTE_MS // settings.email.most_per_minute
    return Mail(settings, database, now, store, Wire(settings.email), pace_ms=pace)


def token(secret: str, letter_id: int) -> str:
    """Of the page on which a letter's reader asks for no more: nobody can make another letter's of it."""
    signed = hmac.new(secret.encode(), f"unsubscribe:{letter_id}".encode(), hashlib.sha256).hexdigest()[:40]
    return f"{letter_id}-{signed}"


def letter_of(secret: str, given: str) -> int | None:
    """The id of the letter that a page's token is for; None for one that was not given out."""
    number = given.partition("-")[0]
    good = number.isascii() and number.isdecimal() and len(number) < 19  # noqa: PLR2004  it fits a row's id
    return int(number) if good and hmac.compare_digest(token(secret, int(number)).encode(), given.encode()) else None
