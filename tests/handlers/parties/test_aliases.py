"""What else lists call a unit: by each of these names it is found, in commands and in lists that come in."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from storage.parties import Alias, PartyKind
from tests.chat import text
from tests.handlers.attendance.conftest import text as saved
from tests.handlers.parties.conftest import Desk

FULL = "广东省机械行业协会"


@pytest.fixture
def told(desk: Desk) -> Desk:
    desk.bo.says(f"contact add {FULL} kind: unit")
    return desk


def aliases(desk: Desk) -> list[str]:
    with desk.chat.read() as db:
        return [row.name for row in db.scalars(select(Alias).order_by(Alias.id))]


def test_told_shown_and_taken_away_again(told: Desk) -> None:
    assert "also: 广机协 and 广东机协" in text(told.bo.says(f"contact alias {FULL} 广机协、广东机协")).replace(
        ", too", " also"
    )
    assert "广机协" in text(told.bo.says("contact show P1"))
    told.bo.says("contact alias drop P1 广机协")
    assert aliases(told) == ["广东机协"]
    told.bo.says("undo")
    assert sorted(aliases(told)) == ["广东机协", "广机协"]


def test_a_list_that_uses_it_means_the_unit(told: Desk) -> None:
    told.bo.says("contact alias P1 广机协")
    told.imports([["赞助单位", "级别"], ["广机协", "黄金"]], "people import as sponsors")
    units = [one.name for one in told.people().values() if one.kind == PartyKind.UNIT]
    assert units == [FULL]


def test_said_twice_it_is_kept_once(told: Desk) -> None:
    told.bo.says("contact alias P1 广机协")
    told.bo.says("contact alias P1 广机协、广机协")
    assert aliases(told) == ["广机协"]


def test_what_cannot_be_is_explained_and_nothing_is_kept(told: Desk) -> None:
    told.bo.says("contact add 北方大学 kind: unit")
    told.bo.says("contact add 李娜")
    for line, why in (
        ("contact alias P1 北方大学", "is what P2 is called"),
        ("contact alias P1 ——", "names at most"),
        ("contact alias P1 " + "、".join(f"别名{n}" for n in range(21)), "names at most"),
        ("contact alias drop P1 广机协", "has no other names"),
        ("contact alias P3 小李", "has no"),
    ):
        said = told.bo.says(line)
        assert said.refused, line
        assert why in text(said), text(said)
    assert aliases(told) == []


def test_without_a_name_it_says_how(told: Desk) -> None:
    assert "contact alias P1 GMA" in text(told.bo.says("contact alias P1"))


def test_who_may_not_is_refused(told: Desk) -> None:
    assert told.wang.says("contact alias P1 广机协").refused
    assert told.wang.says("contact alias drop P1 广机协").refused


def test_the_preview_names_the_unit_that_somebody_is_of_by_whichever_name(told: Desk) -> None:
    told.bo.says("contact alias P1 广机协")
    told.imports([["姓名", "单位", "手机"], ["李娜", "北方大学", "13800000001"]], "people import as attendees")
    rows = [["姓名", "单位", "手机"], ["李娜", "广机协", "13800000001"], ["王强", "广机协", "13800000002"]]
    shown = text(told.bo.says("people import as attendees", files={"b.csv": saved(rows)}))
    assert f"organisation: 北方大学 → {FULL}" in shown
    assert f"王强 · {FULL}" in shown
