"""A file comes in: looked at while it comes, kept under its hash."""

from __future__ import annotations

from collections.abc import Iterator

from bot import kinds
from bot.ask import Upload
from storage.files import FileStore

HEAD = 4096
"""Bytes by which a file is known for what it is."""


def keep(store: FileStore, name: str, pieces: Iterator[bytes], *, limit: int) -> Upload:
    """Raises ``kinds.Unwanted``, ``storage.files.TooLarge``, ``OSError``, and whatever ``pieces`` raises."""
    found: list[kinds.Kind] = []
    stored = store.put(_checked(pieces, name, found), limit=limit)
    return Upload(found[0].name, stored.digest, stored.size, found[0].media_type)


def _checked(pieces: Iterator[bytes], name: str, found: list[kinds.Kind]) -> Iterator[bytes]:
    """The same pieces; what it is is found by the first of them. Raises ``Unwanted`` before anything more is read."""
    head = b""
    for piece in pieces:
        head += piece
        if len(head) >= HEAD:
            break
    found.append(kinds.told(name, head[:HEAD]))
    if head:
        yield head
    yield from pieces
