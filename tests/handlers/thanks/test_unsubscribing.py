"""What letters invite their readers to answer holds in the conversation with the bot as well."""

from __future__ import annotations

import pytest

from storage.letters import Letter
from storage.parties import Party
from tests.chat import text
from tests.handlers.thanks.office import Office, deliver


def _reader(office: Office, letter: int) -> Party:
    with office.chat.read() as db:
        return db.get_one(Party, db.get_one(Letter, letter).party_id)


@pytest.mark.parametrize(
    "line",
    [
        *("unsubscribe", "Unsubscribe.", "stop letters", "“unsubscribe”", "Please unsubscribe me, thank you!"),
        *("I want to unsubscribe", "退订", "不再接收", "请退订", "“退订”", "退订，谢谢您", "请把我退订。", "我想退订"),
    ],
)
def test_a_reader_wants_no_more_and_nothing_more_leaves(office: Office, line: str) -> None:
    letter = office.write("Li Na", "li@example.org", audience="attendees")
    lina = office.chat.person("lina")
    lina.says("hello", direct=True)
    office.ann.says("contact account P1 @lina")
    office.sends("thanks send L1 by chat")
    assert "writes you no more letters" in text(lina.says(line, direct=True))
    deliver(office)
    assert "sending/letter" not in [one.name for one in lina.heard()]
    assert _reader(office, letter).opted_out_at is not None
    assert "wants no letters" in text(office.ann.says("thanks send"))


def test_said_twice_it_is_as_said_once_and_is_taken_back(office: Office) -> None:
    letter = office.write("Li Na", "li@example.org")
    lina = office.chat.person("lina")
    office.ann.says("contact account P1 @lina")
    lina.says("unsubscribe", direct=True)
    since = _reader(office, letter).opted_out_at
    office.waits(days=2)
    assert "has written you no letters since" in text(lina.says("unsubscribe", direct=True))
    assert _reader(office, letter).opted_out_at == since
    assert "may write to you again" in text(lina.presses("Letters after all"))
    assert _reader(office, letter).opted_out_at is None
    assert "nothing was changed" in text(lina.says("退订 撤销", direct=True))
    assert office.sends("thanks send").name == "sending/sent"


def test_who_is_nobody_of_the_address_book_hears_whom_to_ask(office: Office) -> None:
    office.write("Li Na", "li@example.org")
    said = office.chat.person("lina").says("unsubscribe", direct=True)
    assert said.refused
    assert "contact account P12 @lina" in said.body
    assert "Ask Bo and Ann" in said.body
    mine = office.ann.says("unsubscribe").body
    assert "You keep it yourself: say `contact account P12 @Ann`" in mine
    assert "Ask" not in mine
    again = office.chat.person("lina").says("resubscribe", direct=True).body
    assert "`resubscribe` again" in again
    assert "contact stop" not in again


def test_a_question_that_begins_with_the_word_stops_nothing(office: Office) -> None:
    letter = office.write("Li Na", "li@example.org")
    lina = office.chat.person("lina")
    office.ann.says("contact account P1 @lina")
    lina.says("退订酒店的发票怎么办", direct=True)
    assert _reader(office, letter).opted_out_at is None


def test_who_means_somebody_else_hears_who_does_it_for_them(office: Office) -> None:
    letter = office.write("Li Na", "li@example.org")
    other = office.write("Wang Wei", "wang@example.org")
    lina = office.chat.person("lina")
    office.ann.says("contact account P1 @lina")
    said = lina.says("退订 Wang Wei", direct=True)
    assert said.refused
    assert [button.line for button in said.buttons] == ["unsubscribe"]
    assert "contact stop" not in said.body
    for line in ("stop letters to Wang Wei", "退订 Wang Wei", "unsubscribe Wang Wei"):
        asked = office.ann.says(line)
        assert [button.line for button in asked.buttons] == ["contact stop Wang Wei", "unsubscribe"]
    office.ann.presses("No more letters to Wang Wei")
    assert _reader(office, letter).opted_out_at is None
    assert _reader(office, other).opted_out_at is not None


def test_whoever_wants_letters_again_may_say_so_politely_but_for_nobody_else(office: Office) -> None:
    letter = office.write("Li Na", "li@example.org")
    lina = office.chat.person("lina")
    office.ann.says("contact account P1 @lina")
    lina.says("unsubscribe", direct=True)
    assert lina.says("resubscribe Wang Wei", direct=True).refused
    assert _reader(office, letter).opted_out_at is not None
    assert "may write to you again" in text(lina.says("resubscribe me, please", direct=True))
    assert _reader(office, letter).opted_out_at is None
