"""Where a test keeps its rows: in an SQLite file of its own or, where the environment says so, on PostgreSQL."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from tests.postgres import GIVEN, Server

_server = Server(GIVEN) if GIVEN else None
_of_folder: dict[Path, str] = {}


def address(folder: Path) -> str:
    """Of the one database that belongs to a test's folder."""
    if _server is None:
        return f"sqlite:///{folder / 'huihou.db'}"
    if folder not in _of_folder:
        _of_folder[folder] = _server.fresh()
    return _of_folder[folder]


def folders() -> list[Path]:
    """Those that have a database on a server."""
    return list(_of_folder)


def remove(*, but: Collection[Path] = ()) -> None:
    """Remove what tests have made on a server, but for the databases of these folders."""
    for folder in set(_of_folder) - set(but):
        if _server is not None:
            _server.drop(_of_folder.pop(folder))


def close() -> None:
    """Remove everything that was made on a server, and what it was copied from."""
    if _server is not None:
        _server.close()
