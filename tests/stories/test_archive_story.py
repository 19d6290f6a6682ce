"""Forty files of twelve kinds come by chat, page and terminal: the matrix is right, and the archive proves itself."""

from __future__ import annotations

import hashlib
import re
import shutil
import subprocess
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

import bagit
import bagit_utils
import obstore
import pytest
from sqlalchemy import select

from messages import Message
from storage.files import File
from tests.bot.platforms.web.lobby import Lobby, lobby
from tests.bot.terminal import Shell, shell
from tests.chat import text
from tests.fakes.s3 import BUCKET, KEY, SECRET, s3
from tests.stories.papers import made

SPEAKERS = "张三 李四 王五 赵六 钱七".split()
AGENDA = "场次,日期,时间,题目,讲者\n" + "".join(
    f"S{n},2026-06-{7 if n < 3 else 8:02},{8 + n:02}:00-{8 + n:02}:40,第{n}讲,{name}\n"
    for n, name in enumerate(SPEAKERS, 1)
)
BY_CHAT = (
    *(f"S{n}_{name}_讲稿.pptx" for n, name in enumerate(SPEAKERS[:4], 1)),
    *"策划案.docx 预算表.xlsx 合同.pdf 设计稿.zip".split(),
)
CONSENTS = "张三授权书.pdf 李四授权书.pdf".split()
ON_SUNDAY = "主会场1.jpg 主会场2.jpg 分会场.jpg 互动1.jpg 互动2.jpg 晚宴.jpg".split()
ON_MONDAY = (
    *"闭幕式.jpg 分论坛.jpg 合影6月8日.png 展位华为.jpg".split(),
    *(f"S{n} {name} 照片.jpg" for n, name in enumerate(SPEAKERS[:4], 1)),
)
BY_TERMINAL = (
    *("S1 录像.mp4", "S2 录像.mp4", "S3 录音.mp3", "S4 录音.wav"),
    *"签到表.csv 会议纪要.docx 速记稿.txt 发票1.pdf 发票2.pdf 发票3.pdf 调查问卷.xlsx 总结报告.pdf".split(),
    *"宣传海报.png 风险预案.pdf 新闻稿.docx".split(),
)
PHOTOS = dict.fromkeys(ON_SUNDAY, "2026:06:07") | dict.fromkeys(ON_MONDAY, "2026:06:08")
SENT = {
    "议程.csv": AGENDA.encode("gb18030"),
    **{name: made(name) for name in (*BY_CHAT, *CONSENTS, *BY_TERMINAL)},
    **{name: made(name, day) for name, day in PHOTOS.items()},
}
BATCH = "0123456789abcdef"
VICTIM, LOST = "S1 录像.mp4", "合同.pdf"
KINDS = "main hall", "breakout room", "interaction", "social event", "sponsor's stand", "group photo"
GAPS = (
    *("recording/S5", "consent/S3/3", "consent/S4/4", "consent/S5/5"),
    *("photo/2026-06-07/booth", "photo/2026-06-07/group", "photo/2026-06-08/interaction", "photo/2026-06-08/social"),
    *("photo/speaker/5", "photo/booth/2", "minutes/approved", "files/unlabelled"),
)
NOTES = "00_"
"""How the folder of what Huihou itself wrote begins."""


@dataclass
class Keep:
    """Where the bytes are kept. ``replace`` puts others in the place of those of a digest, behind Huihou's back."""

    replace: Callable[[str, bytes], object]
    settings: dict[str, str] = field(default_factory=dict)


@pytest.fixture(params=["folder", "bucket"])
def keep(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Keep]:
    (tmp_path / "data").mkdir()
    if request.param == "folder":
        files = tmp_path / "data" / "files"
        yield Keep(lambda digest, data: (files / digest[:2] / digest[2:4] / digest).write_bytes(data))
        return
    with s3() as server:
        settings = {"bucket": BUCKET, "endpoint": server.url, "key_id": KEY, "secret": SECRET, "prefix": "conf"}
        store = server.place().store()
        yield Keep(lambda digest, data: obstore.put(store, f"{digest[:2]}/{digest[2:4]}/{digest}", data), settings)


@pytest.fixture
def terminal(tmp_path: Path, keep: Keep) -> Iterator[Shell]:
    with shell(tmp_path / "data") as ready:
        ready.env |= {f"HUIHOU_S3__{name.upper()}": value for name, value in keep.settings.items()}
        ready("db", "upgrade")
        yield ready


