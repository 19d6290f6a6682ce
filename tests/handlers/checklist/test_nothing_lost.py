"""What was sent is kept, what was not read is said, and nobody is asked which meeting where only one can be meant."""

from __future__ import annotations

import pytest

from bot.sample.files import photo
from tests.chat import Chat, Somebody, text


@pytest.fixture
def ann(chat: Chat) -> Somebody:
    found = chat.person("Ann")
    found.says("meeting new Annual conference end: 2026-06-08 17:00")
    found.says("role set publicity @Ann")
    return found


def photos(first: int, last: int) -> dict[str, bytes]:
    return {f"{number}.png": photo(number) for number in range(first, last + 1)}


def test_part_of_a_proof_is_kept_until_the_rest_comes(ann: Somebody) -> None:
    assert "3" in text(ann.says("done T12", files=photos(1, 3)))
    assert "T12" not in text(ann.says("list done"))
    assert not ann.says("done T12", files=photos(4, 6)).refused
    assert "T12" in text(ann.says("list done"))


def test_files_that_came_with_a_refused_word_are_kept(chat: Chat, ann: Somebody) -> None:
    bo = chat.person("Bo")
    refused = bo.says("done T12", files=photos(1, 1))
    assert refused.refused
    assert "F1" in text(refused)
    assert not ann.says("attach T12 F1").refused


@pytest.mark.parametrize("line", ["T13 please move it somehow", "cancel T13", "T13 推迟到下周一"])
def test_words_that_were_not_read_are_said_to_be_so(ann: Somebody, line: str) -> None:
    assert "Nothing was changed" in text(ann.says(line))


@pytest.mark.parametrize("line", ["T13", "T13?", "show T13"])
def test_an_id_alone_just_shows_its_task(ann: Somebody, line: str) -> None:
    assert "Nothing was changed" not in text(ann.says(line))


def test_less_than_nothing_is_no_count(ann: Somebody) -> None:
    ann.says("role set finance @Ann")
    assert ann.says("done T10 -5").refused
    assert not ann.says("done T10 5").refused


def test_in_private_the_only_meeting_one_has_a_part_in_is_meant(chat: Chat, ann: Somebody) -> None:
    bo = chat.person("Bo")
    ann.says("role set programme @Bo")
    ann.says("meeting new Autumn forum end: 2026-06-09 17:00", room="forum")
    assert not bo.says("done T20 https://forms.example.org/1", direct=True).refused
    assert ann.says("today", direct=True).name == "meetings/refusals/which"


def test_a_reply_is_about_the_meeting_of_what_it_replies_to(chat: Chat, ann: Somebody) -> None:
    ann.says("meeting new Autumn forum end: 2026-06-09 17:00", room="forum")
    answer = ann.says("done", direct=True, thread=("M1-T8",))
    assert "T8" in text(answer)
    assert answer.form is not None
