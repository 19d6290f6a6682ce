"""Made-up sponsors of a made-up conference, and who looks after them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from messages import Message
from storage import parties, sponsors
from storage.parties import Party
from storage.people import Role
from storage.sponsors import Benefit, Sponsor
from tests.chat import Chat, Somebody, buttons, text
from tests.handlers.checklist.conftest import Team, found, join

STAR, CLOUD = "星辰能源有限公司", "云帆科技有限公司"
LIST = (
    "赞助商,档位,权益,数量,单位,备注\r\n"
    f"{STAR},钻石,主背景板标志,2,块,\r\n"
    ",,主题演讲,30分钟,,\r\n"
    f"{CLOUD},金牌,展位,9,平方米,双开口\r\n"
    f"{CLOUD},金牌,会刊封二,若干,,\r\n"
    "合计,,,,,\r\n"
).encode()


@dataclass
class Desk:
    """``bo`` leads, ``li`` is finance, ``mei`` looks after sponsors, ``tao`` after logistics, ``wang`` has no role."""

    team: Team
    bo: Somebody
    li: Somebody
    wang: Somebody
    mei: Somebody
    tao: Somebody

    @property
    def chat(self) -> Chat:
        return self.team.chat

    def says(self, *lines: str) -> str:
        """What mei is answered to the last of these."""
        return [text(self.mei.says(line)) for line in lines][-1]

    def sponsors(self) -> dict[str, Sponsor]:
        with self.chat.read() as db:
            rows = sponsors.of_meeting(db, self.team.meeting)
            known = parties.some(db, [row.party_id for row in rows])
            return {known[row.party_id].name: row for row in rows}

    def benefits(self) -> dict[str, Benefit]:
        with self.chat.read() as db:
            return {row.ref: row for row in sponsors.benefits(db, self.team.meeting)}

    def units(self) -> list[str]:
        with self.chat.read() as db:
            return [row.name for row in parties.units(db, 1)]

    def party(self, number: int) -> Party:
        with self.chat.read() as db:
            found = parties.by_number(db, 1, number)
        assert found
        return found

    def confirms(self, preview: Message) -> Message:
        return self.mei.says(next(button.line for button in buttons(preview) if button.primary))


def desk_in(chat: Chat) -> Desk:
    team = join(chat, found(chat))
    mei, tao = chat.person("Mei"), chat.person("Tao")
    team.hold(Role.SPONSORSHIP, mei)
    team.hold(Role.LOGISTICS, tao)
    return Desk(team, team.bo, team.li, team.wang, mei, tao)


@pytest.fixture
def desk(chat: Chat) -> Desk:
    return desk_in(chat)


@pytest.fixture
def chinese(tmp_path: Path) -> Desk:
    """The same in Chinese."""
    return desk_in(Chat(tmp_path, locale="zh_CN"))
