"""Commands find their function here: the longest known verb wins, annotated parameters are the parser."""

from __future__ import annotations

import inspect
import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any, cast, get_args, get_type_hints

from pydantic import TypeAdapter, ValidationError

import messages
from handlers import nearest
from handlers.grammar import Cursor, Taker, fold
from handlers.refused import Refused
from messages import Offer

if TYPE_CHECKING:
    from handlers.context import Context
    from messages import Message
    from storage.journal import Change

Handler = Callable[..., "Message"]
Recheck = Callable[["Context", str, "Message"], "Message | None"]
Arrival = Callable[["Context"], "Message | None"]
Undone = Callable[["Context", Sequence["Change"]], None]

# Who is spoken to, or how a chat program marks a command; it says nothing of what is wanted.
_ADDRESS = re.compile(r"\s*(?:@(?:huihou|会后)(?![a-z0-9])[\s,:]*|/(?:huihou|hh)(?![a-z0-9])\s*|/)*", re.IGNORECASE)
_UNBROKEN = re.compile("[!-~]+|.")
"""What of a verb no blank can stand in: its first Latin word, or one Chinese character."""
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
        """The help line, cut at its first colon. What follows is a form only if it begins with the verb."""
        verb, said = self.verb(locale), messages.phrase(self.summary, locale)
        what, *rest = re.split(r"\s*[:：]\s*", said, maxsplit=1)
        if rest and any(_end_of(fold(rest[0]), 0, _squeeze(name)) for name in self.names[:2]):
            return Usage(verb, what, rest[0])
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


@dataclass(frozen=True)
class Match:
    """A verb that was found at the beginning of a line, and where the rest begins."""

    command: Command
    end: int
    sure: bool
    """False where a Chinese verb runs straight into more Chinese: it may be a sentence, not a command."""


