"""A file comes in: looked at while it comes, and as a whole before it is kept under its hash."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from bot import kinds, scanning
from bot.ask import Upload
from bot.scanning import Scan, Verdict
from handlers.filing import taken_on
from storage.files import FileStore

if TYPE_CHECKING:
    from bot.settings import Settings

MEGABYTE = 1_000_000
HEAD = 4096
"""Bytes by which a file is known for what it is."""


class NotKept(OSError):  # noqa: N818  a fact about the store, which the caller words
    """The store refuses; the file itself came well."""


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
        """Raises ``kinds.Unwanted``, ``storage.files.TooLarge``, ``NotKept``, and whatever ``pieces`` raises."""
        look = _Look(name, self.scan)
        try:
            stored = self.store.put(look.at_first(pieces), limit=self.limit, look=look.at_all)
        except OSError as error:
            if error is look.broke:
                raise
            raise NotKept(error.errno, error.strerror or str(error)) from error
        kind = look.kind
        return Upload(kind.name, stored.digest, stored.size, kind.media_type, look.locked, look.taken_on)


@dataclass
class _Look:
    """What was seen of one file."""

    name: str
    scan: Scan | None
    kind: kinds.Kind = field(init=False)
    locked: bool = False
    taken_on: date | None = None
    broke: OSError | None = None
    """What kept the rest of it from coming."""

    def at_first(self, pieces: Iterator[bytes]) -> Iterator[bytes]:
        """The same pieces; what it is is told by the first of them. Raises ``Unwanted`` before more is read."""
        coming, head = self._coming(pieces), b""
        for piece in coming:
            head += piece
            if len(head) >= HEAD:
                break
        self.kind = kinds.told(self.name, head[:HEAD])
        yield head
        yield from coming

    def _coming(self, pieces: Iterator[bytes]) -> Iterator[bytes]:
        try:
            yield from pieces
        except OSError as error:
            self.broke = error
            raise

    def at_all(self, path: Path) -> None:
        """Raises ``Unwanted`` for what is something else after all, has a virus, or could not be checked for one."""
        with path.open("rb") as source:
            self.locked = kinds.check(self.kind, source)
            source.seek(0)
            self.taken_on = taken_on(source) if self.kind.media_type.startswith("image/") else None
        verdict = self.scan(path) if self.scan else Verdict.CLEAN
        if verdict != Verdict.CLEAN:
            raise kinds.Unwanted(verdict, self.kind.name)
