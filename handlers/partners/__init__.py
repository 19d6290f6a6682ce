"""Those a meeting was made with: what each did, what was good, how it is rated, and whom its letter goes to."""

from __future__ import annotations

from handlers.partners import keeping, rating, showing
from handlers.router import Router

__all__ = ["router"]

router = Router("partners")
router.include((showing.router, keeping.router, rating.router))
