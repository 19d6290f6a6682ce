"""Help: what can be said, from the commands themselves."""

from __future__ import annotations

from handlers.help import answering, reference
from handlers.router import Router

__all__ = ["reference", "router"]

router = Router("help")
router.include((answering.router,))
