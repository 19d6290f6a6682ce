"""Where templates that people write are run: what is not on a short list is refused before anything is run."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import Any

from jinja2 import Template, TemplateSyntaxError, nodes, pass_context
from jinja2.runtime import Context, LoopContext
from jinja2.sandbox import ImmutableSandboxedEnvironment

from messages.letters.filters import FILTERS, shown
from messages.letters.values import Record, Unknown

LONGEST_TEMPLATE = 10_000
LONGEST_TEXT = 20_000
MOST_ENTRIES = 500
"""Of one list; also of the loops and conditions in a template."""
DEEPEST = 12


class Why(StrEnum):
    """SYNTAX cannot be read; REFUSED is not on the list of what templates may do; DEEP is nested too often.

    FIELD is no field of such letters; LIST must be gone through with ``for``; SINGLE cannot be. COMPARED: a text
    with a number. EMPTY: no letter goes without such a part.
    """

    SYNTAX = "syntax"
    REFUSED = "refused"
    FILTER = "filter"
    FIELD = "field"
    LIST = "list"
    SINGLE = "single"
    COMPARED = "compared"
    LONG = "long"
    DEEP = "deep"
    EMPTY = "empty"


@dataclass(frozen=True)
class Fault:
    """What is wrong with a template; ``line`` from 1, ``word`` is what it is about."""

    why: Why
    line: int = 1
    word: str = ""
    part: str = ""


class Faulty(Exception):  # noqa: N818  somebody's template, not a bug
    """A template that is not run, or was stopped: ``faults`` say why."""

    def __init__(self, *faults: Fault) -> None:
        super().__init__(*faults)
        self.faults = faults


_STATEMENTS = (nodes.Template, nodes.Output, nodes.TemplateData, nodes.If, nodes.For)
_VALUES = (nodes.Name, nodes.Getattr, nodes.Filter)
_CONDITIONS = (
    *_VALUES,
    nodes.Compare,
    nodes.Operand,
    nodes.And,
    nodes.Or,
    nodes.Not,
    nodes.Const,
    nodes.Tuple,
    nodes.List,
)
_PRINTED = (*_VALUES, nodes.TemplateData)
_SIGNS = {
    "call": "( )",
    "getitem": "[ ]",
    "concat": "~",
    "condexpr": "if … else",
    "test": "is",
    "assign": "set",
    "const": "'…'",
}
_MOST_GIVEN = {"join": 1, "short": 1}
_LOOP = frozenset({"first", "last", "index"})
_RESERVED = frozenset({"self", "super", "caller", "varargs", "kwargs", "locale"})


class _Bounded(Template):
    """A template that is stopped when what becomes of it grows too long, or what it goes through is too much."""

    def render(self, *args: Any, **kwargs: Any) -> str:
        """Raises ``Faulty``."""
        facts, most = dict(*args, **kwargs), getattr(self.environment, "most", LONGEST_TEXT)
        if any(isinstance(fact, list) and len(fact) > MOST_ENTRIES for fact in facts.values()):
            raise Faulty(Fault(Why.LONG, word=str(MOST_ENTRIES)))
        pieces, length = [], 0
        try:
            for piece in self.generate(facts):
                pieces.append(piece)
                length += len(piece)
                if length > most:
                    raise Faulty(Fault(Why.LONG, word=str(most)))
        except TypeError as error:
            raise Faulty(Fault(Why.COMPARED)) from error
        return "".join(pieces)


class Sandbox(ImmutableSandboxedEnvironment):
    """Jinja without globals, tests, calls, subscripts and arithmetic. ``parse`` raises ``Faulty``.

    ``most`` is how many characters may become of one template.
    """

    template_class = _Bounded

    def __init__(self, *, autoescape: bool = False, most: int = LONGEST_TEXT) -> None:
        super().__init__(autoescape=autoescape, undefined=Unknown, keep_trailing_newline=True, cache_size=0)
        self.most = most
        self.finalize = _print
        self.globals.clear()
        self.tests.clear()
        self.filters.clear()
        self.filters.update(FILTERS)

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        try:
            tree = super()._parse(source, name, filename)
        except TemplateSyntaxError as error:
            raise Faulty(Fault(Why.SYNTAX, error.lineno, _line(source, error.lineno))) from error
        except (RecursionError, ValueError, OverflowError, MemoryError) as error:
            raise Faulty(Fault(Why.DEEP)) from error
        if found := list(breaches(tree)):
            raise Faulty(*found)
        return tree

    def compile(self, *args: Any, **kwargs: Any) -> Any:
        try:
            return super().compile(*args, **kwargs)
        except (SyntaxError, RecursionError, MemoryError) as error:  # Python's own limits on what it compiles
            raise Faulty(Fault(Why.DEEP)) from error

    def getattr(self, obj: Any, attribute: str) -> Any:
        if isinstance(obj, Record):
            return obj.get(attribute, Unknown(name=f"{obj.path}.{attribute}"))
        if isinstance(obj, Unknown):
            return obj.part(attribute)
        if isinstance(obj, LoopContext) and attribute in _LOOP:
            return getattr(obj, attribute)
        return Unknown(name=attribute)

    def getitem(self, obj: Any, argument: Any) -> Any:
        return self.getattr(obj, str(argument))

    def call(self, *_: Any, **__: Any) -> Any:
        raise Faulty(Fault(Why.REFUSED, word="()"))


def _line(source: str, number: int) -> str:
    lines = source.splitlines()
    return lines[number - 1].strip()[:80] if 0 < number <= len(lines) else ""


@pass_context
def _print(context: Context, value: Any) -> Any:
    return value if isinstance(value, Unknown) else shown(value, context["locale"])


# --- what may stand in a template


def breaches(tree: nodes.Template) -> Iterator[Fault]:
    """All that is not allowed. The tree is only looked at."""
    yield from _breaches(tree, _Place())


@dataclass(frozen=True)
class _Place:
    """Where one is in a tree: how deep, whether in a loop, and what may stand there."""

    may: tuple[type[nodes.Node], ...] = _STATEMENTS
    depth: int = 0
    looping: bool = False

    def below(self, may: tuple[type[nodes.Node], ...], *, looping: bool = False) -> _Place:
        return _Place(may, self.depth + 1, self.looping or looping)


def _breaches(node: nodes.Node, place: _Place) -> Iterator[Fault]:
    if place.depth > DEEPEST:
        yield Fault(Why.DEEP, node.lineno)
    elif not isinstance(node, place.may):
        yield Fault(Why.REFUSED, node.lineno, _sign(node))
    else:
        yield from _of_its_own(node, place)
        for child, below in _below(node, place):
            yield from _breaches(child, below)


def _sign(node: nodes.Node) -> str:
    """What is not allowed, as whoever wrote it sees it."""
    name = type(node).__name__.lower()
    return _SIGNS.get(name, getattr(node, "operator", name) or name)


def _of_its_own(node: nodes.Node, place: _Place) -> Iterator[Fault]:
    """What is wrong with the node itself."""
    if isinstance(node, nodes.Name) and (node.name in _RESERVED or node.name.startswith("_")):
        yield Fault(Why.REFUSED, node.lineno, node.name)
    elif isinstance(node, nodes.Getattr) and (not isinstance(node.node, nodes.Name) or node.attr.startswith("_")):
        yield Fault(Why.REFUSED, node.lineno, node.attr)
    elif isinstance(node, nodes.Filter):
        yield from _of_filter(node)
    elif isinstance(node, nodes.For):
        yield from _of_loop(node, place)


def _of_filter(node: nodes.Filter) -> Iterator[Fault]:
    constant = all(isinstance(one, nodes.Const) for one in node.args)
    named = node.kwargs or node.dyn_args or node.dyn_kwargs
    if node.name not in FILTERS:
        yield Fault(Why.FILTER, node.lineno, node.name)
    elif node.node is None or named or not constant or len(node.args) > _MOST_GIVEN.get(node.name, 0):
        yield Fault(Why.REFUSED, node.lineno, node.name)


def _of_loop(node: nodes.For, place: _Place) -> Iterator[Fault]:
    named = isinstance(node.iter, nodes.Name) and isinstance(node.target, nodes.Name)
    if place.looping:
        yield Fault(Why.DEEP, node.lineno, "for")
    elif not named or node.test or node.recursive or node.else_:
        yield Fault(Why.REFUSED, node.lineno, "for")


def _below(node: nodes.Node, place: _Place) -> Iterator[tuple[nodes.Node, _Place]]:
    """The children, each with what may stand there."""
    inside = place.below(_STATEMENTS, looping=isinstance(node, nodes.For))
    for name, child in _children(node):
        if isinstance(node, nodes.Output):
            yield child, place.below(_PRINTED)
        elif isinstance(node, nodes.Filter):
            yield child, place.below(_VALUES if name == "node" else (nodes.Const,))
        elif isinstance(node, nodes.Tuple | nodes.List):
            yield child, place.below((nodes.Const,))
        elif isinstance(node, nodes.Template | nodes.If | nodes.For) and name in {"body", "elif_", "else_"}:
            yield child, inside
        else:
            yield child, place.below(_CONDITIONS)


def _children(node: nodes.Node) -> Iterator[tuple[str, nodes.Node]]:
    for name, value in node.iter_fields():
        for one in value if isinstance(value, list) else (value,):
            if isinstance(one, nodes.Node):
                yield name, one


# --- running


@lru_cache(maxsize=256)
def _compiled(source: str) -> Template:
    if len(source) > LONGEST_TEMPLATE:
        raise Faulty(Fault(Why.LONG, word=str(LONGEST_TEMPLATE)))
    return _TEXT.from_string(source)


def render(source: str, facts: Mapping[str, Any], locale: str) -> str:
    """What becomes of a template. ``facts`` are ``values.wrapped``. Raises ``Faulty``, also where it grows too long."""
    return _compiled(source).render({**facts, "locale": locale})


_TEXT = Sandbox()
