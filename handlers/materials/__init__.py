"""Materials: the programme, what is to come of each session, what speakers allow, and who is asked for the rest."""

from __future__ import annotations

from handlers.materials import (
    booths,
    chasing,
    collecting,
    consenting,
    excusing,
    importing,
    letting,
    programme,
    showing,
    speakers,
)
from handlers.router import Router

__all__ = ["chasing", "router"]

router = Router("materials")
router.include(
    one.router
    for one in (showing, collecting, excusing, consenting, letting, importing, programme, speakers, booths, chasing)
)
