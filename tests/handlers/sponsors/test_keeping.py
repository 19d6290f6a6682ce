"""Sponsors as people keep them: one by each name, whom letters reach, and what it paid."""

from __future__ import annotations

from decimal import Decimal

import pytest

from storage import parties
from storage.parties import Capacity
from tests.chat import text
from tests.handlers.sponsors.conftest import CLOUD, STAR, Desk


def test_a_similar_name_is_asked_about(desk: Desk) -> None:
    desk.says(f"sponsor add {STAR}")
    asked = desk.mei.says("sponsor add 星辰能源 tier: Gold")
    assert asked.name == "known/refusals/alike"
    assert desk.mei.presses(f"P1 {STAR}", asked).name == "sponsors/refusals/known"
    desk.mei.presses("New: 星辰能源", asked)
    assert desk.sponsors()["星辰能源"].tier == "Gold"


def test_somebody_of_the_contacts_name_elsewhere_is_asked_about(desk: Desk) -> None:
    desk.says(f"sponsor add {STAR} contact: 李娜")
    asked = desk.mei.says(f"sponsor add {CLOUD} contact: 李娜")
    assert asked.name == "known/refusals/alike"
    assert CLOUD not in desk.sponsors()
    assert CLOUD not in desk.units()
    desk.mei.presses("New: 李娜", asked)
    assert desk.sponsors()[CLOUD].addressee_id == desk.party(4).id
    desk.says(f"sponsor edit {CLOUD} contact: P2")
    assert desk.sponsors()[CLOUD].addressee_id == desk.party(2).id


def test_which_of_several_is_meant_takes_out_what_the_form_left_empty(desk: Desk) -> None:
    desk.says(f"sponsor add {CLOUD} contact: 李娜", f"sponsor add {STAR} tier: Gold contract: HT-12")
    desk.says(f"sponsor edit {STAR}")
    asked = desk.mei.fills(tier="", contract="HT-13", contact="李娜")
    assert asked.name == "known/refusals/alike"
    desk.mei.presses("New: 李娜", asked)
    row = desk.sponsors()[STAR]
    assert (row.tier, row.contract_no, row.addressee_id) == ("", "HT-13", desk.party(4).id)
    assert desk.mei.presses("New: 李娜", asked).name == "sponsors/refusals/changed"


def contacts(desk: Desk) -> list[str]:
    with desk.chat.read() as db:
        return [one.name for one, _ in parties.of_meeting(db, desk.team.meeting, Capacity.SPONSOR_CONTACT)]


def test_whoever_is_no_longer_the_contact_is_none(desk: Desk) -> None:
    desk.says(f"sponsor add {STAR} contact: 李娜", "sponsor edit P1 contact: 王芳")
    assert contacts(desk) == ["王芳"]
    desk.says("sponsor edit P1 tier: Gold", "sponsor edit P1 contact: 王芳", "sponsor edit P1")
    assert contacts(desk) == ["王芳"]
    desk.mei.fills(contact="")
    assert contacts(desk) == []
    desk.says("undo")
    assert contacts(desk) == ["王芳"]


def test_a_dropped_sponsor_s_contacts_are_not_thanked_as_such(desk: Desk) -> None:
    desk.says(f"sponsor add {STAR} contact: 李娜", f"sponsor add {CLOUD} contact: P2", "sponsor drop P3")
    assert contacts(desk) == ["李娜"]
    desk.says("sponsor drop P1")
    assert contacts(desk) == []
    assert desk.mei.says("thanks draft sponsors").name == "thanks/refusals/nobody"


def test_money_is_not_for_everybody(desk: Desk) -> None:
    desk.says(f"sponsor add {STAR} cash: 200000 in_kind: 5万")
    for one in (desk.bo, desk.li, desk.mei):
        shown = one.says("sponsor show P1")
        assert "200000 CNY" in text(shown)
        assert shown.private
    for one in (desk.wang, desk.tao):
        assert "200000" not in text(one.says("sponsor show P1"))
    assert desk.tao.says("sponsor edit P1 cash: 5").name == "people/refusals/not_allowed"
    assert "cash" not in {
        field.name for field in (desk.tao.says("sponsor edit P1").form or pytest.fail("nothing was said")).fields
    }
    desk.tao.fills(tier="Gold")
    row = desk.sponsors()[STAR]
    assert (row.tier, row.cash, row.in_kind) == ("Gold", Decimal(200_000), Decimal(50_000))
    desk.says("sponsor edit P1")
    desk.mei.fills(cash="777777")
    assert "777777" not in text(desk.wang.says("log"))


def test_money_is_kept_as_it_was_said(desk: Desk) -> None:
    desk.says(f"sponsor add {STAR} cash: 1.23456万 in_kind: 1.23456789亿")
    row = desk.sponsors()[STAR]
    assert (row.cash, row.in_kind) == (Decimal("12345.6"), Decimal(123_456_789))
    desk.says("sponsor edit P1 cash: 12.345")
    assert desk.sponsors()[STAR].cash == Decimal("12.35")


def test_money_is_in_the_meetings_currency(desk: Desk) -> None:
    desk.says(f"sponsor add {STAR} cash: 5")
    assert "meeting edit M1 currency: USD" in desk.says("sponsor edit P1 cash: USD 30000")
    assert desk.sponsors()[STAR].cash == Decimal(5)
    desk.team.bo.says("meeting edit M1 currency: USD")
    desk.says("sponsor edit P1 cash: USD 30000")
    assert desk.sponsors()[STAR].cash == Decimal(30_000)
