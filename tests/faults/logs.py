"""What the bots of the suite log, in a file beside what they have done: without drawings, which take a second each."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

import structlog


def into(file: Path) -> None:
    stream = file.open("a", buffering=1)
    logging.basicConfig(stream=stream)
    plain = structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback)
    stamped = structlog.processors.TimeStamper("iso", utc=True)
    processors: list[Any] = [structlog.processors.add_log_level, stamped, plain]
    structlog.configure(processors=processors, logger_factory=structlog.PrintLoggerFactory(stream))
