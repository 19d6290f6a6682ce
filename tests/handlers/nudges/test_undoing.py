"""A task that an undo takes away takes its reminder with it, if somebody has heard one by then."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.chat import Chat, Somebody, buttons, text


@pytest.fixture
def ann(tmp_path: Path) -> Iterator[Somebody]:
    """Just before the morning's reminders, with a meeting of which nothing else is due; Ann leads it."""
    chat = Chat(tmp_path, now="2026-06-10 09:05")
    ann = chat.person("Ann")
    ann.says("today", direct=True)
    ann.says("meeting new Forum end: yesterday 17:00")
    ann.says("skip T1-T58 not this year")
    chat.settle()
    yield ann
    chat.close()


def reminders(ann: Somebody) -> list[str]:
    return [text(one) for one in ann.heard() if one.name == "nudges/slot" or one.withdrawn]


def test_a_reminder_of_nothing_but_that_is_taken_back(ann: Somebody) -> None:
    ann.says("add water the plants phase: 5 due: today 18:00 owner: me")
    ann.chat.wait("2026-06-10 09:11")
    assert "T59" in reminders(ann)[0]
    ann.says("undo")
    ann.chat.settle()
    (told,) = [one for one in ann.heard() if one.withdrawn]
    assert "taken back" in text(told)
    assert buttons(told) == []
    assert not [one for one in ann.heard() if one.name == "nudges/slot"]


def test_one_of_others_too_says_what_is_left(ann: Somebody) -> None:
    ann.says("add call the chair phase: 5 due: today 18:00 owner: me")
    ann.says("add water the plants phase: 5 due: today 18:00 owner: me")
    ann.chat.wait("2026-06-10 09:11")
    assert all(ref in reminders(ann)[0] for ref in ("T59", "T60"))
    ann.says("undo")
    ann.chat.settle()
    (left,) = reminders(ann)
    assert "T59" in left
    assert "T60" not in left


def test_nothing_is_said_where_nobody_had_heard_of_it(ann: Somebody) -> None:
    ann.says("add water the plants phase: 5 due: today 18:00 owner: me")
    ann.says("undo")
    ann.chat.settle()
    assert reminders(ann) == []
