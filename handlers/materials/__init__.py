"""Materials: the programme, what is to come of each session, what speakers allow, and who is asked for the rest."""

from __future__ import annotations

from handlers.materials import booths, importing, programme
from handlers.router import Router

__all__ = ["router"]

router = Router("materials")
router.include((importing.router, programme.router, booths.router))
