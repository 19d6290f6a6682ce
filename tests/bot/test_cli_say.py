"""One line for scripts: what is printed, what it ends with, and what comes along."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

from bot.clock import Clock
from handlers.context import Context
from messages import Message
from storage import people, rooms, workspace
from storage.base import Database
from tests.bot.terminal import Shell
from tests.fakes.clamd import EICAR, clamd


def database(huihou: Shell) -> Database:
    return Database(f"sqlite:///{huihou.folder / 'huihou.db'}")


def test_an_accepted_line_ends_with_0_on_a_database_that_sets_itself_up(huihou: Shell) -> None:
    result = huihou("say", "template", "list")
    assert "Checklist templates" in result.stdout
    assert "[Export] template export after-meeting" in result.stdout
    assert result.stderr == ""


def test_a_refused_line_ends_with_1(huihou: Shell) -> None:
    assert "no template" in huihou("say", "template show nosuch", code=1).stdout.lower()


def test_no_line_ends_with_2(huihou: Shell) -> None:
    assert "Missing argument" in huihou("say", code=2).stderr
    assert not huihou.folder.exists()


def test_json_is_the_message_one_a_line(huihou: Shell) -> None:
    result = huihou("say", "--json", "template list")
    message = Message.model_validate_json(result.stdout)
    assert message.name == "templates/list"
    assert huihou.json("say", "template show nosuch", code=1)["tone"] == "warn"


def test_lines_can_be_piped_in_and_stop_at_the_first_that_is_refused(huihou: Shell) -> None:
    lines = "# the day's work\n\ntemplate list\ntemplate show nosuch\ntemplate export\n"
    result = huihou("say", "--json", "-", given=lines, code=1)
    names = [json.loads(line)["name"] for line in result.stdout.splitlines()]
    assert names == ["templates/list", "templates/refusals/unknown"]
    assert "Stopped at “template show nosuch”" in result.stderr


def test_a_form_is_filled_in_by_the_names_that_it_is_printed_with(huihou: Shell) -> None:
    huihou("say", "meeting new Annual Conference end: 2027-06-08 17:00")
    assert "[title]" in huihou("say", "add").stdout
    answer = huihou("say", "add", "--field", "title=Send the album = all of it", "--field", "priority=high").stdout
    assert "Send the album = all of it" in answer


@pytest.mark.parametrize(
    ("line", "field", "said"),
    [
        ("add", "heading=Send the album", "no field heading"),
        ("add", "priority=huge", "priority cannot be huge"),
        ("template list", "title=x", "asks nothing more"),
    ],
)
def test_what_a_form_does_not_ask_is_not_passed_over(huihou: Shell, line: str, field: str, said: str) -> None:
    huihou("say", "meeting new Annual Conference end: 2027-06-08 17:00")
    assert said in huihou("say", line, "--field", field, code=2).stderr
    assert "0 of 58" in huihou("say", "status").stdout


@pytest.mark.parametrize("given", [["title"], ["title=a", "title=b"]])
def test_a_field_without_a_name_or_given_twice_ends_with_2(huihou: Shell, given: list[str]) -> None:
    said = [word for one in given for word in ("--field", one)]
    assert "--field note=" in huihou("say", "add", *said, code=2).stderr


def test_what_is_piped_in_must_be_utf_8(huihou: Shell) -> None:
    result = huihou("say", "-", given="模板 列表".encode("gbk"), code=2)
    assert "not UTF-8" in result.stderr
    assert "Checklist" in huihou("say", "-", given="\ufefftemplate list".encode()).stdout


def test_an_argument_of_another_encoding_is_no_failure(huihou: Shell) -> None:
    broken = b"template show \xd6\xd0".decode("utf-8", "surrogateescape")
    assert "Traceback" not in huihou("say", broken, "--as", broken, "--room", broken, code=1).output


def test_whoever_speaks_first_is_the_admin_and_names_are_one_person_in_any_case(huihou: Shell) -> None:
    huihou("say", "template list", "--as", "Ann")
    huihou("say", "template list", "--as", "ann")
    huihou("say", "template list", "--as", "Bo")
    with database(huihou).read() as db:
        place = workspace.by_key(db, "main")
        assert [(one.name, one.admin) for one in people.everyone(db, place.id)] == [("Ann", True), ("Bo", False)]


def test_rooms_and_workspaces_are_those_that_are_named(huihou: Shell) -> None:
    huihou("say", "template list", "--as", "ann")
    huihou("say", "template list", "--as", "ann", "--room", "Board")
    huihou("say", "template list", "--as", "ann", "--direct")
    huihou("say", "template list", "--as", "ann", "--workspace", "other")
    with database(huihou).read() as db:
        first, other = (workspace.find(db, key) for key in ("main", "other"))
        assert first is not None
        assert other is not None
        names = [(room.external, room.name) for room in rooms.of_platform(db, first.id, "console")]
        assert names == [("team", "team"), ("board", "Board"), ("dm:ann", "ann")]
        assert len(rooms.of_platform(db, other.id, "console")) == 1


def test_a_file_goes_along(huihou: Shell, tmp_path: Path) -> None:
    huihou("say", "template list", "--as", "ann")
    huihou("template", "export", "--to", str(tmp_path / "list.yaml"), "--as", "ann")
    edited = (tmp_path / "list.yaml").read_text(encoding="utf-8").replace("After the conference", "Our own list", 1)
    (tmp_path / "list.yaml").write_text(edited, encoding="utf-8")
    shown = huihou("say", "template import", "--file", str(tmp_path / "list.yaml"), "--as", "ann").stdout
    assert "Our own list" in shown
    digest = hashlib.sha256(edited.encode()).hexdigest()
    assert (huihou.folder / "files" / digest[:2] / digest[2:4] / digest).is_file()


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("a.exe", b"MZ", "files of this kind are not accepted"),
        ("a.pdf", b"MZ", "its content is not what its ending says"),
        ("a.txt", b"", "there is nothing in it"),
        ("b.txt", EICAR, "a virus was found in it"),
    ],
)
def test_a_file_that_is_not_taken_is_said_so_and_nothing_is_done(
    huihou: Shell, tmp_path: Path, name: str, content: bytes, told: str
) -> None:
    (tmp_path / name).write_bytes(content)
    with clamd() as daemon:
        huihou.env["HUIHOU_FILES__CLAMD"] = daemon.address
        result = huihou("say", "template import", "--file", str(tmp_path / name), code=1)
        assert f"{name} is not taken: {told}" in result.stderr
        daemon.says = b"ERROR\0"
        (tmp_path / "c.txt").write_bytes(b"hello")
        unsure = huihou("say", "template import", "--file", str(tmp_path / "c.txt"), code=1)
        assert "could not be checked for viruses" in unsure.stderr
    assert not [one for one in (huihou.folder / "files").rglob("*") if one.is_file()]


def test_a_file_that_cannot_be_kept_is_said_so(huihou: Shell, tmp_path: Path) -> None:
    huihou("template", "list")
    (huihou.folder / "files").write_text("in the way")
    (tmp_path / "c.txt").write_bytes(b"hello")
    result = huihou("say", "template import", "--file", str(tmp_path / "c.txt"), code=1)
    assert "c.txt cannot be kept: File exists" in result.stderr


def test_a_file_that_is_not_there_or_too_large_is_said_so(huihou: Shell, tmp_path: Path) -> None:
    assert "does not exist" in huihou("say", "template import", "--file", "nosuch.yaml", code=2).stderr
    (tmp_path / "big.txt").write_bytes(b"x" * 1_000_001)
    huihou.env["HUIHOU_LARGEST_FILE_MB"] = "1"
    result = huihou("say", "template import", "--file", str(tmp_path / "big.txt"), code=1)
    assert "big.txt is larger than 1 MB" in result.stderr


def test_a_database_of_a_newer_release_is_not_touched_by_a_line(huihou: Shell) -> None:
    huihou("say", "template list")
    with database(huihou).write() as db:
        db.connection().exec_driver_sql("UPDATE alembic_version SET version_num = '9999', runs_from = '9999'")
    assert "newer release" in huihou("say", "template list", code=1).stderr


def test_a_conversation_ends_with_the_input(huihou: Shell) -> None:
    shown = huihou("chat", "--as", "ann", given="template list\n2\n").stdout
    assert "You are ann." in shown
    assert "1. [Show] template show after-meeting  2. [Export] template export after-meeting" in shown
    assert "Here is the template" in shown


def test_what_the_bot_says_of_its_own_accord_comes_after_the_answer(huihou: Shell) -> None:
    huihou("say", "template list", "--as", "ann")
    with database(huihou).write() as db:
        place = workspace.by_key(db, "main")
        for room in rooms.of_platform(db, place.id, "console"):
            ctx = Context(db, place, people.nobody(place.id), room, Clock().now())
            ctx.promise("hello", room, Message(name="hello", locale="en", body="By the way."))
    shown = huihou("say", "template list", "--as", "ann", "--json").stdout
    assert [json.loads(line)["name"] for line in shown.splitlines()] == ["templates/list", "hello"]
    assert "By the way." not in huihou("say", "template list", "--as", "ann").stdout
