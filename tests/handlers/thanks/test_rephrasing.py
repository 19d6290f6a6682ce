"""A model rewords one paragraph: it hears no way to reach anybody, and nothing that it adds gets into a letter."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from bot.rewording import ask, rewording
from bot.sections import RewordingSettings
from handlers.thanks import fidelity
from messages import Message
from storage.letters import Letter, LetterState
from storage.parties import Capacity
from tests.chat import text
from tests.fakes.model import Model, model
from tests.handlers.thanks.conftest import Desk

LINK = "https://example.org/package"


@pytest.fixture
def server() -> Iterator[Model]:
    with model() as running:
        yield running


@pytest.fixture
def ready(desk: Desk, server: Model) -> Desk:
    """A volunteer's letter, approved; paragraph 2 says what he did, paragraph 3 how to reach the office."""
    settings = RewordingSettings(base_url=server.url, model="m", key="sesame", timeout_seconds=1)  # type: ignore[arg-type]
    desk.chat.app.dispatch.reword = rewording(settings)
    desk.knows("package_link", LINK)
    desk.helps(desk.party("林晓", Capacity.VOLUNTEER), contribution="一人补办了120张胸卡")
    desk.drafts()
    desk.bo.says("thanks next")
    desk.bo.presses("Approve")
    return desk


def paragraph(desk: Desk, number: int = 2) -> str:
    return str(desk.letter("林晓").content["paragraphs"][number - 1])


def asks(desk: Desk, line: str = "thanks rephrase L1 2 warmer") -> Message:
    """What is said in the end."""
    first = desk.bo.says(line)
    if first.refused:
        return first
    desk.chat.settle()
    return desk.chat.room().heard()[-1]


def test_a_paragraph_in_other_words_is_marked_and_asks_for_approval_again(ready: Desk, server: Model) -> None:
    before = paragraph(ready)
    server.says = before.replace("感谢您承担", "衷心感谢您承担")
    answer = asks(ready)
    letter = ready.letter("林晓")
    assert paragraph(ready) == server.says != before
    assert letter.assisted
    assert letter.content["assisted"]
    assert (letter.state, letter.approved_digest) == (LetterState.DRAFT, "")
    assert "with AI help" in text(answer)
    assert "人工智能" in text(ready.bo.says("thanks show L1"))


def test_the_model_hears_one_paragraph_and_facts_but_no_way_to_reach_anybody(ready: Desk, server: Model) -> None:
    server.says = paragraph(ready)
    asks(ready, "thanks rephrase L1 2 friendlier, call 13800138000")
    ((body, key),) = server.heard
    sent = str(body)
    assert key == "Bearer sesame"
    assert body["messages"][1]["content"] == paragraph(ready)
    assert "120张胸卡" in sent
    for private in ("020-8888", LINK, "example.org", "13800138000", "@"):
        assert private not in sent


@pytest.mark.parametrize(
    ("more", "found"),
    [
        ("共有300人参加。", "300"),
        ("共有三百人参加。", "三百"),
        ("感谢张伟的协助。", "张伟"),
        ("感谢陈思教授的指导。", "教授"),
        ("感谢星海公司的支持。", "公司"),
        ("Smith 也表示感谢。", "Smith"),
        ("届时将赠送礼品。", "赠送"),
        ("下届我们再见。", "下届"),
        ("请见 https://evil.example/x 。", "evil.example"),
        ("<b>谢谢</b>", "<"),
        ("{{ association }}", "{"),
        ("请写信至 a@evil.example 。", "@"),
        ("正如《星河》所言。", "星河"),
    ],
)
def test_what_it_adds_is_refused_and_named(ready: Desk, server: Model, more: str, found: str) -> None:
    before = ready.letter("林晓")
    server.says = paragraph(ready) + more
    answer = asks(ready)
    assert "says what neither the paragraph nor the facts say" in text(answer)
    assert found in text(answer).replace("\\", "")
    after = ready.letter("林晓")
    assert (after.digest, after.state) == (before.digest, LetterState.APPROVED)


@pytest.mark.parametrize(
    ("how", "words"),
    [
        ("hangs", "took too long"),
        ("drips", "took too long"),
        ("fails", "no answer that can be used"),
        ("moves", "no answer that can be used"),
        ("nonsense", "no answer that can be used"),
        ("huge", "no answer that can be used"),
        ("closes", "no answer that can be used"),
    ],
)
def test_a_service_that_misbehaves_changes_nothing(ready: Desk, server: Model, how: str, words: str) -> None:
    server.how = how
    before = ready.letter("林晓").digest
    assert words in text(asks(ready))
    assert ready.letter("林晓").digest == before


def test_an_answer_far_too_long_is_refused(ready: Desk, server: Model) -> None:
    server.says = "感谢" * 500
    assert "far longer" in text(asks(ready))


