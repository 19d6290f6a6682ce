"""How people can be reached, as it may be shown where others read. Pure."""

from __future__ import annotations

_LONG_ENOUGH = 8
"""Characters of a number of which something may stay to be seen."""


def masked(field: str, value: str) -> str:
    """138****0005, l***@example.org; what is neither a ``phone``, a ``mobile`` nor an ``email`` as it is."""
    if field in {"phone", "mobile"}:
        return f"{value[:3]}****{value[-4:]}" if len(value) > _LONG_ENOUGH else "****" if value else ""
    if field == "email" and value:
        before, at, behind = value.partition("@")
        return f"{before[:1]}***{at}{behind}"
    return value
