"""Whom the association deals with: lists of people come in with a preview, and are cleaned on the way."""

from __future__ import annotations

from handlers.parties import importing, undoing
from handlers.router import Router

__all__ = ["router"]

router = Router("parties")
router.include((importing.router, undoing.router))
