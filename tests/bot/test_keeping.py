"""What may come in: whole, of a known kind, under a sound name, without a virus; of anything else nothing is left."""

from __future__ import annotations

import io
import tracemalloc
import unicodedata
import zipfile
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from bot.keeping import Intake, NotKept
from bot.kinds import Unwanted
from bot.scanning import Verdict, by_clamd
from storage import spool
from storage.files import File, TooLarge
from storage.folder import Folder
from tests.bot.platforms.web.lobby import PHOTO, Lobby, lobby
from tests.bot.test_kinds import BAD, GOOD
from tests.bot.test_locks import LOCKED, OPEN
from tests.chat import text
from tests.fakes.clamd import EICAR, Clamd, clamd
from tests.handlers.test_filing import jpeg

LONG = "第十二届全国学术年会暨会员代表大会闭幕式现场照片" * 5
"""Three hundred bytes and more, as file names here are."""


@pytest.fixture
def store(tmp_path: Path) -> Folder:
    return Folder(tmp_path / "files")


def everything(store: Folder) -> list[Path]:
    return [found for found in store.root.rglob("*") if found.is_file()]


def cut(content: bytes, size: int = 1000) -> Iterator[bytes]:
    return (content[at : at + size] for at in range(0, len(content), size))


@pytest.mark.parametrize("name", GOOD)
@pytest.mark.parametrize("size", [1, 1000, 10_000])
def test_what_may_come_is_kept_byte_for_byte(store: Folder, name: str, size: int) -> None:
    upload = Intake(store, 10_000).keep(name, cut(GOOD[name], size))
    assert b"".join(store.pieces(upload.digest)) == GOOD[name]
    assert (upload.name, upload.size, upload.locked) == (name, len(GOOD[name]), False)


def test_the_day_of_a_photo_is_read_on_the_way_in(store: Folder) -> None:
    upload = Intake(store, 10_000).keep("合影.jpg", cut(jpeg("2026:06:08 10:00:00")))
    assert upload.taken_on == date(2026, 6, 8)
    assert Intake(store, 10_000).keep("合影.jpg", cut(PHOTO)).taken_on is None


@pytest.mark.parametrize("name", BAD)
def test_what_may_not_is_read_no_further_than_its_first_bytes_and_leaves_nothing(store: Folder, name: str) -> None:
    head, reason = BAD[name]
    read = 0

    def coming() -> Iterator[bytes]:
        nonlocal read
        yield from (head,) if reason == "empty" else (head.ljust(4096, b"\0"),)
        while reason != "empty":
            read += 1
            yield bytes(1000)

    with pytest.raises(Unwanted) as refused:
        Intake(store, 10**9).keep(name, coming())
    assert (refused.value.reason, read, everything(store)) == (reason, 0, [])


def test_what_is_too_large_leaves_nothing(store: Folder) -> None:
    with pytest.raises(TooLarge):
        Intake(store, 9999).keep("a.txt", cut(b"x" * 10_000))
    assert everything(store) == []
    assert Intake(store, 10_000).keep("a.txt", cut(b"x" * 10_000)).size == 10_000


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        (f"{LONG}.jpg", f"{LONG}.jpg"),
        (f"{LONG * 4}.jpg", f"{(LONG * 4)[:196]}.jpg"),
        (unicodedata.normalize("NFD", "Résumé für Jürgen 가.jpg"), "Résumé für Jürgen 가.jpg"),
        ("../../../etc/cron.d/x.jpg", "x.jpg"),
        ("C:\\Windows\\System32\\x.jpg", "x.jpg"),
        ("/dev/null/..\\x.jpg", "x.jpg"),
        ("a\u202egpj.exe\u202c.jpg", "agpj.exe.jpg"),
        ("a\0b\r\nc\u200b\u2066.jpg", "abc.jpg"),
        ("\ufeff 合影 .jpg", "合影 .jpg"),
    ],
)
def test_names_lead_nowhere_and_read_as_they_are_written(store: Folder, given: str, kept: str) -> None:
    upload = Intake(store, 1000).keep(given, cut(PHOTO))
    assert upload.name == kept
    assert [path.name for path in everything(store)] == [upload.digest]


def test_a_name_that_only_looks_like_a_picture_is_refused(store: Folder) -> None:
    with pytest.raises(Unwanted, match="kind"):
        Intake(store, 1000).keep("photo\u202egpj.exe", cut(PHOTO))


def test_twins_in_two_spellings_of_unicode_are_one_name_and_one_file(store: Folder) -> None:
    spelt = [unicodedata.normalize(form, "Übersicht café.txt") for form in ("NFC", "NFD")]
    assert spelt[0] != spelt[1]
    assert len({Intake(store, 1000).keep(name, cut(b"x")) for name in spelt}) == 1
    assert len(everything(store)) == 1


