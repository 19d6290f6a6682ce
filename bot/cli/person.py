"""From a terminal: everything about one person written to a zip, or erased once somebody has said yes to it."""

from __future__ import annotations

import os
from pathlib import Path

import click

from bot.cli import opening, operating, talk
from bot.cli.words import Group, Trouble, lang, show, words

in_workspace = click.option("--workspace", metavar="KEY", default="main", show_default=True)


@click.group(cls=Group)
@lang
def person() -> None:
    pass


@person.command("export")
@click.argument("who", metavar="P12")
@click.option("--to", "place", metavar="PATH", required=True, type=click.Path(path_type=Path, dir_okay=False))
@in_workspace
@lang
def person_export(who: str, place: Path, workspace: str) -> None:
    """For nobody else's eyes: the file is the caller's alone."""
    import messages
    from handlers.people import whose
    from handlers.people.exporting import zipped
    from handlers.refused import Refused

    if place.exists() or place.is_symlink():
        raise Trouble("there_already", path=str(place))
    with opening.opened(opening.settings()) as app, operating.asking(app, workspace, f"person export {who}") as ctx:
        try:
            content = zipped(ctx.db, *whose.meant(ctx, "export", who), ctx.now)
        except Refused as refused:
            talk.show_message(messages.refuse(refused.name, ctx.locale, **{**refused.facts, "buttons": ()}))
            raise SystemExit(1) from None
    with os.fdopen(os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as target:
        target.write(content)
    show("person_written", path=str(place))


@person.command("erase")
@click.argument("who", metavar="P12")
@click.option("--yes", is_flag=True)
@in_workspace
@lang
def person_erase(who: str, workspace: str, *, yes: bool) -> None:
    with opening.opened(opening.settings()) as app:
        message = operating.said(app, workspace, f"person erase {who}")
        talk.show_message(message)
        if message.refused:
            raise SystemExit(1)
        if not yes:
            click.confirm(words("chat", "confirm"), abort=True)
        talk.show_message(operating.said(app, workspace, message.buttons[0].line, at_once=True))
