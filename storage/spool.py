"""A stream on its way to where bytes are kept: written beside it, hashed and measured while it comes."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from storage.files import Stored, TooLarge

PARTIAL = ".part-"
HEAD = 4096
"""Bytes that are enough for any magic number."""


@contextmanager
def spooled(
    pieces: Iterable[bytes], folder: Path, *, limit: int, look: Callable[[Path], None] | None = None
) -> Iterator[tuple[Path, Stored]]:
    """All of a stream in a file of ``folder``; afterwards it is gone, unless it was given another name.

    Raises as ``FileStore.put``.
    """
    folder.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=folder, prefix=PARTIAL)
    partial = Path(name)
    try:
        with os.fdopen(handle, "wb", buffering=0) as target:
            stored = _copied(pieces, target, limit)
            if look is not None:
                look(partial)
        yield partial, stored
    finally:
        partial.unlink(missing_ok=True)


def _copied(pieces: Iterable[bytes], target: BinaryIO, limit: int) -> Stored:
    summing, size, head = hashlib.sha256(), 0, b""
    for piece in pieces:
        size += len(piece)
        if size > limit:
            raise TooLarge
        if len(head) < HEAD:
            head += piece[: HEAD - len(head)]
        summing.update(piece)
        _write(target, piece)
    return Stored(summing.hexdigest(), size, head)


def _write(target: BinaryIO, piece: bytes) -> None:
    """All of it: an unbuffered file may take less, as a disk does that is nearly full."""
    left = memoryview(piece)
    while left:
        left = left[target.write(left) :]


def tidy(folder: Path, *, before: float) -> int:
    """Remove what was begun in ``folder`` before that moment and never ended; how many they were."""
    left = [partial for partial in folder.glob(f"{PARTIAL}*") if 0 < put_at(partial) < before]
    for partial in left:
        partial.unlink(missing_ok=True)
    return len(left)


def put_at(path: Path) -> float:
    """Seconds since 1970; 0 for what has just gone."""
    try:
        return path.stat().st_mtime
    except FileNotFoundError:
        return 0
