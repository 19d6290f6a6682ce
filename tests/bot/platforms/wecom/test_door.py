"""The address that WeCom calls: who is let in, what is written down once, and what is turned away."""

from __future__ import annotations

import re
from base64 import b64decode, b64encode
from dataclasses import replace
from hashlib import sha1

import pytest
from sqlalchemy import select
from structlog.testing import capture_logs

from bot.platforms.wecom.envelope import LARGEST
from storage import outbox
from tests.bot.platforms.wecom.office import LI, WANG, Office, words
from tests.fakes.wecom_talk import Envelope


def sealed_part(envelope: Envelope) -> str:
    return envelope.body.decode().split("<Encrypt><![CDATA[")[1].split("]]>")[0]


def with_sealed(envelope: Envelope, sealed: str) -> Envelope:
    return replace(envelope, body=envelope.body.replace(sealed_part(envelope).encode(), sealed.encode()))


def status(house: Office, envelope: Envelope) -> int:
    house.agent.retries = 0
    return house.agent.delivers(envelope).status


def reason(house: Office, envelope: Envelope) -> str:
    """Why it was turned away."""
    with capture_logs() as logged:
        assert status(house, envelope) == 403
    return str(logged[-1]["why"])


def signed_anew(house: Office, envelope: Envelope, sealed: str) -> Envelope:
    """As somebody who knows the token would sign it, whatever is in it."""
    parts = sorted((house.agent.token, envelope.query["timestamp"], envelope.query["nonce"], sealed))
    return replace(envelope, query={**envelope.query, "msg_signature": sha1("".join(parts).encode()).hexdigest()})  # noqa: S324


def text_from(house: Office, user: str = LI, content: str = "帮助") -> str:
    return (
        f"<xml><ToUserName><![CDATA[{house.agent.corp}]]></ToUserName><FromUserName><![CDATA[{user}]]></FromUserName>"
        f"<CreateTime>1</CreateTime><MsgType><![CDATA[text]]></MsgType><Content><![CDATA[{content}]]></Content>"
        "<MsgId>1234567890123456</MsgId><AgentID>1000002</AgentID></xml>"
    )


# --- who is let in


def test_the_address_proves_itself_with_nothing_but_what_was_encrypted(house: Office) -> None:
    answer = house.agent.verifies()
    assert (answer.status, answer.body) == (200, b"1616140317555161061")


def test_a_callback_is_answered_with_an_empty_200_before_anything_is_done(house: Office) -> None:
    heard = house.agent.types(LI, "帮助")
    assert (heard.status, heard.body, len(heard.attempts)) == (200, b"", 1)
    assert house.wecom.seen(LI) == []
    house.settle()
    assert "会议" in words(house.wecom.seen(LI))


def test_an_app_that_the_settings_do_not_name_is_not_there(house: Office) -> None:
    assert house.http.post("/wecom/other", content=b"<xml>").status_code == 404
    assert house.http.get("/wecom/other").status_code == 404


@pytest.mark.parametrize("missing", ["msg_signature", "timestamp", "nonce"])
def test_what_is_not_signed_is_turned_away(house: Office, missing: str) -> None:
    envelope = house.agent.sealed(text_from(house))
    query = {name: value for name, value in envelope.query.items() if name != missing}
    assert status(house, replace(envelope, query=query)) == 403


def test_a_forged_signature_is_turned_away(house: Office) -> None:
    envelope = house.agent.sealed(text_from(house))
    assert status(house, replace(envelope, query={**envelope.query, "msg_signature": "0" * 40})) == 403
    assert status(house, house.agent.sealed(text_from(house), token="not ours")) == 403


