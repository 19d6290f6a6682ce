"""Whom the association deals with: the address book, who stands there twice, and lists that come in with a preview."""

from __future__ import annotations

from handlers.parties import accounts, aliases, changes, importing, keeping, listing, members, stopping, twins, undoing
from handlers.router import Router

__all__ = ["router"]

router = Router("parties")
router.include(
    (
        listing.router,
        keeping.router,
        aliases.router,
        accounts.router,
        stopping.router,
        twins.router,
        importing.router,
        undoing.router,
        changes.router,
        members.router,
    )
)
