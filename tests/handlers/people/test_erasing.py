"""An admin hands out everything about somebody, or erases it: in chat, with what it means said first."""

from __future__ import annotations

import io
import json
import zipfile

import pytest
from sqlalchemy import select

from handlers.people.exporting import packed
from messages import Message
from storage import journal, tables
from storage.verifying import verify
from tests.chat import TEAM, Place, buttons, text
from tests.handlers.attendance.conftest import text as csv
from tests.handlers.people.conftest import Team

LIST = [
    ["姓名", "单位", "手机", "邮箱"],
    ["欧阳钰涵", "石英研究院", "13912345678", "yuhan@quartz.example"],
    ["Bo Berg", "Berg AG", "13800138000", "bo@berg.example"],
]


def dump(team: Team) -> str:
    """All that stands in the database, as one text."""
    with team.chat.read() as db:
        rows = [tuple(row) for table in tables.ALL.sorted_tables for row in db.execute(select(table))]
    return json.dumps(rows, ensure_ascii=False, default=str)


def stored(team: Team) -> list[bytes]:
    return [path.read_bytes() for path in team.chat.app.files.root.glob("??/??/*")]  # type: ignore[attr-defined]


def imported(team: Team) -> None:
    preview = team.ann.says("people import as attendees", files={"list.csv": csv(LIST)})
    assert preview.name == "parties/preview", preview.body
    line = next(button.line for button in buttons(preview) if "confirm" in button.line)
    assert not team.ann.says(line).refused


def erased(team: Team, who: str) -> Message:
    preview = team.ann.says(f"person erase {who}")
    assert preview.name == "people/erase", text(preview)
    assert preview.private
    begun = team.ann.presses("Erase for good", on=preview)
    assert begun.name == "people/erasing", text(begun)
    team.chat.settle()
    return preview


def test_somebody_of_a_list_is_erased_with_the_list_and_the_others_stay(team: Team) -> None:
    imported(team)
    team.ann.says("note T5 call 欧阳钰涵 at 139-1234-5678")
    assert any("欧阳钰涵".encode() in one for one in stored(team))
    preview = erased(team, "yuhan@quartz.example")
    assert "欧阳钰涵" in text(preview)
    left = dump(team)
    assert [mark for mark in ("欧阳钰涵", "yuhan", "13912345678", "1234-5678") if mark in left] == []
    assert "bo@berg.example" in left
    assert not any("欧阳钰涵".encode() in one for one in stored(team))
    with team.chat.read() as db:
        assert verify(db, 1)[1] == []
    said = [text(message) for message in Place(team.chat, TEAM).heard()]
    assert any("P1 is erased" in one for one in said), said
    assert "personal data of P1 erased" in text(team.ann.says("log all"))


def test_a_member_of_the_team_is_erased_and_what_they_did_stays(team: Team) -> None:
    name = team.li.name
    for who, line in (
        (team.li, "start T5"),
        (team.ann, "assign T6 @li"),
        (team.ann, "role set finance @li"),
        (team.li, "note T7 my secret words"),
    ):
        assert not who.says(line).refused, line
    erased(team, "@li")
    left = dump(team)
    assert [mark for mark in (name, '"li"') if mark in left] == []
    with team.chat.read() as db:
        assert verify(db, 1)[1] == []
    assert "2 people" in text(team.ann.says("people"))
    assert "T6" in text(team.ann.says("show T6"))


def test_the_button_is_for_what_was_shown(team: Team) -> None:
    imported(team)
    preview = team.ann.says("person erase P1")
    team.ann.says("contact edit P1 mobile: 13700137000")
    again = team.ann.presses("Erase for good", on=preview)
    assert again.name == "people/erase"
    assert "Something has changed since" in text(again)
    assert "欧阳钰涵" in dump(team)


def test_run_twice_it_is_done_once(team: Team) -> None:
    imported(team)
    preview = erased(team, "P1")
    entries = dump(team).count("people/erased")
    line = next(button.line for button in buttons(preview) if "confirm" in button.line)
    assert text(team.ann.says(line)).startswith("P1 is erased")
    team.chat.settle()
    assert dump(team).count("people/erased") == entries
    with team.chat.read() as db:
        assert verify(db, 1)[1] == []


