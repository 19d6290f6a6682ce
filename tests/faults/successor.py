"""The release to come: a copy of the program with one more step, table, column, command, recheck, field of messages.

Its processes are started from the copy, so that nothing of theirs comes from here. In its folder
``python -m tests.faults.successor N`` is a replica that is told over the connection N how it is to be.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from pathlib import Path

from storage import migrations
from tests.faults.replica import Ways, main

ROOT = Path(__file__).parents[2]
STEP = "9999"
METADATA = "Metadata-Version: 2.1\nName: huihou\nVersion: 99.0.0\n"
UPGRADE = """
import sqlalchemy as sa
from alembic import op

revision, down_revision, branch_labels, depends_on = "{step}", "{before}", None, None
runs_from = "{runs_from}"


def upgrade() -> None:
    number = sa.Column("id", sa.Integer(), primary_key=True)
    op.create_table("chime", number, sa.Column("word", sa.Text(), nullable=False))
    op.add_column("day_rule", sa.Column("chime", sa.Text(), nullable=True))
    op.add_column("outbox", sa.Column("weight", sa.Integer(), nullable=False, server_default="0"))
    with op.batch_alter_table("person") as batch:
        batch.alter_column("name", type_=sa.String(300))
"""
CHIME = """
class Chime(Base):
    __tablename__ = "chime"
    id: Mapped[int] = mapped_column(primary_key=True)
    word: Mapped[str]


def get("""
HANDLER = '''
from datetime import timedelta

from sqlalchemy import select

from handlers.context import Context
from handlers.grammar import OneWord
from handlers.router import Router
from messages import Message
from storage.rooms import Room
from storage.workspace import DayRule, Chime

router = Router("help")


def said(key, **more):
    return Message(name="x", locale="en", body=f"This is {key}", **more)


@router.command("chime", zh="钟声")
def chime(ctx: Context, number: OneWord, rooms: int = 0, most: int = 0) -> Message:
    """As ``tally``, in ways that the release before does not know: chime 7"""
    from tests.faults.tally import FIRST_DAY, spread

    day = FIRST_DAY + timedelta(days=int(number))
    ctx.db.add(DayRule(workspace_id=ctx.workspace.id, day=day, worked=True, chime="yes"))
    ctx.db.add(Chime(word=number))
    names = [f"fault-{one}" for one in spread(int(number), rooms, most)]
    found = ctx.db.scalars(select(Room).where(Room.name.in_(names)))
    first, *others = sorted(found, key=lambda room: f"room:{room.id}")
    for turn, room in enumerate(others):
        key, more = f"tally:{number}:{room.id}", [{}, {"glow": True}, {}][turn % 3]
        ctx.promise(key, room, said(key, **more), recheck=["chime", "", ""][turn % 3])
    ctx.later(f"chimed {number} {first.id}", key=f"chimed:{number}")
    return Message(name="x", locale="en", body=f"{number} is written down")


@router.command("chimed", zh="钟声响过")
def chimed(ctx: Context, number: OneWord, room: int) -> Message:
    """Say what was promised for later: chimed 7 3"""
    key = f"tally:{number}:{room}"
    ctx.promise(key, ctx.db.get_one(Room, room), said(key))
    return Message(name="x", locale="en", body="said")


@router.recheck("chime")
def wanted(_ctx: Context, _key: str, message: Message) -> Message:
    return message
'''


def made(folder: Path, *, runs_from: str = "") -> Path:
    """A folder with the release in it, whose files are ours but for those that differ.

    ``runs_from``: the oldest release that may go on; without, this one may.
    """
    for name in ("bot", "handlers", "messages", "storage"):
        shutil.copytree(ROOT / name, folder / name, copy_function=os.symlink)
    (folder / "tests").symlink_to(ROOT / "tests")
    about = folder / "huihou-99.0.0.dist-info" / "METADATA"
    about.parent.mkdir()
    about.write_text(METADATA, encoding="utf-8")
    before = migrations.steps()[-1]
    step = UPGRADE.format(step=STEP, before=before, runs_from=runs_from or before)
    (folder / "storage/migrations/versions/9999_chime.py").write_text(step, encoding="utf-8")
    (folder / "handlers/chime.py").write_text(HANDLER, encoding="utf-8")
    _change(folder / "handlers/__init__.py", "    help,  #", "    chime,\n    help,  #")
    _change(folder / "handlers/__init__.py", "    help,\n)", "    chime,\n    help,\n)")
    _add(folder / "storage/workspace.py", "    worked: Mapped[bool]\n", "    chime: Mapped[str | None]\n")
    _change(folder / "storage/workspace.py", "\ndef get(", CHIME)
    _add(folder / "messages/message.py", "    private: bool = False\n", "    glow: bool = False\n")
    return folder


def _add(file: Path, before: str, more: str) -> None:
    _change(file, before, before + more)


def _change(file: Path, old: str, new: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert text.count(old) == 1, (file, old)
    file.unlink()  # a link until now
    file.write_text(text.replace(old, new), encoding="utf-8")


def command(folder: Path, *words: str) -> list[str]:
    """Of the release in the folder, to be run there."""
    return [sys.executable, "-m", *words]


def environment(folder: Path, url: str = "") -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("HUIHOU_")}
    return {**kept, "PYTHONPATH": str(folder), "HUIHOU_DATABASE_URL": url, "HUIHOU_DATA": str(folder / "data")}


class Process(subprocess.Popen[bytes]):
    """As ``multiprocessing`` has it."""

    def join(self, seconds: float) -> None:
        self.wait(seconds)


def start(folder: Path, ways: Ways, name: str) -> tuple[Process, Connection]:
    """A replica of the release in the folder, and the other end of its connection."""
    here, there = Pipe()
    process = Process(
        command(folder, "tests.faults.successor", str(there.fileno())),
        cwd=folder,
        env=environment(folder),
        pass_fds=[there.fileno()],
    )
    there.close()
    here.send((ways, name))
    return process, here


if __name__ == "__main__":
    told = Connection(int(sys.argv[1]))
    main(told, *told.recv())
