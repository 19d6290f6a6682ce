"""Approved letters into a real mail server and into chats; what stays; and what comes back."""

from __future__ import annotations

from typing import Any

import pytest

from bot.platforms.email.sending import Mail
from handlers.thanks.going import Reached, Stays, way
from messages.papers import Grid
from storage import letters, outbox
from storage.letters import Audience, EchoKind, Letter, LetterState, Suppression, Way
from storage.outbox import Promise
from storage.parties import Party, PartyKind, Reach, ReachKind
from storage.sponsors import Sponsor
from tests.bot.provider import Crash
from tests.chat import text
from tests.handlers.thanks import returns
from tests.handlers.thanks.office import Office, deliver
from tests.letters import add_meeting, add_party, paper


def test_first_it_is_said_what_goes_where_and_nothing_leaves(office: Office) -> None:
    office.ann.says("hello", direct=True)
    office.write("Li Na", "li@example.org")
    office.write("Ann", person_id=office.ann.id)
    office.write("Wang Qiang")
    sealed = office.write("Acme", "acme@example.org", content=paper(seal=True))
    office.write("Opted", "out@example.org", opted_out_at=office.chat.clock.now())
    changed = office.write("Changed", "changed@example.org")
    office.change(changed, digest="0" * 64)
    office.write("Draft", "draft@example.org", approved=False)
    said = office.ann.says("thanks send")
    shown = text(said)
    assert "**1** letter by mail" in said.body
    assert "**1** letter in its reader’s own conversation" in said.body
    assert "**2** letters on paper" in said.body
    assert "**2** letters stay here" in said.body
    assert "l***@example.org" in shown
    assert "li@example.org" not in shown
    assert "Opted wants no letters" in shown
    assert "approve it again" in shown
    assert "Draft" not in shown
    deliver(office)
    assert office.arrived() == []
    assert office.letter(sealed).state == LetterState.APPROVED


def test_what_was_shown_goes_and_is_known_to_have_gone(office: Office) -> None:
    office.ann.says("hello", direct=True)
    by_mail = office.write("Li Na", "li@example.org")
    by_chat = office.write("Ann", person_id=office.ann.id, content=paper("Thank you, **Ann**."))
    said = office.sends()
    assert said.name == "sending/sent"
    assert office.letter(by_mail).state == LetterState.SENT
    assert office.letter(by_mail).sent_at is None
    assert "2 on their way" in text(office.ann.says("thanks"))
    deliver(office)
    assert office.arrived() == ["li@example.org"]
    assert "2 sent" in text(office.ann.says("thanks"))
    letter = office.letter(by_mail)
    assert (letter.way, letter.address, letter.key) == (Way.MAIL, "li@example.org", f"letter:{by_mail}:1")
    assert letter.sent_at is not None
    heard = [one for one in office.ann.heard() if one.name == "sending/letter"]
    assert len(heard) == 1
    assert "Thank you, **Ann**." in text(heard[0])
    assert office.letter(by_chat).sent_at is not None
    refused = office.ann.says("thanks send")
    assert refused.name == "sending/refusals/none"


def test_a_list_that_has_changed_is_shown_again(office: Office) -> None:
    office.write("Li Na", "li@example.org")
    shown = office.ann.says("thanks send")
    office.write("Wang", "wang@example.org")
    again = office.ann.presses("Send 1", shown)
    assert again.name == "sending/preview"
    assert "Something has changed" in again.body
    deliver(office)
    assert office.arrived() == []
    office.ann.presses("Send 2", again)
    deliver(office)
    assert sorted(office.arrived()) == ["li@example.org", "wang@example.org"]


def test_pressed_twice_each_letter_goes_once(office: Office) -> None:
    office.write("Li Na", "li@example.org")
    shown = office.ann.says("thanks send")
    office.ann.presses("Send 1", shown)
    second = office.ann.presses("Send 1", shown)
    assert second.refused
    deliver(office)
    assert office.arrived() == ["li@example.org"]


def test_many_are_handed_over_in_the_background(office: Office) -> None:
    for number in range(70):
        office.write(f"P{number}", f"p{number}@example.org", audience=Audience.ATTENDEES)
    assert office.sends("thanks send attendees").name == "sending/begun"
    for _ in range(80):
        office.waits(seconds=1)
    assert sorted(office.arrived()) == sorted(f"p{number}@example.org" for number in range(70))
    assert [one.name for one in office.chat.room().heard()][-1] == "sending/sent"
    with office.chat.read() as db:
        assert all(one.sent_at for one in letters.of_meeting(db, office.meeting))


