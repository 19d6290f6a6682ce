"""The body of a request, read no further than it may be long."""

from __future__ import annotations

import sys

from starlette.requests import ClientDisconnect, Request

LONGEST_NUMBER = 18
"""Digits: what fits a database's integer, and what Python reads at all."""


def number(text: str) -> int | None:
    """A number that came with a request; None for what is none, or is longer than any that we gave out."""
    return int(text) if text.isdecimal() and len(text) <= LONGEST_NUMBER else None


def announced(request: Request, otherwise: int = 0) -> int:
    """The length that a request says its body has; ``otherwise`` where it says none, no end where it talks nonsense."""
    said = request.headers.get("content-length")
    known = number(said) if said is not None else otherwise
    return sys.maxsize if known is None else known


async def read(request: Request, *, most: int) -> bytes | None:
    """None for one of more than ``most`` bytes, of which no more is read, and for one that breaks off."""
    if announced(request) > most:
        return None
    found = b""
    try:
        async for piece in request.stream():
            found += piece
            if len(found) > most:
                return None
    except ClientDisconnect:
        return None
    return found
