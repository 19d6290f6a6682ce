"""Bags: what is written is a bag by others' judgement, the same every time, and whatever is changed in it is named."""

from __future__ import annotations

import os
import shutil
import struct
import subprocess
import unicodedata
import zipfile
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import bagit
import pytest
from hypothesis import assume, given
from hypothesis import strategies as some

from storage import bag_checking, bags
from storage.bag_checking import Fault, Report, What
from storage.bags import Member, Zip

AT = datetime(2026, 6, 15, 10, 30)  # noqa: DTZ001  on whatever clock
TREE = "data/2026/AC_年会_20260608"
FILES = {
    f"{TREE}/01_策划与审批/策划案.docx": b"plan",
    f"{TREE}/06_演讲资料/S1_李娜_题目_v1.pptx": b"slides" * 1000,
    f"{TREE}/11_财务/empty.csv": b"",
    "bag-info.txt": bags.info([("Source-Organization", "示例协会"), ("Payload-Oxum", "6004.3"), ("Contact-Phone", "")]),
    "README.html": b"<p>how to verify</p>",
}
NAMES = some.text(some.characters(exclude_characters="/\0", exclude_categories=["Cs"]), min_size=1, max_size=40)


def members(files: dict[str, bytes]) -> list[Member]:
    return [Member(path, bags.sums_of(data)) for path, data in files.items()]


class Store(dict[str, bytes]):
    """Bytes by their SHA-256, handed out a few at a time."""

    def __init__(self, files: dict[str, bytes]) -> None:
        super().__init__({bags.sums_of(data).sha256: data for data in files.values()})

    def read(self, digest: str) -> Iterable[bytes]:
        data = self[digest]
        return (data[start : start + 700] for start in range(0, len(data), 700))


def zipped(files: dict[str, bytes], name: str = "AC_v1") -> Zip:
    return Zip(members(files), Store(files).read, name=name, at=AT)


@pytest.fixture
def bag(tmp_path: Path) -> Path:
    folder = tmp_path / "bag"
    bags.write(members(FILES), Store(FILES).read, folder)
    return folder


def look(path: Path) -> Report:
    with bag_checking.source(path) as where:
        return bag_checking.check(where)


def faults(path: Path) -> list[tuple[What, str]]:
    return [(fault.what, fault.path) for fault in look(path).faults]


# --- what others say of it


def test_the_library_of_congress_takes_it_for_a_bag(bag: Path) -> None:
    judge = bagit.Bag(str(bag))
    assert (judge.version_info, judge.encoding.lower()) == ((1, 0), "utf-8")
    assert judge.validate()
    assert judge.info["Source-Organization"] == "示例协会"


def test_the_library_of_congress_sees_a_flipped_byte(bag: Path) -> None:
    (bag / TREE / "01_策划与审批/策划案.docx").write_bytes(b"plaN")
    with pytest.raises(bagit.BagValidationError):
        bagit.Bag(str(bag)).validate()


@pytest.mark.parametrize("name", bags.ALGORITHMS)
@pytest.mark.parametrize("kind", ["", "tag"])
def test_the_tools_of_every_system_can_check_it(bag: Path, name: str, kind: str) -> None:
    command = [f"{name}sum", "--check", "--strict", f"{kind}manifest-{name}.txt"]
    done = subprocess.run(command, cwd=bag, capture_output=True, check=False)  # noqa: S603
    assert done.returncode == 0, done.stderr


def test_a_zip_can_be_unpacked_into_the_same_bag(bag: Path, tmp_path: Path) -> None:
    (tmp_path / "a.zip").write_bytes(b"".join(zipped(FILES)))
    with zipfile.ZipFile(tmp_path / "a.zip") as opened:
        assert opened.testzip() is None
        opened.extractall(tmp_path / "out")
    assert contents(tmp_path / "out" / "AC_v1") == contents(bag)


