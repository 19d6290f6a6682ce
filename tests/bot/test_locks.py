"""A password is seen without opening anything: in documents of every age, and in archives."""

from __future__ import annotations

import io
import struct
import tempfile
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import kinds, locks, packed
from bot.kinds import Kind, Unwanted
from tests.bot import archives

DOCX = Kind("a.docx", kinds.KINDS[".docx"][0])
DOC = Kind("a.doc", "application/msword")


def ole(streams: dict[str, bytes], *, kind: bytes = bytes(16), far: int = 0) -> bytes:
    """An old document by Microsoft's [MS-CFB]: its directory stands behind ``far`` empty sectors, after its streams."""
    sectors: list[bytes] = [bytes(512)] * far
    places = {}
    chain: dict[int, int] = {}
    for name, content in streams.items():
        places[name] = len(sectors)
        padded = content.ljust(-(-len(content) // 512) * 512, b"\0")
        sectors += [padded[at : at + 512] for at in range(0, len(padded), 512)]
    entries = [_entry("Root Entry", 5, 0xFFFFFFFE, kind), *(_entry(name, 2, at) for name, at in places.items())]
    directory = b"".join(entries).ljust(-(-len(entries) // 4) * 512, b"\0")
    first = len(sectors)
    sectors += [directory[at : at + 512] for at in range(0, len(directory), 512)]
    for at in range(first, len(sectors)):
        chain[at] = at + 1 if at + 1 < len(sectors) else 0xFFFFFFFE
    tables = -(-(len(sectors) + 400) // 128)
    table = len(sectors)
    told = b"".join(struct.pack("<I", chain.get(at, 0xFFFFFFFF)) for at in range(tables * 128))
    sectors += [told[at : at + 512] for at in range(0, len(told), 512)]
    named, beyond = list(range(table, table + min(tables, 109))), list(range(table + 109, table + tables))
    more = len(sectors) if beyond else 0xFFFFFFFE
    for at in range(0, len(beyond), 127):
        following = len(sectors) + 1 if at + 127 < len(beyond) else 0xFFFFFFFE
        part = beyond[at : at + 127]
        sectors.append(struct.pack("<128I", *part, *[0xFFFFFFFF] * (127 - len(part)), following))
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6)
    header = header.ljust(0x2C, b"\0") + struct.pack("<II", tables, first)
    header = header.ljust(0x44, b"\0") + struct.pack("<II", more, -(-len(beyond) // 127))
    return header + struct.pack("<109I", *named, *[0xFFFFFFFF] * (109 - len(named))) + b"".join(sectors)


def _entry(name: str, sort: int, start: int, kind: bytes = bytes(16)) -> bytes:
    raw = name.encode("utf-16-le") + b"\0\0"
    entry = raw.ljust(64, b"\0") + struct.pack("<HBB", len(raw), sort, 1) + b"\xff" * 12 + kind
    return entry.ljust(0x74, b"\0") + struct.pack("<IQ", start, 5000)


def word(*, locked: bool) -> bytes:
    return struct.pack("<HHHHHH", 0xA5EC, 0xC1, 0, 0, 0, 0x0100 if locked else 0x0200).ljust(600, b"\0")


def excel(*kinds_of_records: int) -> bytes:
    return b"".join(struct.pack("<HH", kind, 4) + b"\x2f\0\0\0" for kind in kinds_of_records).ljust(600, b"\0")


def pdf(trailer: bytes, *, before: bytes = b"", objects: int = 3) -> bytes:
    body = b"%PDF-1.7\n" + before + b"1 0 obj\n<</Type/Catalog>>\nendobj\n" * objects
    return body + b"xref\n0 1\n" + trailer + b"\nstartxref\n" + str(len(body)).encode() + b"\n%%EOF\n"


def zipped(*flags: int, comment: bytes = b"") -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as bundle:
        for number in range(len(flags)):
            bundle.writestr(f"会议/{number}.txt", "x" * number)
        bundle.comment = comment
    whole, place = stream.getvalue(), -1
    for flag in flags:
        place = whole.index(b"PK\x01\x02", place + 1)
        whole = whole[: place + 8] + struct.pack("<H", 0x800 | flag) + whole[place + 10 :]
    return whole


def opened(*, locked: bool) -> bytes:
    """A letter by OpenDocument, whose parts are encrypted one by one: only its manifest tells."""
    told = '<manifest:encryption-data manifest:checksum-type="SHA1/1K"/>' if locked else ""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as bundle:
        bundle.writestr("mimetype", "application/vnd.oasis.opendocument.text", zipfile.ZIP_STORED)
        bundle.writestr("content.xml", "encryption-data" * 100, zipfile.ZIP_STORED)
        bundle.writestr("META-INF/manifest.xml", f"<manifest:file-entry>{told}</manifest:file-entry>")
    return stream.getvalue()


OTHERS = {f"stream {number}": b"x" * 600 for number in range(9)}
LOCKED = {
    "today's document": ole({"EncryptionInfo": b"x" * 200, "EncryptedPackage": b"x" * 5000}),
    "today's document, its name far down": ole({**OTHERS, "EncryptedPackage": b"x" * 5000}),
    "today's large document": ole({**OTHERS, "EncryptedPackage": b"x" * 5000}, far=128 * 109 + 500),
    "an old letter": ole({"1Table": b"x" * 600, "WordDocument": word(locked=True)}),
    "an old sheet": ole({"Workbook": excel(0x0809, 0x002F)}),
    "an old sheet that is not to be written": ole({"Workbook": excel(0x0809, 0x0086, 0x002F)}),
    "a very old sheet": ole({"Book": excel(0x0809, 0x002F)}),
    "old slides": ole({"PowerPoint Document": b"x" * 600, "EncryptedSummary": b"x"}),
    "a pdf": pdf(b"trailer\n<</Size 1/Root 1 0 R/Encrypt 12 0 R>>"),
    "a pdf that says at once how": pdf(b"trailer\n<</Size 1/Encrypt<</Filter/Standard>>>>"),
    "a pdf made for the web": pdf(b"trailer\n<</Size 1/Encrypt 5 0 R>>", objects=3000)
    + b"x" * 200_000
    + b"startxref\n%d\n%%%%EOF" % (9 + 32 * 3000),
    "a zip": zipped(1),
    "a zip with one such file among others": zipped(0, 0, 1, 0),
    "a zip with a long comment": zipped(1, comment=b"x" * 40_000),
    "an open document": opened(locked=True),
    **archives.LOCKED,
}
OPEN = {
    "an old letter": ole({"1Table": b"x" * 600, "WordDocument": word(locked=False)}),
    "an old sheet": ole({"Workbook": excel(0x0809, 0x0042, 0x00E1)}),
    "an old sheet with that number in its cells": ole({"Workbook": excel(0x0809, 1, 2, 3, 0x002F)}),
    "old slides": ole({"PowerPoint Document": b"x" * 600}),
    "a pdf": pdf(b"trailer\n<</Size 1/Root 1 0 R>>"),
    "what only begins as an old document": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600),
    "a pdf that speaks of it": pdf(b"trailer\n<</Size 1>>", before=b"(how to /Encrypt a file)", objects=3000),
    "a pdf whose trailer is beyond every disk": pdf(b"trailer\n<</Size 1>>") + b"startxref\n%d" % 10**30,
    "a pdf that counts without end": pdf(b"trailer\n<</Size 1>>") + b"startxref\n" + b"9" * 5000,
    "a zip": zipped(0, 0, comment=b"PK"),
    "a picture": b"\x89PNG\r\n\x1a\n/Encrypt 1 0 R" + bytes(100),
    "words": "加密 EncryptedPackage /Encrypt 1 0 R".encode(),
    "nothing": b"",
    "an open document": opened(locked=False),
    **archives.OPEN,
}


@pytest.mark.parametrize("what", LOCKED)
def test_a_password_is_seen(what: str) -> None:
    assert locks.is_locked(io.BytesIO(LOCKED[what]))


@pytest.mark.parametrize("what", OPEN)
def test_what_has_none_is_not_said_to_have_one(what: str) -> None:
    assert not locks.is_locked(io.BytesIO(OPEN[what]))


@given(st.sampled_from([*LOCKED.values(), *OPEN.values()]), st.data())
def test_whatever_is_broken_is_no_trouble(whole: bytes, data: st.DataObject) -> None:
    end = data.draw(st.integers(0, len(whole)))
    at = data.draw(st.integers(0, max(0, min(end, 2000) - 1)))
    broken = bytearray(whole[:end])
    broken[at : at + 4] = data.draw(st.binary(min_size=4, max_size=4))
    locks.is_locked(io.BytesIO(broken))
    locks.is_installer(io.BytesIO(broken))


def test_no_more_than_a_few_windows_are_read_however_large_it_says_it_is() -> None:
    class Counting(io.BytesIO):
        read_ = 0

        def read(self, size: int | None = -1, /) -> bytes:
            found = super().read(size)
            self.read_ += len(found)
            return found

    endless = ole({**OTHERS, "EncryptedPackage": b"x"}, far=100)
    loop = bytearray(endless)
    first = struct.unpack_from("<I", endless, 0x30)[0]
    table = struct.unpack_from("<I", endless, 0x4C)[0]
    struct.pack_into("<I", loop, (table + 1) * 512 + 4 * first, first)  # the directory's sector leads to itself
    huge = zipped(0)
    end = huge.rindex(b"PK\x05\x06")
    huge = huge[: end + 12] + b"\xff\xff\xff\xff" + huge[end + 16 :]
    many = packed.RAR + b"\0\0\0\0\x02\x09\0" * 50_000
    for content in (bytes(loop), huge, pdf(b"startxref 5\n" * 5000), many):
        source = Counting(content)
        locks.is_locked(source)
        assert source.read_ < 400_000


def test_a_document_of_today_that_is_made_like_an_old_one_is_taken_only_with_a_password() -> None:
    assert kinds.check(DOCX, io.BytesIO(LOCKED["today's document"])) is True
    with pytest.raises(Unwanted, match="disguise"):
        kinds.check(DOCX, io.BytesIO(OPEN["an old letter"]))
    assert kinds.check(DOC, io.BytesIO(OPEN["an old letter"])) is False


@pytest.mark.parametrize("kind", ["84", "86", "82"])
def test_an_installer_that_is_named_as_a_letter_is_refused(kind: str) -> None:
    installer = ole({"x": b"x"}, kind=bytes.fromhex(f"{kind}100c0000000000c000000000000046"))
    with pytest.raises(Unwanted, match="disguise"):
        kinds.check(DOC, io.BytesIO(installer))


@pytest.mark.parametrize("place", [2**41, 2**61, 2**63 - 33, 2**64 - 1])
def test_an_archive_whose_contents_are_beyond_every_file_has_no_password(place: int) -> None:
    head = (
        b"7z\xbc\xaf\x27\x1c\x00\x04" + bytes(4) + place.to_bytes(8, "little") + (50).to_bytes(8, "little") + bytes(4)
    )
    with tempfile.TemporaryFile() as source:
        source.write(head + bytes(100))
        assert not locks.is_locked(source)
