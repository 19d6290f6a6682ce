"""Who came: lists are imported with a preview, put beside each other, and handed out as one."""

from __future__ import annotations

from handlers.attendance import counting, importing, showing
from handlers.router import Router

__all__ = ["router"]

router = Router("attendance")
router.include((showing.router, importing.router, counting.router))
