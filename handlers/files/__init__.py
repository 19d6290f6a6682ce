"""The files of a meeting: what is there, what each is, who may see it; moved, put right, dropped and brought back."""

from __future__ import annotations

from handlers.files import dropping, filing, labelling, looking, moving
from handlers.router import Router

__all__ = ["router"]

router = Router("files")
router.include((looking.router, moving.router, filing.router, labelling.router, dropping.router))
