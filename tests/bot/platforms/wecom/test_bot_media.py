"""Files on the AI bot's line: opened with their own keys, by another library than the fake's, and only whole."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.keeping import Intake
from bot.kinds import Unwanted
from bot.platforms.wecom.bot_media import Fetch, named, opened
from bot.platforms.wecom.receive import Sent
from storage.files import TooLarge
from storage.folder import Folder
from tests.bot.platforms.wecom.bot_office import GROUP, BotHouse, bot_house
from tests.bot.platforms.wecom.office import LI, WANG, words
from tests.bot.test_kinds import PNG
from tests.fakes.wecom_bot import FakeWecomBot
from tests.fakes.wecom_bot_talk import Secret, sealed

KEY = bytes(range(32))


def cut(data: bytes, size: int) -> Iterator[bytes]:
    yield from (data[at : at + size] for at in range(0, len(data), size))


@given(data=st.binary(max_size=300), size=st.integers(1, 70), padded=st.booleans())
def test_whatever_the_pieces_the_file_is_the_same(data: bytes, size: int, *, padded: bool) -> None:
    key = b64encode(KEY).decode()
    pieces = cut(sealed(Secret("a", data, KEY, 0)), size)
    assert b"".join(opened(key if padded else key.rstrip("="), pieces)) == data


@pytest.mark.parametrize("cut_off", [1, 16, 31])
def test_what_breaks_off_is_not_taken_for_a_file(cut_off: int) -> None:
    whole = sealed(Secret("a", b"x" * 100, KEY, 0))
    with pytest.raises(OSError, match="not readable"):
        list(opened(b64encode(KEY).decode(), cut(whole[:-cut_off], 40)))


@pytest.mark.parametrize("key", ["", "no base64!", b64encode(b"short").decode(), b64encode(b"k" * 32).decode()])
def test_a_wrong_key_opens_nothing(key: str) -> None:
    with pytest.raises(OSError, match="not readable"):
        list(opened(key, cut(sealed(Secret("a", b"x" * 100, KEY, 0)), 40)))


@pytest.mark.parametrize(
    ("first", "name"),
    [(PNG, "photo.png"), (b"GIF89a", "photo.gif"), (b"\xff\xd8\xff\xe0", "photo.jpg"), (b"?", "photo.jpg")],
)
def test_a_picture_is_called_what_it_is(first: bytes, name: str) -> None:
    assert named("photo.jpg", first) == name


# --- from where they wait


@pytest.fixture
def house(tmp_path: Path) -> Iterator[BotHouse]:
    with bot_house(tmp_path, largest_file_mb=1) as made:
        made.connects()
        made.says(LI, "新建会议 2026年会 结束：2026-05-27 17:00", group=GROUP)
        yield made


def kept(house: BotHouse) -> list[bytes]:
    """The files that there are."""
    folder = house.app.settings.data / "files"
    return [one.read_bytes() for one in folder.rglob("*") if one.is_file()]


def test_a_file_sent_to_the_bot_is_kept(house: BotHouse) -> None:
    house.does(LI, lambda: house.bot.sends_image(LI, PNG))
    assert kept(house) == [PNG]


def test_a_file_quoted_in_a_group_is_kept(house: BotHouse) -> None:
    csv = "姓名,座位\n李娜,1\n".encode() * 9_000
    house.says(WANG, "附上 T4", group=GROUP, quote=house.bot.quoted_file("名单.csv", csv))
    assert kept(house) == [csv]


def test_a_file_that_is_too_large_is_refused_and_not_kept(house: BotHouse) -> None:
    said = house.does(LI, lambda: house.bot.sends_file(LI, "大.csv", b"1,2\n" * 300_000))
    assert "1 MB" in words(said)
    assert kept(house) == []


def test_a_file_that_is_none_of_ours_is_refused(house: BotHouse) -> None:
    assert "setup.exe" in words(house.does(LI, lambda: house.bot.sends_file(LI, "setup.exe", b"MZ" * 99)))
    assert kept(house) == []


def test_a_file_that_is_no_longer_there_is_asked_for_again(house: BotHouse) -> None:
    came = house.hears(lambda: house.bot.sends_file(LI, "名单.csv", b"a,b\n"))
    house.passes(400)
    house.settle()
    assert came.msgid
    assert "再发一次" in words(house.bot.seen(LI))
    assert kept(house) == []


def test_neither_address_nor_key_stands_in_an_error(tmp_path: Path) -> None:
    fetch = Fetch(Intake(Folder(tmp_path), 1000))
    with FakeWecomBot() as bot:
        gone = bot.hidden("a.csv", b"a,b\n")
        bot.clock += 400
        wrong = bot.hidden("b.csv", b"a,b\n") | {"aeskey": b64encode(b"a key that is none").decode()}
        for hidden in (gone, wrong):
            with pytest.raises(OSError, match=r"HTTPError|not readable") as found:
                fetch(None, Sent(name="a", address=hidden["url"], key=hidden["aeskey"]))  # type: ignore[arg-type]
            told = str(found.value)
            assert hidden["url"] not in told
            assert hidden["aeskey"] not in told


def test_an_empty_file_and_one_beyond_the_limit_are_told_apart(tmp_path: Path) -> None:
    fetch = Fetch(Intake(Folder(tmp_path), 1000))
    with FakeWecomBot() as bot:
        for data, kind in ((b"", Unwanted), (b"a," * 600, TooLarge)):
            hidden = bot.hidden("a.csv", data)
            with pytest.raises(kind):
                fetch(None, Sent(name="a", address=hidden["url"], key=hidden["aeskey"]))  # type: ignore[arg-type]


def test_a_picture_that_comes_without_a_name_is_taken_for_what_it_is(tmp_path: Path) -> None:
    with FakeWecomBot() as bot:
        hidden = bot.hidden("", PNG)
        sent = Sent(name="photo-1.jpg", address=hidden["url"], key=hidden["aeskey"])
        kept = Fetch(Intake(Folder(tmp_path), 1000))(None, sent)  # type: ignore[arg-type]
    assert (kept.name, kept.media_type) == ("photo-1.png", "image/png")