def test_where_bytes_could_not_be_removed_a_second_press_removes_them(
    team: Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    imported(team)
    removed = team.chat.app.files.remove
    tries: list[str] = []

    def once(digest: str, *, before: float | None = None) -> None:
        tries.append(digest)
        if len(tries) == 1:
            raise OSError("the disk is away")
        removed(digest, before=before)

    monkeypatch.setattr(team.chat.app.files, "remove", once)
    preview = team.ann.says("person erase P1")
    for _ in range(2):
        team.ann.presses("Erase for good", on=preview)
        team.chat.settle()
    assert not any("欧阳钰涵".encode() in one for one in stored(team))


def test_what_was_erased_is_not_brought_back_by_undo(team: Team) -> None:
    imported(team)
    team.ann.says("contact edit P1 position: Director")
    erased(team, "P1")
    for _ in range(3):
        team.ann.says("undo")
    assert "Director" not in dump(team)


@pytest.mark.parametrize("verb", ["export", "erase"])
def test_only_admins_may_and_whom_must_be_clear(team: Team, verb: str) -> None:
    imported(team)
    assert team.li.says(f"person {verb} P1").name == "people/refusals/not_allowed"
    for line, name in (
        (f"person {verb}", "whose_data"),
        (f"person {verb} Nobody Atall", "nobody_known"),
        (f"person {verb} P99", "nobody_known"),
        (f"person {verb} P2 P1", "nobody_known"),
    ):
        assert team.ann.says(line).name == f"people/refusals/{name}", line


def test_the_last_admin_stays(team: Team) -> None:
    refused = team.ann.says("person erase @ann")
    assert refused.refused
    assert "admin" in text(refused)


def test_two_of_one_name_are_asked_about(team: Team) -> None:
    team.ann.says("contact add Li Na mobile: 13700137000")
    name = team.li.name
    team.ann.says(f"contact add {name} mobile: 13700137001")
    asked = team.ann.says(f"person erase {name}")
    assert asked.name == "people/refusals/several_humans", text(asked)
    assert len(buttons(asked)) >= 2


def test_somebody_whom_only_a_programme_names(team: Team) -> None:
    with team.chat.app.database.write() as db:
        db.execute(tables.ALL.tables["speaker"].insert().values(meeting_id=1, name="Zoë Quill", unit="Q", position="x"))
    erased(team, "Zoë Quill")
    assert "Quill" not in dump(team)


# --- the copy


def zipped(team: Team, **of: list[int]) -> dict[str, bytes]:
    """What the page gives to whoever opens it."""
    with team.chat.read() as db:
        wanted = json.dumps({"people": [], "parties": [], "text": "P1", **of})
        content = packed(db, 1, wanted, team.chat.clock.now())
    with zipfile.ZipFile(io.BytesIO(content)) as made:
        return {name: made.read(name) for name in made.namelist()}


def test_the_copy_holds_all_that_is_known(team: Team) -> None:
    imported(team)
    team.li.says("note T7 my words")
    team.li.says("start T5")
    team.ann.says("assign T6 @li")
    team.ann.says("note T5 call 欧阳钰涵")
    made = zipped(team, parties=[1])
    assert set(made) == {"README.txt", "person.json", "person.xlsx"}
    whole = json.loads(made["person.json"])["tables"]
    assert whole["party"][0]["name"] == "欧阳钰涵"
    assert {row["value"] for row in whole["reach"]} == {"yuhan@quartz.example", "+8613912345678"}
    assert whole["note"][0]["text"] == "call 欧阳钰涵"
    assert "berg" not in json.dumps(whole["party"])
    mine = json.loads(zipped(team, people=[team.li.id])["person.json"])["tables"]
    assert [row["line"] for row in mine["journal"] if row["theirs"]] == ["note T7 my words", "start T5"]
    assert {"account", "task", "note"} <= set(mine)
    assert "password" not in json.dumps(mine)


def test_its_address_stands_in_no_journal_and_no_answer_that_is_kept(team: Team) -> None:
    imported(team)
    team.ann.says("person export 欧阳钰涵")
    with team.chat.read() as db:
        assert [entry.line for entry in journal.entries(db, 1) if "export" in entry.line] == []


def test_in_chinese(team: Team) -> None:
    luo = team.ann
    luo.says("settings language 中文")
    imported_line = luo.says("个人信息 删除 @li")
    assert imported_line.name == "people/erase"
    assert "永久删除" in text(imported_line)
    assert luo.says("导出个人信息 @li").name == "people/export"
