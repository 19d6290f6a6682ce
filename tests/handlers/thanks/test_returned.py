"""Mails that came back, read for what they say; and whatever else somebody may drop."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.thanks.returned import LARGEST, Returned, is_gone, read, stray
from tests.handlers.thanks import returns

DIGEST = "0123456789ab" + "c" * 52


def told(form: str) -> Returned:
    found = read(returns.mail(form, 12, DIGEST))
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("form", "words", "final", "permanent"),
    [
        (
            returns.POSTFIX,
            "550 5.1.1 <wang@gone.example>: Recipient address rejected: User unknown",
            True,
            True,
        ),
        (
            returns.EXCHANGE,
            "550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient wang@gone.example not found by SMTP address lookup",
            True,
            True,
        ),
        (returns.QQ, "550", True, True),
        (returns.NETEASE, "550 User suspended: wang@163.com", True, False),
        (returns.SPAM, "554 5.7.1 spam", True, False),
        (returns.DELAYED, "450 connect to mail.gone.example[192.0.2.7]:25: Connection timed out", False, False),
        (returns.EXPIRED, "450 connect to mail.gone.example[192.0.2.7]:25: Connection timed out", True, False),
    ],
    ids=["postfix", "exchange", "qq", "163", "spam", "delayed", "expired"],
)
def test_a_returned_mail_tells_which_letter_and_why(form: str, words: str, *, final: bool, permanent: bool) -> None:
    assert told(form) == Returned("letter:12:1", "0123456789ab", words, final, permanent)


def test_an_answer_is_no_return() -> None:
    assert read(returns.mail(returns.ANSWER, 12, DIGEST)) is None


@pytest.mark.parametrize(
    ("form", "address", "permanent"),
    [
        (returns.POSTFIX, "wang@gone.example", True),
        (returns.EXCHANGE, "wang@gone.example", True),
        (returns.QQ, "", True),
        (returns.QQ.replace("To: office", "X-Failed-Recipients: 12345@qq.com\nTo: office"), "12345@qq.com", True),
        (returns.EXPIRED, "wang@gone.example", False),
    ],
)
def test_a_returned_mail_tells_whom_it_did_not_reach(form: str, address: str, *, permanent: bool) -> None:
    found = stray(form.encode())
    assert found is not None
    assert (found.address, found.permanent) == (address, permanent)


def test_what_people_write_is_no_return() -> None:
    assert stray(returns.ANSWER.encode()) is None
    assert stray(b"From: li@example.org\nSubject: failure\n\nreturned mail\n") is None


def test_a_return_of_somebody_elses_mail_is_not_ours() -> None:
    assert read(returns.POSTFIX.replace("{ours}", "<1234@example.org>").encode()) is None


@pytest.mark.parametrize(
    ("words", "gone"),
    [
        ("550 5.1.1 no such user", True),
        ("553 5.1.3 no mail address", True),
        ("550 5.2.1 disabled", True),
        ("550 User not found", True),
        ("550 5.7.1 blocked", False),
        ("552 5.2.2 mailbox full", False),
        ("552 5.3.4 too much is enclosed", False),
        ("554 spam", False),
        ("451 4.7.1 greylisted", False),
        ("ConnectionRefusedError", False),
        ("", False),
    ],
)
def test_only_what_blames_the_address_ends_it(words: str, *, gone: bool) -> None:
    assert is_gone(words) is gone


@given(st.binary(max_size=3000))
def test_whatever_is_dropped_is_read_without_a_fault(data: bytes) -> None:
    assert read(data) is None
    assert stray(data) is None


@given(st.integers(0, 3000), st.integers(0, 255), st.sampled_from([returns.POSTFIX, returns.EXCHANGE, returns.QQ]))
def test_a_damaged_return_is_read_without_a_fault(position: int, byte: int, form: str) -> None:
    data = bytearray(returns.mail(form, 12, DIGEST))
    data[position % len(data)] = byte
    read(bytes(data))
    read(bytes(data[:position]))


def test_parts_within_parts_without_end_are_not_followed() -> None:
    head = "".join(f'Content-Type: multipart/mixed; boundary="b{depth}"\r\n\r\n--b{depth}\r\n' for depth in range(3000))
    assert read(f"Subject: failure\r\n{head}".encode()) is None


def test_of_a_huge_mail_only_the_beginning_is_read() -> None:
    whole = returns.mail(returns.POSTFIX, 12, DIGEST)
    assert read(whole + b"x" * (LARGEST + 1)) is not None
    assert read(b"Subject: failure\r\n\r\n" + b"x" * LARGEST + whole) is None


def test_ten_thousand_parts_are_not_looked_at() -> None:
    parts = "--b\r\nContent-Type: text/plain\r\n\r\nfailure\r\n" * 10_000
    assert read(f'Content-Type: multipart/mixed; boundary="b"\r\n\r\n{parts}'.encode()) is None


def test_characters_of_an_unknown_name_are_read_as_far_as_they_go() -> None:
    for name in ("klingon-8", "us\0ascii"):
        form = returns.POSTFIX.replace("charset=us-ascii", f"charset={name}")
        assert told(form).key == "letter:12:1"
