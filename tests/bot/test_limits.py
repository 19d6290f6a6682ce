"""How much one person may ask: a whole minute's worth at once, never more than that in the long run."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from bot.ask import Ask
from bot.limits import MOST_KNOWN, Limit
from storage.outbox import outbox
from tests.chat import Chat, text


class Watch:
    """Seconds that a test lets go by."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


def test_a_minutes_worth_at_once_then_as_it_fills_up() -> None:
    watch = Watch()
    limit = Limit(120, watch)
    assert [limit.wait("ann") for _ in range(120)] == [0] * 120
    assert limit.wait("ann") == 1
    assert limit.wait("li") == 0
    watch.seconds = 1
    assert [limit.wait("ann") for _ in range(3)] == [0, 0, 1]


def test_without_a_limit_as_much_as_one_likes() -> None:
    limit = Limit(0, Watch())
    assert not any(limit.wait("ann") for _ in range(1000))


@given(st.integers(1, 60), st.lists(st.floats(0, 30), max_size=300))
def test_never_more_than_the_bucket_and_what_came_into_it(most: int, pauses: list[float]) -> None:
    watch = Watch()
    limit = Limit(most, watch)
    allowed = 0
    for pause in pauses:
        watch.seconds += pause
        allowed += limit.wait("ann") == 0
    assert allowed <= most + watch.seconds * most / 60 + 1e-6


@given(st.integers(1, 60), st.integers(1, 200))
def test_who_waits_as_long_as_told_may_ask(most: int, asks: int) -> None:
    watch = Watch()
    limit = Limit(most, watch)
    for _ in range(asks):
        seconds = limit.wait("ann")
        if seconds:
            watch.seconds += seconds
            assert limit.wait("ann") == 0


def test_who_has_not_asked_for_longest_is_forgotten_first() -> None:
    limit = Limit(1, Watch())
    limit.wait("ann")
    for number in range(MOST_KNOWN):
        limit.wait(number)
    assert limit.wait(MOST_KNOWN - 1) > 0
    assert limit.wait("ann") == 0


def test_who_asks_too_much_hears_when_to_go_on_and_nothing_is_done(chat: Chat) -> None:
    ann = chat.person("Ann")
    ann.says("meeting new Forum end: 8 June 17:00")
    watch = Watch()
    chat.app.dispatch.limit = Limit(1, watch)
    ann.says("help", platform="web")
    said = ann.says("done T1", platform="web")
    assert said.refused
    assert "in 60 seconds" in text(said)
    assert not ann.says("list").refused  # whoever has the computer
    watch.seconds = 60
    assert "in 60 seconds" not in text(ann.says("done T1", platform="web"))


def test_who_must_wait_is_told_once_and_again_after_they_could_go_on() -> None:
    watch = Watch()
    limit = Limit(1, watch)
    news = []
    for pause in (0, 0, 0, 60, 0, 0):
        watch.seconds += pause
        if limit.wait("ann"):
            news.append(limit.is_news("ann"))
    assert news == [True, False, True, False]


def test_a_room_hears_it_once_however_often_somebody_asks(chat: Chat) -> None:
    chat.app.dispatch.limit = Limit(1, Watch())
    for number in range(5):
        chat.answer(Ask("web", "ann", "team", "help", f"e{number}", name="Ann", deferred=True))
    with chat.read() as db:
        payloads = list(db.scalars(select(outbox.c.payload)))
    assert len(payloads) == 2
    assert "in 60 seconds" in payloads[1]
