"""Letters of thanks: drafted from facts, approved by a person, sent by mail and chat or on paper."""

from __future__ import annotations

from handlers.router import Router
from handlers.thanks import echoes, jobs, sending

__all__ = ["jobs", "router"]

router = Router("thanks")
router.include((sending.router, echoes.router))
