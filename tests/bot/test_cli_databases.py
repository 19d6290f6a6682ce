"""A database brought up to date, copied, put back and moved from a terminal."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import text

from storage import migrations, people, workspace
from storage.base import Database
from tests.bot.terminal import Shell
from tests.postgres import Server
from tests.storage.steps import release_to_come


def database(huihou: Shell) -> Database:
    return Database(f"sqlite:///{huihou.folder / 'huihou.db'}")


def levels(found: list[dict[str, str]]) -> dict[str, str]:
    return {one["check"]: one["level"] for one in found}


def test_an_upgrade_is_made_once(huihou: Shell) -> None:
    assert "The database is ready (step 0001)" in huihou("db", "upgrade").stdout
    assert "nothing to do" in huihou("db", "upgrade").stdout


def test_a_new_release_is_told_of_and_upgraded_to_with_a_copy(
    huihou: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    huihou("say", "template list", "--as", "Ann")
    monkeypatch.setattr(migrations, "HOME", release_to_come(tmp_path)[0])
    assert "at step 0001 and this release needs step 9999" in huihou("say", "template list", code=1).stderr
    assert levels(huihou.json("doctor", code=1))["database_behind"] == "fail"
    copy = huihou.folder / "huihou-step-0001.db"
    assert str(copy) in huihou("db", "upgrade").stdout
    assert copy.is_file()
    assert "Checklist templates" in huihou("say", "template list").stdout


def test_the_sql_can_be_had_without_a_database(huihou: Shell) -> None:
    assert "CREATE TABLE task (" in huihou("db", "upgrade", "--sql").stdout
    assert not huihou.folder.exists()


def test_somebody_elses_database_is_left_alone(huihou: Shell) -> None:
    huihou.folder.mkdir()
    with database(huihou).write() as db:
        db.connection().exec_driver_sql("CREATE TABLE task (x INTEGER)")
    assert "tables that are not Huihou’s" in huihou("db", "upgrade", code=1).stderr


def test_a_copy_is_made_while_others_write(huihou: Shell, tmp_path: Path) -> None:
    huihou("say", "template list", "--as", "Ann")
    with database(huihou).write() as db:
        workspace.by_key(db, "other")
        db.flush()
        assert "Now copy the folder" in huihou("db", "backup", str(tmp_path / "copy.db")).stdout
    copy = Database(f"sqlite:///{tmp_path / 'copy.db'}")
    with copy.read() as db:
        assert workspace.find(db, "main") is not None
        assert workspace.find(db, "other") is None
    copy.close()
    assert "cannot be written" in huihou("db", "backup", "/no/such/folder/x.db", code=1).stderr


def test_a_copy_is_put_back_and_what_was_there_is_kept(huihou: Shell, tmp_path: Path) -> None:
    copy = str(tmp_path / "copy.db")
    huihou("say", "template list", "--as", "Ann")
    assert "The copy is whole" in huihou("db", "backup", copy).stdout
    huihou("say", "template list", "--as", "Bo")
    assert "With --replace" in huihou("db", "restore", copy, code=1).stderr
    assert names(database(huihou)) == ["Ann", "Bo"]
    said = huihou("db", "restore", copy, "--replace").stdout
    assert "is whole and has been put back" in said
    assert names(database(huihou)) == ["Ann"]
    (kept,) = huihou.folder.glob("huihou-before-*")
    assert str(kept) in said
    assert names(Database(f"sqlite:///{kept}")) == ["Ann", "Bo"]


def names(database: Database) -> list[str]:
    with closing(database), database.read() as db:
        return sorted(one.name.title() for one in people.everyone(db, workspace.by_key(db, "main").id))


def test_a_copy_made_by_other_means_is_put_back_with_its_log(huihou: Shell, tmp_path: Path) -> None:
    huihou("say", "template list", "--as", "Ann")
    with closing(database(huihou)) as held, held.write() as db:
        people.met(db, 1, "console", "bo", name="Bo")
        held.commit(db)
        for file in huihou.folder.glob("huihou.db*"):
            (tmp_path / file.name).write_bytes(file.read_bytes())
    assert (tmp_path / "huihou.db-wal").stat().st_size
    huihou.env["HUIHOU_DATA"] = str(tmp_path / "new")
    huihou("db", "restore", str(tmp_path / "huihou.db"))
    assert [file.name for file in (tmp_path / "new").iterdir()] == ["huihou.db"]
    assert names(Database(f"sqlite:///{tmp_path / 'new' / 'huihou.db'}")) == ["Ann", "Bo"]


def test_a_copy_never_takes_the_databases_own_place(huihou: Shell) -> None:
    huihou("say", "template list", "--as", "Ann")
    assert "is the database itself" in huihou("db", "backup", str(huihou.folder / "huihou.db"), code=1).stderr
    assert names(database(huihou)) == ["Ann"]


def test_a_copy_goes_into_an_empty_folder(huihou: Shell, tmp_path: Path) -> None:
    huihou("say", "template list", "--as", "Ann")
    huihou("db", "backup", str(tmp_path / "copy.db"))
    huihou.env["HUIHOU_DATA"] = str(tmp_path / "new")
    said = huihou("db", "restore", str(tmp_path / "copy.db")).stdout
    assert "is kept in" not in said
    assert "Checklist templates" in huihou("say", "template list", "--as", "Ann").stdout


def test_nothing_is_put_back_while_somebody_has_the_database_open(huihou: Shell, tmp_path: Path) -> None:
    copy = str(tmp_path / "copy.db")
    huihou("say", "template list", "--as", "Ann")
    huihou("db", "backup", copy)
    with closing(database(huihou)) as held:
        with held.read() as db:
            workspace.find(db, "main")
        assert "Stop the bot" in huihou("db", "restore", copy, "--replace", code=1).stderr
    assert not list(huihou.folder.glob("huihou-before-*"))
    huihou("db", "restore", copy, "--replace")


@pytest.mark.parametrize("size", [3000, 0, None], ids=["cut off", "empty", "another's"])
def test_what_is_not_a_whole_copy_is_not_put_back(huihou: Shell, tmp_path: Path, size: int | None) -> None:
    copy = tmp_path / "copy.db"
    huihou("say", "template list", "--as", "Ann")
    huihou("db", "backup", str(copy))
    copy.write_bytes(b"just some words, no database" * 99 if size is None else copy.read_bytes()[:size])
    before = (huihou.folder / "huihou.db").read_bytes()
    assert str(copy) in huihou("db", "restore", str(copy), "--replace", code=1).stderr
    assert (huihou.folder / "huihou.db").read_bytes() == before
    assert "cannot be read" in huihou("db", "restore", str(tmp_path / "none.db"), "--replace", code=1).stderr


def test_a_damaged_database_gives_way_to_a_copy(huihou: Shell, tmp_path: Path) -> None:
    huihou("say", "template list", "--as", "Ann")
    huihou("db", "backup", str(tmp_path / "copy.db"))
    (huihou.folder / "huihou.db").write_bytes(b"rubbish" * 1000)
    huihou("db", "restore", str(tmp_path / "copy.db"), "--replace")
    assert names(database(huihou)) == ["Ann"]


def test_a_newer_releases_copy_is_left_alone(huihou: Shell, tmp_path: Path) -> None:
    huihou("db", "upgrade")
    huihou("db", "backup", str(tmp_path / "copy.db"))
    with closing(Database(f"sqlite:///{tmp_path / 'copy.db'}")) as copy, copy.write() as db:
        db.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    assert "step 9999" in huihou("db", "restore", str(tmp_path / "copy.db"), "--replace", code=1).stderr


def test_everything_moves_to_postgresql_and_goes_on_there(huihou: Shell, postgres: Server) -> None:
    huihou("say", "template list", "--as", "Ann")
    huihou("say", "meeting new Annual Conference end: 2026-06-08 17:00", "--as", "Ann")
    address = postgres.empty()
    told = huihou.json("db", "move", address)
    assert told["tables"]["task"]["rows"] > 50
    assert told["entries"] >= 1
    here = huihou("say", "list M1", "--as", "Ann").stdout
    huihou.env["HUIHOU_DATABASE_URL"] = address
    assert huihou("say", "list M1", "--as", "Ann").stdout == here
    huihou("say", "meeting new Second Conference end: 2026-06-09 17:00", "--as", "Bo")
    assert [one["broken"] for one in huihou.json("journal", "verify")] == [[]]
    assert "moves an SQLite database" in huihou("db", "move", address, code=1).stderr
    del huihou.env["HUIHOU_DATABASE_URL"]
    assert "something in the new database already" in huihou("db", "move", address, code=1).stderr


def test_what_was_moved_is_told_in_words(huihou: Shell, postgres: Server) -> None:
    huihou("say", "template list", "--as", "Ann")
    said = huihou("db", "move", postgres.empty()).stdout
    assert "person: 1 · " in said
    assert "Now set HUIHOU_DATABASE_URL" in said


def test_nothing_moves_while_somebody_has_the_database_open(huihou: Shell, postgres: Server) -> None:
    huihou("say", "template list", "--as", "Ann")
    with closing(database(huihou)) as held:
        with held.read() as db:
            workspace.find(db, "main")
        assert "Stop the bot" in huihou("db", "move", postgres.empty(), code=1).stderr


@pytest.mark.parametrize("address", ["nonsense", "sqlite:///x.db", "postgresql+psycopg://u@127.0.0.1:1/x"])
def test_an_address_that_cannot_be_moved_to_is_named(huihou: Shell, address: str) -> None:
    huihou("db", "upgrade")
    said = huihou("db", "move", address, code=1).stderr
    assert "The new address cannot be used" in said or "does not answer" in said


def test_a_database_that_is_behind_is_upgraded_first(
    huihou: Shell, tmp_path: Path, postgres: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    huihou("db", "upgrade")
    monkeypatch.setattr(migrations, "HOME", release_to_come(tmp_path)[0])
    assert "at step 0001 and this release needs step 9999" in huihou("db", "move", postgres.empty(), code=1).stderr
