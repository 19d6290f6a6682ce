"""Who joins, or renews: one case each, from the application to the register, with the owner reminded."""

from __future__ import annotations

from handlers.membership import moving, opening, reminding, showing
from handlers.router import Router

__all__ = ["reminding", "router"]

router = Router("membership")
router.include((showing.router, opening.router, moving.router, reminding.router))
