"""The checklist: tasks are listed, begun, proven, finished, handed over."""

from __future__ import annotations

from handlers.checklist import (
    actions,
    approving,
    arriving,
    assigning,
    card,
    editing,
    finishing,
    giving,
    listing,
    talk,
    watching,
)
from handlers.router import Router

router = Router("checklist")
router.include(
    part.router
    for part in (finishing, approving, actions, arriving, card, listing, editing, assigning, giving, watching, talk)
)
