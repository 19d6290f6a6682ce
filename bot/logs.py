"""Logs: key=value for people at a terminal, JSON for machines; secrets and personal data never stand in them."""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterable, MutableMapping
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


def configure(*, secrets: Iterable[str] = (), level: int = logging.INFO, json: bool | None = None) -> None:
    """Everything goes to standard error. ``json`` is decided by whether that is a terminal, unless it is given."""
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
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, _Blank(secrets), draw],
        )
    )
    logging.basicConfig(handlers=[handler], level=level, force=True)
    for name in QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=False,
    )


class _Blank:
    """Takes secrets and personal data out of every value, wherever they have crept in."""

    def __init__(self, secrets: Iterable[str]) -> None:
        self.secrets = [secret for secret in secrets if len(secret) >= SHORTEST]

    def __call__(self, _logger: object, _name: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        for key, value in event.items():
            if key not in OURS and not isinstance(value, bool | int | float | None):
                said = str(value)
                clean = self._clean(said)
                event[key] = value if clean == said else clean
        return event

    def _clean(self, said: str) -> str:
        for secret in self.secrets:
            said = said.replace(secret, "…")
        return masked(said)


def secrets_of(wanted: settings.Settings, database: Database) -> list[str]:
    """What must not be logged, whatever goes wrong."""
    return [*settings.secrets(wanted), str(database.url.password or "")]
