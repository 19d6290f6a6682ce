"""A meeting with files, whose archive can be built in one line."""

from __future__ import annotations

import io
import json
import zipfile
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import select

from messages import Message
from storage import archive
from storage.archive import Archive
from storage.files import File
from storage.materials import Material, Scope
from storage.meetings import Meeting, MeetingState
from tests.chat import Chat, Somebody

FILES = {
    "策划案.pdf": (b"%PDF-1.4 plan", Material.PLAN),
    "预算表.pdf": (b"%PDF-1.4 budget", Material.BUDGET),
    "合影.jpg": (b"\xff\xd8\xff\xe0 group", Material.PHOTO),
}


@dataclass
class Team:
    """Ann leads the meeting M1."""

    chat: Chat
    ann: Somebody

    def send(self, name: str, data: bytes, material: Material | None = None, **more: object) -> int:
        """A file of the meeting, as whoever files it would leave it; its number."""
        self.ann.says("attach T15", files={name: data})
        with self.chat.app.database.write() as db:
            row = db.scalars(select(File).order_by(File.number.desc())).first()
            assert row is not None
            row.meeting_id, row.material, row.scope = 1, material, Scope.INTERNAL
            for key, value in more.items():
                setattr(row, key, value)
            return row.number

    def build(self, words: str = "") -> Message:
        """The answer, once it is there."""
        said = self.ann.says(f"archive build M1 {words}")
        assert not said.refused, said.body
        self.chat.settle()
        return self.chat.room().heard()[-1]

    def row(self, number: int = 0) -> Archive:
        with self.chat.read() as db:
            found = archive.by_number(db, 1, number) if number else archive.newest(db, 1)
        assert found is not None
        return found

    def zip(self, number: int = 0) -> bytes:
        with self.chat.read() as db:
            made = archive.zipped(db, self.row(number), self.chat.app.files.pieces)
        data = b"".join(made)
        assert len(data) == len(made)
        return data

    def inside(self, number: int = 0) -> dict[str, bytes]:
        """Every file of a version, by its path in the bag."""
        with zipfile.ZipFile(io.BytesIO(self.zip(number))) as opened:
            return {name.partition("/")[2]: opened.read(name) for name in opened.namelist()}

    def index(self) -> dict[str, object]:
        found = next(data for path, data in self.inside().items() if path.endswith(".json"))
        told: dict[str, object] = json.loads(found)
        return told

    def close(self) -> None:
        """As if every task were settled."""
        self.state(MeetingState.CLOSED)

    def state(self, state: MeetingState) -> None:
        with self.chat.app.database.write() as db:
            db.get_one(Meeting, 1).state = state

    def bytes_of(self, number: int) -> Path:
        """Where the store has them."""
        with self.chat.read() as db:
            row = db.scalars(select(File).where(File.number == number)).one()
        return Path(self.chat.app.files.address) / row.digest[:2] / row.digest[2:4] / row.digest


def founded(chat: Chat) -> Team:
    ann = chat.person("Ann")
    ann.says("meeting new Annual Forum end: 8 June 17:00")
    team = Team(chat, ann)
    for name, (data, material) in FILES.items():
        team.send(name, data, material)
    return team


@pytest.fixture
def team(chat: Chat) -> Team:
    return founded(chat)
