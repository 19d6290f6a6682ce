"""Nudges: the right person hears of the right task at the right hour, once."""

from __future__ import annotations

from handlers.nudges import actions, jobs, speaking, undoing
from handlers.router import Router

__all__ = ["jobs", "router"]

router = Router("nudges")
router.include((actions.router, speaking.router, undoing.router))
