"""What is wrong with a template that somebody wrote: looked for before it is saved, with the line."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from jinja2 import nodes

from messages.letters.fields import FIELDS, OF_DOCUMENT, Field, Shape
from messages.letters.sandbox import LONGEST_TEMPLATE, Fault, Faulty, Sandbox, Why
from messages.letters.texts import PARTS

NEEDED = ("subject", "salutation", "body", "closing", "signature")
"""No letter goes without these."""
LOOPED = frozenset({Shape.LIST, Shape.RECORDS})
_READER = Sandbox()


def faults(parts: Mapping[str, str], audience: str) -> list[Fault]:
    """All that is wrong with the parts, in their order and line by line; empty for a template that may be saved."""
    found = [replace(fault, part=part) for part in PARTS for fault in _of_part(part, parts.get(part, ""), audience)]
    return found + [Fault(Why.REFUSED, word=part, part=part) for part in parts if part not in PARTS]


def _of_part(part: str, text: str, audience: str) -> list[Fault]:
    if not text.strip():
        return [Fault(Why.EMPTY)] if part in NEEDED else []
    if len(text) > LONGEST_TEMPLATE:
        return [Fault(Why.LONG, word=str(LONGEST_TEMPLATE))]
    return of_source(text, audience)


def of_source(source: str, audience: str, *, document: bool = False) -> list[Fault]:
    """All that is wrong with a template, whatever it is a part of; a document has fields of its own."""
    try:
        tree = _READER.parse(source)
    except Faulty as error:
        return list(error.faults)
    return list(_misused(tree, _Fields({**FIELDS[audience], **(OF_DOCUMENT if document else {})})))


class _Fields:
    """The fields that may be named, and what the variable of a loop stands for."""

    def __init__(self, fields: Mapping[str, Field], loop: str = "", over: str = "") -> None:
        self.fields, self.loop, self.over = fields, loop, over

    def within(self, node: nodes.For) -> _Fields:
        return _Fields(self.fields, str(getattr(node.target, "name", "")), str(getattr(node.iter, "name", "")))

    def whole(self, name: str, attribute: str) -> str:
        """The field that a part of a name is: of what a loop goes through, the list's."""
        return f"{self.over if name == self.loop else name}.{attribute}"

    def known(self, node: nodes.Getattr | nodes.Name) -> list[str]:
        """The field that is named, if it is one."""
        of_whole = "" if isinstance(node, nodes.Name) else str(getattr(node.node, "name", ""))
        name = node.name if isinstance(node, nodes.Name) else self.whole(of_whole, node.attr)
        return [name] if name in self.fields else []

    def shape(self, name: str) -> Shape | None:
        """Of what a name stands for; None where nothing is known by it."""
        if self.loop and name == self.loop:
            found = self.fields.get(self.over)
            return Shape.RECORD if found and found.shape == Shape.RECORDS else Shape.TEXT
        found = self.fields.get(name)
        return found.shape if found and "." not in name else None

    def part(self, name: str, attribute: str) -> bool:
        """Whether what a name stands for has such a part."""
        if name == "loop" and self.loop:
            return attribute in {"first", "last", "index"}
        return self.whole(name, attribute) in self.fields


def _misused(node: nodes.Node, fields: _Fields) -> Iterator[Fault]:
    """Names that are no fields, and fields used as what they are not."""
    if isinstance(node, nodes.For):
        yield from _of_loop(node, fields)
        fields = fields.within(node)
        for one in node.body:
            yield from _misused(one, fields)
        return
    if isinstance(node, nodes.Getattr):
        yield from _of_attribute(node, fields)
        return
    if isinstance(node, nodes.Output):
        yield from _printed_whole(node, fields)
    elif isinstance(node, nodes.Name) and fields.shape(node.name) is None:
        yield Fault(Why.FIELD, node.lineno, node.name)
    for one in node.iter_child_nodes():
        yield from _misused(one, fields)


def _of_loop(node: nodes.For, fields: _Fields) -> Iterator[Fault]:
    over, target = str(getattr(node.iter, "name", "")), str(getattr(node.target, "name", ""))
    shape = fields.shape(over)
    if shape is None:
        yield Fault(Why.FIELD, node.lineno, over)
    elif shape not in LOOPED:
        yield Fault(Why.SINGLE, node.lineno, over)
    if target in fields.fields or target == "loop":
        yield Fault(Why.REFUSED, node.lineno, target)


def _of_attribute(node: nodes.Getattr, fields: _Fields) -> Iterator[Fault]:
    name = str(getattr(node.node, "name", ""))
    if fields.shape(name) in LOOPED:
        yield Fault(Why.LIST, node.lineno, name)
    elif not fields.part(name, node.attr):
        yield Fault(Why.FIELD, node.lineno, f"{name}.{node.attr}")


def _printed_whole(node: nodes.Output, fields: _Fields) -> Iterator[Fault]:
    """A list or a record cannot be printed as it stands."""
    for one in node.nodes:
        if isinstance(one, nodes.Name) and (shape := fields.shape(one.name)) not in {None, Shape.TEXT}:
            yield Fault(Why.LIST if shape in LOOPED else Why.FIELD, one.lineno, one.name)


def named(parts: Mapping[str, str], audience: str) -> frozenset[str]:
    """The fields that a template without faults speaks of, with what it says of each: ``sessions.hall``."""
    found: set[str] = set()
    for text in parts.values():
        found |= set(_named(_READER.parse(text), _Fields(FIELDS[audience])))
    return frozenset(found)


def _named(node: nodes.Node, fields: _Fields) -> Iterator[str]:
    if isinstance(node, nodes.For):
        fields = fields.within(node)
        yield fields.over
        for one in node.body:
            yield from _named(one, fields)
    elif isinstance(node, nodes.Getattr | nodes.Name):
        yield from fields.known(node)
    else:
        for one in node.iter_child_nodes():
            yield from _named(one, fields)
