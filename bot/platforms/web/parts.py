"""A form with files, read as it comes: a file goes straight to whoever keeps it, through no file of anybody else's."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, TypeVar

from python_multipart.multipart import MultipartParser, parse_options_header

T = TypeVar("T")
Event = tuple[str, bytes]
Take = Callable[[str, Iterator[bytes]], T]


class Malformed(Exception):  # noqa: N818  a fact about the form
    """It is no form, breaks off, or has more in it than a form of ours may have."""


def read(
    pieces: Iterator[bytes], boundary: bytes, *, take: Take[T], files: str, most: int, most_typed: int
) -> tuple[dict[str, str], list[T]]:
    """What was typed, by name; and what ``take`` made of each file in the field ``files``, at most so many of them.

    ``take`` gets a file's name and its bytes; what it leaves of them is read and dropped. ``most_typed`` is how many
    bytes there may be beside the files. Raises ``Malformed``, and whatever ``pieces`` and ``take`` raise.
    """
    coming = _Coming(pieces)
    try:
        return _read(_Parts(_events(coming, boundary), most_typed), take=take, files=files, most=most)
    except Malformed:
        if coming.broken is not None:  # ``take`` has made its own of it: the form breaks off for that reason
            raise coming.broken from None
        raise


@dataclass
class _Coming:
    """The same pieces; ``broken`` is what ended them before their time."""

    pieces: Iterator[bytes]
    broken: Exception | None = None

    def __iter__(self) -> Iterator[bytes]:
        try:
            yield from self.pieces
        except Exception as error:
            self.broken = error
            raise


def _read(parts: _Parts, *, take: Take[T], files: str, most: int) -> tuple[dict[str, str], list[T]]:
    typed: dict[str, str] = {}
    taken: list[T] = []
    for about in parts.heads():
        name = _text(about.get(b"name", b""))
        content = iter(parts.more, None)
        if b"filename" not in about:
            typed[name] = _text(b"".join(map(parts.spend, content)))
        elif name == files and about[b"filename"]:
            if len(taken) == most:
                raise Malformed
            taken.append(take(_text(about[b"filename"]), content))
    return typed, taken


@dataclass
class _Parts:
    """``left`` is how many bytes may still come beside the files."""

    events: Iterator[Event]
    left: int

    def heads(self) -> Iterator[dict[bytes, bytes]]:
        """What each part says of itself; what nobody has read of the part before is dropped."""
        field, value = b"", b""
        about: dict[bytes, bytes] = {}
        for kind, data in self.events:
            if kind == "field":
                field += self.spend(data)
            elif kind == "value":
                value += self.spend(data)
            elif kind == "line":
                about = parse_options_header(value)[1] if field.lower() == b"content-disposition" else about
                field, value = b"", b""
            elif kind == "body":
                yield about
                about = {}
            elif kind == "over":
                return
        raise Malformed

    def more(self) -> bytes | None:
        """Some of the part; None at its end."""
        for kind, data in self.events:
            if kind == "data":
                return data
            if kind == "end":
                return None
        raise Malformed

    def spend(self, data: bytes) -> bytes:
        self.left -= len(data)
        if self.left < 0:
            raise Malformed
        return data


def _events(pieces: Iterable[bytes], boundary: bytes) -> Iterator[Event]:
    found: deque[Event] = deque()
    try:
        parser = MultipartParser(boundary, _callbacks(found))
    except ValueError:  # of which python-multipart's errors are
        raise Malformed from None
    for piece in pieces:
        try:
            parser.write(piece)
        except ValueError:
            raise Malformed from None
        while found:
            yield found.popleft()


def _callbacks(found: deque[Event]) -> Any:
    def data(kind: str) -> Callable[[bytes, int, int], None]:
        return lambda piece, start, end: found.append((kind, piece[start:end]))

    def mark(kind: str) -> Callable[[], None]:
        return lambda: found.append((kind, b""))

    return {
        "on_header_field": data("field"),
        "on_header_value": data("value"),
        "on_header_end": mark("line"),
        "on_headers_finished": mark("body"),
        "on_part_data": data("data"),
        "on_part_end": mark("end"),
        "on_end": mark("over"),
    }


def _text(raw: bytes) -> str:
    return raw.decode("utf-8", "replace")
