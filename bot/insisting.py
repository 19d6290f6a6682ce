"""What has happened outside and cannot be taken back is written down, even if the database has trouble just then."""

from __future__ import annotations

import time
from collections.abc import Callable

from storage.base import Database, Session, overtaken, trouble

AGAIN_S = 0.2


def insist(database: Database, write: Callable[[Session], object], *, may: Callable[[], bool]) -> None:
    """In one transaction. While it ``may``, again after trouble, or where somebody was first, as an upgrade may be."""
    while True:
        try:
            with database.write() as db:
                write(db)
        except Exception as error:
            if not (trouble(error) or overtaken(error)) or not may():
                raise
            time.sleep(AGAIN_S)
        else:
            return
