"""Tells Sentry of our own faults: where in the code, and what the log says of it; secrets and personal data masked."""

from __future__ import annotations

import atexit
import sys
from collections.abc import Callable, MutableMapping
from importlib.metadata import version
from typing import Any, cast

import sentry_sdk
from sentry_sdk.types import Event, Hint

FAREWELL_S = 2


class Faults:
    """A step of the log: an exception that is logged is told, the line goes on as it came.

    ``clean`` takes out of a text what nobody may read. Values of variables are not told.
    """

    def __init__(self, dsn: str, clean: Callable[[str], str]) -> None:
        self.clean = clean
        sentry_sdk.init(
            dsn,
            release=f"huihou@{version('huihou')}",
            before_send=self._cleaned,
            default_integrations=False,
            auto_enabling_integrations=False,
            include_local_variables=False,
            max_breadcrumbs=0,
            server_name="huihou",
        )
        atexit.register(sentry_sdk.flush, FAREWELL_S)

    def __call__(self, _logger: object, _name: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        error = _error(event.get("exc_info"))
        if error is not None:
            with sentry_sdk.new_scope() as scope:
                scope.set_context("log", {key: str(value) for key, value in event.items() if key != "exc_info"})
                sentry_sdk.capture_exception(error)
        return event

    def _cleaned(self, event: Event, _hint: Hint) -> Event:
        return cast("Event", _each_text(event, self.clean))


def _error(told: object) -> BaseException | None:
    """What the log was given, in each of the forms that it takes."""
    if isinstance(told, BaseException):
        return told
    if isinstance(told, tuple):
        return cast("BaseException | None", told[1])
    return sys.exc_info()[1] if told else None


def _each_text(value: object, clean: Callable[[str], str]) -> object:
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, dict):
        return {key: _each_text(one, clean) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_each_text(one, clean) for one in value]
    return value