def test_a_zip_bomb_is_kept_as_it_is_and_never_unpacked(store: Folder) -> None:
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as bomb:
        bomb.writestr("0.bin", bytes(100_000_000))
    outer = io.BytesIO()
    with zipfile.ZipFile(outer, "w", zipfile.ZIP_DEFLATED) as bundle:
        for number in range(50):
            bundle.writestr(f"{number}.zip", inner.getvalue())
    content = outer.getvalue()
    tracemalloc.start()
    upload = Intake(store, 10_000_000).keep("材料.zip", cut(content, 50_000))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert upload.size == len(content) < 10_000_000
    assert peak < 2_000_000
    assert len(everything(store)) == 1


def test_who_breaks_off_and_who_refuses_are_told_apart(store: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> Iterator[bytes]:
        yield b"x" * 5000
        raise ConnectionResetError("gone")

    with pytest.raises(ConnectionResetError):
        Intake(store, 10_000).keep("a.txt", broken())
    monkeypatch.setattr(spool, "_write", lambda *_: Path("/no/such/place").read_bytes())
    with pytest.raises(NotKept) as refused:
        Intake(store, 10_000).keep("a.txt", cut(b"hello"))
    assert (refused.value.errno, everything(store)) == (2, [])


# --- viruses, passwords


@pytest.mark.parametrize("verdict", [Verdict.INFECTED, Verdict.UNCHECKED])
def test_what_is_not_known_to_be_clean_leaves_nothing(store: Folder, verdict: Verdict) -> None:
    seen: list[bytes] = []

    def scan(path: Path) -> Verdict:
        seen.append(path.read_bytes())
        return verdict

    with pytest.raises(Unwanted) as refused:
        Intake(store, 1000, scan).keep("a.txt", iter([b"he", b"llo"]))
    assert (refused.value.reason, seen, everything(store)) == (verdict, [b"hello"], [])


def test_clamd_finds_it_and_what_is_clean_is_kept(store: Folder) -> None:
    with clamd() as daemon:
        intake = Intake(store, 1000, lambda path: by_clamd(daemon.address, path))
        with pytest.raises(Unwanted, match="infected"):
            intake.keep("a.txt", cut(EICAR))
        assert intake.keep("b.txt", cut(b"hello")).size == 5
    assert len(everything(store)) == 1


LOCKED_AS = {"a pdf": "报告.pdf", "a zip": "材料.zip", "today's document": "名单.xlsx", "an old letter": "通知.doc"}


@pytest.mark.parametrize("what", LOCKED_AS)
def test_what_has_a_password_is_kept_and_marked(store: Folder, what: str) -> None:
    assert Intake(store, 10**7).keep(LOCKED_AS[what], cut(LOCKED[what])).locked


# --- what people hear


@pytest.fixture
def daemon() -> Iterator[Clamd]:
    with clamd() as running:
        yield running


@pytest.fixture
def here(tmp_path: Path, daemon: Clamd) -> Iterator[Lobby]:
    made = lobby(tmp_path, files={"clamd": daemon.address})
    yield made
    made.chat.close()


def sends(here: Lobby, name: str, content: bytes, *, locale: str = "en") -> tuple[int, str]:
    who = here.ann if locale == "en" else here.li
    page = here.upload(who.says("attach M1-T12", direct=True), who=who)
    answer = here.browser().post(f"{page}/file", params={"batch": "a" * 16, "name": name}, content=content)
    here.browser().post(f"{page}/give", data={"batch": "a" * 16})
    return answer.status_code, answer.text


@pytest.mark.parametrize(("locale", "words"), [("en", "a virus was found in it"), ("zh_CN", "查出了病毒")])
def test_a_virus_is_told_and_not_kept(here: Lobby, locale: str, words: str) -> None:
    status, told = sends(here, "a.txt", EICAR, locale=locale)
    assert (status, words in told) == (415, True)
    assert [one for one in here.chat.app.settings.data.glob("files/**/*") if one.is_file()] == []


@pytest.mark.parametrize(("locale", "words"), [("en", "Please try again later"), ("zh_CN", "请稍后再试")])
def test_what_could_not_be_checked_is_to_be_sent_again(here: Lobby, daemon: Clamd, locale: str, words: str) -> None:
    daemon.says = b"busy ERROR\0"
    status, told = sends(here, "a.txt", b"hello", locale=locale)
    assert (status, words in told) == (503, True)
    daemon.says = None
    assert sends(here, "a.txt", b"hello", locale=locale)[0] == 200


@pytest.mark.parametrize(("locale", "words"), [("en", "protected with a password"), ("zh_CN", "有密码保护")])
def test_a_password_is_told_when_the_file_arrives_and_stays_with_it(here: Lobby, locale: str, words: str) -> None:
    sends(here, "报告.pdf", LOCKED["a pdf"], locale=locale)
    heard = text(here.heard(here.ann if locale == "en" else here.li)[-1])
    assert words in heard
    assert heard.count("报告.pdf") == 2
    sends(here, "b.pdf", OPEN["a pdf"], locale=locale)
    assert words not in text(here.heard(here.ann if locale == "en" else here.li)[-1])
    with here.chat.read() as db:
        assert [(file.name, file.locked) for file in db.query(File).order_by(File.id)] == [
            ("报告.pdf", True),
            ("b.pdf", False),
        ]
