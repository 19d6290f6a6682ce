"""The built-in template finds its way into a workspace, and out of the way of an association's own."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import event

from handlers.templates import seed, seeding
from handlers.templates.reading import read, renumbered
from storage import workspace

if TYPE_CHECKING:
    from tests.handlers.templates.conftest import Desk

NOW = datetime(2026, 6, 10, tzinfo=UTC)


def released(monkeypatch: pytest.MonkeyPatch, version: int) -> None:
    """A release whose built-in template has that version."""
    text = renumbered(seeding.built_in()[0], version)
    monkeypatch.setattr(seeding, "built_in", lambda: (text, read(text)))


def test_seeding_twice_adds_once(desk: Desk) -> None:
    seed(desk.ctx.db, desk.ctx.workspace.id, NOW)
    assert desk.versions() == [("after-meeting", 1)]


def test_seeding_again_asks_one_question_that_carries_no_template(desk: Desk) -> None:
    asked: list[str] = []
    event.listen(desk.ctx.db.get_bind(), "before_cursor_execute", lambda *told: asked.append(told[2]))
    seed(desk.ctx.db, desk.ctx.workspace.id, NOW)
    (question,) = asked
    assert "template.source" not in question
    assert "template.content" not in question


def test_each_workspace_has_its_own(desk: Desk) -> None:
    other = workspace.by_key(desk.ctx.db, "other")
    seed(desk.ctx.db, other.id, NOW)
    seed(desk.ctx.db, other.id, NOW)
    assert desk.versions() == [("after-meeting", 1)]


def test_a_newer_release_adds_its_version(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    released(monkeypatch, 4)
    seed(desk.ctx.db, desk.ctx.workspace.id, NOW)
    seed(desk.ctx.db, desk.ctx.workspace.id, NOW)
    assert desk.versions() == [("after-meeting", 1), ("after-meeting", 4)]


def test_an_older_release_adds_nothing(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    released(monkeypatch, 4)
    seed(desk.ctx.db, desk.ctx.workspace.id, NOW)
    released(monkeypatch, 2)
    seed(desk.ctx.db, desk.ctx.workspace.id, NOW)
    assert desk.versions() == [("after-meeting", 1), ("after-meeting", 4)]


def test_an_associations_own_version_is_left_alone(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.imports(seeding.built_in()[0].replace("owner: logistics", "owner: lead", 1))
    released(monkeypatch, 4)
    seed(desk.ctx.db, desk.ctx.workspace.id, NOW)
    assert desk.versions() == [("after-meeting", 1), ("after-meeting", 2)]
