"""Collects what is to be translated into the catalogs, and says what is missing: ``python -m messages.collect``."""

from __future__ import annotations

import ast
import string
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

HOME = Path(__file__).parent
COMMANDS = HOME.parent / "handlers"
TRANSLATED = ("zh_CN",)
"""English needs no catalog: it is what stands in the templates."""
_METHODS = [("**.j2", "jinja2.ext:babel_extract")]
_OPTIONS = {"**.j2": {"trimmed": "true", "silent": "false", "extensions": "jinja2.ext.do"}}
_NEVER = datetime(2026, 1, 1, tzinfo=UTC)
"""A catalog carries no date of its own: two people who collect the same words get the same file."""


def path(locale: str) -> Path:
    return HOME / "locale" / locale / "LC_MESSAGES" / "messages.po"


def sentences() -> Catalog:
    """Everything that templates say, and the one line that each command says of itself."""
    found = Catalog(project="huihou", version="", charset="utf-8", creation_date=_NEVER, revision_date=_NEVER)
    for name, _line, text, comments, context in extract_from_dir(str(HOME), _METHODS, _OPTIONS):
        found.add(text, locations=[(name, 0)], auto_comments=comments, context=context)
    for place, text in _summaries():
        found.add(text, locations=[(place, 0)])
    return found


def _summaries() -> Iterator[tuple[str, str]]:
    for file in sorted(COMMANDS.rglob("*.py")):
        tree = ast.parse(file.read_text(encoding="utf-8"))
        for function in ast.walk(tree):
            if isinstance(function, ast.FunctionDef) and any(map(_is_command, function.decorator_list)):
                summary = (ast.get_docstring(function) or "").split("\n", 1)[0]
                yield str(file.relative_to(HOME.parent)), summary


def _is_command(decorator: ast.expr) -> bool:
    return (
        isinstance(decorator, ast.Call)
        and isinstance(decorator.func, ast.Attribute)
        and decorator.func.attr == "command"
        and isinstance(decorator.func.value, ast.Name)
        and decorator.func.value.id == "router"
    )


def catalog(locale: str) -> Catalog:
    file = path(locale)
    if not file.exists():
        return Catalog(locale=locale, project="huihou", charset="utf-8", creation_date=_NEVER, revision_date=_NEVER)
    with file.open("rb") as stream:
        return read_po(stream, locale=locale)


def update(locale: str) -> None:
    """New sentences come in untranslated, those that nobody says any more go out; translations stay."""
    kept = catalog(locale)
    kept.update(sentences(), no_fuzzy_matching=True)
    kept.obsolete.clear()
    kept.creation_date = kept.revision_date = _NEVER
    kept.header_comment, kept.fuzzy = f"# Huihou in {locale}; `make words` keeps it in step with the templates.", False
    kept.last_translator = kept.language_team = kept.msgid_bugs_address = "Huihou"
    path(locale).parent.mkdir(parents=True, exist_ok=True)
    with path(locale).open("wb") as stream:
        write_po(stream, kept, width=120, sort_output=True, include_lineno=False, ignore_obsolete=True)


def problems(locale: str) -> Iterator[str]:
    """One sentence per message that is missing, fuzzy, left over, or has other ``{facts}`` than the original."""
    said, known = sentences(), catalog(locale)
    for message in said:
        if message.id and known.get(message.id, message.context) is None:
            yield f"not collected: {message.id!r}"
    for message in known:
        if message.id:
            yield from _faults(message, said)


def _faults(message: Message, said: Catalog) -> Iterator[str]:
    translations = _texts(message.string)
    if said.get(message.id, message.context) is None:
        yield f"left over: {message.id!r}"
    elif not all(translations):
        yield f"not translated: {message.id!r}"
    elif message.fuzzy:
        yield f"fuzzy: {message.id!r}"
    elif _other_facts(_texts(message.id), translations):
        yield f"other facts: {message.id!r}"


def _other_facts(originals: tuple[str, ...], forms: tuple[str, ...]) -> bool:
    """The form for one thing may leave its number out, the form for several says it wherever the original does.

    Chinese has but one form: "每天" for "every day" and "every {n} days" would be wrong six days a week.
    """
    *for_one, for_several = map(_facts, forms)
    wanted = _facts(originals[-1])
    return for_several != wanted or any(facts | {"n"} != wanted | {"n"} for facts in for_one)


def _texts(value: object) -> tuple[str, ...]:
    """One text, or the forms of a plural."""
    return tuple(map(str, value)) if isinstance(value, tuple | list) else (str(value or ""),)


def _facts(text: str) -> set[str]:
    try:
        return {name for _, name, _, _ in string.Formatter().parse(text) if name}
    except ValueError:  # a docstring may hold a brace
        return set()


def main(wish: str) -> int:
    if wish == "update":
        for locale in TRANSLATED:
            update(locale)
        return 0
    found = [f"{path(locale).name} ({locale}): {problem}" for locale in TRANSLATED for problem in problems(locale)]
    sys.stdout.write("".join(f"{line}\n" for line in found) or "Every sentence is translated.\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else "check"))
