"""On PostgreSQL, what one process has promised is made known to all of them.

A notice may be lost, with the connection that it should have come by. Nobody relies on it: workers look by themselves
once a second.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select, text

from storage import engines

if TYPE_CHECKING:
    from storage.base import Database

CHANNEL = "huihou_promised"
GIVE = select(func.pg_notify(CHANNEL, ""))
"""Part of the transaction that promises: it arrives when that is committed, or never."""
PATIENCE_S = 1.0


def listen(database: Database, heard: Callable[[], None], stopping: threading.Event) -> None:
    """Call ``heard`` for every notice until ``stopping``, on a connection of its own.

    Also once when it begins: what was promised before may have had no listener. Raises what ends the connection.
    """
    with engines.apart(database.url).connect() as connection:
        connection.execute(text(f"LISTEN {CHANNEL}"))
        heard()
        raw: Any = connection.connection.driver_connection
        while not stopping.is_set():
            for _notice in raw.notifies(timeout=PATIENCE_S, stop_after=1):
                heard()
