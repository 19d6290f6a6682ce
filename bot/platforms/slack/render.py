"""Message → what chat.postMessage takes: ``text`` and ``blocks``, in as many messages as it needs. No network.

Words are drawn as rich text, whose text elements carry no markup: what people typed is shown and does nothing.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import cache
from typing import Any

import messages
from bot.platforms.slack import blocks
from bot.platforms.slack.blocks import Block
from bot.platforms.slack.render_rows import Unit, of_buttons, of_lines, of_rows, of_table
from bot.platforms.slack.render_text import escaped, read, short, size, words
from messages import Message, Offer
from messages.lines import Line, Run, clean
from messages.markdown import plain
from messages.message import Button

Payload = dict[str, Any]

MOST_BLOCKS = 49
"""One is kept for the page's number."""
MOST_WORDS = 3800
"""Characters of ``text``, escaped: chat.update takes 4,000."""
MOST_WEIGHT = 11_000
"""Characters of a message's blocks as JSON; Slack answers ``msg_blocks_too_long`` from about 13,000."""


@cache
def own_words(locale: str) -> dict[str, str]:
    """What Slack's windows say beside the messages: title, body, more, close, cancel, fill."""
    keys = ("close", "cancel", "fill")
    said = messages.write("slack/view", locale, buttons=[Offer(key, "") for key in keys])
    labels = {key: button.label for key, button in zip(keys, said.buttons, strict=True)}
    return {"title": said.title, "body": said.body, "more": plain(said.footer), **labels}


def message(given: Message, *, again: str = "", version: str = "") -> list[Payload]:
    """Payloads to be sent one after the other, their blocks within Slack's limits; nothing is left out.

    ``again`` is the line that asked for the form of ``given`` (else the form's own): a button says it once more,
    and the form can then be opened as a window. ``version`` makes the block ids those of another edition of the
    same words. Files are only named: they are sent apart.
    """
    pages = list(_pages(units(given, again=again)))
    mark = edition(given, version)
    return [_payload(page, mark, at, len(pages)) for at, page in enumerate(pages, 1)]


def edition(given: Message, version: str = "") -> str:
    """Short, and another one whenever the message reads otherwise."""
    return hashlib.sha256(f"{version}{given!r}".encode()).hexdigest()[:10]


def units(given: Message, *, again: str = "", window: bool = False, tables: bool = True) -> Iterator[Unit]:
    """A message's parts in reading order. A ``window`` has its title elsewhere, asks its form, takes no tables."""
    if not window:
        yield from titled(read(given.title))
    yield from of_lines(read(given.body))
    yield from of_rows(given.rows)
    if given.table is not None:
        yield from of_table(given.table, drawn=tables and not window)
    if given.files:
        yield from _small([Line("text", (Run(clean("📎 " + ", ".join(file.name for file in given.files))),))])
    if given.form is not None and not window:
        yield from _fill(given, again or given.form.line)
    if given.upload is not None:
        yield from of_lines(read(given.upload.here))
    yield from of_buttons(given.buttons)
    yield from _small(read(given.footer))


def titled(title: Sequence[Line]) -> Iterator[Unit]:
    """A header; a title that is too long for one is drawn bold, whole."""
    text = words(title)
    header = blocks.header(text) if text else None
    if header is not None:
        yield Unit((header,), text)
        return
    for line in title:
        bold = tuple(replace(run, styles=tuple(sorted({*run.styles, "bold"}))) for run in line.runs)
        yield from of_lines([replace(line, runs=bold)])


def _small(lines: Sequence[Line]) -> Iterator[Unit]:
    drawn = blocks.context(lines) if lines else None
    yield from [Unit((drawn,), words(lines))] if drawn is not None else of_lines(lines)


def _fill(given: Message, again: str) -> Iterator[Unit]:
    """The button whose press opens the form; its ``action_id`` is ``fill``, so that a window can be opened at once."""
    for unit in of_buttons([Button(label=own_words(given.locale)["fill"], line=again, primary=True)]):
        yield replace(unit, blocks=tuple(map(_filling, unit.blocks)))


def _filling(block: Block) -> Block:
    if block["type"] != "actions":
        return block
    return {**block, "elements": [{**element, "action_id": "fill"} for element in block["elements"]]}


# --- pages


def _pages(parts: Iterable[Unit]) -> Iterator[list[Unit]]:
    page: list[Unit] = []
    for part in parts:
        if page and not _fits([*page, part]):
            yield page
            page = []
        page.append(part)
    if page:
        yield page


def _fits(page: Sequence[Unit]) -> bool:
    """A table's words may be cut: the whole stands in its block, and a reader of the screen reads that too."""
    drawn = [block for unit in page for block in unit.blocks]
    said = sum(size(escaped(unit.words)) + 2 for unit in page if not unit.tables)
    tables = sum(unit.tables for unit in page)
    return len(drawn) <= MOST_BLOCKS and said <= MOST_WORDS and tables <= 1 and blocks.weight(drawn) <= MOST_WEIGHT


def _payload(page: Sequence[Unit], mark: str, number: int, of: int) -> Payload:
    turn = f"{number}/{of}" if of > 1 else ""
    drawn = [*(block for unit in page for block in unit.blocks), *([blocks.aside(turn)] if turn else [])]
    said = "\n\n".join(filter(None, [*(unit.words for unit in page), turn]))
    return {"text": _told(said or "…"), "blocks": blocks.numbered(drawn, f"{mark}.{number}")}


def _told(said: str) -> str:
    """Escaped, and cut if need be with an … that says so; never inside an escape."""
    return escaped(said) if size(escaped(said)) <= MOST_WORDS else _cut_told(said)


def _cut_told(said: str) -> str:
    most = MOST_WORDS
    while size(escaped(short(said, most))) > MOST_WORDS:
        most = most * 3 // 4
    return escaped(short(said, most))
