"""The archive: what a meeting leaves behind, how complete that is, and versions of it that prove themselves."""

from __future__ import annotations

from handlers.archive import building, checking, giving, jobs, purging
from handlers.router import Router

__all__ = ["jobs", "router"]

router = Router("archive")
router.include((checking.router, building.router, giving.router, purging.router))
