"""No telephone number, address, token or password gets through to a log, however it is written."""

from __future__ import annotations

import io
import json
import logging
from typing import Any

import pytest
import structlog
from hypothesis import given, settings
from hypothesis import strategies as st

from bot import logs
from bot.masking import masked
from tests.logged import put_back

ROUND = st.sampled_from(["", " ", "\n", "：", "：“", "mail to ", "电话", "(", "[", '{"x": "', "from="])
AFTER = st.sampled_from(["", " ", "\n", "。", "，请回电", " failed", ")", "]", '"}', ", then"])
WIDE = str.maketrans("0123456789+-()", "０１２３４５６７８９＋－（）")
MANY = settings(max_examples=250, deadline=None)


def digits(least: int, most: int) -> st.SearchStrategy[str]:
    return st.text("0123456789", min_size=least, max_size=most)


@st.composite
def spaced(draw: st.DrawFn, number: str) -> str:
    """With blanks or hyphens after some digits, or all in full width."""
    gap = draw(st.sampled_from(["", " ", "-", "."]))
    parts = [number[:3], number[3:7], number[7:]]
    text = gap.join(part for part in parts if part)
    return text.translate(WIDE) if draw(st.booleans()) else text


@st.composite
def numbers(draw: st.DrawFn) -> str:
    kind = draw(st.sampled_from(["mobile", "prefixed", "abroad", "office"]))
    if kind in {"mobile", "prefixed"}:
        own = "1" + draw(st.sampled_from("3456789")) + draw(digits(9, 9))
        return ("" if kind == "mobile" else draw(st.sampled_from(["+86 ", "+86", "86 ", "0086 "]))) + draw(spaced(own))
    if kind == "abroad":
        return (
            "+"
            + draw(st.sampled_from(["1", "49", "852", "44"]))
            + draw(st.sampled_from(["", " ", "-"]))
            + draw(spaced(draw(digits(7, 10))))
        )
    return (
        "0" + draw(st.sampled_from(["10", "21", "571", "755"])) + draw(st.sampled_from(["-", " "])) + draw(digits(8, 8))
    )


def bare(text: str) -> str:
    """Its digits, as plain ones."""
    return "".join(str(int(one)) for one in text if one.isdecimal())


@given(number=numbers(), before=ROUND, after=AFTER)
@MANY
def test_no_telephone_number_gets_through(number: str, before: str, after: str) -> None:
    assert bare(masked(f"{before}{number}{after}")) == ""


NAMES = st.text("abcdefghijklmnopqrstuvwxyzABCXYZ0123456789._+-", min_size=1, max_size=20)
HOSTS = st.from_regex(r"[a-z0-9][a-z0-9-]{0,15}(\.[a-z]{2,5}){1,2}", fullmatch=True)


@given(
    name=NAMES | st.sampled_from(["张三", "müller"]), host=HOSTS, at=st.sampled_from("@＠"), before=ROUND, after=AFTER
)
@MANY
def test_no_mail_address_gets_through(name: str, host: str, at: str, before: str, after: str) -> None:
    said = masked(f"{before}{name}{at}{host}{after}")
    assert f"{name}{at}" not in said
    assert f"{at}{host}" not in said


SECRET = st.text("abcdefghijkmnopqrstuvwxyzABCDEFGHJK0123456789-_", min_size=24, max_size=60)


