"""The database from a terminal: brought up to date, copied, put back, moved to a server."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bot.cli import opening
from bot.cli.words import Group, Trouble, lang, show, words

if TYPE_CHECKING:
    from bot.settings import Settings
    from storage.base import Database
    from storage.copies import Whole
    from storage.moving import Moved


@click.group(cls=Group)
@lang
def db() -> None:
    pass


@db.command("upgrade")
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


@db.command("backup")
@click.argument("path", metavar="PATH", type=click.Path(dir_okay=False, path_type=Path))
@lang
def db_backup(path: Path) -> None:
    with opening.opened(opening.settings()) as app:
        if not app.database.is_sqlite:
            raise Trouble("backup_elsewhere")
        with _reading(path):
            made = _copied(app.database, path)
        show("copied", path=str(path), store=app.files.address, row_count=made.rows, step=made.step)


def _copied(database: Database, path: Path) -> Whole:
    from storage import copies

    try:
        return copies.copy(_file(database), path)
    except copies.Itself:
        raise Trouble("onto_itself", path=str(path)) from None
    except OSError as error:
        raise Trouble("cannot_write", path=str(path), reason=error.strerror or str(error)) from None


@db.command("restore")
@click.argument("path", metavar="PATH", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--replace", is_flag=True)
@lang
def db_restore(path: Path, *, replace: bool) -> None:
    from storage import copies, migrations

    wanted = opening.settings()
    with opening.unready(wanted) as app:
        if not app.database.is_sqlite:
            raise Trouble("restore_elsewhere")
        target, store = _file(app.database), app.files.address
        aside = target.with_name(f"{target.stem}-before-{app.clock.now():%Y%m%dT%H%M%SZ}{target.suffix}")
    there = target.exists()
    if there and not replace:
        raise Trouble("there_is_one", path=str(target))
    with _reading(path):
        found = copies.look_over(path)
        if found.step not in migrations.steps():
            raise Trouble("newer_copy", path=str(path), step=found.step)
        copies.restore(path, target, aside=aside)
    behind = found.step != migrations.steps()[-1]
    kept = str(aside) if there else ""
    show("restored", path=str(path), row_count=found.rows, step=found.step, behind=behind, kept=kept, store=store)


@db.command("move")
@click.argument("address", metavar="ADDRESS")
@click.option("--json", "as_json", is_flag=True)
@lang
def db_move(address: str, *, as_json: bool) -> None:
    wanted = opening.settings()
    with opening.unready(wanted) as app:
        if not app.database.is_sqlite:
            raise Trouble("move_from_elsewhere")
        file = _file(app.database)
    target = _target(wanted, address)
    try:
        with opening.troubles(target):
            opening.ready(target, upgrade=False)
            moved = _moved(file, target)
    finally:
        target.close()
    _told(moved, file, target, as_json=as_json)


def _target(wanted: Settings, address: str) -> Database:
    from storage.base import Database, Unreachable

    try:
        made = Database(address)
    except (*Unreachable, ValueError, TypeError) as error:
        raise Trouble("target_address", reason=str(error)) from None
    if made.is_sqlite or address == wanted.database_url:
        made.close()
        raise Trouble("target_address", reason=words("chat", "not_postgresql"))
    return made


def _moved(file: Path, target: Database) -> Moved:
    from storage import migrations, moving

    with _reading(file), moving.opened(file) as source:
        standing = migrations.standing_of(source)
        if standing.ahead:
            raise Trouble("newer", step=standing.step)
        if not standing.current:
            raise Trouble("behind", step=standing.step, newest=standing.newest)
        with _fitting(), opening.bar(words("chat", "moving"), moving.count(source)) as advance:
            return moving.move(source, target, moved=advance)


@contextmanager
def _fitting() -> Iterator[None]:
    """What keeps rows from being moved becomes a sentence; nothing has been moved then."""
    from storage import moving

    try:
        yield
    except moving.Occupied as table:
        raise Trouble("occupied", table=str(table)) from None
    except moving.Unfit as unfit:
        raise Trouble("unfit", **vars(unfit)) from None
    except moving.Different as table:
        raise Trouble("differs", table=str(table)) from None


def _told(moved: Moved, file: Path, target: Database, *, as_json: bool) -> None:
    if as_json:
        tables = {name: {"rows": one.rows, "hash": one.hash} for name, one in moved.tables.items()}
        click.echo(json.dumps({"rows": moved.rows, "entries": moved.entries, "broken": moved.broken, "tables": tables}))
        return
    address = target.url.render_as_string(hide_password=True)
    filled = [(name, one.rows, one.hash[:12]) for name, one in moved.tables.items() if one.rows]
    show(
        "moved",
        tables=filled,
        empty=len(moved.tables) - len(filled),
        row_count=moved.rows,
        entries=moved.entries,
        broken=moved.broken,
        address=address,
        file=str(file),
    )


def _file(database: Database) -> Path:
    return Path(database.url.database or "")


@contextmanager
def _reading(path: Path) -> Iterator[None]:
    """What keeps an SQLite file from being read or put in its place becomes a sentence."""
    from storage import copies

    try:
        yield
    except copies.InUse:
        raise Trouble("in_use") from None
    except copies.Strange:
        raise Trouble("no_copy_of_ours", path=str(path)) from None
    except copies.Damaged as damage:
        raise Trouble("damaged_copy", path=str(path), reason=str(damage)) from None
    except OSError as error:
        raise Trouble("file", name=str(path), reason=error.strerror or str(error)) from None
