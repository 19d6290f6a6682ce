"""Promises are kept: in order, at the provider's pace, through faults, and once."""

from __future__ import annotations

import errno
import itertools
import threading
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from bot import delivery, insisting
from bot.delivery import LEFT_S, MOST_ATTEMPTS, Delivery
from bot.platforms import Closed, Impossible, NotNow, Outgoing
from handlers.context import Context
from messages import Attachment, Message
from storage import lanes, outbox, unkept, workspace
from storage.lanes import LEASE_MS
from storage.outbox import Promise
from storage.rooms import Room
from tests.bot.provider import Post, Provider, post, recheck
from tests.chat import Chat

LEASE = LEASE_MS / 1000
PHOTO = Attachment(name="hall.jpg", digest="0" * 64, media_type="image/jpeg", size=1)
HELLO = Message(name="x", locale="en", body="hello")


@pytest.fixture
def desk(chat: Chat) -> Post:
    return post(chat)


def test_promises_are_kept_in_order_and_the_provider_s_id_is_kept(desk: Post) -> None:
    for key in ("one", "two", "three"):
        desk.promises(key)
    assert desk.drains() == ["one", "two", "three"]
    assert (desk.row("one").state, desk.row("one").provider_id) == (Promise.SENT, "id of one")
    assert desk.provider.looked_up == []
    assert desk.drains() == ["one", "two", "three"]


def test_a_room_s_pace_is_kept(desk: Post) -> None:
    for key in ("one", "two"):
        desk.promises(key, interval_ms=3000)
    assert desk.drains() == ["one"]
    desk.waits(2.9)
    assert desk.drains() == ["one"]
    desk.waits(0.1)
    assert desk.drains() == ["one", "two"]


def test_asked_for_patience_the_whole_room_waits_and_the_others_do_not(desk: Post) -> None:
    desk.provider.answers = [NotNow(7)]
    desk.promises("one")
    desk.promises("two")
    desk.promises("elsewhere", room="other")
    assert desk.drains() == ["elsewhere"]
    desk.waits(6.9)
    assert desk.drains() == ["elsewhere"]
    desk.waits(0.1)
    assert desk.drains() == ["elsewhere", "one", "two"]
    assert desk.provider.looked_up == []
    assert desk.row("one").attempt == 1


def test_patience_of_no_time_at_all_does_not_become_a_busy_loop(desk: Post) -> None:
    desk.provider.answers = [NotNow(0)] * 3
    desk.promises("one")
    assert desk.delivery.drain() == 1
    for _ in range(3):
        desk.waits(1)
        desk.delivery.drain()
    assert desk.provider.keys == ["one"]


def test_what_cannot_be_sent_is_given_up_with_the_reason_and_the_next_one_goes(desk: Post) -> None:
    desk.provider.answers = [Impossible("invalid_blocks")]
    desk.promises("one")
    desk.promises("two")
    assert desk.drains() == ["two"]
    assert (desk.state("one"), desk.row("one").error) == (Promise.DEAD, "invalid_blocks")


def test_a_closed_room_waits_for_a_person_who_resumes_it(desk: Post) -> None:
    desk.provider.answers = [Closed("not_in_channel")]
    desk.promises("one")
    desk.promises("two")
    assert desk.drains() == []
    desk.waits(86_400)
    assert desk.drains() == []
    assert desk.lane().paused == "not_in_channel"
    with desk.chat.app.database.write() as db:
        unkept.resume(db, desk.lane().key, now_ms=desk.ms)
    assert desk.drains() == ["one", "two"]


