"""Slack from a terminal: the manifest to paste, the key that encrypts tokens, the end of a workspace that has left."""

from __future__ import annotations

import click

from bot.cli import deleting, opening
from bot.cli.words import Group, Trouble, lang, language, show


@click.group(cls=Group)
@lang
def slack() -> None:
    pass


@slack.command("manifest")
@click.option("--transport", type=click.Choice(["socket", "http"]), default="socket", show_default=True)
@click.option("--locale", type=click.Choice(["zh", "en"]))
@click.option("--format", "form", type=click.Choice(["yaml", "json"]), default="yaml", show_default=True)
@click.option("--url", metavar="URL", default="", envvar="HUIHOU_SLACK__PUBLIC_URL")
@click.option("--basic", is_flag=True)
@click.option("--token-rotation", "rotation", is_flag=True)
@lang
def slack_manifest(transport: str, locale: str | None, form: str, url: str, *, basic: bool, rotation: bool) -> None:
    from bot.platforms.slack.manifest import Manifest
    from messages import settle

    if not url.startswith("https://") and (url or transport == "http"):
        raise Trouble("manifest_url", code=2)
    spoken = settle(locale) if locale else language()
    made = Manifest(transport, spoken, url.rstrip("/"), rotation=rotation, basic=basic)
    click.echo(made.written(form), nl=False)


@slack.command("rotate-key")
@lang
def slack_rotate_key() -> None:
    from bot.platforms.slack.vault import Vault

    wanted = opening.settings()
    if not wanted.slack.client_id:
        raise Trouble("slack_single")
    with opening.opened(wanted) as app:
        count, lost = Vault(wanted, app.database, app.clock.now).rotate()
    show("slack_rotated", count=count, lost=lost)
    if lost:
        raise Trouble("slack_lost", teams=lost)


@slack.command("delete")
@click.argument("team", metavar="TEAM")
@click.option("--yes", is_flag=True)
@lang
def slack_delete(team: str, *, yes: bool) -> None:
    from storage import slack as installations
    from storage import workspace

    with opening.opened(opening.settings()) as app:
        with app.database.read() as rows:
            place = workspace.find(rows, f"slack:{team}")
            if place is None:
                raise Trouble("no_team", team=team)
            if installations.find(rows, team) is not None:
                raise Trouble("still_installed", name=place.name)
        deleting.delete(app, place, sure=yes)
