"""The command line as a whole: help in both languages, faults in sentences, a quick start."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import click
import pytest

from messages.catalog import environment
from tests.bot.terminal import Shell, every

ALL = [" ".join(path) for path in every() if path != ("docs-commands",)]


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("path", ALL)
def test_every_command_has_help_in_both_languages(huihou: Shell, path: str, lang: str) -> None:
    shown = huihou(*path.split(), "--lang", lang, "--help").output
    assert ("用法：" in shown) == (lang == "zh")
    lines = [line for line in shown.splitlines() if line.startswith("  -")]
    assert lines
    for line in lines:
        assert len(line.split("  ")) > 2, f"an option without words: {line}"


def test_no_word_of_help_is_left_over(huihou: Shell) -> None:
    """Each block is somebody's."""
    from bot.cli import huihou as root  # noqa: PLC0415

    used: set[str] = set()
    waiting: list[click.Command] = [root]
    while waiting:
        command = waiting.pop()
        waiting += getattr(command, "commands", {}).values()
        assert command.callback is not None
        used |= {f"command_{command.callback.__name__}", *(f"option_{option.name}" for option in command.params)}
    assert set(environment().get_template("cli/help.md.j2").blocks) <= used


@pytest.mark.parametrize(
    ("env", "chinese"),
    [
        ({"HUIHOU_LOCALE": "zh_CN", "LANG": "en_GB.UTF-8"}, True),
        ({"HUIHOU_LOCALE": "en", "LANG": "zh_CN.UTF-8"}, False),
        ({"HUIHOU_LOCALE": "", "LANG": "zh_CN.UTF-8"}, True),
        ({"HUIHOU_LOCALE": "", "LANG": "en_GB.UTF-8"}, False),
        ({"HUIHOU_LOCALE": "", "LANG": "de_DE.UTF-8"}, False),
        ({"HUIHOU_LOCALE": "", "LANG": "C.UTF-8"}, True),
        ({"HUIHOU_LOCALE": "", "LANG": ""}, True),
        ({"HUIHOU_LOCALE": "", "LANG": "en_GB.UTF-8", "LC_ALL": "zh_CN"}, True),
    ],
)
def test_the_language_follows_the_setting_then_the_system(huihou: Shell, env: dict[str, str], chinese: bool) -> None:  # noqa: FBT001
    huihou.env |= {"LC_ALL": "", "LC_MESSAGES": "", **env}
    assert ("用法：" in huihou("--help").output) == chinese


@pytest.mark.parametrize(
    "line", ["HUIHOU_LOCALE=en", "export HUIHOU_LOCALE = 'en'", "HUIHOU_ZONE=UTC\nHUIHOU_LOCALE=en"]
)
def test_the_language_may_stand_in_dot_env(
    huihou: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, line: str
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".env").write_text(f"{line}\n", encoding="utf-8")
    huihou.env |= {"HUIHOU_LOCALE": "", "LC_ALL": "", "LC_MESSAGES": "", "LANG": "zh_CN.UTF-8"}
    assert "Usage:" in huihou("--help").output
    huihou.env |= {"HUIHOU_LOCALE": "zh_CN"}
    assert "用法：" in huihou("--help").output


def test_a_wrong_command_is_a_usage_error_in_the_reader_s_language(huihou: Shell) -> None:
    assert "没有 'frobnicate' 这个命令" in huihou("--lang", "zh", "frobnicate", code=2).output
    assert "No such command 'frobnicate'" in huihou("frobnicate", code=2).output


@pytest.mark.parametrize(
    ("script", "heavy"),
    [
        (
            "from bot.cli import huihou; huihou(['--help'], prog_name='huihou', standalone_mode=False)",
            "sqlalchemy starlette alembic apscheduler holidays rich pydantic babel.messages",
        ),
        (
            "import bot.app, bot.web, bot.cli.serve",
            "docx docxtpl lxml xlsxwriter python_calamine charset_normalizer phonenumbers typst opencc websockets",
        ),
    ],
)
def test_what_a_start_does_not_need_it_does_not_load(script: str, heavy: str) -> None:
    whole = f"import sys; {script}; print(sorted({set(heavy.split())!r} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", whole], capture_output=True, text=True, check=True)  # noqa: S603
    assert done.stdout.splitlines()[-1] == "[]"