@given(
    form=st.sampled_from(
        [
            "xoxb-{}",
            "xoxe.xoxp-{}",
            "xapp-1-{}",
            "https://hooks.slack.com/services/{}",
            "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key={}",
            "https://qyapi.weixin.qq.com/cgi-bin/gettoken?corpid=ww1&corpsecret={}",
            "https://qyapi.weixin.qq.com/cgi-bin/message/send?access_token={}&debug=1",
            "{{'access_token': '{}', 'expires_in': 7200}}",
            "Authorization: Bearer {}",
            "postgresql+psycopg://huihou:{}@db.internal/huihou",
            "redis://:{}@cache",
            "GET /form/{} HTTP/1.1",
            "GET /upload/{}/file?batch=1",
            "GET /export/{}",
            "POST /twins/{}/undo?after=20",
            "https://bot.example.org/archive/{}/v1.zip",
            "GET /wecom/main/enter/{}?code=1",
            "password={}",
            'HUIHOU_WEB__SECRET="{}"',
        ]
    ),
    secret=SECRET,
    before=ROUND,
    after=AFTER,
)
@MANY
def test_no_secret_gets_through(form: str, secret: str, before: str, after: str) -> None:
    assert secret not in masked(f"{before}{form.format(secret)}{after}")


@given(password=st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=8, max_size=30))
@MANY
def test_whatever_a_password_in_an_address_is_made_of_it_goes(password: str) -> None:
    assert password not in masked(f"connecting to postgresql://huihou:{password}@db/huihou failed")


@pytest.mark.parametrize(
    "text",
    [
        "2026-06-10T08:00:00+08:00",
        "2026-06-10 08:00",
        "task M1-T12 done in 13.5 ms",
        "1712345678.123456",
        "sent 1780000000000",
        "http://127.0.0.1:9090/metrics",
        "release 1.2.3, python 3.11.7",
        "key 'state' of 3 rows",
        "1,234,567 rows",
    ],
)
def test_what_an_operator_needs_stays(text: str) -> None:
    assert masked(text) == text


# --- all the way to the line


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> Any:
    """What the log has written since, as JSON."""
    stream = io.StringIO()
    monkeypatch.setattr("sys.stderr", stream)
    with put_back():
        logs.configure(json=True)
        yield stream


PERSONAL = ("13800138000", "li.na@example.org", "xoxb-1234-abcdefghijklmnop", "sesame-open-please")


def leaks(stream: io.StringIO) -> list[str]:
    return [one for one in PERSONAL if one in stream.getvalue()]


def test_messages_arguments_and_values_are_masked(written: io.StringIO) -> None:
    log, plain = structlog.get_logger(), logging.getLogger("huihou.test")
    phone, mail, token, password = PERSONAL
    log.warning("called %s", phone, to=mail, headers={"a": [token]}, url=f"postgresql://a:{password}@b")
    plain.warning("told %s and %s", phone, {"mail": mail, "url": f"postgresql://a:{password}@b"})
    plain.warning("token %(t)s", {"t": token})
    lines = [json.loads(line) for line in written.getvalue().splitlines()]
    assert (len(lines), leaks(written)) == (3, [])
    assert lines[0]["level"] == "warning"


def test_exceptions_and_their_tracebacks_are_masked(written: io.StringIO) -> None:
    phone, mail, token, password = PERSONAL

    def fails() -> None:
        try:
            int(f"no such number: {phone}")
        except ValueError as error:
            raise RuntimeError(f"{mail} {token} postgresql://a:{password}@b") from error

    try:
        fails()
    except RuntimeError as error:
        structlog.get_logger().exception("failed", error=error)
        logging.getLogger("huihou.test").exception("failed")
    assert "RuntimeError" in written.getvalue()
    assert "ValueError" in written.getvalue()
    assert leaks(written) == []


def test_an_address_with_a_one_time_token_is_not_in_the_servers_log(
    written: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Uvicorn's own line, should anybody turn it on."""
    access = logging.getLogger("uvicorn.access")
    monkeypatch.setattr(access, "handlers", [])  # a server that ran before has left its own
    monkeypatch.setattr(access, "propagate", True)
    monkeypatch.setattr(access, "disabled", False)
    access.warning('%s - "%s %s HTTP/%s" %d', "127.0.0.1:1", "GET", f"/form/{'ab' * 32}?x=1", "1.1", 200)
    assert "GET" in written.getvalue()
    assert "abab" not in written.getvalue()
