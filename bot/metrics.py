"""What an operator's Prometheus reads: asks, promises, nudges and ticks in figures; nobody's words."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, start_http_server
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from bot import watching
from storage import standing

if TYPE_CHECKING:
    from wsgiref.simple_server import WSGIServer

    from prometheus_client.metrics_core import Metric

    from bot.ask import Ask
    from bot.delivery import Outcome
    from messages import Message
    from storage.base import Database
    from storage.lanes import Claimed

SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
"""Upper bounds of the histogram of answers: chat programs wait three seconds at most."""
LONG_SECONDS = (*SECONDS, 30, 60, 300)
"""The same of promises: mail, and what is done here, may take as long as that."""
LATELY = timedelta(days=1)
"""So far back nudges are counted: a Prometheus that starts anew then still sees a working day."""


class Metrics:
    """Of one process. What stands in the database is asked for when somebody reads, and is the same in every one."""

    def __init__(self, database: Database, now: Callable[[], datetime]) -> None:
        self.registry = CollectorRegistry()
        self.now = now
        self._asks = Counter(
            "huihou_asks", "Asks, by how they were answered.", ["platform", "outcome"], registry=self.registry
        )
        self._seconds = Histogram(
            "huihou_answer_seconds", "How long an answer took.", ["platform"], buckets=SECONDS, registry=self.registry
        )
        self._attempts = Counter(
            "huihou_promise_attempts", "Promises in hand, by outcome.", ["platform", "outcome"], registry=self.registry
        )
        self._kept = Histogram(
            "huihou_promise_seconds",
            "How long a promise was in hand.",
            ["platform"],
            buckets=LONG_SECONDS,
            registry=self.registry,
        )
        self._errors = Counter(
            "huihou_provider_errors",
            "What providers answered.",
            ["platform", "error"],
            registry=self.registry,
        )
        self._tick = Gauge(
            "huihou_last_tick_timestamp_seconds", "When this process last looked for due work.", registry=self.registry
        )
        self._tick_seconds = Gauge(
            "huihou_last_tick_seconds", "How long the last look for due work took.", registry=self.registry
        )
        self.ticked(0)  # a process that has just begun is not late
        self.registry.register(_Standing(database, now))

    def answered(self, ask: Ask, answer: Message, seconds: float) -> None:
        self._asks.labels(ask.platform, watching.outcome(answer)).inc()
        self._seconds.labels(ask.platform).observe(seconds)

    def attempted(self, claimed: Claimed, outcome: Outcome, seconds: float) -> None:
        what = "paused" if outcome.paused else outcome.state.name.lower()
        self._attempts.labels(claimed.platform, what).inc()
        self._kept.labels(claimed.platform).observe(seconds)
        if outcome.error and (outcome.counted or outcome.paused):
            self._errors.labels(claimed.platform, _word(outcome.error)).inc()

    def ticked(self, seconds: float) -> None:
        self._tick_seconds.set(seconds)
        self._tick.set(self.now().timestamp())

    def serve(self, host: str, port: int) -> WSGIServer:
        """To whoever asks at that address, until ``shutdown``. Raises ``OSError`` where it cannot be had."""
        return start_http_server(port, host, registry=self.registry)[0]


def _word(error: str) -> str:
    """A provider's word for what went wrong, without what comes behind it: labels must stay few."""
    first = error.split(maxsplit=1)[0] if error.split() else error
    return first.strip(":;,.")[:60]


@dataclass(frozen=True, eq=False)
class _Standing(Collector):
    """What stands in the database, asked for at each reading."""

    database: Database
    now: Callable[[], datetime]

    def collect(self) -> Iterator[Metric]:
        now = self.now()
        with self.database.read() as db:
            found = standing.standing(db, now_ms=int(now.timestamp() * 1000), since=now - LATELY)
        promises = GaugeMetricFamily("huihou_promises", "Promises in the outbox.", labels=["platform", "state"])
        for (platform, state), count in found.promises.items():
            promises.add_metric([platform, state], count)
        nudges = GaugeMetricFamily("huihou_nudges_last_day", "Nudges of the last day.", labels=["state"])
        for state, count in found.nudges.items():
            nudges.add_metric([state], count)
        yield promises
        yield nudges
        yield GaugeMetricFamily("huihou_lanes_paused", "Rooms in which the bot stands still.", value=found.paused)
        yield GaugeMetricFamily("huihou_oldest_due_seconds", "Age of the oldest promise due.", value=found.oldest_s)