def test_it_can_be_started_as_a_module() -> None:
    env = {**os.environ, "HUIHOU_LOCALE": "en"}
    command = [sys.executable, "-m", "bot", "--help"]
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=env)  # noqa: S603
    assert done.stdout.startswith("Usage: huihou ")


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("TICK_SECONDS", "soon", "HUIHOU_TICK_SECONDS is “soon”; it must be a whole number from 1 to 600."),
        ("LARGEST_FILE_MB", "0", "HUIHOU_LARGEST_FILE_MB is “0”; it must be a whole number from 1 to 10000."),
        ("DEMO", "maybe", "HUIHOU_DEMO is “maybe”; it must be true or false."),
        ("LOCALE", "fr", "HUIHOU_LOCALE is “fr”; it must be one of zh_CN and en."),
        ("SYNCHRONOUS", "OFF", "HUIHOU_SYNCHRONOUS is “OFF”; it must be one of FULL and NORMAL."),
        ("ZONE", "Moon/Base", "HUIHOU_ZONE is “Moon/Base”; it must be a time zone such as Asia/Shanghai"),
        ("WEB__PORT", "99999", "HUIHOU_WEB__PORT is “99999”; it must be a whole number from 0 to 65535."),
        ("WEB", "on", "The settings cannot be read:"),
        ("DATABASE_URL", "postgres", "HUIHOU_DATABASE_URL cannot be used:"),
        ("DATABASE_URL", "sqlite://", "HUIHOU_DATABASE_URL cannot be used:"),
        ("DATABASE_URL", "nosuch://db/x", "HUIHOU_DATABASE_URL cannot be used:"),
        ("DATABASE_URL", "postgresql+psycopg://u:p@127.0.0.1:1/x", "does not answer as it should: connection failed"),
        ("DATABASE_URL", "sqlite:////no/such/folder/x.db", "does not answer as it should: unable to open"),
        ("DATA", "/dev/null/x", "The data folder /dev/null/x cannot be used: Not a directory."),
    ],
)
@pytest.mark.parametrize("command", ["run", "say hello", "db upgrade", "journal verify", "doctor", "chat"])
def test_a_setting_that_is_wrong_is_one_sentence(
    huihou: Shell, command: str, name: str, value: str, sentence: str
) -> None:
    huihou.env[f"HUIHOU_{name}"] = value
    result = huihou(*command.split(), code=1)
    assert sentence in result.output or (command == "doctor" and "does not answer (" in result.output)
    assert "Traceback" not in result.output


def test_faults_come_all_at_once(huihou: Shell) -> None:
    huihou.env |= {"HUIHOU_ZONE": "x", "HUIHOU_DEMO": "maybe"}
    said = huihou("run", code=1).stderr
    assert "HUIHOU_ZONE" in said
    assert "HUIHOU_DEMO" in said


def test_a_fault_never_shows_a_secret(huihou: Shell) -> None:
    huihou.env |= {"HUIHOU_DATABASE_URL": "postgresql+psycopg://u:geheim@127.0.0.1:1/x", "HUIHOU_ZONE": ""}
    assert "geheim" not in huihou("run", code=1).output
    del huihou.env["HUIHOU_ZONE"]
    assert "geheim" not in huihou("run", code=1).output
    assert "geheim" not in huihou("doctor", code=1).output


def test_an_env_file_counts_and_must_be_utf_8(huihou: Shell) -> None:
    Path(".env").write_text("HUIHOU_TICK_SECONDS=0\n", encoding="utf-8")
    assert "HUIHOU_TICK_SECONDS is “0”" in huihou("run", code=1).output
    Path(".env").write_bytes("HUIHOU_ZONE=上海\n".encode("gbk"))
    assert "must be UTF-8" in huihou("run", code=1).output