@dataclass
class Router:
    """One capability's commands and rechecks; joined in ``handlers.__init__``."""

    group: str = ""
    commands: list[Command] = field(default_factory=list)
    rechecks: dict[str, Recheck] = field(default_factory=dict)
    afterwards: list[Undone] = field(default_factory=list)
    arrivals: list[Arrival] = field(default_factory=list)
    fallback: Handler | None = None

    def command(
        self, name: str, *, zh: str, also: Sequence[str] = (), secret: bool = False, menu: Menu | None = None
    ) -> Callable[[Handler], Handler]:
        """Register a command under its English name, its Chinese name and others that people use."""

        def register(run: Handler) -> Handler:
            self.commands.append(Command((name, zh, *also), run, self.group, secret, menu))
            return run

        return register

    def recheck(self, kind: str) -> Callable[[Recheck], Recheck]:
        """Register who decides, just before sending, whether a promise of this kind is still wanted."""

        def register(run: Recheck) -> Recheck:
            self.rechecks[kind] = run
            return run

        return register

    def after_undo(self, run: Undone) -> Undone:
        """Register who tells others what an undo means for them; it gets the changes that were put back."""
        self.afterwards.append(run)
        return run

    def arrival(self, run: Arrival) -> Arrival:
        """Register who may know what files are that come without a word; None where it is no concern of theirs."""
        self.arrivals.append(run)
        return run

    def otherwise(self, run: Handler) -> Handler:
        """Register who answers a line that begins with no verb."""
        self.fallback = run
        return run

    def include(self, others: Iterable[Router]) -> None:
        for other in others:
            self.commands += other.commands
            self.rechecks |= other.rechecks
            self.afterwards += other.afterwards
            self.arrivals += other.arrivals
            self.fallback = other.fallback or self.fallback

    @cached_property
    def _verbs(self) -> dict[str, list[tuple[str, str, Command]]]:
        """How a line with it must begin, and every name without blanks; by its first character, the longest first."""
        found: dict[str, list[tuple[str, str, Command]]] = {}
        for command in self.commands:
            for verb in map(_squeeze, command.names):
                found.setdefault(verb[0], []).append((_UNBROKEN.match(verb)[0], verb, command))  # type: ignore[index]
        return {first: sorted(named, key=lambda one: -len(one[1])) for first, named in found.items()}

    def groups(self) -> dict[str, list[Command]]:
        """The commands by capability, in the order in which they were joined."""
        found: dict[str, list[Command]] = {}
        for command in self.commands:
            found.setdefault(command.group, []).append(command)
        return found

    def menu(self) -> dict[Menu, list[Command]]:
        """The commands of the short menu, in the order in which they were joined."""
        return {heading: [one for one in self.commands if one.menu is heading] for heading in Menu}

    def find(self, line: str) -> Match | None:
        """The longest verb at the beginning of the line, in either language, blanks in it or not.

        A mention of the bot, a slash and the slash command's own name before it are passed over.
        """
        return self._found(line)

    @cached_property
    def _found(self) -> Callable[[str], Match | None]:
        """A command asks several times what its line is."""
        return lru_cache(maxsize=100)(self._look)

    def _look(self, line: str) -> Match | None:
        text = fold(line)
        start = _addressed(text)
        said = text[start:].lstrip().lower()
        for begin, verb, command in self._verbs.get(said[:1], ()):
            end = _end_of(text, start, verb) if said.startswith(begin) else None
            if end is not None:
                return Match(command, end, sure=not _runs_on(text, end))
        return None

    def answer(self, ctx: Context, line: str) -> Message:
        """The command's answer. Raises ``Refused`` for what cannot be understood or is not allowed."""
        ctx.router = self
        match = self.find(line)
        if match is not None:
            try:
                values = arguments(match.command, ctx, line[match.end :])
            except Refused as refused:
                if match.sure or not refused.name.startswith("grammar/"):
                    raise
            else:
                return match.command.run(ctx, **values)
        start = _addressed(fold(line))
        if start and not line[start:].strip() and line.strip() and self.find("help"):
            return self.answer(ctx, "help")
        return self.in_words(ctx, line[start:])

    def in_words(self, ctx: Context, line: str) -> Message:
        """A line without a verb: files alone, perhaps a sentence, perhaps a verb with a slip in it."""
        if ctx.files and not line.strip():
            known = next((answer for look in self.arrivals if (answer := look(ctx))), None)
            if known is not None:
                return known
        try:
            return (self.fallback or _nobody)(ctx, line)
        except Refused as refused:
            if refused.name not in _NOT_UNDERSTOOD:
                raise
            guesses = [Offer("guess", fixed, facts={"line": fixed}) for fixed in self.guesses(ctx, line)]
            if not guesses and refused.name != "grammar/unknown":
                raise
            raise Refused(
                "grammar/unknown", text=line.strip(), guesses=len(guesses), buttons=guesses or _WAYS_ON
            ) from None

    def guesses(self, ctx: Context, line: str) -> list[str]:
        """The line with its verb put right, as far as it can then be read to its end."""
        if len(line) > _LONGEST_GUESS:
            return []
        names = [name for command in self.commands for name in command.names]
        found: dict[str, str] = {}
        for fixed in nearest.corrected(line, names):
            if verb := self._reads(ctx, fixed):
                found.setdefault(verb, fixed)
        return list(found.values())[:_MOST_GUESSES]

    def _reads(self, ctx: Context, line: str) -> str:
        """The command that the whole line is; empty if it is none."""
        match = self.find(line)
        try:
            values = arguments(match.command, ctx, line[match.end :], guessing=True) if match else {}
        except Refused:
            return ""
        if match is None or not (match.sure or _free_text(match.command, values) == ""):
            return ""
        return match.command.name


def _free_text(command: Command, values: Mapping[str, Any]) -> str:
    """What was taken for words of any kind; a guess does not read that far where something was left out."""
    return "".join(str(values.get(one.name, "")) for one in command.parameters if one.kind == "text")


def _nobody(ctx: Context, line: str) -> Message:  # noqa: ARG001
    raise Refused("grammar/unknown", text=line)


_NOT_UNDERSTOOD = frozenset({"grammar/unknown", "meetings/none", "meetings/which"})
_MOST_GUESSES = 3
_LONGEST_GUESS = 80
_WAYS_ON = (Offer("help", "help"), Offer("mine", "list mine"))


def _addressed(text: str) -> int:
    """Where the words begin, behind a mention of the bot and slashes."""
    match = _ADDRESS.match(text)
    return match.end() if match else 0


def _squeeze(name: str) -> str:
    return " ".join(name.casefold().split())


def _end_of(text: str, start: int, verb: str) -> int | None:
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


def _runs_on(text: str, end: int) -> bool:
    return end < len(text) and unicodedata.category(text[end]) == "Lo"


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
        raise _unreadable("too_much", command, ctx, text=cursor.rest())
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


def _unreadable(block: str, command: Command, ctx: Context, **facts: str) -> Refused:
    usage = command.usage(ctx.locale)
    more = Offer("how", f"help {command.name}", facts={"verb": usage.verb})
    return Refused(f"grammar/{block}", verb=usage.verb, how=usage.how, buttons=[more], **facts)
