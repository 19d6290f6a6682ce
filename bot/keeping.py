"""A file comes in: looked at while it comes, and as a whole before it is kept under its hash."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from bot import kinds, scanning
from bot.ask import Upload
from bot.scanning import Scan, Verdict
from storage.files import FileStore

if TYPE_CHECKING:
    from bot.settings import Settings

MEGABYTE = 1_000_000
HEAD = 4096
"""Bytes by which a file is known for what it is."""


@dataclass(frozen=True)
class Intake:
    """Where files go that come in: the store, how many bytes one may have, and who looks for viruses, if anybody."""

    store: FileStore
    limit: int
    scan: Scan | None = None

    @classmethod
    def of(cls, settings: Settings, store: FileStore) -> Intake:
        return cls(store, settings.largest_file_mb * MEGABYTE, scanning.scan(settings.files))

    def keep(self, name: str, pieces: Iterator[bytes]) -> Upload:
        """Raises ``kinds.Unwanted``, ``storage.files.TooLarge``, ``OSError``, and whatever ``pieces`` raises."""
        look = _Look(name, self.scan)
        stored = self.store.put(look.at_first(pieces), limit=self.limit, look=look.at_all)
        return Upload(look.kind.name, stored.digest, stored.size, look.kind.media_type, look.locked)


@dataclass
class _Look:
    """What was seen of one file."""

    name: str
    scan: Scan | None
    kind: kinds.Kind = field(init=False)
    locked: bool = False

    def at_first(self, pieces: Iterator[bytes]) -> Iterator[bytes]:
        """The same pieces; what it is is told by the first of them. Raises ``Unwanted`` before more is read."""
        head = b""
        for piece in pieces:
            head += piece
            if len(head) >= HEAD:
                break
        self.kind = kinds.told(self.name, head[:HEAD])
        yield head
        yield from pieces

    def at_all(self, path: Path) -> None:
        """Raises ``Unwanted`` for what is something else after all, has a virus, or could not be checked for one."""
        with path.open("rb") as source:
            self.locked = kinds.check(self.kind, source)
        verdict = self.scan(path) if self.scan else Verdict.CLEAN
        if verdict != Verdict.CLEAN:
            raise kinds.Unwanted(verdict, self.kind.name)
