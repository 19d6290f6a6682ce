"""Archives from a terminal: built, written to a folder or a zip, verified wherever they are."""

from __future__ import annotations

import json
import re
import shutil
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from bot.cli import opening, talk
from bot.cli.templates import asking
from bot.cli.words import Group, Trouble, lang, show, words

if TYPE_CHECKING:
    from bot.app import App
    from bot.platforms.console.talk import Terminal
    from storage.archive import Archive
    from storage.bag_checking import Report

PATIENCE, LOOK_EVERY = 1800, 0.5
"""Seconds to wait for a running bot that has taken the building on itself."""

to = click.option("--to", "place", metavar="PATH", required=True, type=click.Path(path_type=Path))


@click.group(cls=Group)
@lang
def archive() -> None:
    pass


@archive.command("build")
@click.argument("meeting", metavar="M1")
@to
@asking
@click.pass_context
def archive_build(ctx: click.Context, meeting: str, place: Path, account: str | None, workspace: str) -> None:
    _free(place)
    with talk.terminal(account, "team", workspace=workspace, direct=False) as (app, person):
        before = _newest(app, workspace, meeting)
        person.catch_up()
        message = person.says(f"archive build {meeting}")
        if message.refused:
            talk.show_message(message)
            ctx.exit(1)
        row = _awaited(app, person, lambda: _newest(app, workspace, meeting), before)
        _write(app, row, place)


@archive.command("get")
@click.argument("meeting", metavar="M1")
@click.argument("version", metavar="[v2]", default="")
@to
@asking
@click.pass_context
def archive_get(
    ctx: click.Context, meeting: str, version: str, *, place: Path, account: str | None, workspace: str
) -> None:
    _free(place)
    with talk.terminal(account, "team", workspace=workspace, direct=False) as (app, person):
        message = person.says(f"archive get {meeting} {version}".strip())
        if message.refused:
            talk.show_message(message)
            ctx.exit(1)
        row = _chosen(app, workspace, meeting, version)
        if row is not None:
            _write(app, row, place)


@archive.command("verify")
@click.argument("path", type=click.Path(exists=True, path_type=Path))
@click.option("--json", "as_json", is_flag=True)
@lang
@click.pass_context
def archive_verify(ctx: click.Context, path: Path, *, as_json: bool) -> None:
    report = _checked(path)
    if as_json:
        faults = [vars(fault) for fault in report.faults]
        click.echo(json.dumps({"files": report.files, "bytes": report.size, "faults": faults}, ensure_ascii=False))
    else:
        show("archive_verified", report=report, path=str(path))
    ctx.exit(1 if report.faults else 0)


def _checked(path: Path) -> Report:
    from zipfile import BadZipFile

    from storage import bag_checking

    try:
        with bag_checking.source(path) as where:
            total = sum(1 for _ in where.sizes())
            with opening.bar(words("chat", "verifying"), total) as advance:
                return bag_checking.check(where, told=advance)
    except (BadZipFile, NotImplementedError):
        raise Trouble("no_zip", path=str(path)) from None
    except OSError as error:
        raise Trouble("file", name=str(path), reason=error.strerror or str(error)) from None


@archive.command("elsewhere")
@click.argument("meeting", metavar="M1")
@click.argument("path", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.argument("address", metavar="URL")
@click.option("--session", metavar="S3", default="")
@asking
@click.pass_context
def archive_elsewhere(
    ctx: click.Context, meeting: str, path: Path, *, address: str, session: str, account: str | None, workspace: str
) -> None:
    from storage import bags

    with path.open("rb") as stream:
        found = bags.sums(bags.pieces(stream))
    said = {"name": path.name, "size": str(found.size), "sha256": found.sha256, "sha512": found.sha512}
    line = " ".join((f"archive elsewhere {meeting} {address}", *(f"{key}: {value}" for key, value in said.items())))
    with talk.terminal(account, "team", workspace=workspace, direct=False) as (_, person):
        message = person.says(f"{line} session: {session}" if session else line)
    talk.show_message(message)
    ctx.exit(1 if message.refused else 0)


# --- which


def _newest(app: App, workspace: str, meeting: str) -> Archive | None:
    return _chosen(app, workspace, meeting, "")


def _chosen(app: App, workspace: str, meeting: str, version: str) -> Archive | None:
    """The version of that number, else the newest."""
    from storage import archive as archives
    from storage import meetings
    from storage import workspace as places

    numbers = [int(found[0]) if (found := re.search(r"\d+", text)) else 0 for text in (meeting, version)]
    with app.database.read() as db:
        place = places.find(db, workspace)
        found_meeting = meetings.by_number(db, place.id, numbers[0]) if place else None
        if found_meeting is None:
            return None
        if numbers[1]:
            return archives.by_number(db, found_meeting.id, numbers[1])
        return archives.newest(db, found_meeting.id)


def _awaited(app: App, person: Terminal, look: Callable[[], Archive | None], before: Archive | None) -> Archive:
    """The version that was asked for: built by this process, or by a running bot that was quicker."""
    for _ in range(int(PATIENCE / LOOK_EVERY)):
        app.delivery.drain()
        row = look()
        told = list(person.heard())
        if row is not None and (before is None or row.number > before.number):
            for message in told[-1:]:
                talk.show_message(message)
            return row
        time.sleep(LOOK_EVERY)
    raise Trouble("archive_waits")


# --- out


def _free(place: Path) -> None:
    """Nothing that is there is overwritten; an empty folder will do."""
    if place.is_dir() and not any(place.iterdir()) and place.suffix.lower() != ".zip":
        return
    if place.exists() or place.is_symlink():
        raise Trouble("there_already", path=str(place))


def _write(app: App, row: Archive, place: Path) -> None:
    """Whole, or not at all."""
    from storage import archive as archives
    from storage import bags

    with app.database.read() as db:
        members, made = archives.members(db, row.id), archives.zipped(db, row, app.files.pieces)
    with _settled(place) as partial:
        if place.suffix.lower() == ".zip":
            _zip(made, len(made), partial)
        else:
            with opening.bar(words("chat", "writing"), len(members)) as advance:
                bags.write(members, app.files.pieces, partial, told=advance)
    show("archive_written", number=row.number, path=str(place), zip=place.suffix.lower() == ".zip")


def _zip(made: Iterable[bytes], length: int, target: Path) -> None:
    step, done = max(1, length // 100), 0
    with target.open("xb") as stream, opening.bar(words("chat", "writing"), 100) as advance:
        for piece in made:
            before, done = done, done + stream.write(piece)
            for _ in range(done // step - before // step):
                advance()


@contextmanager
def _settled(place: Path) -> Iterator[Path]:
    """A place beside it to write to, which takes the name once all is there."""
    from storage.bags import Damaged

    partial = place.with_name(f".{place.name}.part")
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        yield partial
        if place.is_dir():
            place.rmdir()
        partial.rename(place)
    except Damaged as damaged:
        _away(partial)
        raise Trouble("damaged", path=str(damaged)) from None
    except OSError as error:
        _away(partial)
        raise Trouble("cannot_write", path=str(place), reason=error.strerror or str(error)) from None


def _away(partial: Path) -> Any:
    return shutil.rmtree(partial) if partial.is_dir() else partial.unlink(missing_ok=True)
