"""Bags by RFC 8493, version 1.0: files with the sums that prove them unchanged; written as a folder or as a zip.

A bag is a pure function of its members: the same members give the same bytes every time.
"""

from __future__ import annotations

import hashlib
import io
import re
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

PAYLOAD = "data/"
DECLARATION = "bagit.txt"
INFO = "bag-info.txt"
FETCH = "fetch.txt"
ALGORITHMS = ("sha256", "sha512")
DECLARED = b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"
A_PIECE = 1024 * 1024

_ENCODED = {"%": "%25", "\r": "%0D", "\n": "%0A"}
_DECODED = re.compile("%(25|0D|0A)", re.IGNORECASE)
_LIMIT = (1 << 31) - 1
"""Beyond it a zip needs its longer fields."""

Read = Callable[[str], Iterable[bytes]]
"""The bytes of a SHA-256, in pieces."""


@dataclass(frozen=True)
class Sums:
    """What tells bytes from all others."""

    size: int
    sha256: str
    sha512: str


@dataclass(frozen=True)
class Member:
    """One file of a bag: its path in the bag, with ``/``; what belongs to the payload begins with ``data/``.

    With a ``url`` its bytes stay there: it stands in fetch.txt, and is not in the bag.
    """

    path: str
    sums: Sums
    url: str = ""


class Damaged(OSError):  # noqa: N818  a fact about the store
    """What was to go into the bag is no longer what it was when the bag was made."""


def sums(pieces: Iterable[bytes]) -> Sums:
    """Both sums in one reading. The interpreter is free for others meanwhile."""
    first, second, size = hashlib.sha256(), hashlib.sha512(), 0
    for piece in pieces:
        first.update(piece)
        second.update(piece)
        size += len(piece)
    return Sums(size, first.hexdigest(), second.hexdigest())


def sums_of(data: bytes) -> Sums:
    return sums([data])


def pieces(stream: BinaryIO) -> Iterator[bytes]:
    """All of a stream."""
    return iter(lambda: stream.read(A_PIECE), b"")


# --- tag files


def encoded(path: str) -> str:
    """As a path stands in a manifest: it is one line, and ``%`` begins what is not as it stands."""
    return "".join(_ENCODED.get(mark, mark) for mark in path)


def decoded(path: str) -> str:
    return _DECODED.sub(lambda found: chr(int(found[1], 16)), path)


def payload(members: Iterable[Member]) -> list[Member]:
    return sorted((one for one in members if one.path.startswith(PAYLOAD)), key=_place)


def oxum(members: Iterable[Member]) -> str:
    """``octets.files`` of the payload, with what stays elsewhere."""
    found = payload(members)
    return f"{sum(one.sums.size for one in found)}.{len(found)}"


def info(fields: Sequence[tuple[str, str]]) -> bytes:
    """bag-info.txt; fields without a value are left out."""
    said = ((label, " ".join(value.split())) for label, value in fields)
    return "".join(f"{label}: {value}\n" for label, value in said if value).encode()


def tags(members: Sequence[Member]) -> dict[str, bytes]:
    """The files that follow from all others: the declaration, what to fetch, the manifests and theirs, in order."""
    content = payload(members)
    away = [one for one in content if one.url]
    made = {DECLARATION: DECLARED}
    if away:
        made[FETCH] = "".join(f"{one.url} {one.sums.size} {encoded(one.path)}\n" for one in away).encode()
    for name in ALGORITHMS:
        made[f"manifest-{name}.txt"] = _manifest(name, content)
    given = [one for one in members if not one.path.startswith(PAYLOAD)]
    listed = sorted([*given, *(Member(path, sums_of(data)) for path, data in made.items())], key=_place)
    return made | {f"tagmanifest-{name}.txt": _manifest(name, listed) for name in ALGORITHMS}


def _place(member: Member) -> bytes:
    return member.path.encode()


