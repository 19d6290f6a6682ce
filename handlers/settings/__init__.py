"""Settings: how the bot speaks and when, for a person, a room and the workspace."""

from __future__ import annotations

from handlers.router import Router
from handlers.settings import overview, person, reactions, room, workspace

router = Router("settings")
router.include((overview.router, person.router, room.router, workspace.router, reactions.router))
