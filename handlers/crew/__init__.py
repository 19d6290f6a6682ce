"""Volunteers and staff: what each of them did, for how long, and who is commended; never who did more."""

from __future__ import annotations

from handlers.crew import commending, editing, exporting, importing, leaving, shifting, showing
from handlers.router import Router

__all__ = ["router"]

router = Router("crew")
router.include(
    (
        showing.router,
        editing.router,
        shifting.router,
        commending.router,
        leaving.router,
        exporting.router,
        importing.router,
    )
)
