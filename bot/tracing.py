"""Tells a collector that speaks OpenTelemetry what was done and how long it took; nobody's words.

A span is made once its work is over: the parts that do the work know nothing of it.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from importlib.metadata import version
from typing import TYPE_CHECKING

from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import Status, StatusCode

from bot import watching

if TYPE_CHECKING:
    from bot.ask import Ask
    from bot.delivery import Outcome
    from messages import Message
    from storage.lanes import Claimed

PATIENCE_S = 5
"""For one batch; what cannot be told in time is left out, nobody waits for it."""


class Traces:
    """``endpoint`` takes OTLP over HTTP, such as ``http://127.0.0.1:4318/v1/traces``."""

    def __init__(self, endpoint: str) -> None:
        resource = Resource.create({"service.name": "huihou", "service.version": version("huihou")})
        self._provider = TracerProvider(resource=resource)
        self._provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(endpoint, timeout=PATIENCE_S)))
        self._tracer = self._provider.get_tracer("huihou")

    def answered(self, ask: Ask, answer: Message, seconds: float) -> None:
        found = watching.outcome(answer)
        told = {"platform": ask.platform, "message": answer.name, "outcome": found}
        self._tell("answer", seconds, told, failed=found == "failed")

    def attempted(self, claimed: Claimed, outcome: Outcome, seconds: float) -> None:
        state = "paused" if outcome.paused else outcome.state.name.lower()
        told: dict[str, str | int] = {"platform": claimed.platform, "outcome": state, "attempt": claimed.attempt}
        self._tell("promise", seconds, told, failed=bool(outcome.error))

    def ticked(self, seconds: float) -> None:
        self._tell("tick", seconds, {}, failed=False)

    def close(self) -> None:
        """Tell what has not been told yet."""
        self._provider.shutdown()

    def _tell(self, name: str, seconds: float, told: Mapping[str, str | int], *, failed: bool) -> None:
        end = time.time_ns()
        facts = {f"huihou.{key}": value for key, value in told.items()}
        span = self._tracer.start_span(name, start_time=end - int(seconds * 1e9), attributes=facts)
        if failed:
            span.set_status(Status(StatusCode.ERROR))
        span.end(end)
