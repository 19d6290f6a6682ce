"""A template and facts → a message, in one language."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from jinja2 import Template
from jinja2.runtime import Context

from messages import catalog, filters, pages
from messages.markdown import plain
from messages.message import Attachment, Button, Choice, Field, FieldKind, Form, Message, Row, Table, Tone, Upload

_BLANKS = re.compile(r"\n{3,}")
_AFTER_FULL_WIDTH = re.compile("(?<=[，。；：！？、]) +(?=\\S)")
_COMMON = "common/labels.md.j2"


@dataclass(frozen=True)
class Offer:
    """A button to be labelled: block ``button_<key>`` of the message's template, or of the common labels."""

    key: str
    line: str
    primary: bool = False
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Entry:
    """A row to be worded: block ``block`` of the message's template, rendered with ``facts``."""

    facts: Mapping[str, Any]
    buttons: Sequence[Offer] = ()
    block: str = "row"


@dataclass(frozen=True)
class Question:
    """A form's field to be labelled: blocks ``field_<name>`` and, where there is one, ``hint_<name>``."""

    name: str
    kind: FieldKind = "text"
    value: str = ""
    required: bool = False
    choices: Sequence[tuple[str, object]] = ()


@dataclass(frozen=True)
class Questions:
    """A form to be worded; sending it says ``line``."""

    line: str
    asks: Sequence[Question]


@dataclass(frozen=True)
class Columns:
    """A table to be headed: blocks ``column_<key>``; cells are formatted for the reader."""

    keys: Sequence[str]
    rows: Sequence[Sequence[object]]
    numbers: Sequence[int] = ()


def write(
    name: str,
    locale: str,
    /,
    *,
    zone: str = "Asia/Shanghai",
    rows: Iterable[Entry] = (),
    table: Columns | None = None,
    form: Questions | None = None,
    upload: str = "",
    buttons: Iterable[Offer] = (),
    files: Sequence[Attachment] = (),
    tone: Tone = "plain",
    private: bool = False,
    about: Sequence[str] = (),
    **facts: Any,
) -> Message:
    """The message ``messages/<name>.md.j2`` in one language.

    ``zone`` is the IANA zone in which moments are shown; ``upload`` the line with which files are wanted, worded by
    the blocks ``upload``, ``upload_here`` and, where there is one, ``upload_about``. Raises ``UndefinedError`` for a
    fact that the template names and nobody passed: a message is never sent with a hole in it.
    """
    desk = _Desk(f"{name}.md.j2", {**facts, "locale": locale, "zone": zone})
    return Message(
        name=name,
        locale=locale,
        title=desk.block("title"),
        body=desk.block("body"),
        footer=desk.block("footer"),
        rows=tuple(desk.row(entry) for entry in rows),
        table=desk.table(table) if table and table.rows else None,
        form=desk.form(form) if form else None,
        upload=desk.upload(upload) if upload else None,
        buttons=tuple(desk.button(offer) for offer in buttons),
        files=tuple(files),
        tone=tone,
        private=private,
        about=tuple(about),
    )


def refuse(
    name: str,
    locale: str,
    /,
    *,
    zone: str = "Asia/Shanghai",
    form: Questions | None = None,
    upload: str = "",
    buttons: Iterable[Offer] = (),
    **facts: Any,
) -> Message:
    """The sentence of a refusal ``word/block``: ``messages/<word>/refusals.md.j2``, block ``<block>``.

    ``form`` asks for what was missing, ``upload`` for files that were.
    """
    word, block = name.split("/")
    desk = _Desk(f"{word}/refusals.md.j2", {**facts, "locale": locale, "zone": zone})
    return Message(
        name=f"{word}/refusals/{block}",
        locale=locale,
        body=desk.block(block, needed=True),
        form=desk.form(form) if form else None,
        upload=desk.upload(upload) if upload else None,
        buttons=tuple(desk.button(offer) for offer in buttons),
        tone="warn",
        private=True,
    )


def page(name: str, locale: str, /, *, zone: str = "Asia/Shanghai", **facts: Any) -> str:
    """An HTML page or fragment, ``messages/<name>.html.j2``; every fact is escaped."""
    return pages.environment().get_template(f"{name}.html.j2").render(locale=locale, zone=zone, **facts)


class _Desk:
    """One template, one set of facts: where blocks become words."""

    def __init__(self, template: str, facts: dict[str, Any]) -> None:
        self.template = catalog.environment().get_template(template)
        self.facts = facts
        self.labels: dict[str, str] = {}
        self.contexts: dict[Template, Context] = {}

    def block(self, name: str, *, needed: bool = False, facts: Mapping[str, Any] | None = None) -> str:
        source = self.template
        if name not in source.blocks:
            if not needed:
                return ""
            source = catalog.environment().get_template(_COMMON)
        context = source.new_context({**self.facts, **facts}) if facts else self._context(source)
        text = _BLANKS.sub("\n\n", "".join(source.blocks[name](context))).strip()
        # A template puts a blank between two sentences; a full-width mark brings its own.
        return _AFTER_FULL_WIDTH.sub("", text) if self.facts["locale"] == "zh_CN" else text

    def _context(self, source: Template) -> Context:
        """Of the message's facts alone: one for all blocks, as they set nothing that others see."""
        if source not in self.contexts:
            self.contexts[source] = source.new_context(self.facts)
        return self.contexts[source]

    def label(self, name: str, facts: Mapping[str, Any] | None = None) -> str:
        """Labels are drawn as they are, so the markdown escapes are taken out again.

        Without facts of its own a label is the same in every row: a list says "Done" fifteen times.
        """
        if facts:
            return plain(self.block(name, needed=True, facts=facts))
        if name not in self.labels:
            self.labels[name] = plain(self.block(name, needed=True))
        return self.labels[name]

    def button(self, offer: Offer) -> Button:
        return Button(label=self.label(f"button_{offer.key}", offer.facts), line=offer.line, primary=offer.primary)

    def row(self, entry: Entry) -> Row:
        return Row(
            text=self.block(entry.block, needed=True, facts=entry.facts),
            buttons=tuple(self.button(offer) for offer in entry.buttons),
        )

    def table(self, columns: Columns) -> Table:
        context = self._context(self.template)
        return Table(
            columns=tuple(self.label(f"column_{key}") for key in columns.keys),
            rows=tuple(tuple(filters.cell(context, value) for value in row) for row in columns.rows),
            numbers=tuple(columns.numbers),
        )

    def form(self, questions: Questions) -> Form:
        return Form(
            line=questions.line,
            submit=self.label("submit"),
            fields=tuple(self.field(ask) for ask in questions.asks),
        )

    def upload(self, line: str) -> Upload:
        return Upload(
            line=line,
            label=self.label("upload"),
            here=self.block("upload_here", needed=True),
            about=plain(self.block("upload_about")),
        )

    def field(self, ask: Question) -> Field:
        context = self._context(self.template)
        return Field(
            name=ask.name,
            label=self.label(f"field_{ask.name}") if ask.kind != "hidden" else ask.name,
            kind=ask.kind,
            value=ask.value,
            hint=self.label(f"hint_{ask.name}") if f"hint_{ask.name}" in self.template.blocks else "",
            required=ask.required,
            choices=tuple(Choice(value=value, label=filters.cell(context, label)) for value, label in ask.choices),
        )
