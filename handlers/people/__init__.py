"""people."""

from handlers.router import Router

router = Router("people")
