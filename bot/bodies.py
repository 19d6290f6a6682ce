"""The body of a request, read no further than it may be long."""

from __future__ import annotations

from starlette.requests import ClientDisconnect, Request


async def read(request: Request, *, most: int) -> bytes | None:
    """None for one of more than ``most`` bytes, of which no more is read, and for one that breaks off."""
    size = request.headers.get("content-length", "0")
    if not size.isdecimal() or int(size) > most:
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
