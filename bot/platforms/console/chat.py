"""A conversation at a terminal: lines, buttons by their number, forms field by field."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bot.platforms.console.render import buttons, drawn

if TYPE_CHECKING:
    from bot.platforms.console.talk import Terminal
    from messages import Message
    from messages.message import Field, Form

LOOK_EVERY = 1.0
"""Seconds between two looks at what the bot has said of its own accord."""
PROMPT = "› "


@dataclass
class Chat:
    """``read`` asks for a line and raises ``EOFError`` at the end; ``words`` gives a block of messages/cli/chat.

    ``aside`` prints while somebody may be typing.
    """

    terminal: Terminal
    read: Callable[[str], str]
    write: Callable[[str], None]
    aside: Callable[[str], None]
    words: Callable[..., str]
    last: Message | None = None
    stopping: threading.Event = field(default_factory=threading.Event)
    one_at_a_time: threading.Lock = field(default_factory=threading.Lock)

    def run(self) -> None:
        """Until the input ends. What the bot says meanwhile is shown as it comes."""
        self.write(self.words("welcome", name=self.terminal.account))
        self.terminal.catch_up()
        listening = threading.Thread(target=self._listen, name="listening", daemon=True)
        listening.start()
        try:
            while True:
                line = self.read(PROMPT).strip()
                if line:
                    self.say(self.meant(line))
        except EOFError:
            self.hear(self.write)
        finally:
            self.stopping.set()
            listening.join()

    def _listen(self) -> None:
        while not self.stopping.wait(LOOK_EVERY):
            self.hear(self.aside)

    def hear(self, write: Callable[[str], None]) -> None:
        with self.one_at_a_time:
            for message in self.terminal.heard():
                self.show(message, write)

    def show(self, message: Message, write: Callable[[str], None]) -> None:
        self.last = message
        write(f"{drawn(message, numbered=True)}\n")

    def meant(self, line: str) -> str:
        """What a bare number says: the button of that number on what was shown last."""
        pressed = buttons(self.last) if self.last else []
        number = int(line) if line.isdecimal() and len(line) < 4 else 0  # noqa: PLR2004  more than any message has
        return pressed[number - 1].line if 1 <= number <= len(pressed) else line

    def say(self, line: str, fields: dict[str, str] | None = None) -> None:
        message = self.terminal.says(line, fields=fields or {})
        with self.one_at_a_time:
            self.show(message, self.write)
        if message.form is not None:
            self.fill(message.form)

    def fill(self, form: Form) -> None:
        """Ask for each field; the end of the input leaves the form unsent."""
        try:
            given = {one.name: one.value if one.kind == "hidden" else self.ask(one) for one in form.fields}
        except EOFError:
            self.write(self.words("form_left"))
        else:
            self.say(form.line, given)

    def ask(self, one: Field) -> str:
        """What is given for a field; an empty line keeps what stands in it."""
        labels = {choice.value: choice.label for choice in one.choices}
        if one.hint:
            self.write(f"  {one.hint}")
        for number, label in enumerate(labels.values(), 1):
            self.write(f"  {number}. {label}")
        while True:
            standing = f" [{labels.get(one.value, one.value)}]" if one.value else ""
            given = self.read(f"{one.label}{' *' if one.required else ''}{standing}{PROMPT}").strip() or one.value
            found = choice(given, labels) if labels else given
            if found is not None and (found or not one.required):
                return found
            self.write(self.words("again" if labels else "needed"))


def choice(given: str, labels: dict[str, str]) -> str | None:
    """The value that a number, a label or the value itself stands for; None for anything else."""
    if given in labels or not given:
        return given
    if given.isdecimal() and len(given) < 4 and 1 <= int(given) <= len(labels):  # noqa: PLR2004  as above
        return list(labels)[int(given) - 1]
    return next((value for value, label in labels.items() if label.casefold() == given.casefold()), None)
