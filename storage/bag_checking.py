"""A bag is looked over, in a folder or in a zip: everything that is not as its manifests say is named."""

from __future__ import annotations

import errno
import os
import re
import stat
import unicodedata
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import BinaryIO, Protocol, cast

from storage import bags
from storage.bags import ALGORITHMS, DECLARATION, FETCH, INFO, PAYLOAD, Sums

AT_ONCE = 2
LARGEST_TAG = 256 * 1024 * 1024
"""Bytes of one tag file: a manifest of a million files is smaller."""

_LINE = re.compile(r"([0-9A-Fa-f]+)[ \t]+\*?(.+)")
_WANTED = re.compile(r"(\S+)[ \t]+(\d{1,18}|-)[ \t]+(.+)")
_MANIFEST = re.compile(r"(tag)?manifest-([a-z0-9]+)\.txt")
_VERSION = re.compile(r"BagIt-Version: (\d+\.\d+)\s+Tag-File-Character-Encoding: (\S+)\s*")


class What(StrEnum):
    """What is wrong. CHANGED: other bytes. MISSING: it is listed, and not there. EXTRA: it is there, and not listed.

    UNREAD: it is there, and cannot be read. UNFETCHED: it stays elsewhere, and was not brought. LINE: a line of a
    manifest that says nothing. UNSAFE: a path that leads out of the bag. TWICE: one name for two files. UNLISTED: one
    manifest knows it, another does not. OXUM: size or number of files is not as bag-info.txt says. NO_MANIFEST and
    NO_BAG: there is nothing to check by.
    """

    CHANGED = "changed"
    MISSING = "missing"
    EXTRA = "extra"
    UNREAD = "unread"
    UNFETCHED = "unfetched"
    LINE = "line"
    UNSAFE = "unsafe"
    TWICE = "twice"
    UNLISTED = "unlisted"
    OXUM = "oxum"
    NO_MANIFEST = "no_manifest"
    NO_BAG = "no_bag"


@dataclass(frozen=True, order=True)
class Fault:
    """``path`` is the file, ``more`` what else there is to say: a line's number, another manifest, a sum."""

    what: What
    path: str
    more: str = ""


@dataclass
class Report:
    """``files`` were read, ``size`` bytes of them."""

    faults: list[Fault] = field(default_factory=list)
    files: int = 0
    size: int = 0

    def found(self, what: What, path: str, more: str = "") -> None:
        self.faults.append(Fault(what, path, more))


class Source(Protocol):
    """Where a bag is: the paths of its files and their sizes, and each file's bytes."""

    def sizes(self) -> Iterable[tuple[str, int]]: ...

    def open(self, path: str) -> BinaryIO: ...


@dataclass(frozen=True)
class InFolder:
    """A bag as a folder. Links are not followed out of it."""

    root: Path

    def sizes(self) -> Iterator[tuple[str, int]]:
        for folder, _, names in os.walk(self.root):
            for name in names:
                path = Path(folder, name)
                yield path.relative_to(self.root).as_posix(), path.lstat().st_size

    def open(self, path: str) -> BinaryIO:
        """Raises ``OSError``, also for a pipe, which would keep one waiting, and for whatever else is no file."""
        stream = os.fdopen(os.open(self.root / path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK), "rb")
        if not stat.S_ISREG(os.fstat(stream.fileno()).st_mode):
            stream.close()
            raise OSError(errno.EINVAL, os.strerror(errno.EINVAL), path)
        return stream


@dataclass
class InZip:
    """A bag as a zip of one folder."""

    zip: zipfile.ZipFile

    def sizes(self) -> Iterator[tuple[str, int]]:
        for entry in self.zip.infolist():
            if not entry.is_dir():
                yield entry.filename.removeprefix(self._root), entry.file_size

    def open(self, path: str) -> BinaryIO:
        return cast("BinaryIO", self.zip.open(self._root + path))

    @cached_property
    def _root(self) -> str:
        """The folder that all is in, with its slash; empty where there is none."""
        first = {name.partition("/")[0] for name in self.zip.namelist()}
        return f"{first.pop()}/" if len(first) == 1 else ""


@contextmanager
def source(path: Path) -> Iterator[Source]:
    """Raises ``OSError``, and for a file that is no zip ``zipfile.BadZipFile`` or ``NotImplementedError``."""
    if path.is_dir():
        yield InFolder(path)
    else:
        with zipfile.ZipFile(path) as opened:
            yield InZip(opened)


UNREADABLE = (OSError, zipfile.BadZipFile, zlib.error, RuntimeError, EOFError, NotImplementedError)
"""What reading a file raises: a bad disk; in a zip also a wrong sum, a password, an unknown way of packing."""


def check(where: Source, *, told: Callable[[], None] = lambda: None) -> Report:
    """Read everything. It never stops at the first fault; ``told`` is called after each file."""
    report = Report()
    there = _there(where, report)
    look = _Look(where, there, report)
    look.declaration()
    listed = look.manifests()
    away = look.fetched()
    look.whole(listed, away)
    look.read(listed, told)
    look.oxum(away)
    report.faults.sort()
    return report


def _there(where: Source, report: Report) -> dict[str, tuple[str, int]]:
    """Each file under its name in NFC: the name as the disk has it, and its size."""
    found: dict[str, tuple[str, int]] = {}
    for name, size in where.sizes():
        path = unicodedata.normalize("NFC", name)
        if path in found:
            report.found(What.TWICE, path)
        found[path] = (name, size)
    return found


Listed = Mapping[str, Mapping[str, str]]
"""By path, by algorithm: the sum."""