def failed(desk: Post, error: Exception, *, until: timedelta = timedelta(days=3)) -> list[int]:
    """Seconds between the attempts at one message for which the provider always fails so."""
    attempts: list[int] = []

    def fail(_outgoing: Outgoing) -> None:
        attempts.append(desk.ms // 1000)
        raise error

    desk.provider.before = fail
    desk.promises("one")
    while desk.state("one") not in (Promise.DEAD, Promise.SENT) and until > timedelta():
        desk.delivery.drain()
        wake = desk.lane().wake_at
        pause = max((wake - desk.ms) / 1000, 0) if wake is not None else 0
        desk.waits(pause)
        until -= timedelta(seconds=pause)
    return [later - earlier for earlier, later in itertools.pairwise(attempts)]


def test_a_fault_is_tried_again_ever_more_seldom_and_given_up_after_eight_attempts(desk: Post) -> None:
    assert failed(desk, ValueError("a bug")) == [1, 1, 2, 4, 8, 16, 32]
    assert (desk.state("one"), desk.row("one").error) == (Promise.DEAD, "ValueError")
    assert len(desk.provider.looked_up) == MOST_ATTEMPTS - 1


def test_an_outage_is_waited_for_up_to_a_day(desk: Post) -> None:
    waited = failed(desk, ConnectionRefusedError())
    assert waited[:9] == [1, 1, 2, 4, 8, 16, 32, 64, 128]
    assert set(waited[10:]) == {300}
    assert sum(waited) == pytest.approx(86_400, abs=300)
    assert desk.state("one") == Promise.DEAD


def test_after_an_outage_everything_arrives_in_order(desk: Post) -> None:
    desk.provider.answers = [TimeoutError()] * 12
    for key in ("one", "two"):
        desk.promises(key)
    for _ in range(20):
        desk.delivery.drain()
        desk.waits(300)
    assert desk.provider.keys == ["one", "two"]


def test_patience_asked_for_after_many_outages_does_not_make_a_message_look_deadly(desk: Post) -> None:
    desk.provider.answers = [*[TimeoutError()] * (MOST_ATTEMPTS + 1), NotNow(1)]
    desk.promises("one")
    for _ in range(MOST_ATTEMPTS + 3):
        desk.delivery.drain()
        desk.waits(300)
    assert desk.provider.keys == ["one"]


def test_a_worker_that_dies_after_the_send_leaves_it_said_once(desk: Post) -> None:
    desk.provider.crash = True
    desk.promises("one")
    desk.promises("two")
    desk.dies()
    assert desk.drains() == ["one"], "the lane is leased"
    desk.waits(LEASE)
    assert desk.drains() == ["one", "two"]
    assert desk.provider.looked_up == ["one"]
    assert desk.row("one").provider_id == "id of one"


def test_only_a_provider_that_cannot_tell_may_hear_it_twice(chat: Chat) -> None:
    desk = post(chat, Provider(tells=False, crash=True))
    desk.promises("one")
    desk.dies()
    desk.waits(LEASE)
    assert desk.drains() == ["one", "one"]
    first, second = desk.provider.accepted
    assert first.message == second.message


def test_the_look_up_knows_since_when_to_search(desk: Post) -> None:
    desk.provider.answers = [ValueError()]
    desk.promises("one")
    begun = desk.chat.clock.now()
    desk.delivery.drain()
    desk.waits(60)
    desk.drains()
    assert desk.provider.accepted[0].tried == begun


def test_what_takes_every_worker_with_it_is_given_up(desk: Post) -> None:
    desk.promises("one")
    desk.promises("two")
    for _ in range(MOST_ATTEMPTS):
        desk.provider.crash = True
        desk.provider.tells = False
        desk.dies()
        desk.provider.accepted.clear()
        desk.waits(LEASE)
    assert desk.drains() == ["two"]
    assert desk.state("one") == Promise.DEAD


def test_what_nobody_wants_any_more_is_not_said(desk: Post) -> None:
    with recheck("never", lambda *_: None):
        desk.promises("one", recheck="never")
        desk.promises("two")
        assert desk.drains() == ["two"]
    assert desk.state("one") == Promise.DROPPED


def test_what_the_recheck_leaves_is_what_every_attempt_says(desk: Post) -> None:
    asked: list[str] = []

    def once(_ctx: Context, _key: str, message: Message) -> Message:
        asked.append(message.body)
        return message.model_copy(update={"body": "less"})

    desk.provider.answers = [ConnectionError()]
    with recheck("less", once):
        desk.promises("one", recheck="less")
        desk.delivery.drain()
        assert '"less"' in desk.row("one").payload
        desk.waits(10)
        desk.delivery.drain()
    assert asked == ["hello", "less"]
    assert desk.provider.accepted[0].message.body == "less"


def test_what_is_settled_during_an_outage_is_not_said_after_it(desk: Post) -> None:
    wanted = [HELLO, None]
    desk.provider.answers = [ConnectionError()]
    with recheck("while", lambda *_: wanted.pop(0)):
        desk.promises("one", recheck="while")
        desk.delivery.drain()
        desk.waits(10)
        assert desk.drains() == []
    assert desk.state("one") == Promise.DROPPED


def test_what_has_arrived_is_not_asked_about_again(desk: Post) -> None:
    """The recheck takes rows back that a message carried: it must not do so for one that was read."""
    wanted = [HELLO]
    desk.provider.crash = True
    with recheck("once", lambda *_: wanted.pop()):
        desk.promises("one", recheck="once")
        desk.dies()
        desk.waits(LEASE)
        assert desk.drains() == ["one"]
    assert desk.state("one") == Promise.SENT


MORE = '{"name": "x", "locale": "en", "body": "hello", "glow": true}'
"""A message with something to it that only a newer release knows."""


@pytest.mark.parametrize("what", [{"recheck": "newer"}, {"payload": MORE}], ids=["a recheck", "a message"])
def test_what_only_another_release_knows_is_left_to_it_in_its_place(desk: Post, what: dict[str, str]) -> None:
    desk.delivery.others = lambda: True
    desk.promises("one", **what)
    desk.promises("two")
    desk.promises("elsewhere", room="other")
    for _ in range(MOST_ATTEMPTS + 2):
        assert desk.drains() == ["elsewhere"]
        desk.delivery.left.clear()
    assert (desk.state("one"), desk.row("one").attempt, desk.lane().lease_until) == (Promise.READY, 0, 0)
    with desk.chat.app.database.write() as db:
        db.execute(outbox.outbox.update().where(outbox.outbox.c.payload == MORE).values(payload=HELLO.kept()))
    with recheck("newer", lambda *_: HELLO):
        assert desk.drains() == ["elsewhere", "one", "two"]


def test_a_lane_that_is_left_is_not_looked_at_for_a_while(desk: Post) -> None:
    """Those who know what is first in it need not wait for those who do not."""
    desk.delivery.others, desk.delivery.stopwatch = lambda: True, lambda: float(desk.ms) / 1000
    desk.promises("one", recheck="newer")
    desk.delivery.drain()
    with recheck("newer", lambda *_: HELLO):
        desk.waits(LEFT_S - 1)
        assert desk.drains() == []
        desk.waits(1)
        assert desk.drains() == ["one"]


@pytest.mark.parametrize("what", [{"recheck": "newer"}, {"payload": "{"}], ids=["a recheck", "a message"])
def test_what_no_release_at_work_knows_waits_behind_the_others_for_a_day(desk: Post, what: dict[str, str]) -> None:
    desk.promises("one", **what)
    desk.promises("two")
    assert desk.drains() == ["two"]
    for _ in range(23):
        desk.waits(3600)
        desk.delivery.drain()
    assert desk.state("one") == Promise.READY
    for _ in range(2):
        desk.waits(3600)
        desk.delivery.drain()
    assert desk.provider.keys == ["two"]
    assert desk.state("one") == Promise.DEAD


def claimed(desk: Post, platform: str = "console") -> list[lanes.Claimed]:
    with desk.chat.app.database.write() as db:
        return lanes.claim(db, holder="test", now_ms=desk.ms, platforms=[platform])


def test_an_edit_names_the_message_that_it_replaces(desk: Post) -> None:
    desk.promises("one")
    desk.promises("two", edits="one")
    desk.drains()
    assert [outgoing.edits for outgoing in desk.provider.accepted] == [None, "id of one"]


def test_an_edit_of_what_was_never_said_is_dropped(desk: Post) -> None:
    desk.provider.answers = [Impossible("no")]
    desk.promises("one")
    desk.promises("two", edits="one")
    assert desk.drains() == []
    assert desk.state("two") == Promise.DROPPED


def test_a_room_that_is_gone_hears_nothing(desk: Post) -> None:
    desk.promises("one", room="gone")
    with desk.chat.app.database.write() as db:
        place = workspace.by_key(db, "main")
        db.query(Room).filter(Room.workspace_id == place.id).delete()
    assert desk.drains() == []
    assert desk.state("one") == Promise.DROPPED


def test_who_was_held_up_for_half_a_lease_begins_no_send(desk: Post) -> None:
    moments = itertools.chain([0, LEASE / 2 + 1], itertools.repeat(100))  # when it claimed, when it would have sent
    desk.delivery.stopwatch = lambda: next(moments)
    desk.promises("one")
    assert desk.drains() == []
    desk.waits(1)
    assert desk.drains() == ["one"]
    assert desk.provider.looked_up == [], "it was given back unsent"


def test_a_platform_can_ask_whether_it_is_in_time(desk: Post) -> None:
    """What takes long before a message leaves, such as a look at where it goes, may use the lease up."""
    moments = itertools.chain([0, 0, LEASE / 2, LEASE / 2 + 1], itertools.repeat(100))
    desk.delivery.stopwatch = lambda: next(moments)
    told: list[bool] = []
    desk.provider.before = lambda outgoing: told.extend([outgoing.in_time(), outgoing.in_time()])
    desk.promises("one")
    desk.drains()
    assert told == [True, False]


def test_a_clock_that_jumps_ahead_in_the_middle_says_nothing_twice(desk: Post) -> None:
    """The demo's clock is moved while another thread sends: its lease looks long over."""
    other = Delivery(desk.chat.app.database, desk.delivery.platforms, desk.chat.clock.now)
    jumped = False

    def jump(_outgoing: Outgoing) -> None:
        nonlocal jumped
        if not jumped:
            jumped = True
            desk.provider.accepted.append(_outgoing)
            desk.waits(86_400)
            other.drain()
            desk.provider.accepted.pop()

    desk.provider.before = jump
    desk.promises("one")
    assert desk.drains() == ["one"]
    assert desk.provider.looked_up == ["one"]
    assert desk.lane().lease_owner == ""


def test_a_process_that_was_frozen_does_not_take_from_itself_what_it_still_says(desk: Post) -> None:
    """Its machine slept in the middle of a send: another of its workers finds that lease over before this one is."""
    watch, woken = {"now": 0.0}, list[str]()

    def wake(outgoing: Outgoing) -> None:
        if not woken:
            woken.append(outgoing.key)
            desk.waits(LEASE + 1)
            watch["now"] += LEASE + 1
            desk.delivery.drain()

    desk.delivery.stopwatch = lambda: watch["now"]
    desk.provider.before = wake
    for key in ("one", "two"):
        desk.promises(key)
    assert desk.drains() == ["one", "two"]
    assert desk.provider.looked_up == []
    assert desk.delivery.hand == {}


def test_the_stopwatch_counts_the_time_in_which_the_machine_slept(chat: Chat, monkeypatch: pytest.MonkeyPatch) -> None:
    awake = {time.CLOCK_MONOTONIC: 5.0, time.CLOCK_BOOTTIME: 3600.0}
    monkeypatch.setattr(time, "clock_gettime", awake.__getitem__)
    assert post(chat).delivery.stopwatch() == 3600.0


def test_every_claim_has_a_name_of_its_own(desk: Post) -> None:
    """What is late for one claim must not end the next one of the same process."""
    holders: list[str] = []
    desk.provider.before = lambda _outgoing: holders.append(desk.lane().lease_owner)
    for key in ("one", "two"):
        desk.promises(key)
    desk.drains()
    assert len(set(holders)) == 2


@pytest.mark.parametrize(("platform", "files"), [("self", ()), ("console", (PHOTO,))])
def test_a_command_of_the_bot_s_own_and_a_message_with_files_keep_their_lease_as_long_as_they_take(
    chat: Chat, monkeypatch: pytest.MonkeyPatch, platform: str, files: tuple[Attachment, ...]
) -> None:
    monkeypatch.setattr(delivery, "LEASE_MS", 30)  # renewed every 10 ms
    desk = post(chat, Provider(name=platform))
    ends: list[int] = []

    def run_long(outgoing: Outgoing) -> None:
        for _ in range(3):
            desk.waits(LEASE - 1)
            wanted, patience = desk.ms + LEASE_MS, time.monotonic() + 10
            while desk.lane().lease_until < wanted:
                assert time.monotonic() < patience, "it was not renewed"
            ends.append(desk.lane().lease_until)
            assert claimed(desk, platform) == []
            assert outgoing.in_time()

    desk.provider.before = run_long
    desk.promises("one", platform=platform, message=Message(name="x", locale="en", body="hello", files=files))
    assert desk.drains() == ["one"]
    assert ends == sorted(set(ends))
    assert desk.lane().lease_owner == ""


def test_in_the_background_it_wakes_keeps_and_stops(desk: Post) -> None:
    said = threading.Semaphore(0)
    desk.provider.before = lambda _outgoing: said.release()
    running = threading.Thread(target=desk.delivery.run, daemon=True)
    running.start()
    for key in ("one", "two", "three"):
        desk.promises(key)
        desk.delivery.wake()
        assert said.acquire(timeout=10)
    desk.delivery.stop()
    running.join(10)
    assert not running.is_alive()
    assert desk.provider.keys == ["one", "two", "three"]
    assert desk.state("three") == Promise.SENT, "what is in hand is finished"


def test_nobody_waits_for_a_long_command(desk: Post) -> None:
    ended, begun = threading.Event(), threading.Event()

    class Slow(Provider):
        def send(self, outgoing: Outgoing) -> str:
            begun.set()
            assert ended.wait(10)
            return super().send(outgoing)

    slow = Slow(name="self")
    said = threading.Event()
    desk.provider.before = lambda _outgoing: said.set()
    working = Delivery(desk.chat.app.database, {"self": slow, "console": desk.provider}, desk.chat.clock.now)
    running = threading.Thread(target=working.run, daemon=True)
    running.start()
    desk.promises("long", platform="self", lane_key="self:1")
    working.wake()
    assert begun.wait(10)
    desk.promises("quick")
    working.wake()
    assert said.wait(10)
    assert slow.keys == []
    ended.set()
    working.stop()
    running.join(10)
    assert slow.keys == ["long"]


def test_a_database_that_does_not_answer_is_asked_again(desk: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    said, failures = threading.Event(), iter([OSError("gone"), OSError("gone")])
    real = lanes.claim

    def unsure(*given: object, **how: object) -> object:
        for failure in failures:
            desk.delivery.wake()
            raise failure
        return real(*given, **how)  # type: ignore[arg-type]

    monkeypatch.setattr(lanes, "claim", unsure)
    desk.provider.before = lambda _outgoing: said.set()
    desk.promises("one")
    running = threading.Thread(target=desk.delivery.run, daemon=True)
    running.start()
    assert said.wait(10)
    desk.delivery.stop()
    running.join(10)
    assert desk.provider.keys == ["one"]


def test_what_was_said_is_marked_as_soon_as_there_is_room_for_it(desk: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the provider cannot be asked, it would else be said again."""
    full, real = itertools.repeat(OSError(errno.ENOSPC, "full"), 2), lanes.finish

    def unsure(*given: Any, **how: Any) -> bool:
        for failure in full:
            raise failure
        return real(*given, **how)

    monkeypatch.setattr(lanes, "finish", unsure)
    monkeypatch.setattr(insisting, "AGAIN_S", 0.0)
    desk.provider.tells = False
    desk.promises("one")
    assert desk.drains() == ["one"]
    assert desk.state("one") == Promise.SENT


def test_what_cannot_be_marked_is_left_to_others_once_its_lease_is_over(
    desk: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_given: Any, **_how: Any) -> bool:
        raise OSError(errno.ENOSPC, "full")

    moments = itertools.chain([0] * 3, itertools.count(LEASE, 1))
    desk.delivery.stopwatch = lambda: next(moments)
    monkeypatch.setattr(insisting, "AGAIN_S", 0.0)
    desk.promises("one")
    with monkeypatch.context() as patch:
        patch.setattr(lanes, "finish", fail)
        with pytest.raises(OSError, match="full"):
            desk.delivery.drain()
    desk.waits(LEASE)
    assert desk.drains() == ["one"]
    assert desk.provider.looked_up == ["one"]


def test_a_message_costs_one_transaction_where_there_are_more(chat: Chat, monkeypatch: pytest.MonkeyPatch) -> None:
    """It marks one and claims the next; whether there is one is asked only before the first and after the last."""
    desk = post(chat)
    for number in range(10):
        desk.promises(f"message {number}")
    begun: list[object] = []

    def noting(begin: Callable[[Any], None]) -> Callable[[Any], None]:
        def note(connection: Any) -> None:
            begun.append(connection)
            begin(connection)

        return note

    for engine in (chat.app.database.writer, chat.app.database.reader):
        monkeypatch.setattr(engine.dialect, "do_begin", noting(engine.dialect.do_begin))
    assert len(desk.drains()) == 10
    assert 10 <= len(begun) <= 10 + 3


@pytest.mark.parametrize("what", [RuntimeError("a fault of ours"), OSError(errno.ENOSPC, "full")])
def test_a_claim_that_fails_keeps_back_no_mark(desk: Post, monkeypatch: pytest.MonkeyPatch, what: Exception) -> None:
    real, outcomes = lanes.claim, iter([None, what])

    def unsure(*given: Any, **how: Any) -> Any:
        failure = next(outcomes, None)
        if failure is not None:
            raise failure
        return real(*given, **how)

    monkeypatch.setattr(lanes, "claim", unsure)
    desk.provider.tells = False
    for key in ("one", "two"):
        desk.promises(key)
    assert desk.drains() == ["one", "two"]
    assert (desk.state("one"), desk.row("one").attempt) == (Promise.SENT, 1)


def test_who_is_to_stop_claims_nothing_more(desk: Post) -> None:
    desk.provider.before = lambda _outgoing: desk.delivery.stop()
    for key in ("one", "two"):
        desk.promises(key)
    desk.delivery.run(workers=1)
    assert desk.provider.keys == ["one"]
    assert (desk.state("two"), desk.row("two").attempt, desk.lane().lease_owner) == (Promise.READY, 0, "")


def test_who_was_held_up_while_it_marked_begins_no_send(desk: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    """The lease of what is claimed with a mark is counted from before that transaction."""
    held_up, real, watch = iter([LEASE / 2 + 1]), lanes.finish, {"now": 0.0}

    def slow(*given: Any, **how: Any) -> bool:
        watch["now"] += next(held_up, 0)
        return real(*given, **how)

    monkeypatch.setattr(lanes, "finish", slow)
    desk.delivery.stopwatch = lambda: watch["now"]
    for key in ("one", "two"):
        desk.promises(key)
    assert desk.drains() == ["one"]
    desk.waits(1)
    assert desk.drains() == ["one", "two"]
    assert desk.provider.looked_up == [], "it was given back unsent"
