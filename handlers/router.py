"""Lines find their command here: the longest known verb wins; without one, it may be a sentence or a slip."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any

from handlers import nearest
from handlers.command import LONGEST_OFFERED, Command, Handler, Menu, arguments, end_of, squeeze
from handlers.grammar import fold
from handlers.refused import Refused
from messages import Offer

if TYPE_CHECKING:
    from handlers.context import Context
    from messages import Message
    from storage.journal import Change

Recheck = Callable[["Context", str, "Message"], "Message | None"]
Arrival = Callable[["Context"], "Message | None"]
Undone = Callable[["Context", Sequence["Change"]], None]

# Who is spoken to, or how a chat program marks a command; it says nothing of what is wanted.
_ADDRESS = re.compile(r"\s*(?:@(?:huihou|会后)(?![a-z0-9])[\s,:]*|/(?:huihou|hh)(?![a-z0-9])\s*|/)*", re.IGNORECASE)
_UNBROKEN = re.compile("[!-~]+|.")
"""What of a verb no blank can stand in: its first Latin word, or one Chinese character."""


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
            for verb in map(squeeze, command.names):
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
            end = end_of(text, start, verb) if said.startswith(begin) else None
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
        if len(line) > LONGEST_OFFERED:
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
_WAYS_ON = (Offer("help", "help"), Offer("mine", "list mine"))


def _addressed(text: str) -> int:
    """Where the words begin, behind a mention of the bot and slashes."""
    match = _ADDRESS.match(text)
    return match.end() if match else 0


def _runs_on(text: str, end: int) -> bool:
    return end < len(text) and unicodedata.category(text[end]) == "Lo"