@dataclass(frozen=True)
class _Look:
    where: Source
    there: Mapping[str, tuple[str, int]]
    report: Report

    def declaration(self) -> None:
        if DECLARATION not in self.there:
            self.report.found(What.NO_BAG, DECLARATION)
            return
        found = _VERSION.fullmatch("\n".join(text for _, text in self.lines(DECLARATION)))
        if found is None or found[2].upper() != "UTF-8":
            self.report.found(What.LINE, DECLARATION, "1")

    def lines(self, path: str) -> Iterator[tuple[int, str]]:
        """The lines of a tag file that are not empty, with their numbers."""
        if path not in self.there:
            return
        try:
            with self.where.open(self.there[path][0]) as stream:
                text = stream.read(LARGEST_TAG).decode("utf-8-sig")
        except (*UNREADABLE, UnicodeDecodeError):
            self.report.found(What.UNREAD, path)
            return
        yield from ((number, line) for number, line in enumerate(re.split(r"\r\n|\r|\n", text), 1) if line.strip())

    def manifests(self) -> Listed:
        """What all manifests say; a file that one of them does not know is named."""
        kinds: dict[str, dict[str, dict[str, str]]] = {"": {}, "tag": {}}
        for name in sorted(self.there):
            if (found := _MANIFEST.fullmatch(name)) and found[2] in ALGORITHMS:
                kinds[found[1] or ""][found[2]] = self._manifest(name, of_tags=bool(found[1]))
        if not kinds[""]:
            self.report.found(What.NO_MANIFEST, "manifest-sha256.txt")
        listed: dict[str, dict[str, str]] = {}
        for kind, by_name in kinds.items():
            for path in sorted(set().union(*by_name.values())):
                listed[path] = {name: known[path] for name, known in by_name.items() if path in known}
                for name in by_name.keys() - listed[path].keys():
                    self.report.found(What.UNLISTED, path, f"{kind}manifest-{name}.txt")
        return listed

    def _manifest(self, name: str, *, of_tags: bool) -> dict[str, str]:
        found: dict[str, str] = {}
        length = 64 if "sha256" in name else 128
        for number, line in self.lines(name):
            match = _LINE.fullmatch(line)
            path = unicodedata.normalize("NFC", bags.decoded(match[2])) if match else ""
            if match is None or len(match[1]) != length or path.startswith(PAYLOAD) == of_tags:
                self.report.found(What.LINE, name, str(number))
            elif not _inside(path):
                self.report.found(What.UNSAFE, path, name)
            elif path in found:
                self.report.found(What.TWICE, path, name)
            else:
                found[path] = match[1].lower()
        return found

    def fetched(self) -> dict[str, int]:
        """What fetch.txt says: paths, and how long they are (0 where it does not say)."""
        found = {}
        for number, line in self.lines(FETCH):
            match = _WANTED.fullmatch(line)
            if match is None:
                self.report.found(What.LINE, FETCH, str(number))
            else:
                path = unicodedata.normalize("NFC", bags.decoded(match[3]))
                found[path] = int(match[2]) if match[2] != "-" else 0
        return found

    def whole(self, listed: Listed, away: Mapping[str, int]) -> None:
        """What is not there, and what nobody knows of."""
        for path in listed.keys() - self.there.keys():
            self.report.found(What.UNFETCHED if path in away else What.MISSING, path)
        tagged = any(not path.startswith(PAYLOAD) for path in listed)
        for path in self.there.keys() - listed.keys():
            own = path.startswith("tagmanifest-") and _MANIFEST.fullmatch(path)
            if path.startswith(PAYLOAD) or (tagged and not own):  # without tag manifests nothing lists the tag files
                self.report.found(What.EXTRA, path)

    def read(self, listed: Listed, told: Callable[[], None]) -> None:
        paths = sorted(listed.keys() & self.there.keys())
        with ThreadPoolExecutor(AT_ONCE) as hands:
            for path, found in zip(paths, hands.map(self._sums, paths), strict=True):
                if isinstance(found, What):
                    self.report.found(found, path)
                else:
                    self._compare(path, listed[path], found)
                told()

    def _compare(self, path: str, listed: Mapping[str, str], found: Sums) -> None:
        self.report.files, self.report.size = self.report.files + 1, self.report.size + found.size
        if any(getattr(found, name) != listed[name] for name in listed):
            self.report.found(What.CHANGED, path)

    def _sums(self, path: str) -> Sums | What:
        try:
            with self.where.open(self.there[path][0]) as stream:
                return bags.sums(bags.pieces(stream))
        except (zipfile.BadZipFile, zlib.error):  # a zip has a sum of its own for each file
            return What.CHANGED
        except UNREADABLE:
            return What.UNREAD

    def oxum(self, away: Mapping[str, int]) -> None:
        """Whether size and number of the payload are as bag-info.txt says; what was not fetched counts as there."""
        said = next(
            (line.partition(":")[2].strip() for _, line in self.lines(INFO) if line.startswith("Payload-Oxum:")), ""
        )
        sizes = {path: size for path, (_, size) in self.there.items() if path.startswith(PAYLOAD)}
        sizes = {**away, **sizes}
        found = f"{sum(sizes.values())}.{len(sizes)}"
        if said and said != found:
            self.report.found(What.OXUM, said, found)


def _inside(path: str) -> bool:
    parts = PurePosixPath(path).parts
    return (
        bool(parts)
        and ".." not in parts
        and not path.startswith(("/", "~"))
        and "\\" not in path
        and ":" not in parts[0]
    )
