"""What sponsors were promised and what they got, line by line, with the proof of each."""

from __future__ import annotations

from handlers.router import Router
from handlers.sponsors import answering, importing, keeping, promising, showing

__all__ = ["router"]

router = Router("sponsors")
router.include((showing.router, keeping.router, promising.router, importing.router, answering.router))