@pytest.fixture
def here(terminal: Shell, keep: Keep) -> Iterator[Lobby]:
    file = f"sqlite:///{terminal.folder / 'huihou.db'}"  # where commands look, too
    built = lobby(terminal.folder, s3=keep.settings, database_url=file)
    built.ann.says("meeting edit M1 start: 2026-06-07 09:00", direct=True)
    yield built
    built.chat.close()


def test_forty_files_come_in_and_an_archive_that_proves_itself_goes_out(
    here: Lobby, terminal: Shell, keep: Keep, tmp_path: Path
) -> None:
    came_in(here, terminal, tmp_path)
    the_matrix_is_right(here)
    the_check_counts(here)
    zipped, folder = tmp_path / "bag.zip", tmp_path / "bag"
    zipped.write_bytes(fetched(here))
    terminal("archive", "get", "M1", "v1", "--to", str(folder), "--as", "ann")
    for bag in (folder, unpacked(zipped, tmp_path / "unpacked")):
        everybody_takes_it_for_whole(bag)
    victim, lost = (place_of(name, folder) for name in (VICTIM, LOST))
    whatever_is_wrong_is_named(terminal, zipped, folder, victim, lost)
    what_is_wrong_in_the_store_is_named(here, keep, victim, lost)


# --- in


def came_in(here: Lobby, terminal: Shell, folder: Path) -> None:
    by_chat(here)
    assert "All of it is in your chat" in by_page(here)
    for name in BY_TERMINAL:
        (folder / name).write_bytes(SENT[name])
        terminal("say", "", "--file", str(folder / name), "--as", "ann", "--direct")
    with here.chat.read() as db:
        kept = {file.name: file.digest for file in db.scalars(select(File).where(File.material.is_not(None)))}
    assert len(SENT) == 40
    assert kept == {name: hashlib.sha256(data).hexdigest() for name, data in SENT.items()}


def by_chat(here: Lobby) -> None:
    here.ann.says("", files={"议程.csv": SENT["议程.csv"]}, direct=True)
    here.ann.presses("Confirm")
    here.ann.says("booth add 华为", direct=True)
    here.ann.says("booth add 中兴", direct=True)
    here.ann.says("", files={name: SENT[name] for name in BY_CHAT}, direct=True)
    for who, form in zip(SPEAKERS, CONSENTS, strict=False):
        here.ann.says(f"consent {who} 公开", files={form: SENT[form]}, direct=True)
    here.ann.says("materials skip M1 slides/S5 nothing was shown", direct=True)
    here.li.says("materials skip M1 recording/S5 the camera broke", direct=True)


def by_page(here: Lobby) -> str:
    """What the page says when all were handed over."""
    path, client = here.upload(here.ann.says("attach T12", direct=True)), here.browser()
    for name in PHOTOS:
        sent = client.post(f"{path}/file?batch={BATCH}&name={quote(name)}", content=SENT[name])
        assert sent.status_code == 200, sent.text
    return str(client.post(f"{path}/give", data={"batch": BATCH}).text)


def the_matrix_is_right(here: Lobby) -> None:
    shown = here.ann.says("materials M1", direct=True)
    assert shown.table is not None
    assert shown.table.columns == ("Session", "Slides", "Recording", "Photo", "Consent")
    assert shown.table.rows == (
        ("S1 第1讲", "✓", "✓", "✓", "✓"),
        ("S2 第2讲", "✓", "✓", "✓", "✓"),
        ("S3 第3讲", "✓", "✓", "✓", "○"),
        ("S4 第4讲", "✓", "✓", "✓", "○"),
        ("S5 第5讲", "–", "?", "○", "○"),
    )
    marks = {"Sun 7 Jun": "✓✓✓✓○○", "Mon 8 Jun": "✓✓○○✓✓"}
    days = [
        f"- **{day}** · {' · '.join(map(' '.join, zip(found, KINDS, strict=True)))}" for day, found in marks.items()
    ]
    told = [line for line in shown.body.splitlines() if line.startswith("- ")]
    assert told == [*days, "- **Stands** · ✓ 华为 · ○ 中兴"]


