"""Figures for Prometheus: what was answered and sent, what stands in the database, and nobody's words."""

from __future__ import annotations

import json
import re
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from prometheus_client import generate_latest
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import update

import messages
from bot import watching
from bot.delivery import Outcome
from bot.metrics import Metrics
from storage import outbox
from storage.lanes import Claimed
from storage.outbox import Promise
from tests.chat import Chat

DOCS = Path(__file__).parents[2] / "docs"


@pytest.fixture
def watched(tmp_path: Path) -> Iterator[Chat]:
    made = Chat(tmp_path, metrics={"port": 1})
    yield made
    made.close()


def figures(chat: Chat) -> dict[str, dict[str, float]]:
    """By name; the labels' values joined by blanks, in their order by name."""
    assert chat.app.metrics is not None
    found: dict[str, dict[str, float]] = {}
    for family in text_string_to_metric_families(generate_latest(chat.app.metrics.registry).decode()):
        for sample in family.samples:
            labels = " ".join(value for name, value in sorted(sample.labels.items()) if name != "le")
            found.setdefault(sample.name, {})[labels] = sample.value
    return found


def test_asks_are_counted_by_how_they_were_answered(watched: Chat) -> None:
    ann = watched.person("Ann")
    ann.says("help")
    ann.says("done T99")
    ann.says("done T99")
    found = figures(watched)
    assert found["huihou_asks_total"] == {"ok console": 1, "refused console": 2}
    assert found["huihou_answer_seconds_count"] == {"console": 3}


def test_a_fault_of_ours_is_a_failure(watched: Chat, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.dispatch.router.answer", lambda *_: 1 / 0)
    watched.person("Ann").says("help")
    assert figures(watched)["huihou_asks_total"] == {"failed console": 1}


@pytest.mark.parametrize(
    ("block", "outcome"),
    [("broken", "failed"), ("full", "failed"), ("locked", "failed"), ("away", "failed"), ("busy", "refused")],
)
def test_what_keeps_the_database_from_answering_is_a_failure(block: str, outcome: str) -> None:
    assert watching.outcome(messages.refuse(f"common/{block}", "en", reference="k3")) == outcome


def test_a_promise_that_takes_minutes_is_told_from_one_that_takes_seconds(watched: Chat) -> None:
    assert watched.app.metrics is not None
    claimed = Claimed("h", "email", 1, "k", "l", None, "", None, "", "", "", 1, 0, 0, "")
    watched.app.metrics.attempted(claimed, Outcome(Promise.SENT), 40)
    said = generate_latest(watched.app.metrics.registry).decode()
    assert 'huihou_promise_seconds_bucket{le="30.0",platform="email"} 0.0' in said
    assert 'huihou_promise_seconds_bucket{le="60.0",platform="email"} 1.0' in said


def test_promises_are_counted_when_they_are_kept_and_while_they_wait(watched: Chat) -> None:
    ann = watched.person("Ann")
    ann.says("help")
    for key in ("one", "two", "three"):
        promise(watched, key)
    row = outbox.outbox
    with watched.app.database.write() as db:
        db.execute(update(row).where(row.c.dedupe_key == "three").values(state=Promise.DEAD))
    waiting = figures(watched)
    assert waiting["huihou_promises"] == {"console ready": 2, "console dead": 1}
    assert waiting["huihou_oldest_due_seconds"][""] > 0
    watched.settle()
    kept = figures(watched)
    assert kept["huihou_promises"] == {"console dead": 1}
    assert kept["huihou_promise_attempts_total"]["sent console"] == 2
    assert kept["huihou_last_tick_timestamp_seconds"][""] == watched.clock.now().timestamp()
    assert kept["huihou_oldest_due_seconds"][""] == 0


def promise(chat: Chat, key: str) -> None:
    said = '{"name": "nudges/due", "locale": "en", "body": "Due"}'
    where = {"lane_key": "room:1", "platform": "console", "interval_ms": 0, "room_id": 1}
    with chat.app.database.write() as db:
        outbox.promise(db, key, payload=said, now_ms=1000, **where)  # type: ignore[arg-type]


def test_a_room_that_stands_still_is_counted(watched: Chat) -> None:
    watched.person("Ann").says("help")
    promise(watched, "one")
    with watched.app.database.write() as db:
        db.execute(update(outbox.lane).values(paused="is_archived"))
    found = figures(watched)
    assert found["huihou_lanes_paused"][""] == 1
    assert found["huihou_oldest_due_seconds"][""] == 0


def test_nobodys_words_are_in_them(watched: Chat) -> None:
    ann = watched.person("Ann Unmistakable")
    ann.says("meeting new Secret Forum end: 8 June 17:00", room="hidden-room")
    watched.settle()
    assert watched.app.metrics is not None
    said = generate_latest(watched.app.metrics.registry).decode()
    assert not re.search("Unmistakable|Secret|hidden", said)


def test_a_provider_that_writes_long_errors_makes_few_labels(watched: Chat) -> None:
    assert watched.app.metrics is not None
    claimed = Claimed("h", "slack", 1, "k", "l", None, "", None, "", "", "", 1, 0, 0, "")
    for number in range(20):
        watched.app.metrics.attempted(claimed, Outcome(Promise.READY, error=f"invalid_blocks: at {number}"), 0.1)
    found = figures(watched)
    assert found["huihou_provider_errors_total"] == {"invalid_blocks slack": 20}
    assert found["huihou_promise_seconds_count"] == {"slack": 20}


def test_they_are_served_at_an_address_of_their_own(watched: Chat) -> None:
    metrics = Metrics(watched.app.database, watched.clock.now)
    server = metrics.serve("127.0.0.1", 0)
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{server.server_port}/metrics", timeout=5) as answer:
            assert b"huihou_lanes_paused 0.0" in answer.read()
    finally:
        server.shutdown()
        server.server_close()


def test_without_a_port_nothing_is_measured(chat: Chat) -> None:
    assert chat.app.metrics is None


def test_dashboard_and_table_name_only_figures_that_there_are(watched: Chat) -> None:
    watched.person("Ann").says("help")
    assert watched.app.metrics is not None
    there = set(re.findall(r"# TYPE (huihou_\w+)", generate_latest(watched.app.metrics.registry).decode()))
    there |= {"huihou_asks_total", "huihou_provider_errors_total", "huihou_promise_attempts_total"}
    dashboard = json.loads((DOCS / "grafana.json").read_text())
    drawn = " ".join(target["expr"] for panel in dashboard["panels"] for target in panel["targets"])
    told = (DOCS / "operating.md").read_text()
    for text in (drawn, told):
        named = {name.removesuffix("_bucket") for name in re.findall(r"huihou_[a-z_]+", text)}
        assert named - there == set()
    assert {name for name in there if name not in told and not name.endswith("_created")} == set()
