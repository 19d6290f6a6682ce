"""What differs between two versions of a template. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from storage.templates import Content, Item, Phase, Shape


class Kind(StrEnum):
    """ORDER: the same things in another order. A thing is the same while its key is."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"
    PHASE_ADDED = "phase_added"
    PHASE_REMOVED = "phase_removed"
    PHASE_CHANGED = "phase_changed"
    TITLE = "title"
    ORDER = "order"


@dataclass(frozen=True)
class Field:
    """One field that differs; ``phase`` stands for the phase an item is in, its values are then phases."""

    name: str
    before: Any
    after: Any


@dataclass(frozen=True)
class Change:
    """``subject`` as it is in the newer version; where it was removed, as it was."""

    kind: Kind
    subject: Content | Phase | Item
    fields: tuple[Field, ...] = ()


def difference(old: Content, new: Content) -> list[Change]:
    """From ``old`` to ``new``, in the order of the work, removals last; empty exactly when only the version differs."""
    return [*_title(old, new), *_phases(old, new), *_items(old, new), *_order(old, new)]


def _title(old: Content, new: Content) -> Iterator[Change]:
    if fields := _fields(old, new, ("title",)):
        yield Change(Kind.TITLE, new, fields)


def _phases(old: Content, new: Content) -> Iterator[Change]:
    before = {phase.key: phase for phase in old.phases}
    after = {phase.key: phase for phase in new.phases}
    for key, phase in after.items():
        if key not in before:
            yield Change(Kind.PHASE_ADDED, phase)
        elif fields := _fields(before[key], phase, ("title", "window")):
            yield Change(Kind.PHASE_CHANGED, phase, fields)
    yield from (Change(Kind.PHASE_REMOVED, phase) for key, phase in before.items() if key not in after)


def _items(old: Content, new: Content) -> Iterator[Change]:
    before, after = _placed(old), _placed(new)
    for key, (phase, item) in after.items():
        if key not in before:
            yield Change(Kind.ADDED, item, (Field("phase", None, phase),))
            continue
        old_phase, old_item = before[key]
        moved = (Field("phase", old_phase, phase),) if old_phase.key != phase.key else ()
        if fields := (*_fields(old_item, item, tuple(Item.model_fields)), *moved):
            yield Change(Kind.CHANGED, item, fields)
    yield from (Change(Kind.REMOVED, item) for key, (_, item) in before.items() if key not in after)


def _placed(content: Content) -> dict[str, tuple[Phase, Item]]:
    return {item.key: (phase, item) for phase in content.phases for item in phase.items}


def _fields(old: Shape, new: Shape, names: Sequence[str]) -> tuple[Field, ...]:
    pairs = ((name, getattr(old, name), getattr(new, name)) for name in names)
    return tuple(Field(name, before, after) for name, before, after in pairs if before != after)


def _order(old: Content, new: Content) -> Iterator[Change]:
    before, after = _sequences(old), _sequences(new)
    for name in before.keys() & after.keys():
        both = set(before[name]) & set(after[name])
        if [key for key in before[name] if key in both] != [key for key in after[name] if key in both]:
            yield Change(Kind.ORDER, new)
            return


def _sequences(content: Content) -> dict[str, list[str]]:
    """The keys in their order: of the phases under "", of each phase's items under the phase's key."""
    phases = {phase.key: [item.key for item in phase.items] for phase in content.phases}
    return {"": list(phases), **phases}
