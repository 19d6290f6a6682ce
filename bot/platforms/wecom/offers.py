"""How a message's buttons are offered: ticked, picked from a menu, pressed on cards, or said in words."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.platforms.wecom.cards import BUTTON, BUTTONS, CHOICES, GAP, KEY, OPTION_ID, flat, short
from messages import Message
from messages.lines import Run, breadth, entry
from messages.message import Button, Row

FEWEST_TICKS = 3
"""Fewer rows are quicker done one by one."""
MOST_PICKED = CHOICES - 1
"""One option is kept for having chosen nothing yet."""
NAME = 8
"""How broad the bold beginning of a row may be to stand before a label."""
_REF = re.compile(r"[A-Z]\d+-[A-Z]\d+|\d+")
_PARTS = re.compile(r"\n| · ")


@dataclass(frozen=True)
class Several:
    """What rows offer alike: lines with ``{}`` where a row's ref goes; ``rows`` are refs and what they are called."""

    buttons: tuple[Button, ...]
    rows: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Offered:
    """``typed`` are to be said in words; ``alike``: some of them with the number of any other row, too.

    ``named`` are the marks and whole labels of buttons on which there is room for a beginning only; ``numbered``:
    labels name rows by their number.
    """

    ticks: Several | None = None
    picks: Several | None = None
    pressed: tuple[Button, ...] = ()
    typed: tuple[Button, ...] = ()
    alike: bool = False
    named: tuple[tuple[str, str], ...] = ()
    numbered: bool = False


def on_cards(given: Message, *, opens: str) -> Offered:
    """``opens`` is the label under which rows are picked whose own labels differ."""
    ticks = _ticks([row for row in given.rows if row.buttons])
    rows = [_left(row, ticks) for row in given.rows]
    full = [row for row in rows if row.buttons]
    several = _several(full, opens=opens)
    few = sum(len(row.buttons) for row in full) + len(given.buttons) <= BUTTONS
    if several is None or len(full) < 2 or (few and _told_apart(full)):  # noqa: PLR2004  two rows are several
        return _pressed(rows, given.buttons, Offered(ticks=ticks))
    if len(full) <= MOST_PICKED:
        return _pressed([], given.buttons, Offered(ticks=ticks, picks=several))
    if _alike(full):
        return _pressed([], given.buttons, Offered(ticks=ticks, typed=_examples(several), alike=True))
    return _pressed(rows, given.buttons, Offered(ticks=ticks))


def in_words(given: Message) -> Offered:
    """Where there are no cards: all is said; what many rows offer, once."""
    full = [row for row in given.rows if row.buttons]
    several = _several(full, opens="") if len(full) > 1 and _alike(full) else None
    if several is not None:
        return Offered(typed=(*_examples(several), *given.buttons), alike=True)
    return Offered(typed=(*(button for row in full for button in row.buttons), *given.buttons))


def called(row: Row) -> str:
    """The first part of a row: its number and its title."""
    text = entry(row.text)[0].text
    return flat(_PARTS.split(text, maxsplit=1)[0]) or flat(text) or "–"


# --- what rows offer alike


def _ticks(rows: Sequence[Row]) -> Several | None:
    """The main button of many rows, whose lines differ in nothing but the ref at their end."""
    found = [(_pattern(button.line), flat(button.label)) for row in rows for button in row.buttons if button.primary]
    fit = [one for one in found if one[0].endswith(f" {GAP}") and breadth(one[1]) <= BUTTON]
    if not fit:
        return None
    (pattern, label), _ = Counter(fit).most_common(1)[0]
    same = {
        _ref(button.line): called(row)
        for row in rows
        for button in row.buttons
        if button.primary and (_pattern(button.line), flat(button.label)) == (pattern, label)
    }
    tick = Button(label=label, line=pattern.removesuffix(f" {GAP}"), primary=True)
    return Several((tick,), tuple(same.items())) if len(same) >= FEWEST_TICKS else None


def _left(row: Row, ticks: Several | None) -> Row:
    """A row without the button that its tick stands for."""
    lines = {f"{ticks.buttons[0].line} {ref}" for ref, _ in ticks.rows} if ticks else set()
    return Row(text=row.text, buttons=tuple(button for button in row.buttons if button.line not in lines))


