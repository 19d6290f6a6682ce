"""Looks on while junk comes in: what was answered, what went to the log, and how much memory it took."""

from __future__ import annotations

import ctypes
import logging
import os
from collections.abc import Callable, Iterator, MutableMapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

import structlog

from tests.security.junk import Junk

TOLD_TOO_MUCH = ("Traceback (most recent", "site-packages", 'File "/', "sqlalchemy.exc")
PAGE = os.sysconf("SC_PAGE_SIZE")
Throw = Callable[[Junk], tuple[int, str]]
"""Throws one piece of junk at a way in; the HTTP status (0 where there is none) and all that was answered."""
Thrown = Callable[[], tuple[int, str]]
"""The same with the junk in it."""


@dataclass
class Tally:
    name: str
    inputs: int = 0
    refused: int = 0
    broken: list[int] = field(default_factory=list)
    logged: list[int] = field(default_factory=list)
    leaked: list[int] = field(default_factory=list)
    grown: float = 0.0
    why: dict[int, str] = field(default_factory=dict)

    @property
    def good(self) -> bool:
        return not (self.broken or self.logged or self.leaked)

    def row(self) -> str:
        figures = (
            self.inputs,
            self.refused,
            len(self.broken),
            len(self.logged),
            len(self.leaked),
            f"{self.grown:.0f} MB",
        )
        return (
            f"| {self.name} | "
            + " | ".join(f"{figure:,}" if isinstance(figure, int) else figure for figure in figures)
            + " |"
        )


HEAD = (
    "| Way in | Inputs | Refused | 5xx or raised | Tracebacks | Told too much | Memory |\n|---|---|---|---|---|---|---|"
)


class _Ear(logging.Handler):
    """What libraries log as errors."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.heard: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.heard.append(self.format(record))


@contextmanager
def _listening() -> Iterator[list[str]]:
    """Tracebacks, and errors of libraries, as they are logged."""
    ear, before = _Ear(), structlog.get_config()

    def note(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> str:
        if event.get("exc_info"):
            made = structlog.processors.format_exc_info(None, "", {"exc_info": event["exc_info"]})
            ear.heard.append(f"{event['event']} {made.get('exception', '')}")
        raise structlog.DropEvent

    structlog.configure(processors=[note], cache_logger_on_first_use=False)
    logging.getLogger().addHandler(ear)
    try:
        yield ear.heard
    finally:
        logging.getLogger().removeHandler(ear)
        structlog.configure(**before)


def fuzz(name: str, throw: Throw, *, inputs: int, seed: int, secrets: tuple[str, ...] = ()) -> Tally:
    """Every piece by its number: ``Random(f"{seed}:{number}")`` makes it again."""
    tally = Tally(name)
    with watched(tally, expected=inputs, secrets=secrets) as watch:
        for number in range(inputs):
            watch(lambda number=number: throw(Junk(Random(f"{seed}:{number}"))))  # type: ignore[misc]  # noqa: S311  junk, no secret
    return tally


@contextmanager
def watched(tally: Tally, *, expected: int, secrets: tuple[str, ...] = ()) -> Iterator[Callable[[Thrown], None]]:
    """What is thrown meanwhile, about as often as ``expected``, is counted and judged."""
    base = 0
    with _listening() as heard:

        def watch(thrown: Thrown) -> None:
            nonlocal base
            number = tally.inputs
            try:
                status, told = thrown()
            except Exception as error:  # noqa: BLE001  that is what is looked for
                status, told = 599, ""
                tally.why.setdefault(number, _told(error))
            _judge(tally, number, status=status, told=told, heard=heard, secrets=secrets)
            heard.clear()
            if number == expected // 3:
                base = _memory()

        yield watch
    tally.grown = max(0, _memory() - base) / 1e6


def _judge(tally: Tally, number: int, *, status: int, told: str, heard: list[str], secrets: tuple[str, ...]) -> None:
    tally.inputs += 1
    tally.refused += 400 <= status < 500
    if status >= 500:
        tally.broken.append(number)
        tally.why.setdefault(number, f"{status} {told[:200]}")
    if heard:
        tally.logged.append(number)
        tally.why[number] = heard[0][-1500:]
    if any(word in told for word in (*TOLD_TOO_MUCH, *secrets)):
        tally.leaked.append(number)
        tally.why.setdefault(number, told[:300])


def _told(error: Exception) -> str:
    trace = error.__traceback__
    places = []
    while trace is not None:
        places.append(f"{Path(trace.tb_frame.f_code.co_filename).name}:{trace.tb_lineno}")
        trace = trace.tb_next
    return f"{type(error).__name__} {str(error)[:200]} {' '.join(places[-6:])}"


def _memory() -> int:
    """Bytes that are in memory now; what the C library only keeps for later it gives back before."""
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).malloc_trim(0)
    return int(Path("/proc/self/statm").read_text().split()[1]) * PAGE
