"""A message's cards: its form or page, its boxes to tick, its buttons; and whether one of them says everything."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from bot.platforms.wecom import cards, forms, offers
from bot.platforms.wecom.cards import (
    BUTTON,
    BUTTONS,
    GAP,
    HOOK,
    NOTHING,
    TICKS,
    Card,
    Option,
    Select,
    Sizes,
    Top,
    flat,
    short,
)
from bot.platforms.wecom.offers import Offered
from bot.platforms.wecom.own_words import own
from messages import Message
from messages.lines import Line, Run, breadth, clean, entry, read
from messages.markdown import plain
from messages.message import Button

PICKED = "picked"
"""The key of the menu beside buttons."""
_SENTENCE = re.compile("(?<=[。！？])|(?<=[.!?]) |\n")
_MOST_ROWS = 6
"""Rows of words that a card shows."""


@dataclass(frozen=True)
class Sheet:
    """A message, where it goes, and how its buttons are offered there.

    ``page`` is empty where there is none; ``takes_files``: files can be sent there without one.
    """

    given: Message
    sizes: Sizes
    offered: Offered
    page: str
    takes_files: bool

    @property
    def says_how(self) -> bool:
        """Whether words tell how to send the files that are wanted."""
        return self.given.upload is not None and (self.takes_files or not self.page)

    @cached_property
    def menus(self) -> list[Select]:
        """Those of a form that fits on a card."""
        form = self.given.form
        return forms.selects(form, self.sizes, choose=own(self.given.locale).choose) if form else []


@dataclass(frozen=True)
class _Drawing:
    """A card but for its top. ``hint`` says how to use it; ``roomy``: it has room for words below the title."""

    make: Callable[[Top], Card]
    hint: str = ""
    roomy: bool = False


def on_cards(sheet: Sheet) -> tuple[bool, list[Card]]:
    """Whether the cards say everything, and the cards, which have no ids yet."""
    drawings = [*_asking(sheet), *_ticking(sheet), *_pressing(sheet)]
    top = _whole(sheet, drawings[0]) if len(drawings) == 1 else None
    if top is not None:
        return True, [drawings[0].make(top)]
    return False, [drawing.make(_compact(sheet, drawing, at)) for at, drawing in enumerate(drawings)]


def noticed(given: Message, page: str) -> Card | None:
    """A short message as a notice for a webhook's group, which leads to a page where its commands can be said.

    None for one that is not shown whole there, but for its small print, which tells what to type.
    """
    title, rows = flat(plain(given.title)), _as_rows(_lines(given))
    if rows is None or given.table or given.files or given.form or given.upload:
        return None
    words = "\n".join(rows).replace("<", "＜")
    fits = breadth(title) <= HOOK.title and breadth(words) <= HOOK.words and words.count("\n") < _MOST_ROWS
    top = Top(title, words=words)
    return cards.notice(top, own(given.locale).chat, page) if fits and title else None


def _lines(given: Message) -> list[Line]:
    return [*read(given.body), *(line for row in given.rows for line in entry(row.text))]


# --- the cards


def _asking(sheet: Sheet) -> Iterator[_Drawing]:
    """A form's menus, or the way to a page."""
    form, upload, menus = sheet.given.form, sheet.given.upload, sheet.menus
    if form and menus:
        submit = Button(label=short(form.submit, BUTTON), line=form.line)
        yield _Drawing(lambda top: cards.choices(top, menus, submit))
    elif sheet.page and (form or upload):
        label = upload.label if upload else own(sheet.given.locale).fill
        yield _Drawing(lambda top: cards.notice(top, short(label, cards.SELECT_TITLE), sheet.page), roomy=True)


def _ticking(sheet: Sheet) -> Iterator[_Drawing]:
    ticks = sheet.offered.ticks
    if ticks is None:
        return
    options = [Option(ref, short(name, sheet.sizes.tick)) for ref, name in ticks.rows]
    hint = own(sheet.given.locale).tick
    parts = [options[at : at + TICKS] for at in range(0, len(options), TICKS)]
    for at, part in enumerate(parts, 1):
        turn = f"{at}/{len(parts)} · " if len(parts) > 1 else ""
        yield _Drawing(_ticks(part, ticks.buttons[0]), hint=f"{turn}{hint}")


