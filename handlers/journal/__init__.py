"""journal."""

from handlers.router import Router

router = Router("journal")
