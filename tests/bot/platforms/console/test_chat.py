"""A conversation at a terminal, typed in advance."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from bot.platforms.console.chat import Chat as Conversation
from bot.platforms.console.talk import Terminal
from handlers.context import Context
from messages import Message
from messages.message import Button, Choice, Field, Form
from storage import rooms, workspace
from tests.chat import Chat


def words(block: str, /, **facts: object) -> str:
    return f"<{block}{''.join(f' {value}' for value in facts.values())}>"


@dataclass
class Screen:
    """What is typed, one after the other, and what is shown; ``said`` are the lines and fields that were sent."""

    typed: list[str]
    answers: list[Message]
    shown: list[str] = field(default_factory=list)
    said: list[tuple[str, dict[str, str]]] = field(default_factory=list)

    def read(self, prompt: str) -> str:
        self.shown.append(prompt)
        if not self.typed:
            raise EOFError
        line = self.typed.pop(0)
        if line == "^D":
            raise EOFError
        return line

    def run(self, chat: Chat) -> Screen:
        def answer(ask: object) -> Message:
            self.said.append((ask.line, dict(ask.fields)))  # type: ignore[attr-defined]
            return self.answers.pop(0)

        terminal = Terminal(chat.app.database, answer, "Ann", "team")
        Conversation(terminal, self.read, self.shown.append, self.shown.append, words).run()
        return self

    @property
    def text(self) -> str:
        return "\n".join(self.shown)


def plain(body: str = "", **parts: object) -> Message:
    return Message.model_validate({"name": "x", "locale": "en", "body": body, **parts})


ASK = plain("Which?", buttons=(Button(label="A", line="done T1"), Button(label="B", line="done T2")))
FORM = plain(
    form=Form(
        line="wait T5",
        submit="Send",
        fields=(
            Field(name="reason", label="Why", required=True, hint="In a few words."),
            Field(
                name="who",
                label="Who",
                kind="choice",
                value="@1",
                choices=(Choice(value="@1", label="Ann"), Choice(value="@2", label="Bo")),
            ),
            Field(name="until", label="Until"),
            Field(name="seen", label="seen", kind="hidden", value="3"),
        ),
    )
)


def test_it_greets_and_ends_with_the_input(chat: Chat) -> None:
    screen = Screen([], []).run(chat)
    assert screen.shown == ["<welcome Ann>", "› "]


def test_empty_lines_are_not_sent_and_a_line_is_answered(chat: Chat) -> None:
    screen = Screen(["", "  ", " help "], [plain("Here is help.")]).run(chat)
    assert screen.said == [("help", {})]
    assert "Here is help.\n" in screen.shown


def test_a_number_presses_the_button_of_what_was_shown_last(chat: Chat) -> None:
    screen = Screen(["done", "2"], [ASK, plain()]).run(chat)
    assert screen.said == [("done", {}), ("done T2", {})]
    assert "2. [B] done T2" in screen.text


@pytest.mark.parametrize("line", ["0", "3", "99999", "2 3", "１２"])
def test_a_number_that_is_no_button_is_said_as_it_is(chat: Chat, line: str) -> None:
    assert Screen(["done", line], [ASK, plain()]).run(chat).said[-1] == (line, {})


def test_a_form_is_asked_field_by_field(chat: Chat) -> None:
    screen = Screen(["wait T5", "", "no invoice", "9", "2", ""], [FORM, plain("Noted.")]).run(chat)
    given = {"reason": "no invoice", "who": "@2", "until": "", "seen": "3"}
    assert screen.said[-1] == ("wait T5", given)
    assert "<needed>" in screen.text
    assert "<again>" in screen.text
    assert "  In a few words." in screen.shown
    assert "Who [Ann]› " in screen.shown


@pytest.mark.parametrize(("typed", "value"), [("", "@1"), ("bo", "@2"), ("@2", "@2"), ("1", "@1")])
def test_a_choice_takes_a_number_a_label_its_value_or_what_stands_there(chat: Chat, typed: str, value: str) -> None:
    screen = Screen(["wait T5", "x", typed, ""], [FORM, plain()]).run(chat)
    assert screen.said[-1][1]["who"] == value


def test_the_end_of_input_leaves_a_form_unsent_and_the_chat_goes_on(chat: Chat) -> None:
    screen = Screen(["wait T5", "^D", "help"], [FORM, plain("Help.")]).run(chat)
    assert [line for line, _ in screen.said] == ["wait T5", "help"]
    assert "<form_left>" in screen.shown


def test_what_the_bot_says_of_its_own_accord_is_heard_once(chat: Chat) -> None:
    ann, bo = chat.person("Ann"), chat.person("Bo")
    with chat.app.database.write() as db:
        place = workspace.by_key(db, "main")
        own = rooms.met(db, place.id, "console", "dm:ann", person_id=ann.id)
        bos = rooms.met(db, place.id, "console", "dm:bo", person_id=bo.id)
        team = rooms.met(db, place.id, "console", "team")
        other = rooms.met(db, place.id, "console", "other")
    terminal = Terminal(chat.app.database, chat.answer, "Ann", "Team")
    for number, room in enumerate((own, bos, team, other)):
        with chat.app.database.write() as db:
            ctx = Context(db, place, None, room, chat.clock.now())  # type: ignore[arg-type]
            ctx.promise(f"test:{number}", room, plain(f"to {room.external}"))
    chat.settle()
    assert [message.body for message in terminal.heard()] == ["to dm:ann", "to team"]
    assert list(terminal.heard()) == []


def test_news_is_shown_at_the_end_at_the_latest(chat: Chat) -> None:
    chat.person("Ann")
    with chat.app.database.write() as db:
        place = workspace.by_key(db, "main")
        team = rooms.met(db, place.id, "console", "team")

    def answer(_ask: object) -> Message:
        with chat.app.database.write() as db:
            Context(db, place, None, team, chat.clock.now()).promise("test:1", team, plain("By the way."))  # type: ignore[arg-type]
        chat.settle()
        return plain("Yes.")

    shown: list[str] = []
    typed = iter(["hello"])

    def read(_prompt: str) -> str:
        try:
            return next(typed)
        except StopIteration:
            raise EOFError from None

    Conversation(Terminal(chat.app.database, answer, "Ann", "team"), read, shown.append, shown.append, words).run()
    assert shown == ["<welcome Ann>", "Yes.\n", "By the way.\n"]