def _several(rows: Sequence[Row], *, opens: str) -> Several | None:
    """None where a row's lines do not speak of one thing, or two rows speak of the same."""
    refs = [{_ref(button.line) for button in row.buttons} for row in rows]
    single = ["" if len(found) > 1 else next(iter(found)) for found in refs]
    if not rows or "" in single or len(set(single)) < len(rows):
        return None
    labels: dict[str, str] = {}
    for row in rows:
        labels |= {_pattern(button.line): button.label for button in row.buttons}
    if _alike(rows):
        lines = [Button(label=label, line=line) for line, label in labels.items()]
        return Several(tuple(lines), tuple(zip(single, map(called, rows), strict=True)))
    if len(labels) > 1 or any(len(row.buttons) > 1 for row in rows):
        return None
    names = [flat(row.buttons[0].label) for row in rows]
    return Several((Button(label=opens, line=next(iter(labels))),), tuple(zip(single, names, strict=True)))


def _alike(rows: Sequence[Row]) -> bool:
    """The same line has the same label in every row, and another line another one."""
    pairs = {(_pattern(button.line), button.label) for row in rows for button in row.buttons}
    return len(pairs) == len({line for line, _ in pairs}) == len({label for _, label in pairs})


def _examples(several: Several) -> tuple[Button, ...]:
    (ref, _), *_rest = several.rows
    return tuple(Button(label=one.label, line=one.line.replace(GAP, ref)) for one in several.buttons)


def _ref(line: str) -> str:
    """The one word that is a number or a task's; empty where there is none, or more than one."""
    found = [word for word in line.split(" ") if _REF.fullmatch(word)]
    fits = len(found) == 1 and GAP not in line and len(found[0].encode()) <= OPTION_ID and len(line.encode()) <= KEY
    return found[0] if fits else ""


def _pattern(line: str) -> str:
    ref = _ref(line)
    return " ".join(GAP if ref and word == ref else word for word in line.split(" "))


# --- what is pressed


def _told_apart(rows: Sequence[Row]) -> bool:
    labels = [button.label for row in rows for button in row.buttons]
    return len(labels) == len(set(labels))


def _pressed(rows: Sequence[Row], others: Sequence[Button], so_far: Offered) -> Offered:
    """Rows' buttons, told apart by their rows' names if need be, then the message's own."""
    full = [row for row in rows if row.buttons]
    names = {} if _told_apart(full) else _names(full)
    numbered = not _told_apart(full) and not names
    found = [
        _led(button, names.get(row.text, str(at)) if names or numbered else "")
        for at, row in enumerate(rows, 1)
        for button in row.buttons
    ]
    every = [*(so_far.picks.buttons if so_far.picks else ()), *found, *others]
    shown, named = _shown([one for one in every if len(one.line.encode()) <= KEY])
    typed = [one for one in every if len(one.line.encode()) > KEY]
    return replace(
        so_far,
        picks=so_far.picks and replace(so_far.picks, buttons=shown[: len(so_far.picks.buttons)]),
        pressed=shown[len(so_far.picks.buttons) if so_far.picks else 0 :],
        typed=(*so_far.typed, *typed),
        named=named,
        numbered=numbered,
    )


def _led(button: Button, name: str) -> Button:
    return button.model_copy(update={"label": f"{name} {button.label}"}) if name else button


def _names(rows: Sequence[Row]) -> dict[str, str]:
    """Short names with which the rows begin in bold, such as T12; empty if not all have one of their own."""
    names = {row.text: first.text.strip() for row in rows for first in entry(row.text)[0].runs[:1] if _is_name(first)}
    return names if len(set(names.values())) == len(rows) else {}


def _is_name(run: Run) -> bool:
    return "bold" in run.styles and "\n" not in run.text and 0 < breadth(run.text.strip()) <= NAME


def _shown(buttons: Sequence[Button]) -> tuple[tuple[Button, ...], tuple[tuple[str, str], ...]]:
    """With labels for which there is room; those that had to be cut begin with a mark, and are told whole."""
    named: list[tuple[str, str]] = []
    shown = []
    for button in buttons:
        label = flat(button.label) or flat(button.line)
        if breadth(label) > BUTTON:
            named.append((mark(len(named)), label))
            label = short(f"{named[-1][0]} {label}", BUTTON)
        shown.append(button.model_copy(update={"label": label}))
    return tuple(shown), tuple(named)


def mark(at: int) -> str:
    """① to ⑳, then (21)."""
    return chr(ord("①") + at) if at < 20 else f"({at + 1})"  # noqa: PLR2004  as far as Unicode goes in one row
