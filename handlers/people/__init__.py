"""People: who is in the team, with which role and rights, when they are away, and which accounts are theirs."""

from __future__ import annotations

from handlers.people import erasing, exporting, leave, leaving, link, roles, team
from handlers.router import Router

router = Router("people")
router.include((team.router, roles.router, leave.router, leaving.router, link.router, exporting.router, erasing.router))
