"""Templates: what an aftermath consists of; shown, exported, edited, imported, brought to running meetings."""

from __future__ import annotations

from handlers.router import Router
from handlers.templates import actions, importing, upgrading
from handlers.templates.seeding import seed

__all__ = ["router", "seed"]

router = Router("templates")
router.include((actions.router, importing.router, upgrading.router))
