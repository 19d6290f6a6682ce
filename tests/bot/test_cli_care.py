"""Looking after an installation from a terminal."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from bot.platforms.web.login import check_password
from storage import people, workspace
from storage.base import Database
from tests.bot.terminal import Shell
from tests.fakes.clamd import clamd
from tests.fakes.s3 import BUCKET, KEY, s3
from tests.fakes.s3 import SECRET as SECRET_KEY

SECRET = "0f3b5c1e7a9d2846b0c8e4f6a1d3957b"


def database(huihou: Shell) -> Database:
    return Database(f"sqlite:///{huihou.folder / 'huihou.db'}")


def levels(found: list[dict[str, str]]) -> dict[str, str]:
    return {one["check"]: one["level"] for one in found}


def edit_template(huihou: Shell, tmp_path: Path, title: str) -> None:
    """Something that stands in the journal."""
    file = tmp_path / "list.yaml"
    huihou("template", "export", "--to", str(file), "--as", "ann")
    file.write_text(file.read_text(encoding="utf-8").replace("After the conference", title, 1), encoding="utf-8")
    huihou("template", "import", str(file), "--yes", "--as", "ann")


def test_the_journal_is_verified(huihou: Shell, tmp_path: Path) -> None:
    assert "journal is empty" in huihou("journal", "verify").stdout
    assert "no workspace main" in huihou("journal", "verify", "--workspace", "main", code=1).stderr
    edit_template(huihou, tmp_path, "Our own")
    [whole] = huihou.json("journal", "verify")
    count = whole["entries"]
    assert (whole["broken"], count >= 1) == ([], True)
    with database(huihou).write() as db:
        db.connection().exec_driver_sql("UPDATE journal SET body = 'x' WHERE seq = 1")
    assert huihou.json("journal", "verify", code=1) == [{"workspace": "main", "entries": count, "broken": [1]}]
    assert "the chain is broken" in huihou("journal", "verify", code=1).stdout


def test_the_journal_of_every_association_is_verified(huihou: Shell, tmp_path: Path) -> None:
    edit_template(huihou, tmp_path, "Our own")
    with database(huihou).write() as db:
        workspace.by_key(db, "slack:T0123ABCD")
    found = huihou.json("journal", "verify")
    assert [one["workspace"] for one in found] == ["main", "slack:T0123ABCD"]
    with database(huihou).write() as db:
        db.connection().exec_driver_sql("UPDATE journal SET body = 'x' WHERE seq = 1")
    said = huihou("journal", "verify", code=1).stdout.splitlines()
    assert said[0].startswith("main · ")
    assert "the chain is broken" in said[0]
    assert said[1] == "slack:T0123ABCD · The journal is empty."
    assert huihou.json("journal", "verify", "--workspace", "slack:T0123ABCD")[0]["broken"] == []


def test_a_template_goes_out_and_comes_back(huihou: Shell, tmp_path: Path) -> None:
    shown = huihou("template", "show", "after-meeting", "phase", "1", "--as", "ann").stdout
    assert "E+" in shown or "Phase 1" in shown
    assert huihou("template", "export", "--as", "ann").stdout.count("title:") > 58
    edit_template(huihou, tmp_path, "Our own")
    assert "Our own" in huihou("template", "list", "--as", "ann").stdout
    assert "Our own" in huihou("template", "diff", "after-meeting", "1", "2", "--as", "ann").stdout
    (tmp_path / "bad.yaml").write_text("x", encoding="utf-8")
    assert "Line 1" in huihou("template", "import", str(tmp_path / "bad.yaml"), "--as", "ann", code=1).stdout


def test_an_import_without_yes_only_shows_what_would_change(huihou: Shell, tmp_path: Path) -> None:
    huihou("template", "export", "--to", str(tmp_path / "a.yaml"), "--as", "ann")
    text = (tmp_path / "a.yaml").read_text(encoding="utf-8")
    (tmp_path / "a.yaml").write_text(text.replace("After the conference", "Ours too", 1), encoding="utf-8")
    assert "Ours too" in huihou("template", "import", str(tmp_path / "a.yaml"), "--as", "ann").stdout
    assert "Ours too" not in huihou("template", "list", "--as", "ann").stdout


def test_an_export_that_cannot_be_written_says_so(huihou: Shell) -> None:
    result = huihou("template", "export", "--to", "/no/such/folder/x.yaml", "--as", "ann", code=1)
    assert "/no/such/folder/x.yaml cannot be written" in result.stderr


def test_a_password_lets_a_new_person_in_and_the_first_is_the_admin(huihou: Shell) -> None:
    assert "Li Na is the administrator" in huihou("password", "Li Na", given="correct horse\n").stdout
    assert "administrator" not in huihou("password", "Bo", given="battery staple\n").stdout
    with database(huihou).read() as db:
        place = workspace.by_key(db, "main")
        account = people.account(db, place.id, "web", "Li Na")
        assert check_password(account, "correct horse")
        assert not check_password(account, "battery staple")


def test_a_password_is_for_whoever_bears_the_name(huihou: Shell) -> None:
    huihou("say", "template list", "--as", "Ann")
    huihou("password", "ann", given="correct horse\n")
    huihou("password", "ann", given="battery staple\n")
    with database(huihou).read() as db:
        place = workspace.by_key(db, "main")
        assert len(people.everyone(db, place.id)) == 1
        assert check_password(people.account(db, place.id, "web", "Ann"), "battery staple")


def test_a_short_password_changes_nothing(huihou: Shell) -> None:
    huihou("password", "Ann", given="correct horse\n")
    assert "at least 10 characters" in huihou("password", "Ann", given="short\n", code=1).stderr
    assert "at least 10 characters" in huihou("password", "Bo", given="", code=1).stderr
    with database(huihou).read() as db:
        place = workspace.by_key(db, "main")
        assert check_password(people.account(db, place.id, "web", "Ann"), "correct horse")
        assert [one.name for one in people.everyone(db, place.id)] == ["Ann"]


def test_two_people_of_one_name_are_not_guessed(huihou: Shell) -> None:
    for account in ("ann", "bo"):
        huihou("say", "template list", "--as", account)
    with database(huihou).write() as db:
        for one in people.everyone(db, workspace.by_key(db, "main").id):
            one.name = "Li"
    assert "Several people are called Li" in huihou("password", "Li", given="correct horse\n", code=1).stderr


def test_the_doctor_finds_a_new_installation_in_order(huihou: Shell) -> None:
    found = levels(huihou.json("doctor"))
    assert set(found.values()) <= {"ok", "warn"}
    assert found["database_empty"] == found["web_off"] == found["folder"] == found["console"] == "ok"
    assert not (huihou.folder / "huihou.db-wal").exists()


def test_the_doctor_knows_what_people_forget(huihou: Shell) -> None:
    huihou("db", "upgrade")
    huihou.env["HUIHOU_WEB__SECRET"] = SECRET
    assert levels(huihou.json("doctor"))["nobody"] == "warn"
    huihou("password", "Ann", given="correct horse\n")
    found = levels(huihou.json("doctor"))
    assert found["web"] == found["database"] == found["clock"] == "ok"
    assert "nobody" not in found


@pytest.mark.parametrize(
    ("env", "check", "level"),
    [
        ({"WEB__SECRET": "abc"}, "secret_short", "fail"),
        ({"WEB__SECRET": "abababababababababababababababababab"}, "secret_weak", "warn"),
        ({"WEB__HOST": "0.0.0.0"}, "listening", "fail"),
        ({"DEMO": "true"}, "demo", "warn"),
        ({"DATABSE_URL": "x"}, "unknown_settings", "warn"),
        ({"DATABASE_URL": "postgresql+psycopg://u:p@127.0.0.1:1/x"}, "database_away", "fail"),
    ],
)
def test_the_doctor_says_what_is_wrong(huihou: Shell, env: dict[str, str], check: str, level: str) -> None:
    huihou.env |= {f"HUIHOU_{name}": value for name, value in env.items()}
    found = huihou.json("doctor", code=1 if level == "fail" else 0)
    assert levels(found)[check] == level
    if check == "unknown_settings":
        assert "HUIHOU_DATABSE_URL" in huihou("doctor").stdout


def test_the_doctor_names_what_nobody_reads_in_dot_env(huihou: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    huihou.folder.mkdir(exist_ok=True)
    monkeypatch.chdir(huihou.folder)
    (huihou.folder / ".env").write_text("HUIHOU_SLACK__BOT_TOKN=x\n", encoding="utf-8")
    assert "HUIHOU_SLACK__BOT_TOKN" in huihou("doctor").stdout


def test_the_doctor_writes_reads_and_removes_where_files_are_kept(huihou: Shell) -> None:
    with s3() as server:
        huihou.env |= {
            "HUIHOU_S3__BUCKET": BUCKET,
            "HUIHOU_S3__ENDPOINT": server.url,
            "HUIHOU_S3__KEY_ID": KEY,
            "HUIHOU_S3__SECRET": SECRET_KEY,
        }
        assert levels(huihou.json("doctor"))["files"] == "ok"
        assert f"s3://{BUCKET}" in huihou("doctor").stdout
        assert server.names() == []
        huihou.env["HUIHOU_S3__BUCKET"] = "missing"
        said = huihou("doctor", "--lang", "zh", code=1).stdout
    assert "s3://missing 用不了" in said
    assert "请检查存储桶是否存在" in said
    assert SECRET_KEY not in said


def test_the_doctor_says_that_a_folder_for_files_is_closed(huihou: Shell) -> None:
    huihou.folder.mkdir(exist_ok=True)
    (huihou.folder / "files").write_text("in the way")
    assert levels(huihou.json("doctor", code=1))["files_closed"] == "fail"


def test_the_doctor_asks_whoever_looks_for_viruses(huihou: Shell) -> None:
    with clamd() as daemon:
        huihou.env["HUIHOU_FILES__CLAMD"] = daemon.address
        assert levels(huihou.json("doctor"))["clamd"] == "ok"
        daemon.says = b"no\0"
        assert levels(huihou.json("doctor", code=1))["clamd_away"] == "fail"
    assert "no clamd answers" in huihou("doctor", code=1).stdout
    huihou.env["HUIHOU_FILES__CLAMD"] = ""
    huihou.env["HUIHOU_FILES__SCAN_COMMAND"] = "sh -c 'exit 0' --"
    assert levels(huihou.json("doctor"))["scan_command"] == "ok"
    huihou.env["HUIHOU_FILES__SCAN_COMMAND"] = "no-such-scanner --fast"
    assert "there is no command no-such-scanner" in huihou("doctor", code=1).stdout


def test_a_bucket_without_what_speaks_to_it_is_said_in_a_sentence(
    huihou: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "storage.bucket", None)
    huihou.env["HUIHOU_S3__BUCKET"] = "b"
    assert "pip install 'huihou[s3]'" in huihou("doctor", code=1).stderr


def test_the_doctor_sees_a_database_that_is_behind_ahead_or_foreign(huihou: Shell) -> None:
    huihou("db", "upgrade")
    with database(huihou).write() as db:
        db.connection().exec_driver_sql("UPDATE alembic_version SET version_num = '9999', runs_from = '9999'")
    assert levels(huihou.json("doctor", code=1))["database_newer"] == "fail"
    with database(huihou).write() as db:
        db.connection().exec_driver_sql("DROP TABLE alembic_version")
    assert levels(huihou.json("doctor", code=1))["database_foreign"] == "fail"


def test_the_doctor_speaks_chinese(huihou: Shell) -> None:
    said = huihou("doctor", "--lang", "zh").stdout
    assert "设置：全部有效。" in said
    assert "一切正常。" in said
