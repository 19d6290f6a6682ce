"""Files are taken if their ending is on the list and their bytes are what it says."""

from __future__ import annotations

import io
import zipfile

import pytest

from bot import kinds


def zipped(*names: str) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as bundle:
        for name in names:
            bundle.writestr(name, "x")
    return stream.getvalue()


PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + b"\0" * 50
EXE = b"MZ\x90\0\x03" + b"\0" * 100 + b"PE\0\0" + b"\0" * 50

GOOD = {
    "a.png": PNG,
    "a.JPG": b"\xff\xd8\xff\xe1\0\x10Exif\0" + b"\0" * 50,
    "a.gif": b"GIF89a" + b"\0" * 50,
    "a.webp": b"RIFF\x10\0\0\0WEBPVP8 " + b"\0" * 50,
    "a.heic": b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + b"\0" * 50,
    "a.tif": b"II*\0" + b"\0" * 50,
    "通知.pdf": b"%PDF-1.7\n",
    "a.docx": zipped("[Content_Types].xml", "_rels/.rels", "word/document.xml"),
    "a.xlsx": zipped("[Content_Types].xml", "_rels/.rels", "xl/workbook.xml"),
    "a.zip": zipped("hello.txt"),
    "a.doc": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600,
    "a.mp3": b"ID3\x03\0\0\0\0\0\0" + b"\0" * 50,
    "b.mp3": b"\xff\xfb\x90\x44" + b"\0" * 50,
    "a.m4a": b"\0\0\0\x20ftypM4A \0\0\0\0" + b"\0" * 50,
    "a.wav": b"RIFF\x24\0\0\0WAVEfmt " + b"\0" * 50,
    "a.mp4": b"\0\0\0\x20ftypisom\0\0\x02\0isomiso2avc1mp41" + b"\0" * 50,
    "a.mov": b"\0\0\0\x14ftypqt  \0\0\x02\0qt  " + b"\0" * 50,
    "a.csv": "姓名,电话\n".encode("gb18030"),
    "b.csv": "姓名,电话\n".encode("utf-16"),
    "c.csv": "姓名,电话\n李一,13800138000\n".encode("utf-16-le"),
    "d.csv": "姓名,电话\n李一,13800138000\n".encode("utf-16-be"),
    "a.txt": b"hello",
    "a.yaml": b"key: value",
    "a.md": b"# <b>hello</b>",
}
BAD = {
    "virus.exe": (EXE, "kind"),
    "page.html": (b"<html>", "kind"),
    "drawing.svg": (b"<svg xmlns='http://www.w3.org/2000/svg'>", "kind"),
    "macro.docm": (zipped("a"), "kind"),
    "README": (b"hello", "kind"),
    "photo.png.exe": (PNG, "kind"),
    "letter.pdf": (EXE, "disguise"),
    "photo.png": (b"<!DOCTYPE html><html><script>", "disguise"),
    "photo.jpg": (b"<svg xmlns='http://www.w3.org/2000/svg'>", "disguise"),
    "list.csv": (EXE, "disguise"),
    "pack.zip": (b"\x7fELF\x02\x01\x01" + b"\0" * 100, "disguise"),
    "empty.pdf": (b"", "empty"),
    "empty.png": (b"", "empty"),
    "empty.txt": (b"", "empty"),
}


@pytest.mark.parametrize("name", GOOD)
def test_files_of_the_listed_kinds_are_taken(name: str) -> None:
    assert kinds.told(name, GOOD[name][:4096]).media_type


@pytest.mark.parametrize("name", BAD)
def test_other_files_are_refused_with_a_reason(name: str) -> None:
    head, reason = BAD[name]
    with pytest.raises(kinds.Unwanted) as refused:
        kinds.told(name, head)
    assert (refused.value.reason, refused.value.name) == (reason, name)


@pytest.mark.parametrize(
    ("given", "tidy"),
    [
        ("../../etc/passwd.txt", "passwd.txt"),
        ("C:\\Users\\li\\照片.png", "照片.png"),
        ("a\u202egnp.txt\n", "agnp.txt"),
        ("  two   words .pdf ", "two words .pdf"),
        ("..", "file"),
        ("x" * 400 + ".pdf", "x" * 196 + ".pdf"),
    ],
)
def test_names_are_tidied(given: str, tidy: str) -> None:
    assert kinds.tidy(given) == tidy