def _ticks(options: Sequence[Option], submit: Button) -> Callable[[Top], Card]:
    return lambda top: cards.ticks(top, options, submit)


def _pressing(sheet: Sheet) -> Iterator[_Drawing]:
    """Buttons that act on what is picked in a menu, filled up with those that need none; then the others."""
    picks, pressed = sheet.offered.picks, list(sheet.offered.pressed)
    if picks is not None:
        menu, verbs = _menu(sheet, picks), list(picks.buttons)
        free = [button for button in pressed if GAP not in button.line][: -len(verbs) % BUTTONS]
        pressed = [button for button in pressed if button not in free]
        for part in _by_six([*verbs, *free]):
            yield _Drawing(_buttons(part, menu), hint=own(sheet.given.locale).pick)
    yield from (_Drawing(_buttons(part), roomy=True) for part in _by_six(pressed))


def _by_six(buttons: Sequence[Button]) -> list[Sequence[Button]]:
    return [buttons[at : at + BUTTONS] for at in range(0, len(buttons), BUTTONS)]


def _buttons(buttons: Sequence[Button], menu: Select | None = None) -> Callable[[Top], Card]:
    return lambda top: cards.buttons(top, buttons, menu)


def _menu(sheet: Sheet, picks: offers.Several) -> Select:
    """Opens with nothing chosen: WeCom would choose the first."""
    words = own(sheet.given.locale)
    options = [Option(ref, short(name, sheet.sizes.choice)) for ref, name in picks.rows]
    return Select(PICKED, words.which, (Option(NOTHING, words.choose), *options), NOTHING)


# --- their tops


def _compact(sheet: Sheet, drawing: _Drawing, at: int) -> Top:
    """Below words that say everything: the first card has their title, so that one sees what it belongs to."""
    title = "" if at else short(plain(sheet.given.title), sheet.sizes.title)
    return Top(title or own(sheet.given.locale).next, short(drawing.hint, sheet.sizes.about))


def _whole(sheet: Sheet, drawing: _Drawing) -> Top | None:
    """A top that says all of the message's words; None where they do not fit or a card cannot draw them."""
    given, offered = sheet.given, sheet.offered
    beside = given.table or given.files or offered.typed or offered.named or offered.picks
    asks = (given.form and not sheet.menus and not sheet.page) or sheet.says_how
    rows = _as_rows([*read(given.body), *read(given.footer)])
    if beside or asks or rows is None or not _are_ticked(sheet):
        return None
    title = flat(plain(given.title))
    text = "\n".join(rows)
    if not title:
        end = _SENTENCE.search(text)
        title, text = (text[: end.start()], text[end.end() :]) if end else (text, "")
    top = _with_words(flat(title), text.strip(), drawing, sheet.sizes)
    return top if 0 < breadth(top.title) <= sheet.sizes.title else None


def _with_words(title: str, text: str, drawing: _Drawing, sizes: Sizes) -> Top:
    """Without a title where the words are too many."""
    if drawing.roomy:
        words = text.replace("<", "＜")
        fits = breadth(words) <= sizes.words and words.count("\n") < _MOST_ROWS
        return Top(title if fits else "", words=words)
    about = flat(text) or drawing.hint
    return Top(title if breadth(about) <= sizes.about else "", about)


def _are_ticked(sheet: Sheet) -> bool:
    """Whether the boxes say all that the rows do."""
    ticked = dict(sheet.offered.ticks.rows).values() if sheet.offered.ticks else ()
    texts = [flat(plain(row.text)) for row in sheet.given.rows]
    return texts == list(ticked) and all(breadth(text) <= sheet.sizes.tick for text in texts)


def _as_rows(lines: Sequence[Line]) -> list[str] | None:
    """Plain rows; None for what is more than that."""
    if any(line.kind in {"code", "quote"} or any(run.url for run in line.runs) for line in lines):
        return None
    marks = {"bullet": "· ", "text": ""}
    return [f"{marks.get(line.kind, f'{line.number}. ')}{''.join(map(_said, line.runs))}" for line in lines]


def _said(run: Run) -> str:
    return clean(f"“{run.text}”" if "code" in run.styles else run.text)
