"""What was decided: a register with votes that add up, the tasks that follow, and the minutes themselves."""

from __future__ import annotations

from handlers.minutes import deciding, following, showing
from handlers.router import Router

__all__ = ["router"]

router = Router("minutes")
router.include((showing.router, deciding.router, following.router))
