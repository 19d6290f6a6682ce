"""A version of the archive: built in chat, the same bytes every time, and honest about what it lacks."""

from __future__ import annotations

import hashlib
import io
import subprocess
import zipfile
from pathlib import Path

import bagit
import pytest

from handlers.archive import reading
from messages import Message
from messages.message import Button
from storage import archive, bag_checking
from storage.files import FileStore
from storage.materials import Material
from storage.meetings import MeetingState
from tests.chat import Chat, buttons, text
from tests.handlers.archive.conftest import FILES, Team, founded

ROOT = "data/2026/M1_Annual Forum_20260608"


def unpacked(team: Team, folder: Path) -> Path:
    with zipfile.ZipFile(io.BytesIO(team.zip())) as opened:
        opened.extractall(folder)
    (found,) = folder.iterdir()
    return found


def labels(found: list[Button]) -> list[str]:
    return [button.label for button in found]


def test_a_version_is_built_and_its_bag_is_valid_by_others_judgement(team: Team, tmp_path: Path) -> None:
    said = text(team.build("for the board"))
    assert "v1 of the archive of Annual Forum is built" in said
    assert "3 files" in said
    folder = unpacked(team, tmp_path / "out")
    assert folder.name == "M1_20260608_v1"
    assert bagit.Bag(str(folder)).validate()
    for manifest in ("manifest-sha256.txt", "tagmanifest-sha256.txt"):
        command = ["sha256sum", "--check", "--strict", manifest]
        done = subprocess.run(command, cwd=folder, capture_output=True, check=False)  # noqa: S603
        assert done.returncode == 0, done.stderr
    with bag_checking.source(folder) as where:
        assert bag_checking.check(where).faults == []


def test_the_bytes_are_those_that_came_under_names_of_their_own(team: Team) -> None:
    team.build()
    inside = team.inside()
    assert inside[f"{ROOT}/01_planning-and-approval/20260610_plan_策划案_v1.pdf"] == b"%PDF-1.4 plan"
    assert {data for data, _ in FILES.values()} <= set(inside.values())
    assert f"{ROOT}/00_index-and-notes/index.xlsx" in inside


def test_the_bag_says_whose_it_is_and_how_large(team: Team) -> None:
    team.build()
    inside = team.inside()
    said = dict(line.split(": ", 1) for line in inside["bag-info.txt"].decode().splitlines())
    payload = [data for path, data in inside.items() if path.startswith("data/")]
    assert said["Payload-Oxum"] == f"{sum(map(len, payload))}.{len(payload)}"
    assert (said["External-Identifier"], said["Internal-Sender-Identifier"]) == ("main-M1", "v1")
    assert said["Bagging-Date"] == "2026-06-10"
    assert said["Contact-Name"] == "Ann"


def test_the_page_at_the_top_tells_in_both_languages_how_to_verify(team: Team) -> None:
    team.build()
    page = team.inside()["README.html"].decode()
    assert page.count("sha256sum -c manifest-sha256.txt") == 2
    assert "How to verify it" in page
    assert "怎样校验" in page


def test_a_version_gives_the_same_bytes_however_much_later(team: Team) -> None:
    team.build()
    before = team.zip(1)
    team.send("合同.pdf", b"%PDF-1.4 contract", Material.CONTRACT)
    team.chat.clock.move_to(team.chat.clock.moment.replace(day=20))
    team.build()
    assert team.zip(1) == before
    assert team.zip(2) != before


def test_the_next_version_says_what_is_different(team: Team) -> None:
    team.build()
    assert "The files are the same as in v1." in text(team.build())
    team.send("合同.pdf", b"%PDF-1.4 contract", Material.CONTRACT)
    said = text(team.build())
    assert "Since v2: 1 added, 0 changed, 0 gone." in said
    assert "Added: 20260610_contract_合同_v1.pdf" in said


def test_a_long_build_says_how_far_it_has_come_in_one_message(team: Team) -> None:
    assert "3 files are read and proved" in text(team.ann.says("archive build"))
    team.chat.settle()
    assert "is built" in text(team.chat.room().heard()[-1])


