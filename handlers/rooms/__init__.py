"""Rooms: which there are and what each follows; groups that the bot makes for a meeting, and who is in them."""

from __future__ import annotations

from handlers.rooms import following, looking, making, speaking
from handlers.router import Router

router = Router("rooms")
router.include((looking.router, making.router, following.router, speaking.router))
