"""Looking after an installation: its database, its journal, who may sign in."""

from __future__ import annotations

import click

from bot.cli import opening
from bot.cli.words import Group, Worded, lang, show


@click.group(cls=Group)
@lang
def db() -> None:
    pass


@db.command("upgrade", cls=Worded)
@click.option("--sql", "as_sql", is_flag=True)
@lang
def db_upgrade(*, as_sql: bool) -> None:
    from storage import migrations

    if as_sql:
        click.echo(migrations.sql())
        return
    with opening.unready(opening.settings()) as app, opening.troubles(app.database):
        done = opening.bring_up(app.database)
        show("upgraded" if done else "up_to_date", step=migrations.standing(app.database).step)