def test_signatures_are_compared_in_constant_time_before_anything_is_opened(
    house: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    compared: list[tuple[bytes, bytes]] = []

    def no(ours: bytes, theirs: bytes) -> bool:
        compared.append((ours, theirs))
        return False

    monkeypatch.setattr("bot.platforms.wecom.envelope.hmac.compare_digest", no)
    envelope = house.agent.sealed(text_from(house))
    broken = with_sealed(envelope, "AAAAA")
    assert [reason(house, one) for one in (envelope, broken)] == ["signature"] * 2
    assert [theirs.decode() for _, theirs in compared] == [envelope.query["msg_signature"]] * 2


def test_a_message_for_another_corp_is_turned_away(house: Office) -> None:
    assert status(house, house.agent.sealed(text_from(house), receiver="ww0000000000000000")) == 403


@pytest.mark.parametrize("seconds", [-700, 700])
def test_an_old_or_a_future_callback_is_turned_away(house: Office, seconds: float) -> None:
    house.agent.skew = seconds
    assert status(house, house.agent.sealed(text_from(house))) == 403


def test_clocks_may_differ_a_little(house: Office) -> None:
    house.agent.skew = 60
    assert "会议" in words(house.says(LI, "帮助"))


# --- what is not as it should be


def test_a_body_without_an_envelope_is_turned_away(house: Office) -> None:
    envelope = house.agent.sealed(text_from(house))
    for body in (
        b"",
        b"hello",
        b"<xml><Encrypt><![CDATA[====]]></Encrypt></xml>",
        b"<xml></xml>",
        b"<xml><Encrypt></Encrypt></xml>",
        b"\xff\xfe<xml>",
        b"{}",
    ):
        assert status(house, replace(envelope, body=body)) == 403, body


def test_what_cannot_be_decrypted_is_turned_away(house: Office) -> None:
    envelope = house.agent.sealed(text_from(house))
    whole = b64decode(sealed_part(envelope))
    for broken in (
        "AAAA",
        "AAAAA",
        b64encode(whole[:-5]).decode(),
        b64encode(whole[:16]).decode(),
        b64encode(b"\0" * 64).decode(),
    ):
        forged = with_sealed(house.agent.sealed(text_from(house)), broken)
        assert reason(house, forged) == "signature", broken
        assert reason(house, signed_anew(house, forged, broken)) == "encryption", broken


@pytest.mark.parametrize(
    "plain",
    [
        "",
        "no xml at all",
        "<xml>",
        "<other/>",
        "<xml>words only</xml>",
        '<!DOCTYPE x [<!ENTITY a "b">]><xml><MsgType>&a;</MsgType></xml>',
        '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><xml><Content>&a;</Content></xml>',
    ],
)
def test_a_signed_message_that_cannot_be_read_is_turned_away(house: Office, plain: str) -> None:
    assert status(house, house.agent.sealed(plain)) == 403


def test_entities_that_multiply_are_turned_away_quickly(house: Office) -> None:
    laughs = "".join(f'<!ENTITY a{at} "{f"&a{at - 1};" * 10}">' for at in range(1, 10))
    bomb = f'<!DOCTYPE x [<!ENTITY a0 "ha">{laughs}]><xml><Content>&a9;</Content></xml>'
    assert status(house, house.agent.sealed(bomb)) == 403


def test_tags_in_tags_are_turned_away_before_they_are_read(house: Office) -> None:
    deep = b"<xml>" + b"<a>" * 200_000 + b"</a>" * 200_000 + b"</xml>"
    envelope = house.agent.sealed(text_from(house))
    assert status(house, replace(envelope, body=deep)) == 413


def test_no_more_is_read_than_a_callback_may_be_long(house: Office) -> None:
    envelope = house.agent.sealed(text_from(house))
    assert status(house, replace(envelope, body=b"<xml>" + b" " * LARGEST + b"</xml>")) == 413


def test_no_shape_of_a_body_takes_long(house: Office) -> None:
    envelope = house.agent.sealed(text_from(house))
    for filling in (b"<xml>", b"<Encrypt>", b"<Encrypt>" + b" " * 500, b"<Encrypt>" + b"A" * 500):
        body = (b"<xml>" + filling * (LARGEST // len(filling)))[:LARGEST]
        assert status(house, replace(envelope, body=body)) == 403


def test_what_was_turned_away_left_nothing_behind(house: Office) -> None:
    status(house, house.agent.sealed("<xml>", receiver="ww1"))
    house.settle()
    assert house.wecom.seen(LI) == []


def test_the_log_tells_why_and_not_what(house: Office, capsys: pytest.CaptureFixture[str]) -> None:
    status(house, house.agent.sealed(text_from(house, content="confidential"), token="not ours"))
    told = capsys.readouterr()
    assert "signature" in told.out + told.err
    assert "confidential" not in told.out + told.err


# --- once


def test_the_same_envelope_again_is_taken_and_does_nothing(begun: Office) -> None:
    heard = begun.agent.types(LI, "完成 T59")
    begun.settle()
    seen = len(begun.wecom.seen(LI))
    again = begun.agent.again(heard)
    begun.settle()
    assert (again.status, len(begun.wecom.seen(LI))) == (200, seen)
    with begun.app.database.read() as db:
        marks = db.execute(select(outbox.outbox.c.dedupe_key).where(outbox.outbox.c.dedupe_key.like("wecom-in:%")))
        assert len(marks.all()) == 4  # of this one, and of what was said before


def test_three_deliveries_of_one_callback_act_once(begun: Office) -> None:
    begun.agent.times = 3
    said = begun.says(LI, "添加 订花 阶段：5 截止：2026-05-29 12:00")
    begun.agent.times = 1
    assert len([one for one in said if "订花" in one.words]) == 1
    assert "T62" not in words(begun.says(LI, "搜索 订花"))


def test_two_events_of_one_second_are_two(begun: Office) -> None:
    with begun.agent.held():
        begun.agent.clicks(LI, "done M1-T59")
        begun.agent.clicks(LI, "done M1-T60")
    begun.settle()
    assert {"T59", "T60"} <= set(words(begun.wecom.seen(LI)).split())


def test_people_who_speak_at_once_are_each_answered(begun: Office) -> None:
    with begun.agent.reordered():
        begun.agent.types(LI, "完成 T59")
        begun.agent.types(WANG, "帮助")
    begun.settle()
    assert "T59" in words(begun.wecom.seen(LI))
    assert "T59" not in words(begun.wecom.seen(WANG))


def test_a_callback_waits_for_an_answer_that_could_not_be_given(begun: Office) -> None:
    begun.wecom.will("message/send", times=2, status=502)
    assert "T59" in words(begun.says(LI, "完成 T59"))


def test_what_was_said_is_not_kept_beside_its_answer(begun: Office) -> None:
    begun.says(LI, "关联账号 ABCD-2345")
    with begun.app.database.read() as db:
        kept = outbox.outbox.c.dedupe_key.like("wecom-in:%")
        payloads = db.execute(select(outbox.outbox.c.payload).where(kept)).scalars().all()
    assert set(payloads) == {""}


# --- what cannot be answered


@pytest.fixture
def broken(begun: Office, monkeypatch: pytest.MonkeyPatch) -> Office:
    """A bug of ours, before any command is looked for."""

    def meet(*_: object) -> None:
        raise KeyError("name")

    monkeypatch.setattr(begun.app.wecom.ear.desk.faces, "meet", meet)  # type: ignore[union-attr]
    return begun


def test_a_bug_outside_of_any_command_is_apologised_for_once_with_a_reference(
    broken: Office, capsys: pytest.CaptureFixture[str]
) -> None:
    [said] = broken.says(LI, "完成 T59")
    found = re.search(r"编号 ?([0-9a-f]{6})", said.words)
    assert found
    logged = capsys.readouterr()
    assert found[1] in logged.err + logged.out
    assert "KeyError" in logged.err + logged.out
    assert "T59 浇花：已完成" not in words(broken.wecom.seen(LI))


def test_who_only_opened_the_app_hears_no_apology(broken: Office) -> None:
    assert broken.does(LI, lambda: broken.agent.enters(LI)) == []


def test_whatever_becomes_of_a_card_its_press_is_answered_once(begun: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    def pressed(*_: object) -> None:
        raise KeyError("card")

    begun.says(LI, "查看 T59")
    card = begun.card()
    monkeypatch.setattr(begun.app.wecom.ear.desk, "pressed", pressed)  # type: ignore[union-attr]
    said = begun.does(LI, lambda: begun.agent.presses(card, "完成"))
    assert words(said).count("T59 浇花：已完成") == 1
    assert "抱歉" not in words(said)
