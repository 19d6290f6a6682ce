"""Certificates as PDF, A4 across, one a page; room is left for a seal, and nothing is drawn there. Needs ``pdf``."""

from __future__ import annotations

import json
from collections.abc import Sequence

from messages.message import Part
from messages.papers.form import tidied
from messages.papers.pdf import compiled


class Certificate(Part):
    """``above`` stands before the name and ``unit`` below it; both may be empty.

    ``lines`` are its sentences, ``signed`` the lines of who gives it, ``number`` its own.
    """

    locale: str
    title: str
    above: str = ""
    name: str
    unit: str = ""
    lines: tuple[str, ...]
    signed: tuple[str, ...]
    date: str
    number: str


def draw(certificates: Sequence[Certificate]) -> bytes:
    """One PDF. Raises ``NotInstalled``."""
    facts = [tidied(one.model_dump()) for one in certificates]
    return compiled("certificate.typ", {"certificates": json.dumps(facts, ensure_ascii=False)})
