"""WeCom from a terminal: the menu at the foot of the app's chat."""

from __future__ import annotations

import click

from bot.cli import opening
from bot.cli.words import Group, Trouble, lang, language, show


@click.group(cls=Group)
@lang
def wecom() -> None:
    pass


@wecom.command("menu")
@click.argument("name", metavar="NAME", required=False)
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
