"""A meeting with a programme of two sessions, and files of several kinds in it."""

from __future__ import annotations

from datetime import datetime

import pytest

from storage import checklist, files
from storage.consents import Consent
from storage.files import File
from storage.materials import Material, Scope
from storage.programme import Booth, ProgrammeSession, Speaker, Speaking
from tests.chat import Chat, at
from tests.handlers.checklist.conftest import Team, found, join

__all__ = ["Cabinet", "cabinet"]


class Cabinet(Team):
    """``bo`` leads; ``li`` is finance; ``wang`` has no role."""

    def file(self, number: int) -> File:
        with self.chat.app.database.read() as db:
            row = files.by_number(db, 1, number)
        assert row is not None
        return row

    def proves(self, number: int) -> list[str]:
        with self.chat.app.database.read() as db:
            return [task.ref for task in checklist.proven_by(db, self.file(number).id)]

    def allows(self, scope: Scope, *, material: Material | None = None, when: datetime | None = None) -> None:
        """What 张伟 lets be done with what they gave."""
        with self.chat.app.database.write() as db:
            moment = when or at("2026-06-09 10:00")
            db.add(Consent(speaker_id=1, material=material, scope=scope, person_id=self.bo.id, at=moment))


@pytest.fixture
def cabinet(chat: Chat) -> Cabinet:
    team = join(chat, found(chat))
    with chat.app.database.write() as db:
        db.add_all(
            [
                ProgrammeSession(id=1, meeting_id=team.meeting, code="S1", title="开幕"),
                ProgrammeSession(id=2, meeting_id=team.meeting, code="S3", title="数据治理"),
                Speaker(id=1, meeting_id=team.meeting, name="张伟"),
                Booth(id=1, meeting_id=team.meeting, name="华为技术有限公司"),
            ]
        )
        db.flush()
        db.add(Speaking(session_id=2, speaker_id=1))
    return Cabinet(chat, team.meeting, team.ann, team.bo, team.li, team.wang)
