"""A form as WeCom can ask it: on a card where all is chosen from short lists, on a page, or in one typed line."""

from __future__ import annotations

from collections.abc import Iterator

from bot.platforms.wecom.cards import (
    CHOICES,
    KEY,
    NOTHING,
    OPTION_ID,
    SELECT_TITLE,
    SELECTS,
    Option,
    Select,
    Sizes,
    flat,
)
from messages.lines import Line, Run, breadth, clean
from messages.message import Field, Form

QUESTION = 1024
"""Bytes."""


def selects(form: Form, sizes: Sizes, *, choose: str) -> list[Select]:
    """Menus that ask the whole form; empty if a card has no room for it. ``choose`` stands for no choice yet."""
    menus = [_select(field, sizes, choose) for field in form.fields]
    found = [menu for menu in menus if menu is not None]
    fits = 0 < len(found) == len(menus) <= SELECTS and len(form.line.encode()) <= KEY
    return found if fits and len({menu.key for menu in found}) == len(found) else []


def _select(field: Field, sizes: Sizes, choose: str) -> Select | None:
    options = [Option(choice.value or NOTHING, flat(choice.label) or choose) for choice in field.choices]
    ids = {one.id for one in options}
    if NOTHING not in ids and field.value not in ids:
        options.insert(0, Option(NOTHING, choose))
    title = flat(field.label)
    fits = (
        field.kind == "choice"
        and 0 < len(field.choices) == len(ids)
        and len(options) <= CHOICES
        and all(len(one.id.encode()) <= OPTION_ID and breadth(one.text) <= sizes.choice for one in options)
        and 0 < breadth(title) <= SELECT_TITLE
        and len(field.name.encode()) <= QUESTION
    )
    chosen = field.value if field.value in ids else NOTHING
    return Select(field.name, title, tuple(options), chosen) if fits else None


def in_words(form: Form, line: str, *, lead: str) -> Iterator[Line]:
    """What to type instead: ``line``, the command as the reader says it, and what belongs behind it."""
    yield Line("text", (Run(clean(lead)),), apart=True)
    yield Line("text", (Run(clean(f"{line} …"), ("code",)),))
    for field in form.fields:
        if field.kind != "hidden":
            yield Line("bullet", (Run(clean(field.label), ("bold",)), *_about(field)))


def _about(field: Field) -> Iterator[Run]:
    choices = [choice.label for choice in field.choices if choice.value]
    told = [field.hint, " / ".join(choices), field.value if field.kind != "choice" else ""]
    if any(told):
        yield Run(clean(" · " + " · ".join(filter(None, told))))
