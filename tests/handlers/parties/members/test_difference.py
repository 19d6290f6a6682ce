"""Whatever stands in a register and whatever a conference has taught: what was put in is not found once more."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from handlers.parties.members.difference import Row, Rules, Side, Source
from storage.intakes import VALUES
from storage.parties import PartyKind, ReachKind

FIELDS = (
    *("member_no", "unit", "name", "position", "title", "latin", "phone", "office", "email", "email2", "credit_code"),
    *("address", "postcode"),
)
MOBILES = ("13800000001", "+86 138 0000 0001", "13900000002", "13700000003", "13600000004 / 13500000005")
NUMBERS = (*MOBILES, "010-62345678", "020 80000002", "010-62345678 / 13900000002", "not a number", "无", "-", "")
ADDRESSES = ("li@example.org", "LI@example.org", "na@example.org", "a@b.example.org; na@example.org", "nobody", "/", "")
WORDS = (
    "李娜",
    "李 娜",
    "Li Na",
    "甲科技有限公司",
    "甲科技有限公司（深圳）",
    "華星科技",
    "华星科技",
    "教授",
    "北京路1号",
    "",
)
OF = {"phone": NUMBERS, "office": NUMBERS, "email": ADDRESSES, "email2": ADDRESSES}
CELLS = st.fixed_dictionaries({}, optional={name: st.sampled_from(OF.get(name, WORDS)) for name in FIELDS})
VALUES_OF_WAYS = (
    *("li@example.org", "na@example.org", "x@example.org", "+8613800000001", "+8613900000002", "+8613700000003"),
    *("+861062345678", "+862080000002"),
)
WAYS = st.lists(
    st.one_of(
        st.tuples(st.just(ReachKind.EMAIL), st.sampled_from(("li@example.org", "na@example.org", "x@example.org"))),
        st.tuples(st.just(ReachKind.MOBILE), st.sampled_from(("+8613800000001", "+8613900000002", "+8613700000003"))),
        st.tuples(st.just(ReachKind.PHONE), st.sampled_from(("+861062345678", "+862080000002"))),
    ),
    max_size=5,
    unique=True,
)


def sides(kind: PartyKind) -> st.SearchStrategy[Side]:
    values = st.fixed_dictionaries({name: st.sampled_from(WORDS) for name in VALUES}).map(
        lambda told: told | {"name": told["name"] or "李娜"}
    )
    return st.builds(
        Side,
        st.just(1),
        st.just(1),
        st.just(kind),
        values,
        st.sampled_from(WORDS),
        WAYS,
        st.dictionaries(st.sampled_from(VALUES_OF_WAYS), st.just(Source("members")), max_size=4),
        st.just(True),  # noqa: FBT003  concerned: a word of Side's own
    )


@st.composite
def rows(draw: st.DrawFn) -> Row:
    kind = draw(st.sampled_from(PartyKind))
    contact = draw(st.none() | sides(PartyKind.PERSON)) if kind == PartyKind.UNIT else None
    return Row(1, 1, draw(CELLS), {}, draw(sides(kind)), contact)


def put_in(row: Row, rules: Rules) -> Row:
    told = {part.field: part.new for part in rules.parts(row)}
    return Row(row.id, row.number, {**row.cells, **told}, row.settled, row.member, row.contact)


@given(rows(), st.sets(st.sampled_from(FIELDS), min_size=1))
def test_what_was_put_in_is_not_found_once_more(row: Row, fields: set[str]) -> None:
    rules = Rules(fields, {})
    after = put_in(row, rules)
    assert rules.parts(after) == []


@given(rows())
def test_what_is_to_be_left_is_not_found(row: Row) -> None:
    """Where the first choice is to be left, the second may be asked about once."""
    rules = Rules(FIELDS, {})
    settled: dict[str, str] = {}
    for _ in range(2):
        left = Row(row.id, row.number, row.cells, settled, row.member, row.contact)
        settled = settled | {part.field: part.new for part in rules.parts(left)}
    assert rules.parts(Row(row.id, row.number, row.cells, settled, row.member, row.contact)) == []


@given(rows())
def test_a_number_that_is_known_is_not_lost_where_there_is_room(row: Row) -> None:
    after = put_in(row, Rules(FIELDS, {}))
    who = row.contact or row.member
    known = {value for _, value in who.ways}
    for first, second in (("phone", "office"), ("email", "email2")):
        cell = row.cells.get(first, "")
        if cell in known and not row.cells.get(second):
            assert cell in {after.cells.get(first), after.cells.get(second)}
