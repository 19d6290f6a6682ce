"""Logs tell what happened and no secrets."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog

from bot import logs
from bot.sections import WebSettings
from bot.settings import Settings
from storage.base import Database
from tests.logged import put_back


@pytest.fixture(autouse=True)
def _put_back() -> Iterator[None]:
    with put_back():
        yield


def test_a_machine_gets_one_object_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure(json=True)
    structlog.get_logger().info("已发送", room=7)
    logging.getLogger("elsewhere").warning("slow %s", "disk")
    first, second = (json.loads(line) for line in capsys.readouterr().err.splitlines())
    assert (first["event"], first["room"], first["level"]) == ("已发送", 7, "info")
    assert (second["event"], second["level"]) == ("slow disk", "warning")


def test_people_get_key_and_value(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure(json=False)
    structlog.get_logger().info("sent", room=7)
    shown = capsys.readouterr().err
    assert "sent" in shown
    assert "room" in shown
    assert "{" not in shown


@pytest.mark.parametrize("as_json", [True, False])
def test_a_secret_is_taken_out_wherever_it_stands(capsys: pytest.CaptureFixture[str], as_json: bool) -> None:  # noqa: FBT001
    logs.configure(secrets=["geheim", "", "geheimer"], json=as_json)
    log = structlog.get_logger()
    log.info("connect geheim", url="postgresql://u:geheim@db", more={"deep": ["geheimer"]})
    logging.getLogger("driver").error("failed for %s", "geheim")
    try:
        json.loads("geheim")
    except ValueError:
        log.exception("broken", value="geheim")
    shown = capsys.readouterr().err
    assert "geheim" not in shown
    assert "JSONDecodeError" in shown
    assert "…" in shown


def test_chatter_of_libraries_is_left_out(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure(json=True)
    for name in ("apscheduler.executors.default", "alembic.runtime.migration", "uvicorn.error"):
        logging.getLogger(name).info("chatter")
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize("token", ["xoxb-1-2-Abc", "xoxe.xoxb-1-Abc", "xoxe-1-Abc", "xoxp-9-Abc", "xapp-1-A1-Abc"])
def test_a_token_that_no_setting_knows_is_taken_out_too(capsys: pytest.CaptureFixture[str], token: str) -> None:
    logs.configure(json=True)
    logging.getLogger("slack_sdk").error("failed with %s", {"Authorization": f"Bearer {token}"})
    structlog.get_logger().info("said", words="xoxb")
    shown = capsys.readouterr().err
    assert "Abc" not in shown
    assert "xoxb" in shown


def test_every_secret_of_the_settings_is_known(tmp_path: Path) -> None:
    wanted = Settings(_env_file=None, web=WebSettings(secret="s" * 32))  # type: ignore[arg-type]
    database = Database(f"sqlite:///{tmp_path}/x.db")
    assert list(filter(None, logs.secrets_of(wanted, database))) == ["s" * 32]
    database.close()
