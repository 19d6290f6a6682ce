"""Web pages: the same words and filters as messages, as plain text that is HTML-escaped where it is printed."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from functools import cache
from typing import Any

from babel.lists import format_list
from jinja2 import Environment, PackageLoader, StrictUndefined, pass_context
from jinja2.runtime import Context
from markupsafe import Markup

from messages import catalog, markdown
from messages.filters import FILTERS, tongue

_AWAY = '<a target="_blank" rel="noopener noreferrer" href='


@pass_context
def _translate(context: Context, text: str, /, **facts: object) -> str:
    """``_("{title} is done", title=task.title)``: nothing is escaped here, everything where it is printed."""
    return _fill(catalog.translations(context["locale"]).gettext(text), facts)


@pass_context
def _translate_many(context: Context, one: str, many: str, n: int, /, **facts: object) -> str:
    return _fill(catalog.translations(context["locale"]).ngettext(one, many, n), {"n": n, **facts})


def _fill(text: str, facts: dict[str, object]) -> str:
    return text.format_map(facts) if facts else text


@pass_context
def _term(context: Context, value: StrEnum | str, kind: str = "") -> str:
    """The reader's word for a state, a role, a priority…, without the markdown it may be written in."""
    kind = kind or type(value).__name__.lower()
    facts = {"locale": context["locale"], "zone": context["zone"]}
    return markdown.plain(catalog.render(catalog.TERMS, f"{kind}_{value}", facts))


@pass_context
def _listed(context: Context, values: Iterable[object]) -> str:
    return format_list([str(value) for value in values], locale=tongue(context["locale"]))


def _html(text: str) -> Markup:
    """A message's markdown, which was escaped when it was written, as HTML."""
    return Markup(markdown.html(text).replace("<a href=", _AWAY))  # noqa: S704  the parser passes no raw HTML  # nosec B704


def _print(value: object) -> object:
    """What has been made HTML stays as it is; any other text is read in the direction of its letters."""
    if isinstance(value, str) and not isinstance(value, Markup):
        return markdown.straight(value)
    return "" if value is None else value


@cache
def environment() -> Environment:
    env = Environment(
        autoescape=True,
        loader=PackageLoader("messages", "."),
        undefined=StrictUndefined,
        finalize=_print,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    words: dict[str, Any] = {"listed": _listed, "markdown": _html, "plain": markdown.plain}
    env.filters.update({**FILTERS, **words})
    env.globals.update(_=_translate, ngettext=_translate_many, term=_term)
    return env
