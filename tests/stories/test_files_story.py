"""Forty files of fourteen kinds come by chat, page and terminal: the matrix is right, and the archive proves itself."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import bagit
import pytest
from sqlalchemy import select

from storage.files import File
from tests.bot.platforms.web.lobby import Lobby, lobby
from tests.bot.terminal import Shell, shell
from tests.bot.test_kinds import GOOD
from tests.chat import text

SPEAKERS = ("张三", "李四", "王五", "赵六", "钱七")
AGENDA = "场次,日期,时间,题目,讲者\n" + "".join(
    f"S{n},2026-06-08,{8 + n:02}:00-{8 + n:02}:40,第{n}讲,{name}\n" for n, name in enumerate(SPEAKERS, 1)
)
BY_CHAT = (
    *(f"S{n}_{name}_讲稿.pptx" for n, name in enumerate(SPEAKERS, 1)),
    *"策划案.pdf 预算表.xlsx 合同.pdf 设计稿.pdf".split(),
)
BY_PAGE = (
    *(f"{kind}{n}.jpg" for kind in "主会场 分会场 互动 晚宴 展位 合影".split() for n in (1, 2)),
    *(f"S{n} {name} 照片.jpg" for n, name in enumerate(SPEAKERS, 1)),
)
BY_TERMINAL = (
    *(f"S{n} 录像.mp4" for n, _ in enumerate(SPEAKERS, 1)),
    *"签到表.csv 会议纪要.docx 发票1.pdf 发票2.pdf 发票3.pdf 调查问卷.xlsx 总结报告.pdf 宣传海报.png".split(),
)
KINDS = {
    *("agenda", "slides", "plan", "budget", "contract", "design", "photo", "video", "sign_in", "minutes", "voucher"),
    *("survey", "report", "publicity"),
}
BATCH = "0123456789abcdef"


def content(name: str) -> bytes:
    """Bytes of its kind, and of no other file."""
    like = {".pptx": "a.docx", ".jpg": "a.JPG", ".pdf": "通知.pdf"}
    ending = Path(name).suffix
    return GOOD[like.get(ending, f"a{ending}")] + name.encode()


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Shell]:
    (tmp_path / "data").mkdir()
    with shell(tmp_path / "data") as ready:
        ready("db", "upgrade")
        yield ready


@pytest.fixture
def here(terminal: Shell) -> Iterator[Lobby]:
    made = lobby(terminal.folder)
    yield made
    made.chat.close()


def by_page(here: Lobby) -> str:
    """What the page says when all were handed over."""
    path, client = here.upload(here.ann.says("attach T12", direct=True)), here.browser()
    for name in BY_PAGE:
        sent = client.post(f"{path}/file?batch={BATCH}&name={quote(name)}", content=content(name))
        assert sent.status_code == 200, sent.text
    return str(client.post(f"{path}/give", data={"batch": BATCH}).text)


def all_in(here: Lobby, terminal: Shell, folder: Path) -> None:
    here.ann.says("", files={"议程.csv": AGENDA.encode("gb18030")}, direct=True)
    here.ann.presses("Confirm")
    here.ann.says("", files={name: content(name) for name in BY_CHAT}, direct=True)
    assert "All of it is in your chat" in by_page(here)
    for name in BY_TERMINAL:
        (folder / name).write_bytes(content(name))
        terminal("say", "", "--file", str(folder / name), "--as", "ann", "--direct")


def test_forty_files_come_in_and_a_bag_that_proves_itself_goes_out(
    here: Lobby, terminal: Shell, tmp_path: Path
) -> None:
    all_in(here, terminal, tmp_path)
    with here.chat.read() as db:
        files = db.scalars(select(File)).all()
    assert (len(files), {file.material for file in files}) == (40, KINDS)
    _the_matrix_is_right(here)
    out = tmp_path / "out"
    terminal("archive", "build", "M1", "--to", str(out), "--as", "ann")
    check = ["sha256sum", "-c", "manifest-sha256.txt"]
    summed = subprocess.run(check, cwd=out, capture_output=True, text=True, check=True)  # noqa: S603  as written above
    payload = [line for line in summed.stdout.splitlines() if "/00_" not in line]
    assert len(payload) == 40
    assert bagit.Bag(str(out)).validate()
    assert "is whole" in terminal("archive", "verify", str(out)).stdout
    _a_flipped_byte_is_named(terminal, out)


def _the_matrix_is_right(here: Lobby) -> None:
    shown = here.ann.says("materials", direct=True)
    assert shown.table is not None
    assert [row[1:] for row in shown.table.rows] == [("✓", "✓", "✓", "○")] * len(SPEAKERS)
    assert len(re.findall("✓", shown.body)) == 6
    assert "5 missing" in text(shown)


def _a_flipped_byte_is_named(terminal: Shell, out: Path) -> None:
    victim = next(path for path in sorted(out.rglob("*.mp4")))
    damaged = bytearray(victim.read_bytes())
    damaged[-1] ^= 1
    victim.write_bytes(damaged)
    said = terminal("archive", "verify", str(out), code=1).stdout
    assert f"changed: {victim.relative_to(out)}" in " ".join(said.split())
