"""Who of the address book is meant: by number, name in either spelling, address or telephone; else a question."""

from __future__ import annotations

from collections.abc import Iterator
from typing import get_args

import pytest

from handlers import router
from handlers.context import Context
from handlers.grammar import Cursor
from handlers.known import AnyParty, AnyUnit
from handlers.refused import Refused
from storage import parties, people, rooms, workspace
from storage.parties import Party, PartyKind, Reach, ReachKind
from tests.chat import Chat


@pytest.fixture
def ctx(chat: Chat) -> Iterator[Context]:
    chat.person("Ann").says("help")
    with chat.app.database.write() as db:
        for kind, name, latin in (
            (PartyKind.PERSON, "王建国", "Wang Jianguo"),
            (PartyKind.PERSON, "王建", ""),
            (PartyKind.PERSON, "Anna Lee", ""),
            (PartyKind.PERSON, "Anna Leeson", ""),
            (PartyKind.UNIT, "广州星河科技有限公司", "Galaxy Tech"),
        ):
            parties.add(db, 1, kind, name, latin=latin)
        db.add(Reach(party_id=1, kind=ReachKind.EMAIL, value="wang@example.org", typed="Wang@example.org"))
        db.add(Reach(party_id=2, kind=ReachKind.MOBILE, value="+8613800000005", typed="138 0000 0005"))
        db.flush()
        place = workspace.get(db, 1)
        here = Context(db, place, people.get(db, 1), rooms.get(db, 1), chat.clock.now())
        here.router = router
        yield here


def read(ctx: Context, line: str, kind: object = AnyParty) -> tuple[Party | None, str]:
    """Who is meant, and what is left of the line."""
    cursor = Cursor.over(line)
    return get_args(kind)[1].take(cursor, ctx), cursor.rest()


@pytest.mark.parametrize(
    ("line", "number", "rest"),
    [
        ("P1 thanks", 1, "thanks"),
        ("p2", 2, ""),
        ("王建国教授", 1, "教授"),
        ("王建 你好", 2, "你好"),
        ("Wang Jianguo in Chinese", 1, "in Chinese"),
        ("anna leeson now", 4, "now"),
        ("Anna Lee now", 3, "now"),
        ('"Anna Lee" now', 3, "now"),
        ("WANG@example.org now", 1, "now"),
        ("13800000005", 2, ""),
        ("广州星河", 5, ""),
        ("galaxy", 5, ""),
    ],
)
def test_who_is_meant(ctx: Context, line: str, number: int, rest: str) -> None:
    party, left = read(ctx, line)
    assert party is not None
    assert (party.number, left) == (number, rest)


def test_several_are_asked_about_with_the_line_again(ctx: Context) -> None:
    ctx.line = "help Anna"
    with pytest.raises(Refused) as refused:
        read(ctx, "Anna")
    assert refused.value.name == "known/several"
    assert refused.value.facts["people"] == ["P3 Anna Lee", "P4 Anna Leeson"]
    assert [offer.line for offer in refused.value.facts["buttons"]] == ["help P3", "help P4"]


def test_only_units(ctx: Context) -> None:
    assert read(ctx, "广州", AnyUnit)[0] is not None
    for line in ("P1", "王建国", "wang@example.org"):
        with pytest.raises(Refused, match="known/nobody"):
            read(ctx, line, AnyUnit)


def test_nobody_is_explained(ctx: Context) -> None:
    for line in ("P99", "李娜", "nobody@example.org", "13900000000"):
        with pytest.raises(Refused, match="known/nobody"):
            read(ctx, line)


def test_who_was_found_to_be_another_is_that_other(ctx: Context) -> None:
    ctx.db.get_one(Party, 2).same_as = 1
    ctx.db.flush()
    party = read(ctx, "P2")[0]
    assert party is not None
    assert party.number == 1


def test_another_workspace_has_its_own(ctx: Context) -> None:
    ctx.db.add(workspace.Workspace(key="other", name="Other", locale="en", zone="UTC", country="CN"))
    ctx.db.flush()
    parties.add(ctx.db, 2, PartyKind.PERSON, "Somebody Else")
    with pytest.raises(Refused, match="known/nobody"):
        read(ctx, "Somebody Else")
