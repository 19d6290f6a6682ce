"""A conference's letters of thanks, from the lists as they come to mails in a real server and letters on paper."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from bot.platforms.email.sending import Mail
from messages import Message
from storage import letters, outbox
from storage.letters import Audience, Letter, LetterState
from storage.parties import Party, PartyKind, Twin
from storage.sponsors import Benefit, BenefitState
from tests.chat import Chat, Somebody, buttons
from tests.fakes.mail import FakeMail, mail_server
from tests.handlers.checklist.conftest import found, join
from tests.stories import crowd


@dataclass
class Secretariat:
    """``bo`` leads the conference and signs what its letters say."""

    chat: Chat
    server: FakeMail
    bo: Somebody
    meeting: int

    def does(self, line: str, **given: Any) -> Message:
        answer = self.bo.says(line, **given)
        assert not answer.refused, f"{line}: {answer.body}"
        return answer

    def imports(self, line: str, name: str, content: bytes) -> Message:
        """Show, and confirm what was shown."""
        shown = self.does(line, files={name: content})
        return self.does(next(button.line for button in buttons(shown) if button.primary))

    def rows(self, table: Any) -> list[Any]:
        with self.chat.read() as db:
            return list(db.scalars(select(table).order_by(table.id)))

    def letters(self, *audiences: Audience) -> list[Letter]:
        with self.chat.read() as db:
            return list(letters.of_meeting(db, self.meeting, *audiences))

    def approves(self, audience: Audience) -> None:
        """One by one, as each is shown; after the last come those of another audience."""
        shown = self.does(f"thanks next {audience}")
        while shown.name == "thanks/letter" and f" {audience}" in _later(shown):
            shown = self.does(next(button.line for button in buttons(shown) if button.primary))

    def delivers(self) -> None:
        """Everything that waits, at the pace of the mail."""
        while self.waiting():
            self.chat.clock.moment += timedelta(seconds=1)
            self.chat.app.delivery.drain()
        self.chat.settle()

    def waiting(self) -> int:
        with self.chat.read() as db:
            return outbox.waiting(db)


def _later(shown: Message) -> str:
    return next((button.line for button in buttons(shown) if button.line.startswith("thanks next")), "")


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Secretariat]:
    with ExitStack() as end:
        server = end.enter_context(mail_server())
        own = {"host": "127.0.0.1", "port": server.port, "tls": "none", "sender": "office@example.org"}
        chat = Chat(
            tmp_path,
            locale="zh_CN",
            email={**own, "most_per_minute": 6_000},
            asks_a_minute=10_000,
            public_url="https://bot.example.org",
            web={"secret": "s" * 40},
        )
        end.callback(chat.close)
        mail = chat.app.platforms["email"]
        assert isinstance(mail, Mail)
        end.callback(mail.wire.close)
        team = join(chat, found(chat))
        yield Secretariat(chat, server, team.bo, team.meeting)


def brought_in(office: Secretariat) -> None:
    """The lists, in three encodings."""
    for name, content in crowd.attendees():
        office.imports("attendance import", name.replace("参会名单", "报名表"), content)
    office.imports("attendance import", "签到.csv", crowd.door())
    office.imports("attendance import", "海外签到.csv", crowd.abroad())
    office.imports("programme import", "议程.csv", crowd.programme())
    for name, content in crowd.attendees():
        office.imports("people import as attendees", name, content)
    office.imports("people import as attendees", "海外.csv", crowd.abroad())
    office.imports("people import as speakers", "讲者.xlsx", crowd.speaker_list())
    office.imports("people import as sponsors", "赞助商.xlsx", crowd.sponsor_list())
    office.imports("people import as volunteers", "志愿者.csv", crowd.volunteer_list())
    office.imports("benefits import", "权益.xlsx", crowd.benefit_list())


def answered(office: Secretariat) -> None:
    """Who is there twice was asked about and nobody else: every other one is one person, the rest are two."""
    names = {row.id: row.name.replace(" ", "") for row in office.rows(Party)}
    asked = {names[twin.party_id] for twin in office.rows(Twin)}
    assert asked == {guest.name for guest in crowd.GUESTS[100 : 100 + crowd.ASKED]}
    for number in range(crowd.ASKED):
        shown = office.does("contact twins")
        verb = "contact apart" if number % 2 else "contact merge"
        office.does(next(button.line for button in buttons(shown) if button.line.startswith(verb)))
    assert office.does("contact twins").name == "contacts/no_twins"
    everybody = {guest.name for guest in crowd.everybody()}
    people = [row for row in office.rows(Party) if row.kind == PartyKind.PERSON and row.same_as is None]
    assert len(people) == len(everybody) + crowd.ASKED // 2


def told(office: Secretariat) -> None:
    """What letters may say, and who signs them."""
    office.bo.says("letterhead edit zh")
    office.bo.fills(name="广东省机械行业协会", signatory="陈志远", signatory_title="秘书长", phone="020-83333333")
    office.bo.says("letterhead edit en")
    office.bo.fills(
        name="Guangdong Machinery Industry Association", signatory="Chen Zhiyuan", signatory_title="Secretary General"
    )
    office.does("致谢 事实 成果包 https://example.org/2026 来源 官网")
    office.does("致谢 事实 成果 到会 504 人 | 通过 3 项决议 来源 签到表和会议决议")
    known = {party.name: party for party in office.rows(Party)}
    for one in crowd.speakers():
        ref = known[one.name].ref
        office.does(f"致谢 事实 影像 {ref} 现场照片 https://example.org/photos/{ref}")


def settled(office: Secretariat) -> None:
    """Somebody has checked every name and title, and every benefit was delivered."""
    with office.chat.app.database.write() as db:
        for party in db.scalars(select(Party)):
            party.confirmed_at, party.confirmed_by = office.chat.clock.now(), office.bo.id
        for benefit in db.scalars(select(Benefit)):
            benefit.state, benefit.delivered = BenefitState.DELIVERED, benefit.promised


def test_everybody_is_thanked_once_and_truly(office: Secretariat) -> None:
    brought_in(office)
    answered(office)
    told(office)
    settled(office)
    office.does("致谢 起草 全部")
    office.chat.settle()
    assert_one_letter_each(office)
    for audience in (Audience.ATTENDEES, Audience.VOLUNTEERS):
        shown = office.does(f"thanks approve all {audience}")
        office.does(next(button.line for button in buttons(shown) if button.primary))
    for audience in (Audience.SPEAKERS, Audience.SPONSORS, Audience.NO_SHOWS):
        office.approves(audience)
    shown = office.does("致谢 发送")
    office.does(next(button.line for button in buttons(shown) if button.primary))
    office.delivers()
    assert_mails(office)
    assert_printed(office)


def assert_one_letter_each(office: Secretariat) -> None:
    drafted = Counter(row.party_id for row in office.letters())
    assert set(drafted.values()) == {1}
    counts = Counter(str(row.audience) for row in office.letters())
    assert (counts["speakers"], counts["sponsors"], counts["volunteers"]) == (40, 12, 60)
    names = {row.id: row.name for row in office.rows(Party)}
    away = {guest.name for guest in crowd.GUESTS if not guest.came}
    thanked = {names[row.party_id] for row in office.letters(Audience.ATTENDEES) if row.state == LetterState.DRAFT}
    assert len(thanked) > 400
    assert not thanked & away
    held = Counter(reason["why"] for row in office.letters() for reason in row.blocked)
    assert set(held) == {"unreachable", "presence", "absent"}
    assert held["absent"] == 1  # a volunteer whom no list has at the door


def assert_mails(office: Secretariat) -> None:
    """One mail to each, and thanks for coming to none who did not come."""
    reached = Counter(address for taken in office.server.taken for address in taken.to)
    assert set(reached.values()) == {1}
    sent = [row for row in office.letters() if row.state == LetterState.SENT]
    assert len(sent) == len(office.server.taken) > 550
    assert all(row.sent_at is not None and row.approved_digest == row.digest for row in sent)
    assert {row.address for row in sent} == set(reached)
    assert_english(office)
    came = {guest.email for guest in crowd.GUESTS if guest.came}
    thanked = {taken.to[0] for taken in office.server.taken if "出席我会举办的" in taken.words}
    assert len(thanked) > 400
    assert thanked <= came
    speakers = {one.email for one in crowd.speakers()}
    assert speakers <= set(reached)
    assert not speakers & thanked


def assert_english(office: Secretariat) -> None:
    """Who wishes English letters has one, which goes to many and can be ended by its mail program."""
    (taken,) = [taken for taken in office.server.taken if taken.to == [crowd.FROM_ABROAD.email]]
    assert taken.mail["Subject"] == "Thank you for coming to Annual conference"
    assert "Dear Lin Hai," in taken.words
    assert "Guangdong Machinery Industry Association" in taken.words
    assert "the word “unsubscribe”" in taken.words
    assert taken.mail["List-Unsubscribe"].startswith("<https://bot.example.org/unsubscribe/")
    assert taken.mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


def assert_printed(office: Secretariat) -> None:
    """The sponsors' letters bear a seal: they go on paper."""
    office.does("致谢 打印")
    office.delivers()
    (told,) = [said for said in office.chat.room().heard() if said.name == "sending/printed"]
    given = [office.does(one.line) for one in buttons(told) if one.line.startswith("file get")]
    (run,) = [file for one in given for file in one.files if file.name.endswith(".pdf")]
    with office.chat.app.files.open(run.digest) as stream:
        assert stream.read(4) == b"%PDF"
    assert {row.state for row in office.letters(Audience.SPONSORS)} == {LetterState.PRINTED}
