"""PostgreSQL for tests: databases of their own on a server that is given, or on a private one."""

from __future__ import annotations

import itertools
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import create_engine, text
from sqlalchemy.engine import URL, make_url

GIVEN = os.environ.get("HUIHOU_TEST_POSTGRES", "")
"""The address of a PostgreSQL server on which tests may make databases, and remove them."""
FOLDERS = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
HURRIED = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "max_connections": "60"}


_numbers = itertools.count(1)
"""Of the databases that this process makes, on whichever server."""


class Server:
    """Makes databases whose names begin as its own do, by copying the first one of each kind."""

    def __init__(self, url: str) -> None:
        self.url: URL = make_url(url)
        self.stem = f"huihou_test_{os.getpid()}"
        self.model = ""
        self.made: set[str] = set()

    def empty(self) -> str:
        """The address of a database without tables."""
        return self._make("template1")

    def of_a_language(self) -> str:
        """The address of a database whose order is a language's: the marks in a key count less than its letters."""
        return self._make("template0 LOCALE_PROVIDER icu ICU_LOCALE 'en-US'")

    def fresh(self) -> str:
        """The address of a database with every table, and nothing in them."""
        if not self.model:
            self.model = self._tables()
        return self._make(self.model)

    def _tables(self) -> str:
        import bot.app  # noqa: F401, PLC0415  every table is known to the metadata
        from storage.base import Base  # noqa: PLC0415  as above

        engine = create_engine(self.empty())
        Base.metadata.create_all(engine)
        engine.dispose()
        return str(engine.url.database)

    def _make(self, model: str) -> str:
        name = f"{self.stem}_{next(_numbers)}"
        self._do(f"CREATE DATABASE {name} TEMPLATE {model}")
        self.made.add(name)
        return self.url.set(database=name).render_as_string(hide_password=False)

    def drop(self, address: str) -> None:
        """Remove a database, whoever still has a connection to it."""
        name = make_url(address).database or ""
        self._do(f"DROP DATABASE {name} WITH (FORCE)")
        self.made.discard(name)

    def clear(self, *, but: Collection[str] = ()) -> None:
        """Remove what was made, but for the databases of these names and what others are copied from."""
        for name in sorted(self.made - {self.model, *but}):
            self.drop(self.url.set(database=name).render_as_string(hide_password=False))

    def close(self) -> None:
        """Remove everything that was made."""
        self.model = ""
        self.clear()

    def _do(self, statement: str) -> None:
        engine = create_engine(self.url, isolation_level="AUTOCOMMIT")
        try:
            with engine.connect() as connection:
                connection.execute(text(statement))
        finally:
            engine.dispose()


def program(name: str) -> str | None:
    """The path of one of PostgreSQL's programs; Debian keeps the server's outside of the usual path."""
    return shutil.which(name, path=os.pathsep.join([os.environ.get("PATH", ""), *map(str, FOLDERS)]))


def available() -> bool:
    return bool(GIVEN or (program("initdb") and program("pg_ctl")))


class Private(Server):
    """One that nobody else uses, in a folder."""

    def __init__(self, url: str, folder: Path) -> None:
        super().__init__(url)
        self.folder = folder

    def restart(self) -> None:
        """At once, as after a crash: whoever is connected loses the connection, and the log is played again."""
        _run(_unprivileged(), "pg_ctl", "-D", self.folder / "data", "-w", "-m", "immediate", "restart")


@contextmanager
def server(*, hurried: bool = True) -> Iterator[Server]:
    """The given one, else a private one that is heard on a socket only; ``hurried``: which waits for no disk."""
    if GIVEN:
        made = Server(GIVEN)
        yield made
        made.close()
        return
    with private(HURRIED if hurried else {}) as made:
        yield made


@contextmanager
def private(settings: Mapping[str, str] = HURRIED) -> Iterator[Private]:
    folder = Path(tempfile.mkdtemp(prefix="huihou-pg-"))
    try:
        with _running(folder, settings) as url:
            yield Private(url, folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _running(folder: Path, settings: Mapping[str, str]) -> Iterator[str]:
    who = _unprivileged()
    if who:
        shutil.chown(folder, who)
    data = folder / "data"
    options = " ".join(f"-c {name}={value}" for name, value in settings.items())
    _run(who, "initdb", "-D", data, "-U", "huihou", "-A", "trust", "-E", "UTF8", "--locale=C", "-N")
    _run(who, "pg_ctl", "-D", data, "-w", "-l", folder / "log", "-o", f"-k {folder} -h '' {options}", "start")
    try:
        yield f"postgresql+psycopg://huihou@/postgres?host={folder}"
    finally:
        _run(who, "pg_ctl", "-D", data, "-w", "-m", "immediate", "stop")


def _unprivileged() -> str | None:
    """PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return None
    known = {one.pw_name for one in pwd.getpwall()}
    return "postgres" if "postgres" in known else "nobody"


def _run(who: str | None, name: str, *given: object) -> None:
    """Without a shell, and without this process's groups where it is somebody else."""
    other = {} if who is None else {"user": who, "group": pwd.getpwnam(who).pw_gid, "extra_groups": []}
    command = [program(name) or name, *map(str, given)]
    subprocess.run(command, check=True, cwd="/", stdout=subprocess.DEVNULL, **other)  # type: ignore[call-overload]  # noqa: S603
