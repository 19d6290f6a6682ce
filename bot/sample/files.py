"""Files for a made-up team to send: a small photo and a one-page document, made here, true to their types."""

from __future__ import annotations

import struct
import zlib

WIDTH, HEIGHT = 480, 320
_PAGE = b"""<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R
/Resources << /Font << /F1 5 0 R >> >> >>"""


def photo(seed: int) -> bytes:
    """A PNG of an empty hall, more or less: a wall, a floor, a stage in a colour of its own."""
    hue = (90 + seed * 53 % 120, 110 + seed * 31 % 90, 150 + seed * 17 % 80)
    rows = b"".join(b"\0" + _row(y, hue) for y in range(HEIGHT))
    header = struct.pack(">IIBBBBB", WIDTH, HEIGHT, 8, 2, 0, 0, 0)
    parts = (b"IHDR" + header, b"IDAT" + zlib.compress(rows, 9), b"IEND")
    return b"\x89PNG\r\n\x1a\n" + b"".join(map(_chunk, parts))


def _row(y: int, hue: tuple[int, int, int]) -> bytes:
    floor = HEIGHT * 2 // 3
    side = _colour(hue, 45 if y > floor else 70 - y * 40 // floor)
    if not HEIGHT // 3 < y < floor:
        return side * WIDTH
    return side * (WIDTH // 4) + _colour(hue, 10) * (WIDTH // 2) + side * (WIDTH // 4)


def _colour(hue: tuple[int, int, int], light: int) -> bytes:
    return bytes(min(255, part + light) for part in hue)


def _chunk(part: bytes) -> bytes:
    return struct.pack(">I", len(part) - 4) + part + struct.pack(">I", zlib.crc32(part))


def document(title: str) -> bytes:
    """A PDF of one page with a line on it; the line is ASCII, as a PDF's own fonts are."""
    line = f"BT /F1 20 Tf 72 760 Td ({title}) Tj ET".encode("ascii")
    objects = (
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        _PAGE,
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(line), line),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    )
    body, places = b"%PDF-1.4\n", []
    for number, content in enumerate(objects, 1):
        places.append(len(body))
        body += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    return body + _trailer(places, len(body))


def _trailer(places: list[int], start: int) -> bytes:
    size = len(places) + 1
    table = b"0000000000 65535 f \n" + b"".join(b"%010d 00000 n \n" % place for place in places)
    head = b"xref\n0 %d\n%s" % (size, table)
    return head + b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (size, start)