def test_a_flipped_byte_in_the_store_is_named_and_left_out(team: Team) -> None:
    number = team.send("合同.pdf", b"%PDF-1.4 contract", Material.CONTRACT)
    place = team.bytes_of(number)
    place.chmod(0o644)
    place.write_bytes(b"%PDF-1.4 contracT")
    said = text(team.build())
    assert f"F{number} 合同.pdf: its bytes are no longer those that came" in said
    assert team.row().left_out == [[f"F{number}", "changed"]]
    assert not any("_contract_" in path for path in team.inside())
    place.unlink()
    assert f"F{number} 合同.pdf: its bytes are not in the store" in text(team.build())


def test_what_was_damaged_since_is_named_by_verify_and_breaks_the_download(team: Team) -> None:
    number = team.send("合同.pdf", b"%PDF-1.4 contract", Material.CONTRACT)
    team.build()
    team.ann.says("archive verify")
    team.chat.settle()
    assert "is whole" in text(team.chat.room().heard()[-1])
    team.bytes_of(number).write_bytes(b"%PDF-1.4 contracT")
    team.ann.says("archive verify v1")
    team.chat.settle()
    said = text(team.chat.room().heard()[-1])
    assert "v1 of the archive of Annual Forum is damaged" in said
    assert f"{ROOT}/02_budget-and-contracts/20260610_contract_合同_v1.pdf: changed" in said
    with pytest.raises(OSError, match="contract"):
        team.zip()


def test_the_index_says_of_each_file_what_it_is(team: Team) -> None:
    team.build()
    said = team.index()
    assert said["version"] == 1
    files = said["files"]
    assert isinstance(files, list)
    plan = next(one for one in files if one["material"] == "plan")
    assert (plan["responsible"], plan["kept"], plan["scope"], plan["source"]) == ("Ann", "for good", "internal", "F1")
    assert plan["sha256"] == hashlib.sha256(b"%PDF-1.4 plan").hexdigest()


def test_a_chinese_association_has_a_chinese_archive(tmp_path: Path) -> None:
    chat = Chat(tmp_path, locale="zh_CN")
    team = founded(chat)
    said = text(team.build())
    assert "档案第 1 版已生成" in said
    inside = team.inside()
    assert "data/2026/M1_Annual Forum_20260608/01_策划与审批/20260610_策划案_v1.pdf" in inside
    assert "data/2026/M1_Annual Forum_20260608/00_索引与说明/移交清单.xlsx" in inside
    chat.close()


# --- long, and in nobody's way


@pytest.mark.parametrize("line", ["archive build M1 now", "archive build M1", "归档 生成 M1 马上"])
def test_nobody_waits_for_a_version_in_a_command_of_their_own(team: Team, line: str) -> None:
    assert team.ann.says(line).name == "archive/begun"
    with team.chat.read() as db:
        assert archive.newest(db, 1) is None
    team.chat.settle()
    assert team.row().number == 1


