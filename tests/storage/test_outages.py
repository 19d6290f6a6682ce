"""An outage begins once, keeps its beginning while its reason changes, and ends once."""

from __future__ import annotations

from storage import outages, workspace
from storage.base import Database


def test_it_begins_once_and_ends_once(database: Database) -> None:
    with database.write() as db:
        home, other = workspace.by_key(db, "main").id, workspace.by_key(db, "wecom:club").id
        assert outages.begin(db, home, "wecom", kind="address", address="203.0.113.7", now_ms=1)
        assert not outages.begin(db, home, "wecom", kind="address", address="203.0.113.8", now_ms=2)
        found = outages.find(db, home, "wecom")
        assert found is not None
        assert (found["since_ms"], found["address"]) == (1, "203.0.113.8")
        assert outages.of_workspace(db, other) == []
        assert [row["platform"] for row in outages.of_workspace(db, home)] == ["wecom"]
        assert outages.end(db, home, "wecom")
        assert not outages.end(db, home, "wecom")
        assert outages.begin(db, home, "wecom", kind="token", address="", now_ms=3)