def test_a_letter_that_has_left_before_the_model_is_asked_stays_as_it_is(ready: Desk, server: Model) -> None:
    server.says = paragraph(ready) + "谢谢！"
    ready.bo.says("thanks rephrase L1 2")
    ready.change(ready.letter("林晓"), state=LetterState.SENT)
    ready.chat.settle()
    assert "cannot be edited" in text(ready.chat.room().heard()[-1])
    assert server.heard == []
    assert not ready.letter("林晓").assisted


@pytest.fixture
def patient(ready: Desk, server: Model) -> Desk:
    """The model may take longer than what is done while it is asked."""
    ready.chat.app.dispatch.reword = rewording(RewordingSettings(base_url=server.url, model="m", timeout_seconds=60))
    server.says = paragraph(ready) + "谢谢！"
    return ready


def test_a_letter_that_changes_meanwhile_stays_as_it_is(patient: Desk, server: Model) -> None:
    """What somebody writes while the model is asked is theirs, and is not put into other words unasked."""
    form = patient.bo.says("thanks edit L1")
    server.meanwhile = lambda: patient.bo.fills(form, p2="林晓同学独自补办了120张胸卡。")
    assert "was changed while the AI was asked" in text(asks(patient))
    assert len(server.heard) == 1
    assert paragraph(patient) == "林晓同学独自补办了120张胸卡。"
    assert not patient.letter("林晓").assisted


def test_a_letter_that_leaves_meanwhile_stays_as_it_left(patient: Desk, server: Model) -> None:
    before = patient.letter("林晓")
    server.meanwhile = lambda: patient.change(before, state=LetterState.SENT)
    assert "was changed while the AI was asked" in text(asks(patient))
    assert len(server.heard) == 1
    after = patient.letter("林晓")
    assert (after.digest, after.state, after.assisted) == (before.digest, LetterState.SENT, False)


def test_of_a_letter_that_is_taken_back_meanwhile_nothing_is_kept(patient: Desk, server: Model) -> None:
    server.meanwhile = lambda: _take_back(patient)
    assert "was changed while the AI was asked" in text(asks(patient))
    assert (len(server.heard), patient.letters()) == (1, {})


def _take_back(desk: Desk) -> None:
    with desk.chat.app.database.write() as db:
        db.delete(db.get_one(Letter, desk.letter("林晓").id))


def test_it_is_off_unless_set_up_and_needs_a_paragraph(ready: Desk) -> None:
    assert "Say which" in text(ready.bo.says("thanks rephrase L1 99"))
    assert ready.wang.says("thanks rephrase L1 2").refused
    ready.chat.app.dispatch.reword = None
    assert "AI help is off" in text(ready.bo.says("thanks rephrase L1 2"))
    assert rewording(RewordingSettings()) is None


def test_what_is_taken_out_must_come_back(ready: Desk, server: Model) -> None:
    sent, taken = fidelity.masked("电话：020-5550 1234，邮箱：a.b@example.org，网址 https://x.org/a。")
    assert taken == ["020-5550 1234", "a.b@example.org", "https://x.org/a。"]
    assert "@" not in sent
    assert fidelity.unmasked(sent, taken)
    assert fidelity.unmasked(sent.replace("⟦2⟧", ""), taken) is None
    assert fidelity.unmasked(sent + "⟦2⟧", taken) is None
    assert fidelity.unmasked(sent + "⟦9⟧", taken) is None


@pytest.mark.parametrize(
    ("after", "known"),
    [
        ("衷心感谢您一直以来的周到支持，我们深受感动。", "感谢您的支持。"),
        ("Thank you so much for your talk. We enjoyed it.", "Thank you for your talk."),
        ("再次感谢您的鼎力相助，期待与您重逢！", "谢谢，期待再会。"),
    ],
)
def test_warmer_words_alone_are_no_addition(after: str, known: str) -> None:
    assert fidelity.added(after, [known]) == []


@given(st.text(max_size=80), st.integers(10, 10**9))
def test_a_number_that_nobody_knew_is_always_found(known: str, number: int) -> None:
    if str(number) not in known:
        assert str(number) in fidelity.added(f"{known} {number} ", [known])


@given(st.text(max_size=200))
def test_the_same_text_adds_nothing(said: str) -> None:
    assert fidelity.added(said, [said]) == []


def test_a_key_goes_out_under_tls_only_and_needs_its_model() -> None:
    for wrong in ({"base_url": "http://example.org/v1", "model": "m"}, {"base_url": "https://x.org"}, {"key": "k"}):
        with pytest.raises(ValidationError):
            RewordingSettings.model_validate(wrong)
    settings = RewordingSettings(base_url="http://127.0.0.1:9/v1", model="m", timeout_seconds=1)
    with pytest.raises(ConnectionError):
        ask(settings, "task", "text")
