"""Which files are taken: a list of endings, each with the beginnings that its bytes may have."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import BinaryIO

from puremagic import PureError, magic_string

from bot import locks
from handlers.encodings import wide

_ZIP, _OLE = frozenset({".zip", ".docx"}), frozenset({".doc", ".msi", ".xls"})
_PACKAGE = _ZIP | _OLE
"""Of today's documents; with a password they are made as the old ones are."""
_MPEG4 = frozenset({".mp4", ".m4a", ".mov", ".3gp", ".heif", ".heic", ".m4v"})
_TEXT: frozenset[str] = frozenset()
_OFFICE = "application/vnd.openxmlformats-officedocument."
_OPEN = "application/vnd.oasis.opendocument."

KINDS: dict[str, tuple[str, frozenset[str]]] = {
    ".png": ("image/png", frozenset({".png"})),
    ".jpg": ("image/jpeg", frozenset({".jpg", ".jpe"})),
    ".jpeg": ("image/jpeg", frozenset({".jpg", ".jpe"})),
    ".gif": ("image/gif", frozenset({".gif"})),
    ".webp": ("image/webp", frozenset({".webp"})),
    ".heic": ("image/heic", _MPEG4),
    ".tif": ("image/tiff", frozenset({".tif", ".tiff"})),
    ".tiff": ("image/tiff", frozenset({".tif", ".tiff"})),
    ".pdf": ("application/pdf", frozenset({".pdf"})),
    ".docx": (f"{_OFFICE}wordprocessingml.document", _PACKAGE),
    ".xlsx": (f"{_OFFICE}spreadsheetml.sheet", _PACKAGE),
    ".pptx": (f"{_OFFICE}presentationml.presentation", _PACKAGE),
    ".doc": ("application/msword", _OLE),
    ".xls": ("application/vnd.ms-excel", _OLE),
    ".ppt": ("application/vnd.ms-powerpoint", _OLE),
    ".wps": ("application/vnd.ms-works", _OLE | _ZIP),
    ".et": ("application/vnd.ms-excel", _OLE | _ZIP),
    ".dps": ("application/vnd.ms-powerpoint", _OLE | _ZIP),
    ".odt": (f"{_OPEN}text", _ZIP),
    ".ods": (f"{_OPEN}spreadsheet", _ZIP),
    ".odp": (f"{_OPEN}presentation", _ZIP),
    ".csv": ("text/csv", _TEXT),
    ".tsv": ("text/tab-separated-values", _TEXT),
    ".txt": ("text/plain", _TEXT),
    ".md": ("text/markdown", _TEXT),
    ".yaml": ("application/yaml", _TEXT),
    ".yml": ("application/yaml", _TEXT),
    ".eml": ("message/rfc822", _TEXT),
    ".mp3": ("audio/mpeg", frozenset({".mp3", ".mp2", ".mp1", ".mpga", ".koz"})),
    ".m4a": ("audio/mp4", _MPEG4),
    ".wav": ("audio/wav", frozenset({".wav"})),
    ".mp4": ("video/mp4", _MPEG4),
    ".mov": ("video/quicktime", _MPEG4),
    ".webm": ("video/webm", frozenset({".webm", ".mkv"})),
    ".zip": ("application/zip", _ZIP),
    ".7z": ("application/x-7z-compressed", frozenset({".7z"})),
    ".rar": ("application/vnd.rar", frozenset({".rar"})),
}
"""Every ending that is taken: its media type, and what puremagic may call its bytes; nothing for plain text."""

SHOWN = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})
"""Pictures that a page shows and does not only offer."""

_UTF_16 = (b"\xff\xfe", b"\xfe\xff")
_LONGEST_NAME = 200


@dataclass(frozen=True)
class Kind:
    """A file that is taken."""

    name: str
    media_type: str


class Unwanted(Exception):  # noqa: N818  a fact about the file, which the caller words
    """A file that is not taken.

    ``reason`` is "kind" (its ending is not on the list), "empty" (it has no bytes) or "disguise" (its bytes are
    something else than its ending says); of one that was looked at as a whole "infected" (a virus was found in it)
    or "unchecked" (whatever looks for viruses could not); or "unkept"
    (there is no place for it at the moment).
    """

    def __init__(self, reason: str, name: str) -> None:
        super().__init__(reason)
        self.reason = reason
        self.name = name


def told(name: str, head: bytes) -> Kind:
    """What a file is, by its name and its first bytes. Raises ``Unwanted``."""
    name = tidy(name)
    ending = PurePosixPath(name.lower()).suffix
    if ending not in KINDS:
        raise Unwanted("kind", name)
    if not head:
        raise Unwanted("empty", name)
    media_type, beginnings = KINDS[ending]
    if not (_begins(head, beginnings) if beginnings else _is_text(head)):
        raise Unwanted("disguise", name)
    return Kind(name, media_type)


def check(kind: Kind, source: BinaryIO) -> bool:
    """Whether a password keeps readers out of a file that is taken. Raises ``Unwanted`` for what all of it gives away.

    What is made as an old document, but is named as one of today, is one only if it has a password.
    """
    locked = locks.is_locked(source)
    renamed = kind.media_type.startswith(_OFFICE) and locks.is_old(source) and not locked
    if renamed or locks.is_installer(source):
        raise Unwanted("disguise", kind.name)
    return locked


def tidy(name: str) -> str:
    """A file's name without folders, control characters and direction overrides; never empty, never long."""
    last = unicodedata.normalize("NFC", name).replace("\\", "/").rsplit("/", 1)[-1]
    plain = "".join(mark for mark in last if unicodedata.category(mark)[0] != "C")
    plain = re.sub(r"\s+", " ", plain).strip(" .") or "file"
    stem, ending = PurePosixPath(plain).stem, PurePosixPath(plain).suffix
    return plain if len(plain) <= _LONGEST_NAME else f"{stem[: _LONGEST_NAME - len(ending)]}{ending}"


def _begins(head: bytes, wanted: frozenset[str]) -> bool:
    try:
        found = {guess.extension for guess in magic_string(head)}
    except (PureError, ValueError):
        return False
    return bool(found & wanted)


def _is_text(head: bytes) -> bool:
    return head.startswith(_UTF_16) or b"\0" not in head or bool(wide(head))
