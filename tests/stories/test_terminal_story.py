"""A meeting's whole aftermath from a shell script, one process a command."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from bot.sample.files import document, photo

SCRIPT = Path(__file__).with_name("aftermath.sh")
ROOT = SCRIPT.parents[2]


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("sh") is None, reason="needs a shell")
def test_a_script_runs_from_meeting_new_to_meeting_close(tmp_path: Path) -> None:
    for number in range(1, 7):
        (tmp_path / f"hall-{number}.png").write_bytes(photo(number))
    (tmp_path / "paper.pdf").write_bytes(document("A paper"))
    program = tmp_path / "bin" / "huihou"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m bot "$@"\n', encoding="utf-8")
    program.chmod(0o755)
    env = {name: value for name, value in os.environ.items() if not name.startswith("HUIHOU_")} | {
        "PATH": f"{program.parent}{os.pathsep}{os.environ['PATH']}",
        "PYTHONPATH": str(ROOT),
        "HUIHOU_DATA": str(tmp_path / "data"),
        "HUIHOU_LOCALE": "en",
    }
    done = subprocess.run(["sh", str(SCRIPT)], cwd=tmp_path, env=env, capture_output=True, text=True, check=False)  # noqa: S603, S607
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    assert "Traceback" not in done.stderr
    for said in (
        "Annual Conference: the checklist is ready",
        "您的语言：中文",
        "58 of 58 settled",
        "Annual Conference is closed",
        "and every one fits.",
        "To go on with it, reopen it first",
    ):
        assert said in done.stdout
