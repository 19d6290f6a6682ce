"""A meeting with people and units who were something to it, all made up; somebody for each role that signs."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from bot.platforms.email.sending import Mail
from handlers.thanks import sending
from messages import Message
from storage import attendance, letters, parties, sponsors, workspace
from storage.crew import Shift, Volunteer
from storage.letters import Fact, Letter, Letterhead
from storage.membership import Case, CaseKind
from storage.parties import Capacity, Party, PartyKind, Reach, ReachKind
from storage.partners import Partner, PartnerKind
from storage.people import Role, RoleHolder
from storage.programme import Part, ProgrammeSession, Speaker, Speaking
from storage.sponsors import Benefit, BenefitState, Sponsor
from tests.chat import Chat, Somebody, at, buttons
from tests.fakes.mail import mail_server
from tests.handlers.checklist.conftest import Team, found, join
from tests.handlers.thanks.office import Office
from tests.letters import add_meeting


@dataclass
class Desk:
    """``bo`` leads, ``pia`` is publicity, ``sue`` sponsorship, ``wang`` has no role."""

    team: Team
    bo: Somebody
    pia: Somebody
    sue: Somebody
    wang: Somebody

    @property
    def chat(self) -> Chat:
        return self.team.chat

    def puts(self, *rows: Any) -> None:
        with self.chat.app.database.write() as db:
            db.add_all(rows)

    def party(
        self, name: str, *capacities: Capacity, kind: PartyKind = PartyKind.PERSON, mail: str = "", **fields: Any
    ) -> Party:
        """Somebody of the address book, with an address of their own, who was something to the meeting."""
        with self.chat.app.database.write() as db:
            place = workspace.by_key(db, "main")
            row = parties.add(db, place.id, kind, name, **{"confirmed_at": self.chat.clock.now(), **fields})
            value = mail or f"p{row.number}@example.org"
            db.add(Reach(party_id=row.id, kind=ReachKind.EMAIL, value=value, typed=value))
            for capacity in capacities:
                parties.takes(db, self.team.meeting, row.id, capacity)
        return row

    def unit(self, name: str, *capacities: Capacity, **fields: Any) -> Party:
        return self.party(name, *capacities, kind=PartyKind.UNIT, **fields)

    def attends(self, party: Party, *, came: bool = True, mail: str = "") -> None:
        """A row of the attendance lists."""
        with self.chat.app.database.write() as db:
            row = db.get_one(Party, party.id)
            number = len(attendance.people(db, self.team.meeting)) + 1
            db.add(
                attendance.Attendee(
                    meeting_id=self.team.meeting,
                    number=number,
                    name=row.name,
                    email=mail or f"p{row.number}@example.org",
                    registered=True,
                    attended=came,
                    online=False,
                )
            )

    def speaks(self, party: Party, title: str) -> None:
        with self.chat.app.database.write() as db:
            session = ProgrammeSession(
                meeting_id=self.team.meeting,
                code=f"S{party.number}",
                title=title,
                hall="主会场",
                starts_at=at("2026-06-06 09:00"),
                ends_at=at("2026-06-06 09:30"),
            )
            speaker = Speaker(meeting_id=self.team.meeting, name=party.name, unit=party.unit)
            db.add_all([session, speaker])
            db.flush()
            db.add(Speaking(session_id=session.id, speaker_id=speaker.id, part=Part.SPEAKER))

    def sponsors(self, party: Party, **fields: Any) -> Sponsor:
        row = Sponsor(meeting_id=self.team.meeting, party_id=party.id, **{"tier": "金牌", **fields})
        self.puts(row)
        return row

    def benefit(self, sponsor: Sponsor, text: str, **fields: Any) -> Benefit:
        with self.chat.app.database.write() as db:
            number = sponsors.next_number(db, self.team.meeting)
            state = {"state": BenefitState.DELIVERED, "promised": Decimal(3), "delivered": Decimal(3), **fields}
            row = Benefit(meeting_id=self.team.meeting, sponsor_id=sponsor.id, number=number, text=text, **state)
            db.add(row)
        return row

    def helps(self, party: Party, minutes: int = 450, **fields: Any) -> Volunteer:
        with self.chat.app.database.write() as db:
            row = Volunteer(meeting_id=self.team.meeting, party_id=party.id, **{"role": "签到处", **fields})
            db.add(row)
            db.flush()
            db.add(Shift(volunteer_id=row.id, text="上午", minutes=minutes))
        return row

    def partners(self, party: Party, **fields: Any) -> Partner:
        given = {"kind": PartnerKind.VENUE, "service": "会场", "good": "半夜补了三百把椅子", **fields}
        row = Partner(meeting_id=self.team.meeting, party_id=party.id, **given)
        self.puts(row)
        return row

    def applies(self, party: Party, **fields: Any) -> None:
        with self.chat.app.database.write() as db:
            place = workspace.by_key(db, "main")
            given = {"kind": CaseKind.NEW, "at": self.chat.clock.now(), **fields}
            db.add(Case(workspace_id=place.id, number=1, meeting_id=self.team.meeting, party_id=party.id, **given))

    def knows(self, name: str, value: str, locale: str = "") -> None:
        self.puts(
            Fact(
                meeting_id=self.team.meeting,
                name=name,
                locale=locale,
                value=value,
                source="a list",
                person_id=self.bo.id,
                at=self.chat.clock.now(),
            )
        )

    def change(self, row: Any, **fields: Any) -> None:
        with self.chat.app.database.write() as db:
            fresh = db.get_one(type(row), row.id)
            for name, value in fields.items():
                setattr(fresh, name, value)

    def letters(self) -> dict[str, Letter]:
        """By the name of whom they are to."""
        with self.chat.read() as db:
            rows = letters.of_meeting(db, self.team.meeting)
            return {db.get_one(Party, row.party_id).name: row for row in rows}

    def letter(self, name: str) -> Letter:
        return self.letters()[name]

    def whys(self, name: str) -> list[str]:
        return [reason["why"] for reason in self.letter(name).blocked if not reason.get("waived")]

    def drafts(self, audience: str = "all") -> Message:
        return self.bo.says(f"thanks draft {audience}")


def line_of(message: Message, verb: str) -> str:
    """The button of a message that says so."""
    return next(button.line for button in buttons(message) if button.line.startswith(verb))


def desk_of(chat: Chat) -> Desk:
    team = join(chat, found(chat))
    pia, sue = chat.person("Pia"), chat.person("Sue")
    team.hold(Role.PUBLICITY, pia)
    team.hold(Role.SPONSORSHIP, sue)
    desk = Desk(team, team.bo, pia, sue, team.wang)
    with chat.app.database.write() as db:
        place = workspace.by_key(db, "main")
        place.name = "广东省机械行业协会"
        db.add(
            Letterhead(
                workspace_id=place.id,
                locale="zh_CN",
                name="广东省机械行业协会",
                phone="020-8888",
                signatory="陈志远",
                signatory_title="秘书长",
            )
        )
    return desk


@pytest.fixture
def desk(chat: Chat) -> Desk:
    return desk_of(chat)


@pytest.fixture
def chinese(tmp_path: Path) -> Desk:
    """The same in Chinese."""
    return desk_of(Chat(tmp_path, locale="zh_CN"))


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Office]:
    """Its letters are put into the tables as they are: no facts stand behind them that could change."""
    monkeypatch.setattr(sending, "stale", lambda *_: None)
    with ExitStack() as end:
        server = end.enter_context(mail_server())
        own = {"host": "127.0.0.1", "port": server.port, "tls": "none", "sender": "office@example.org"}
        chat = Chat(tmp_path, email={**own, "most_per_minute": 6000})
        end.callback(chat.close)
        mail = chat.app.platforms["email"]
        assert isinstance(mail, Mail)
        end.callback(mail.wire.close)
        found = Office(chat, server, chat.person("Ann"), chat.person("Bo"))
        with chat.app.database.write() as db:
            found.meeting = add_meeting(db, workspace.by_key(db, "main").id).id
            db.add(RoleHolder(meeting_id=found.meeting, role=Role.LEAD, person_id=found.bo.id))
        found.bo.says("hello", direct=True)
        yield found
