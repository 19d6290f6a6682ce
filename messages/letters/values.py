"""Facts as templates see them: plain text on one line, numbers, lists and records; what is not known is unknown."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from jinja2 import Undefined

from messages.papers.form import plain

MARK, PARTED, TABLE, DROP = "\ufdd0", "\ufdd1", "\ufdd2", "\ufdd3"
"""Around the name of a field without a value · between paragraphs · the table · where something is filled in.

No fact and no template has these characters."""


class Record(dict[str, Any]):
    """A fact with parts; ``path`` is the name of its field."""

    def __init__(self, path: str, parts: Mapping[str, Any]) -> None:
        super().__init__(parts)
        self.path = path


class Unknown(Undefined):
    """A field without a value: false in conditions, unequal to everything, and printed as its name between ``MARK``."""

    @property
    def field(self) -> str:
        return str(self._undefined_name)

    def part(self, name: str) -> Unknown:
        return Unknown(name=f"{self.field}.{name}")

    def __str__(self) -> str:
        return f"{MARK}{self.field}{MARK}"

    def __iter__(self) -> Iterator[Any]:
        yield _Entry(name=self.field)

    def _never(self, _: object) -> bool:
        return False

    __eq__ = __ne__ = __lt__ = __le__ = __gt__ = __ge__ = __contains__ = _never  # type: ignore[assignment]
    __hash__ = Undefined.__hash__


class _Entry(Unknown):
    """The one entry of a list that is not there: its parts are as unknown as the list."""

    def part(self, _: str) -> Unknown:
        return self


def wrapped(value: Any, path: str = "") -> Any:
    """The fact as templates may see it; None for what says nothing."""
    if isinstance(value, str):
        return plain(value) or None
    if isinstance(value, Mapping):
        return Record(path, _known({str(name): wrapped(one, _below(path, str(name))) for name, one in value.items()}))
    if isinstance(value, list | tuple):
        return [one for one in (wrapped(entry, path) for entry in value) if one is not None] or None
    return value


def _below(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


def _known(parts: Mapping[str, Any]) -> dict[str, Any]:
    return {name: one for name, one in parts.items() if one is not None}
