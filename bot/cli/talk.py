"""Talking to the bot from a terminal: one line for scripts, or a conversation."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from bot.cli import opening
from bot.cli.words import Trouble, Worded, lang, words

if TYPE_CHECKING:
    from bot.app import App
    from bot.ask import Upload
    from bot.platforms.console.talk import Terminal
    from messages import Message
    from messages.message import Form

Function = Callable[..., Any]


def somebody(run: Function) -> Function:
    """The options that say who speaks where."""
    for option in (
        click.option("--workspace", metavar="KEY", default="main", show_default=True),
        click.option("--direct", is_flag=True),
        click.option("--room", metavar="NAME", default="team", show_default=True),
        click.option("--as", "account", metavar="NAME"),
    ):
        run = option(run)
    return run


@contextmanager
def terminal(account: str | None, room: str, *, workspace: str, direct: bool) -> Iterator[tuple[App, Terminal]]:
    """A person at a terminal; this process keeps only promises to terminals."""
    from bot import logs
    from bot.platforms.console.talk import Terminal

    wanted = opening.settings()
    with opening.opened(wanted, delivers=("console",)) as app:
        logs.configure(secrets=logs.secrets_of(wanted, app.database), level=logs.WARNING)
        name = opening.clean(account or opening.me())
        yield app, Terminal(app.database, app.dispatch.answer, name, opening.clean(room), workspace, direct)


def _told(_ctx: click.Context, _option: click.Parameter, given: Sequence[str]) -> dict[str, str]:
    """What is to be filled in, by the names that stand in brackets where a form is printed."""
    found = {name.strip(): text for name, is_said, text in (one.partition("=") for one in given) if is_said}
    if len(found) < len(given):
        raise Trouble("field", code=2)
    return found


@click.command(cls=Worded)
@click.argument("line", nargs=-1, required=True)
@somebody
@click.option("--thread", metavar="T12", multiple=True)
@click.option(
    "--file", "files", metavar="PATH", type=click.Path(exists=True, dir_okay=False, path_type=Path), multiple=True
)
@click.option("--field", "fields", metavar="NAME=TEXT", multiple=True, callback=_told)
@click.option("--json", "as_json", is_flag=True)
@lang
@click.pass_context
def say(
    ctx: click.Context,
    line: tuple[str, ...],
    account: str | None,
    room: str,
    *,
    workspace: str,
    direct: bool,
    thread: tuple[str, ...],
    files: tuple[Path, ...],
    fields: dict[str, str],
    as_json: bool,
) -> None:
    lines = opening.stdin_lines() if line == ("-",) else [opening.clean(" ".join(line))]
    with terminal(account, room, workspace=workspace, direct=direct) as (app, person):
        person.catch_up()
        sent = kept(app, files)
        for one in lines:
            message = person.says(one, files=sent, thread=thread)
            if fields:
                form = asked(message)
                message = person.says(form.line, files=sent, thread=thread, fields=filled(form, fields))
            show_message(message, as_json=as_json)
            app.delivery.drain()
            for said in person.heard():
                show_message(said, as_json=as_json)
            if message.refused and line == ("-",):
                raise Trouble("stopped", line=one)
            if message.refused:
                ctx.exit(1)


def asked(message: Message) -> Form:
    """What the answer asks. Raises ``Trouble`` where it asks nothing."""
    if message.form is None:
        show_message(message)
        raise Trouble("no_form", code=2)
    return message.form


def filled(form: Form, fields: Mapping[str, str]) -> dict[str, str]:
    """The form with these fields, the others as they stand. Raises ``Trouble`` for what it does not ask, or offer."""
    from bot.platforms.console.chat import choice

    there = {one.name: one for one in form.fields if one.kind != "hidden"}
    given = {one.name: one.value for one in form.fields}
    for name, text in fields.items():
        labels = {one.value: one.label for one in there[name].choices} if name in there else {}
        found = choice(text, labels) if labels else text
        if name not in there or found is None:
            offered = ", ".join(filter(None, labels.values())) if labels else ", ".join(there)
            raise Trouble("no_choice" if labels else "no_field", code=2, name=name, text=text, offered=offered)
        given[name] = found
    return given


def kept(app: App, files: Iterable[Path]) -> list[Upload]:
    from bot.keeping import NotKept
    from bot.kinds import Unwanted
    from bot.platforms.console.talk import upload
    from storage.files import TooLarge

    most = app.settings.largest_file_mb
    uploads = []
    for path in files:
        try:
            uploads.append(upload(app.intake, path))
        except TooLarge:
            raise Trouble("large_file", name=path.name, most=most) from None
        except Unwanted as unwanted:
            raise Trouble(f"file_{unwanted.reason}", name=unwanted.name) from None
        except NotKept as error:
            raise Trouble("file_unkept", name=path.name, reason=error.strerror) from None
        except OSError as error:
            raise Trouble("file", name=path.name, reason=error.strerror or str(error)) from None
    return uploads


def show_message(message: Message, *, as_json: bool = False) -> None:
    from bot.platforms.console.render import drawn

    click.echo(message.model_dump_json() if as_json else f"{drawn(message)}\n")


@click.command(cls=Worded)
@somebody
@lang
def chat(account: str | None, room: str, *, workspace: str, direct: bool) -> None:
    from bot.platforms.console.chat import Chat

    with terminal(account, room, workspace=workspace, direct=direct) as (app, person):
        app.start()
        try:
            Chat(person, _read, click.echo, _aside, _words).run()
        except KeyboardInterrupt:
            click.echo()
        finally:
            app.stop()


def _words(block: str, /, **facts: Any) -> str:
    return words("chat", block, **facts)


def _read(prompt: str) -> str:
    import readline  # noqa: F401  arrow keys and history come with it

    try:
        return input(prompt)
    except EOFError:
        click.echo()
        raise


def _aside(text: str) -> None:
    """Above the line that is being typed, which is put back below it."""
    import sys

    from bot.platforms.console.chat import PROMPT

    if not sys.stdin.isatty():
        click.echo(text)
        return
    import readline

    sys.stdout.write(f"\r\x1b[K{text}\n{PROMPT}{readline.get_line_buffer()}")
    sys.stdout.flush()
