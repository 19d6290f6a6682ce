"""Lists of what sponsors were promised: shown first, taken over once, taken back whole."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.sponsors.columns import Item
from handlers.sponsors.planning import Known, plan
from storage.sponsors import Benefit, BenefitState, Sponsor
from tests.chat import text
from tests.handlers.sponsors.conftest import CLOUD, LIST, STAR, Desk


def test_the_story(desk: Desk) -> None:
    desk.says(f"sponsor add {STAR}")
    preview = desk.mei.says("benefits import", files={"list.csv": LIST})
    assert desk.benefits() == {}
    said = text(preview)
    assert "2 rows are left out" in said
    assert CLOUD in said
    assert "row 5: “若干” is no quantity" in said
    whole = desk.mei.presses("Add 1 sponsor too", preview)
    assert f"Becomes a sponsor: {CLOUD}" in text(whole)
    assert desk.confirms(whole).name == "sponsors/imported"
    rows = desk.benefits()
    assert [(row.text, row.promised, row.unit) for row in rows.values()] == [
        ("主背景板标志", Decimal(2), "块"),
        ("主题演讲", Decimal(30), "分钟"),
        ("展位", Decimal(9), "平方米"),
        ("会刊封二", None, ""),
    ]
    assert {name: row.tier for name, row in desk.sponsors().items()} == {STAR: "钻石", CLOUD: "金牌"}
    again = desk.mei.says("benefits import F1")
    assert "0 new · 0 changed · 4 as before" in text(again)
    assert [button.label for button in again.buttons] == []
    assert desk.mei.says("undo").name == "journal/undone"
    assert (desk.benefits(), desk.units()) == ({}, [STAR])
    assert desk.sponsors()[STAR].tier == ""


def test_strangers_alone_are_named_and_left_out(desk: Desk) -> None:
    desk.says(f"sponsor add {STAR}")
    desk.confirms(desk.mei.says("benefits import", files={"list.csv": LIST}))
    assert [row.text for row in desk.benefits().values()] == ["主背景板标志", "主题演讲"]
    assert desk.units() == [STAR]


def test_newcomers_are_one_however_they_are_spelt(desk: Desk) -> None:
    names = ("星光能源", "ＡＢＣ公司", "星光能源有限公司", "ABC公司")
    listed = "赞助商,权益\r\n" + "".join(f"{name},权益{number}\r\n" for number, name in enumerate(names))
    preview = desk.mei.says("benefits import", files={"list.csv": listed.encode()})
    whole = desk.mei.presses("Add 2 sponsors too", preview)
    assert "Become sponsors: 星光能源有限公司 and ＡＢＣ公司" in text(whole)
    assert desk.confirms(whole).name == "sponsors/imported"
    assert desk.units() == ["星光能源有限公司", "ＡＢＣ公司"]
    whose = [row.sponsor_id for row in desk.benefits().values()]
    assert whose == [whose[0], whose[1], whose[0], whose[1]]


def test_a_list_of_strangers_alone_says_so(desk: Desk) -> None:
    preview = desk.mei.says("benefits import", files={"list.csv": LIST})
    assert preview.title == "The sponsors in list.csv are not noted yet"
    assert [button.label for button in preview.buttons] == ["Add 2 sponsors too"]


def test_a_later_list_changes_what_it_says_otherwise_and_nothing_else(desk: Desk) -> None:
    desk.says(f"sponsor add {STAR}")
    desk.confirms(desk.mei.says("benefits import", files={"list.csv": LIST}))
    desk.says("benefit B1 delivered 2 at 主会场")
    later = (
        f"赞助商,权益,承诺数量,实际数量,地点,原因\r\n{STAR},主背景板标志,3,,,\r\n{STAR},主题演讲,,20,,超时\r\n".encode()
    )
    preview = desk.mei.says("benefits import", files={"later.csv": later})
    assert "0 new · 2 changed · 0 as before" in text(preview)
    desk.confirms(preview)
    first, second = desk.benefits().values()
    assert (first.promised, first.delivered, first.state, first.where) == (Decimal(3), Decimal(2), "partly", "主会场")
    assert (second.promised, second.delivered, second.state) == (Decimal(30), Decimal(20), "partly")
    assert (second.explanation, second.told_by) == ("超时", desk.mei.id)


def test_a_confirmation_is_of_what_was_shown(desk: Desk) -> None:
    desk.says(f"sponsor add {STAR}")
    preview = desk.mei.says("benefits import", files={"list.csv": LIST})
    desk.says("sponsor benefit P1 主背景板标志 5块")
    again = desk.confirms(preview)
    assert again.name == "sponsors/preview"
    assert "have changed since the preview" in text(again)
    assert desk.benefits()["B1"].promised == 5
    desk.confirms(again)
    assert desk.benefits()["B1"].promised == 2


def test_columns_are_put_right(desk: Desk) -> None:
    desk.says(f"sponsor add {STAR}")
    odd = f"甲方,承诺事项,几个\r\n{STAR},主背景板标志,2块\r\n".encode()
    assert desk.mei.says("benefits import", files={"odd.csv": odd}).name == "sponsors/refusals/no_headings"
    odd = f"甲方,权益,几个\r\n{STAR},主背景板标志,2块\r\n".encode()
    assert desk.mei.says("benefits import", files={"odd.csv": odd}).name == "sponsors/refusals/nobody_named"
    preview = desk.mei.says("权益 导入 F2 赞助商=A 数量=几个")
    desk.confirms(preview)
    row = desk.benefits()["B1"]
    assert (row.text, row.promised, row.unit) == ("主背景板标志", Decimal(2), "块")


def test_a_unit_column_may_be_the_sponsors(desk: Desk) -> None:
    desk.says(f"sponsor add {STAR}")
    desk.confirms(desk.mei.says("benefits import", files={"l.csv": f"单位,权益,数量\r\n{STAR},展位,1\r\n".encode()}))
    assert desk.benefits()["B1"].promised == 1


def test_a_list_that_comes_without_a_word_is_known_by_its_name(desk: Desk) -> None:
    desk.says(f"sponsor add {STAR}")
    assert desk.mei.says("", files={"赞助权益清单.csv": LIST}).name == "sponsors/preview"


def test_a_cell_with_a_day_is_no_quantity(desk: Desk) -> None:
    desk.says(f"sponsor add {STAR}")
    dated = f"赞助商,权益,数量\r\n{STAR},专访,3月8日\r\n{STAR},友情链接,2日\r\n".encode()
    preview = desk.mei.says("benefits import", files={"l.csv": dated})
    assert "row 2: “3月8日” is no quantity" in text(preview)
    desk.confirms(preview)
    assert [(row.promised, row.unit) for row in desk.benefits().values()] == [(None, ""), (Decimal(2), "日")]


def test_in_chinese(chinese: Desk) -> None:
    chinese.says(f"赞助商 新增 {STAR}")
    preview = chinese.mei.says("权益 导入", files={"清单.csv": LIST})
    assert "导入“清单.csv”里的 2 项权益？" in text(preview)
    assert "有 2 行没有导入" in text(preview)
    assert "第 5 行：“若干”不是数量" in text(preview)
    chinese.confirms(preview)
    assert len(chinese.benefits()) == 2


@pytest.mark.parametrize(
    ("content", "refusal"),
    [
        ("赞助商,权益\r\n", "no_rows"),
        ("a,b\r\n1,2\r\n", "no_headings"),
    ],
)
def test_what_is_no_list(desk: Desk, content: str, refusal: str) -> None:
    said = desk.mei.says("benefits import", files={"list.csv": content.encode()})
    assert said.name == f"sponsors/refusals/{refusal}"


# --- the plan, for any list

items = st.builds(
    Item,
    number=st.integers(2, 99),
    sponsor=st.sampled_from([STAR, CLOUD, "stranger"]),
    text=st.sampled_from(["Logo", "logo", "Ad", "Talk"]),
    quantity=st.none() | st.decimals(1, 9, places=0),
    unit=st.sampled_from(["", "prints"]),
    delivered=st.none() | st.decimals(0, 9, places=0),
    state=st.none() | st.sampled_from([BenefitState.DELIVERED, BenefitState.NOT_DELIVERED, BenefitState.WAIVED]),
    tier=st.sampled_from(["", "Gold"]),
    told=st.dictionaries(st.sampled_from(["where", "explanation"]), st.just("words"), max_size=2),
)


def written(whose: dict[str, Known], rows: list[Item]) -> dict[str, Known]:
    """What the sponsors were promised once the list is taken over."""
    made = plan(rows, whose)
    kept = {name: list(one.benefits) for name, one in whose.items()}
    for step in made.steps:
        row = step.benefit
        if row is None:
            row = blank(step.item.text)
            kept[step.known.name].append(row)
        for name, value in step.values.items():
            setattr(row, name, value)
    for name, values in made.sponsors.items():
        for column, value in values.items():
            setattr(whose[name].sponsor, column, value)
    return {name: Known(name, one.sponsor, kept[name]) for name, one in whose.items()}


def blank(words: str) -> Benefit:
    texts = dict.fromkeys(("unit", "where", "when", "method", "link", "explanation", "make_good"), "")
    return Benefit(text=words, promised=None, delivered=None, state=BenefitState.PROMISED, **texts)


@given(st.lists(items, max_size=8), st.lists(items, max_size=8))
def test_importing_again_changes_nothing(first: list[Item], second: list[Item]) -> None:
    nobody = {name: Known(name, Sponsor(tier="", contract_no="")) for name in (STAR, CLOUD)}
    whose = written(nobody, first)
    whose = written(whose, second)
    once = written(whose, one_voice(second))
    assert not plan(one_voice(second), once).changes


def one_voice(rows: list[Item]) -> list[Item]:
    """A list that does not contradict itself: each sponsor has one tier."""
    return [row for row in rows if row.state is None]


@given(st.lists(items, max_size=8))
def test_every_row_is_taken_over_or_named(rows: list[Item]) -> None:
    made = plan(rows, {name: Known(name) for name in (STAR, CLOUD)})
    assert len(made.steps) + sum(made.strangers.values()) == len(rows)
    assert set(made.strangers) <= {"stranger"}