def _manifest(name: str, members: Iterable[Member]) -> bytes:
    """In the form of ``sha256sum``, which can check it."""
    return "".join(f"{getattr(one.sums, name)}  {encoded(one.path)}\n" for one in members).encode()


# --- out


@dataclass(frozen=True)
class Part:
    """One file as it is written: where, how long, and its bytes, asked for when their turn comes."""

    path: str
    size: int
    pieces: Callable[[], Iterable[bytes]]


def parts(members: Sequence[Member], read: Read) -> list[Part]:
    """Every file of the bag, in the order in which it is written. What stays elsewhere is not among them."""
    made = [Part(path, len(data), lambda data=data: (data,)) for path, data in tags(members).items()]  # type: ignore[misc]
    given = sorted((one for one in members if not one.url), key=_place)
    return [*made, *(Part(one.path, one.sums.size, lambda one=one: _proved(one, read)) for one in given)]  # type: ignore[misc]


def _proved(member: Member, read: Read) -> Iterator[bytes]:
    """The bytes as they come. Raises ``Damaged`` at their end if they are not those that were promised."""
    digest, size = hashlib.sha256(), 0
    for piece in read(member.sums.sha256):
        digest.update(piece)
        size += len(piece)
        yield piece
    if (size, digest.hexdigest()) != (member.sums.size, member.sums.sha256):
        raise Damaged(member.path)


def write(members: Sequence[Member], read: Read, folder: Path, *, told: Callable[[], None] = lambda: None) -> None:
    """The bag as a folder, which must not be there yet. ``told`` is called after each file. Raises ``OSError``."""
    folder.mkdir(parents=True)
    for part in parts(members, read):
        target = folder / part.path
        target.parent.mkdir(parents=True, exist_ok=True)
        with target.open("xb") as stream:
            stream.writelines(part.pieces())
        told()


class Zip:
    """The bag in one folder ``name`` of a zip, not packed: its length is known before it is written."""

    def __init__(self, members: Sequence[Member], read: Read, *, name: str, at: datetime) -> None:
        """``at`` is the time of all files in it, on the clocks of its zone."""
        self.name, self.parts = name, parts(members, read)
        self.date = (max(1980, at.year), at.month, at.day, at.hour, at.minute, at.second)

    def __len__(self) -> int:
        """As the standard library writes it where nobody can go back: each file's sums behind it."""
        offset, index = 0, 0
        for part in self.parts:
            name = len(self._path(part).encode())
            long, far = part.size * 1.05 > _LIMIT, offset > _LIMIT
            index += 46 + name + _more((2 if part.size > _LIMIT else 0) + far)
            offset += 30 + name + (20 if long else 0) + part.size + (24 if long else 16)
        beyond = len(self.parts) > (1 << 16) - 1 or offset > _LIMIT or index > _LIMIT
        return offset + index + 22 + (56 + 20 if beyond else 0)

    def __iter__(self) -> Iterator[bytes]:
        """Raises ``OSError`` where bytes are gone or no longer what they were: then the zip has no end."""
        sink = _Sink()
        with zipfile.ZipFile(sink, "w") as target:
            for part in self.parts:
                entry = zipfile.ZipInfo(self._path(part), self.date)
                entry.file_size, entry.external_attr, entry.create_system = part.size, 0o100644 << 16, 3
                with target.open(entry, "w") as stream:
                    for piece in part.pieces():
                        stream.write(piece)
                        yield from sink.taken()
        yield from sink.taken()

    def _path(self, part: Part) -> str:
        return f"{self.name}/{part.path}"


def _more(fields: int) -> int:
    """What the longer fields of an entry take in the index."""
    return 4 + 8 * fields if fields else 0


class _Sink(io.RawIOBase):
    """Where a zip is written that is sent at once: nobody can go back in it."""

    def __init__(self) -> None:
        self.waiting: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, data: bytes) -> int:  # type: ignore[override]
        self.waiting.append(bytes(data))
        return len(data)

    def taken(self) -> Iterator[bytes]:
        waiting, self.waiting = self.waiting, []
        yield from waiting
