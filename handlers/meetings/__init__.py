"""meetings."""

from handlers.router import Router

router = Router("meetings")