@pytest.mark.parametrize("line", ["thanks send L1 L3", "致谢 发送 L1、L3", "thanks send speakers"])
def test_letters_are_named_or_all_of_an_audience(office: Office, line: str) -> None:
    office.write("A", "a@example.org")
    office.write("B", "b@example.org", audience=Audience.PARTNERS)
    office.write("C", "c@example.org")
    office.sends(line)
    deliver(office)
    assert sorted(office.arrived()) == ["a@example.org", "c@example.org"]


def test_a_sealed_letter_goes_by_mail_only_when_somebody_says_so(office: Office) -> None:
    office.write("Acme", "acme@example.org", content=paper(seal=True))
    assert "No letter of" in office.ann.says("thanks send").title
    office.sends("thanks send L1 by mail")
    deliver(office)
    assert office.arrived() == ["acme@example.org"]


def test_who_may_not_may_not(office: Office) -> None:
    office.write("Li Na", "li@example.org")
    assert office.chat.person("Xu").says("thanks send").name == "people/refusals/not_allowed"


def test_a_draft_does_not_leave_even_if_it_is_named(office: Office) -> None:
    office.write("Li Na", "li@example.org", approved=False)
    assert office.ann.says("thanks send L1").name == "sending/refusals/not_approved"
    assert office.ann.says("thanks send L9").name == "sending/refusals/unknown"
    assert office.ann.says("thanks send").name == "sending/refusals/none"


# --- just before sending


def test_what_changed_after_the_confirmation_does_not_leave(office: Office) -> None:
    letter = office.write("Li Na", "li@example.org")
    office.sends()
    office.change(letter, digest="0" * 64)
    deliver(office)
    assert office.arrived() == []
    assert (office.letter(letter).state, office.letter(letter).key) == (LetterState.APPROVED, "")


def test_who_opts_out_after_the_confirmation_gets_none(office: Office) -> None:
    letter = office.write("Li Na", "li@example.org")
    office.sends()
    with office.chat.app.database.write() as db:
        db.get_one(Party, office.letter(letter).party_id).opted_out_at = office.chat.clock.now()
    deliver(office)
    assert office.arrived() == []


def test_a_units_letter_stays_when_the_person_whom_it_reaches_opts_out_before_it_leaves(office: Office) -> None:
    letter, lina = _to_a_unit(office, "lina@acme.example"), office.chat.person("lina")
    office.ann.says("contact account P2 @lina")
    office.server.at_sender = "550 5.7.1 not for you"
    office.sends()
    office.chat.app.delivery.drain()
    shown = office.ann.says("outbox")
    office.server.at_sender = ""
    lina.says("unsubscribe", direct=True)
    office.ann.presses("Go on", shown)
    deliver(office)
    assert office.arrived() == []
    row = office.letter(letter)
    assert (row.state, row.key, row.way) == (LetterState.APPROVED, "", None)
    assert "lina wants no letters" in text(office.ann.says("thanks send"))


def test_so_it_does_in_a_chat_and_whatever_meeting_the_room_is_about(office: Office) -> None:
    letter, lina = _to_a_unit(office), office.chat.person("lina")
    lina.says("hello", direct=True)
    office.ann.says("contact account P2 @lina")
    office.sends()
    lina.says("unsubscribe", direct=True)
    with office.chat.app.database.write() as db:
        add_meeting(db, 1)
    deliver(office)
    assert "sending/letter" not in [one.name for one in lina.heard()]
    assert office.letter(letter).state == LetterState.APPROVED


def test_a_units_letter_leaves_whoever_else_of_it_opted_out(office: Office) -> None:
    _to_a_unit(office, "lina@acme.example")
    office.sends()
    with office.chat.app.database.write() as db:
        unit = db.query(Party).filter_by(name="Acme").one()
        add_party(db, 1, "Wang", unit_id=unit.id, opted_out_at=office.chat.clock.now())
    deliver(office)
    assert office.arrived() == ["lina@acme.example"]


def _to_a_unit(office: Office, email: str = "") -> int:
    """The letter to a sponsor, which reaches lina (P2)."""
    letter = office.write("Acme", kind=PartyKind.UNIT, audience=Audience.SPONSORS)
    with office.chat.app.database.write() as db:
        lina = add_party(db, 1, "lina", email)
        unit = db.get_one(Letter, letter).party_id
        db.add(Sponsor(meeting_id=office.meeting, party_id=unit, addressee_id=lina.id))
    return letter


