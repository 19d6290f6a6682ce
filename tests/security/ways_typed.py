"""The ways in for words: every command that there is with odd words behind it, and lines at a terminal."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from bot.cli.words import words
from bot.platforms.console.chat import Chat as Talk
from bot.platforms.console.render import drawn
from bot.platforms.console.talk import Terminal
from handlers import router
from tests.chat import Chat
from tests.security.junk import WORDS, Junk
from tests.security.watching import Throw

TAILS = (
    "M1-T1",
    "T1-T5",
    "T1 T2 @#1",
    "@Ann tomorrow",
    "M1 title: x due: 9 June",
    "3、5、7",
    "F1",
    "page 2",
    "P5",
    "2026-06-20..2026-06-27",
    "me",
    "all",
    "confirm",
    "after-meeting",
    "speakers en",
    "1",
    "Ann 2 hours",
    "https://example.org",
    "10:00-12:00",
    "",
)


@contextmanager
def _begun(folder: Path) -> Iterator[Chat]:
    chat = Chat(folder)
    ann = chat.person("Ann")
    ann.says("meeting new Forum end: 8 June 17:00")
    ann.says("template list", files={"a.txt": b"x"})
    try:
        yield chat
    finally:
        chat.close()


def _line(junk: Junk) -> str:
    command = junk.random.choice(router.commands)
    likely = [3] * len(TAILS) + [1] * len(WORDS)
    behind = junk.random.choices((*TAILS, *WORDS), weights=likely, k=junk.random.randint(0, 3))
    words = [junk.random.choice(command.names), *behind]
    line = junk.random.choice((" ", " ", "", "  ", ",")).join(words)
    return junk.text(line) if junk.random.random() < 0.3 else line


@contextmanager
def commands(folder: Path) -> Iterator[Throw]:
    """The grammar: lines, threads and forms' fields."""
    with _begun(folder) as chat:
        ann = chat.person("Ann")

        def throw(junk: Junk) -> tuple[int, str]:
            fields = {
                junk.random.choice(("title", "tasks", "who", "due", "text", "when")): junk.random.choice(
                    (*TAILS, *WORDS)
                )
            }
            thread = ("M1-T1",) if junk.random.random() < 0.2 else ()
            said = ann.says(_line(junk), fields=fields if junk.random.random() < 0.2 else {}, thread=thread)
            chat.app.delivery.drain()
            return 422 if said.refused else 200, drawn(said)

        yield throw


@contextmanager
def terminal(folder: Path) -> Iterator[Throw]:
    """What is typed at a terminal, also into the fields of a form."""
    with _begun(folder) as chat:
        told: list[str] = []
        seat = Terminal(chat.app.database, chat.app.dispatch.answer, "Ann", "team")

        def throw(junk: Junk) -> tuple[int, str]:
            told.clear()
            typed = iter([junk.random.choice((*TAILS, *WORDS)) for _ in range(5)])

            def read(_prompt: str) -> str:
                try:
                    return next(typed)
                except StopIteration:
                    raise EOFError from None

            talk = Talk(seat, read, told.append, told.append, partial(words, "chat"))
            talk.say(talk.meant(_line(junk)))
            return 200, "\n".join(told)

        yield throw
