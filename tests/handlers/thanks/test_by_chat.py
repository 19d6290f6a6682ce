"""A letter goes to its reader's own conversation once somebody has said who they are here."""

from __future__ import annotations

from storage.letters import LetterState, Way
from storage.parties import PartyKind
from tests.chat import text
from tests.handlers.thanks.office import Office, deliver


def test_somebody_says_who_the_reader_is_and_the_letter_is_in_their_conversation(office: Office) -> None:
    letter = office.write("Li Na", "li@example.org")
    lina = office.chat.person("lina")
    assert "contact account P1 @li" in text(office.ann.says("thanks send L1 by chat"))
    lina.says("hello")
    assert "once lina has written to me alone" in office.ann.says("contact account P1 @lina").body
    lina.says("hello", direct=True)
    assert "own conversation with me" in office.ann.says("contact account P1 @lina").body
    office.sends("thanks send L1 by chat")
    deliver(office)
    (heard,) = [one for one in lina.heard() if one.name == "sending/letter"]
    assert "Thank you for your talk." in text(heard)
    assert (office.letter(letter).state, office.letter(letter).way) == (LetterState.SENT, Way.CHAT)
    assert office.arrived() == []
    assert "on its way by chat" in text(office.ann.says("thanks show L1"))


def test_it_is_taken_back_and_undone(office: Office) -> None:
    office.write("Li Na", "li@example.org")
    lina = office.chat.person("lina")
    lina.says("hello", direct=True)
    office.ann.says("contact account P1 @lina")
    office.ann.says("contact account P1 -")
    assert "stays" in text(office.ann.says("thanks send L1 by chat"))
    office.ann.says("contact account P1 @lina")
    office.ann.presses("Undo")
    assert "stays" in text(office.ann.says("thanks send L1 by chat"))
    office.ann.says("contact account P1 @lina")
    assert "Send letters" in office.ann.says("thanks send L1 by chat").title


def test_what_cannot_be_said_so(office: Office) -> None:
    office.write("Li Na", "li@example.org")
    office.write("Acme", kind=PartyKind.UNIT)
    assert office.ann.says("contact account P1").name == "contacts/refusals/whose_account"
    assert office.ann.says("contact account P2 @ann").name == "contacts/refusals/unit_account"
    assert office.chat.person("Wang").says("contact account P1 @ann").refused
