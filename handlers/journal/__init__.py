"""The journal: what was done, by whom, and taking back what was not meant."""

from __future__ import annotations

from handlers.journal import reading, undoing
from handlers.router import Router

router = Router("journal")
router.include((undoing.router, reading.router))
