"""A register of forty, whatever stands in it, all the way: page by page, put in, taken back, given back."""

from __future__ import annotations

import secrets
from random import Random

from storage.members import Member, MemberUpdate
from tests.chat import text
from tests.handlers.parties.conftest import Desk, confirming
from tests.handlers.parties.members.test_members import Office, rows_of

HEADINGS = ("到期日", "会员编号", "备用邮箱", "单位名称", "级别", "会员代表", "职务", "手机", "电子邮箱", "通讯地址")
CAME = ("姓名", "单位", "职务", "手机", "邮箱", "地址")
POSTS, MANY = ("经理", "总监", "主任", "秘书长", ""), 40


def register(random: Random) -> list[list[str]]:
    return [list(HEADINGS), *(_member(random, n) for n in range(MANY))]


def _member(random: Random, n: int) -> list[str]:
    mobile = random.choice((f"138{n:08}", f"138 0000 {n:04}", f"+86-1380000{n:04}", f"010-6234{n:04}", "无"))
    mail = random.choice((f"m{n}@example.org", f"M{n}@Example.org", f"m{n}@example.org", "-"))
    other = random.choice((f"b{n}@example.org", "", ""))
    name = f"{'赵钱孙李周吴郑王'[n % 8]}{'甲乙丙丁戊'[n // 8]}"
    level = random.choice(("理事", "=1+1", " 会员 ", "00123", ""))
    unit = f"第{n}机械有限公司" if n % 3 else ""
    place = random.choice((f"北京路{n}号", ""))
    return ["2026-12-31", f"D{n:03}", other, unit, level, name, random.choice(POSTS), mobile, mail, place]


def came(random: Random, members: list[list[str]]) -> list[list[str]]:
    """Most of the members, each with something of their own."""
    told = [list(CAME)]
    for n, row in enumerate(members):
        old, new = (f"138{n:08}", f"m{n}@example.org"), (f"139{n:08}", f"new{n}@example.org")
        mobile, mail = random.choice((old, (old[0], new[1]), (new[0], old[1]), (old[0], "")))
        if random.random() < 0.9:
            told.append([row[5], row[3], random.choice(POSTS), mobile, mail, random.choice((f"上海路{n}号", ""))])
    return told


def test_all_the_way(desk: Desk) -> None:
    seed = secrets.randbelow(10**6)
    print(f"seed {seed}")
    random, office = Random(seed), Office(desk)  # noqa: S311  what stands in a list, no secret
    listed = register(random)
    office.registers(listed)
    office.came(came(random, listed[1:]))
    before = office.book(office.mei.says("members export"))
    assert before[0] == list(HEADINGS)
    stood = [(one.id, one.cells, one.rest, one.update_id) for one in desk.rows(Member)]

    first = office.mei.says("members compare")
    pages = [first]
    while any(button.label == "More" for button in pages[-1].buttons):
        pages.append(office.mei.presses("More", pages[-1]))
    shown = [row.text.split()[0] for page in pages for row in page.rows]
    assert len(pages) > 2
    assert len(shown) == len(set(shown))
    assert {confirming(page) for page in pages} == {confirming(first)}
    assert rows_of(office.mei.says("members compare page 99")) == rows_of(pages[-1])
    assert rows_of(office.mei.presses("Back", pages[1])) == rows_of(first)

    done = office.mei.says(confirming(pages[-1]))
    assert f"**changed:** {len(shown)}" in done.body
    assert "Nothing is to be changed" in text(office.mei.says("members compare"))
    after = office.book(office.mei.says("members export"))
    assert (after[0], len(after)) == (before[0], len(before))
    for was, now in zip(before, after, strict=True):
        assert (now[0], now[1], now[4]) == (was[0], was[1], was[4])  # no column that the conference can teach
    changed = [row[1] for was, row in zip(before, after, strict=True) if was != row]
    assert [row[1] for row in office.book(office.mei.says("members export changes"))[1:]] == changed

    assert not office.mei.presses("Undo", done).refused
    assert [(one.id, one.cells, one.rest, one.update_id) for one in desk.rows(Member)] == stood
    assert not desk.rows(MemberUpdate)
    assert office.book(office.mei.says("members export")) == before
    assert confirming(office.mei.says("members compare")) == confirming(first)
