"""The pages of long messages at Slack: known by either end, forgotten in time."""

from __future__ import annotations

from storage import rooms, slack_pages, workspace
from storage.base import Database


def test_pages_are_known_by_either_end(database: Database) -> None:
    with database.write() as session:
        place = workspace.by_key(session, "main")
        one, other = (rooms.met(session, place.id, "slack", name).id for name in ("C1", "C2"))
        for number in (2, 1, 3):
            slack_pages.keep(session, one, f"{number}.0", key="long", number=number, at_ms=number)
        slack_pages.keep(session, other, "1.0", key="other", number=1, at_ms=9)
        assert slack_pages.of_key(session, one, "long") == {1: "1.0", 2: "2.0", 3: "3.0"}
        assert [slack_pages.key_of(session, room, "1.0") for room in (one, other)] == ["long", "other"]
        slack_pages.remove(session, one, "3.0")
        assert slack_pages.key_of(session, one, "3.0") is None
        assert slack_pages.forget(session, before_ms=9, most=1)
        assert not slack_pages.forget(session, before_ms=9, most=10)
        assert (slack_pages.of_key(session, one, "long"), slack_pages.of_key(session, other, "other")) == (
            {},
            {1: "1.0"},
        )
