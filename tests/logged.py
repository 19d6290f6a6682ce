"""Logging as tests have it, to which whoever has set it up otherwise puts it back."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager

import structlog


def plainly() -> None:
    """Plain tracebacks: the default ones draw every local variable, at a second each."""
    structlog.reset_defaults()
    structlog.configure(processors=[structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)])


@contextmanager
def put_back() -> Iterator[None]:
    root = logging.getLogger()
    before = root.handlers[:], root.level
    try:
        yield
    finally:
        root.handlers[:], level = before
        root.setLevel(level)
        plainly()
