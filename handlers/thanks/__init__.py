"""Letters of thanks: who gets which, drafted from facts, read and approved by a person, sent, and kept."""

from __future__ import annotations

from handlers.router import Router
from handlers.thanks import (
    bulk,
    certificates,
    drafting,
    echoes,
    editing,
    forms,
    heads,
    jobs,
    overview,
    previewing,
    printing,
    reading,
    rephrasing,
    sending,
    settling,
    suppressing,
    telling,
    unreached,
    wording,
)

__all__ = ["jobs", "router"]

router = Router("thanks")
router.include(
    (
        overview.router,
        telling.router,
        drafting.router,
        reading.router,
        settling.router,
        editing.router,
        rephrasing.router,
        bulk.router,
        sending.router,
        printing.router,
        certificates.router,
        echoes.router,
        suppressing.router,
        unreached.router,
        heads.router,
        wording.router,
        forms.router,
        previewing.router,
    )
)
