"""Message → what WeCom's interfaces take: ``msgtype`` and its object, in as many payloads as it needs. No network.

Words come first, as markdown; what can be pressed follows on template cards. A message that fits on one card is
nothing but that card.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from typing import Any

from bot.platforms.wecom import cards, forms, offers, tables
from bot.platforms.wecom.cards import Sizes, card_id
from bot.platforms.wecom.offers import Offered
from bot.platforms.wecom.own_words import own, typed
from bot.platforms.wecom.pieces import Block, blocks, pieces, title
from bot.platforms.wecom.render_cards import Sheet, noticed, on_cards
from bot.platforms.wecom.text import BOT_MARKDOWN, MARKDOWN, MARKDOWN_V2, TEXT, Dialect
from messages import Message
from messages.lines import Line, Run, clean, entry, read
from messages.message import Button

Payload = dict[str, Any]

_USER = re.compile(r"[0-9A-Za-z][0-9A-Za-z_.@-]{0,63}")
_CALLED_AT_ONCE = 15
"""People on one line."""


@dataclass(frozen=True)
class _Place:
    """How words are written there, and what is seen of a card's; None where a card could not be answered."""

    dialect: Dialect
    sizes: Sizes | None = None


class Surface(Enum):
    """The kinds of places in WeCom."""

    APP = _Place(MARKDOWN, cards.APP)
    """The association's own app, with one person."""
    BOT = _Place(BOT_MARKDOWN, cards.BOT)
    """The AI bot, with one person or in a group."""
    APPCHAT = _Place(MARKDOWN)
    """A group that the app made, which it cannot hear."""
    HOOK = _Place(MARKDOWN_V2)
    """A group's webhook, which hears nobody."""


def message(
    given: Message, surface: Surface, *, key: str, version: str = "", page: str = "", mentions: Sequence[str] = ()
) -> list[Payload]:
    """Payloads to be sent one after the other, each within WeCom's limits; nothing is left out.

    ``key`` is the outbox's, ``version`` another one for each edition of the same message: both make the cards' ids.
    ``page`` is the address for what ``needs_page``; without one the words say what to type. For a ``HOOK`` it is that
    of a chat where commands can be said: what is short and calls nobody is a notice that leads there. ``mentions`` are
    userids to be called in an ``APPCHAT`` or by a ``HOOK``, where the message is plain text then; the others call none.
    Files are only named: they are sent apart. Raises ``ValueError`` for a userid that WeCom would not take.
    """
    sizes = surface.value.sizes
    if sizes is None:
        notice = noticed(given, page) if surface is Surface.HOOK and page and not mentions else None
        if notice is not None:
            return [{"msgtype": "template_card", "template_card": notice}]
        return _to_a_group(given, TEXT if mentions else surface.value.dialect, mentions)
    offered = offers.on_cards(given, opens=own(given.locale).open)
    sheet = Sheet(given, sizes, offered, page, takes_files=surface is Surface.BOT)
    alone, drawn = on_cards(sheet)
    told = [] if alone else _beside_cards(sheet, surface.value.dialect)
    numbered = [{**card, "task_id": card_id(key, at, version=version)} for at, card in enumerate(drawn, 1)]
    return [*told, *({"msgtype": "template_card", "template_card": card} for card in numbered)]


def needs_page(given: Message, surface: Surface) -> bool:
    """Whether it asks for what only a page can take there. Its address is one person's: a group gets none."""
    sizes = surface.value.sizes
    if sizes is None:
        return False
    return given.upload is not None or (given.form is not None and not forms.selects(given.form, sizes, choose="–"))


# --- words


def _words(drawn: Sequence[Block], dialect: Dialect) -> list[Payload]:
    return [{"msgtype": dialect.msgtype, dialect.msgtype: {"content": text}} for text in pieces(drawn, dialect)]


