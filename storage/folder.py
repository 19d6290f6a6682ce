"""Bytes in a folder of this machine."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import BinaryIO

from storage import spool
from storage.files import Stored

A_PIECE = 256 * 1024


class Folder:
    """A ``FileStore`` of files named by their digest, two levels deep."""

    def __init__(self, root: Path) -> None:
        self.root = root

    @property
    def address(self) -> str:
        return str(self.root)

    def put(self, pieces: Iterable[bytes], *, limit: int, look: Callable[[Path], None] | None = None) -> Stored:
        with spool.spooled(pieces, self.root, limit=limit, look=look) as (partial, stored):
            place = self.path(stored.digest)
            place.parent.mkdir(parents=True, exist_ok=True)
            _settle(partial)
            partial.replace(place)
            for named in (place.parent, place.parent.parent, self.root):
                _settle(named)
        return stored

    def pieces(self, digest: str, start: int = 0, length: int | None = None) -> Iterator[bytes]:
        with self.path(digest).open("rb") as source:
            source.seek(start)
            left = length
            while piece := source.read(A_PIECE if left is None else min(A_PIECE, left)):
                left = None if left is None else left - len(piece)
                yield piece

    def open(self, digest: str) -> BinaryIO:
        return self.path(digest).open("rb")

    def has(self, digest: str) -> bool:
        return self.path(digest).is_file()

    def aged(self, *, since: float, before: float) -> Iterator[str]:
        return (path.name for path in self.root.glob("??/??/*") if since <= spool.put_at(path) < before)

    def remove(self, digest: str, *, before: float | None = None) -> None:
        """Taken aside first, so that what is put again meanwhile is another file, and stays."""
        place, aside = self.path(digest), self.root / f"{spool.PARTIAL}{digest}"
        try:
            place.replace(aside)
        except FileNotFoundError:
            return
        if before is not None and spool.put_at(aside) >= before:
            aside.replace(place)
        aside.unlink(missing_ok=True)

    def tidy(self, *, before: float) -> int:
        return spool.tidy(self.root, before=before)

    def probe(self) -> None:
        self.root.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=self.root, prefix=spool.PARTIAL) as probe:
            probe.write(b"?")
            probe.flush()

    def path(self, digest: str) -> Path:
        return self.root / digest[:2] / digest[2:4] / digest


def _settle(there: Path) -> None:
    """What was written, or the names that were given in a folder, survive a power cut."""
    handle = os.open(there, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
