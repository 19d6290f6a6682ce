"""Commands find their function here: the longest known verb wins, annotated parameters are the parser."""

from __future__ import annotations

import inspect
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, get_type_hints

from pydantic import TypeAdapter, ValidationError

from handlers.grammar import Cursor, fold
from handlers.refused import Refused

if TYPE_CHECKING:
    from handlers.context import Context
    from messages import Message

Handler = Callable[..., "Message"]
Recheck = Callable[["Context", str, "Message"], "Message | None"]


@dataclass(frozen=True)
class Parameter:
    name: str
    reader: Any
    default: Any

    @property
    def needed(self) -> bool:
        return self.default is inspect.Parameter.empty


@dataclass(frozen=True)
class Command:
    """``names`` are what people say, the English one first, then the Chinese one, then the others.

    ``secret`` keeps the arguments out of the journal; ``quiet`` commands change nothing and are not journalled.
    """

    names: tuple[str, ...]
    run: Handler
    group: str
    secret: bool = False

    @property
    def name(self) -> str:
        return self.names[0]

    @cached_property
    def summary(self) -> str:
        """The first line of the docstring: what it does, then after a colon how to type it."""
        return (inspect.getdoc(self.run) or "").split("\n", 1)[0]

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


def _reader(hint: Any) -> Any:
    for extra in getattr(hint, "__metadata__", ()):
        if hasattr(extra, "take"):
            return extra
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


@dataclass(frozen=True)
class Match:
    """A verb that was found at the beginning of a line, and where the rest begins."""

    command: Command
    end: int
    sure: bool
    """False where a Chinese verb runs straight into more Chinese: it may be a sentence, not a command."""


@dataclass
class Router:
    """One capability's commands, rechecks and jobs; joined in ``handlers.__init__``."""

    group: str = ""
    commands: list[Command] = field(default_factory=list)
    rechecks: dict[str, Recheck] = field(default_factory=dict)
    fallback: Handler | None = None

    def command(
        self, name: str, *, zh: str, also: Sequence[str] = (), secret: bool = False
    ) -> Callable[[Handler], Handler]:
        """Register a command under its English name, its Chinese name and others that people use."""

        def register(run: Handler) -> Handler:
            self.commands.append(Command((name, zh, *also), run, self.group, secret))
            return run

        return register

    def recheck(self, kind: str) -> Callable[[Recheck], Recheck]:
        """Register who decides, just before sending, whether a promise of this kind is still wanted."""

        def register(run: Recheck) -> Recheck:
            self.rechecks[kind] = run
            return run

        return register

    def otherwise(self, run: Handler) -> Handler:
        """Register who answers a line that begins with no verb."""
        self.fallback = run
        return run

    def include(self, others: Iterable[Router]) -> None:
        for other in others:
            self.commands += other.commands
            self.rechecks |= other.rechecks
            self.fallback = other.fallback or self.fallback

    @cached_property
    def _verbs(self) -> list[tuple[str, Command]]:
        """Every name without blanks, the longest first."""
        named = [(_squeeze(name), command) for command in self.commands for name in command.names]
        return sorted(named, key=lambda pair: -len(pair[0]))

    def find(self, line: str) -> Match | None:
        """The longest verb at the beginning of the line, in either language, blanks in it or not."""
        text = fold(line).casefold()
        for verb, command in self._verbs:
            end = _end_of(text, verb)
            if end is not None:
                return Match(command, end, sure=not _runs_on(text, end))
        return None

    def answer(self, ctx: Context, line: str) -> Message:
        """The command's answer. Raises ``Refused`` for what cannot be understood or is not allowed."""
        match = self.find(line)
        if match is not None:
            try:
                values = _arguments(match.command, ctx, line[match.end :])
            except Refused as refused:
                if match.sure or not refused.name.startswith("grammar/"):
                    raise
            else:
                return match.command.run(ctx, **values)
        if self.fallback is None:
            raise Refused("grammar/unknown", text=line)
        return self.fallback(ctx, line)


def _squeeze(name: str) -> str:
    return " ".join(name.casefold().split())


def _end_of(text: str, verb: str) -> int | None:
    """Where ``verb`` ends at the beginning of ``text``; blanks may stand between Chinese characters."""
    position = 0
    for character in verb:
        while position < len(text) and text[position] == " " and (character == " " or not character.isascii()):
            position += 1
        if character == " ":
            continue
        if position >= len(text) or text[position] != character:
            return None
        position += 1
    if verb[-1].isascii() and position < len(text) and (text[position].isalnum() or text[position] in "-_'"):
        return None
    return position


def _runs_on(text: str, end: int) -> bool:
    return end < len(text) and unicodedata.category(text[end]) == "Lo"


def _arguments(command: Command, ctx: Context, rest: str) -> dict[str, Any]:
    cursor, values = Cursor.over(rest.lstrip(" :")), {}
    for parameter in command.parameters:
        given = ctx.fields.get(parameter.name, "")
        source = Cursor.over(given) if given.strip() else cursor
        value = parameter.reader.take(source, ctx)
        if value is None and source is not cursor:
            raise Refused("grammar/field", name=parameter.name, text=source.original)
        if value is None and parameter.needed:
            raise Refused("grammar/missing", command=command, text=cursor.rest())
        values[parameter.name] = parameter.default if value is None else value
    if cursor.peek() is not None:
        raise Refused("grammar/too_much", command=command, text=cursor.rest())
    return values
