"""Forgets, once a day, what nobody needs any more; promises that were given up stay until a person decides."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING

import structlog

from bot.retention import KeepSettings
from storage import archive, arrivals, inbox, outbox, pruning, slack_pages, tickets, wecom, wecom_parts, workspace

if TYPE_CHECKING:
    from storage.base import Database, Session
    from storage.files import FileStore

log = structlog.get_logger()

EVERY = timedelta(days=1)
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


def tidy(database: Database, store: FileStore | None, now: datetime, keep: KeepSettings | None = None) -> None:
    """In small transactions, so that nobody waits for it; the store comes last, as it may be away."""
    keep = keep or KeepSettings()
    pages = ((slack_pages.forget, keep.sent), (wecom_parts.forget, keep.sent), (wecom.forget_cards, CARDS))
    for forget, age in ((inbox.forget, keep.asks), (outbox.forget, keep.sent), *pages):
        before_ms = int((now - age).timestamp() * 1000)
        _over_and_over(database, partial(forget, before_ms=before_ms))
    _over_and_over(database, partial(arrivals.forget, before=now - CONVERSATIONS))
    _over_and_over(database, partial(tickets.forget, before=now - TICKETS))
    if keep.journal is not None:
        prune(database, now, now - keep.journal)
    if store is not None:
        _tidy_store(database, store, now)


def _tidy_store(database: Database, store: FileStore, now: datetime) -> None:
    """Where it is away now, it is tried again a day later."""
    try:
        store.tidy(before=(now - UPLOADS).timestamp())
        sweep(database, store, now)
    except OSError as error:
        log.warning("store not tidied", error=type(error).__name__)


def prune(database: Database, now: datetime, before: datetime) -> None:
    """What the journals of all workspaces tell from before then; nobody writes into one meanwhile."""
    with database.read() as db:
        keys = pruning.old(db, before=before)
    for place_id, key in keys:
        _over_and_over(database, partial(_pruned, key=key, place_id=place_id, before=before, now=now))


def _pruned(db: Session, *, key: str, place_id: int, before: datetime, now: datetime) -> bool:
    workspace.alone(db, key)
    return pruning.prune(db, place_id, before=before, now=now)


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
