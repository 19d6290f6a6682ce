"""A command: its names, its help line, and its function, whose annotated parameters are the parser."""

from __future__ import annotations

import inspect
import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING, Any, cast, get_args, get_type_hints

from pydantic import TypeAdapter, ValidationError

import messages
from handlers.grammar import Cursor, Taker, fold
from handlers.refused import Refused
from messages import Offer

if TYPE_CHECKING:
    from handlers.context import Context
    from messages import Message

Handler = Callable[..., "Message"]

LONGEST_OFFERED = 80
"""Characters of a line that a button can still show."""
_NOTHING = " .:,;、。!~…\t\n"


@dataclass(frozen=True)
class Parameter:
    name: str
    reader: Taker
    default: Any

    @property
    def needed(self) -> bool:
        return self.default is inspect.Parameter.empty

    @property
    def kind(self) -> str:
        """What refusals and the reading of sentences must tell apart: "tasks", "people", "text"; else empty."""
        return getattr(self.reader, "kind", "")


@dataclass(frozen=True)
class Usage:
    """A command in one language: its verb, what it does, and how it is typed (several ways in one line, perhaps)."""

    verb: str
    what: str
    how: str


class Menu(StrEnum):
    """The headings of the short menu that a chat program may show all the time, in their order."""

    TASKS = "tasks"
    MEETINGS = "meetings"
    HELP = "help"


@dataclass(frozen=True)
class Command:
    """``names`` are what people say, the English one first, then the Chinese one, then the others.

    ``secret`` keeps the arguments out of the journal, and its answer out of the inbox. ``menu`` is the heading under
    which it stands in the short menu, if it does: it is said there without arguments.
    """

    names: tuple[str, ...]
    run: Handler
    group: str
    secret: bool = False
    menu: Menu | None = None

    @property
    def name(self) -> str:
        return self.names[0]

    @cached_property
    def summary(self) -> str:
        """The first line of the docstring: what it does, then after a colon how to type it."""
        return (inspect.getdoc(self.run) or "").split("\n", 1)[0]

    def verb(self, locale: str) -> str:
        """The name that a reader of this language uses."""
        return self.names[0 if locale == "en" else 1]

    def usage(self, locale: str) -> Usage:
        """The help line, cut at the first colon behind which it goes on with one of the names: with how it is typed."""
        verb, said = self.verb(locale), messages.phrase(self.summary, locale)
        for colon in re.finditer(r"\s*[:：]\s*", said):
            how = said[colon.end() :]
            if any(end_of(fold(how), 0, squeeze(name)) for name in self.names):
                return Usage(verb, said[: colon.start()], how)
        return Usage(verb, said, verb)

    @cached_property
    def parameters(self) -> tuple[Parameter, ...]:
        hints = get_type_hints(self.run, include_extras=True, localns=_names_in_annotations())
        found = list(inspect.signature(self.run).parameters.values())[1:]
        return tuple(Parameter(one.name, _reader(hints[one.name]), one.default) for one in found)


def _names_in_annotations() -> dict[str, Any]:
    """What handlers name in annotations but import for type checkers only."""
    from handlers.context import Context  # noqa: PLC0415  context and router would import each other
    from messages import Message  # noqa: PLC0415  as above
    from storage.people import Person  # noqa: PLC0415  as above

    return {"Context": Context, "Message": Message, "Person": Person}


def _reader(hint: Any) -> Taker:
    """What reads the parameter: the annotation's own reader, also in ``TaskDetails | None``."""
    for part in (hint, *get_args(hint)):
        for extra in getattr(part, "__metadata__", ()):
            if hasattr(extra, "take"):
                return cast("Taker", extra)
    return _Value(TypeAdapter(hint))


@dataclass(frozen=True)
class _Value:
    """One word, turned into the annotated type by pydantic."""

    adapter: TypeAdapter[Any]

    def take(self, cursor: Cursor, ctx: Context) -> Any:  # noqa: ARG002
        word = cursor.peek()
        if word is None:
            return None
        try:
            value = self.adapter.validate_python(word.text)
        except ValidationError:
            return None
        cursor.next()
        return value


def squeeze(name: str) -> str:
    return " ".join(name.casefold().split())


def end_of(text: str, start: int, verb: str) -> int | None:
    """Where ``verb`` ends if it stands at ``start``; blanks may stand between Chinese characters."""
    position = start
    for character in verb:
        while position < len(text) and text[position].isspace() and (character == " " or not character.isascii()):
            position += 1
        if character == " ":
            continue
        if position >= len(text) or text[position].lower() != character:
            return None
        position += 1
    if verb[-1].isascii() and position < len(text) and _goes_on(text[position]):
        return None
    return position


def _goes_on(character: str) -> bool:
    """True for what makes another word of a Latin verb; a Chinese character does not."""
    return (character.isalnum() and unicodedata.category(character) != "Lo") or character in "-_'"


def arguments(command: Command, ctx: Context, rest: str, *, guessing: bool = False) -> dict[str, Any]:
    """The words behind a verb as the function's arguments. Raises ``Refused``.

    While ``guessing``, free text is not taken to follow something that was left out: a verb with a slip in it is
    offered only if the whole line makes sense.
    """
    text = fold(rest)
    text = rest[len(text) - len(text.lstrip(" :,")) :] if text.strip(_NOTHING) else ""
    cursor, values, left_out = Cursor.over(text), {}, False
    for parameter in command.parameters:
        if guessing and left_out and parameter.kind == "text":
            break
        value = _value(command, parameter, ctx, cursor)
        left_out = left_out or value is None
        values[parameter.name] = parameter.default if value is None else value
    if cursor.peek() is not None:
        raise _too_much(command, ctx, cursor)
    return values


def _value(command: Command, parameter: Parameter, ctx: Context, cursor: Cursor) -> Any:
    given = ctx.fields.get(parameter.name, "").strip()
    source = Cursor.over(given) if given else cursor
    value = parameter.reader.take(source, ctx)
    if given and (value is None or source.peek() is not None):
        raise _unreadable("field", command, ctx, text=given)
    if value is None and parameter.needed:
        raise _unreadable("missing", command, ctx, text=cursor.rest(), needs=parameter.kind)
    return value


def _too_much(command: Command, ctx: Context, cursor: Cursor) -> Refused:
    """What could be read is not done, as the rest may have mattered: it is offered without that, to be pressed."""
    rest = cursor.rest()
    read = cursor.original.rstrip().removesuffix(rest)
    understood = read[: len(fold(read).rstrip(_NOTHING))]
    without = f"{command.verb(ctx.locale)} {understood}".strip()
    instead = [Offer("guess", without, facts={"line": without})] if len(without) <= LONGEST_OFFERED else []
    return _unreadable("too_much", command, ctx, *instead, text=rest)


def _unreadable(block: str, command: Command, ctx: Context, *instead: Offer, **facts: str) -> Refused:
    usage = command.usage(ctx.locale)
    more = Offer("how", f"help {command.name}", facts={"verb": usage.verb})
    return Refused(f"grammar/{block}", verb=usage.verb, how=usage.how, buttons=[*instead, more], **facts)
