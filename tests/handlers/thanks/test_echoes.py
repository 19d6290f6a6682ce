"""What becomes of letters after they left: posted, sealed, answered, returned; each only of a letter that did leave."""

from __future__ import annotations

import pytest

import messages
from storage.letters import EchoKind, LetterState
from tests.chat import text
from tests.handlers.thanks.office import Office, deliver
from tests.letters import paper


def on_paper(office: Office) -> int:
    return office.write("Acme", address="1 Long Street", content=paper(seal=True))


def test_nobody_answers_a_letter_that_has_not_left(office: Office) -> None:
    draft, approved = office.write("Draft", approved=False), on_paper(office)
    answer = office.ann.says("thanks reply L1 We shall come again")
    assert answer.body.startswith("L1 has not left yet, so nobody can have answered it. `thanks show L1`")
    assert "`thanks posted L2`" in office.ann.says("thanks reply L2 We shall come again").body
    assert (office.echoes(draft), office.echoes(approved)) == ([], [])
    office.ann.says("thanks print L2")
    assert office.ann.says("thanks reply L2 Yes").refused
    office.ann.says("thanks posted L2")
    assert office.ann.says("thanks reply L2").name == "sending/refusals/no_reply"
    office.ann.says("thanks reply L2 Yes")
    assert office.echoes(approved) == [(EchoKind.REPLY, "Yes")]


def test_the_carrier_may_stand_behind_the_tracking_number(office: Office) -> None:
    letter = on_paper(office)
    office.ann.says("thanks posted L1 SF777  by courier")
    assert office.letter(letter).tracking == "SF777 by courier"


def test_who_sealed_it_is_told_and_what_comes_next(office: Office) -> None:
    on_paper(office)
    assert "`thanks posted L1 SF1234567`" in office.ann.says("thanks sealed L1").body
    assert "signed or sealed, says Ann" in text(office.ann.says("thanks show L1"))
    office.ann.says("thanks posted L1 SF1")
    assert "posted" not in office.ann.says("thanks sealed L1").body


def test_a_letter_that_came_back_by_post_is_no_matter_of_mail(office: Office) -> None:
    letter = on_paper(office)
    office.ann.says("thanks posted L1 SF1")
    answer = office.ann.says("thanks bounced L1 moved away")
    assert "`thanks print L1`" in answer.body
    assert "Nothing more is mailed" not in answer.body
    assert office.letter(letter).state == LetterState.APPROVED


def test_mail_that_came_back_says_what_to_do_with_the_address(office: Office) -> None:
    office.write("Wang", "wang@gone.example")
    office.sends()
    deliver(office)
    answer = office.ann.says("thanks bounced L1 no such mailbox")
    assert "Nothing more is mailed" in answer.body
    assert "thanks print" not in answer.body


def test_what_is_printed_is_named_when_it_is_to_be_printed_again(office: Office) -> None:
    on_paper(office)
    office.write("Beta", content=paper(seal=True))
    first = office.ann.says("thanks print")
    assert "`thanks print L2`" in first.body  # whose address is missing
    again = office.ann.says("thanks print")
    assert again.refused
    assert "`thanks posted L1 SF1234567`" in again.body
    assert "`thanks print L1 L2`" in again.body


@pytest.mark.parametrize(("locale", "word"), [("en", "Postal address"), ("zh_CN", "通讯地址")])
def test_envelopes_have_the_place_in_a_column_of_that_name(office: Office, locale: str, word: str) -> None:
    table = messages.Columns(("address",), [["1 Long Street"]])
    page = messages.write("sending/sheet_envelopes", locale, table=table)
    assert page.table is not None
    assert page.table.columns == (word,)