def test_an_undo_stops_what_has_not_left(office: Office) -> None:
    letter = office.write("Li Na", "li@example.org")
    office.sends()
    office.ann.presses("Undo")
    deliver(office)
    assert office.arrived() == []
    assert office.letter(letter).state == LetterState.APPROVED
    office.sends()
    deliver(office)
    assert office.arrived() == ["li@example.org"]


def test_an_undo_does_not_unsend_what_has_left(office: Office) -> None:
    """Between its leaving and the next look nothing else would know that it did."""
    letter = office.write("Li Na", "li@example.org")
    sent = office.sends()
    office.chat.app.delivery.drain()
    assert office.arrived() == ["li@example.org"]
    office.ann.presses("Undo", sent)
    assert office.letter(letter).state == LetterState.SENT
    deliver(office)
    assert office.letter(letter).sent_at is not None
    assert office.arrived() == ["li@example.org"]


def _die(*_: object) -> None:
    raise Crash


def test_killed_between_the_servers_yes_and_our_note_a_letter_goes_again_under_the_same_id(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What docs/operating.md says cannot be ruled out: another process does not know what this one handed over."""
    office.write("Li Na", "li@example.org")
    office.sends()
    mail = office.chat.app.platforms["email"]
    assert isinstance(mail, Mail)
    with monkeypatch.context() as patched:
        patched.setattr(mail, "_remember", _die)
        with pytest.raises(Crash):
            office.chat.app.delivery.drain()
    office.waits(seconds=31)
    deliver(office)
    assert office.arrived() == ["li@example.org"] * 2
    assert len({one.mail["Message-ID"] for one in office.server.taken}) == 1


# --- what comes back


def test_a_refused_address_is_told_once_and_never_written_to_again(office: Office) -> None:
    gone, there = office.write("Gone", "gone@example.org"), office.write("Li", "li@example.org")
    office.server.refuses["gone@example.org"] = "550 5.1.1 no such user"
    office.sends()
    deliver(office)
    assert office.arrived() == ["li@example.org"]
    assert office.letter(gone).state == LetterState.APPROVED
    assert office.letter(there).sent_at is not None
    assert office.echoes(gone) == [(EchoKind.BOUNCE, "gone@example.org: 550 5.1.1 no such user")]
    told = [one for one in office.bo.heard() if one.name == "sending/lost"]
    assert len(told) == 1
    assert "550 5.1.1 no such user" in text(told[0])
    with office.chat.read() as db:
        assert list(letters.suppressed(db, 1)) == ["gone@example.org"]
    assert "on paper" in text(office.ann.says("thanks send"))


def test_a_full_mailbox_is_tried_again_by_whoever_wants(office: Office) -> None:
    letter = office.write("Full", "full@example.org")
    office.server.refuses["full@example.org"] = "552 5.2.2 mailbox full"
    office.sends()
    deliver(office)
    office.server.refuses.clear()
    office.sends()
    deliver(office)
    assert office.arrived() == ["full@example.org"]
    assert office.letter(letter).key == f"letter:{letter}:2"


@pytest.mark.parametrize("form", [returns.POSTFIX, returns.EXCHANGE, returns.QQ], ids=["postfix", "exchange", "qq"])
def test_a_returned_mail_that_is_dropped_in_the_chat_is_understood(office: Office, form: str) -> None:
    letter = office.write("Wang", "wang@gone.example")
    office.sends()
    deliver(office)
    data = returns.mail(form, letter, office.letter(letter).digest)
    said = office.ann.says("", files={"returned.eml": data})
    assert said.name == "sending/bounced"
    assert office.letter(letter).state == LetterState.APPROVED
    with office.chat.read() as db:
        assert db.query(Suppression).one().email == "wang@gone.example"
    again = office.ann.says("thanks bounced", files={"returned.eml": data})
    assert "known already" in text(again)
    assert len(office.echoes(letter)) == 1


def test_what_is_still_tried_changes_nothing(office: Office) -> None:
    letter = office.write("Wang", "wang@gone.example")
    office.sends()
    deliver(office)
    data = returns.mail(returns.DELAYED, letter, office.letter(letter).digest)
    assert "goes on trying" in text(office.ann.says("", files={"returned.eml": data}))
    assert office.letter(letter).state == LetterState.SENT
    assert office.echoes(letter) == []


def test_a_forged_return_ends_no_address(office: Office) -> None:
    letter = office.write("Wang", "wang@gone.example")
    office.sends()
    deliver(office)
    data = returns.mail(returns.POSTFIX, letter, "f" * 64)
    assert office.ann.says("thanks bounced", files={"returned.eml": data}).name == "sending/refusals/stray_return"
    assert office.letter(letter).state == LetterState.SENT


BARE = returns.POSTFIX.partition("--B1\nContent-Description: Undelivered")[0] + "--B1--\n"
"""A return that encloses nothing of what it returns."""


def test_a_return_of_no_known_letter_asks_which_it_was(office: Office) -> None:
    letter = office.write("Wang", "wang@gone.example")
    office.write("Li Na", "li@example.org")
    office.sends()
    deliver(office)
    said = office.ann.says("", files={"returned.eml": BARE.encode()})
    assert "a mail to wang@gone.example came back (550 5.1.1" in text(said)
    assert office.letter(letter).state == LetterState.SENT
    office.ann.presses("It was L1")
    assert office.letter(letter).state == LetterState.APPROVED


@pytest.mark.parametrize("words", ["", "Undelivered"])
def test_a_return_of_other_mail_says_what_to_do_with_it(office: Office, words: str) -> None:
    """Even without a word of text: its report says what it is."""
    empty = BARE.replace(
        BARE[BARE.index("This is the mail system") : BARE.index("--B1\nContent-Description: Del")], words
    )
    said = office.ann.says("", files={"returned.eml": empty.encode()})
    assert "thanks bounced L12" in text(said)
    late = text(office.ann.says("", files={"late.eml": returns.DELAYED.encode()}))
    assert "has not arrived yet" in late
    assert "goes on trying" in late
    assert "came back" not in late
    assert office.chat.person("Xu").says("", files={"returned.eml": empty.encode()}).name != said.name


def test_a_return_of_other_mail_names_whose_address_it_is(office: Office) -> None:
    office.write("Wang", "wang@gone.example", approved=False)
    said = text(office.ann.says("", files={"returned.eml": BARE.encode()}))
    assert "the address of P1 Wang" in said
    assert "contact edit P1 email:" in said


def test_mail_that_only_speaks_of_returns_is_none(office: Office) -> None:
    mail = "From: xu@example.org\nSubject: Undeliverable?\n\nMail to Wang is returned mail: failure.\n"
    assert "stray" not in office.ann.says("", files={"question.eml": mail.encode()}).name


def test_a_return_by_word_of_mouth(office: Office) -> None:
    letter = office.write("Wang", "wang@gone.example")
    assert office.ann.says("thanks bounced L1 no such mailbox").name == "sending/refusals/not_sent"
    office.sends()
    deliver(office)
    office.ann.says("thanks bounced L1 no such mailbox")
    assert office.echoes(letter) == [(EchoKind.BOUNCE, "wang@gone.example: no such mailbox")]
    office.ann.presses("Undo")
    assert office.letter(letter).state == LetterState.SENT
    assert office.echoes(letter) == []


def test_posted_sealed_and_answered(office: Office) -> None:
    letter = office.write("Acme", address="1 Long Street", content=paper(seal=True))
    assert office.ann.says("thanks sealed L1").name == "sending/sealed"
    assert "SF123" in office.ann.says("thanks posted L1 SF123").body
    found = office.letter(letter)
    assert (found.state, found.tracking, found.address) == (LetterState.POSTED, "SF123", "1 Long Street")
    office.ann.says("thanks reply L1 With pleasure, see you in 2027")
    assert office.echoes(letter) == [
        (EchoKind.SEALED, ""),
        (EchoKind.REPLY, "With pleasure, see you in 2027"),
    ]
    office.ann.presses("Undo")
    assert len(office.echoes(letter)) == 1


@pytest.mark.parametrize(
    ("line", "refusal"),
    [
        ("thanks posted L1", "not_on_paper"),
        ("thanks sealed L1", "not_on_paper"),
        ("thanks reply L1 We shall come again", "no_answer_yet"),
        ("thanks posted", "unknown"),
        ("thanks bounced", "unknown"),
        ("thanks sealed L9", "unknown"),
    ],
)
def test_what_cannot_be_noted_says_what_to_do(office: Office, line: str, refusal: str) -> None:
    office.write("Draft", approved=False)
    assert office.ann.says(line).name == f"sending/refusals/{refusal}"


def test_a_table_in_a_chat_is_a_table(office: Office) -> None:
    office.ann.says("hello", direct=True)
    grid = Grid(columns=("Promised", "Delivered"), rows=(("Stand", "1"),), numbers=(1,))
    office.write("Ann", person_id=office.ann.id, content=paper(paragraphs=("Thank you.", grid)))
    office.sends()
    deliver(office)
    (heard,) = [one for one in office.ann.heard() if one.name == "sending/letter"]
    assert heard.table is not None
    assert heard.table.rows == (("Stand", "1"),)


@pytest.mark.parametrize(
    "name", ["<!channel>", "**bold** `code`", "{{ 7*7 }}", "=cmd()", "Li\nBcc: x@y.z", "\u202eevil"]
)
def test_names_are_only_names(office: Office, name: str) -> None:
    office.write(name, "li@example.org", content=paper(f"Thank you, {name}.", salutation=f"Dear {name},"))
    shown = text(office.ann.says("thanks send"))
    assert "\u202e" not in shown
    office.sends()
    deliver(office)
    (taken,) = office.server.taken
    assert taken.to == ["li@example.org"]
    assert taken.mail["Bcc"] is None


def test_a_second_address_is_taken_when_the_first_is_gone(office: Office) -> None:
    letter = office.write("Li", "gone@example.org")
    with office.chat.app.database.write() as db:
        party = office.letter(letter).party_id
        db.add(Reach(party_id=party, kind=ReachKind.EMAIL, value="li@example.org", typed="li@example.org", place=2))
    office.server.refuses["gone@example.org"] = "550 5.1.1 no such user"
    office.sends()
    deliver(office)
    office.sends()
    deliver(office)
    assert office.arrived() == ["li@example.org"]


def test_what_was_given_up_can_be_tried_again_from_the_outbox(office: Office) -> None:
    letter = office.write("Full", "full@example.org")
    office.server.at_data = ["554 5.7.1 spam"]
    office.sends()
    office.chat.app.delivery.drain()
    key = f"letter:{letter}:1"
    with office.chat.read() as db:
        found = outbox.promised(db, key)
    assert found is not None
    assert found[1] == Promise.DEAD
    office.ann.says("outbox retry all")
    deliver(office)
    assert office.arrived() == ["full@example.org"]


REACHED = Reached(("a@b.c",), chat=True, postal=True)


@pytest.mark.parametrize(
    ("reached", "facts", "found"),
    [
        (REACHED, {}, Way.MAIL),
        (REACHED, {"mail": False}, Way.CHAT),
        (REACHED, {"sealed": True}, Way.PRINT),
        (REACHED, {"sealed": True, "wished": Way.MAIL}, Way.MAIL),
        (REACHED, {"wished": Way.PRINT}, Way.PRINT),
        (Reached(), {}, Way.PRINT),
        (Reached(), {"bulk": True}, Stays.NOWHERE),
        (Reached(postal=True), {"bulk": True}, Way.PRINT),
        (Reached(), {"wished": Way.MAIL}, Stays.NO_MAIL),
        (Reached(suppressed=True), {"wished": Way.MAIL}, Stays.SUPPRESSED),
        (Reached(("a@b.c",)), {"wished": Way.CHAT}, Stays.NO_CHAT),
        (Reached(("a@b.c",), opted_out=True), {"wished": Way.PRINT}, Stays.OPTED_OUT),
    ],
)
def test_the_way_of_a_letter(reached: Reached, facts: dict[str, Any], found: Way | Stays) -> None:
    assert way(reached, **{"sealed": False, "bulk": False, "mail": True, "wished": None, **facts}) == found


def test_addresses_that_get_no_more_mail_are_listed_and_taken_off(office: Office) -> None:
    letter = office.write("Wang", "wang@example.org")
    assert "None is suppressed" in text(office.ann.says("thanks suppressed"))
    office.sends()
    deliver(office)
    office.ann.says("thanks bounced L1 mailbox full")
    listed = office.ann.says("suppression list")
    assert "wang@example.org" in text(listed)
    assert "mailbox full" in text(listed)
    assert listed.private
    assert "may go to wang@example.org again" in text(office.ann.presses("Mail there again", listed))
    assert "None is suppressed" in text(office.ann.says("thanks suppressed"))
    office.sends()
    deliver(office)
    assert office.arrived() == ["wang@example.org"] * 2
    assert office.letter(letter).state == LetterState.SENT
    assert office.ann.says("thanks resume wang@example.org").name == "sending/refusals/not_suppressed"
    assert office.ann.says("thanks resume").name == "sending/refusals/not_suppressed"
    assert office.chat.person("Wang").says("thanks suppressed").refused
