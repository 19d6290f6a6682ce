"""The register of members: brought in, compared with what the conference has taught, put right, and given back."""

from __future__ import annotations

from handlers.parties.members import approving, bringing, comparing, exporting, striking
from handlers.router import Router

__all__ = ["router"]

router = Router("members")
router.include((bringing.router, comparing.router, approving.router, exporting.router, striking.router))