def contents(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


# --- the same every time, and as long as it was said to be


def test_the_same_members_give_the_same_bytes_in_whatever_order_they_come() -> None:
    turned = dict(reversed(FILES.items()))
    assert b"".join(zipped(FILES)) == b"".join(zipped(turned))


@given(some.dictionaries(NAMES, some.binary(max_size=2000), max_size=6))
def test_a_zip_is_as_long_as_it_was_said_to_be(files: dict[str, bytes]) -> None:
    made = zipped({f"data/{name}": data for name, data in files.items()})
    assert len(b"".join(made)) == len(made)


@pytest.mark.slow
@pytest.mark.parametrize("size", [2_040_000_000, 2_050_000_000, 2_150_000_000])
def test_a_zip_of_more_than_two_gigabytes_is_as_long_as_it_was_said_to_be(
    size: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bags, "_proved", lambda member, read: read(member.sums.sha256))
    piece = bytes(10_000_000)

    def read(digest: str) -> Iterator[bytes]:
        yield from (piece for _ in range(size // len(piece)))

    found = [Member(f"data/{number}.mp4", bags.Sums(size, f"{number}" * 64, "0" * 128)) for number in (1, 2)]
    made = Zip(found, read, name="x", at=AT)
    assert sum(map(len, made)) == len(made)


@pytest.mark.parametrize("entries", [65_535, 65_536])
def test_a_zip_of_very_many_files_is_as_long_as_it_was_said_to_be(entries: int) -> None:
    own = len(zipped({}).parts)
    made = zipped({f"data/{number}": b"" for number in range(entries - own)})
    assert len(made.parts) == entries
    assert sum(map(len, made)) == len(made)


def test_bytes_that_are_no_longer_what_they_were_end_the_writing(tmp_path: Path) -> None:
    store = Store(FILES)
    digest = bags.sums_of(b"plan").sha256
    store[digest] = b"plaN"
    with pytest.raises(bags.Damaged):
        bags.write(members(FILES), store.read, tmp_path / "bag")
    with pytest.raises(bags.Damaged):
        b"".join(Zip(members(FILES), store.read, name="x", at=AT))


def test_a_bag_is_written_over_nothing(bag: Path) -> None:
    with pytest.raises(FileExistsError):
        bags.write(members(FILES), Store(FILES).read, bag)


@given(NAMES)
def test_a_path_in_a_manifest_is_one_line_and_comes_back(name: str) -> None:
    assert "\n" not in bags.encoded(name)
    assert "\r" not in bags.encoded(name)
    assert bags.decoded(bags.encoded(name)) == name


# --- what stays elsewhere


def away(tmp_path: Path) -> Path:
    recording = Member(f"{TREE}/08/S1.mp4", bags.sums_of(b"long"), url="https://example.org/S1.mp4")
    found = [*members(FILES), recording]
    found = [one for one in found if one.path != bags.INFO]
    said = bags.info([("Payload-Oxum", bags.oxum(found))])
    bags.write(
        [*found, Member(bags.INFO, bags.sums_of(said))], Store(FILES | {bags.INFO: said}).read, tmp_path / "away"
    )
    return tmp_path / "away"


def test_what_stays_elsewhere_is_named_until_it_is_fetched(tmp_path: Path) -> None:
    folder = away(tmp_path)
    assert (folder / "fetch.txt").read_text() == f"https://example.org/S1.mp4 4 {TREE}/08/S1.mp4\n"
    assert faults(folder) == [(What.UNFETCHED, f"{TREE}/08/S1.mp4")]
    (folder / TREE / "08").mkdir()
    (folder / TREE / "08/S1.mp4").write_bytes(b"long")
    assert faults(folder) == []
    assert bagit.Bag(str(folder)).validate()


# --- looking a bag over


def test_a_whole_bag_has_no_faults(bag: Path) -> None:
    report = look(bag)
    assert report.faults == []
    assert report.files == len(FILES) + 3


def test_everything_that_is_wrong_is_named_at_once(bag: Path) -> None:
    (bag / TREE / "01_策划与审批/策划案.docx").write_bytes(b"plaN")
    (bag / TREE / "11_财务/empty.csv").unlink()
    (bag / TREE / "Thumbs.db").write_bytes(b"x")
    (bag / "notes.txt").write_bytes(b"x")
    with (bag / "manifest-sha512.txt").open("a") as manifest:
        manifest.write("no sum here\n" + "0" * 128 + "  ../../etc/passwd\n")
    assert {(fault.what, fault.path, fault.more) for fault in look(bag).faults} == {
        (What.CHANGED, f"{TREE}/01_策划与审批/策划案.docx", ""),
        (What.MISSING, f"{TREE}/11_财务/empty.csv", ""),
        (What.EXTRA, f"{TREE}/Thumbs.db", ""),
        (What.EXTRA, "notes.txt", ""),
        (What.CHANGED, "manifest-sha512.txt", ""),
        (What.LINE, "manifest-sha512.txt", "4"),
        (What.LINE, "manifest-sha512.txt", "5"),
        (What.OXUM, "6004.3", "6005.3"),
    }


def test_a_path_that_leads_out_of_the_bag_is_not_followed(bag: Path) -> None:
    for path in ("data/../../etc/passwd", "data/..\\..\\x"):
        with (bag / "manifest-sha256.txt").open("a") as manifest:
            manifest.write("0" * 64 + f"  {path}\n")
    assert {fault.path for fault in look(bag).faults if fault.what == What.UNSAFE} == {
        "data/../../etc/passwd",
        "data/..\\..\\x",
    }


def test_what_one_manifest_does_not_know_is_named(bag: Path) -> None:
    path = bag / "manifest-sha512.txt"
    path.write_text("".join(path.read_text().splitlines(keepends=True)[1:]))
    assert Fault(What.UNLISTED, f"{TREE}/01_策划与审批/策划案.docx", "manifest-sha512.txt") in look(bag).faults


def test_a_flipped_byte_in_a_zip_is_named(tmp_path: Path) -> None:
    data = bytearray(b"".join(zipped(FILES)))
    data[data.index(b"slidesslides")] ^= 1
    (tmp_path / "a.zip").write_bytes(data)
    assert faults(tmp_path / "a.zip") == [(What.CHANGED, f"{TREE}/06_演讲资料/S1_李娜_题目_v1.pptx")]


@pytest.mark.parametrize("victim", [f"{TREE}/06_演讲资料/S1_李娜_题目_v1.pptx", "manifest-sha512.txt"])
def test_a_flipped_byte_in_what_another_program_packed_is_named(bag: Path, victim: str) -> None:
    packed = Path(shutil.make_archive(f"{bag}_again", "zip", bag.parent, bag.name))
    with zipfile.ZipFile(packed) as opened:
        head = opened.getinfo(f"{bag.name}/{victim}").header_offset
    data = bytearray(packed.read_bytes())
    data[head + 30 + sum(struct.unpack_from("<HH", data, head + 26))] = 0xFF  # nothing that is packed begins so
    packed.write_bytes(data)
    assert (What.CHANGED, victim) in faults(packed)
    assert {path for what, path in faults(packed) if what != What.UNLISTED} == {victim}


def test_a_whole_zip_has_no_faults(tmp_path: Path) -> None:
    (tmp_path / "a.zip").write_bytes(b"".join(zipped(FILES)))
    assert faults(tmp_path / "a.zip") == []


def test_a_folder_that_is_no_bag_says_so(tmp_path: Path) -> None:
    (tmp_path / "x.txt").write_bytes(b"")
    assert {What.NO_BAG, What.NO_MANIFEST} <= {fault.what for fault in look(tmp_path).faults}


def test_names_that_a_disk_took_apart_are_the_same_names(tmp_path: Path) -> None:
    files = {"data/Café.txt": b"x"}
    bags.write(members(files), Store(files).read, tmp_path / "bag")
    there = tmp_path / "bag" / "data"
    (there / "Café.txt").rename(there / unicodedata.normalize("NFD", "Café.txt"))
    assert faults(tmp_path / "bag") == []
    (there / "Café.txt").write_bytes(b"x")
    assert (What.TWICE, "data/Café.txt") in faults(tmp_path / "bag")


def test_what_cannot_be_read_is_named(bag: Path) -> None:
    victim = bag / TREE / "11_财务/empty.csv"
    victim.unlink()
    victim.symlink_to(bag / "nowhere")
    assert (What.UNREAD, f"{TREE}/11_财务/empty.csv") in faults(bag)


def test_a_pipe_in_the_place_of_a_file_is_named_and_keeps_nobody_waiting(bag: Path) -> None:
    victim = bag / TREE / "11_财务/empty.csv"
    victim.unlink()
    os.mkfifo(victim)
    assert (What.UNREAD, f"{TREE}/11_财务/empty.csv") in faults(bag)


def test_links_are_not_followed_even_to_the_right_bytes(bag: Path, tmp_path: Path) -> None:
    victim, folder = bag / TREE / "11_财务/empty.csv", bag / TREE / "06_演讲资料"
    for there in (victim, folder):
        there.rename(tmp_path / there.name)
        there.symlink_to(tmp_path / there.name)
    assert [one for one in faults(bag) if one[0] != What.OXUM] == [
        (What.MISSING, f"{TREE}/06_演讲资料/S1_李娜_题目_v1.pptx"),
        (What.UNREAD, f"{TREE}/11_财务/empty.csv"),
    ]


def test_without_tag_manifests_only_the_payload_is_judged(bag: Path) -> None:
    for name in bags.ALGORITHMS:
        (bag / f"tagmanifest-{name}.txt").unlink()
    assert faults(bag) == []
    (bag / "data" / "manifest-md5.txt").write_bytes(b"x")
    assert (What.EXTRA, "data/manifest-md5.txt") in faults(bag)


def test_a_size_without_end_is_a_line_that_says_nothing(bag: Path) -> None:
    (bag / "fetch.txt").write_text(f"https://example.org/a {'9' * 5000} data/a\n")
    assert (What.LINE, "fetch.txt") in faults(bag)


@given(some.data())
def test_any_one_change_is_found(data: some.DataObject) -> None:
    with TemporaryDirectory() as place:
        folder = Path(place) / "bag"
        bags.write(members(FILES), Store(FILES).read, folder)
        paths = sorted(path for path in folder.rglob("*") if path.is_file() and path.stat().st_size)
        victim = data.draw(some.sampled_from(paths))
        content = bytearray(victim.read_bytes())
        content[data.draw(some.integers(0, len(content) - 1))] ^= 1 << data.draw(some.integers(0, 7))
        # nothing sums the tag manifests, and a digest means the same in capitals
        assume(not victim.name.startswith("tagmanifest") or content.lower() != victim.read_bytes().lower())
        victim.write_bytes(content)
        found = faults(folder)
        assert found, victim
        if not victim.name.startswith("tagmanifest"):
            assert (What.CHANGED, victim.relative_to(folder).as_posix()) in found
        shutil.rmtree(folder)
    assert not os.path.lexists(folder)
