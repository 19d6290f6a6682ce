"""The end of a workspace from a terminal: told, confirmed, and done for good."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from bot.cli.words import show, words

if TYPE_CHECKING:
    from bot.app import App
    from storage.workspace import Workspace


def delete(app: App, place: Workspace, *, sure: bool) -> None:
    """Everything that is kept of it. Whether it may go is the caller's to say."""
    from storage import erasing

    if not sure:
        with app.database.read() as rows:
            size = erasing.size(rows, place.id)
        counted = {f"{what}_count": size.get(what, 0) for what in ("meeting", "file")}
        show("deleting", name=place.name, **counted)
        click.confirm(words("chat", "confirm"), abort=True)
    with app.database.write() as rows:
        orphans = erasing.erase(rows, place.id)
    for digest in orphans:
        app.files.remove(digest)
    show("deleted", name=place.name)
