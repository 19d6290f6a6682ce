"""What commands stand on: settings that are sound, a database that is ready, logs that tell no secrets."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from bot.cli.words import Trouble, show, words

if TYPE_CHECKING:
    from bot.app import App
    from bot.settings import Settings
    from storage.base import Database


def settings(**wanted: Any) -> Settings:
    """From the environment and ``.env``, with what the command line says on top."""
    from pydantic import ValidationError
    from pydantic_settings import SettingsError

    from bot.secret_files import Unread
    from bot.settings import Settings, fault

    try:
        return Settings(**wanted)
    except ValidationError as error:
        raise Trouble("settings", faults=[fault(one) for one in error.errors()]) from None
    except Unread as error:
        if not error.path:
            raise Trouble("secret_twice", variable=error.name) from None
        raise Trouble("secret_file", variable=error.name, path=error.path, reason=error.reason) from None
    except (SettingsError, UnicodeDecodeError) as error:
        raise Trouble("unreadable_settings", reason=str(error)) from None


@contextmanager
def opened(wanted: Settings, *, upgrade: bool = False, **parts: Any) -> Iterator[App]:
    """The app on a database that is ready, closed again at the end.

    An empty database is set up. One that is behind is brought up to date where ``upgrade`` says so and it is an
    SQLite file, of which a copy is kept; else the sentence says what to do.
    """
    with unready(wanted, **parts) as app:
        ready(app.database, upgrade=upgrade)
        with troubles(app.database):
            app.clock.follow(app.database)
        yield app


@contextmanager
def unready(wanted: Settings, **parts: Any) -> Iterator[App]:
    """The app, whatever its database is like."""
    from bot.app import build
    from bot.extras import Lacking
    from storage.base import Unreachable

    _folder(wanted)
    try:
        app = build(wanted, **parts)
    except Lacking as error:
        raise Trouble("lacking", variable=error.variable, extra=error.extra) from None
    except (*Unreachable, ValueError, TypeError) as error:
        raise Trouble("database_address", reason=str(error)) from None
    try:
        yield app
    finally:
        app.close()


def _folder(wanted: Settings) -> None:
    try:
        wanted.data.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise Trouble("folder", folder=str(wanted.data), reason=error.strerror or str(error)) from None


def ready(database: Database, *, upgrade: bool) -> None:
    with troubles(database):
        from storage import migrations

        standing = migrations.standing(database)
        if standing.current:
            return
        if not standing.empty and not (upgrade and database.is_sqlite):
            raise Trouble("behind", step=standing.step, newest=standing.newest)
        bring_up(database)


def bring_up(database: Database) -> bool:
    """Take the steps that are missing, telling of each; whether there were any that nobody else took meanwhile."""
    from storage import migrations

    standing = migrations.standing(database)
    if standing.current:
        return False
    taken: list[str] = []
    with bar(words("chat", "upgrading"), len(standing.missing)) as advance:

        def take(step: str) -> None:
            taken.append(step)
            advance()

        kept = migrations.upgrade(database, taken=take)
    if kept is not None:
        show("copy_kept", path=str(kept))
    return bool(taken)


@contextmanager
def bar(title: str, total: int) -> Iterator[Callable[..., None]]:
    """A progress bar, where there is a terminal to draw it on; to be called for each step, or with a number of them."""
    from rich.console import Console
    from rich.progress import Progress

    console = Console(stderr=True)
    with Progress(console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task(title, total=total)
        yield lambda steps=1: progress.advance(task, steps)


@contextmanager
def troubles(database: Database) -> Iterator[None]:
    """Whatever keeps a database from being used becomes a sentence."""
    from storage import copies, migrations
    from storage.base import Unreachable

    address = database.url.render_as_string(hide_password=True)
    try:
        yield
    except migrations.Foreign:
        raise Trouble("foreign", address=address) from None
    except migrations.Newer as newer:
        raise Trouble("newer", step=str(newer)) from None
    except migrations.AtWork as older:
        raise Trouble("at_work", step=str(older)) from None
    except migrations.Dangling:
        raise Trouble("dangling") from None
    except copies.Damaged as damage:
        raise Trouble("damaged_database", reason=str(damage)) from None
    except OSError as error:
        raise Trouble("no_copy", reason=error.strerror or str(error)) from None
    except Unreachable as error:
        reason = str(getattr(error, "orig", None) or error).strip().split("\n", 1)[0]
        raise Trouble("unreachable", address=address, reason=reason) from None


def clean(text: str) -> str:
    """Bytes of another encoding in a terminal's argument become question marks, not a failure later on."""
    return text.encode("utf-8", "replace").decode()


def me() -> str:
    """The name under which the operating system knows whoever types."""
    import getpass

    try:
        return getpass.getuser()
    except (OSError, KeyError):  # a container's user without a name
        return "admin"


def stdin_lines() -> Iterator[str]:
    """The lines that are piped in, without empty ones and ``# comments``."""
    for raw in sys.stdin.buffer:
        try:
            line = raw.decode("utf-8-sig").strip()
        except UnicodeDecodeError:
            raise Trouble("encoding", code=2) from None
        if line and not line.startswith("# "):
            yield line