def the_check_counts(here: Lobby) -> None:
    """34 cells of the matrix, 14 kinds, whether the minutes are approved, six questions of the files themselves."""
    shown = here.ann.says("archive check M1", direct=True)
    assert shown.title == f"Archive of Forum: {34 + 14 + 1 + 6 - len(GAPS)} of 55"
    assert [row.buttons[0].line.split()[-1] for row in shown.rows] == [*GAPS]
    assert "38 files do not say who may see them" in shown.rows[-1].text


# --- out


def fetched(here: Lobby) -> bytes:
    """The first version, by the page's link."""
    here.ann.says("archive build M1", direct=True)
    assert "v1 of the archive of Forum is built" in text(here.heard()[-1])
    link = re.search(r"\]\(\S*(/archive/[0-9a-f]{64})\)", here.ann.says("archive get M1 v1", direct=True).body)
    assert link is not None
    return bytes(here.browser().get(f"{link[1]}/v1.zip").content)


def unpacked(zipped: Path, folder: Path) -> Path:
    with zipfile.ZipFile(zipped) as opened:
        opened.extractall(folder)
    (bag,) = folder.iterdir()
    return bag


def everybody_takes_it_for_whole(bag: Path) -> None:
    payload = [path for path in bag.glob("data/*/*/**/*") if path.is_file()]
    theirs = [path.read_bytes() for path in payload if not path.relative_to(bag).parts[3].startswith(NOTES)]
    assert sorted(theirs) == sorted(SENT.values())
    for name in ("sha256", "sha512"):
        told = subprocess.run(  # noqa: S603  the lines that README.html tells people to type
            [f"{name}sum", "-c", f"manifest-{name}.txt"], cwd=bag, capture_output=True, text=True, check=True
        )
        assert len(told.stdout.splitlines()) == len(payload)
    assert bagit.Bag(str(bag)).validate()
    assert second_opinion(bag) == []


def second_opinion(bag: Path) -> list[str]:
    return [issue.message for issue in bagit_utils.Bag(bag).validate().issues]


# --- damaged


def whatever_is_wrong_is_named(terminal: Shell, zipped: Path, folder: Path, victim: str, lost: str) -> None:
    for bag in (zipped, folder):
        assert "is whole" in terminal("archive", "verify", str(bag)).stdout
    (folder / victim).write_bytes(flipped(SENT[VICTIM]))
    zipped.write_bytes(zipped.read_bytes().replace(SENT[VICTIM], flipped(SENT[VICTIM])))
    for bag in (zipped, folder):
        assert faults(terminal, bag) == {("changed", victim)}
    others_see_it_too(folder, victim)
    (folder / lost).unlink()
    (folder / "data" / "Thumbs.db").write_bytes(b"x")
    again = shutil.make_archive(f"{folder}_again", "zip", folder.parent, folder.name)
    for bag in (Path(again), folder):
        wanted = {("changed", victim), ("missing", lost), ("extra", "data/Thumbs.db")}
        assert {one for one in faults(terminal, bag) if one[0] != "oxum"} == wanted


def others_see_it_too(folder: Path, victim: str) -> None:
    with pytest.raises(bagit.BagValidationError, match=re.escape(victim)):
        bagit.Bag(str(folder)).validate()
    (said,) = second_opinion(folder)
    assert victim in said


def place_of(name: str, folder: Path) -> str:
    found = (path for path in folder.glob("data/**/*") if path.is_file() and path.read_bytes() == SENT[name])
    return next(found).relative_to(folder).as_posix()


def flipped(data: bytes) -> bytes:
    return data[:-1] + bytes([data[-1] ^ 1])


def faults(terminal: Shell, bag: Path) -> set[tuple[str, str]]:
    told: dict[str, Any] = terminal.json("archive", "verify", str(bag), code=1)
    return {(fault["what"], fault["path"]) for fault in told["faults"]}


def what_is_wrong_in_the_store_is_named(here: Lobby, keep: Keep, victim: str, lost: str) -> None:
    assert "is whole" in verified(here).title
    keep.replace(hashlib.sha256(SENT[VICTIM]).hexdigest(), flipped(SENT[VICTIM]))
    here.chat.app.files.remove(hashlib.sha256(SENT[LOST]).hexdigest())
    named = [line for line in text(verified(here)).splitlines() if line.startswith("- ")]
    assert sorted(named) == sorted([f"- {victim}: changed", f"- {lost}: missing"])


def verified(here: Lobby) -> Message:
    here.ann.says("archive verify M1 v1", direct=True)
    return here.heard()[-1]
