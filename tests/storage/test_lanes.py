"""Claims, leases, fencing, pace: who may send what, when."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import closing
from typing import Any

from storage import lanes, outbox
from storage.base import Database
from storage.lanes import LEASE_MS, LONGEST_PATIENCE_MS, Claimed, Elsewhere
from storage.outbox import Promise
from tests.postgres import Server
from tests.storage.conftest import Desk


def test_lanes_are_claimed_together_each_with_its_head(desk: Desk) -> None:
    for lane in "abc":
        desk.promise(lane, f"{lane}1")
        desk.promise(lane, f"{lane}2")
    assert desk.claimed() == ["a1", "b1", "c1"]


def test_no_more_lanes_than_asked_for(desk: Desk) -> None:
    for lane in "abc":
        desk.promise(lane, lane)
    assert len(desk.claim(most=2)) == 2
    assert len(desk.claim(most=2)) == 1


def test_only_the_platforms_that_are_on_are_claimed(desk: Desk, database: Database) -> None:
    desk.promise("a", "one", platform="slack")
    assert desk.claimed(platforms=("web", "console")) == []
    with database.read() as db:
        assert not lanes.due(db, now_ms=desk.now, platforms=["web"])
        assert lanes.due(db, now_ms=desk.now, platforms=["slack"])
    (claimed,) = desk.claim(platforms=("slack",))
    assert (claimed.key, claimed.platform) == ("one", "slack")


def test_rooms_in_which_only_another_process_can_speak_are_left_to_it(desk: Desk, database: Database) -> None:
    _, (bot, group, user, odd) = desk.workspace("main", "bot:li", "group:1", "user:li", "botx:li")
    _, (others,) = desk.workspace("wecom:bridges", "bot:li")
    for room in (bot, group, user, odd, others):
        desk.promise(f"room:{room}", f"{room}")
    elsewhere = Elsewhere("web", ("main",), ("bot:", "group:"))
    assert desk.claimed(elsewhere=elsewhere) == sorted([f"{user}", f"{odd}", f"{others}"])
    with database.read() as db:
        assert not lanes.due(db, now_ms=desk.now, platforms=["web"], elsewhere=elsewhere)
        assert lanes.due(db, now_ms=desk.now, platforms=["web"])
    assert desk.claimed(elsewhere=Elsewhere("slack", ("main",), ("bot:",))) == sorted([f"{bot}", f"{group}"])


def test_what_was_heard_in_such_a_room_is_left_to_the_same_process(desk: Desk) -> None:
    _, (bot, user) = desk.workspace("main", "bot:li", "user:li")
    for room in (bot, user):
        desk.promise(f"in:{room}", f"heard {room}")
    assert desk.claimed(elsewhere=Elsewhere("web", ("main",), ("bot:",))) == [f"heard {user}"]
    assert desk.claimed() == [f"heard {bot}"]


def test_a_lost_lease_is_taken_over_and_the_late_worker_changes_nothing(desk: Desk) -> None:
    desk.promise("a", "one")
    (late,) = desk.claim()
    desk.now += LEASE_MS - 1
    assert desk.claim() == []
    desk.now += 1
    (heir,) = desk.claim()
    assert (heir.key, heir.attempt, heir.tried_ms) == ("one", 2, late.tried_ms)
    assert not desk.finish(late, provider_id="late")
    assert desk.state("one") == Promise.SENDING
    assert desk.lane("a").lease_owner == heir.holder
    assert desk.finish(heir, provider_id="heir")
    assert desk.row("one").provider_id == "heir"


def test_who_gave_an_attempt_back_cannot_do_so_again_when_another_has_it_under_the_same_number(
    desk: Desk,
) -> None:
    """The mark was written, but the word of that was lost on the way."""
    desk.promise("a", "one")
    (first,) = desk.claim()
    assert desk.finish(first, Promise.READY, counted=False)
    (heir,) = desk.claim()
    assert heir.attempt == first.attempt
    assert not desk.finish(first, Promise.READY, counted=False)
    assert (desk.state("one"), desk.lane("a").lease_owner) == (Promise.SENDING, heir.holder)
    assert desk.finish(heir)


def test_a_renewed_lease_holds(desk: Desk, database: Database) -> None:
    desk.promise("a", "one")
    (claimed,) = desk.claim()
    for _ in range(3):
        desk.now += LEASE_MS - 1
        with database.write() as db:
            assert lanes.renew(db, claimed, now_ms=desk.now)
        assert desk.claim() == []
    desk.now += LEASE_MS
    assert desk.claimed() == ["one"]
    with database.write() as db:
        assert not lanes.renew(db, claimed, now_ms=desk.now)


def test_the_next_message_waits_for_the_interval_counted_from_the_end_of_the_send(desk: Desk) -> None:
    for key in ("one", "two"):
        desk.promise("a", key, interval_ms=3000)
    (first,) = desk.claim()
    desk.now += 10_000
    desk.finish(first)
    desk.now += 2999
    assert desk.claimed() == []
    desk.promise("a", "three", interval_ms=3000)
    assert desk.claimed() == [], "a new message does not wake a lane before it is free"
    desk.now += 1
    assert desk.claimed() == ["two"]


def test_patience_holds_the_whole_lane_and_gives_the_attempt_back(desk: Desk) -> None:
    for key in ("one", "two"):
        desk.promise("a", key)
    (first,) = desk.claim()
    desk.finish(first, Promise.READY, wait_ms=20_000, counted=False)
    desk.now += 19_999
    assert desk.claimed() == []
    desk.now += 1
    (again,) = desk.claim()
    assert (again.key, again.attempt, again.tried_ms) == ("one", 1, desk.now)


def test_nobody_asks_for_more_patience_than_an_hour(desk: Desk) -> None:
    desk.promise("a", "one")
    desk.finish(desk.claim()[0], Promise.READY, wait_ms=10 * LONGEST_PATIENCE_MS)
    desk.now += LONGEST_PATIENCE_MS
    assert desk.claimed() == ["one"]


def test_an_attempt_that_failed_counts_and_blocks_the_lane_until_it_is_tried_again(desk: Desk) -> None:
    for key in ("one", "two"):
        desk.promise("a", key)
    first = desk.claim()[0]
    desk.finish(first, Promise.READY, error="URLError", wait_ms=4000)
    desk.now += 4000
    (again,) = desk.claim()
    assert (again.key, again.attempt, again.error, again.tried_ms) == ("one", 2, "URLError", first.tried_ms)


def test_a_paused_lane_waits_with_its_reason_and_the_others_go_on(desk: Desk) -> None:
    for lane in "ab":
        desk.promise(lane, lane)
    first, _ = sorted(desk.claim(), key=lambda one: one.lane)
    desk.finish(first, Promise.READY, counted=False, paused="not_in_channel")
    desk.promise("a", "more")
    desk.promise("b", "more of b")
    desk.now += LONGEST_PATIENCE_MS
    assert "a" not in {claimed.lane for claimed in desk.claim()}
    assert desk.lane("a").paused == "not_in_channel"


def test_a_lane_whose_messages_are_all_gone_is_given_back_and_sleeps(desk: Desk, database: Database) -> None:
    desk.promise("a", "one")
    desk.finish(desk.claim()[0])
    assert desk.lane("a").wake_at is None
    desk.promise("a", "one")  # wakes the lane, adds nothing
    assert desk.claim() == []
    assert (desk.lane("a").wake_at, desk.lane("a").lease_owner) == (None, "")
    with database.read() as db:
        assert not lanes.due(db, now_ms=desk.now, platforms=["web"])


def test_other_words_are_kept_only_by_who_holds_the_promise(desk: Desk, database: Database) -> None:
    desk.promise("a", "one")
    (late,) = desk.claim()
    desk.now += LEASE_MS
    (heir,) = desk.claim()
    with database.write() as db:
        lanes.reword(db, heir, "heir")
        lanes.reword(db, late, "late")
    assert desk.row("one").payload == "heir"
    assert not desk.finish(late, words="late")
    assert desk.row("one").payload == "heir"
    assert desk.finish(heir, words="")
    assert desk.row("one").payload == ""


def test_what_waits_for_a_clock_that_was_put_back_waits_no_longer(desk: Desk, database: Database) -> None:
    day = 24 * 3_600_000
    desk.promise("fine", "fine", interval_ms=1000)
    desk.promise("planned", "planned", not_before=desk.now + 3 * day)
    desk.now += 10 * day
    desk.promise("a", "one", interval_ms=60_000)
    desk.promise("b", "two")
    desk.finish(next(one for one in desk.claim() if one.key == "one"))  # "two" stays leased, "a" is free in a minute
    desk.promise("a", "three")
    desk.now -= 10 * day
    assert desk.claim(holder="nobody") == []
    with database.write() as db:
        assert lanes.set_right(db, now_ms=desk.now) > 0
    assert "three" in desk.claimed()
    desk.now += LEASE_MS
    assert "two" in desk.claimed()
    assert desk.state("planned") == Promise.SENDING  # it was claimed while the clock was ahead


def test_what_is_planned_for_next_week_stays_planned_when_clocks_are_set_right(desk: Desk, database: Database) -> None:
    week = 7 * 24 * 3_600_000
    desk.promise("a", "planned", not_before=desk.now + week)
    with database.write() as db:
        lanes.set_right(db, now_ms=desk.now)
    assert desk.claimed() == []
    desk.now += week
    assert desk.claimed() == ["planned"]


def test_what_is_promised_while_clocks_are_set_right_wakes_its_room(postgres: Server) -> None:
    """A room in which something waits for the morning; somebody is just promising it something for now."""
    with closing(Database(postgres.fresh())) as database, ThreadPoolExecutor(1) as other:
        desk = Desk(database)
        desk.promise("a", "for the morning", not_before=desk.now + 12 * 3_600_000)
        with database.write() as db:
            said = "say it"
            outbox.promise(db, "for now", lane_key="a", platform="web", interval_ms=0, payload=said, now_ms=desk.now)
            setting_right = other.submit(_set_right, database, desk.now)
            wait([setting_right], timeout=1)
        setting_right.result()
        assert desk.claimed() == ["for now"]


def _set_right(database: Database, now_ms: int) -> None:
    with database.write() as db:
        lanes.set_right(db, now_ms=now_ms)


def test_many_workers_at_once_claim_every_promise_once_and_in_order(desk: Desk, database: Database) -> None:
    for number in range(60):
        desk.promise(f"lane-{number % 5}", f"{number:02}")
    said: list[Claimed] = []
    noting = threading.Lock()

    def work(name: str) -> None:
        for turn in range(200):
            with database.write() as db:
                found = lanes.claim(db, holder=f"{name}-{turn}", now_ms=desk.now, platforms=["web"], most=2)
            for claimed in found:
                with noting:
                    said.append(claimed)
                with database.write() as db:
                    assert lanes.finish(db, claimed, now_ms=desk.now, state=Promise.SENT)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(work, "abcd"))
    once_and_in_order(said)


def test_many_workers_mark_one_and_claim_the_next_in_one_transaction(desk: Desk, database: Database) -> None:
    """While somebody promises more, to several lanes at a time."""
    said: list[Claimed] = []
    noting = threading.Lock()

    def promise() -> None:
        for number in range(0, 60, 5):
            with database.write() as db:
                for at in range(5):
                    what: dict[str, Any] = {"lane_key": f"lane-{at}", "platform": "web", "payload": "said"}
                    outbox.promise(db, f"{number + at:02}", interval_ms=0, now_ms=desk.now, **what)

    def work(name: str) -> None:
        held: list[Claimed] = []
        for turn in range(5000):
            with database.write_prepared() as db:
                assert all(lanes.finish(db, one, now_ms=desk.now, state=Promise.SENT) for one in held)
                held = lanes.claim(db, holder=f"{name}-{turn}", now_ms=desk.now, platforms=["web"])
            with noting:
                said.extend(held)
            if len(said) == 60 and not held:
                break

    with ThreadPoolExecutor(5) as pool:
        promising = pool.submit(promise)
        list(pool.map(work, "abcd"))
    promising.result()
    once_and_in_order(said)


def once_and_in_order(said: Sequence[Claimed]) -> None:
    assert sorted(one.key for one in said) == [f"{number:02}" for number in range(60)]
    for lane in {one.lane for one in said}:
        keys = [one.key for one in said if one.lane == lane]
        assert keys == sorted(keys)
    assert {one.attempt for one in said} == {1}
