"""Meetings: begun with a whole checklist, watched by rooms, moved, closed once everything is settled."""

from __future__ import annotations

from handlers.meetings import changing, closing, founding, looking
from handlers.router import Router

router = Router("meetings")
router.include((founding.router, looking.router, changing.router, closing.router))
