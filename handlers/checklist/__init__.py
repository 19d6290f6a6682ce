"""The checklist: tasks are listed, begun, proven, finished, handed over."""

from __future__ import annotations

from handlers.checklist import actions, assigning, editing, evidence, listing, talk
from handlers.router import Router

router = Router("checklist")
router.include((actions.router, evidence.router, listing.router, editing.router, assigning.router, talk.router))
