"""Looking after an installation: its journal, its health, who may sign in."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

import click

from bot.cli import opening
from bot.cli.words import Group, Trouble, Worded, drawn, lang, show, words

if TYPE_CHECKING:
    from bot.finding import Finding
    from storage.base import Session
    from storage.people import Person


@click.group(cls=Group)
@lang
def journal() -> None:
    pass


@journal.command("verify")
@click.option("--workspace", metavar="KEY", default="")
@click.option("--json", "as_json", is_flag=True)
@lang
@click.pass_context
def journal_verify(ctx: click.Context, workspace: str, *, as_json: bool) -> None:
    from storage import workspace as places
    from storage.verifying import verify

    with opening.opened(opening.settings()) as app, app.database.read() as rows:
        chosen = [one for one in places.everyone(rows) if workspace in {"", one.key}]
        if workspace and not chosen:
            raise Trouble("no_workspace", key=workspace)
        found = [(one.key, *verify(rows, one.id)) for one in chosen]
    if as_json:
        click.echo(json.dumps([{"workspace": key, "entries": count, "broken": bad} for key, count, bad in found]))
    else:
        for key, count, bad in found or [("", 0, [])]:
            name = key if len(found) > 1 else ""
            show("journal", name=name, count=count, broken=bad[:20], more=max(0, len(bad) - 20))
    ctx.exit(1 if any(bad for _, _, bad in found) else 0)


@click.command(cls=Worded)
@click.option("--json", "as_json", is_flag=True)
@lang
@click.pass_context
def doctor(ctx: click.Context, *, as_json: bool) -> None:
    from bot.doctor import examine

    wanted = opening.settings()
    with opening.unready(wanted) as app:
        now = app.clock.now()
        findings = list(examine(wanted, app.database, app.files, now))
    said = [(one, words("doctor", one.name, **{"now": now, **one.facts}, zone=wanted.zone)) for one in findings]
    if as_json:
        click.echo(
            json.dumps(
                [{"check": one.name, "level": one.level, "text": text} for one, text in said], ensure_ascii=False
            )
        )
    else:
        _report(said)
    ctx.exit(1 if any(one.level == "fail" for one in findings) else 0)


def _report(said: list[tuple[Finding, str]]) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    colours = {"ok": "green", "warn": "yellow", "fail": "bold red"}
    table = Table(box=None, show_header=False, pad_edge=False)
    for one, text in said:
        table.add_row(Text(words("doctor", f"level_{one.level}"), colours[one.level]), Text(text))
    console = Console(width=None if sys.stdout.isatty() else 1000)
    console.print(table)
    levels = [one.level for one, _ in said]
    click.echo(drawn("doctor", fails=levels.count("fail"), warns=levels.count("warn")))


@click.command(cls=Worded)
@click.argument("name")
@lang
def password(name: str) -> None:
    from bot.platforms.web import login

    wanted = opening.settings()
    with opening.opened(wanted) as app, app.database.write() as rows:
        person = _person(rows, opening.clean(name), locale=wanted.locale, zone=wanted.zone)
        try:
            account = login.set_password(rows, person, _secret(name))
        except ValueError:
            raise Trouble("short_password", least=login.SHORTEST) from None
        show("password", who=account.external, admin=person.admin)


def _secret(name: str) -> str:
    """Asked for twice without an echo, or the first line of what is piped in."""
    if not sys.stdin.isatty():
        return next(opening.stdin_lines(), "")
    asked = str(click.prompt(words("chat", "password", name=name), hide_input=True))
    if asked != click.prompt(words("chat", "password_again"), hide_input=True):
        raise Trouble("passwords_differ")
    return asked


def _person(rows: Session, name: str, *, locale: str, zone: str) -> Person:
    """Whoever signs in under that name, else whoever bears it, else somebody new."""
    from storage import people, workspace

    place = workspace.by_key(rows, "main", locale=locale, zone=zone)
    account = people.account(rows, place.id, "web", name)
    if account is not None:
        return people.get(rows, account.person_id)
    bearers = [one for one in people.everyone(rows, place.id) if one.name.casefold() == name.casefold()]
    if len(bearers) > 1:
        raise Trouble("several_people", name=name)
    return bearers[0] if bearers else people.met(rows, place.id, "web", name)


@click.command("docs-commands", cls=Worded, hidden=True)
def docs_commands() -> None:
    from handlers.help import reference

    click.echo(reference.write(), nl=False)