def _beside_cards(sheet: Sheet, dialect: Dialect) -> list[Payload]:
    """What the cards do not say."""
    given, words = sheet.given, own(sheet.given.locale)
    asked: list[Line] = []
    if given.upload and sheet.says_how:
        asked += _apart(read(given.upload.here))
    if given.form and not sheet.menus and not sheet.page:
        asked += forms.in_words(given.form, typed(given.form.line, given.locale), lead=words.instead)
    lead = words.say_any if sheet.offered.alike else words.say
    told = [*asked, *_named(sheet.offered), *_typed(sheet.offered.typed, lead, given.locale)]
    return _words(_blocks(given, sheet.offered, told, dialect), dialect)


def _to_a_group(given: Message, dialect: Dialect, mentions: Sequence[str]) -> list[Payload]:
    """Everything, with what can be said to the app in private."""
    words, offered = own(given.locale), offers.in_words(given)
    asked = [Button(label=given.upload.label, line=given.upload.line)] if given.upload else []
    lead = words.private_any if offered.alike else words.private
    told = _typed([*asked, *offered.typed], lead, given.locale)
    if given.form:
        told += forms.in_words(given.form, typed(given.form.line, given.locale), lead=words.private)
    return _words([*_calls(mentions), *_blocks(given, offered, told, dialect)], dialect)


def _blocks(given: Message, offered: Offered, more: Sequence[Line], dialect: Dialect) -> list[Block]:
    """The message from its title to its footer, with ``more`` before that."""
    return [
        *title(read(given.title), dialect),
        *blocks(read(given.body), dialect),
        *blocks(_rows(given, numbered=offered.numbered), dialect),
        *(tables.drawn(given.table, dialect, locale=given.locale) if given.table else ()),
        *blocks(_files(given), dialect),
        *blocks(more, dialect),
        *blocks(_footer(given, dialect), dialect),
    ]


def _rows(given: Message, *, numbered: bool) -> Iterator[Line]:
    for at, row in enumerate(given.rows, 1):
        first, *more = entry(row.text)
        if numbered and first.kind == "bullet":
            first = replace(first, kind="ordered", number=at)
        yield replace(first, apart=at == 1)
        yield from more


def _files(given: Message) -> Iterator[Line]:
    if given.files:
        yield Line("text", (Run(clean("📎 " + ", ".join(file.name for file in given.files))),), apart=True)


def _footer(given: Message, dialect: Dialect) -> Iterator[Line]:
    """Small print: grey, or a quote where there is no grey."""
    for at, line in enumerate(read(given.footer)):
        grey = [run if run.styles or run.url else replace(run, styles=("grey",)) for run in line.runs]
        small = replace(line, runs=tuple(grey), apart=line.apart or not at)
        yield replace(small, kind="quote") if dialect.rich and line.kind == "text" else small


def _apart(lines: Sequence[Line]) -> Iterator[Line]:
    yield from (replace(line, apart=line.apart or not at) for at, line in enumerate(lines))


def _named(offered: Offered) -> Iterator[Line]:
    """Whole labels, by the marks that stand on the buttons."""
    for at, (mark, label) in enumerate(offered.named):
        yield Line("text", (Run(f"{mark} {label}"),), apart=not at)


def _typed(buttons: Sequence[Button], lead: str, locale: str) -> list[Line]:
    """What to type, below words that say so."""
    colon = ": " if locale == "en" else "："
    said = [
        Line("bullet", (Run(clean(f"{button.label}{colon}")), Run(clean(typed(button.line, locale)), ("code",))))
        for button in buttons
    ]
    return [Line("text", (Run(lead),), apart=True), *said] if said else []


def _calls(mentions: Sequence[str]) -> Iterator[Block]:
    """People called by their userids: the only mentions there are."""
    for user in mentions:
        if not _USER.fullmatch(user):
            raise ValueError(f"not a userid: {user!r}")
    for at in range(0, len(mentions), _CALLED_AT_ONCE):
        yield Block("text", " ".join(f"<@{user}>" for user in mentions[at : at + _CALLED_AT_ONCE]))
