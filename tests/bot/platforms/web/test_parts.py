"""Forms are read as they come, whatever the pieces they come in, and no further than they may be long."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.platforms.web import parts
from bot.platforms.web.parts import Malformed

BOUNDARY = b"xx"
Part = tuple[str, str | None, bytes]
"""A field's name, its file's name if it is one, and what is in it."""


def form(*given: Part) -> bytes:
    drawn = b""
    for name, filename, content in given:
        file = "" if filename is None else f'; filename="{filename}"'
        drawn += f'--xx\r\nContent-Disposition: form-data; name="{name}"{file}\r\n\r\n'.encode() + content + b"\r\n"
    return drawn + b"--xx--\r\n"


def cut(whole: bytes, size: int) -> Iterator[bytes]:
    return (whole[at : at + size] for at in range(0, len(whole), size))


def whole(name: str, pieces: Iterator[bytes]) -> tuple[str, bytes]:
    return name, b"".join(pieces)


def read(pieces: Iterator[bytes], most: int = 9, most_typed: int = 10_000) -> tuple[dict[str, str], list[object]]:
    return parts.read(pieces, BOUNDARY, take=whole, files="files", most=most, most_typed=most_typed)


CONTENT = st.binary(max_size=60) | st.lists(
    st.sampled_from([b"\r\n", b"--", b"xx", b"--xx", b"\r\n--x", b"\r", b"a"]), max_size=12
).map(b"".join).filter(lambda content: b"\r\n--xx" not in b"\r\n" + content)


@given(CONTENT, CONTENT, st.integers(1, 70))
def test_pieces_of_any_size_make_the_same_form(first: bytes, second: bytes, size: int) -> None:
    if b"\r\n--xx" in b"\r\n" + first or b"\r\n--xx" in b"\r\n" + second:
        return
    sent = form(
        ("line", None, "完成 T1".encode()), ("files", "甲.bin", first), ("n", None, b""), ("files", "b", second)
    )
    assert read(cut(sent, size)) == ({"line": "完成 T1", "n": ""}, [("甲.bin", first), ("b", second)])


def test_what_is_not_wanted_of_a_file_is_dropped_and_the_next_one_is_whole() -> None:
    def some(name: str, pieces: Iterator[bytes]) -> bytes:
        def closing() -> Iterator[bytes]:
            yield from pieces

        return next(closing())  # a generator that is given up closes what it has begun to read

    sent = form(("files", "a", b"x" * 100), ("files", "b", b"y" * 100), ("line", None, b"hello"))
    found = parts.read(cut(sent, 10), BOUNDARY, take=some, files="files", most=9, most_typed=1000)
    assert found[0] == {"line": "hello"}
    assert [set(one) for one in found[1]] == [set(b"x"), set(b"y")]


def test_files_are_taken_while_the_rest_has_not_come() -> None:
    come = 0

    def coming() -> Iterator[bytes]:
        nonlocal come
        for piece in cut(form(("files", "a", b"x" * 1000), ("files", "b", b"y" * 1000)), 100):
            come += len(piece)
            yield piece

    def when(name: str, pieces: Iterator[bytes]) -> tuple[str, int]:
        next(pieces)
        return name, come

    _, [(_, first), (_, second)] = parts.read(coming(), BOUNDARY, take=when, files="files", most=9, most_typed=1000)
    assert first < 300
    assert second > 1000


def test_a_field_for_files_that_was_left_empty_is_none_and_files_of_other_fields_are_not_taken() -> None:
    assert read(cut(form(("files", "", b""), ("other", "a", b"x"), ("files", "b", b"")), 9)) == ({}, [("b", b"")])


def test_what_broke_it_off_is_told_even_if_the_file_made_its_own_of_it() -> None:
    def coming() -> Iterator[bytes]:
        yield form(("files", "a", b"x" * 90))[:-40]
        raise TimeoutError

    def forgiving(name: str, pieces: Iterator[bytes]) -> str:
        with suppress(TimeoutError):
            b"".join(pieces)
        return name

    with pytest.raises(TimeoutError):
        parts.read(coming(), BOUNDARY, take=forgiving, files="files", most=9, most_typed=1000)


def test_a_boundary_that_is_none_makes_no_form() -> None:
    with pytest.raises(Malformed):
        parts.read(iter([b""]), b"x" * 300, take=whole, files="files", most=9, most_typed=1000)


@pytest.mark.parametrize(
    "sent",
    [
        form(("files", "a", b"x" * 90))[:60],
        form(("line", None, b"x" * 90))[:60],
        b"no form",
        form(*[("files", "a", b"x")] * 10),
        form(("line", None, b"x" * 10_001)),
        form(("n" * 10_001, None, b"")),
    ],
)
def test_what_is_no_form_of_ours_is_none(sent: bytes) -> None:
    with pytest.raises(Malformed):
        read(cut(sent, 20))
