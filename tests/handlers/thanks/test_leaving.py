"""From a draft to the reader's mailbox, with facts behind each letter."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from bot.platforms.email.sending import Mail
from storage.letters import LetterState
from storage.parties import Capacity
from tests.chat import Chat, text
from tests.fakes.mail import FakeMail, mail_server
from tests.handlers.thanks.conftest import Desk, desk_of

LINK = "https://example.org/package"


@pytest.fixture
def server() -> Iterator[FakeMail]:
    with mail_server() as found:
        yield found


@pytest.fixture
def desk(tmp_path: Path, server: FakeMail) -> Iterator[Desk]:
    """A desk with mail, and a speaker whose letter lacks nothing."""
    own = {"host": "127.0.0.1", "port": server.port, "tls": "none", "sender": "office@example.org"}
    with ExitStack() as end:
        chat = Chat(tmp_path, email=own)
        end.callback(chat.close)
        mail = chat.app.platforms["email"]
        assert isinstance(mail, Mail)
        end.callback(mail.wire.close)
        made = desk_of(chat)
        speaker = made.party("陈静", Capacity.SPEAKER, title="教授", mail="chen@example.org")
        made.speaks(speaker, "智能制造")
        made.knows("package_link", LINK)
        made.knows(f"media/{speaker.ref}", "现场照片 https://example.org/photo")
        made.drafts()
        yield made


def approve(desk: Desk) -> None:
    desk.bo.says("thanks next")
    desk.bo.presses("Approve")


def test_what_was_read_and_approved_arrives(desk: Desk, server: FakeMail) -> None:
    approve(desk)
    desk.bo.says("thanks send")
    said = desk.bo.presses("Send 1")
    assert any(button.line.startswith("approve M1-T") for button in said.buttons), text(said)
    desk.chat.settle()
    desk.chat.settle()  # a tick after it has gone, that is written down
    (taken,) = server.taken
    assert taken.to == ["chen@example.org"]
    assert "尊敬的陈静教授：" in taken.words
    assert "智能制造" in taken.words
    assert LINK in taken.words
    letter = desk.letter("陈静")
    assert letter.state == LetterState.SENT
    assert letter.sent_at is not None


def test_facts_that_changed_after_the_approval_keep_it_here(desk: Desk, server: FakeMail) -> None:
    approve(desk)
    desk.knows("next_date", "2027年6月", "zh_CN")
    said = desk.bo.says("thanks send")
    assert "what it says has changed since it was approved" in text(said)
    assert not any("confirm" in button.line for button in said.buttons)
    assert desk.bo.says("thanks print L1").name == "sending/refusals/outdated"
    desk.chat.settle()
    assert server.taken == []


def test_printed_it_is_printed_in_both_ways_of_writing(desk: Desk) -> None:
    approve(desk)
    said = desk.bo.says("致谢 打印 L1")
    assert said.name == "sending/printed"
    assert desk.letter("陈静").state == LetterState.PRINTED
