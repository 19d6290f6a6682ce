"""WeCom from a terminal: the menu at the foot of the app's chat, what its rooms follow, the end of an association."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from bot.cli import deleting, opening, operating, talk
from bot.cli.words import Group, Trouble, lang, language, show, words

if TYPE_CHECKING:
    from bot.app import App
    from bot.platforms.wecom.entries import Entry
    from messages import Message


@click.group(cls=Group)
@lang
def wecom() -> None:
    pass


@wecom.command("menu")
@click.argument("name", metavar="[NAME]", required=False)
@click.option("--locale", type=click.Choice(["zh", "en"]))
@lang
def wecom_menu(name: str | None, locale: str | None) -> None:
    from bot.platforms.wecom import entries, troubles
    from bot.platforms.wecom.menu import menu
    from messages import settle

    wanted = opening.settings()
    with opening.opened(wanted) as app:
        known = entries.build(wanted, app.database, app.clock.now)
        chosen = {key: entry.client for key, entry in known.items() if entry.client and name in {None, key}}
        if not chosen:
            raise Trouble("wecom_no_app", name=name or "")
        made = menu(settle(locale) if locale else language())
        for key, client in chosen.items():
            try:
                client.ask("menu/create", made, given={"agentid": client.agent_id})
            except troubles.UNASKED as error:
                raise Trouble("wecom_menu", name=key, reason=str(error)) from None
            show("wecom_menu", name=key)


@wecom.group("room")
@lang
def wecom_room() -> None:
    pass


@wecom_room.command("list")
@click.option("--app", "name", metavar="NAME")
@lang
def wecom_room_list(name: str | None) -> None:
    with _entries(name) as (app, chosen):
        for entry in chosen:
            _told(operating.said(app, entry.workspace, "room list"))


@wecom_room.command("use")
@click.argument("room", metavar="ROOM")
@click.argument("meeting", metavar="MEETING")
@click.option("--app", "name", metavar="NAME")
@click.option("--yes", is_flag=True)
@lang
def wecom_room_use(room: str, meeting: str, name: str | None, *, yes: bool) -> None:
    number = room if room.startswith("#") else f"#{room}" if room.isdecimal() else f'"{opening.clean(room)}"'
    which = f"M{meeting}" if meeting.isdecimal() else opening.clean(meeting)
    with _entries(name) as (app, chosen):
        if len(chosen) > 1:
            raise Trouble("wecom_which", code=2, names=[entry.name for entry in chosen])
        message = operating.said(app, chosen[0].workspace, f"room use {number} {which}")
        if message.tone == "ask":
            if not yes:
                _told(message)
                click.confirm(words("chat", "confirm"), abort=True)
            message = operating.said(app, chosen[0].workspace, message.buttons[0].line)
        _told(message)


@wecom.command("delete")
@click.argument("name", metavar="NAME")
@click.option("--yes", is_flag=True)
@lang
def wecom_delete(name: str, *, yes: bool) -> None:
    from bot.platforms.wecom.entries import PREFIX, SHARED
    from storage import workspace

    wanted = opening.settings()
    if name == SHARED:
        raise Trouble("wecom_shared")
    if name in wanted.wecom.apps:
        raise Trouble("wecom_named", name=name)
    with opening.opened(wanted) as app:
        with app.database.read() as rows:
            place = workspace.find(rows, f"{PREFIX}{name}")
        if place is None:
            raise Trouble("wecom_nothing", name=name)
        deleting.delete(app, place, sure=yes)


@contextmanager
def _entries(name: str | None) -> Iterator[tuple[App, list[Entry]]]:
    """The association of that name, or each; the webhooks that the settings name are rooms from now on."""
    from bot.platforms.wecom import entries, groups

    wanted = opening.settings()
    with opening.opened(wanted) as app:
        known = entries.build(wanted, app.database, app.clock.now)
        chosen = [entry for key, entry in known.items() if name in {None, key}]
        if not chosen:
            raise Trouble("wecom_no_entry", name=name or "", names=list(known))
        groups.meet(known, app.database, locale=wanted.locale, zone=wanted.zone)
        yield app, chosen


def _told(message: Message) -> None:
    """Without what can be pressed in a chat. Ends the command where it was refused."""
    rows = tuple(row.model_copy(update={"buttons": ()}) for row in message.rows)
    talk.show_message(message.model_copy(update={"rows": rows, "buttons": ()}))
    if message.refused:
        click.get_current_context().exit(1)
