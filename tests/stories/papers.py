"""Small files of twelve kinds that their own programs open, each of other bytes than the next."""

from __future__ import annotations

import io
import struct
import wave
import zipfile
import zlib
from collections.abc import Callable
from pathlib import PurePosixPath

import docx
import xlsxwriter

from bot.sample.files import document, photo

_MAIN = "application/vnd.openxmlformats-officedocument.presentationml.presentation.main+xml"
_OFFICE = "http://schemas.openxmlformats.org"
_SLIDES = {
    "[Content_Types].xml": f'<Types xmlns="{_OFFICE}/package/2006/content-types"><Default Extension="rels" ContentType='
    f'"application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/ppt/presentation.xml" '
    f'ContentType="{_MAIN}"/></Types>',
    "_rels/.rels": f'<Relationships xmlns="{_OFFICE}/package/2006/relationships"><Relationship Id="rId1" Type='
    f'"{_OFFICE}/officeDocument/2006/relationships/officeDocument" Target="ppt/presentation.xml"/></Relationships>',
    "ppt/presentation.xml": f'<p:presentation xmlns:p="{_OFFICE}/presentationml/2006/main">'
    '<p:notesSz cx="6858000" cy="9144000"/></p:presentation>',
}
_A_FRAME = b"\xff\xfb\x90\xc4".ljust(417, b"\0")
"""Of an MP3 at 128 kbit/s: 26 ms of silence."""


def made(name: str, day: str = "2026:06:08") -> bytes:
    """A file of the kind that its name says. ``day`` is what a camera would have written into a photo."""
    ending = PurePosixPath(name).suffix
    return jpeg(name, day) if ending == ".jpg" else MAKERS[ending](name)


def jpeg(name: str, day: str) -> bytes:
    """A grey square of eight by eight pixels, with its day, and its name as a comment."""
    return b"".join(
        [
            b"\xff\xd8",
            _segment(0xE1, _exif(f"{day} 10:00:00")),
            _segment(0xFE, name.encode()),
            _segment(0xDB, b"\0" + b"\1" * 64),  # nothing is rounded
            _segment(0xC0, struct.pack(">BHHBBBB", 8, 8, 8, 1, 1, 0x11, 0)),
            _segment(0xC4, b"\x00\1" + bytes(15) + b"\0" + b"\x10\1" + bytes(15) + b"\0"),  # no change · no more
            _segment(0xDA, b"\1\1\0\0\x3f\0") + b"\x3f",
            b"\xff\xd9",
        ]
    )


def _segment(mark: int, content: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, mark, len(content) + 2) + content


def _exif(moment: str) -> bytes:
    """When it was taken: tag 0x9003, in the directory that 0x8769 points to."""
    head = b"II*\0" + struct.pack("<IHHHIII", 8, 1, 0x8769, 4, 1, 26, 0)
    text = moment.encode() + b"\0"
    return b"Exif\0\0" + head + struct.pack("<HHHIII", 1, 0x9003, 2, len(text), 44, 0) + text


def _pdf(name: str) -> bytes:
    return document(name.encode().hex())


def _png(name: str) -> bytes:
    return photo(zlib.crc32(name.encode()))


def _docx(name: str) -> bytes:
    target, letter = io.BytesIO(), docx.Document()
    letter.add_paragraph(name)
    letter.save(target)
    return target.getvalue()


def _xlsx(name: str) -> bytes:
    target = io.BytesIO()
    with xlsxwriter.Workbook(target) as book:
        book.add_worksheet().write(0, 0, name)
    return target.getvalue()


def _pptx(name: str) -> bytes:
    return _zipped({**_SLIDES, "docProps/name.txt": name})


def _zip(name: str) -> bytes:
    return _zipped({"说明.txt": name})


def _zipped(parts: dict[str, str]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as bundle:
        for part, content in parts.items():
            bundle.writestr(part, content)
    return target.getvalue()


def _csv(name: str) -> bytes:
    return f"姓名,单位\r\n李娜,{name}\r\n".encode("gb18030")


def _txt(name: str) -> bytes:
    return f"{name}\n".encode()


def _mp4(name: str) -> bytes:
    """No track; its head says so."""
    head = _box(b"mvhd", struct.pack(">IIIII", 0, 0, 0, 1000, 0).ljust(100, b"\0"))
    return _box(b"ftyp", b"isom\0\0\2\0isomiso2mp41") + _box(b"moov", head) + _box(b"mdat", name.encode())


def _box(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content) + 8) + kind + content


def _mp3(name: str) -> bytes:
    title = b"\1" + name.encode("utf-16")
    frame = b"TIT2" + struct.pack(">IH", len(title), 0) + title
    return b"ID3\3\0\0" + struct.pack(">I", len(frame)) + frame + _A_FRAME * 4  # a tag of under 128 bytes


def _wav(name: str) -> bytes:
    target = io.BytesIO()
    with wave.open(target, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(1)
        sound.setframerate(8000)
        sound.writeframes(name.encode())
    return target.getvalue()


MAKERS: dict[str, Callable[[str], bytes]] = {
    ".csv": _csv,
    ".docx": _docx,
    ".mp3": _mp3,
    ".mp4": _mp4,
    ".pdf": _pdf,
    ".png": _png,
    ".pptx": _pptx,
    ".txt": _txt,
    ".wav": _wav,
    ".xlsx": _xlsx,
    ".zip": _zip,
}
