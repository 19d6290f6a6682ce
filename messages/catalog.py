"""The template environment: strict, escaped, and translated through gettext catalogs."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from functools import cache
from gettext import NullTranslations
from importlib.resources import files
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined, pass_context
from jinja2.runtime import Context

from messages.filters import FILTERS
from messages.markdown import Safe, escape, in_code
from messages.po import Words

LOCALES = ("zh_CN", "en")
TERMS = "common/terms.md.j2"


def settle(locale: str | None) -> str:
    """The catalog that serves a wish such as ``zh-Hans-CN`` or ``en_GB``: one of ``LOCALES``."""
    return "en" if (locale or "").lower().startswith("en") else "zh_CN"


@cache
def translations(locale: str) -> NullTranslations:
    """The catalog of one locale, as it is translated: no build step, no stale .mo beside a newer .po."""
    source = files("messages") / "locale" / locale / "LC_MESSAGES" / "messages.po"
    if not source.is_file():
        return NullTranslations()
    with source.open("rb") as stream:
        return Words(stream)


def phrase(text: str, locale: str) -> str:
    """One message of the catalog, such as a command's docstring, without facts."""
    return translations(locale).gettext(text) if text else ""


def _fill(text: str, facts: Mapping[str, object]) -> Safe:
    """Facts are escaped where they are printed: between backticks, where nothing can be, otherwise than in words."""
    if not facts:
        return Safe(text)
    parts = text.split("`")
    ways = [{name: way(value) for name, value in facts.items()} for way in (escape, in_code)[: len(parts)]]
    return Safe("`".join(part.format_map(ways[at % 2]) for at, part in enumerate(parts)))


@pass_context
def _translate(context: Context, text: str, /, **facts: object) -> Safe:
    """``_("{title} is done", title=task.title)``: facts are escaped, the message is trusted markdown."""
    return _fill(translations(context["locale"]).gettext(text), facts)


@pass_context
def _translate_many(context: Context, one: str, many: str, n: int, /, **facts: object) -> Safe:
    return _fill(translations(context["locale"]).ngettext(one, many, n), {"n": n, **facts})


@pass_context
def _term(context: Context, value: StrEnum | str, kind: str = "") -> Safe:
    """The reader's word for a state, a role, a priority…: block ``<kind>_<value>`` of the terms template."""
    kind = kind or type(value).__name__.lower()
    block = environment().get_template(TERMS).blocks[f"{kind}_{value}"]
    return Safe("".join(block(context)))


def _print(value: object) -> object:
    """Whatever a template prints passes here: text that is not ours is escaped."""
    return "" if value is None else escape(value) if isinstance(value, str) else value


@cache
def environment() -> Environment:
    env = Environment(  # noqa: S701  markdown, not HTML: _print escapes every value  # nosec B701
        loader=PackageLoader("messages", "."),
        undefined=StrictUndefined,
        finalize=_print,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        extensions=["jinja2.ext.do"],
    )
    env.filters.update(FILTERS)
    env.globals.update(_=_translate, ngettext=_translate_many, term=_term, term_text=_term)
    return env


def render(template: str, block: str, facts: Mapping[str, Any]) -> str:
    """One block of one template. Raises ``KeyError`` for an unknown block, ``UndefinedError`` for a missing fact."""
    source = environment().get_template(template)
    return "".join(source.blocks[block](source.new_context(dict(facts)))).strip()
