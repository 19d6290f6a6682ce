"""An association's office with a mail server, and letters that are put straight into the tables."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from messages import Message
from storage import letters, outbox
from storage.letters import Letter
from storage.meetings import Meeting
from tests.chat import Chat, Somebody, text
from tests.fakes.mail import FakeMail
from tests.letters import add_letter, add_party


@dataclass
class Office:
    """``ann`` is the admin and keeps the contacts; ``bo`` leads the meeting."""

    chat: Chat
    server: FakeMail
    ann: Somebody
    bo: Somebody
    meeting: int = 0

    def write(self, name: str, email: str = "", **fields: Any) -> int:
        """A letter to somebody of that name; its id."""
        party = {key: fields.pop(key) for key in ("person_id", "address", "opted_out_at", "kind") if key in fields}
        with self.chat.app.database.write() as db:
            meeting = db.get_one(Meeting, self.meeting)
            return add_letter(db, meeting, add_party(db, meeting.workspace_id, name, email, **party), **fields).id

    def letter(self, letter_id: int) -> Letter:
        with self.chat.read() as db:
            return db.get_one(Letter, letter_id)

    def change(self, letter_id: int, **fields: Any) -> None:
        with self.chat.app.database.write() as db:
            for name, value in fields.items():
                setattr(db.get_one(Letter, letter_id), name, value)

    def sends(self, line: str = "thanks send", who: Somebody | None = None) -> Message:
        """Look, then confirm."""
        who = who or self.ann
        shown = who.says(line)
        assert shown.name == "sending/preview", text(shown)
        label = next(button.label for button in shown.buttons if button.primary)
        return who.presses(label)

    def arrived(self) -> list[str]:
        return [one.to[0] for one in self.server.taken]

    def echoes(self, letter_id: int) -> list[tuple[str, str]]:
        with self.chat.read() as db:
            return [(one.kind, one.text) for one in letters.echoes(db, [letter_id])]

    def waits(self, **span: float) -> None:
        self.chat.clock.moment += timedelta(**span)
        self.chat.settle()


def deliver(office: Office) -> None:
    """Everything that waits, at the pace of the mail."""
    for _ in range(30):
        office.waits(seconds=1)
        with office.chat.read() as db:
            if not outbox.waiting(db):
                break
    office.chat.settle()
