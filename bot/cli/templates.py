"""Checklist templates from a terminal: the chat's own commands, with files of this computer."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from bot.cli import talk
from bot.cli.words import Group, Trouble, lang, words

if TYPE_CHECKING:
    from bot.app import App
    from bot.platforms.console.talk import Terminal
    from messages import Message


@click.group(cls=Group)
@lang
def template() -> None:
    pass


def asking(run: Callable[..., Any]) -> Callable[..., Any]:
    """Who asks, and where."""
    for option in (
        click.option("--workspace", metavar="KEY", default="main", show_default=True),
        click.option("--as", "account", metavar="NAME"),
        lang,
    ):
        run = option(run)
    return run


def _say(line: str, ctx: click.Context, account: str | None, workspace: str, *, yes: bool = False) -> None:
    with talk.terminal(account, "team", workspace=workspace, direct=False) as (_, person):
        _told(ctx, _confirmed(person, person.says(line), yes=yes))


def _told(ctx: click.Context, message: Message) -> None:
    talk.show_message(message)
    ctx.exit(1 if message.refused else 0)


def _confirmed(person: Terminal, message: Message, *, yes: bool) -> Message:
    """Press what a preview offers, once somebody has seen it and agrees."""
    offered = next((button for button in message.buttons if button.primary), None)
    if message.tone != "ask" or offered is None:
        return message
    if not yes:
        if not sys.stdin.isatty():
            return message
        talk.show_message(message)
        if not click.confirm(words("chat", "confirm")):
            raise click.Abort
    return person.says(offered.line)


@template.command("list")
@asking
@click.pass_context
def template_list(ctx: click.Context, account: str | None, workspace: str) -> None:
    _say("template list", ctx, account, workspace)


@template.command("show")
@click.argument("what", nargs=-1)
@asking
@click.pass_context
def template_show(ctx: click.Context, what: tuple[str, ...], account: str | None, workspace: str) -> None:
    _say(f"template show {' '.join(what)}", ctx, account, workspace)


@template.command("diff")
@click.argument("what", nargs=-1)
@asking
@click.pass_context
def template_diff(ctx: click.Context, what: tuple[str, ...], account: str | None, workspace: str) -> None:
    _say(f"template diff {' '.join(what)}", ctx, account, workspace)


@template.command("upgrade")
@click.argument("what", nargs=-1)
@click.option("--yes", is_flag=True)
@asking
@click.pass_context
def template_upgrade(
    ctx: click.Context, what: tuple[str, ...], account: str | None, workspace: str, *, yes: bool
) -> None:
    _say(f"template upgrade {' '.join(what)}", ctx, account, workspace, yes=yes)


@template.command("import")
@click.argument("path", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--yes", is_flag=True)
@asking
@click.pass_context
def template_import(ctx: click.Context, path: Path, account: str | None, workspace: str, *, yes: bool) -> None:
    with talk.terminal(account, "team", workspace=workspace, direct=False) as (app, person):
        message = person.says("template import", files=talk.kept(app, [path]))
        _told(ctx, _confirmed(person, message, yes=yes))


@template.command("export")
@click.argument("what", nargs=-1)
@click.option("--to", "target", metavar="PATH", type=click.Path(dir_okay=False, path_type=Path))
@asking
@click.pass_context
def template_export(
    ctx: click.Context, what: tuple[str, ...], target: Path | None, account: str | None, workspace: str
) -> None:
    with talk.terminal(account, "team", workspace=workspace, direct=False) as (app, person):
        message = person.says(f"template export {' '.join(what)}")
        if message.refused or not message.files:
            _told(ctx, message)
        _write(app, message, target)


def _write(app: App, message: Message, target: Path | None) -> None:
    data = b"".join(app.files.pieces(message.files[0].digest))
    if target is None:
        sys.stdout.buffer.write(data)
        return
    try:
        target.write_bytes(data)
    except OSError as error:
        raise Trouble("cannot_write", path=str(target), reason=error.strerror or str(error)) from None
