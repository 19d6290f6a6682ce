"""What templates of letters may do with a fact."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import wraps
from typing import Any

from babel.dates import format_date
from babel.numbers import format_decimal
from jinja2 import pass_context
from jinja2.runtime import Context

from messages.filters import tongue
from messages.letters.values import Unknown

_ORDINAL = re.compile(
    r"(?:\d+(?:st|nd|rd|th)|first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth)\b", re.IGNORECASE
)
_DATE = {"zh_CN": "y年M月d日", "en": "d MMMM y"}
_COMMA = {"zh_CN": "、", "en": ", "}
_STOP = {"zh_CN": "。", "en": "."}
_ENDS = "。！？…．.!?"
_LOOSE = "。；，、．.;, "
MOST = 20_000
"""Characters that come of one fact."""


def day(value: Any, locale: str) -> str:
    """2025年3月8日 · 8 March 2025, of a day as ISO 8601 writes it; anything else stays as it is."""
    try:
        return format_date(date.fromisoformat(str(value)), _DATE[locale], locale=tongue(locale))
    except ValueError:
        return shown(value, locale)


def number(value: Any, locale: str) -> str:
    """1,234.5 in the letter's language; what is no number stays as it is."""
    try:
        amount = Decimal(str(value))
    except InvalidOperation:
        return shown(value, locale)
    plain = amount.is_finite() and abs(amount.adjusted()) < 30  # noqa: PLR2004  no quantity of anything is longer
    return format_decimal(amount, locale=tongue(locale)) if plain else shown(value, locale)


def shown(value: Any, locale: str) -> str:
    """What a letter prints of a fact: a list with commas, nothing of a record."""
    if isinstance(value, list):
        return _COMMA[locale].join(shown(one, locale) for one in value)[:MOST]
    return "" if isinstance(value, dict) else str(value)


def clause(value: Any, locale: str) -> str:
    """Without the stop at its end, to stand within a sentence."""
    return shown(value, locale).rstrip(_LOOSE)


def sentence(value: Any, locale: str) -> str:
    """With a stop at its end, if it has none."""
    text = shown(value, locale).rstrip("；，、;, ")
    return text if text.endswith(tuple(_ENDS)) else text + _STOP[locale]


def join(value: Any, locale: str, between: str | None = None) -> str:
    """A list in one line, with commas of the letter's language or with what is given."""
    if not isinstance(value, list):
        return shown(value, locale)
    return (_COMMA[locale] if between is None else str(between)).join(shown(one, locale) for one in value)[:MOST]


def short(value: Any, locale: str, length: int = 60) -> str:
    """Its beginning."""
    text, most = shown(value, locale), max(1, int(length)) if str(length).isdecimal() else MOST
    return text if len(text) <= most else text[: most - 1] + "…"


def the(value: Any, locale: str) -> str:
    """With its article in English, where the name begins with a number: the 8th Annual Conference."""
    text = shown(value, locale)
    return f"the {text}" if locale == "en" and _ORDINAL.match(text) else text


def first(value: Any, _: str) -> Any:
    return value[0] if isinstance(value, list) and value else value


def last(value: Any, _: str) -> Any:
    return value[-1] if isinstance(value, list) and value else value


def count(value: Any, _: str) -> int:
    """Entries of a list; one for anything else."""
    return len(value) if isinstance(value, list) else 1


def _as_filter(do: Callable[..., Any]) -> Callable[..., Any]:
    """What is unknown stays unknown, whatever is done with it."""

    @pass_context
    @wraps(do)
    def applied(context: Context, value: Any, *given: Any) -> Any:
        return value if isinstance(value, Unknown) else do(value, context["locale"], *given)

    return applied


_DOING: Mapping[str, Callable[..., Any]] = {
    "date": day,
    "number": number,
    "sentence": sentence,
    "clause": clause,
    "join": join,
    "the": the,
    "short": short,
    "first": first,
    "last": last,
    "count": count,
    "upper": lambda value, locale: shown(value, locale).upper(),
    "lower": lambda value, locale: shown(value, locale).lower(),
    "capitalize": lambda value, locale: shown(value, locale).capitalize(),
}
FILTERS: Mapping[str, Callable[..., Any]] = {name: _as_filter(do) for name, do in _DOING.items()}