@pytest.mark.parametrize("line", ["archive verify M1 v1", "archive verify M1 v1 now"])
def test_nobody_waits_for_a_look_in_a_command_of_their_own(
    team: Team, line: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    team.build()
    read = list[str]()
    monkeypatch.setattr(reading, "read", lambda _, wanted: read.extend(wanted))
    team.ann.says(line)
    assert read == []


def test_others_are_answered_while_a_version_is_built(team: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    li, prove, said = team.chat.person("Li"), reading._proved, list[Message]()  # noqa: SLF001  where it takes its time

    def meanwhile(store: FileStore, digest: str, size: int) -> object:
        said.append(li.says(f"settings language {'English' if said else '中文'}"))
        return prove(store, digest, size)

    monkeypatch.setattr(reading, "_proved", meanwhile)
    monkeypatch.setattr(reading, "AT_ONCE", 1)
    team.build()
    assert [message.name for message in said] == ["settings/changed"] * len(FILES)
    assert team.row().number == 1


def test_two_presses_are_one_version(team: Team) -> None:
    for _ in range(2):
        team.ann.says("archive build M1")
    team.chat.settle()
    assert team.row().number == 1


# --- who, when, and for good


def test_who_neither_leads_nor_keeps_the_records_builds_none(team: Team) -> None:
    li = team.chat.person("Li")
    for line in ("archive build", "archive get", "archive verify"):
        assert li.says(line).name == "people/refusals/not_allowed"
    team.ann.says("role set records @Li")
    assert not li.says("archive build").refused


def test_nothing_is_built_of_nothing(chat: Chat) -> None:
    ann = chat.person("Ann")
    ann.says("meeting new Forum end: 8 June 17:00")
    assert ann.says("archive build").name == "archive/refusals/nothing"
    assert ann.says("archive get").name == "archive/refusals/none"


def test_a_version_that_was_built_is_not_taken_back(team: Team) -> None:
    team.build()
    assert team.ann.says("undo").name == "archive/refusals/stands"
    assert "v1" in text(team.ann.says("archive list"))


def test_what_was_built_stands_in_the_history(team: Team) -> None:
    team.build()
    assert "archive v1 built" in text(team.ann.says("log"))


def test_closing_the_meeting_lets_the_next_version_be_sealed(team: Team) -> None:
    team.build()
    team.close()
    with team.chat.read() as db:
        assert not archive.is_sealed(db, 1)
    assert "It is sealed" in text(team.build())
    with team.chat.read() as db:
        assert archive.is_sealed(db, 1)
    assert "It is sealed" in text(team.ann.says("archive list M1"))
    team.state(MeetingState.CLOSING)
    with team.chat.read() as db:
        assert not archive.is_sealed(db, 1)


def test_the_list_names_every_version_and_when_the_next_is_due(team: Team) -> None:
    team.build()
    team.build("second try")
    said = text(team.ann.says("archive list"))
    assert said.index("v2") < said.index("v1 ·")
    assert "second try" in said
    assert "the first version by Mon 15 Jun, with the report by Mon 6 Jul, with the accounts by Fri 7 Aug" in said
    assert team.ann.says("archive get v7").name == "archive/refusals/no_version"


def test_without_a_public_address_the_terminal_s_command_is_told(team: Team) -> None:
    team.build()
    said = team.ann.says("archive get v1")
    assert said.private
    assert "huihou archive get M1 v1 --to archive.zip" in text(said)
    assert "/archive/" not in text(said)


# --- what stays elsewhere

SUMS = f"size: 1234567 sha256: {'a' * 64} sha512: {'b' * 128}"


def test_a_recording_may_stay_where_it_is(team: Team) -> None:
    said = team.ann.says(f"archive elsewhere M1 https://example.org/talk%201.mp4 {SUMS} name: 主论坛.mp4")
    assert "主论坛.mp4 stays where it is" in text(said)
    team.build()
    inside = team.inside()
    line = inside["fetch.txt"].decode()
    assert line == f"https://example.org/talk%201.mp4 1234567 {ROOT}/08_recordings/E1_主论坛.mp4\n"
    assert f"{'a' * 64}  {ROOT}/08_recordings/E1_主论坛.mp4\n" in inside["manifest-sha256.txt"].decode()
    assert "class/video" not in team.row().gaps
    team.ann.says(f"archive elsewhere https://example.org/b.mp4 {SUMS}")
    team.ann.says("undo")
    team.build()
    assert b"b.mp4" not in team.inside()["fetch.txt"]


@pytest.mark.parametrize(("size", "told"), [("999300000000", "999 GB"), ("999600000000", "1 TB")])
def test_a_size_is_told_in_the_unit_that_fits(team: Team, size: str, told: str) -> None:
    team.ann.says(f"archive elsewhere M1 https://example.org/talk.mp4 {SUMS.replace('1234567', size)}")
    team.build()
    assert f"\nBag-Size: {told}\n" in team.inside()["bag-info.txt"].decode()


@pytest.mark.parametrize(
    ("typed", "refusal"),
    [
        (SUMS, "no_address"),
        (f"ftp://example.org/a {SUMS}", "no_address"),
        (f"https://[example.org/a {SUMS}", "no_address"),
        ("https://example.org/a size: 5", "no_sum"),
        (f"https://example.org/a size: 5 sha256: {'a' * 64}", "no_sum"),
        (f"https://example.org/a size: many sha256: {'a' * 64} sha512: {'b' * 128}", "no_size"),
        (f"https://example.org/a {SUMS} session: S9", "no_session"),
    ],
)
def test_what_could_not_be_proved_is_not_listed(team: Team, typed: str, refusal: str) -> None:
    assert team.ann.says(f"archive elsewhere {typed}").name == f"archive/refusals/{refusal}"


# --- what is missing


def test_the_gaps_are_listed_with_whose_they_are(team: Team) -> None:
    team.ann.says("role set finance @Ann")
    said = team.ann.says("archive check")
    assert "3 of" not in said.title
    assert "contract · Ann" in text(said)
    assert "agenda · nobody has it yet" in text(said)
    assert "Will not come" in labels(buttons(said))


def test_an_excuse_is_asked_for_and_approved_by_who_may(team: Team) -> None:
    li = team.chat.person("Li")
    before = team.ann.says("archive check").title
    asked = li.says("materials skip class/audio")
    assert asked.form is not None
    li.fills(reason="没有录音")
    assert "It counts once approved by Ann" in text(li.last or asked)
    assert team.ann.says("archive check").title == before
    assert li.says("materials approve class/audio").name == "people/refusals/not_allowed"
    shown = team.ann.says("archive check")
    assert "Not approved yet, will not come: “没有录音”" in text(shown)
    team.ann.presses("Approve", shown)
    assert team.ann.says("archive check").title != before
    assert "Will not come, approved: audio (“没有录音”)" in text(team.ann.says("archive check"))
    team.build()
    exceptions = next(data for path, data in team.inside().items() if path.endswith("exceptions.html")).decode()
    assert "没有录音" in exceptions


def test_as_many_photos_of_a_kind_are_wanted_as_the_settings_say(team: Team) -> None:
    team.ann.says("session add Opening speakers: Li Wei")
    team.ann.says("settings photos 2")
    pages = "".join(text(team.ann.says(f"archive check page {number}")) for number in (1, 2))
    assert "photo: main hall, Mon 8 Jun 0/2" in pages


def test_only_what_is_expected_can_be_excused(team: Team) -> None:
    assert team.ann.says("materials skip class/nothing because").name == "materials/refusals/which_cell"
    assert team.ann.says("materials approve class/contract").name == "materials/refusals/no_excuse"


def test_whatever_is_wrong_with_files_can_be_excused(team: Team) -> None:
    team.send("what.pdf", b"%PDF-1.4 what")
    for key, said in {"files/unsorted": "1 file belongs to no material yet", "class/voucher": "voucher"}.items():
        assert said in text(team.ann.says(f"materials skip {key} as agreed"))
    assert "1 file belongs to no material yet (“as agreed”)" in text(team.ann.says("archive check"))


def test_a_closed_meeting_can_still_excuse_what_its_last_archive_lacks(team: Team) -> None:
    team.close()
    assert not team.ann.says("materials skip class/audio nobody recorded it").refused
    assert not team.ann.says("materials unskip class/audio").refused


def test_the_archive_s_own_words_for_it_are_understood(team: Team) -> None:
    team.ann.says("archive excuse class/audio nobody recorded it")
    assert "audio (“nobody recorded it”)" in text(team.ann.says("archive check"))
    assert "没有合同" in text(team.ann.says("归档 例外 class/contract 没有合同"))


def test_an_excuse_can_be_taken_back(team: Team) -> None:
    before = team.ann.says("archive check").title
    team.ann.says("materials skip class/audio nobody recorded it")
    assert team.ann.says("archive check").title != before
    team.ann.says("undo")
    assert team.ann.says("archive check").title == before


def test_files_that_nobody_has_sorted_are_named(team: Team) -> None:
    number = team.send("what.pdf", b"%PDF-1.4 what")
    said = text(team.ann.says("archive check page 2"))
    assert f"1 file belongs to no material yet: F{number} what.pdf · Ann" in said
