"""An address is the same however it was typed; a slip in its host is asked about, and never put right by itself."""

from __future__ import annotations

import unicodedata

import pytest
from email_validator import validate_email
from hypothesis import given
from hypothesis import strategies as st

from handlers.cleaning.cells import blank
from handlers.cleaning.mails import HOSTS, NONE, among_words, likelier, mails

plain = st.from_regex(
    r"[a-z0-9]+(?:[._+-][a-z0-9]+){0,3}@[a-z0-9]{1,12}(?:-[a-z0-9]{1,9})?\.(?:com|org|cn)", fullmatch=True
)
frames = st.sampled_from(["{}", " {} ", "<{}>", "李娜 <{}>", '"Lee, Ann" <{}>', "mailto:{}", "邮箱:{}", "{}."])
wide = {ord(c): ord(c) + 0xFEE0 for c in "@."}


@given(plain, frames, st.booleans(), st.booleans())
def test_an_address_is_itself_however_it_was_typed(address: str, frame: str, full: bool, upper: bool) -> None:  # noqa: FBT001
    typed = address.upper() if upper else address
    expected = address if len(address.partition("@")[0]) <= 64 else None
    found = mails(frame.format(typed.translate(wide) if full else typed).replace("邮箱:", "邮箱 "))
    assert found.found == ((expected,) if expected else ())


@given(plain)
def test_the_short_way_takes_nothing_that_the_library_refuses(address: str) -> None:
    for found in mails(address).found:
        assert validate_email(found, check_deliverability=False).normalized == found


@given(st.text(alphabet="aK9ſßﬁｑ＠@..-_ıİ。", max_size=12))
def test_the_short_way_finds_what_the_long_one_finds(letters: str) -> None:
    for cell in (letters, f"li@{letters}.com", f"{letters}@QQ.com", f"{letters}@qq.con"):
        text = unicodedata.normalize("NFKC", cell)
        assert mails(cell) == (NONE if blank(cell) else among_words(text))


@given(st.text(max_size=60))
def test_whatever_stands_in_a_cell_gives_addresses_or_none(cell: str) -> None:
    found = mails(cell)
    assert all("@" in one and one == one.casefold() for one in found.found)
    assert all(mails(one).found == (one,) for one in found.found if one.isascii())


@given(st.lists(plain.filter(lambda one: len(one) < 60), min_size=1, max_size=4, unique=True))
def test_every_address_of_a_cell_is_found_in_its_order(addresses: list[str]) -> None:
    for between in ("; ", "；", "、", "/", ",", " ", "\n"):
        assert mails(between.join(addresses)).found == tuple(addresses)


@pytest.mark.parametrize(
    ("cell", "found"),
    [
        ("li＠qq。com", "li@qq.com"),
        ("li @ qq.com", "li@qq.com"),
        ("li(at)qq.com", "li@qq.com"),
        ("李娜@例子.中国", "李娜@例子.中国"),
    ],
)
def test_what_lists_have(cell: str, found: str) -> None:
    assert mails(cell).found == (found,)
    assert not mails(cell).unread


@pytest.mark.parametrize("cell", ["li", "a@b", "a..b@c.com", "@qq.com", "a@-b.com", "=1+1"])
def test_what_is_no_address_is_said(cell: str) -> None:
    assert mails(cell).found == ()
    assert mails(cell).unread


@pytest.mark.parametrize("cell", ["", "无", "none", "-", "N/A"])
def test_nothing_is_nothing(cell: str) -> None:
    assert mails(cell) == mails("")


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("li@gmail.con", "li@gmail.com"),
        ("li@gmial.com", "li@gmail.com"),
        ("li@qq.co", "li@qq.com"),
        ("li@qqcom", "li@qq.com"),
        ("li@163.con", "li@163.com"),
        ("li@hotmial.com", "li@hotmail.com"),
        ("li@outlook.cn", "li@outlook.com"),
        ("li@firma.con", "li@firma.com"),
    ],
)
def test_a_slip_in_the_host_is_asked_about(typed: str, meant: str) -> None:
    assert mails(typed).meant == ((typed, meant),)


@pytest.mark.parametrize(
    "host", [*HOSTS, "sina.cn", "163.cn", "qq.example.org", "mail.com", "email.com", "firma.co", "yahoo.co.jp"]
)
def test_hosts_that_are_there_are_left_alone(host: str) -> None:
    assert likelier(f"li@{host}") == ""


@given(st.sampled_from(HOSTS))
def test_what_was_meant_needs_no_better(host: str) -> None:
    assert likelier(likelier(f"li@{host.replace('.com', '.con')}") or f"li@{host}") == ""
