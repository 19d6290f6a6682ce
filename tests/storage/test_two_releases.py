"""What a step says of older releases: who may go on after it, and who must have gone before."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import text

from storage import migrations, processes
from storage.base import Database
from storage.processes import PRESENT_MS
from tests.postgres import Server
from tests.storage.steps import release_to_come

NEWEST = migrations.steps()[-1]


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """As this release leaves it."""
    on_server = request.param == "postgresql"
    server: Server | None = request.getfixturevalue("postgres") if on_server else None
    made = Database(server.empty() if server else f"sqlite:///{tmp_path / 'huihou.db'}")
    migrations.upgrade(made)
    yield made
    made.close()


@contextmanager
def newer(folder: Path, monkeypatch: pytest.MonkeyPatch, *, runs_from: str) -> Iterator[None]:
    """While it lasts, this is the release to come."""
    with monkeypatch.context() as patched:
        patched.setattr(migrations, "HOME", release_to_come(folder, runs_from=runs_from)[0])
        yield


def moment(database: Database) -> int:
    """Milliseconds, by the database's own clock."""
    with database.read() as db:
        return int(db.scalar(migrations._MOMENT[db.get_bind().dialect.name]) or 0)  # noqa: SLF001


def work(database: Database, *, ago_ms: int = 0) -> None:
    with database.write() as db:
        migrations.enter(db, "one", release="1", now_ms=moment(database) - ago_ms)


def test_a_release_goes_on_after_a_step_that_lets_it(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    work(database)
    with newer(tmp_path, monkeypatch, runs_from=NEWEST):
        migrations.upgrade(database)
        assert not migrations.standing(database).ahead
    standing = migrations.standing(database)
    assert (standing.step, standing.ahead, standing.current) == ("9999", True, True)
    assert migrations.upgrade(database) is None
    work(database)


def test_after_one_that_does_not_it_is_neither_begun_nor_gone_on_with(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with newer(tmp_path, monkeypatch, runs_from="9999"):
        migrations.upgrade(database)
    for what in (migrations.standing, migrations.upgrade, work):
        with pytest.raises(migrations.Newer, match="9999"):
            what(database)


def test_a_later_step_does_not_call_back_who_was_sent_home(database: Database) -> None:
    with database.write() as db:
        for oldest in ("9998", NEWEST):
            db.execute(migrations.NOTE, {"oldest": oldest})
        db.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(migrations.Newer):
        migrations.standing(database)


def test_no_step_is_taken_that_somebody_at_work_could_not_live_with(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    work(database)
    with newer(tmp_path, monkeypatch, runs_from="9999"):
        with pytest.raises(migrations.AtWork, match=NEWEST):
            migrations.upgrade(database)
        assert migrations.standing(database).missing == ["9999"]
        with database.write() as db:
            processes.leave(db, "one")
        migrations.upgrade(database)
        assert migrations.standing(database).current


@pytest.mark.parametrize("ago_ms", [PRESENT_MS, -2 * PRESENT_MS])
def test_who_was_not_heard_of_for_a_minute_is_gone(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ago_ms: int
) -> None:
    """So is one whose clock is far ahead: no rule can have set that moment."""
    work(database, ago_ms=ago_ms)
    with newer(tmp_path, monkeypatch, runs_from="9999"):
        migrations.upgrade(database)
        assert migrations.standing(database).current


def test_who_is_of_another_release_is_told_by_step_and_version(database: Database) -> None:
    work(database)
    now = moment(database)
    with database.read() as db:
        for release, others in (("1", False), ("2", True)):
            assert migrations.others(db, release=release, now_ms=now) is others
        assert processes.others(db, step="9999", release="1", now_ms=now)
        assert not processes.others(db, step="9999", release="1", now_ms=now + PRESENT_MS)
