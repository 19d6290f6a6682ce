"""Logs: key=value for people at a terminal, JSON for machines; secrets and personal data never stand in them."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable, Iterable, MutableMapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

import structlog

from bot import settings
from bot.masking import masked

if TYPE_CHECKING:
    from structlog.typing import Processor

    from storage.base import Database

WARNING = logging.WARNING
SHORTEST = 4
"""A shorter secret is none, and taking it out would garble every line."""
OURS = frozenset({"timestamp", "level"})
"""What the log itself writes."""
QUIET = ("apscheduler", "alembic", "uvicorn", "sqlalchemy", "storage.turns", "websockets")
"""They tell at length what is of use to their own authors; warnings come through."""


def configure(
    *,
    secrets: Iterable[str] = (),
    level: int = logging.INFO,
    json: bool | None = None,
    told: Sequence[Processor] = (),
) -> None:
    """Everything goes to standard error. ``json`` is decided by whether that is a terminal, unless it is given.

    ``told`` see each of our own lines before it is written, with its exception.
    """
    as_json = not sys.stderr.isatty() if json is None else json
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
    ]
    draw: Processor = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if as_json
        else structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                partial(_blank, Cleaner(secrets)),
                draw,
            ],
        )
    )
    logging.basicConfig(handlers=[handler], level=level, force=True)
    for name in QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *told,
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=False,
    )


def _blank(
    clean: Callable[[str], str], _logger: object, _name: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """Cleans every value, wherever secrets and personal data have crept in."""
    for key, value in event.items():
        if key not in OURS and not isinstance(value, bool | int | float | None):
            said = str(value)
            cleaned = clean(said)
            event[key] = value if cleaned == said else cleaned
    return event


class Cleaner:
    """Takes secrets and personal data out of a text."""

    def __init__(self, secrets: Iterable[str]) -> None:
        self.secrets = [secret for secret in secrets if len(secret) >= SHORTEST]

    def __call__(self, said: str) -> str:
        for secret in self.secrets:
            said = said.replace(secret, "…")
        return masked(said)


def secrets_of(wanted: settings.Settings, database: Database) -> list[str]:
    """What must not be logged, whatever goes wrong."""
    return [*settings.secrets(wanted), str(database.url.password or "")]
