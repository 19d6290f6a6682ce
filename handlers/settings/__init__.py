"""Settings: how the bot speaks and when, for a person, a room and the workspace."""

from __future__ import annotations

from handlers.router import Router

router = Router("settings")
