"""Processes that begin within milliseconds: each is forked from one that has loaded the bot and done nothing yet."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerProcess
from typing import Any

_context = multiprocessing.get_context("forkserver")
_context.set_forkserver_preload(["pytest", "tests.faults.driver", "tests.faults.replica", "tests.faults.provider"])


def start(target: Callable[..., None], *given: Any) -> tuple[ForkServerProcess, Connection]:
    """A process that runs ``target(connection, *given)``, and the other end of its connection."""
    here, there = _context.Pipe()
    process = _context.Process(target=target, args=(there, *given), daemon=True)
    process.start()
    there.close()
    return process, here
