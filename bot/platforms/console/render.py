"""A Message → words for a terminal: what cannot be pressed is printed as the command that it would say."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count, repeat

from handlers import router
from handlers.spoken import spoken
from messages import Message
from messages.lines import breadth
from messages.markdown import plain
from messages.message import Button, Field, Row, Table

INDENT = "  "


def drawn(message: Message, *, numbered: bool = False) -> str:
    """The whole message as plain text; parts are set apart by an empty line.

    ``numbered``: before each button its place in ``buttons``, from 1, for somebody who can type that instead.
    """
    marks = (f"{number}. " for number in count(1)) if numbered else repeat("")
    parts = [
        plain(message.title),
        plain(message.body, links=True),
        "\n".join(line for row in message.rows for line in _row(row, marks, message.locale)),
        "\n".join(_table(message.table)) if message.table else "",
        "\n".join(_form(message)),
        plain(message.upload.here) if message.upload else "",
        "\n".join(f"{file.name} ({file.size} B, SHA-256 {file.digest[:12]}…)" for file in message.files),
        "\n".join(_button(button, marks, message.locale) for button in message.buttons),
        plain(message.footer, links=True),
    ]
    return "\n\n".join(part for part in parts if part)


def buttons(message: Message) -> list[Button]:
    """In the order in which they are drawn: those of the rows first."""
    return [*(button for row in message.rows for button in row.buttons), *message.buttons]


def _row(row: Row, marks: Iterator[str], locale: str) -> Iterator[str]:
    first, *more = plain(row.text, links=True).splitlines() or [""]
    yield f"• {first}"
    yield from (f"{INDENT}{line}" for line in more)
    if row.buttons:
        yield INDENT + "  ".join(_button(button, marks, locale) for button in row.buttons)


def _button(button: Button, marks: Iterator[str], locale: str) -> str:
    return f"{next(marks)}[{button.label}] {spoken(router, button.line, locale)}"


def _form(message: Message) -> Iterator[str]:
    """The fields, and what to type instead of filling them in."""
    if message.form is None:
        return
    for field in message.form.fields:
        if field.kind != "hidden":
            yield _field(field)
    yield f"→ {spoken(router, message.form.line, message.locale)} …"


def _field(field: Field) -> str:
    given = f" = {field.value}" if field.value else ""
    choices = ", ".join(f"{choice.value} ({choice.label})" for choice in field.choices if choice.value)
    return f"- {field.label}{' *' if field.required else ''} [{field.name}]{given}{': ' + choices if choices else ''}"


def _table(table: Table) -> Iterator[str]:
    lines = [table.columns, *table.rows]
    widths = [max(map(breadth, column)) for column in zip(*lines, strict=True)]
    for cells in lines:
        padded = [
            " " * (width - breadth(cell)) + cell if at in table.numbers else cell + " " * (width - breadth(cell))
            for at, (cell, width) in enumerate(zip(cells, widths, strict=True))
        ]
        yield INDENT.join(padded).rstrip()
