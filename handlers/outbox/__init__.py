"""The outbox as an admin sees it: what stands still and why, what was given up, and what to do about it."""

from __future__ import annotations

from handlers.outbox.minding import router

__all__ = ["router"]
