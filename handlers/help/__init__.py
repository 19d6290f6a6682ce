"""Help: what can be said, from the commands themselves."""

from __future__ import annotations

from handlers.router import Router

router = Router("help")
