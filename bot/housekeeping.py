"""Forgets, once a day, what nobody needs any more; promises that were given up stay until a person decides."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING

from storage import archive, arrivals, inbox, outbox, slack_pages, tickets, wecom, wecom_parts

if TYPE_CHECKING:
    from storage.base import Database, Session
    from storage.files import FileStore

EVERY = timedelta(days=1)
ASKS = timedelta(days=7)
"""Longer than any platform goes on delivering an event again."""
PROMISES = timedelta(days=30)
"""So long the same key is not promised a second time, and a message can still be edited."""
TICKETS = timedelta(days=7)
"""So long after its end a page still says that it has ended."""
CARDS = timedelta(days=1)
"""So long after its last moment a card that can no longer be changed is still known."""
CONVERSATIONS = timedelta(days=7)
"""So long after the last file that somebody sent it is known what was asked about it."""
UPLOADS = timedelta(days=1)
"""No upload takes longer; what was begun before has lost its process."""
ORPHANS = timedelta(days=30)
"""Bytes whose transaction failed are among those that came in these days. What is older stays whatever the database
says: it may be the wrong one."""
AT_ONCE = 500
"""Files that are asked about in one question."""


def tidy(database: Database, store: FileStore | None, now: datetime) -> None:
    """In small transactions, so that nobody waits for it."""
    if store is not None:
        store.tidy(before=(now - UPLOADS).timestamp())
        sweep(database, store, now)
    pages = ((slack_pages.forget, PROMISES), (wecom_parts.forget, PROMISES), (wecom.forget_cards, CARDS))
    for forget, age in ((inbox.forget, ASKS), (outbox.forget, PROMISES), *pages):
        before_ms = int((now - age).timestamp() * 1000)
        _over_and_over(database, partial(forget, before_ms=before_ms))
    _over_and_over(database, partial(arrivals.forget, before=now - CONVERSATIONS))
    _over_and_over(database, partial(tickets.forget, before=now - TICKETS))


def sweep(database: Database, store: FileStore, now: datetime) -> None:
    """Bytes that were put a day ago or longer, and of which no row came to know, go. Raises ``OSError``."""
    before = (now - UPLOADS).timestamp()
    digests = store.aged(since=(now - ORPHANS).timestamp(), before=before)
    while some := list(islice(digests, AT_ONCE)):
        with database.read() as db:
            orphans = archive.unnamed(db, some)
        for digest in orphans:
            store.remove(digest, before=before)


def _over_and_over(database: Database, forget: Callable[[Session], bool]) -> None:
    more = True
    while more:
        with database.write() as db:
            more = forget(db)
